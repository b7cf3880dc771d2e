// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Every family of hostile archives, and of good ones that look hostile, against the verdict: in this process and
// through the built program. Ours always; where python3 and the shared folder are at hand, the generated set as well.
// tst_differential asks the reference for a second opinion on mutated archives.

#include "storage/ops/inspection.h"
#include "tests/app/childrun.h"
#include "tests/hostile/hostileset.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QMutex>
#include <QtTest>

#include <algorithm>
#include <sched.h>
#include <sys/mount.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kSanitized = true;   // which cost memory of their own
#else
constexpr bool kSanitized = false;
#endif

constexpr qint64 kMostKiB = 128 * 1024;      // resident, of one run
constexpr qint64 kSlowMs = 5'000;            // reported; asserted is only that nothing hangs
constexpr qint64 kHangMs = 120'000;
constexpr char kTemporary[] = "size=16m";

QString reasonsOf(const Judgement &judgement)
{
    QStringList reasons;
    for (const Problem &problem : judgement.problems)
        reasons.append(problem.message);
    return reasons.join(u"; ");
}

/// Files with their hashes and empty folders below `root`.
QHash<QByteArray, QByteArray> contentOf(const QByteArray &root)
{
    QHash<QByteArray, QByteArray> content;
    for (const QByteArray &line : run(QStringLiteral("find"), {QFile::decodeName(root), QStringLiteral("-mindepth"), QStringLiteral("1"),
                                      QStringLiteral("("), QStringLiteral("-not"), QStringLiteral("-type"), QStringLiteral("d"), QStringLiteral("-o"),
                                      QStringLiteral("-empty"), QStringLiteral(")"), QStringLiteral("-printf"), QStringLiteral("%y%P\\0")})
                                      .out.split('\0')) {
        if (line.isEmpty())
            continue;
        const QByteArray path = line.mid(1);
        QByteArray hash = line.startsWith('d') ? QByteArray() : "not a file";
        if (line.startsWith('f')) {
            const int fd = ::open(QByteArray(root + '/' + path).constData(), O_RDONLY | O_CLOEXEC);
            QFile file;
            if (file.open(fd, QIODevice::ReadOnly, QFileDevice::AutoCloseHandle)) {
                QCryptographicHash sum(QCryptographicHash::Sha256);
                sum.addData(&file);
                hash = sum.result().toHex();
            }
        }
        content.insert(path, hash);
    }
    return content;
}

/// A small live tree with what a refusal must not touch.
void plantLive(DataDirBuilder &dir, const QByteArray &at)
{
    const QByteArray uuid = "550e8400-e29b-41d4-a716-446655440000";
    dir.file(at + "/auth/tokens.json", "{}", 0600, 1'600'000'000'123'456'789)
        .file(at + "/storage/session_" + uuid + "/metadata.json", "{\"session_id\":\"" + uuid + "\",\"template_id\":\"t\"}", 0640, 1'600'000'001'000'000'000)
        .file(at + "/uploads/keep me", "kept", 0444, 1'600'000'002'000'000'000)
        .dir(at + "/empty", 0700);
}

}  // namespace

class tst_Hostile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase_data();
    void initTestCase();
    void init();
    void cleanupTestCase();
    void everyFamily_isOurOwnWithItsFates();
    void theProgram_givesEveryVerdict();
    void restore_bringsBackExactlyWhatIsAccepted();
    void restore_ofARefusedArchiveLeavesNoTrace();
    void restore_overALinkInTheLiveTreeIsRefused();
    void everyCaseOfTheSet_getsItsVerdict_data();
    void everyCaseOfTheSet_getsItsVerdict();

private:
    DataDirBuilder m_dir;
    QList<HostileCase> m_own;
    QList<HostileCase> m_generated;
    QList<HostileCase> m_cases;   ///< those of the set that is at it
    QByteArray m_place;           ///< a folder for that set, within the test's own
    bool m_limited = false;       ///< the temporary folder has kTemporary bytes, for two runs at once
};

void tst_Hostile::initTestCase_data()
{
    QTest::addColumn<bool>("generated");
    QTest::newRow("own") << false;
    QTest::newRow("generated") << true;
}

void tst_Hostile::initTestCase()
{
    // What the archives aim at lies in the test's own folder, so that a hit is seen and hurts nobody.
    m_dir.dir("canary").dir("home").dir("tmp");
    qputenv("HOME", m_dir.path("home"));
    qputenv("XDG_STATE_HOME", m_dir.path("home/state"));
    qputenv("TMPDIR", m_dir.path("tmp"));
    // Seen by this process and those it starts only.
    m_limited = ::unshare(CLONE_NEWNS) == 0 && ::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) == 0
        && ::mount("none", m_dir.path("tmp").constData(), "tmpfs", 0, kTemporary) == 0;
    if (!m_limited)
        qInfo("temporary space is not limited here: that takes the right to mount");
    const Aim aim = {m_dir.path("canary")};
    m_own = ownSet(m_dir, "own/set", aim);
    m_generated = generatedSet(m_dir, "generated/set", aim);
    forgetPeak();
}

void tst_Hostile::init()
{
    QFETCH_GLOBAL(bool, generated);
    m_cases = generated ? m_generated : m_own;
    m_place = generated ? "generated" : "own";
    if (generated && m_generated.isEmpty())
        QSKIP("the generated set needs python3 and the shared folder");
}

void tst_Hostile::cleanupTestCase()
{
    if (m_limited)
        QCOMPARE(::umount2(m_dir.path("tmp").constData(), MNT_DETACH), 0);
}

void tst_Hostile::everyFamily_isOurOwnWithItsFates()
{
    const QHash<QByteArray, QSet<Fate>> own = fatesOf(m_own);
    const QHash<QByteArray, QSet<Fate>> these = fatesOf(m_cases);
    QList<QByteArray> lacking;
    for (auto it = these.cbegin(); it != these.cend(); ++it) {
        if (own.value(it.key()) != it.value())
            lacking.append(it.key());
    }
    std::sort(lacking.begin(), lacking.end());
    QCOMPARE(lacking.join('\n'), QByteArray());
    QCOMPARE(these.size(), kFamilies);
}

void tst_Hostile::theProgram_givesEveryVerdict()
{
    QList<Cost> costs(m_cases.size());
    inTwo(m_cases.size(), [&](qsizetype i, int slot) {
        costs[i] = runCtl({"verify", m_cases.at(i).path}, m_dir.path("home/answer" + QByteArray::number(slot)));
    });
    QStringList wrong;
    QStringList slow;
    qint64 peak = 0;
    for (qsizetype i = 0; i < m_cases.size(); ++i) {
        const HostileCase &c = m_cases.at(i);
        const Cost &cost = costs.at(i);
        const QString verdict = cost.json.value(u"verdict").toString();
        const bool usable = verdict == u"verified" || verdict == u"readable";
        const bool refused = c.fate == Fate::Refused;
        if (usable == refused || cost.status != (refused ? 4 : 0))
            wrong.append(c.id + QStringLiteral(": %1, status %2").arg(verdict).arg(cost.status));
        if (refused && cost.json.value(u"problems").toArray().isEmpty())
            wrong.append(c.id + QStringLiteral(": refused without a reason"));
        if (!kSanitized && cost.peakKiB > kMostKiB)
            wrong.append(c.id + QStringLiteral(": %1 KiB resident").arg(cost.peakKiB));
        if (cost.milliseconds > kHangMs)
            wrong.append(c.id + QStringLiteral(": %1 ms").arg(cost.milliseconds));
        if (cost.milliseconds > kSlowMs)
            slow.append(QStringLiteral("%1 %2 ms").arg(c.id).arg(cost.milliseconds));
        peak = std::max(peak, cost.peakKiB);
    }
    qInfo("%lld cases through strongroomctl verify, %lld wrong, at most %lld MiB resident, %s of temporary space, slower than %lld s: %s", qlonglong(m_cases.size()),
          qlonglong(wrong.size()), qlonglong(peak / 1024), m_limited ? "at most 16 MiB" : "any amount", qlonglong(kSlowMs / 1000), slow.isEmpty() ? "none" : qPrintable(slow.join(u", ")));
    QCOMPARE(wrong.join(u'\n'), QString());
    QCOMPARE(m_dir.names("canary"), QList<QByteArray>());
    QCOMPARE(m_dir.names("tmp"), QList<QByteArray>());
}

void tst_Hostile::restore_bringsBackExactlyWhatIsAccepted()
{
    QList<HostileCase> accepted;
    std::copy_if(m_cases.cbegin(), m_cases.cend(), std::back_inserter(accepted), [](const HostileCase &c) { return c.fate == Fate::Accepted; });
    QStringList wrong;
    QMutex mutex;
    inTwo(accepted.size(), [&](qsizetype i, int slot) {
        const HostileCase &c = accepted.at(i);
        const QByteArray parent = m_place + "/accept/" + QByteArray::number(i);
        {
            QMutexLocker lock(&mutex);
            m_dir.dir(parent);
        }
        const Cost cost = runCtl({"restore", c.path, "--into", m_dir.path(parent + "/T"), "--yes", "--jobs", "1"}, m_dir.path("home/answer" + QByteArray::number(slot)));
        const QHash<QByteArray, QByteArray> content = contentOf(m_dir.path(parent + "/T"));
        QMutexLocker lock(&mutex);
        if (cost.status != 0 && cost.status != 3)
            wrong.append(c.id + QStringLiteral(": status %1").arg(cost.status));
        for (auto it = c.expected.cbegin(); it != c.expected.cend(); ++it) {
            if (!content.contains(it.key()) || content.value(it.key()) != it.value())
                wrong.append(c.id + QStringLiteral(": not as it was: ") + displayBytes(it.key()));
        }
        for (auto it = content.cbegin(); it != content.cend(); ++it) {
            if (!c.expected.contains(it.key()))
                wrong.append(c.id + QStringLiteral(": too much: ") + displayBytes(it.key()));
        }
        if (m_dir.names(parent) != QList<QByteArray>{"T"})
            wrong.append(c.id + QStringLiteral(": something is left beside the target"));
    });
    qInfo("%lld accepted cases restored", qlonglong(accepted.size()));
    QCOMPARE(wrong.join(u'\n'), QString());
    QVERIFY(accepted.size() > 80);
    QCOMPARE(m_dir.names("canary"), QList<QByteArray>());
    QCOMPARE(m_dir.names("tmp"), QList<QByteArray>());
}

void tst_Hostile::restore_ofARefusedArchiveLeavesNoTrace()
{
    // Every family once; the sweeps differ in a byte.
    QList<HostileCase> refused;
    QSet<QByteArray> families;
    for (const HostileCase &c : std::as_const(m_cases)) {
        if (c.fate == Fate::Refused && !families.contains(c.family)) {
            families.insert(c.family);
            refused.append(c);
        }
    }
    QByteArray before[2];
    for (int slot = 0; slot < 2; ++slot) {
        const QByteArray place = m_place + "/refuse/" + QByteArray::number(slot);
        m_dir.dir(place + "/fresh");
        plantLive(m_dir, place + "/live/T");
        before[slot] = treeFingerprint(m_dir.path(place));
    }
    QStringList wrong;
    QMutex mutex;
    inTwo(refused.size(), [&](qsizetype i, int slot) {
        const HostileCase &c = refused.at(i);
        const QByteArray place = m_dir.path(m_place + "/refuse/" + QByteArray::number(slot));
        for (const char *target : {"/fresh/T", "/live/T"}) {
            const Cost cost = runCtl({"restore", c.path, "--into", place + target, "--yes", "--jobs", "1"}, m_dir.path("home/answer" + QByteArray::number(slot)));
            const bool untouched = treeFingerprint(place) == before[slot];
            QMutexLocker lock(&mutex);
            if (cost.status != 4)
                wrong.append(c.id + QStringLiteral(": status %1 into %2").arg(cost.status).arg(QLatin1String(target)));
            if (!untouched)
                wrong.append(c.id + QStringLiteral(": changed something around %1").arg(QLatin1String(target)));
            if (!kSanitized && cost.peakKiB > kMostKiB)
                wrong.append(c.id + QStringLiteral(": %1 KiB resident").arg(cost.peakKiB));
        }
    });
    qInfo("%lld refused families, each into a fresh folder and over live data", qlonglong(refused.size()));
    QCOMPARE(wrong.join(u'\n'), QString());
    QVERIFY(refused.size() > 350);
    QCOMPARE(m_dir.names("canary"), QList<QByteArray>());
    QCOMPARE(m_dir.names("tmp"), QList<QByteArray>());
}

void tst_Hostile::restore_overALinkInTheLiveTreeIsRefused()
{
    const auto found = std::find_if(m_cases.cbegin(), m_cases.cend(), [](const HostileCase &c) { return c.fate == Fate::RefusedOverALink; });
    QVERIFY(found != m_cases.cend());
    const QByteArray linked = m_place + "/linked";
    m_dir.file(linked + "/T/auth/tokens.json", "{}").symlink(linked + "/T/storage", m_dir.path("canary"));
    const QByteArray before = treeFingerprint(m_dir.path(linked));
    const Cost cost = runCtl({"restore", found->path, "--into", m_dir.path(linked + "/T"), "--yes"}, m_dir.path("home/answer"));
    QCOMPARE(cost.status, 4);
    QCOMPARE(treeFingerprint(m_dir.path(linked)), before);
    QCOMPARE(m_dir.names("canary"), QList<QByteArray>());
}

void tst_Hostile::everyCaseOfTheSet_getsItsVerdict_data()
{
    QTest::addColumn<bool>("strict");
    QTest::newRow("standard limits") << false;
    QTest::newRow("strict limits") << true;
}

void tst_Hostile::everyCaseOfTheSet_getsItsVerdict()
{
    QFETCH(bool, strict);
    const Limits limits = strict ? Limits::strict() : Limits::production();
    QStringList wrong;
    for (const HostileCase &c : std::as_const(m_cases)) {
        Monitor monitor;
        const auto archive = ArchiveFile::open(c.path);
        QVERIFY2(archive, qPrintable(c.id));
        const auto judgement = inspectArchive(*archive, limits, monitor);
        QVERIFY2(judgement, qPrintable(c.id));
        if (judgement->isUsable() == (c.fate == Fate::Refused))
            wrong.append(c.id + u": " + verdictWord(judgement->verdict) + u' ' + reasonsOf(*judgement));
        if (!judgement->isUsable() && judgement->problems.isEmpty())
            wrong.append(c.id + QStringLiteral(": refused without a reason"));
    }
    qInfo("%lld cases judged, %lld wrong", qlonglong(m_cases.size()), qlonglong(wrong.size()));
    QCOMPARE(wrong.join(u'\n'), QString());
}

QTEST_GUILESS_MAIN(tst_Hostile)
#include "tst_hostile.moc"
