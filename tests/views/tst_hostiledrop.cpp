// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every family of hostile archives, and of good ones that look hostile, dropped on the window case by case: what must
// be refused is refused with its name and changes nothing, what may pass leads to a plan. Ours always; where python3
// and the shared folder are at hand, the generated set as well.

#include "tests/hostile/hostileset.h"
#include "tests/views/console.h"
#include "views/droptarget.h"
#include "views/messagebar.h"
#include "views/operations.h"
#include "views/plandialog.h"

#include <QDirIterator>
#include <QFileInfo>
#include <QStatusBar>
#include <QtTest>

using namespace strongroom;
using namespace strongroom::tests;
using namespace strongroom::views;

namespace {

// A case takes milliseconds; a crowded machine may need far more.
constexpr int kPatienceMs = 60000;

/// What the window made of a drop.
struct Answer {
    bool planned = false;
    QString words;
};

class Dropper {
public:
    explicit Dropper(Console &console) : m_console(console)
    {
        QObject::connect(console.window.findChild<DropTarget *>(), &DropTarget::refused, &console.window,
                         [this](const QString &reason) { m_refused = reason; });
    }

    Answer drop(const QByteArray &path)
    {
        m_refused.clear();
        MessageBar *bar = m_console.window.messageBar();
        bar->dismiss();
        const auto data = filesAsMime({path});
        dragInto(m_console.window, *data);
        dropOn(m_console.window, *data);
        Operations *operations = m_console.window.operations();
        const auto settled = [&] {
            return m_console.queue.runningCount() == 0 && (operations->dialog() || !m_refused.isEmpty() || !bar->isHidden());
        };
        if (!QTest::qWaitFor(settled, kPatienceMs))
            return {false, QStringLiteral("no answer")};
        if (!operations->dialog())
            return {false, m_refused.isEmpty() ? bar->text() : m_refused};
        operations->dialog()->reject();
        if (!QTest::qWaitFor([operations] { return !operations->dialog(); }, kPatienceMs))
            return {true, QStringLiteral("the dialog does not close")};
        return {true, {}};
    }

private:
    Console &m_console;
    QString m_refused;
};

/// Names of everything below `folder`, the hidden included.
QStringList namesBelow(const QString &folder)
{
    QStringList names;
    QDirIterator all(folder, QDir::AllEntries | QDir::Hidden | QDir::System | QDir::NoDotAndDotDot, QDirIterator::Subdirectories);
    while (all.hasNext())
        names.append(all.next());
    names.sort();
    return names;
}

}  // namespace

class tst_HostileDrop : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase_data();
    void initTestCase();
    void init();
    void everyCaseOfTheSet_isRefusedOrPlanned();
    void liveTreeWithALinkedFolder_isNotRestoredInto();

private:
    DataDirBuilder m_dir;
    QList<HostileCase> m_own;
    QList<HostileCase> m_generated;
    QList<HostileCase> m_cases;   ///< those of the set that is at it
};

void tst_HostileDrop::initTestCase_data()
{
    QTest::addColumn<bool>("generated");
    QTest::newRow("own") << false;
    QTest::newRow("generated") << true;
}

void tst_HostileDrop::initTestCase()
{
    m_dir.dir("canary");
    const Aim aim = {m_dir.path("canary")};
    m_own = ownSet(m_dir, "own", aim);
    m_generated = generatedSet(m_dir, "generated", aim);
}

void tst_HostileDrop::init()
{
    QFETCH_GLOBAL(bool, generated);
    m_cases = generated ? m_generated : m_own;
    if (generated && m_generated.isEmpty())
        QSKIP("the generated set needs python3 and the shared folder");
}

void tst_HostileDrop::everyCaseOfTheSet_isRefusedOrPlanned()
{
    // Not shown: painting a window so many times is no part of this.
    Console full;
    const QByteArray root = full.sessionsAt("place/data");
    full.open(root);
    // Without a directory to restore into the window asks, and is told: a new folder beside the archive.
    Console empty;
    Dropper intoData(full);
    Dropper intoNothing(empty);
    const QByteArray before = treeFingerprint(full.tree.path("place"));
    const QStringList setsBefore = namesBelow(QFile::decodeName(m_dir.path()));

    int refused = 0;
    int planned = 0;
    QStringList wrong;
    for (const HostileCase &one : std::as_const(m_cases)) {
        const QString name = QFileInfo(QFile::decodeName(one.path)).fileName();
        if (one.fate == Fate::RefusedOverALink)   // which has its own test
            continue;
        if (one.fate == Fate::Accepted) {
            ++planned;
            empty.interaction.options.enqueue(0);
            const Answer answer = intoNothing.drop(one.path);
            empty.interaction.options.clear();
            if (!answer.planned || !answer.words.isEmpty())
                wrong.append(name + QStringLiteral(" is not planned: ") + answer.words);
            continue;
        }
        ++refused;
        const Answer answer = intoData.drop(one.path);
        if (answer.planned)
            wrong.append(name + QStringLiteral(" leads to a plan"));
        else if (!answer.words.contains(name))
            wrong.append(name + QStringLiteral(" is not named: ") + answer.words);
        if (treeFingerprint(full.tree.path("place")) != before) {
            wrong.append(name + QStringLiteral(" changed the tree"));
            break;
        }
    }
    qInfo("%d drops refused, %d planned", refused, planned);
    QCOMPARE(namesBelow(QFile::decodeName(m_dir.path())), setsBefore);
    QVERIFY2(wrong.isEmpty(), qPrintable(QString::number(wrong.size()) + QStringLiteral(" wrong:\n") + wrong.join(u'\n')));
}

void tst_HostileDrop::liveTreeWithALinkedFolder_isNotRestoredInto()
{
    Console console;
    console.tree.dir("canary").file("canary/secret.txt", "untouched");
    const QByteArray root = console.sessionsAt("place/data");
    console.tree.remove("place/data/storage/metadata.json").remove("place/data/storage");
    console.tree.symlink("place/data/storage", console.tree.path("canary"));
    console.open(root);
    Dropper dropper(console);
    const QByteArray before = treeFingerprint(console.tree.path("."));
    int seen = 0;
    for (const HostileCase &one : std::as_const(m_cases)) {
        if (one.fate != Fate::RefusedOverALink)
            continue;
        ++seen;
        const Answer answer = dropper.drop(one.path);
        QVERIFY(!answer.planned);
        QVERIFY2(answer.words.contains(QLatin1String("storage")), qPrintable(answer.words));
        QCOMPARE(treeFingerprint(console.tree.path(".")), before);
    }
    QCOMPARE(seen, 1);
}

QTEST_MAIN(tst_HostileDrop)
#include "tst_hostiledrop.moc"
