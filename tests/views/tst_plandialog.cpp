// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/plandialog.h"

#include "views/commandline.h"
#include "views/theme.h"

#include <QLineEdit>
#include <QPushButton>
#include <QTreeView>
#include <QtTest>

using namespace strongroom;
using namespace strongroom::views;

namespace {

storage::RelPath rel(const char *path)
{
    return *storage::RelPath::parse(QByteArray(path));
}

storage::Plan planOf(bool replaces)
{
    storage::Plan plan;
    plan.operation = storage::Operation::Restore;
    plan.directory = "/srv/data/doco";
    plan.archive = "/srv/backups/doco_full_backup_20260101_000000.tar.gz";
    plan.scope = {QStringLiteral("everything")};
    plan.steps = {{storage::Verb::Create, rel("new.json"), storage::FileType::File, 10, 1, {}, {}, true},
                  {storage::Verb::Remove, rel("gone.json"), storage::FileType::File, 20, 1, QStringLiteral("not-in-archive"), {}, true},
                  {storage::Verb::Replace, rel("a.json"), storage::FileType::File, 30, 1, QStringLiteral("differs"), {}, true}};
    plan.sortForPreview();
    plan.bytesNeeded = 60;
    plan.bytesFree = 1000000;
    plan.replacesLiveData = replaces;
    return plan;
}

PlanWording wording()
{
    return {QStringLiteral("Restore it?"), QStringLiteral("This replaces live data."), {{QStringLiteral("Into:"), QStringLiteral("/srv/data/doco")}},
            QStringLiteral("strongroomctl restore x"), QStringLiteral("&Restore and Replace"), QStringLiteral("archive-restore")};
}

struct Open {
    explicit Open(bool replaces) : dialog(planOf(replaces), wording())
    {
        QObject::connect(&dialog, &QDialog::accepted, &dialog, [this] { accepted = true; });
        QObject::connect(&dialog, &QDialog::rejected, &dialog, [this] { rejected = true; });
        dialog.open();
        if (!QTest::qWaitForWindowActive(&dialog))
            qFatal("the dialog does not show");
    }
    PlanDialog dialog;
    bool accepted = false;
    bool rejected = false;
};

}  // namespace

class tst_PlanDialog : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void cancel_hasTheFocusAndIsDefault();
    void enter_neverDestroys_data();
    void enter_neverDestroys();
    void enter_onCancelCancels();
    void escape_cancels();
    void verb_needsTheExactWord_data();
    void verb_needsTheExactWord();
    void verb_startsWithTheWordAndAClick();
    void verb_needsNoWordWhereNothingIsReplaced();
    void losses_comeFirstAndAreOpen();
    void totals_areThoseOfThePlan();
    void commandLine_survivesAShell_data();
    void commandLine_survivesAShell();
    void commandLine_namesEverythingChosen();
    void tones_keepTheirContrast();
};

void tst_PlanDialog::cancel_hasTheFocusAndIsDefault()
{
    Open open(true);
    QCOMPARE(open.dialog.focusWidget(), open.dialog.cancelButton());
    QVERIFY(open.dialog.cancelButton()->isDefault());
    QVERIFY(!open.dialog.verbButton()->isDefault());
    QVERIFY(!open.dialog.verbButton()->autoDefault());
    QVERIFY(!open.dialog.verbButton()->isEnabled());
}

void tst_PlanDialog::enter_neverDestroys_data()
{
    QTest::addColumn<int>("key");
    QTest::addColumn<QString>("typed");
    for (const int key : {int(Qt::Key_Return), int(Qt::Key_Enter)}) {
        for (const QString &typed : {QString(), QStringLiteral("yes"), QStringLiteral("no")})
            QTest::addRow("%d %s", key, qPrintable(typed)) << key << typed;
    }
}

void tst_PlanDialog::enter_neverDestroys()
{
    QFETCH(int, key);
    QFETCH(QString, typed);
    Open open(true);
    open.dialog.wordEdit()->setFocus();
    QTest::keyClicks(open.dialog.wordEdit(), typed);
    for (int i = 0; i < 3; ++i) {   // also where the focus went meanwhile
        QTest::keyClick(open.dialog.focusWidget(), Qt::Key(key));
        QVERIFY(!open.accepted);
    }
    int tried = 0;
    for (QWidget *widget : open.dialog.findChildren<QWidget *>()) {
        if (widget == open.dialog.cancelButton() || widget->focusPolicy() == Qt::NoFocus || !widget->isVisible() || !widget->isEnabled())
            continue;
        ++tried;
        widget->setFocus();
        QTest::keyClick(widget, Qt::Key(key));
        QVERIFY2(!open.accepted, widget->metaObject()->className());
    }
    QVERIFY(tried >= 3);
}

void tst_PlanDialog::enter_onCancelCancels()
{
    Open open(true);
    QTest::keyClick(open.dialog.cancelButton(), Qt::Key_Return);
    QVERIFY(open.rejected);
}

void tst_PlanDialog::escape_cancels()
{
    Open open(true);
    open.dialog.wordEdit()->setFocus();
    QTest::keyClick(open.dialog.wordEdit(), Qt::Key_Escape);
    QVERIFY(open.rejected);
    QVERIFY(!open.accepted);
}

void tst_PlanDialog::verb_needsTheExactWord_data()
{
    QTest::addColumn<QString>("typed");
    QTest::addColumn<bool>("enabled");
    QTest::newRow("nothing") << QString() << false;
    QTest::newRow("exact") << QStringLiteral("yes") << true;
    QTest::newRow("capital") << QStringLiteral("Yes") << false;
    QTest::newRow("shouted") << QStringLiteral("YES") << false;
    QTest::newRow("blank before") << QStringLiteral(" yes") << false;
    QTest::newRow("blank after") << QStringLiteral("yes ") << false;
    QTest::newRow("half") << QStringLiteral("ye") << false;
    QTest::newRow("more") << QStringLiteral("yess") << false;
    QTest::newRow("translated") << QStringLiteral("ja") << false;
}

void tst_PlanDialog::verb_needsTheExactWord()
{
    QFETCH(QString, typed);
    QFETCH(bool, enabled);
    Open open(true);
    open.dialog.wordEdit()->setText(typed);
    QCOMPARE(open.dialog.verbButton()->isEnabled(), enabled);
    open.dialog.wordEdit()->setText(QStringLiteral("yes"));
    open.dialog.wordEdit()->setText(typed);
    QCOMPARE(open.dialog.verbButton()->isEnabled(), enabled);
}

void tst_PlanDialog::verb_startsWithTheWordAndAClick()
{
    Open open(true);
    QTest::mouseClick(open.dialog.verbButton(), Qt::LeftButton);
    QVERIFY(!open.accepted);
    QTest::keyClicks(open.dialog.wordEdit(), QStringLiteral("yes"));
    QTest::mouseClick(open.dialog.verbButton(), Qt::LeftButton);
    QVERIFY(open.accepted);
}

void tst_PlanDialog::verb_needsNoWordWhereNothingIsReplaced()
{
    Open open(false);
    QVERIFY(!open.dialog.wordEdit());
    QVERIFY(open.dialog.verbButton()->isEnabled());
    QTest::keyClick(&open.dialog, Qt::Key_Return);
    QVERIFY(!open.accepted);
}

void tst_PlanDialog::losses_comeFirstAndAreOpen()
{
    Open open(true);
    auto *tree = open.dialog.findChild<QTreeView *>(QStringLiteral("planTree"));
    QVERIFY(tree);
    QCOMPARE(tree->model()->rowCount(), 3);
    const QModelIndex first = tree->model()->index(0, 0);
    QVERIFY(tree->isExpanded(first));
    QCOMPARE(tree->model()->index(0, 0, first).data().toString(), QStringLiteral("gone.json"));
}

void tst_PlanDialog::totals_areThoseOfThePlan()
{
    const QString text = PlanView::totalsText(planOf(true));
    const qsizetype removed = text.indexOf(QLatin1String("20"));
    const qsizetype replaced = text.indexOf(QLatin1String("30"));
    const qsizetype created = text.indexOf(QLatin1String("10"));
    QVERIFY2(removed >= 0 && removed < replaced && replaced < created, qPrintable(text));
}

void tst_PlanDialog::commandLine_survivesAShell_data()
{
    QTest::addColumn<QByteArray>("word");
    QTest::newRow("plain") << QByteArray("/srv/data");
    QTest::newRow("blank") << QByteArray("/srv/my data");
    QTest::newRow("quote") << QByteArray("it's $HOME `id` \"x\"");
    QTest::newRow("umlaut") << QByteArray("/srv/B\xc3\xbc" "cher");
    QTest::newRow("no utf-8") << QByteArray("/srv/\xff\xfe x");
    QTest::newRow("newline") << QByteArray("a\nb");
    QTest::newRow("empty") << QByteArray("");
}

void tst_PlanDialog::commandLine_survivesAShell()
{
    QFETCH(QByteArray, word);
    const QString quoted = shellQuoted(word);
    QVERIFY(!quoted.contains(u'\n'));
    QProcess bash;
    bash.start(QStringLiteral("bash"), {QStringLiteral("-c"), QStringLiteral("printf %s ") + quoted});
    QVERIFY(bash.waitForFinished());
    QCOMPARE(bash.readAllStandardOutput(), word);
}

void tst_PlanDialog::commandLine_namesEverythingChosen()
{
    storage::BackupRequest request;
    request.directory = "/srv/app";
    request.folder = "/srv/my backups";
    request.scope = {QStringLiteral("volume:media")};
    request.format = storage::ArchiveFormat::TarZstd;
    request.note = QStringLiteral("before the update");
    request.pin = true;
    QCOMPARE(commandLineOf(request),
             QStringLiteral("strongroomctl backup /srv/app --to '/srv/my backups' --scope volume:media --format tar.zst --note 'before the update' --pin"));
    storage::RestoreRequest restore;
    restore.archive = "/b/x.tar.gz";
    restore.into = "/srv/app";
    restore.asCopy = true;
    QCOMPARE(commandLineOf(restore), QStringLiteral("strongroomctl restore /b/x.tar.gz --into /srv/app --as-copy"));
    QCOMPARE(undoCommandLine("/srv/app"), QStringLiteral("strongroomctl undo /srv/app"));
}

void tst_PlanDialog::tones_keepTheirContrast()
{
    for (const Theme theme : {Theme::Light, Theme::Dark}) {
        applyTheme(theme);
        const QPalette palette = QApplication::palette();
        QCOMPARE(isDark(palette), theme == Theme::Dark);
        const QColor text = palette.color(QPalette::WindowText);
        QVERIFY(contrast(text, palette.color(QPalette::Window)) >= 7);
        QVERIFY(contrast(palette.color(QPalette::HighlightedText), palette.color(QPalette::Highlight)) >= 4);
        QVERIFY(contrast(mutedText(palette), palette.color(QPalette::Window)) >= 4.5);
        QVERIFY(contrast(mutedText(palette), palette.color(QPalette::Base)) >= 4.5);
        for (const Tone tone : {Tone::Neutral, Tone::Information, Tone::Good, Tone::Warning, Tone::Danger}) {
            QVERIFY(contrast(toneColor(tone, palette), palette.color(QPalette::Window)) >= 3);
            QVERIFY(contrast(text, toneBackground(tone, palette)) >= 4.5);
        }
    }
}

QTEST_MAIN(tst_PlanDialog)
#include "tst_plandialog.moc"
