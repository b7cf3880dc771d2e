// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/sevenzipbytes.h"
#include "tests/support/sqlitebuilder.h"
#include "tests/views/console.h"
#include "views/messagebar.h"
#include "views/operations.h"
#include "views/plandialog.h"

#include <QDialog>
#include <QDialogButtonBox>
#include <QDragLeaveEvent>
#include <QLineEdit>
#include <QPushButton>

#include <sys/stat.h>

using namespace strongroom;
using namespace strongroom::tests;
using namespace strongroom::views;

// What is dropped and is no tar: a single file, an encrypted 7z, a file that has to be opened elsewhere first.

namespace {

const QByteArray kSecrets = "JWT_SECRET=" + QByteArray(48, 'a') + "\nJWT_REFRESH_SECRET=" + QByteArray(48, 'b') + "\nENCRYPTION_KEY="
    + QByteArray(32, 'c') + '\n';

PlanDialog *planDialog(Console &console)
{
    return qobject_cast<PlanDialog *>(console.window.operations()->dialog());
}

void dropFile(Console &console, const QByteArray &path)
{
    const auto data = filesAsMime({path});
    QVERIFY(dragInto(console.window, *data));
    dropOn(console.window, *data);
}

QByteArray organiserAt(Console &console)
{
    console.tree.dir("live").file("live/secrets.env", "JWT_SECRET=old\n", 0600);
    plantAppDatabase(console.tree.path("live/database.sqlite"), 2, "x");
    const QByteArray root = console.tree.path("live");
    console.open(root);
    return root;
}

}  // namespace

class tst_ForeignDrops : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void secrets_goToTheirPlaceAndComeBack();
    void encryptedArchive_asksUntilItOpens();
    void encryptedArchive_isLeftAloneWhenNobodyAnswers();
    void encryptedArchive_isVerifiedWithItsPassphrase();
    void passphraseDialog_hidesWhatIsTyped();
    void opensslFile_isNamedWithTheWayToOpenIt();
};

void tst_ForeignDrops::secrets_goToTheirPlaceAndComeBack()
{
    Console console;
    console.show();
    organiserAt(console);
    const QByteArray database = console.tree.read("live/database.sqlite");
    console.tree.file("from-mail.txt", kSecrets, 0644);
    dropFile(console, console.tree.path("from-mail.txt"));
    QTRY_VERIFY(planDialog(console));
    QCOMPARE(console.tree.read("live/secrets.env"), QByteArray("JWT_SECRET=old\n"));   // a drop alone changes nothing
    QVERIFY(planDialog(console)->wordEdit());
    QTest::keyClicks(planDialog(console)->wordEdit(), QStringLiteral("yes"));
    QTest::mouseClick(planDialog(console)->verbButton(), Qt::LeftButton);
    QTRY_COMPARE(console.tree.read("live/secrets.env"), kSecrets);
    struct stat st = {};
    QCOMPARE(::stat(console.tree.path("live/secrets.env").constData(), &st), 0);
    QCOMPARE(st.st_mode & 07777, 0600u);
    QCOMPARE(console.tree.read("live/database.sqlite"), database);
    QTRY_COMPARE(console.queue.runningCount(), 0);
}

void tst_ForeignDrops::encryptedArchive_asksUntilItOpens()
{
    Console console;
    console.show();
    console.open(console.sessionsAt("data"));
    console.tree.file("backup.7z", QByteArray::fromBase64(kSealed7z));
    console.interaction.passphrases.enqueue("wrong");
    console.interaction.passphrases.enqueue("geheim");
    dropFile(console, console.tree.path("backup.7z"));
    QTRY_VERIFY(planDialog(console));
    QCOMPARE(console.interaction.asked.size(), 2);
    QVERIFY(console.interaction.passphrases.isEmpty());
    planDialog(console)->reject();
    QTRY_COMPARE(console.queue.runningCount(), 0);
}

void tst_ForeignDrops::encryptedArchive_isLeftAloneWhenNobodyAnswers()
{
    Console console;
    console.show();
    const QByteArray root = console.sessionsAt("data");
    console.open(root);
    const QByteArray before = treeFingerprint(root);
    console.tree.file("backup.7z", QByteArray::fromBase64(kLocked7z));
    dropFile(console, console.tree.path("backup.7z"));
    QTRY_COMPARE(console.interaction.asked.size(), 1);
    QTRY_COMPARE(console.queue.runningCount(), 0);
    QVERIFY(!planDialog(console));
    QCOMPARE(treeFingerprint(root), before);
}

void tst_ForeignDrops::encryptedArchive_isVerifiedWithItsPassphrase()
{
    Console console;
    console.show();
    console.tree.file("backup.7z", QByteArray::fromBase64(kLocked7z));
    console.interaction.passphrases.enqueue("geheim");
    QSignalSpy verified(&console.workspace, &models::Workspace::archiveVerified);
    console.window.operations()->verify(console.tree.path("backup.7z"));
    QTRY_COMPARE(verified.count(), 1);
    QCOMPARE(verified.first().value(1).value<models::VerifyResult>().verdict, storage::Verdict::Readable);
}

void tst_ForeignDrops::passphraseDialog_hidesWhatIsTyped()
{
    QWidget window;
    window.show();
    QVERIFY(QTest::qWaitForWindowExposed(&window));
    DialogInteraction interaction;
    QByteArray answer;
    interaction.askPassphrase(&window, QStringLiteral("Passphrase"), QStringLiteral("<b>x</b> is encrypted."),
                              [&answer](const storage::Passphrase &passphrase) { answer = passphrase.bytes().toByteArray(); });
    auto *dialog = window.findChild<QDialog *>(QStringLiteral("passphraseDialog"));
    QVERIFY(dialog);
    auto *edit = dialog->findChild<QLineEdit *>(QStringLiteral("passphraseEdit"));
    QCOMPARE(edit->echoMode(), QLineEdit::Password);
    QPushButton *open = dialog->findChild<QDialogButtonBox *>()->button(QDialogButtonBox::Ok);
    QVERIFY(!open->isEnabled());
    QTest::keyClicks(edit, QStringLiteral("Schluessel 1"));
    QVERIFY(open->isEnabled());
    QVERIFY(!edit->displayText().contains(QLatin1String("Schluessel")));
    QTest::mouseClick(open, Qt::LeftButton);
    QCOMPARE(answer, QByteArray("Schluessel 1"));
    QTRY_VERIFY(!window.findChild<QDialog *>(QStringLiteral("passphraseDialog")));
}

void tst_ForeignDrops::opensslFile_isNamedWithTheWayToOpenIt()
{
    Console console;
    console.show();
    console.tree.file("backups_encrypted.tar.gz.enc", "Salted__" + QByteArray(64, '\x9c'));
    const auto data = filesAsMime({console.tree.path("backups_encrypted.tar.gz.enc")});
    QVERIFY(dragInto(console.window, *data));
    QTRY_VERIFY(!dragOver(console.window, *data));   // once its content was seen
    QDragLeaveEvent leave;
    QCoreApplication::sendEvent(&console.window, &leave);
    QTRY_VERIFY(console.window.messageBar()->isVisible());
    QVERIFY(console.window.messageBar()->text().contains(QLatin1String("OpenSSL")));
    QVERIFY(!planDialog(console));
}

QTEST_MAIN(tst_ForeignDrops)
#include "tst_foreigndrops.moc"
