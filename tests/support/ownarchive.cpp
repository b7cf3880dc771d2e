// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/ownarchive.h"

#include "storage/archive/hasher.h"
#include "storage/fd.h"

#include <cstring>
#include <fcntl.h>

using namespace strongroom::storage;

namespace strongroom::tests {

namespace {

constexpr qint64 kMtimeNs = 1'735'689'600'123'456'789;

class Bytes final : public ContentSource {
public:
    explicit Bytes(QByteArray bytes) : m_bytes(std::move(bytes)) {}
    Result<qint64> readAt(char *data, qint64 size, qint64 offset) override
    {
        const qint64 n = std::clamp<qint64>(m_bytes.size() - offset, 0, size);
        memcpy(data, m_bytes.constData() + offset, size_t(n));
        return n;
    }

private:
    QByteArray m_bytes;
};

template<class T> void need(const Result<T> &result)
{
    if (!result)
        qFatal("own archive: %s", qPrintable(codeWord(result.error().code)));
}

}  // namespace

void writeOwnArchive(const QByteArray &path, const OwnArchiveSpec &spec)
{
    const Fd fd(::open(path.constData(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd.isValid())
        qFatal("cannot create %s", path.constData());
    Monitor monitor;
    WriterOptions options;
    options.format = spec.format;
    options.groupBytes = spec.groupBytes;
    options.threads = 2;
    auto created = GroupWriter::create(fd.get(), options, monitor);
    need(created);
    GroupWriter &writer = **created;
    Manifest manifest = spec.manifest;
    for (const auto &[name, content] : spec.files) {
        Member member;
        member.type = name.endsWith('/') ? MemberType::Directory : MemberType::File;
        member.path = RelPath::literal(member.type == MemberType::Directory ? name.chopped(1) : name);
        member.size = content.size();
        member.mode = member.type == MemberType::Directory ? 0755 : 0640;
        member.mtimeNs = kMtimeNs;
        need(writer.add(member, member.type == MemberType::File ? std::make_shared<Bytes>(content) : nullptr));
        if (member.type == MemberType::File)
            member.sha256 = Sha256Hasher::of(content);
        manifest.entries.append(member);
    }
    need(writer.drain());
    const QByteArray sums = writeSums(manifest.entries);
    manifest.sumsSha256Hex = toHex(Sha256Hasher::of(sums));
    if (manifest.kind.isEmpty())
        manifest.kind = QStringLiteral("document-sessions");
    if (!manifest.created.isValid())
        manifest.created = QDateTime(QDate(2025, 1, 1), QTime(0, 0), Qt::UTC);
    need(writer.addText(RelPath::literal(kSumsPath), sums, kMtimeNs));
    need(writer.addText(RelPath::literal(kManifestPath), writeManifest(manifest), kMtimeNs));
    if (spec.bendIndex)
        spec.bendIndex(manifest.entries);
    need(writer.finish(manifest.entries));
}

}  // namespace strongroom::tests
