// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/reportview.h"

#include "models/job.h"
#include "models/jobqueue.h"
#include "models/reportsummary.h"
#include "models/words.h"
#include "views/iconset.h"

#include <QApplication>
#include <QClipboard>
#include <QHBoxLayout>
#include <QPushButton>
#include <QTextBrowser>
#include <QVBoxLayout>

namespace strongroom::views {

namespace {

QString escaped(const QString &text)
{
    return text.toHtmlEscaped();
}

QString paragraph(const QString &text)
{
    return text.isEmpty() ? QString() : QStringLiteral("<p>%1</p>").arg(escaped(text));
}

QString heading(const QString &text)
{
    return QStringLiteral("<p><b>%1</b></p>").arg(escaped(text));
}

QString list(const QStringList &lines)
{
    QString html = QStringLiteral("<ul>");
    for (const QString &line : lines)
        html += QStringLiteral("<li>%1</li>").arg(escaped(line));
    return html + QStringLiteral("</ul>");
}

using Row = QPair<QString, QString>;
QString table(const QList<Row> &rows)
{
    QString html = QStringLiteral("<table cellspacing=\"0\" cellpadding=\"2\">");
    for (const auto &[name, value] : rows) {
        if (!value.isEmpty())
            html += QStringLiteral("<tr><td>%1&nbsp;&nbsp;</td><td>%2</td></tr>").arg(escaped(name), escaped(value));
    }
    return html + QStringLiteral("</table>");
}

class Text {
    Q_DECLARE_TR_FUNCTIONS(ReportView)

public:
    static QList<Row> counts(const storage::Report &report)
    {
        QList<Row> rows;
        const QString archive = storage::displayBytes(report.archive);
        if (report.operation == storage::Operation::Backup) {
            rows = {{tr("Archive"), archive},
                    {tr("Size"), models::formatBytes(report.bytes)},
                    {tr("Entries"), models::formatNumber(report.members)},
                    {tr("Verified"), report.verified ? tr("every byte, after writing") : tr("no")},
                    {tr("SHA-256"), QString::fromLatin1(report.sha256Hex)}};
        } else {
            rows = {{tr("Created"), models::formatNumber(report.created)},
                    {tr("Replaced"), models::formatNumber(report.replaced)},
                    {tr("Removed"), models::formatNumber(report.removed)},
                    {tr("Kept"), models::formatNumber(report.kept)},
                    {tr("Content"), models::formatBytes(report.bytes)},
                    {tr("Archive"), archive},
                    {tr("Replaced data kept in"), storage::displayBytes(report.safetyCopy)}};
        }
        rows.append({tr("Took"), models::formatDuration(std::chrono::seconds((report.milliseconds + 500) / 1000))});
        return rows;
    }

    static QString ofReport(const storage::Report &report)
    {
        const models::ReportSummary summary = models::summarize(report);
        QString html = paragraph(summary.headline);
        if (report.succeeded())
            html += table(counts(report));
        if (!summary.details.isEmpty())
            html += heading(report.succeeded() ? tr("Notes and warnings") : tr("Why, and what to do next")) + list(summary.details);
        return html;
    }

    static QString ofVerification(const models::VerifyResult &result)
    {
        QString html = paragraph(models::verdictText(result.verdict));
        html += table({{tr("Archive"), storage::displayBytes(result.archive)},
                       {tr("Entries"), models::formatNumber(result.members)},
                       {tr("Content"), models::formatBytes(result.bytes)},
                       {tr("Manifest"), result.manifest ? tr("checked") : tr("none")},
                       {tr("SHA-256"), QString::fromLatin1(result.sha256Hex)}});
        QStringList problems;
        for (const storage::Problem &problem : result.problems)
            problems.append(problem.message);
        if (!problems.isEmpty())
            html += heading(tr("Problems")) + list(problems);
        return html;
    }

    static QString ofError(const storage::Error &error)
    {
        const storage::ErrorText text = describe(error);
        QString html = paragraph(text.what);
        if (!text.why.isEmpty())
            html += heading(tr("Why")) + paragraph(text.why);
        if (!text.next.isEmpty())
            html += heading(tr("What to do next")) + paragraph(text.next);
        return html;
    }

    static QString log() { return tr("Log"); }
};

}  // namespace

ReportView::ReportView(models::Workspace *workspace, QWidget *parent)
    : QWidget(parent), m_text(new QTextBrowser(this)), m_copy(new QPushButton(bundledIcon(QStringLiteral("edit-copy")), tr("Copy Re&port"), this))
{
    m_text->setAccessibleName(tr("Report of the selected job"));
    m_text->setFrameShape(QFrame::NoFrame);
    m_text->setOpenLinks(false);
    m_text->setTabChangesFocus(true);
    m_copy->setAutoDefault(false);
    auto *layout = new QVBoxLayout(this);
    const int pad = fontMetrics().height() / 3;
    layout->setContentsMargins(0, 0, pad, pad);
    layout->setSpacing(pad);
    layout->addWidget(m_text, 1);
    layout->addWidget(m_copy, 0, Qt::AlignRight);
    connect(m_copy, &QPushButton::clicked, this, [this] { QApplication::clipboard()->setText(plainText()); });
    connect(workspace, &models::Workspace::archiveVerified, this, [this](quint64 id, const models::VerifyResult &result) {
        m_verified.insert(id, result);
        m_verifiedOrder.append(id);
        if (m_verifiedOrder.size() > models::JobQueue::kHistory)
            m_verified.remove(m_verifiedOrder.takeFirst());
    });
    showJob(nullptr);
}

void ReportView::showJob(const models::Job *job)
{
    const QString text = job ? html(*job) : paragraph(tr("Select a job to see what became of it."));
    if (text != m_text->property("shown").toString()) {
        m_text->setHtml(text);
        m_text->setProperty("shown", text);
    }
    m_copy->setEnabled(job);
}

QString ReportView::plainText() const
{
    return m_text->toPlainText();
}

QString ReportView::html(const models::Job &job) const
{
    QString html = heading(tr("%1: %2", "job and its state").arg(job.title(), models::jobStateText(job.state())));
    if (job.report())
        html += Text::ofReport(*job.report());
    else if (m_verified.contains(job.id()))
        html += Text::ofVerification(m_verified[job.id()]);
    else if (job.error() && job.state() == models::JobState::Failed)
        html += Text::ofError(*job.error());
    if (!job.log().isEmpty()) {
        QStringList lines;
        for (const models::LogLine &line : job.log())
            lines.append(QLocale().toString(line.when.toLocalTime().time(), QStringLiteral("HH:mm:ss")) + QStringLiteral("  ") + line.text);
        html += heading(Text::log()) + list(lines);
    }
    return html;
}

}  // namespace strongroom::views
