// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/inspect.h"

#include "storage/archive/bytesource.h"
#include "storage/archive/memberfeed.h"
#include "storage/archive/tarreader.h"
#include "storage/archive/trailer.h"

namespace strongroom::storage {

namespace {

/// Takes the first member, which must be the manifest, and ends the pass there.
class FirstMember final : public MemberSink {
public:
    Result<void> begin(const Member &member) override
    {
        if (member.path.bytes() != kManifestPath || member.type != MemberType::File)
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
};

}  // namespace

// What the trailer points at is trusted for display only: the verdict of judgeArchive owes it nothing.
Result<std::optional<Manifest>> peekManifest(const ArchiveFile &archive, Monitor &monitor)
{
    const ArchiveFormat format = archive.kind().format;
    const qint64 size = trailerSize(format);
    if (size == 0 || archive.size() < size)
        return std::nullopt;
    FileInput input(archive, false, monitor);
    STRONGROOM_TRY(const QByteArray end, input.readAt(archive.size() - size, size));
    const auto trailer = decodeTrailer(end, format, archive.size());
    if (!trailer)
        return std::nullopt;

    Limits limits = Limits::production();
    limits.maxBytes = limits.maxManifest;
    input.narrow(trailer->manifestOffset, trailer->manifestLength);
    STRONGROOM_TRY(const std::unique_ptr<ByteSource> source, openByteSource(input, format, limits));
    FirstMember sink;
    MemberFeed feed(limits, sink, monitor);
    const auto read = readTar(*source, trailer->manifestLength, limits, feed);
    if (!sink.complete)
        return read ? fail(ErrorCode::ManifestInvalid, archive.path()) : std::unexpected(read.error());
    auto manifest = parseManifest(sink.text);
    if (!manifest)
        return std::unexpected(manifest.error().wrapped(manifest.error().code, archive.path()));
    return *std::move(manifest);
}

}  // namespace strongroom::storage
