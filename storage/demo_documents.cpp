// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The document server: sessions with fragments, stored pictures and their index, rendered documents, access
// tokens, templates and styles.

#include "storage/demo.h"
#include "storage/demosamples.h"

#include <algorithm>

namespace strongroom::storage::demo {

namespace {

struct Topic {
    QByteArray alias;
    QByteArray title;
    QByteArray group;
    QByteArray templateId;
    int paragraphs;
};

const QList<Topic> &topics()
{
    static const QList<Topic> list = {
        {"q3-report", "Q3 Report — Überblick", "research", "basic_report", 6},
        {"daily-brief", "Morning Market Brief", "public", "news_email", 4},
        {"board-minutes", "Board Minutes October", "public", "basic_report", 9},
        {"energy-outlook", "Energy Outlook 2026", "research", "basic_report", 14},
        {"client-letter", "Letter to Clients", "marketing", "news_email", 3},
        {"risk-register", "Risk Register, Autumn Review", "research", "basic_report", 11},
        {"onboarding", "Welcome to the Team", "marketing", "basic_report", 5},
    };
    return list;
}

const QList<QByteArray> &sentences()
{
    static const QList<QByteArray> list = {
        "Revenue grew 14% against the same quarter of last year, carried by the northern region.",
        "Margins held, although freight costs rose in the last two weeks.",
        "The committee asks for a second opinion before the next meeting.",
        "Volumes “recovered” faster than expected — 株式 followed with a delay of one day.",
        "A new supplier was approved; deliveries begin in January.",
        "Customers in Zürich and Köln asked for a shorter notice period.",
        "The forecast assumes unchanged exchange rates.",
        "Two open points remain: the audit of the warehouse and the renewal of the lease.",
    };
    return list;
}

const QList<QByteArray> &authors()
{
    static const QList<QByteArray> list = {"R. Patel", "J. Müller", "A. Okafor", "M. Rossi", "L. Chen"};
    return list;
}

QByteArray paragraph(Values &values)
{
    QByteArray text = values.pick(sentences());
    for (int more = values.number(4); more > 0; --more)
        text += ' ' + values.pick(sentences());
    return text;
}

struct Session {
    QByteArray id;
    Topic topic;
    QDateTime created;
    QDateTime updated;
    int microseconds = 0;
};

/// Session `index` of any number; the first ones carry the topics' own names.
Session sessionAt(const Writer &out, int index, Values &values)
{
    Session session;
    session.topic = topics().at(index % topics().size());
    const int round = index / int(topics().size());
    if (round > 0) {
        session.topic.alias += '-' + QByteArray::number(round + 1);
        session.topic.title += ", No. " + QByteArray::number(round + 1);
        session.topic.paragraphs = 1 + values.number(3);
    }
    session.id = values.uuid4();
    session.created = out.ago(3600 + qint64(index % 400) * 23 * 3600 + values.number(7200));
    session.updated = session.created.addSecs(60 + values.number(3000));
    session.microseconds = values.number(1'000'000);
    return session;
}

void writeParameters(JsonText &json, const Session &session, Values &values)
{
    if (session.topic.templateId == "news_email") {
        json.text("email_subject", session.topic.title).text("heading_title", session.topic.title)
            .text("company_name", "Example Capital").flag("include_ai_notice", true)
            .text("contact_email", "desk@example.org");
    } else {
        json.text("title", session.topic.title).text("author", values.pick(authors()));
    }
}

void writeFragmentHead(JsonText &json, const QByteArray &type, Values &values)
{
    json.object().text("fragment_id", type).text("fragment_instance_guid", values.uuid4()).object("parameters");
}

void writeFragmentEnd(JsonText &json, const Session &session, int index)
{
    json.end().text("created_at", naiveUtc(session.created.addSecs(5 + index), 1 + (session.microseconds + index * 731) % 999'999));
    json.end();
}

void writeFragments(JsonText &json, const Session &session, bool withPicture, Values &values)
{
    const bool news = session.topic.templateId == "news_email";
    for (int i = 0; i < session.topic.paragraphs; ++i) {
        writeFragmentHead(json, news ? "news" : i % 3 == 0 ? "section" : "paragraph", values);
        if (news) {
            json.text("story_summary", paragraph(values))
                .text("date", session.created.date().toString(Qt::ISODate).toLatin1())
                .text("source", "https://news.example.org/" + QByteArray::number(1000 + values.number(9000)))
                .text("author", values.pick(authors())).text("impact_rating", i % 2 ? "medium" : "high");
        } else if (i % 3 == 0) {
            json.text("heading", "Part " + QByteArray::number(i / 3 + 1)).text("content", paragraph(values));
        } else {
            json.text("text", paragraph(values));
        }
        writeFragmentEnd(json, session, i);
    }
    if (!withPicture)
        return;
    const QByteArray picture = pngPicture(480, 270, 11);
    writeFragmentHead(json, "image_from_url", values);
    json.text("image_url", "https://img.example.org/energy.png").text("title", "Wholesale prices")
        .text("embedded_data_uri", "data:image/png;base64," + picture.toBase64())
        .text("validated_at", naiveUtc(session.created.addSecs(4), 120'457)).text("content_type", "image/png")
        .number("content_length", picture.size()).flag("require_https", true);
    writeFragmentEnd(json, session, session.topic.paragraphs);
}

void writeIdentity(JsonText &json, const Session &session)
{
    json.text("session_id", session.id).text("template_id", session.topic.templateId).text("group", session.topic.group)
        .text("alias", session.topic.alias);
}

void writeTimes(JsonText &json, const Session &session)
{
    json.text("created_at", naiveUtc(session.created, session.microseconds))
        .text("updated_at", naiveUtc(session.updated, session.microseconds));
}

bool hasPicture(int index)
{
    return index == 3;   // the energy outlook
}

void writeSessionFile(Writer &out, int index, Values &values)
{
    const Session session = sessionAt(out, index, values);
    JsonText json;
    json.object();
    writeIdentity(json, session);
    json.object("global_parameters");
    writeParameters(json, session, values);
    json.end().array("fragments");
    writeFragments(json, session, hasPicture(index), values);
    json.end();
    writeTimes(json, session);
    json.end();
    out.file("sessions/" + session.id + ".json", json.result(), session.updated);
}

void writeSessionFolder(Writer &out, int index, Values &values)
{
    const Session session = sessionAt(out, index, values);
    const QByteArray folder = "storage/session_" + session.id + '/';
    JsonText metadata;
    metadata.object();
    writeIdentity(metadata, session);
    writeTimes(metadata, session);
    metadata.end();
    out.file(folder + "metadata.json", metadata.result(), session.updated);
    JsonText parameters;
    parameters.object();
    writeParameters(parameters, session, values);
    parameters.end();
    out.file(folder + "parameters.json", parameters.result(), session.created);
    JsonText fragments;
    fragments.array();
    writeFragments(fragments, session, hasPicture(index), values);
    fragments.end();
    out.file(folder + "fragments.json", fragments.result(), session.updated);
}

void writeBlobs(Writer &out, Values &values)
{
    struct Blob {
        QByteArray format;
        QByteArray group;
        QByteArray content;
    };
    const QList<Blob> blobs = {
        {"png", "research", pngPicture(640, 360, 1)},
        {"png", "public", pngPicture(320, 240, 2)},
        {"png", "marketing", pngPicture(800, 450, 3)},
        {"pdf", "research", pdfPage("Risk Register, Autumn Review")},
        {"json", "public", "{\"series\": [1.2, 1.4, 1.3, 1.7]}"},
    };
    JsonText index;
    index.object();
    int number = 0;
    for (const Blob &blob : blobs) {
        const QByteArray guid = values.uuid4();
        const QDateTime created = out.ago(86400 * (2 + 3 * number++));
        out.file("storage/" + guid + '.' + blob.format, blob.content, created);
        index.object(guid).text("format", blob.format).text("group", blob.group).number("size", blob.content.size())
            .text("created_at", naiveUtc(created, 1 + values.number(999'999))).end();
    }
    index.end();
    out.file("storage/metadata.json", index.result(), out.ago(86400 * 2));
}

void writeRendered(Writer &out, Values &values)
{
    const struct {
        QByteArray group;
        QByteArray format;
        QByteArray content;
    } documents[] = {
        {"public", "html", "<!DOCTYPE html>\n<html lang=\"en\"><head><title>Morning Market Brief</title></head>"
                           "<body><h1>Morning Market Brief</h1><p>Margins held.</p></body></html>\n"},
        {"research", "markdown", "# Q3 Report — Überblick\n\n**Author:** J. Müller\n\nRevenue grew 14%.\n"},
        {"research", "pdf", pdfPage("Q3 Report").toBase64()},
    };
    for (const auto &document : documents) {
        const QByteArray guid = values.uuid4();
        const QDateTime created = out.ago(5400 + values.number(86400));
        JsonText json;
        json.object().text("proxy_guid", guid).text("format", document.format).text("content", document.content)
            .text("group", document.group).text("created_at", naiveUtc(created, 1 + values.number(999'999)) + 'Z').end();
        out.file("storage/" + document.group + '/' + guid + ".json", json.result(), created);
    }
}

/// Tokens of the first generation: the key of each is the whole token.
void writeTokens(Writer &out, Values &values)
{
    JsonText json;
    json.object();
    int age = 1;
    for (const QByteArray group : {"public", "research", "marketing"}) {
        const QDateTime issued = out.ago(86400 * age++);
        const QDateTime expires = issued.addDays(90);
        const QByteArray payload = "{\"group\":\"" + group + "\",\"iat\":" + QByteArray::number(issued.toSecsSinceEpoch())
            + ",\"exp\":" + QByteArray::number(expires.toSecsSinceEpoch()) + '}';
        json.object(jwtLike(payload, values)).text("group", group).text("issued_at", naiveUtc(issued, 314'751))
            .text("expires_at", naiveUtc(expires, 314'751)).end();
    }
    json.end();
    out.file("auth/tokens.json", json.result(), out.ago(86400), 0600);
}

void writeTemplate(Writer &out, const QByteArray &group, const QByteArray &id)
{
    const bool news = id == "news_email";
    const QByteArray folder = "docs/templates/" + group + '/' + id + '/';
    QByteArray yaml = "metadata:\n  template_id: " + id + "\n  group: " + group + "\n  name: " + (news ? "News Email" : "Basic Report")
        + "\n  description: " + (news ? "A mail with news stories" : "A report with sections") + "\n  version: \"1.0.0\"\n"
        + "global_parameters:\n  - name: " + (news ? "email_subject" : "title") + "\n    type: string\n    required: true\nfragments:\n";
    const QList<QByteArray> fragments = news ? QList<QByteArray>{"news", "disclaimer"}
                                             : QList<QByteArray>{"paragraph", "section", "image_from_url"};
    for (const QByteArray &fragment : fragments) {
        yaml += "  - fragment_id: " + fragment + "\n    name: " + fragment + "\n    parameters: []\n";
        out.file(folder + "fragments/" + fragment + ".html.jinja2", "<section>{{ text }}</section>\n", out.ago(86400 * 40));
    }
    out.file(folder + "template.yaml", yaml, out.ago(86400 * 40));
    out.file(folder + "document.html.jinja2", "<html><body>{% for f in fragments %}{{ f }}{% endfor %}</body></html>\n",
             out.ago(86400 * 40));
}

void writeShipped(Writer &out)
{
    for (const QByteArray group : {"public", "research", "marketing"}) {
        writeTemplate(out, group, "basic_report");
        writeTemplate(out, group, "news_email");
    }
    for (const QByteArray style : {"default", "light", "dark"}) {
        out.file("docs/styles/public/" + style + "/style.yaml",
                 "style_id: " + style + "\ngroup: public\nname: " + style + "\n", out.ago(86400 * 40));
        out.file("docs/styles/public/" + style + "/style.css", "body { font-family: sans-serif; }\n", out.ago(86400 * 40));
    }
    out.file("docs/fragments/public/disclaimer/fragment.yaml",
             "fragment_id: disclaimer\ngroup: public\nname: Disclaimer\nparameters: []\n", out.ago(86400 * 40));
    out.file("docs/fragments/public/disclaimer/fragment.html.jinja2", "<p>Not advice.</p>\n", out.ago(86400 * 40));
}

int countOf(int sessions)
{
    return sessions > 0 ? sessions : int(topics().size());
}

}  // namespace

void writeDocumentSessions(Writer &out, int sessions)
{
    Values values(101);
    writeTokens(out, values);
    writeBlobs(out, values);
    writeRendered(out, values);
    writeShipped(out);
    for (int i = 0; i < countOf(sessions) && out.ok(); ++i)
        writeSessionFile(out, i, values);
}

void writeDocumentSessionFolders(Writer &out, int sessions)
{
    Values values(102);
    writeTokens(out, values);
    writeBlobs(out, values);
    for (int i = 0; i < std::min(countOf(sessions), kMaxFolderSessions) && out.ok(); ++i)
        writeSessionFolder(out, i, values);
}

}  // namespace strongroom::storage::demo
