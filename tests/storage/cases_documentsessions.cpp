// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/storage/layoutcases.h"

namespace strongroom::tests {

namespace {

QByteArray uuid(int n)
{
    return "83a97d48-bc6a-405d-b5f1-" + QByteArray::number(n).rightJustified(12, '0');
}

QByteArray fragment(int n)
{
    return R"({"fragment_id": "paragraph", "fragment_instance_guid": ")" + uuid(1000 + n)
        + R"(", "parameters": {"text": "Überblick \u2014 \"Q3\"", "embedded_data_uri": "data:image/png;base64,)" + QByteArray(400, 'A')
        + R"(", "api_token": ")" + kCanary + R"("}, "created_at": "2025-11-20T04:49:18.538962"})";
}

QByteArray fragments(int n)
{
    QByteArray out = "[";
    for (int i = 0; i < n; ++i)
        out += (i ? ",\n  " : "\n  ") + fragment(i);
    return out + (n ? "\n]" : "]");
}

QByteArray head(int n)
{
    return R"("session_id": ")" + uuid(n) + R"(", "template_id": "basic_report", "group": "public", "alias": )"
        + (n % 2 ? QByteArray("null") : "\"report-" + QByteArray::number(n) + '"');
}

constexpr char kTimes[] = R"("created_at": "2025-11-20T04:49:18.602718", "updated_at": "2025-11-20T04:50:18")";
constexpr char kTitle[] = R"({"title": "Q3 — Überblick", "password": "c0ffee5ec2e7badcab1e"})";

QByteArray wholeSession(int n)
{
    return "{\n  " + head(n) + ",\n  \"global_parameters\": " + kTitle + ",\n  \"fragments\": " + fragments(n) + ",\n  " + kTimes + "\n}";
}

/// Tokens of the generations a and c, the blob index, a blob, rendered documents, templates.
void plantCompany(DataDirBuilder &b)
{
    b.file("data/auth/tokens.json",
           QByteArray("{\"eyJhbGciOiJIUzI1NiJ9.eyJncm91cCI6InB1YmxpYyJ9.") + kCanary + R"(": {"group": "public", "issued_at": "2025-11-20T04:49:17",)"
           R"( "expires_at": "2025-12-20T04:49:17"}, ")" + uuid(77) + R"(": {"id": ")" + uuid(77) + R"(", "groups": ["public"], "status": "revoked",)"
           R"( "fingerprint": ")" + kCanary + R"("}})", 0600);
    b.file("data/storage/metadata.json", "{\"" + uuid(500) + R"(": {"format": "png", "group": "public", "size": 3, "created_at": "2025-11-20T04:49:18"}})");
    b.file("data/storage/" + uuid(500) + ".png", "png");
    b.file("data/storage/public/" + uuid(501) + ".json", "{\"proxy_guid\": \"" + uuid(501) + R"(", "format": "html", "content": "x", "group": "public"})");
    b.file("data/docs/templates/public/basic_report/template.yaml", "metadata:\n  template_id: basic_report\n");
    b.dir("data/docs/styles/public").dir("data/docs/fragments/public");
}

void plantFiles(DataDirBuilder &b)
{
    plantCompany(b);
    for (int n = 0; n < 5; ++n)
        b.file("data/sessions/" + uuid(n) + ".json", wholeSession(n));
}

void plantFolder(DataDirBuilder &b, int n)
{
    const QByteArray folder = "data/storage/session_" + uuid(n);
    b.file(folder + "/metadata.json", "{" + head(n) + ", " + kTimes + ", \"extra\": 1}");
    if (n == 0)
        return;  // a fresh session has nothing else
    b.file(folder + "/parameters.json", kTitle);
    b.file(folder + "/fragments.json", n == 2 ? "{\"" + uuid(9) + "\": " + fragment(1) + ", \"" + uuid(8) + "\": " + fragment(2) + '}' : fragments(n));
}

void plantFolders(DataDirBuilder &b)
{
    plantCompany(b);
    b.dir("data/sessions");
    for (int n = 0; n < 4; ++n)
        plantFolder(b, n);
}

}  // namespace

QList<LayoutCase> documentSessionsCases()
{
    LayoutCase files;
    files.name = "document-sessions/files";
    files.layout = QStringLiteral("document-sessions");
    files.variant = QStringLiteral("files");
    files.root = "data";
    files.counts = {5, 0, 0, 0};
    files.plant = plantFiles;
    files.damage = [](DataDirBuilder &b) { b.file("data/sessions/" + uuid(3) + ".json", wholeSession(3).chopped(40)); };
    files.damagedCode = QStringLiteral("json-invalid");
    files.damagedCounts = files.counts;

    LayoutCase empty = files;
    empty.name = "document-sessions/files, empty file";
    empty.damage = [](DataDirBuilder &b) { b.file("data/sessions/" + uuid(0) + ".json", ""); };
    empty.damagedCode = QStringLiteral("empty-file");

    LayoutCase folders = files;
    folders.name = "document-sessions/folders";
    folders.variant = QStringLiteral("folders");
    folders.counts = folders.damagedCounts = {4, 0, 0, 0};
    folders.plant = plantFolders;
    folders.damage = [](DataDirBuilder &b) { b.file("data/storage/session_" + uuid(3) + "/fragments.json", "[{\"fragment_id\": \"x\"},"); };

    LayoutCase mixed = files;
    mixed.name = "document-sessions/both shapes";
    mixed.counts = mixed.damagedCounts = {7, 0, 0, 0};
    mixed.plant = [](DataDirBuilder &b) {
        plantFiles(b);
        plantFolder(b, 11);
        plantFolder(b, 12);
    };

    LayoutCase bare = files;
    bare.name = "document-sessions/files, opened at the data folder itself";
    bare.root = "";
    bare.counts = bare.damagedCounts = {2, 0, 0, 0};
    bare.plant = [](DataDirBuilder &b) {
        for (int n = 0; n < 2; ++n)
            b.file("sessions/" + uuid(n) + ".json", wholeSession(n));
    };
    bare.damage = [](DataDirBuilder &b) { b.file("sessions/" + uuid(1) + ".json", "[]"); };
    bare.damagedCode = QStringLiteral("json-wrong-type");
    return {files, empty, folders, mixed, bare};
}

}  // namespace strongroom::tests
