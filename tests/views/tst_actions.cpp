// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/actions.h"

#include "tests/views/console.h"
#include "views/iconset.h"

#include <QAccessible>
#include <QLabel>
#include <QMenu>
#include <QMenuBar>

using namespace strongroom;
using namespace strongroom::views;

class tst_Actions : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyAction_hasTextIconAndTips();
    void noKey_isUsedTwice();
    void noKey_isAltGrTerritoryOrAReloadReflex();
    void everyAction_isInAMenu();
    void menus_haveNoTwoMnemonicsAlike();
    void impossibleActions_sayWhy();
    void controlsOfTheWindow_haveNames();
    void everyIconOfTheSet_draws();
};

void tst_Actions::everyAction_hasTextIconAndTips()
{
    const Actions actions;
    QCOMPARE(actions.all().size(), int(ActionId::Count));
    for (const QAction *action : actions.all()) {
        QVERIFY(action);
        const QByteArray utf8 = action->objectName().toUtf8();
        const char *name = utf8.constData();
        QVERIFY2(!utf8.isEmpty(), qPrintable(action->text()));
        QVERIFY2(action->text().contains(u'&'), name);
        QVERIFY2(!action->icon().isNull(), name);
        QVERIFY2(!action->toolTip().isEmpty() && !action->toolTip().contains(u'&'), name);
        QVERIFY2(action->statusTip().endsWith(u'.'), name);
        QVERIFY2(!action->whatsThis().isEmpty(), name);
    }
}

void tst_Actions::noKey_isUsedTwice()
{
    const Actions actions;
    QHash<QString, QString> owners;
    int keys = 0;
    for (const QAction *action : actions.all()) {
        for (const QKeySequence &key : action->shortcuts()) {
            ++keys;
            const QString text = key.toString(QKeySequence::PortableText);
            QVERIFY2(!owners.contains(text), qPrintable(text + u' ' + owners.value(text) + u' ' + action->objectName()));
            owners.insert(text, action->objectName());
        }
    }
    QVERIFY(keys >= 20);
    QCOMPARE(owners.value(QStringLiteral("F11")), QStringLiteral("information"));
    QCOMPARE(owners.value(QStringLiteral("Ctrl+B")), QStringLiteral("backUpNow"));
    QCOMPARE(owners.value(QStringLiteral("Ctrl+Shift+R")), QStringLiteral("restore"));
    QCOMPARE(owners.value(QStringLiteral("Ctrl+.")), QStringLiteral("cancelJob"));
}

void tst_Actions::noKey_isAltGrTerritoryOrAReloadReflex()
{
    const Actions actions;
    for (const QAction *action : actions.all()) {
        for (const QKeySequence &key : action->shortcuts()) {
            const QString text = key.toString(QKeySequence::PortableText);
            QVERIFY2(!text.contains(QLatin1String("Ctrl+Alt+")), qPrintable(text));
            QVERIFY2(text != u"Ctrl+R" || action->objectName() == u"refresh", qPrintable(action->objectName()));
        }
    }
}

void tst_Actions::everyAction_isInAMenu()
{
    Actions actions;
    QMenuBar bar;
    actions.fillMenuBar(&bar);
    QSet<const QAction *> shown;
    for (const QAction *menu : bar.actions()) {
        for (const QAction *action : menu->menu()->actions())
            shown.insert(action);
    }
    for (const QAction *action : actions.all())
        QVERIFY2(shown.contains(action), qPrintable(action->objectName()));
}

void tst_Actions::menus_haveNoTwoMnemonicsAlike()
{
    Actions actions;
    QMenuBar bar;
    actions.fillMenuBar(&bar);
    const auto check = [](const QList<QAction *> &list) {
        QSet<QChar> seen;
        for (const QAction *action : list) {
            const qsizetype at = action->text().indexOf(u'&');
            if (at < 0)
                continue;
            const QChar letter = action->text().at(at + 1).toLower();
            QVERIFY2(!seen.contains(letter), qPrintable(action->text()));
            seen.insert(letter);
        }
    };
    check(bar.actions());
    for (const QAction *menu : bar.actions())
        check(menu->menu()->actions());
}

void tst_Actions::impossibleActions_sayWhy()
{
    tests::Console console;
    console.show();
    Actions &actions = console.window.actions();
    for (const ActionId id : {ActionId::BackUpNow, ActionId::BackUpSelection, ActionId::Verify, ActionId::Undo, ActionId::CloseRoot,
                              ActionId::CancelJob, ActionId::ClearHistory, ActionId::SelectAll}) {
        QVERIFY2(!actions[id]->isEnabled(), qPrintable(actions[id]->objectName()));
        QVERIFY2(actions[id]->statusTip().startsWith(QLatin1String("Not possible")), qPrintable(actions[id]->statusTip()));
    }
    QVERIFY(actions[ActionId::OpenDirectory]->isEnabled());
    console.open(console.sessionsAt("data"));
    QTRY_VERIFY(actions[ActionId::BackUpNow]->isEnabled());
    QVERIFY(!actions[ActionId::BackUpNow]->statusTip().startsWith(QLatin1String("Not possible")));
    QVERIFY(!actions[ActionId::Undo]->isEnabled());   // nothing was restored
}

void tst_Actions::controlsOfTheWindow_haveNames()
{
    tests::Console console;
    console.show();
    int checked = 0;
    QStringList nameless;
    for (QWidget *widget : console.window.findChildren<QWidget *>()) {
        // A label says its own text.
        if (widget->focusPolicy() == Qt::NoFocus || qobject_cast<QLabel *>(widget) || widget->objectName().startsWith(QLatin1String("qt_")))
            continue;
        ++checked;
        const QAccessibleInterface *interface = QAccessible::queryAccessibleInterface(widget);
        if (interface && interface->text(QAccessible::Name).isEmpty())
            nameless.append(QStringLiteral("%1 '%2' in %3").arg(QString::fromLatin1(widget->metaObject()->className()), widget->objectName(),
                                                                QString::fromLatin1(widget->parentWidget()->metaObject()->className())));
    }
    QCOMPARE(nameless.join(u'\n'), QString());
    QVERIFY2(checked > 15, qPrintable(QString::number(checked)));
}

void tst_Actions::everyIconOfTheSet_draws()
{
    const QStringList names = bundledIconNames();
    QVERIFY(names.size() > 40);
    for (const QString &name : names) {
        const QImage image = bundledIcon(name).pixmap(24, 24).toImage();
        bool ink = false;
        for (int y = 0; y < image.height() && !ink; ++y) {
            for (int x = 0; x < image.width() && !ink; ++x)
                ink = qAlpha(image.pixel(x, y)) > 128;
        }
        QVERIFY2(ink, qPrintable(name));
    }
    QVERIFY(bundledIcon(QStringLiteral("no-such-icon")).isNull());
}

QTEST_MAIN(tst_Actions)
#include "tst_actions.moc"
