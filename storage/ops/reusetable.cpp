// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/reusetable.h"

#include "storage/atomicfile.h"
#include "storage/treeops.h"
#include "storage/worker/wire.h"

#include <xxhash.h>

#include <algorithm>
#include <fcntl.h>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr char kMagic[] = "SRREUSE1";
constexpr qint64 kMaxFile = qint64(1) << 30;
constexpr qsizetype kMaxName = 64 * 1024;
constexpr qint64 kMaxPiece = qint64(64) << 20;   // a group is a few MiB

QByteArray bytesOf(const GroupFingerprint &fingerprint)
{
    return QByteArray(reinterpret_cast<const char *>(fingerprint.data()), qsizetype(fingerprint.size()));
}

void put(WireWriter &out, const ReuseKey &key)
{
    out.bytes(key.source);
    out.bytes(key.folder);
    out.u8(quint8(key.format));
    out.i64(key.level);
    out.bytes(key.scope);
}

ReuseKey takeKey(WireReader &in)
{
    ReuseKey key;
    key.source = in.bytes(kMaxName);
    key.folder = in.bytes(kMaxName);
    key.format = in.oneOf(ArchiveFormat::LoneFile);
    key.level = int(in.i64());
    key.scope = in.bytes(kMaxName);
    return key;
}

void put(WireWriter &out, const FileStamp &stamp)
{
    for (const qint64 number : {qint64(stamp.device), qint64(stamp.inode), stamp.size, stamp.mtimeNs, stamp.ctimeNs})
        out.i64(number);
}

FileStamp takeStamp(WireReader &in)
{
    FileStamp stamp;
    stamp.device = quint64(in.i64());
    stamp.inode = quint64(in.i64());
    stamp.size = in.i64();
    stamp.mtimeNs = in.i64();
    stamp.ctimeNs = in.i64();
    stamp.type = FileType::File;
    return stamp;
}

void put(WireWriter &out, const ReusableGroup &group)
{
    out.i64(group.offset);
    out.u32(quint32(group.packed.size()));
    for (qsizetype i = 0; i < group.packed.size(); ++i) {
        out.i64(group.packed.at(i));
        out.i64(group.raw.at(i));
    }
    out.i64(group.members);
    out.u32(quint32(group.hashes.size()));
    out.bytes(QByteArrayView(reinterpret_cast<const char *>(group.hashes.constData()), group.hashes.size() * qsizetype(sizeof(Sha256))));
}

ReusableGroup takeGroup(WireReader &in)
{
    ReusableGroup group;
    group.offset = in.i64();
    const quint32 pieces = in.u32();
    for (quint32 i = 0; i < pieces && in.isGood(); ++i) {
        group.packed.append(in.i64());
        group.raw.append(in.i64());
        if (group.packed.last() <= 0 || group.packed.last() > kMaxPiece || group.raw.last() <= 0)
            in.spoil();
    }
    if (pieces == 0 || group.offset < 0)
        in.spoil();
    group.members = in.i64();
    const qsizetype count = qsizetype(in.u32());
    const QByteArray hashes = in.bytes(kMaxFile);
    if (hashes.size() != count * qsizetype(sizeof(Sha256))) {
        in.spoil();
        return {};
    }
    group.hashes.resize(count);
    if (count > 0)
        memcpy(group.hashes.data(), hashes.constData(), size_t(hashes.size()));
    return group;
}

}  // namespace

struct GroupFingerprinter::Private {
    XXH3_state_t *state = XXH3_createState();
    ~Private() { XXH3_freeState(state); }
};

GroupFingerprinter::GroupFingerprinter() : d(std::make_unique<Private>())
{
    XXH3_128bits_reset(d->state);
}

GroupFingerprinter::~GroupFingerprinter() = default;

void GroupFingerprinter::add(const Member &member, const FileStamp &stamp)
{
    const bool file = member.type == MemberType::File;
    const qint64 numbers[] = {qint64(member.type), member.size, member.mode, member.uid, member.gid, member.mtimeNs,
                              file ? qint64(stamp.device) : 0, file ? qint64(stamp.inode) : 0, file ? stamp.ctimeNs : 0,
                              qint64(member.path.bytes().size()), qint64(member.link.size())};
    XXH3_128bits_update(d->state, numbers, sizeof numbers);
    for (const QByteArray &text : {member.path.bytes(), member.link})
        XXH3_128bits_update(d->state, text.constData(), size_t(text.size()));
}

GroupFingerprint GroupFingerprinter::finish()
{
    XXH128_canonical_t canonical;
    XXH128_canonicalFromHash(&canonical, XXH3_128bits_digest(d->state));
    XXH3_128bits_reset(d->state);
    GroupFingerprint fingerprint;
    std::copy_n(canonical.digest, fingerprint.size(), fingerprint.begin());
    return fingerprint;
}

bool ReusableGroup::canBe(const QList<Member> &wanted) const
{
    const auto files = std::count_if(wanted.cbegin(), wanted.cend(), [](const Member &member) { return member.type == MemberType::File; });
    return members == wanted.size() && hashes.size() == files;
}

QByteArray ReuseKey::name() const
{
    WireWriter text;
    put(text, *this);
    return QByteArray::number(XXH3_64bits(text.buffer().constData(), size_t(text.buffer().size())), 16) + ".reuse";
}

ReuseTable::ReuseTable(ReuseKey key, QByteArray archive, const FileStamp &archiveStamp, int generation)
    : m_key(std::move(key)), m_archive(std::move(archive)), m_stamp(archiveStamp), m_generation(generation)
{
}

std::optional<ReuseTable> ReuseTable::load(const QByteArray &tables, const ReuseKey &key)
{
    const QByteArray bytes = readSmallFile(tables + '/' + key.name(), kMaxFile);
    if (!bytes.startsWith(kMagic))
        return std::nullopt;
    WireReader in(QByteArrayView(bytes).sliced(sizeof kMagic - 1));
    if (takeKey(in) != key)
        return std::nullopt;
    const QByteArray archive = in.bytes(RelPath::kMaxName);
    const FileStamp stamp = takeStamp(in);
    ReuseTable table(key, archive, stamp, int(in.u32()));
    const quint32 groups = in.u32();
    for (quint32 i = 0; i < groups && in.isGood(); ++i) {
        const QByteArray fingerprint = in.bytes(sizeof(GroupFingerprint));
        table.m_groups.insert(fingerprint, takeGroup(in));
    }
    if (!in.isGood() || !in.atEnd())
        return std::nullopt;
    return table;
}

void ReuseTable::save(const QByteArray &tables) const
{
    WireWriter out;
    put(out, m_key);
    out.bytes(m_archive);
    put(out, m_stamp);
    out.u32(quint32(m_generation));
    out.u32(quint32(m_groups.size()));
    for (auto it = m_groups.cbegin(); it != m_groups.cend(); ++it) {
        out.bytes(it.key());
        put(out, it.value());
    }
    makeFolders(tables);
    const auto folder = openDirectory(tables);
    if (!folder || !writeFileAtomically(folder->get(), m_key.name(), QByteArray(kMagic + out.buffer()), true))
        remove(tables, m_key);
}

void ReuseTable::remove(const QByteArray &tables, const ReuseKey &key)
{
    ::unlink(QByteArray(tables + '/' + key.name()).constData());
}

void ReuseTable::add(const GroupFingerprint &fingerprint, ReusableGroup group)
{
    m_groups.insert(bytesOf(fingerprint), std::move(group));
}

const ReusableGroup *ReuseTable::find(const GroupFingerprint &fingerprint) const
{
    const auto found = m_groups.constFind(bytesOf(fingerprint));
    return found == m_groups.constEnd() ? nullptr : &*found;
}

}  // namespace strongroom::storage
