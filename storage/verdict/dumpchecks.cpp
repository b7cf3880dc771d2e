// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

#include "storage/formats/pgdump.h"
#include "storage/formats/redisscan.h"

namespace strongroom::storage::checks {

namespace {

/// A scanner that is fed and asked once.
template<class Scanner> class StreamCheck : public ContentCheck {
public:
    explicit StreamCheck(const Subject &subject) : m_monitor(subject.context.monitor), m_findings(subject.path) {}

    Result<void> data(QByteArrayView bytes) override
    {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        m_scanner.feed(bytes);
        return {};
    }
    Result<ContentReport> finish() override
    {
        conclude();
        return ContentReport{m_findings.take()};
    }

protected:
    virtual void conclude() = 0;

    void addOffences(const QList<SqlOffence> &offences, const QString &where)
    {
        for (const SqlOffence &offence : offences)
            m_findings.add(Weight::Harm, QStringLiteral("%1 %2."), offence.what + QStringLiteral(" (%1 %2)").arg(where).arg(offence.line));
    }

    Scanner m_scanner;
    Monitor &m_monitor;
    Findings m_findings;
};

class SqlDumpCheck final : public StreamCheck<SqlDumpScanner> {
public:
    using StreamCheck::StreamCheck;

private:
    void conclude() override
    {
        const SqlDumpReport report = m_scanner.finish();
        if (report.empty)
            return m_findings.add(Weight::Damage, QStringLiteral("%1 is empty, so it is no dump."));
        if (!report.isText)
            return m_findings.add(Weight::Damage, QStringLiteral("%1 is not text, so it is no plain dump."));
        addOffences(report.offences, QStringLiteral("line"));
        if (!report.announced)
            m_findings.add(Weight::Damage, QStringLiteral("%1 does not begin as a dump of PostgreSQL does."));
        else if (report.open || (report.statements && !report.complete))
            m_findings.add(Weight::Damage, QStringLiteral("%1 ends early: the line that says it is complete is not there."));
        else if (!report.statements)
            m_findings.add(Weight::Note, QStringLiteral("%1 holds no statement, only the heading of a dump."));
    }
};

class PgDumpCheck final : public StreamCheck<PgDumpScanner> {
public:
    using StreamCheck::StreamCheck;

private:
    void conclude() override
    {
        const PgDumpReport report = m_scanner.finish();
        addOffences(report.offences, QStringLiteral("entry"));
        switch (report.end) {
        case PgDumpEnd::Whole: return;
        case PgDumpEnd::Truncated: return m_findings.add(Weight::Damage, QStringLiteral("%1 ends early; the dump is not whole."));
        case PgDumpEnd::Invalid: return m_findings.add(Weight::Damage, QStringLiteral("%1 is damaged: its parts contradict each other."));
        case PgDumpEnd::Unsupported:
            return m_findings.add(Weight::Damage, QStringLiteral("%1 is a dump of format %2, which is not known here."),
                                  QStringLiteral("%1.%2").arg(report.major).arg(report.minor));
        }
    }
};

class RedisSnapshotCheck final : public StreamCheck<RdbScanner> {
public:
    using StreamCheck::StreamCheck;

private:
    void conclude() override
    {
        const RdbReport report = m_scanner.finish();
        if (!report.isRdb)
            m_findings.add(Weight::Damage, QStringLiteral("%1 is no snapshot of Redis."));
        else if (!report.ends)
            m_findings.add(Weight::Damage, QStringLiteral("%1 ends early; the snapshot is not whole."));
        else if (!report.checksumOk)
            m_findings.add(Weight::Damage, QStringLiteral("%1 is damaged: its checksum is wrong."));
        else if (!report.hasChecksum && report.version >= 5)
            m_findings.add(Weight::Note, QStringLiteral("%1 was written without a checksum, so nothing proves that it is whole."));
    }
};

class RedisLogCheck final : public StreamCheck<AofScanner> {
public:
    using StreamCheck::StreamCheck;

private:
    void conclude() override
    {
        const AofReport report = m_scanner.finish();
        if (!report.forbidden.isEmpty())
            m_findings.add(Weight::Harm, QStringLiteral("%1 would have Redis do more than restore data: %2."), displayBytes(report.forbidden));
        if (report.hasPreamble)
            m_findings.add(Weight::Note, QStringLiteral("%1 begins with a snapshot; the commands behind it were not looked at."));
        else if (report.damaged)
            m_findings.add(Weight::Damage, QStringLiteral("%1 holds something that is no command after %2 bytes."), QString::number(report.goodBytes));
        else if (report.torn)
            m_findings.add(Weight::Damage, QStringLiteral("%1 ends inside a command; Redis would cut off its last %2 bytes."),
                           QString::number(report.bytes - report.goodBytes));
        else if (report.endsInFlush)
            m_findings.add(Weight::Damage, QStringLiteral("%1 ends with FLUSHALL, which throws everything away; cut the log at byte %2 to have it back."),
                           QString::number(report.lastCommandAt));
    }
};

}  // namespace

std::unique_ptr<ContentCheck> sqlDumpCheck(Subject subject)
{
    return std::make_unique<SqlDumpCheck>(subject);
}

std::unique_ptr<ContentCheck> pgDumpCheck(Subject subject)
{
    return std::make_unique<PgDumpCheck>(subject);
}

std::unique_ptr<ContentCheck> redisSnapshotCheck(Subject subject)
{
    return std::make_unique<RedisSnapshotCheck>(subject);
}

std::unique_ptr<ContentCheck> redisLogCheck(Subject subject)
{
    return std::make_unique<RedisLogCheck>(subject);
}

}  // namespace strongroom::storage::checks
