// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

#include "storage/archive/inspect.h"

namespace strongroom::storage::checks {

namespace {

/// Only counts: an archive within an archive within an archive is a user's file.
class CountingSink final : public MemberSink {
public:
    CountingSink(ContentContext &context) : m_context(context) {}

    Result<void> begin(const Member &member) override
    {
        if (m_context.monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        m_context.nestedBytes += member.size;
        ++m_context.nestedEntries;
        return {};
    }
    Result<void> data(QByteArrayView) override
    {
        return m_context.monitor.stopRequested() ? fail(ErrorCode::Cancelled) : Result<void>();
    }
    Result<void> end(const Member &) override { return {}; }

private:
    ContentContext &m_context;
};

bool isAttack(ErrorCode code)
{
    return code == ErrorCode::ArchiveHostile || code == ErrorCode::BadPath || code == ErrorCode::BadName || code == ErrorCode::OutwardLink
        || code == ErrorCode::LinkInPath;
}

/// Errors of ours, which say nothing about the archive.
bool isOurs(ErrorCode code)
{
    return code == ErrorCode::Cancelled || code == ErrorCode::ReadFailed || code == ErrorCode::WriteFailed
        || code == ErrorCode::DiskFull || code == ErrorCode::Internal;
}

class ArchiveCheck final : public ContentCheck {
public:
    explicit ArchiveCheck(Subject subject) : m_path(subject.path), m_context(subject.context), m_spool(subject.context.scratch) {}

    Result<void> data(QByteArrayView bytes) override { return m_spool.append(bytes); }

    Result<ContentReport> finish() override
    {
        STRONGROOM_TRY(const int fd, m_spool.descriptor());
        STRONGROOM_TRY(const ArchiveFile archive, ArchiveFile::borrow(fd, m_spool.size()));
        Limits limits = m_context.limits;
        limits.maxBytes = std::max<qint64>(limits.maxBytes - m_context.nestedBytes, 0);
        limits.maxEntries = std::max<qint64>(limits.maxEntries - m_context.nestedEntries, 0);
        CountingSink sink(m_context);
        Monitor uncounted;   // the bytes of this file were counted when they came out of the outer one
        const auto read = readMembers(archive, limits, sink, uncounted);
        Findings findings(m_path);
        if (read)
            return ContentReport();
        if (isOurs(read.error().code))
            return std::unexpected(read.error());
        Error error = read.error();
        if (error.path.isEmpty())
            error.path = m_path.bytes();
        const ErrorText text = describe(error);
        findings.add(isAttack(error.code) ? Weight::Harm : Weight::Damage, QStringLiteral("%1 is an archive that would be refused by itself: %2."),
                     text.why.isEmpty() ? text.what : text.what + QStringLiteral(": ") + text.why);
        return ContentReport{findings.take()};
    }

private:
    RelPath m_path;
    ContentContext &m_context;
    Spool m_spool;
};

}  // namespace

std::unique_ptr<ContentCheck> archiveCheck(Subject subject)
{
    return std::make_unique<ArchiveCheck>(subject);
}

}  // namespace strongroom::storage::checks
