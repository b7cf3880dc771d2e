// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/zipreader.h"

#include "storage/mutant.h"

#include <QDateTime>
#include <QtEndian>

#include <sys/stat.h>
#include <zlib.h>

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qint64 kBlock = 64 * 1024;
constexpr qint64 kEndRecord = 22;
constexpr qint64 kEndSearch = 66'000;        // end record and the longest comment
constexpr qint64 kCentralRecord = 46;
constexpr qint64 kLocalRecord = 30;
constexpr qint64 kEnd64Record = 56;
constexpr qint64 kEnd64Locator = 20;
/// A million entries with names and fields as tools write them. It is kept in memory while the archive is read.
constexpr qint64 kMaxDirectory = qint64(128) << 20;
constexpr quint16 k16 = 0xffff;              // "look into the zip64 end record"
constexpr quint32 kDescriptorMagic = 0x08074b50;
constexpr quint32 k32 = 0xffffffff;          // "look into the zip64 field"

constexpr quint16 kFlagDescriptor = 0x0008;
constexpr quint16 kFlagUtf8 = 0x0800;
constexpr quint16 kFlagsEncrypted = 0x2041;  // encrypted, strong encryption, masked headers
constexpr quint16 kFlagsKnown = 0x080e;      // deflate speed, descriptor, UTF-8
constexpr quint16 kStored = 0;
constexpr quint16 kDeflated = 8;
constexpr quint8 kHostUnix = 3;

constexpr quint16 kExtraZip64 = 0x0001;
constexpr quint16 kExtraTimestamp = 0x5455;
constexpr quint16 kExtraUnicodePath = 0x7075;
constexpr quint16 kExtraAes = 0x9901;

/// One entry as the central directory has it.
struct Entry {
    QByteArray name;
    quint64 offset = 0;
    quint64 packed = 0;
    quint64 size = 0;
    quint32 crc = 0;
    quint16 flags = 0;
    quint16 method = 0;
    quint8 host = 0;
    quint32 mode = 0;
    qint64 mtimeNs = 0;
};

/// Little-endian numbers out of bytes that are known to be there.
class Fields {
public:
    explicit Fields(QByteArrayView bytes) : m_bytes(bytes) {}
    template<class T> T get()
    {
        const T value = qFromLittleEndian<T>(m_bytes.data() + m_at);
        m_at += qsizetype(sizeof(T));
        return value;
    }
    void skip(qsizetype n) { m_at += n; }

private:
    QByteArrayView m_bytes;
    qsizetype m_at = 0;
};

std::unexpected<Error> unsupported(const QString &what)
{
    return fail(ErrorCode::ArchiveWrongKind, {}, {what});
}

/// DOS times have no zone: they are what a clock on the wall showed. Impossible ones become 1980.
qint64 dosTimeNs(quint16 date, quint16 time)
{
    const QDateTime when(QDate(1980 + (date >> 9), date >> 5 & 15, date & 31),
                         QTime(time >> 11, time >> 5 & 63, (time & 31) * 2), Qt::LocalTime);
    constexpr qint64 kYear1980 = 315'532'800;
    return (when.isValid() ? when.toSecsSinceEpoch() : kYear1980) * 1'000'000'000;
}

class ZipPass {
public:
    ZipPass(FileInput &input, const Limits &limits, MemberFeed &feed) : m_input(input), m_limits(limits), m_feed(feed) {}

    Result<void> run()
    {
        STRONGROOM_CHECK(readDirectory());
        std::sort(m_entries.begin(), m_entries.end(), [](const Entry &a, const Entry &b) { return a.offset < b.offset; });
        quint64 position = 0;
        for (const Entry &entry : m_entries) {
            if (entry.offset != position)
                return failAt(ErrorCode::ArchiveHostile, qint64(position), "entries overlap or leave a gap");
            STRONGROOM_TRY(position, readEntry(entry));
        }
        if (position != m_directoryAt)
            return failAt(ErrorCode::ArchiveHostile, qint64(position), "bytes that no entry covers");
        return {};
    }

private:
    Result<QByteArray> exactly(quint64 offset, qint64 size)
    {
        STRONGROOM_TRY(QByteArray bytes, m_input.readAt(qint64(offset), size));
        if (bytes.size() < size)
            return failAt(ErrorCode::ArchiveTruncated, m_input.size(), "inside a record");
        return bytes;
    }

    Result<void> readDirectory()
    {
        const qint64 fileSize = m_input.size();
        const qint64 tailSize = std::min(fileSize, kEndSearch);
        STRONGROOM_TRY(const QByteArray tail, exactly(quint64(fileSize - tailSize), tailSize));
        const qsizetype at = tail.lastIndexOf("PK\x05\x06");
        if (at < 0 || tail.size() - at < kEndRecord)
            return failAt(ErrorCode::ArchiveTruncated, fileSize, "no end record");
        const qint64 end = fileSize - tailSize + at;
        Fields fields(QByteArrayView(tail).sliced(at + 4));
        const auto disk = fields.get<quint16>();
        const auto directoryDisk = fields.get<quint16>();
        const auto here = fields.get<quint16>();
        const auto count = fields.get<quint16>();
        const auto size = fields.get<quint32>();
        const auto offset = fields.get<quint32>();
        const auto comment = fields.get<quint16>();
        Directory directory{count, size, offset, end};
        if (end + kEndRecord + comment != fileSize)
            return failAt(ErrorCode::ArchiveHostile, end, "bytes after the end record");
        if (tail.count("PK\x05\x06") != 1)
            return failAt(ErrorCode::ArchiveHostile, end, "more than one end record");
        const bool several = disk != 0 || directoryDisk != 0 || here != count;
        if (several && !(disk == k16 || directoryDisk == k16 || here == k16))
            return unsupported(QStringLiteral("zip of several volumes"));
        STRONGROOM_CHECK(applyEnd64(directory));
        if (several && directory.end == end)
            return unsupported(QStringLiteral("zip of several volumes"));
        if (directory.count > quint64(m_limits.maxEntries) || directory.size > quint64(kMaxDirectory))
            return failAt(ErrorCode::ArchiveHostile, end, "more entries than the limit");
        if (directory.offset > quint64(fileSize) || qint64(directory.offset + directory.size) != directory.end)
            return failAt(ErrorCode::ArchiveHostile, end, "directory is not where it should be");
        if (directory.count > directory.size / quint64(kCentralRecord))
            return failAt(ErrorCode::ArchiveHostile, end, "directory counts more than it holds");
        m_directoryAt = directory.offset;
        STRONGROOM_TRY(const QByteArray bytes, exactly(directory.offset, qint64(directory.size)));
        return parseDirectory(bytes, qint64(directory.count));
    }

    /// What the end of the archive says of its directory.
    struct Directory {
        quint64 count;
        quint64 size;
        quint64 offset;
        qint64 end;   ///< where the first record behind the directory begins
    };

    /// A zip64 end record stands before the end record, a locator between them. What the old record can say it
    /// must say as well: readers differ in which one they believe.
    Result<void> applyEnd64(Directory &directory)
    {
        const qint64 end = directory.end;
        const auto disagree = [end](const char *what) { return failAt(ErrorCode::ArchiveHostile, end, what); };
        QByteArray locator;
        if (end >= kEnd64Locator) {
            STRONGROOM_TRY(locator, exactly(quint64(end - kEnd64Locator), kEnd64Locator));
        }
        if (!locator.startsWith("PK\x06\x07"))
            return directory.offset == k32 || directory.size == k32 ? disagree("zip64 end record is missing") : Result<void>();
        Fields place(QByteArrayView(locator).sliced(4));
        const auto disk = place.get<quint32>();
        const auto at = place.get<quint64>();
        const auto disks = place.get<quint32>();
        if (disk != 0 || disks > 1)
            return unsupported(QStringLiteral("zip of several volumes"));
        if (end < kEnd64Locator + kEnd64Record || at != quint64(end - kEnd64Locator - kEnd64Record))
            return disagree("zip64 end record is not where it should be");
        STRONGROOM_TRY(const QByteArray record, exactly(at, kEnd64Record));
        if (!record.startsWith("PK\x06\x06"))
            return disagree("zip64 end record");
        Fields fields(QByteArrayView(record).sliced(4));
        const auto length = fields.get<quint64>();
        fields.skip(4);
        const auto recordDisk = fields.get<quint32>();
        const auto directoryDisk = fields.get<quint32>();
        const auto here = fields.get<quint64>();
        const Directory wide{fields.get<quint64>(), fields.get<quint64>(), fields.get<quint64>(), qint64(at)};
        if (length != quint64(kEnd64Record - 12) || recordDisk != 0 || directoryDisk != 0 || here != wide.count)
            return disagree("zip64 end record");
        const bool same = (directory.count == k16 || directory.count == wide.count) && (directory.size == k32 || directory.size == wide.size)
            && (directory.offset == k32 || directory.offset == wide.offset);
        if (!same)
            return disagree("two end records that differ");
        directory = wide;
        return {};
    }

    Result<void> parseDirectory(QByteArrayView bytes, qint64 count)
    {
        m_entries.reserve(count);
        for (qint64 i = 0; i < count; ++i) {
            const qint64 at = qint64(m_directoryAt + m_directorySeen);
            if (bytes.size() < kCentralRecord || !bytes.startsWith("PK\x01\x02"))
                return failAt(ErrorCode::ArchiveHostile, at, "central record");
            STRONGROOM_TRY(const qsizetype used, parseCentral(bytes, at));
            m_directorySeen += quint64(used);
            bytes = bytes.sliced(used);
        }
        if (!bytes.isEmpty())
            return failAt(ErrorCode::ArchiveHostile, qint64(m_directoryAt + m_directorySeen), "directory holds more than it counts");
        return {};
    }

    /// Appends the entry that `bytes` begin with; gives the length of its record.
    Result<qsizetype> parseCentral(QByteArrayView bytes, qint64 at)
    {
        Entry entry;
        Fields fields(bytes.sliced(4));
        entry.host = quint8(fields.get<quint16>() >> 8);
        fields.skip(2);
        entry.flags = fields.get<quint16>();
        entry.method = fields.get<quint16>();
        const auto time = fields.get<quint16>();
        const auto date = fields.get<quint16>();
        entry.crc = fields.get<quint32>();
        entry.packed = fields.get<quint32>();
        entry.size = fields.get<quint32>();
        const auto nameSize = fields.get<quint16>();
        const auto extraSize = fields.get<quint16>();
        const auto commentSize = fields.get<quint16>();
        const auto disk = fields.get<quint16>();
        fields.skip(2);
        entry.mode = fields.get<quint32>() >> 16;
        entry.offset = fields.get<quint32>();
        const qsizetype length = kCentralRecord + nameSize + extraSize + commentSize;
        if (bytes.size() < length)
            return failAt(ErrorCode::ArchiveHostile, at, "central record length");
        entry.name = bytes.sliced(kCentralRecord, nameSize).toByteArray();
        entry.mtimeNs = dosTimeNs(date, time);
        STRONGROOM_CHECK(applyExtra(entry, bytes.sliced(kCentralRecord + nameSize, extraSize), at));
        if (entry.flags & kFlagsEncrypted)
            return unsupported(QStringLiteral("encrypted zip"));
        if (entry.flags & ~kFlagsKnown)
            return unsupported(QStringLiteral("zip with unknown flags"));
        if (entry.method != kStored && entry.method != kDeflated)
            return unsupported(QStringLiteral("zip with compression method %1").arg(entry.method));
        if (entry.method == kStored && entry.packed != entry.size)
            return failAt(ErrorCode::ArchiveHostile, at, "two sizes for one entry");
        if (disk != 0)
            return unsupported(QStringLiteral("zip of several volumes"));
        m_entries.append(std::move(entry));
        return length;
    }

    Result<void> applyExtra(Entry &entry, QByteArrayView extra, qint64 at) const
    {
        std::optional<QByteArrayView> zip64;
        while (!extra.isEmpty()) {
            if (extra.size() < 4)
                return failAt(ErrorCode::ArchiveHostile, at, "extra field");
            Fields fields(extra);
            const auto id = fields.get<quint16>();
            const auto size = fields.get<quint16>();
            if (extra.size() < 4 + size)
                return failAt(ErrorCode::ArchiveHostile, at, "extra field");
            const QByteArrayView body = extra.sliced(4, size);
            extra = extra.sliced(4 + size);
            if (id == kExtraZip64)
                zip64 = body;
            else if (id == kExtraUnicodePath)
                return failAt(ErrorCode::ArchiveHostile, at, "a second name for one entry");
            else if (id == kExtraAes)
                return unsupported(QStringLiteral("encrypted zip"));
            else if (id == kExtraTimestamp && size >= 5 && (body[0] & 1))
                entry.mtimeNs = qint64(qFromLittleEndian<qint32>(body.data() + 1)) * 1'000'000'000;
        }
        for (quint64 *value : {&entry.size, &entry.packed, &entry.offset}) {
            if (*value != k32)
                continue;
            if (!zip64 || zip64->size() < 8)
                return failAt(ErrorCode::ArchiveHostile, at, "zip64 field");
            *value = qFromLittleEndian<quint64>(zip64->data());
            zip64 = zip64->sliced(8);
        }
        return {};
    }

    /// Returns where the entry ends.
    Result<quint64> readEntry(const Entry &entry)
    {
        STRONGROOM_TRY(const quint64 start, checkLocal(entry));
        const qint64 at = qint64(entry.offset);
        if (entry.packed > m_directoryAt || start > m_directoryAt - entry.packed)
            return failAt(ErrorCode::ArchiveHostile, at, "data reaches into the directory");
        if (entry.size > quint64(m_limits.maxBytes)
            || (entry.size > quint64(m_limits.ratioFloor) && entry.size / quint64(m_limits.maxRatio) > std::max<quint64>(entry.packed, 1)))
            return failAt(ErrorCode::ArchiveHostile, at, "expands out of all proportion");
        // Many entries just below the floor are one large one.
        m_unpacked += qint64(entry.size);
        if (m_unpacked > m_limits.ratioFloor && m_unpacked / m_limits.maxRatio > m_input.size())
            return failAt(ErrorCode::ArchiveHostile, at, "expands out of all proportion");
        if ((entry.flags & kFlagUtf8) && !QByteArrayView(entry.name).isValidUtf8())
            return failAt(ErrorCode::ArchiveHostile, at, "name is not the UTF-8 it claims to be");
        STRONGROOM_CHECK(passOn(entry, start));
        const quint64 end = start + entry.packed;
        if (entry.flags & kFlagDescriptor)
            return descriptorEnd(entry, end);
        return end;
    }

    /// The local header must repeat the central one. Returns where the data begins.
    Result<quint64> checkLocal(const Entry &entry)
    {
        const qint64 at = qint64(entry.offset);
        STRONGROOM_TRY(const QByteArray record, exactly(entry.offset, kLocalRecord));
        if (!record.startsWith("PK\x03\x04"))
            return failAt(ErrorCode::ArchiveHostile, at, "local record");
        Fields fields(QByteArrayView(record).sliced(6));
        const auto flags = fields.get<quint16>();
        const auto method = fields.get<quint16>();
        fields.skip(4);
        const auto crc = fields.get<quint32>();
        quint64 packed = fields.get<quint32>();
        quint64 size = fields.get<quint32>();
        const auto nameSize = fields.get<quint16>();
        const auto extraSize = fields.get<quint16>();
        if (entry.offset + kLocalRecord + nameSize + extraSize > m_directoryAt)
            return failAt(ErrorCode::ArchiveHostile, at, "local record length");
        STRONGROOM_TRY(const QByteArray rest, exactly(entry.offset + kLocalRecord, nameSize + extraSize));
        const QByteArrayView extra = QByteArrayView(rest).sliced(nameSize);
        if (extra.size() >= 20 && qFromLittleEndian<quint16>(extra.data()) == kExtraZip64) {
            size = size == k32 ? qFromLittleEndian<quint64>(extra.data() + 4) : size;
            packed = packed == k32 ? qFromLittleEndian<quint64>(extra.data() + 12) : packed;
        }
        const bool sameSizes = crc == entry.crc && packed == entry.packed && size == entry.size;
        if (isMutant(Mutant::ZipHeadersNotCompared))
            return entry.offset + kLocalRecord + nameSize + extraSize;
        if (QByteArrayView(rest).first(nameSize) != entry.name || flags != entry.flags || method != entry.method
            || (!sameSizes && !(flags & kFlagDescriptor)))
            return failAt(ErrorCode::ArchiveHostile, at, "local and central headers differ");
        return entry.offset + kLocalRecord + nameSize + extraSize;
    }

    Result<void> passOn(const Entry &entry, quint64 start)
    {
        Member member;
        member.mtimeNs = entry.mtimeNs;
        member.mode = entry.host == kHostUnix ? entry.mode & 07777 : 0644;
        const quint32 kind = entry.host == kHostUnix ? entry.mode & S_IFMT : 0;
        if (entry.name.endsWith('/')) {
            if (entry.size != 0)
                return failAt(ErrorCode::ArchiveHostile, qint64(start), "content where none may be");
            member.type = MemberType::Directory;
            if (entry.host != kHostUnix || member.mode == 0)
                member.mode = 0755;
        } else if (kind == 0 || kind == S_IFREG) {
            member.size = qint64(entry.size);
        } else if (kind == S_IFLNK) {
            if (entry.method != kStored || entry.size > quint64(m_limits.maxPath))
                return failAt(ErrorCode::ArchiveHostile, qint64(start), "link without a usable target");
            member.type = MemberType::Symlink;
            STRONGROOM_TRY(member.link, exactly(start, qint64(entry.size)));
        } else if (kind == S_IFIFO || kind == S_IFSOCK) {
            // Nothing in a zip has a checksum over the type: a file whose type was damaged must not vanish.
            if (entry.size != 0)
                return failAt(ErrorCode::ArchiveHostile, qint64(start), "content where none may be");
            member.type = MemberType::Fifo;
        } else {
            return failAt(ErrorCode::ArchiveHostile, qint64(entry.offset), "entry of an unknown type");
        }
        const bool file = member.type == MemberType::File;
        STRONGROOM_CHECK(m_feed.begin(entry.name, std::move(member)));
        return entry.method == kStored ? copyStored(entry, start, file) : inflateEntry(entry, start, file);
    }

    Result<void> copyStored(const Entry &entry, quint64 start, bool file)
    {
        quint32 crc = 0;
        for (quint64 done = 0; done < entry.packed;) {
            STRONGROOM_TRY(const QByteArray block, exactly(start + done, qint64(std::min<quint64>(kBlock, entry.packed - done))));
            crc = quint32(crc32(crc, reinterpret_cast<const Bytef *>(block.data()), uInt(block.size())));
            done += quint64(block.size());
            if (file)
                STRONGROOM_CHECK(m_feed.data(block));
        }
        if (crc != entry.crc && !isMutant(Mutant::ZipChecksumIgnored))
            return failAt(ErrorCode::ArchiveDamaged, qint64(start), "checksum of an entry");
        return {};
    }

    Result<void> inflateEntry(const Entry &entry, quint64 start, bool file)
    {
        struct Stream : z_stream {
            Stream() : z_stream{} { ready = inflateInit2(this, -15) == Z_OK; }
            ~Stream() { inflateEnd(this); }
            bool ready;
        } stream;
        if (!stream.ready)
            return fail(ErrorCode::Internal, {}, {QStringLiteral("zlib")});
        QByteArray in;
        QByteArray out(kBlock, Qt::Uninitialized);
        quint64 taken = 0;
        quint64 made = 0;
        quint32 crc = 0;
        for (int code = Z_OK; code != Z_STREAM_END;) {
            const qint64 at = qint64(start + taken - stream.avail_in);
            if (stream.avail_in == 0) {
                if (taken == entry.packed)
                    return failAt(ErrorCode::ArchiveDamaged, at, "deflate stream without end");
                STRONGROOM_TRY(in, exactly(start + taken, qint64(std::min<quint64>(kBlock, entry.packed - taken))));
                taken += quint64(in.size());
                stream.next_in = reinterpret_cast<Bytef *>(in.data());
                stream.avail_in = uInt(in.size());
            }
            stream.next_out = reinterpret_cast<Bytef *>(out.data());
            stream.avail_out = uInt(out.size());
            code = inflate(&stream, Z_NO_FLUSH);
            if (code != Z_OK && code != Z_STREAM_END && code != Z_BUF_ERROR)
                return failAt(ErrorCode::ArchiveDamaged, at, "deflate stream");
            const QByteArrayView block = QByteArrayView(out).chopped(stream.avail_out);
            made += quint64(block.size());
            if (made > entry.size)
                return failAt(ErrorCode::ArchiveHostile, at, "more data than declared");
            crc = quint32(crc32(crc, reinterpret_cast<const Bytef *>(block.data()), uInt(block.size())));
            if (file && !block.isEmpty())
                STRONGROOM_CHECK(m_feed.data(block));
        }
        if (stream.avail_in > 0 || taken < entry.packed)
            return failAt(ErrorCode::ArchiveHostile, qint64(start), "bytes after the deflate stream");
        if (made != entry.size)
            return failAt(ErrorCode::ArchiveDamaged, qint64(start), "less data than declared");
        if (crc != entry.crc && !isMutant(Mutant::ZipChecksumIgnored))
            return failAt(ErrorCode::ArchiveDamaged, qint64(start), "checksum of an entry");
        return {};
    }

    /// A streamed entry repeats its numbers behind the data, with 32-bit or 64-bit sizes.
    Result<quint64> descriptorEnd(const Entry &entry, quint64 at)
    {
        STRONGROOM_TRY(const QByteArray bytes, m_input.readAt(qint64(at), 24));
        if (bytes.size() >= 16) {
            Fields narrow(bytes);
            if (narrow.get<quint32>() == kDescriptorMagic && narrow.get<quint32>() == entry.crc
                && narrow.get<quint32>() == entry.packed && narrow.get<quint32>() == entry.size)
                return at + 16;
        }
        if (bytes.size() >= 24) {
            Fields wide(bytes);
            if (wide.get<quint32>() == kDescriptorMagic && wide.get<quint32>() == entry.crc
                && wide.get<quint64>() == entry.packed && wide.get<quint64>() == entry.size)
                return at + 24;
        }
        return failAt(ErrorCode::ArchiveHostile, qint64(at), "data descriptor");
    }

    FileInput &m_input;
    qint64 m_unpacked = 0;
    const Limits &m_limits;
    MemberFeed &m_feed;
    QList<Entry> m_entries;
    quint64 m_directoryAt = 0;
    quint64 m_directorySeen = 0;
};

}  // namespace

Result<void> readZip(FileInput &input, const Limits &limits, MemberFeed &feed)
{
    return ZipPass(input, limits, feed).run();
}

}  // namespace strongroom::storage
