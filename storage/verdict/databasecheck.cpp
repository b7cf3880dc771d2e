// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

#include "storage/formats/sqlite.h"
#include "storage/formats/sqliteimage.h"

#include <algorithm>

namespace strongroom::storage::checks {

namespace {

constexpr int kMostFaults = 3;
constexpr qint64 kMostStrays = 100;

/// Functions that reach out of the database. No table of an application calls one.
bool reachesOut(const QString &sql)
{
    for (const char *name : {"load_extension", "readfile", "writefile", "fts3_tokenizer", "zipfile", "fsdir"}) {
        if (sql.contains(QLatin1String(name), Qt::CaseInsensitive))
            return true;
    }
    return false;
}

QString shown(const QString &text)
{
    return displayBytes(text.left(120).toUtf8());
}

class DatabaseCheck final : public ContentCheck {
public:
    explicit DatabaseCheck(Subject subject)
        : m_rule(subject.rule), m_path(subject.path), m_context(subject.context), m_spool(subject.context.scratch), m_findings(subject.path)
    {
    }

    Result<void> data(QByteArrayView bytes) override { return m_spool.append(bytes); }

    Result<ContentReport> finish() override
    {
        if (m_context.monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const bool isOne, checkHead());
        if (isOne)
            STRONGROOM_CHECK(checkInside());
        m_report.findings = m_findings.take();
        return std::move(m_report);
    }

private:
    /// False when there is nothing to open.
    Result<bool> checkHead()
    {
        QByteArray head(100, '\0');
        STRONGROOM_TRY(const qint64 n, m_spool.readAt(0, head.data(), head.size()));
        const auto header = parseSqliteHeader(QByteArrayView(head).first(n));
        if (m_spool.size() == 0)
            m_findings.add(Weight::Damage, QStringLiteral("%1 is empty; the application would begin with nothing."));
        else if (!header)
            m_findings.add(Weight::Damage, QStringLiteral("%1 is no SQLite database."));
        else if (header->expectedBytes() > m_spool.size())
            m_findings.add(Weight::Damage, QStringLiteral("%1 is cut short: %2 bytes are missing."),
                           QString::number(header->expectedBytes() - m_spool.size()));
        else
            return true;
        return false;
    }

    Result<void> checkInside()
    {
        const auto read = [this](qint64 offset, char *data, qint64 size) { return m_spool.readAt(offset, data, size).value_or(-1) == size; };
        const auto image = SqliteImage::open(m_spool.size(), read, m_path.bytes(), m_context.monitor);
        if (!image)
            return broken(image.error());
        const auto schema = (*image)->schema();
        if (!schema)
            return broken(schema.error());
        if (!checkSchema(*schema))
            return {};
        const auto faults = (*image)->integrityCheck(kMostFaults);
        if (!faults)
            return broken(faults.error());
        for (const QString &fault : *faults)
            m_findings.add(Weight::Damage, QStringLiteral("%1 is damaged: %2."), shown(fault));
        if (!faults->isEmpty())
            return {};
        const auto strays = (*image)->foreignKeyViolations(kMostStrays);
        if (!strays && strays.error().code == ErrorCode::Cancelled)
            return std::unexpected(strays.error());
        if (strays && *strays > 0)
            m_findings.add(Weight::Note, QStringLiteral("%1 has rows that refer to others which are not there: %2 or more."),
                           QString::number(*strays));
        return {};
    }

    Result<void> broken(const Error &error)
    {
        if (error.code == ErrorCode::Cancelled)
            return std::unexpected(error);
        m_findings.add(Weight::Damage, QStringLiteral("%1 cannot be read as a database: %2."), error.args.value(0));
        return {};
    }

    /// False when SQLite should not be asked any more.
    bool checkSchema(const QList<SqliteObject> &schema)
    {
        QList<QByteArray> tables;
        bool isSafe = true;
        for (const SqliteObject &object : schema) {
            const bool isVirtual = object.sql.startsWith(QLatin1String("CREATE VIRTUAL"), Qt::CaseInsensitive);
            if (object.type == u"trigger" || object.type == u"view" || isVirtual || reachesOut(object.sql)) {
                isSafe = false;
                m_findings.add(Weight::Harm, QStringLiteral("%1 brings along code that its application does not have: %2."),
                               object.type + QStringLiteral(" ") + shown(object.name));
            }
            if (object.type == u"table" && !object.name.startsWith(QLatin1String("sqlite_")))
                tables.append(object.name.toUtf8());
        }
        const auto isThere = [&tables](const QByteArray &name) { return tables.contains(name); };
        const auto isKnown = [this](const QByteArray &name) { return m_rule.known.contains(name); };
        const bool isOurs = std::all_of(m_rule.required.begin(), m_rule.required.end(), isThere);
        m_report.proves = isOurs && !m_rule.required.isEmpty() && std::all_of(tables.begin(), tables.end(), isKnown);
        if (!isOurs)
            m_findings.add(Weight::Damage, QStringLiteral("%1 has no table “%2”, so it is another application's database."),
                           QString::fromUtf8(m_rule.required.value(0)));
        return isSafe;
    }

    const ContentRule &m_rule;
    RelPath m_path;
    ContentContext &m_context;
    Spool m_spool;
    Findings m_findings;
    ContentReport m_report;
};

}  // namespace

std::unique_ptr<ContentCheck> databaseCheck(Subject subject)
{
    return std::make_unique<DatabaseCheck>(subject);
}

}  // namespace strongroom::storage::checks
