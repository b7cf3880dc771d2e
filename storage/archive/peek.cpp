// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/inspect.h"

#include "storage/archive/bytesource.h"
#include "storage/archive/ownindex.h"
#include "storage/archive/tarformat.h"
#include "storage/archive/trailer.h"

namespace strongroom::storage {

namespace {

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

    STRONGROOM_TRY(const QByteArray text, readOwnFile(input, format, kManifestPath, place->offset, place->length, monitor));
    auto manifest = parseManifest(text);
    if (!manifest)
        return std::unexpected(manifest.error().wrapped(manifest.error().code, archive.path()));
    return *std::move(manifest);
}

}  // namespace strongroom::storage
