// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/interaction.h"

#include "views/iconset.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QFileDialog>
#include <QLabel>
#include <QLineEdit>
#include <QListWidget>
#include <QPushButton>
#include <QVBoxLayout>

namespace strongroom::views {

namespace {

class Text {
    Q_DECLARE_TR_FUNCTIONS(Interaction)
};

/// Names are bytes on disk; Qt's dialogs speak QString in the encoding of the locale.
QByteArray toBytes(const QString &path) { return path.toLocal8Bit(); }
QString fromBytes(const QByteArray &path) { return QString::fromLocal8Bit(path); }

QFileDialog *fileDialog(QWidget *parent, const QString &title, const QByteArray &start, Interaction::PathAnswer done)
{
    auto *dialog = new QFileDialog(parent, title);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    if (!start.isEmpty())
        dialog->setDirectory(fromBytes(start));
    QObject::connect(dialog, &QFileDialog::fileSelected, parent, [done = std::move(done)](const QString &file) {
        if (!file.isEmpty())
            done(toBytes(file));
    });
    return dialog;
}

}  // namespace

void DialogInteraction::chooseDirectory(QWidget *parent, const QString &title, const QByteArray &start, PathAnswer done)
{
    QFileDialog *dialog = fileDialog(parent, title, start, std::move(done));
    dialog->setFileMode(QFileDialog::Directory);
    dialog->setOption(QFileDialog::ShowDirsOnly);
    dialog->open();
}

void DialogInteraction::chooseArchive(QWidget *parent, const QString &title, const QByteArray &start, PathAnswer done)
{
    QFileDialog *dialog = fileDialog(parent, title, start, std::move(done));
    dialog->setFileMode(QFileDialog::ExistingFile);
    dialog->setNameFilters({Text::tr("Archives (*.tar *.tar.gz *.tgz *.tar.zst *.tar.xz *.tar.bz2 *.zip *.7z)"), Text::tr("All files (*)")});
    dialog->open();
}

void DialogInteraction::choose(QWidget *parent, const Choice &choice, ChoiceAnswer done)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("choiceDialog"));
    dialog->setWindowTitle(choice.title);
    auto *text = new QLabel(choice.text, dialog);
    text->setWordWrap(true);
    auto *list = new QListWidget(dialog);
    list->setAccessibleName(choice.text);
    list->setIconSize(list->iconSize().expandedTo(QSize(1, 1) * list->fontMetrics().height() * 3 / 2));
    for (const ChoiceOption &option : choice.options) {
        const QString label = option.detail.isEmpty() ? option.text : option.text + u'\n' + option.detail;
        list->addItem(new QListWidgetItem(bundledIcon(option.icon), label));
    }
    list->setCurrentRow(choice.preselected);
    text->setBuddy(list);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    // Qt's own words may not be installed in the operator's language.
    buttons->button(QDialogButtonBox::Ok)->setText(Text::tr("Continue"));
    buttons->button(QDialogButtonBox::Cancel)->setText(Text::tr("Cancel"));
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    QObject::connect(list, &QListWidget::itemActivated, dialog, &QDialog::accept);
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(text);
    layout->addWidget(list);
    layout->addWidget(buttons);
    dialog->resize(dialog->fontMetrics().averageCharWidth() * 70, dialog->fontMetrics().height() * 18);
    QObject::connect(dialog, &QDialog::accepted, parent, [list, done = std::move(done)] {
        if (list->currentRow() >= 0)
            done(list->currentRow());
    });
    dialog->open();
}

void DialogInteraction::askPassphrase(QWidget *parent, const QString &title, const QString &text, PassphraseAnswer done)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setObjectName(QStringLiteral("passphraseDialog"));
    dialog->setWindowTitle(title);
    auto *label = new QLabel(text, dialog);
    label->setTextFormat(Qt::PlainText);
    label->setWordWrap(true);
    auto *caption = new QLabel(Text::tr("&Passphrase:"), dialog);
    auto *edit = new QLineEdit(dialog);
    edit->setObjectName(QStringLiteral("passphraseEdit"));
    edit->setEchoMode(QLineEdit::Password);
    edit->setInputMethodHints(Qt::ImhHiddenText | Qt::ImhSensitiveData | Qt::ImhNoPredictiveText | Qt::ImhNoAutoUppercase);
    edit->setDragEnabled(false);
    edit->setContextMenuPolicy(Qt::NoContextMenu);
    edit->setMaxLength(int(storage::Passphrase::kMaxSize) / 4);
    caption->setBuddy(edit);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Ok | QDialogButtonBox::Cancel, dialog);
    QPushButton *open = buttons->button(QDialogButtonBox::Ok);
    open->setText(Text::tr("Open"));
    open->setEnabled(false);
    buttons->button(QDialogButtonBox::Cancel)->setText(Text::tr("Cancel"));
    QObject::connect(edit, &QLineEdit::textChanged, open, [open](const QString &typed) { open->setEnabled(!typed.isEmpty()); });
    QObject::connect(buttons, &QDialogButtonBox::accepted, dialog, &QDialog::accept);
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(label);
    layout->addWidget(caption);
    layout->addWidget(edit);
    layout->addWidget(buttons);
    dialog->resize(dialog->fontMetrics().averageCharWidth() * 60, dialog->sizeHint().height());
    QObject::connect(dialog, &QDialog::accepted, parent, [edit, done = std::move(done)] {
        QByteArray typed = edit->text().toUtf8();
        edit->clear();
        if (!typed.isEmpty())
            done(storage::Passphrase::take(typed));
    });
    edit->setFocus();
    dialog->open();
}

}  // namespace strongroom::views
