// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/overviewpage.h"

#include "models/overviewmodel.h"
#include "models/roles.h"
#include "models/workspace.h"
#include "views/actions.h"
#include "views/emptystate.h"
#include "views/iconset.h"
#include "views/stateicons.h"
#include "views/theme.h"

#include <QEvent>
#include <QHBoxLayout>
#include <QLabel>
#include <QPainter>
#include <QPushButton>
#include <QScrollArea>
#include <QStackedLayout>
#include <QTimer>
#include <QVBoxLayout>

#include <algorithm>

namespace strongroom::views {

using models::OverviewModel;

OverviewCard::OverviewCard(const QByteArray &root, QWidget *parent)
    : QFrame(parent), m_root(root), m_icon(new QLabel(this)), m_name(new QLabel(this)), m_word(new QLabel(this)), m_path(new QLabel(this)),
      m_facts(new QLabel(this)), m_backup(new QLabel(this)), m_remedy(new QPushButton(this)), m_browse(new QPushButton(tr("Browse"), this))
{
    QFont bold = font();
    bold.setBold(true);
    bold.setPointSizeF(bold.pointSizeF() * 1.15);
    m_name->setFont(bold);
    for (QLabel *label : {m_name, m_word, m_path, m_facts, m_backup}) {
        label->setTextFormat(Qt::PlainText);
        label->setMinimumWidth(1);
    }
    m_path->setTextInteractionFlags(Qt::TextSelectableByMouse);
    m_facts->setWordWrap(true);
    const int pad = fontMetrics().height();
    auto *head = new QHBoxLayout;
    head->addWidget(m_name, 1);
    head->addWidget(m_icon);
    head->addWidget(m_word);
    auto *foot = new QHBoxLayout;
    foot->addWidget(m_backup, 1);
    foot->addWidget(m_remedy);
    foot->addWidget(m_browse);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(pad, pad * 3 / 4, pad, pad * 3 / 4);
    layout->setSpacing(pad / 4);
    layout->addLayout(head);
    layout->addWidget(m_path);
    layout->addWidget(m_facts);
    layout->addLayout(foot);
    m_browse->setIcon(bundledIcon(QStringLiteral("go-next")));
    connect(m_browse, &QPushButton::clicked, this, [this] { Q_EMIT browse(m_root); });
    connect(m_remedy, &QPushButton::clicked, this, &OverviewCard::remedy);
}

void OverviewCard::update(const OverviewModel &model, int row)
{
    const auto text = [&model, row](int column) { return model.index(row, column).data().toString(); };
    m_state = model.index(row, 0).data(models::StateRole).toString();
    m_name->setText(text(OverviewModel::Name));
    m_word->setText(text(OverviewModel::State));
    m_path->setText(storage::displayBytes(m_root));
    QStringList facts;
    for (const int column : {OverviewModel::Layout, OverviewModel::Items}) {
        if (!text(column).isEmpty())
            facts.append(text(column));
    }
    facts.append(tr("size %1").arg(text(OverviewModel::Size)));
    facts.append(tr("%1 free").arg(text(OverviewModel::Free)));
    m_facts->setText(facts.join(QStringLiteral("   ·   ")));
    const QVariant last = model.index(row, OverviewModel::LastBackup).data(models::SortRole);
    m_backup->setText(last.isValid() ? tr("Last verified backup: %1").arg(text(OverviewModel::LastBackup)) : tr("No verified backup"));
    m_backup->setToolTip(model.index(row, OverviewModel::LastBackup).data(Qt::ToolTipRole).toString());
    m_word->setToolTip(model.index(row, OverviewModel::State).data(Qt::ToolTipRole).toString());
    if (m_state == u"failed") {
        m_remedy->setText(tr("Try Again"));
        m_remedy->setIcon(bundledIcon(QStringLiteral("view-refresh")));
    } else if (m_state == u"problems") {
        m_remedy->setText(tr("Show Problems"));
        m_remedy->setIcon(bundledIcon(QStringLiteral("warning-damaged")));
    } else {
        m_remedy->setText(tr("Back Up..."));
        m_remedy->setIcon(bundledIcon(QStringLiteral("archive-backup")));
    }
    m_remedy->setEnabled(m_state != u"opening");
    m_browse->setEnabled(m_state != u"opening" && m_state != u"failed");
    m_remedy->setAccessibleName(tr("%1: %2", "data directory and button").arg(m_name->text(), m_remedy->text()));
    m_browse->setAccessibleName(tr("%1: %2", "data directory and button").arg(m_name->text(), tr("Browse")));
    setAccessibleName(tr("%1: %2", "data directory and state").arg(m_name->text(), m_word->text()));
    paintState();
}

int OverviewCard::urgency(const QString &state)
{
    static const QStringList worstFirst = {QStringLiteral("failed"), QStringLiteral("problems"), QStringLiteral("ambiguous"),
                                           QStringLiteral("unprotected"), QStringLiteral("opening"), QStringLiteral("scanning"),
                                           QStringLiteral("ready")};
    const qsizetype place = worstFirst.indexOf(state);
    return place < 0 ? int(worstFirst.size()) : int(place);
}

void OverviewCard::remedy()
{
    if (m_state == u"failed")
        Q_EMIT tryAgain(m_root);
    else if (m_state == u"problems")
        Q_EMIT showProblems(m_root);
    else
        Q_EMIT backUp(m_root);
}

void OverviewCard::paintState()
{
    const int size = fontMetrics().height() * 5 / 4;
    const StateLook look = lookOfState(m_state);
    m_icon->setPixmap(look.icon.isEmpty() ? QPixmap() : bundledIcon(look.icon).pixmap(QSize(size, size), devicePixelRatioF()));
    QPalette quiet = palette();
    quiet.setColor(QPalette::WindowText, mutedText(palette()));
    m_path->setPalette(quiet);
    QFrame::update();
}

void OverviewCard::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const qreal radius = fontMetrics().height() / 3.0;
    painter.setPen(hairline(palette()));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), radius, radius);
    const Tone tone = lookOfState(m_state).tone;
    if (tone == Tone::Warning || tone == Tone::Danger) {
        painter.setPen(Qt::NoPen);
        painter.setBrush(toneColor(tone, palette()));
        painter.drawRoundedRect(QRectF(0.5, radius, 3, height() - 2 * radius), 1.5, 1.5);
    }
}

void OverviewCard::changeEvent(QEvent *event)
{
    if (event->type() == QEvent::PaletteChange)
        paintState();
    QFrame::changeEvent(event);
}

OverviewPage::OverviewPage(models::Workspace *workspace, Actions *actions, QAction *sampleData, QWidget *parent)
    : Page(parent), m_model(new OverviewModel(workspace, this)), m_empty(new EmptyState(this)), m_scroll(new QScrollArea(this)),
      m_column(nullptr), m_stack(new QStackedLayout(this)), m_soon(new QTimer(this))
{
    setObjectName(QStringLiteral("overviewPage"));
    auto *content = new QWidget;
    m_column = new QVBoxLayout(content);
    const int pad = fontMetrics().height() * 3 / 4;
    m_column->setContentsMargins(pad, pad, pad, pad);
    m_column->setSpacing(pad);
    m_column->addStretch(1);
    m_scroll->setWidget(content);
    m_scroll->setWidgetResizable(true);
    m_scroll->setFrameShape(QFrame::NoFrame);
    m_scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    m_scroll->setAccessibleName(tr("Overview"));
    m_stack->addWidget(m_empty);
    m_stack->addWidget(m_scroll);
    m_empty->show(QStringLiteral("data-directory"), tr("No data directories yet. Open one, or drop a folder or backup here."),
                  tr("Nothing is changed by looking."));
    m_empty->addButton((*actions)[ActionId::OpenDirectory]);
    m_empty->addButton(sampleData);
    // A scan changes counts many times a second; a card needs to follow at the pace of reading.
    m_soon->setSingleShot(true);
    m_soon->setInterval(80);
    connect(m_soon, &QTimer::timeout, this, &OverviewPage::refresh);
    const auto soon = [this] {
        if (!m_soon->isActive())
            m_soon->start();
    };
    connect(m_model, &QAbstractItemModel::dataChanged, this, soon);
    connect(m_model, &QAbstractItemModel::rowsInserted, this, &OverviewPage::refresh);
    connect(m_model, &QAbstractItemModel::rowsRemoved, this, &OverviewPage::refresh);
    connect(m_model, &QAbstractItemModel::modelReset, this, &OverviewPage::refresh);
    refresh();
}

void OverviewPage::focusContent()
{
    QWidget *inner = m_cards.isEmpty() ? m_empty : static_cast<QWidget *>(m_cards.first());
    const QList<QPushButton *> buttons = inner->findChildren<QPushButton *>();
    const auto usable = std::find_if(buttons.begin(), buttons.end(), [](const QPushButton *b) { return b->isEnabled() && b->isVisible(); });
    if (usable != buttons.end())
        (*usable)->setFocus(Qt::ShortcutFocusReason);
}

OverviewCard *OverviewPage::cardOf(const QByteArray &root)
{
    for (OverviewCard *card : std::as_const(m_cards)) {
        if (card->root() == root)
            return card;
    }
    auto *card = new OverviewCard(root, m_scroll->widget());
    connect(card, &OverviewCard::browse, this, &OverviewPage::browse);
    connect(card, &OverviewCard::backUp, this, &OverviewPage::backUp);
    connect(card, &OverviewCard::showProblems, this, &OverviewPage::showProblems);
    connect(card, &OverviewCard::tryAgain, this, &OverviewPage::tryAgain);
    return card;
}

void OverviewPage::refresh()
{
    QList<OverviewCard *> wanted;
    for (int row = 0; row < m_model->rowCount(); ++row) {
        OverviewCard *card = cardOf(m_model->rootAt(row));
        card->update(*m_model, row);
        wanted.append(card);
    }
    std::stable_sort(wanted.begin(), wanted.end(),
                     [](const OverviewCard *a, const OverviewCard *b) { return OverviewCard::urgency(a->state()) < OverviewCard::urgency(b->state()); });
    for (OverviewCard *card : std::as_const(m_cards)) {
        if (!wanted.contains(card))
            card->deleteLater();
    }
    if (wanted != m_cards) {
        for (int i = 0; i < wanted.size(); ++i) {
            m_column->removeWidget(wanted[i]);
            m_column->insertWidget(i, wanted[i]);
            if (i > 0)
                setTabOrder(wanted[i - 1], wanted[i]);
        }
        m_cards = wanted;
    }
    m_stack->setCurrentIndex(m_cards.isEmpty() ? 0 : 1);
}

}  // namespace strongroom::views
