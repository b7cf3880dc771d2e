// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/planview.h"

#include "models/planmodel.h"
#include "models/words.h"
#include "views/delegates.h"
#include "views/iconset.h"
#include "views/tables.h"
#include "views/theme.h"

#include <QApplication>
#include <QClipboard>
#include <QFontDatabase>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QLineEdit>
#include <QToolButton>
#include <QTreeView>
#include <QVBoxLayout>

namespace strongroom::views {

namespace {

// More warnings than this do not help anybody; the rest is in the report.
constexpr int kMostWarnings = 6;

}  // namespace

PlanView::PlanView(QWidget *parent)
    : QWidget(parent), m_model(new models::PlanModel(this)), m_summary(new QLabel(this)), m_facts(new QFormLayout), m_warnings(new QVBoxLayout),
      m_totals(new QLabel(this)), m_tree(new QTreeView(this)), m_commandLabel(new QLabel(tr("C&ommand:"), this)), m_command(new QLineEdit(this))
{
    m_summary->setWordWrap(true);
    m_summary->setTextFormat(Qt::PlainText);
    m_totals->setWordWrap(true);
    m_totals->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setContentsMargins(0, 0, 0, 0);
    m_facts->setLabelAlignment(Qt::AlignLeading);
    setUpTree(m_tree, tr("What will be done"));
    m_tree->setObjectName(QStringLiteral("planTree"));
    m_tree->setModel(m_model);
    m_tree->setItemDelegate(new PlanDelegate(this));
    m_tree->setMinimumHeight(fontMetrics().height() * 8);
    m_tree->header()->setStretchLastSection(true);
    setColumnWidths(m_tree, {58, 12, 20});
    m_command->setReadOnly(true);
    m_command->setFont(QFontDatabase::systemFont(QFontDatabase::FixedFont));
    m_command->setObjectName(QStringLiteral("commandLine"));
    m_commandLabel->setBuddy(m_command);
    auto *copy = new QToolButton(this);
    copy->setIcon(bundledIcon(QStringLiteral("edit-copy")));
    copy->setToolTip(tr("Copy the command line"));
    copy->setAccessibleName(tr("Copy the command line"));
    connect(copy, &QToolButton::clicked, this, [this] { QApplication::clipboard()->setText(m_command->text()); });
    auto *command = new QHBoxLayout;
    command->addWidget(m_commandLabel);
    command->addWidget(m_command, 1);
    command->addWidget(copy);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->addWidget(m_summary);
    layout->addLayout(m_facts);
    layout->addLayout(m_warnings);
    layout->addWidget(m_totals);
    layout->addWidget(m_tree, 1);
    layout->addLayout(command);
}

void PlanView::showPlan(const storage::Plan &plan, const PlanWording &wording)
{
    m_summary->setText(wording.summary);
    m_summary->setVisible(!wording.summary.isEmpty());
    showFacts(wording, plan);
    showWarnings(plan.warnings);
    m_totals->setText(totalsText(plan));
    m_model->setPlan(plan);
    // Few steps are worth seeing at once; thousands are not. What is lost is always open.
    for (int row = 0; row < m_model->rowCount(); ++row) {
        const QModelIndex group = m_model->index(row, 0);
        const bool loss = group == m_model->groupIndex(storage::Verb::Remove);
        m_tree->setExpanded(group, loss || m_model->rowCount(group) <= 12);
    }
    m_command->setText(wording.commandLine);
    m_command->setCursorPosition(0);
}

void PlanView::showFacts(const PlanWording &wording, const storage::Plan &plan)
{
    while (m_facts->rowCount() > 0)
        m_facts->removeRow(0);
    QList<QPair<QString, QString>> facts = wording.facts;
    facts.append({tr("Space:"), spaceText(plan)});
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, mutedText(palette()));
    for (const auto &[name, value] : std::as_const(facts)) {
        if (value.isEmpty())
            continue;
        auto *label = new QLabel(name);
        label->setPalette(quiet);
        auto *text = new QLabel(value);
        text->setTextFormat(Qt::PlainText);
        text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
        text->setWordWrap(true);
        text->setMinimumWidth(1);
        label->setBuddy(text);
        m_facts->addRow(label, text);
    }
}

void PlanView::showWarnings(const QList<storage::PlanWarning> &warnings)
{
    while (QLayoutItem *item = m_warnings->takeAt(0)) {
        delete item->widget();
        delete item;
    }
    const int size = fontMetrics().height();
    const auto add = [this, size](const QString &text) {
        auto *line = new QWidget(this);
        auto *row = new QHBoxLayout(line);
        row->setContentsMargins(0, 0, 0, 0);
        auto *icon = new QLabel(line);
        icon->setPixmap(bundledIcon(QStringLiteral("dialog-warning")).pixmap(QSize(size, size), devicePixelRatioF()));
        auto *words = new QLabel(text, line);
        words->setTextFormat(Qt::PlainText);
        words->setWordWrap(true);
        words->setTextInteractionFlags(Qt::TextSelectableByMouse);
        row->addWidget(icon, 0, Qt::AlignTop);
        row->addWidget(words, 1);
        m_warnings->addWidget(line);
    };
    for (const storage::PlanWarning &warning : warnings.first(qMin<qsizetype>(warnings.size(), kMostWarnings)))
        add(warning.message);
    if (warnings.size() > kMostWarnings)
        add(tr("%n more warning(s).", nullptr, int(warnings.size() - kMostWarnings)));
}

QString PlanView::totalsText(const storage::Plan &plan)
{
    const auto totals = plan.totals();
    QStringList parts;
    for (int verb = 0; verb < storage::kVerbCount; ++verb) {
        if (totals[size_t(verb)].steps > 0)
            parts.append(tr("%1: %2 (%3)", "what happens: how many files (bytes)")
                             .arg(models::verbText(storage::Verb(verb)), models::formatNumber(totals[size_t(verb)].files),
                                  models::formatBytes(totals[size_t(verb)].bytes)));
    }
    return parts.isEmpty() ? tr("There is nothing to do.") : parts.join(QStringLiteral("   ·   "));
}

QString PlanView::spaceText(const storage::Plan &plan)
{
    if (plan.bytesFree <= 0)
        return {};
    return plan.bytesNeeded > 0 ? tr("needs %1, %2 free").arg(models::formatBytes(plan.bytesNeeded), models::formatBytes(plan.bytesFree))
                                : tr("%1 free").arg(models::formatBytes(plan.bytesFree));
}

}  // namespace strongroom::views
