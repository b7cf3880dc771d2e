// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/inspect.h"

#include "storage/archive/bytesource.h"
#include "storage/archive/memberfeed.h"
#include "storage/archive/tarformat.h"
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

/// Where the manifest may be found; nothing when there is no sign of one.
struct Place {
    qint64 offset = 0;
    qint64 length = 0;
};

Result<std::optional<Place>> placeByTrailer(FileInput &input, ArchiveFormat format)
{
    const qint64 size = trailerSize(format);
    if (size == 0 || input.size() < size)
        return std::nullopt;
    STRONGROOM_TRY(const QByteArray end, input.readAt(input.size() - size, size));
    const auto trailer = decodeTrailer(end, format, input.size());
    if (!trailer)
        return std::nullopt;
    return Place{trailer->manifestOffset, trailer->manifestLength};
}

/// A plain tar has no trailer, but its headers can be walked without what lies between them.
Result<std::optional<Place>> placeInPlainTar(FileInput &input)
{
    constexpr int kMaxHeaders = 200'000;
    qint64 offset = 0;
    for (int i = 0; i < kMaxHeaders && offset < input.size(); ++i) {
        STRONGROOM_TRY(const QByteArray block, input.readAt(offset, kTarBlock));
        if (block.size() < kTarBlock || isZeroTarBlock(block))
            return std::nullopt;
        const auto header = decodeTarHeader(block, offset);
        if (!header || header->size > input.size())
            return std::nullopt;
        if (!header->isExtension() && header->name == kManifestPath)
            return Place{offset, input.size() - offset};
        offset += kTarBlock + tarPadded(header->size);
    }
    return std::nullopt;
}

}  // namespace

// What is found that way is trusted for display only: the verdict of judgeArchive owes it nothing.
Result<std::optional<Manifest>> peekManifest(const ArchiveFile &archive, Monitor &monitor)
{
    const ArchiveFormat format = archive.kind().format;
    FileInput input(archive, false, monitor);
    STRONGROOM_TRY(const std::optional<Place> place,
                   format == ArchiveFormat::Tar ? placeInPlainTar(input) : placeByTrailer(input, format));
    if (!place)
        return std::nullopt;

    Limits limits = Limits::production();
    limits.maxBytes = limits.maxManifest;
    input.narrow(place->offset, place->length);
    STRONGROOM_TRY(const std::unique_ptr<ByteSource> source, openByteSource(input, format, limits));
    FirstMember sink;
    MemberFeed feed(limits, sink, monitor);
    const auto read = readTar(*source, place->length, limits, feed);
    if (!sink.complete)
        return read ? fail(ErrorCode::ManifestInvalid, archive.path()) : std::unexpected(read.error());
    auto manifest = parseManifest(sink.text);
    if (!manifest)
        return std::unexpected(manifest.error().wrapped(manifest.error().code, archive.path()));
    return *std::move(manifest);
}

}  // namespace strongroom::storage
