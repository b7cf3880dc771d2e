// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/backupdialog.h"

#include "models/words.h"
#include "views/emptystate.h"
#include "views/iconset.h"
#include "views/interaction.h"
#include "views/planview.h"
#include "views/planwording.h"

#include <QAction>
#include <QCheckBox>
#include <QComboBox>
#include <QFormLayout>
#include <QHBoxLayout>
#include <QLabel>
#include <QLineEdit>
#include <QPushButton>
#include <QScreen>
#include <QStackedLayout>
#include <QTimer>
#include <QVBoxLayout>

namespace strongroom::views {

namespace {

// A menu of more volumes than this is no help; those are backed up from their table.
constexpr qint64 kMostVolumes = 200;

}  // namespace

BackupDialog::BackupDialog(models::Workspace *workspace, Interaction *interaction, const QByteArray &root, const QStringList &scope, QWidget *parent)
    : QDialog(parent), m_workspace(workspace), m_interaction(interaction), m_root(root), m_scope(new QComboBox(this)),
      m_folderEdit(new QLineEdit(this)), m_format(new QComboBox(this)), m_note(new QLineEdit(this)), m_pin(new QCheckBox(tr("&Keep for good (pin)"), this)),
      m_reread(new QCheckBox(tr("R&ead everything again"), this)),
      m_stack(new QStackedLayout), m_state(new EmptyState(this)), m_view(new PlanView(this)),
      m_create(new QAction(bundledIcon(QStringLiteral("folder")), tr("Create Folder"), this)),
      m_choose(new QAction(bundledIcon(QStringLiteral("document-open")), tr("Choose Folder..."), this)), m_verb(new QPushButton(this)),
      m_soon(new QTimer(this))
{
    setObjectName(QStringLiteral("backupDialog"));
    const models::RootState *state = workspace->root(root);
    m_folder = state ? state->backupFolder : QByteArray();
    setWindowTitle(tr("Back up %1").arg(state ? state->title : nameOf(root)));
    build(scope);
    connect(m_create, &QAction::triggered, this, &BackupDialog::createFolder);
    connect(m_choose, &QAction::triggered, this, &BackupDialog::chooseFolder);
    connect(workspace, &models::Workspace::backupPlanned, this, [this](quint64 id, const storage::BackupRequest &request, const storage::Plan &plan) {
        if (id == m_job)
            showPlan(request, plan);
    });
    connect(workspace, &models::Workspace::failed, this, [this](quint64 id, models::JobKind, const QByteArray &, const storage::Error &error) {
        if (id == m_job && error.code != storage::ErrorCode::Cancelled)
            showError(error);
    });
    connect(workspace, &models::Workspace::rootChanged, this, [this](const QByteArray &changedRoot) {
        const models::RootState *now = m_workspace->root(m_root);
        // The folder this dialog asked for has been made.
        if (changedRoot == m_root && now && now->backupFolder == m_folder && !m_planned && m_job == 0)
            changed();
    });
    m_soon->setSingleShot(true);
    m_soon->setInterval(150);
    connect(m_soon, &QTimer::timeout, this, &BackupDialog::makePlan);
    makePlan();
}

void BackupDialog::build(const QStringList &scope)
{
    fillScopes(scope);
    m_folderEdit->setReadOnly(true);
    m_folderEdit->setText(m_folder.isEmpty() ? tr("not chosen yet") : storage::displayBytes(m_folder));
    auto *choose = new QPushButton(tr("C&hoose..."), this);
    choose->setAccessibleName(tr("Choose the backup folder"));
    choose->setAutoDefault(false);
    connect(choose, &QPushButton::clicked, this, &BackupDialog::chooseFolder);
    auto *folder = new QHBoxLayout;
    folder->addWidget(m_folderEdit, 1);
    folder->addWidget(choose);
    m_format->addItem(tr("tar.gz: opens everywhere"), int(storage::ArchiveFormat::TarGzip));
    m_format->addItem(tr("tar.zst: smaller and faster"), int(storage::ArchiveFormat::TarZstd));
    m_note->setPlaceholderText(tr("Why this backup was made (optional)"));
    m_note->setMaxLength(500);
    auto *form = new QFormLayout;
    form->addRow(tr("&What:"), m_scope);
    form->addRow(tr("&Folder:"), folder);
    form->addRow(tr("Fo&rmat:"), m_format);
    form->addRow(tr("&Note:"), m_note);
    form->addRow(QString(), m_pin);
    m_reread->setToolTip(tr("What has not changed since the last backup is otherwise taken over from its archive. Either way the new archive is whole."));
    form->addRow(QString(), m_reread);
    if (auto *label = qobject_cast<QLabel *>(form->labelForField(folder)))
        label->setBuddy(m_folderEdit);
    m_stack->addWidget(m_state);
    m_stack->addWidget(m_view);
    auto *cancel = new QPushButton(bundledIcon(QStringLiteral("window-close")), tr("Cancel"), this);
    cancel->setAutoDefault(false);
    m_verb->setText(tr("&Back Up"));
    m_verb->setIcon(bundledIcon(QStringLiteral("archive-backup")));
    m_verb->setObjectName(QStringLiteral("verbButton"));
    m_verb->setDefault(true);   // writes a new file and replaces nothing
    m_verb->setEnabled(false);
    connect(cancel, &QPushButton::clicked, this, &QDialog::reject);
    connect(m_verb, &QPushButton::clicked, this, &QDialog::accept);
    auto *buttons = new QHBoxLayout;
    buttons->addStretch(1);
    buttons->addWidget(cancel);
    buttons->addWidget(m_verb);
    auto *layout = new QVBoxLayout(this);
    layout->addLayout(form);
    layout->addLayout(m_stack, 1);
    layout->addLayout(buttons);
    connect(m_scope, &QComboBox::currentIndexChanged, this, &BackupDialog::changed);
    connect(m_format, &QComboBox::currentIndexChanged, this, &BackupDialog::changed);
    connect(m_note, &QLineEdit::textChanged, this, &BackupDialog::changed);
    connect(m_pin, &QCheckBox::toggled, this, &BackupDialog::changed);
    connect(m_reread, &QCheckBox::toggled, this, &BackupDialog::changed);
    QSize size(fontMetrics().averageCharWidth() * 105, fontMetrics().height() * 34);
    if (const QScreen *screen = this->screen())
        size = size.boundedTo(screen->availableSize() * 9 / 10);
    resize(size);
}

void BackupDialog::fillScopes(const QStringList &scope)
{
    m_scope->addItem(models::scopeText(QStringLiteral("everything")), QStringList{QStringLiteral("everything")});
    if (scope.size() > 1)
        m_scope->addItem(tr("Selected volumes: %1").arg(scopeNames(scope)), scope);
    if (const models::RootState *state = m_workspace->root(m_root)) {
        const storage::ItemTable volumes = state->catalog.table(storage::ItemKind::Volume);
        for (qint64 row = 0; row < qMin<qint64>(volumes.size(), kMostVolumes); ++row) {
            const QString word = QStringLiteral("volume:") + volumes.item(row).id;
            m_scope->addItem(models::scopeText(word), QStringList{word});
        }
    }
    if (scope.size() == 1 && m_scope->findData(scope) < 0)
        m_scope->addItem(scopeNames(scope), scope);
    m_scope->setCurrentIndex(qMax(0, m_scope->findData(scope)));
}

void BackupDialog::chooseFolder()
{
    m_interaction->chooseDirectory(this, tr("Backup Folder"), m_folder, [this](const QByteArray &folder) {
        m_folder = folder;
        m_folderEdit->setText(storage::displayBytes(folder));
        m_workspace->setBackupFolder(m_root, folder);
        changed();
    });
}

void BackupDialog::createFolder()
{
    m_job = 0;
    m_workspace->createBackupFolder(m_root, m_folder);
    m_state->show(QStringLiteral("folder"), tr("Creating the folder..."), {}, true);
    m_soon->start();
}

void BackupDialog::changed()
{
    m_planned = false;
    m_verb->setEnabled(false);
    m_soon->start();
}

void BackupDialog::makePlan()
{
    models::BackupChoice choice;
    choice.folder = m_folder;
    choice.scope = m_scope->currentData().toStringList();
    choice.format = storage::ArchiveFormat(m_format->currentData().toInt());
    choice.note = m_note->text();
    choice.pin = m_pin->isChecked();
    choice.reread = m_reread->isChecked();
    m_planned = false;
    m_verb->setEnabled(false);
    if (m_folder.isEmpty()) {
        m_state->show(QStringLiteral("folder"), tr("Choose a folder for the backup."), tr("Best on another disk than the data."));
        m_state->addButton(m_choose);
        m_stack->setCurrentWidget(m_state);
        return;
    }
    if (m_stack->currentWidget() != m_view)
        m_state->show(QStringLiteral("archive-backup"), tr("Looking at what there is to back up..."), {}, true);
    m_job = m_workspace->planBackup(m_root, choice);
}

void BackupDialog::showPlan(const storage::BackupRequest &request, const storage::Plan &plan)
{
    m_request = request;
    m_plan = plan;
    m_planned = true;
    m_view->showPlan(plan, backupWording(request, plan));
    m_stack->setCurrentWidget(m_view);
    m_verb->setEnabled(true);
}

void BackupDialog::showError(const storage::Error &error)
{
    const storage::ErrorText text = describe(error);
    m_state->show(QStringLiteral("dialog-warning"), text.what, text.why.isEmpty() ? text.next : text.why + u' ' + text.next);
    if (error.code == storage::ErrorCode::NotFound && error.path == m_folder)
        m_state->addButton(m_create);
    m_state->addButton(m_choose);
    m_stack->setCurrentWidget(m_state);
    m_job = 0;
}

}  // namespace strongroom::views
