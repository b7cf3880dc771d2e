// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/promise.h"

#include "storage/archive/hasher.h"
#include "storage/fd.h"
#include "storage/mutant.h"

#include <algorithm>
#include <vector>

namespace strongroom::storage {

namespace {

constexpr qsizetype kMaxDifferences = 200;
/// A sidecar is one line: a hash and a file name, escaped at worst.
constexpr qint64 kMaxSidecar = 1024;

class Comparison {
public:
    Comparison(const Manifest &manifest, const Promise &promise) : m_manifest(manifest), m_promise(promise) {}

    QList<Error> run(QList<Member> &members)
    {
        checkOwn();
        if (!readSums())
            return m_differences;
        compareMembers(members);
        if (m_more > 0)
            m_differences.append(fail(ErrorCode::ArchiveIncomplete, {}, {QStringLiteral("%1 more differences").arg(m_more)}).error());
        return m_differences;
    }

private:
    void differ(ErrorCode code, const QByteArray &member, const char *what)
    {
        if (m_differences.size() >= kMaxDifferences) {
            ++m_more;
            return;
        }
        QStringList args;
        if (!member.isEmpty())
            args.append(displayBytes(member));
        args.append(QString::fromLatin1(what));
        m_differences.append(fail(code, member, args).error());
    }

    /// Nothing may hide below .strongroom/: it is the one folder that the manifest does not list.
    void checkOwn()
    {
        const bool sums = !m_manifest.sumsSha256Hex.isEmpty();
        for (const Member &member : m_promise.own) {
            const QByteArray &path = member.path.bytes();
            const bool known = path == kManifestPath || (path == kSumsPath && sums)
                || (path == kManifestFolder && member.type == MemberType::Directory);
            if (!known)
                differ(ErrorCode::ArchiveIncomplete, path, "not in the manifest");
        }
    }

    /// False when there is nothing to compare with.
    bool readSums()
    {
        if (m_manifest.sumsSha256Hex.isEmpty())
            return true;
        if (!m_promise.sumsText) {
            differ(ErrorCode::ArchiveIncomplete, kSumsPath, "missing");
            return false;
        }
        if (toHex(Sha256Hasher::of(*m_promise.sumsText)) != m_manifest.sumsSha256Hex) {
            differ(ErrorCode::ArchiveDamaged, kSumsPath, "content differs from the manifest");
            return false;
        }
        auto sums = parseSums(*m_promise.sumsText);
        if (!sums) {
            sums.error().path = kSumsPath;
            m_differences.append(sums.error());
            return false;
        }
        m_sums = *std::move(sums);
        m_sumUsed.resize(size_t(m_sums.size()));
        return true;
    }

    void compareMembers(QList<Member> &members)
    {
        const bool linked = std::any_of(members.begin(), members.end(), [](const Member &m) { return m.type == MemberType::Hardlink; });
        PathTable<Sha256> hashes;   // of files, for the hard links to them
        m_met.resize(size_t(m_manifest.entries.size()));
        for (Member &member : members) {
            const QByteArray &path = member.path.bytes();
            const Member *entry = takeEntry(path);
            if (!entry) {
                if (!isMutant(Mutant::ExtraMembersAccepted))
                    differ(ErrorCode::ArchiveIncomplete, path, "not in the manifest");
                continue;
            }
            Sha256 hash = {};
            if (member.type == MemberType::File)
                hash = *member.sha256;
            else if (const Sha256 *target = member.type == MemberType::Hardlink ? hashes.find(member.link) : nullptr)
                hash = *target;
            if (linked)
                hashes.insert(path, hash);
            compareOne(*entry, member, hash);
            if (entry->mtimeNs != 0)
                member.mtimeNs = entry->mtimeNs;
        }
        for (qsizetype i = 0; i < m_manifest.entries.size(); ++i) {
            if (!m_met[size_t(i)] && !isMutant(Mutant::MissingMembersAccepted))
                differ(ErrorCode::ArchiveIncomplete, m_manifest.entries.at(i).path.bytes(), "missing");
        }
        for (size_t i = 0; i < m_sumUsed.size(); ++i) {
            if (!m_sumUsed[i])
                differ(ErrorCode::ManifestInvalid, m_sums.entries()[i].path().toByteArray(), "in the sums, but no file of the manifest");
        }
    }

    /// The entry of `path`, which nobody gets again. Null when there is none.
    const Member *takeEntry(const QByteArray &path)
    {
        const QList<Member> &entries = m_manifest.entries;
        // As a rule the members come in the manifest's order, and nothing need be looked up.
        qsizetype index = m_nextEntry;
        if (index >= entries.size() || entries.at(index).path.bytes() != path) {
            if (m_places.size() == 0) {
                m_places.reserve(entries.size());
                for (qsizetype i = 0; i < entries.size(); ++i)
                    m_places.insert(entries.at(i).path.bytes(), i);
            }
            const qsizetype *place = m_places.find(path);
            if (!place)
                return nullptr;
            index = *place;
        }
        if (m_met[size_t(index)])
            return nullptr;
        m_met[size_t(index)] = true;
        m_nextEntry = index + 1;
        return &entries.at(index);
    }

    /// The hash that the sums have for `path`; null when they have none. In their order as a rule, too.
    const Sha256 *useSum(const QByteArray &path)
    {
        qsizetype index = m_nextSum;
        if (index >= m_sums.size() || m_sums.entries()[size_t(index)].path() != path)
            index = m_sums.indexOf(path);
        if (index < 0)
            return nullptr;
        m_sumUsed[size_t(index)] = true;
        m_nextSum = index + 1;
        return &m_sums.entries()[size_t(index)].value;
    }

    void compareOne(const Member &entry, const Member &member, const Sha256 &hash)
    {
        const QByteArray &path = member.path.bytes();
        if (entry.type != member.type)
            return differ(ErrorCode::ArchiveIncomplete, path, "of another type than in the manifest");
        if (entry.link != member.link)
            return differ(ErrorCode::ArchiveDamaged, path, "link target differs from the manifest");
        if (entry.size != member.size)
            return differ(ErrorCode::ArchiveDamaged, path, "size differs from the manifest");
        // Absent owners and times read as 0. Modes are not compared: what a restore sets is masked anyway.
        if ((entry.uid != 0 && entry.uid != member.uid) || (entry.gid != 0 && entry.gid != member.gid)
            || (entry.mtimeNs != 0 && !standsForTime(member.mtimeNs, entry.mtimeNs)))
            return differ(ErrorCode::ArchiveDamaged, path, "owner or time differs from the manifest");
        if (member.type != MemberType::File && member.type != MemberType::Hardlink)
            return;
        if (isMutant(Mutant::ManifestHashNotCompared)) {
            (void)useSum(path);
            return;
        }
        if (entry.sha256 && *entry.sha256 != hash)
            return differ(ErrorCode::ArchiveDamaged, path, "content differs from the manifest");
        if (m_manifest.sumsSha256Hex.isEmpty())
            return;
        const Sha256 *sum = useSum(path);
        if (!sum)
            return differ(ErrorCode::ManifestInvalid, path, "no hash in the sums");
        if (*sum != hash)
            differ(ErrorCode::ArchiveDamaged, path, "content differs from the sums");
    }

    const Manifest &m_manifest;
    const Promise &m_promise;
    PathTable<Sha256> m_sums;
    std::vector<bool> m_sumUsed;      // by index into m_sums
    qsizetype m_nextSum = 0;
    std::vector<bool> m_met;          // by index into the manifest's entries
    qsizetype m_nextEntry = 0;
    PathTable<qsizetype> m_places;    // of the manifest's entries, once they do not come in order
    QList<Error> m_differences;
    qint64 m_more = 0;
};

}  // namespace

QList<Error> comparePromise(const Promise &promise, QList<Member> &members, std::optional<Manifest> &manifest)
{
    auto parsed = parseManifest(promise.manifestText);
    if (!parsed) {
        parsed.error().path = kManifestPath;
        return {parsed.error()};
    }
    manifest = *std::move(parsed);
    return Comparison(*manifest, promise).run(members);
}

Result<std::optional<Error>> compareSidecar(const QByteArray &archivePath, const Sha256 &hash)
{
    const qsizetype slash = archivePath.lastIndexOf('/');
    const QByteArray name = archivePath.mid(slash + 1);
    const auto wrong = [&archivePath](const char *what) {
        return fail(ErrorCode::ArchiveDamaged, archivePath, {QStringLiteral("sidecar"), QString::fromLatin1(what)}).error();
    };
    const auto sidecarName = RelPath::parse(QByteArray(name + ".sha256"));
    const auto folder = openDirectory(slash > 0 ? archivePath.left(slash) : QByteArray("/"));
    if (!sidecarName || !folder)
        return std::nullopt;   // nobody can have written one
    const auto sidecar = openFileBelow(folder->get(), *sidecarName);
    if (!sidecar && sidecar.error().code == ErrorCode::NotFound)
        return std::nullopt;
    // A disk that fails says nothing about the archive.
    const auto unreadable = [&wrong](const Error &error) -> Result<std::optional<Error>> {
        if (error.sysErrno != 0 && error.code != ErrorCode::LinkInPath)
            return std::unexpected(error);
        return wrong("cannot be read");
    };
    if (!sidecar)
        return unreadable(sidecar.error());
    if (sidecar->stamp.size > kMaxSidecar)
        return wrong("too large");
    QByteArray text(kMaxSidecar, Qt::Uninitialized);
    const auto got = readFully(sidecar->fd.get(), text.data(), text.size(), sidecarName->bytes());
    if (!got)
        return unreadable(got.error());
    text.truncate(*got);
    const auto sums = parseSums(text);
    if (!sums || sums->size() != 1 || sums->entries().front().path() != name)
        return wrong("does not name exactly this file");
    if (sums->entries().front().value != hash)
        return wrong("has another hash");
    return std::nullopt;
}

}  // namespace strongroom::storage
