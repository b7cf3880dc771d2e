// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/helpdialogs.h"

#include "views/actions.h"
#include "views/iconset.h"
#include "views/tables.h"

#include <QCoreApplication>
#include <QDialog>
#include <QDialogButtonBox>
#include <QHBoxLayout>
#include <QHeaderView>
#include <QLabel>
#include <QPushButton>
#include <QTreeWidget>
#include <QVBoxLayout>

namespace strongroom::views {

namespace {

class Text {
    Q_DECLARE_TR_FUNCTIONS(HelpDialogs)
};

QDialog *dialogOf(QWidget *parent, const QString &title, QWidget *content, QSize size)
{
    auto *dialog = new QDialog(parent);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    dialog->setWindowTitle(title);
    auto *buttons = new QDialogButtonBox(QDialogButtonBox::Close, dialog);
    // Qt's own words may not be installed in the operator's language.
    buttons->button(QDialogButtonBox::Close)->setText(Text::tr("Close"));
    QObject::connect(buttons, &QDialogButtonBox::rejected, dialog, &QDialog::reject);
    auto *layout = new QVBoxLayout(dialog);
    layout->addWidget(content, 1);
    layout->addWidget(buttons);
    dialog->resize(size);
    dialog->show();
    return dialog;
}

}  // namespace

QDialog *showShortcuts(const Actions &actions, QWidget *parent)
{
    auto *tree = new QTreeWidget;
    setUpTree(tree, Text::tr("Keyboard shortcuts"));
    tree->setRootIsDecorated(false);
    tree->setHeaderLabels({Text::tr("Action"), Text::tr("Key"), Text::tr("What it does")});
    for (const QAction *action : actions.all()) {
        QString text = action->text();
        text.remove(u'&');
        QStringList keys;
        for (const QKeySequence &key : action->shortcuts())
            keys.append(key.toString(QKeySequence::NativeText));
        auto *row = new QTreeWidgetItem(tree, {text, keys.join(QStringLiteral(", ")), action->whatsThis()});
        row->setIcon(0, action->icon());
    }
    tree->header()->setSectionResizeMode(0, QHeaderView::ResizeToContents);
    tree->header()->setSectionResizeMode(1, QHeaderView::ResizeToContents);
    const QFontMetrics metrics = parent->fontMetrics();
    return dialogOf(parent, Text::tr("Keyboard Shortcuts"), tree, QSize(metrics.averageCharWidth() * 120, metrics.height() * 32));
}

QDialog *showAbout(QWidget *parent)
{
    auto *content = new QWidget;
    auto *icon = new QLabel(content);
    const QFontMetrics metrics = parent->fontMetrics();
    const int size = metrics.height() * 4;
    icon->setPixmap(applicationIcon().pixmap(QSize(size, size), parent->devicePixelRatioF()));
    auto *text = new QLabel(content);
    text->setTextFormat(Qt::PlainText);
    text->setWordWrap(true);
    text->setTextInteractionFlags(Qt::TextSelectableByMouse | Qt::TextSelectableByKeyboard);
    text->setText(Text::tr("Strongroom %1\n\nThe administration console for application data directories: browse, back up, verify, restore.\n\n"
                           "Free software under the GNU General Public License, version 3 or later. Built with Qt %2.\n\n"
                           "The same work without a window: strongroomctl --help")
                      .arg(QStringLiteral(STRONGROOM_VERSION), QString::fromLatin1(qVersion())));
    auto *layout = new QHBoxLayout(content);
    layout->setSpacing(metrics.height());
    layout->addWidget(icon, 0, Qt::AlignTop);
    layout->addWidget(text, 1);
    return dialogOf(parent, Text::tr("About Strongroom"), content, QSize(metrics.averageCharWidth() * 64, metrics.height() * 13));
}

}  // namespace strongroom::views
