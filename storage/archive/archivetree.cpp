// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/archivetree.h"

#include "storage/archive/manifest.h"
#include "storage/pathtable.h"

#include <QHash>

#include <algorithm>
#include <cstring>
#include <vector>

namespace strongroom::storage {

namespace {

/// Of a file too large to keep: enough for a magic and the header behind it.
constexpr qint64 kHead = 4096;
/// What a folder gets that is only implied by the paths below it.
constexpr quint32 kImpliedMode = 0755;

/// What was kept of one file: all of it, or its beginning.
struct Kept {
    QByteArray bytes;
    bool whole = false;
};
using KeptFiles = QHash<QByteArray, Kept>;

class KeptFile final : public TreeFile {
public:
    KeptFile(QByteArray path, FileStamp stamp, Kept kept)
        : m_path(std::move(path)), m_stamp(stamp), m_kept(std::move(kept))
    {
    }
    Result<qint64> read(char *data, qint64 size) override
    {
        const qint64 n = std::min<qint64>(size, m_kept.bytes.size() - m_position);
        if (n == 0 && size > 0 && !m_kept.whole)
            return fail(ErrorCode::LimitExceeded, m_path);
        if (n > 0)
            memcpy(data, m_kept.bytes.constData() + m_position, size_t(n));
        m_position += n;
        return n;
    }
    const FileStamp &stamp() const override { return m_stamp; }

private:
    QByteArray m_path;
    FileStamp m_stamp;
    Kept m_kept;
    qint64 m_position = 0;
};

FileType fileType(MemberType type)
{
    switch (type) {
    case MemberType::File:
    case MemberType::Hardlink: return FileType::File;
    case MemberType::Directory: return FileType::Directory;
    case MemberType::Symlink: return FileType::Symlink;
    case MemberType::Fifo: return FileType::Fifo;
    }
    return FileType::Unknown;
}

/// Immutable once built, hence usable from any thread.
class MemberTree final : public Tree {
public:
    MemberTree(const QList<Member> &members, const QByteArray &top, QString displayName, const KeptFiles &kept)
        : m_displayName(std::move(displayName)), m_name(top)
    {
        FileStamp root;
        root.type = FileType::Directory;
        root.mode = kImpliedMode;
        root.inode = 1;
        root.links = 1;
        m_nodes.reserve(size_t(members.size()) + 1);
        m_nodes.push_back({{}, root, {}, {}, {}});
        m_index.reserve(members.size() + 1);
        m_index.insert({}, 0);
        const RelPath ours = RelPath::literal(kManifestFolder);
        const RelPath folder = RelPath::parse(top).value_or(RelPath());
        const qsizetype skipped = folder.isRoot() ? 0 : folder.bytes().size() + 1;
        const bool linked = std::any_of(members.begin(), members.end(), [](const Member &m) { return m.type == MemberType::Hardlink; });
        PathTable<qint64> sizes;   // by member path, for hard links
        for (const Member &member : members) {
            if (member.path.isWithin(ours) || !member.path.isWithin(folder))
                continue;
            const QByteArrayView path = member.path.bytes();
            add(member, path.sliced(std::min(path.size(), skipped)), kept, linked ? &sizes : nullptr);
        }
        for (Node &node : m_nodes) {
            std::sort(node.children.begin(), node.children.end(),
                      [this](size_t a, size_t b) { return m_nodes[a].name < m_nodes[b].name; });
        }
    }

    QString displayName() const override { return m_displayName; }
    QByteArray name() const override { return m_name; }
    std::optional<QByteArray> localPath(const RelPath &) const override { return std::nullopt; }

    Result<FileStamp> stamp(const RelPath &path) const override
    {
        STRONGROOM_TRY(const Node *node, find(path));
        return node->stamp;
    }

    Result<QList<TreeEntry>> list(const RelPath &dir) const override
    {
        STRONGROOM_TRY(const Node *node, find(dir));
        if (!node->stamp.isDirectory())
            return fail(ErrorCode::NotADirectory, dir.bytes());
        QList<TreeEntry> entries;
        entries.reserve(qsizetype(node->children.size()));
        for (const size_t child : node->children)
            entries.append({m_nodes[child].name, m_nodes[child].stamp, m_nodes[child].linkTarget});
        return entries;
    }

    Result<std::unique_ptr<TreeFile>> open(const RelPath &path) const override
    {
        STRONGROOM_TRY(const Node *node, find(path));
        if (!node->stamp.isFile())
            return fail(ErrorCode::NotAFile, path.bytes());
        return std::make_unique<KeptFile>(path.bytes(), node->stamp, node->kept);
    }

private:
    struct Node {
        QByteArray name;
        FileStamp stamp;
        QByteArray linkTarget;
        Kept kept;
        std::vector<size_t> children;
    };

    Result<const Node *> find(const RelPath &path) const
    {
        const size_t *found = m_index.find(path.bytes());
        if (!found)
            return fail(ErrorCode::NotFound, path.bytes());
        return &m_nodes[*found];
    }

    /// The node of `path`, made with its parents when it is not there yet. A loop, since depth is foreign.
    size_t ensure(QByteArrayView path)
    {
        const qsizetype last = path.lastIndexOf('/');
        if (last < 0)
            return childOf(0, path, path);
        // Neighbours come together as a rule.
        if (path.first(last) != m_lastFolder) {
            size_t folder = 0;
            qsizetype from = 0;
            for (qsizetype slash = path.indexOf('/'); slash >= 0; slash = path.indexOf('/', from)) {
                folder = childOf(folder, path.first(slash), path.sliced(from, slash - from));
                from = slash + 1;
            }
            m_lastFolder = path.first(last).toByteArray();
            m_lastFolderNode = folder;
        }
        return childOf(m_lastFolderNode, path, path.sliced(last + 1));
    }

    /// The node of `path`, whose last component is `name`; a folder that is only implied when it is new.
    size_t childOf(size_t parent, QByteArrayView path, QByteArrayView name)
    {
        const auto [node, isNew] = m_index.insert(path, m_nodes.size());
        if (!isNew)
            return *node;
        m_nodes[parent].children.push_back(m_nodes.size());
        Node made;
        made.name = name.toByteArray();
        made.stamp.type = FileType::Directory;
        made.stamp.mode = kImpliedMode;
        made.stamp.inode = m_nodes.size() + 1;
        made.stamp.links = 1;
        m_nodes.push_back(std::move(made));
        return m_nodes.size() - 1;
    }

    void add(const Member &member, QByteArrayView path, const KeptFiles &kept, PathTable<qint64> *sizes)
    {
        Node &node = m_nodes[path.isEmpty() ? 0 : ensure(path)];
        node.stamp.type = fileType(member.type);
        node.stamp.size = member.size;
        node.stamp.mode = member.mode;
        node.stamp.uid = member.uid;
        node.stamp.gid = member.gid;
        node.stamp.mtimeNs = member.mtimeNs;
        node.stamp.ctimeNs = member.mtimeNs;
        if (sizes)
            *sizes->insert(member.path.bytes(), member.size).first = member.size;
        QByteArray source = member.path.bytes();
        if (member.type == MemberType::Symlink) {
            node.linkTarget = member.link;
            node.stamp.size = member.link.size();
        } else if (member.type == MemberType::Hardlink) {
            // A second name is a second file to whoever reads.
            source = member.link;
            const qint64 *size = sizes->find(source);
            node.stamp.size = size ? *size : 0;
            *sizes->insert(member.path.bytes(), 0).first = node.stamp.size;
        }
        if (node.stamp.isFile()) {
            if (!kept.isEmpty())
                node.kept = kept.value(source);
            node.kept.whole = node.kept.whole || node.stamp.size == 0;
        }
    }

    QString m_displayName;
    QByteArray m_name;
    std::vector<Node> m_nodes;               // the root first
    PathTable<size_t> m_index;               // path -> node
    QByteArray m_lastFolder;                 // that a node was put into, and its node; while it is built
    size_t m_lastFolderNode = 0;
};

/// Keeps members and as much content as it may.
class KeepingSink final : public MemberSink {
public:
    KeepingSink(qint64 keepBytes, qint64 keepTotal) : m_keepBytes(keepBytes), m_room(keepTotal) {}

    Result<void> begin(const Member &member) override
    {
        m_current = {};
        m_wanted = 0;
        if (member.type != MemberType::File || m_keepBytes <= 0)
            return {};
        const bool whole = member.size <= m_keepBytes && member.size <= m_room;
        m_wanted = std::min({member.size, whole ? m_keepBytes : std::min(kHead, m_keepBytes), m_room});
        m_room -= m_wanted;
        m_current.whole = whole;
        return {};
    }
    Result<void> data(QByteArrayView bytes) override
    {
        m_current.bytes.append(bytes.first(std::min<qint64>(bytes.size(), m_wanted - m_current.bytes.size())));
        return {};
    }
    Result<void> end(const Member &member) override
    {
        members.append(member);
        if (m_wanted > 0)
            kept.insert(member.path.bytes(), std::move(m_current));
        return {};
    }

    QList<Member> members;
    KeptFiles kept;

private:
    Kept m_current;
    qint64 m_keepBytes;
    qint64 m_room;
    qint64 m_wanted = 0;
};

/// Keeps what comes first and ends the pass there.
class HeadSink final : public MemberSink {
public:
    explicit HeadSink(qint64 maxContent) : m_keeping(maxContent, maxContent), m_room(maxContent) {}

    Result<void> begin(const Member &member) override
    {
        m_current = member;
        if (m_room <= 0 || m_keeping.members.size() >= kMaxHeadMembers)
            return stop();
        return m_keeping.begin(member);
    }
    Result<void> data(QByteArrayView bytes) override
    {
        STRONGROOM_CHECK(m_keeping.data(bytes));
        m_room -= bytes.size();
        if (m_room > 0)
            return {};
        // Too large to be read to its end, but its name and its head count.
        STRONGROOM_CHECK(m_keeping.end(m_current));
        return stop();
    }
    Result<void> end(const Member &member) override { return m_keeping.end(member); }

    const KeepingSink &keeping() const { return m_keeping; }
    bool stopped = false;

private:
    static constexpr qsizetype kMaxHeadMembers = 10'000;

    Result<void> stop()
    {
        stopped = true;
        return fail(ErrorCode::Cancelled);
    }

    KeepingSink m_keeping;
    Member m_current;
    qint64 m_room;
};

}  // namespace

Result<std::unique_ptr<Tree>> readArchiveHead(const ArchiveFile &archive, qint64 maxContent, Monitor &monitor)
{
    HeadSink sink(maxContent);
    const auto read = readMembers(archive, Limits::production(), sink, monitor);
    const auto failedBy = [&read](ErrorCode code) { return !read && read.error().code == code; };
    if (!sink.stopped && (failedBy(ErrorCode::Cancelled) || failedBy(ErrorCode::ReadFailed) || failedBy(ErrorCode::SecretUnavailable)))
        return std::unexpected(read.error());
    const KeepingSink &kept = sink.keeping();
    return std::make_unique<MemberTree>(kept.members, topFolderOf(kept.members), displayBytes(archive.path()), kept.kept);
}

Result<std::unique_ptr<Tree>> readArchiveTree(const ArchiveFile &archive, const Limits &limits, qint64 keepBytes,
                                              qint64 keepTotal, Monitor &monitor)
{
    monitor.begin(Phase::Reading, archive.size());
    KeepingSink sink(keepBytes, keepTotal);
    STRONGROOM_CHECK(readMembers(archive, limits, sink, monitor));
    return std::make_unique<MemberTree>(sink.members, topFolderOf(sink.members), displayBytes(archive.path()), sink.kept);
}

std::unique_ptr<Tree> treeOfMembers(const QList<Member> &members, const QByteArray &topFolder, const QString &displayName)
{
    return std::make_unique<MemberTree>(members, topFolder, displayName, KeptFiles());
}

}  // namespace strongroom::storage
