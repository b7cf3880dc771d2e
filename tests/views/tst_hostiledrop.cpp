// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The generated hostile set, dropped on the window case by case: what must be refused is refused with its name and
// changes nothing, what may pass leads to a plan. Skipped without python3 or the shared folder.

#include "tests/views/console.h"
#include "views/droptarget.h"
#include "views/messagebar.h"
#include "views/operations.h"
#include "views/plandialog.h"

#include <QDir>
#include <QDirIterator>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QStatusBar>
#include <QTemporaryDir>
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
    void initTestCase();
    void everyCaseOfTheSet_isRefusedOrPlanned_data();
    void everyCaseOfTheSet_isRefusedOrPlanned();
    void cleanupTestCase() { qInfo("%d drops refused, %d planned", m_refused, m_planned); }
    void liveTreeWithALinkedFolder_isNotRestoredInto();

private:
    QTemporaryDir m_set;
    QJsonArray m_cases;
    int m_refused = 0;
    int m_planned = 0;
};

void tst_HostileDrop::initTestCase()
{
    const QString maker = QDir::cleanPath(QStringLiteral(STRONGROOM_SOURCE_DIR "/../shared/hostile/make_hostile.py"));
    if (!QFileInfo::exists(maker) || QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty())
        QSKIP("python3 or the shared folder is not there");
    QProcess python;
    python.start(QStringLiteral("python3"), {maker, m_set.path()});
    QVERIFY(python.waitForFinished(600000));
    QCOMPARE(python.exitCode(), 0);
    QFile index(m_set.filePath(QStringLiteral("index.json")));
    QVERIFY(index.open(QIODevice::ReadOnly));
    m_cases = QJsonDocument::fromJson(index.readAll()).object().value(u"cases").toArray();
    QVERIFY(m_cases.size() > 1000);
}

void tst_HostileDrop::everyCaseOfTheSet_isRefusedOrPlanned_data()
{
    QTest::addColumn<QString>("category");
    QSet<QString> seen;
    for (const QJsonValue &value : std::as_const(m_cases)) {
        const QString category = value.toObject().value(u"category").toString();
        if (!seen.contains(category))
            QTest::addRow("%s", qPrintable(category)) << category;
        seen.insert(category);
    }
}

void tst_HostileDrop::everyCaseOfTheSet_isRefusedOrPlanned()
{
    QFETCH(QString, category);
    // Not shown: painting a window 1,402 times is no part of this.
    Console full;
    const QByteArray root = full.sessionsAt("place/data");
    full.open(root);
    // Without a directory to restore into the window asks, and is told: a new folder beside the archive.
    Console empty;
    Dropper intoData(full);
    Dropper intoNothing(empty);
    const QByteArray before = treeFingerprint(full.tree.path("place"));
    const QStringList setBefore = namesBelow(m_set.path());

    QStringList wrong;
    for (const QJsonValue &value : std::as_const(m_cases)) {
        const QJsonObject one = value.toObject();
        const QString name = one.value(u"file").toString();
        const QByteArray path = m_set.filePath(name).toLocal8Bit();
        if (one.value(u"category") != category || one.contains(u"preplant"))   // which has its own test
            continue;
        if (one.value(u"verdict") != QLatin1String("reject-before-write")) {
            ++m_planned;
            empty.interaction.options.enqueue(0);
            const Answer answer = intoNothing.drop(path);
            empty.interaction.options.clear();
            if (!answer.planned || !answer.words.isEmpty())
                wrong.append(name + QStringLiteral(" is not planned: ") + answer.words);
            continue;
        }
        ++m_refused;
        const Answer answer = intoData.drop(path);
        if (answer.planned)
            wrong.append(name + QStringLiteral(" leads to a plan"));
        else if (!answer.words.contains(name))
            wrong.append(name + QStringLiteral(" is not named: ") + answer.words);
        if (treeFingerprint(full.tree.path("place")) != before) {
            wrong.append(name + QStringLiteral(" changed the tree"));
            break;
        }
    }
    QCOMPARE(namesBelow(m_set.path()), setBefore);
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
    for (const QJsonValue &value : std::as_const(m_cases)) {
        if (!value.toObject().contains(u"preplant"))
            continue;
        ++seen;
        const Answer answer = dropper.drop(m_set.filePath(value.toObject().value(u"file").toString()).toLocal8Bit());
        QVERIFY(!answer.planned);
        QVERIFY2(answer.words.contains(QLatin1String("storage")), qPrintable(answer.words));
        QCOMPARE(treeFingerprint(console.tree.path(".")), before);
    }
    QCOMPARE(seen, 1);
}

QTEST_MAIN(tst_HostileDrop)
#include "tst_hostiledrop.moc"
