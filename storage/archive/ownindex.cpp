// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/ownindex.h"

#include "storage/archive/aside.h"
#include "storage/archive/manifest.h"
#include "storage/archive/memberfeed.h"
#include "storage/archive/tarreader.h"
#include "storage/archive/trailer.h"

namespace strongroom::storage {

namespace {

/// Takes the first member, which must be the one wanted, and ends the pass there.
class FirstMember final : public MemberSink {
public:
    explicit FirstMember(const char *path) : m_path(path) {}

    Result<void> begin(const Member &member) override
    {
        if (member.path.bytes() != m_path || member.type != MemberType::File)
            return fail(ErrorCode::ManifestInvalid);
        return {};
    }
    Result<void> data(QByteArrayView bytes) override
    {
        text.append(bytes);
        return {};
    }
    Result<void> end(const Member &) override
    {
        complete = true;
        return fail(ErrorCode::Cancelled);
    }

    QByteArray text;
    bool complete = false;

private:
    QByteArrayView m_path;
};

Result<QByteArray> bytesAt(const ArchiveFile &archive, qint64 offset, qint64 size)
{
    QByteArray bytes(size, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 got, preadFully(archive.fd(), bytes.data(), size, offset, archive.path()));
    bytes.truncate(got);
    return bytes;
}

Result<std::optional<Trailer>> trailerOf(const ArchiveFile &archive)
{
    const ArchiveFormat format = archive.kind().format;
    const qint64 size = trailerSize(format);
    if (size == 0 || archive.size() < size)
        return std::nullopt;
    STRONGROOM_TRY(const QByteArray end, bytesAt(archive, archive.size() - size, size));
    return decodeTrailer(end, format, archive.size());
}

std::unexpected<Error> wrong(const char *what)
{
    return fail(ErrorCode::ManifestInvalid, {}, {QString::fromLatin1(what)});
}

bool isSameEntry(const Member &a, const Member &b)
{
    return a.path == b.path && a.type == b.type && a.size == b.size && a.mode == b.mode && a.uid == b.uid && a.gid == b.gid
        && a.mtimeNs == b.mtimeNs && a.link == b.link;
}

/// The groups must lie before the manifest and hold just these members.
bool isPlausible(const IndexReader &index, const Trailer &trailer)
{
    qint64 packed = 0;
    qint64 members = 0;
    for (const IndexedGroup &group : index.groups()) {
        packed += group.packed;
        members += group.members;
        if (packed > trailer.manifestOffset)
            return false;
    }
    return members == index.memberCount();
}

Result<std::optional<IndexReader>> openIndexAt(const ArchiveFile &archive, const std::optional<Trailer> &trailer, const Limits &limits)
{
    if (!trailer || trailer->indexOffset == 0)
        return std::nullopt;
    if (trailer->indexLength > limits.maxManifest)
        return fail(ErrorCode::LimitExceeded, archive.path(), {QStringLiteral("index")});
    STRONGROOM_TRY(const QByteArray wrapped, bytesAt(archive, trailer->indexOffset, trailer->indexLength));
    const auto packed = takeAside(wrapped, kIndexMark, archive.kind().format);
    if (!packed)
        return wrong("no index where one is announced");
    STRONGROOM_TRY(IndexReader index, IndexReader::open(*packed, limits.maxManifest));
    if (!isPlausible(index, *trailer))
        return wrong("the groups of the index do not fit the archive");
    return index;
}

Result<void> addHashes(const ArchiveFile &archive, const Trailer &trailer, const IndexReader &index, QList<Member> &members, Monitor &monitor)
{
    qint64 offset = 0;
    for (const IndexedGroup &group : index.groups())
        offset += group.packed;
    FileInput input(archive, false, monitor);
    STRONGROOM_TRY(const QByteArray text, readOwnFile(input, archive.kind().format, kSumsPath, offset, trailer.manifestOffset - offset, monitor));
    STRONGROOM_TRY(const auto sums, parseSums(text));
    for (Member &member : members) {
        if (member.type != MemberType::File)
            continue;
        const Sha256 *sum = sums.find(member.path.bytes());
        if (!sum)
            return wrong("no hash in the sums");
        member.sha256 = *sum;
    }
    return {};
}

}  // namespace

Result<std::optional<IndexReader>> openIndex(const ArchiveFile &archive, const Limits &limits)
{
    STRONGROOM_TRY(const std::optional<Trailer> trailer, trailerOf(archive));
    return openIndexAt(archive, trailer, limits);
}

Result<std::optional<Error>> compareIndex(const ArchiveFile &archive, const Limits &limits, const QList<Member> &members)
{
    auto opened = openIndex(archive, limits);
    if (!opened)
        return opened.error().code == ErrorCode::ReadFailed ? Result<std::optional<Error>>(std::unexpected(opened.error())) : opened.error();
    if (!*opened)
        return std::nullopt;
    IndexReader &index = **opened;
    if (index.memberCount() != members.size())
        return wrong("the index has another number of members").error();
    for (const Member &member : members) {
        const auto entry = index.next();
        if (!entry)
            return entry.error();
        if (!isSameEntry(*entry, member))
            return fail(ErrorCode::ManifestInvalid, member.path.bytes(), {member.path.display(), QStringLiteral("the index says something else")}).error();
    }
    return std::nullopt;
}

Result<std::optional<QList<Member>>> membersByIndex(const ArchiveFile &archive, const Limits &limits, bool withHashes, Monitor &monitor)
{
    STRONGROOM_TRY(const std::optional<Trailer> trailer, trailerOf(archive));
    STRONGROOM_TRY(std::optional<IndexReader> index, openIndexAt(archive, trailer, limits));
    if (!index)
        return std::nullopt;
    QList<Member> members;
    members.reserve(qsizetype(index->memberCount()));
    while (!index->atEnd()) {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(Member member, index->next());
        members.append(std::move(member));
    }
    if (withHashes)
        STRONGROOM_CHECK(addHashes(archive, *trailer, *index, members, monitor));
    return members;
}

Result<QByteArray> readOwnFile(FileInput &input, ArchiveFormat format, const char *path, qint64 offset, qint64 length, Monitor &monitor)
{
    Limits limits = Limits::production();
    limits.maxBytes = limits.maxManifest;
    input.narrow(offset, length);
    STRONGROOM_TRY(const std::unique_ptr<ByteSource> source, openByteSource(input, format, limits));
    FirstMember sink(path);
    MemberFeed feed(limits, sink, monitor);
    const auto blocks = BlockFeed::open(*source, nullptr, monitor);
    const auto read = readTar(*blocks, length, limits, feed);
    if (!sink.complete)
        return read ? fail(ErrorCode::ManifestInvalid, input.archive().path()) : std::unexpected(read.error());
    return std::move(sink.text);
}

}  // namespace strongroom::storage
