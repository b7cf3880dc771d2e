// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/nestedset.h"

#include "storage/layouts/composevolumesfinder.h"
#include "storage/ops/inspection.h"
#include "storage/verdict/spool.h"
#include "storage/worker/worker.h"

namespace strongroom::storage {

namespace {

/// Takes each inner archive out and has it inspected when it is complete.
class NestedSink final : public MemberSink {
public:
    NestedSink(const Limits &limits, Monitor &monitor) : m_limits(limits), m_monitor(monitor) {}

    Result<void> begin(const Member &member) override
    {
        m_fd = {};
        if (member.type != MemberType::File || member.path.depth() != 1)
            return {};
        const auto backup = compose::parseBackupName(member.path.bytes());
        if (!backup || backup->kind == compose::DumpKind::Database)
            return {};
        STRONGROOM_TRY(m_fd, makeScratchFile());
        return {};
    }
    Result<void> data(QByteArrayView bytes) override
    {
        return m_fd.isValid() ? writeFully(m_fd.get(), bytes.data(), bytes.size(), {}) : Result<void>();
    }
    Result<void> end(const Member &member) override
    {
        if (!m_fd.isValid())
            return {};
        STRONGROOM_TRY(const ArchiveFile inner, ArchiveFile::adopt(std::move(m_fd), member.size));
        m_fd = {};
        NestedArchive nested;
        nested.member = member.path;
        Monitor own;   // the progress is that of the outer one
        own.setPulse([this, &own] {
            if (m_monitor.stopRequested())
                own.requestStop();
        });
        STRONGROOM_TRY(nested.judgement, inspectArchive(inner, m_limits, own));
        found.append(std::move(nested));
        return {};
    }

    QList<NestedArchive> found;

private:
    const Limits &m_limits;
    Monitor &m_monitor;
    Fd m_fd;
};

}  // namespace

bool isBackupSet(const QList<Member> &members)
{
    qsizetype parts = 0;
    for (const Member &member : members) {
        if (member.path.isRoot())
            continue;
        if (member.type != MemberType::File || member.path.depth() != 1 || !compose::parseBackupName(member.path.bytes()))
            return false;
        ++parts;
    }
    return parts > 0;
}

Result<QList<NestedArchive>> inspectNested(const ArchiveFile &archive, const Judgement &outer, const Limits &limits, Monitor &monitor)
{
    if (!outer.isUsable() || !isBackupSet(outer.members))
        return QList<NestedArchive>();
    monitor.begin(Phase::Reading, archive.size());
    NestedSink sink(limits, monitor);
    STRONGROOM_CHECK(readMembersApart(archive, limits, sink, monitor));
    return std::move(sink.found);
}

}  // namespace strongroom::storage
