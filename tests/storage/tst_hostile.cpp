// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The judge against the reference: the generated hostile set, and archives mutated here, on which the
// reference scanner is asked for a second opinion. Both are skipped without python3 or the shared folder.

#include "storage/archive/inspect.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

QString hostileFolder()
{
    return QDir::cleanPath(QStringLiteral(STRONGROOM_SOURCE_DIR "/../shared/hostile"));
}

bool canAsk()
{
    return QFileInfo::exists(hostileFolder() + QStringLiteral("/strict_scan.py"))
        && !QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty();
}

/// The profile that the set was made for.
Limits profile()
{
    Limits limits = Limits::strict();
    limits.names = NameRules::structured();
    return limits;
}

Judgement judge(const QByteArray &path)
{
    Monitor monitor;
    const auto archive = ArchiveFile::open(path);
    if (!archive)
        qFatal("cannot open %s", path.constData());
    auto judgement = judgeArchive(*archive, profile(), monitor);
    if (!judgement)
        qFatal("no judgement of %s: %s", path.constData(), qPrintable(codeWord(judgement.error().code)));
    return *std::move(judgement);
}

QString reasonsOf(const Judgement &judgement)
{
    QStringList reasons;
    for (const Problem &problem : judgement.problems)
        reasons.append(problem.message);
    return reasons.join(u"; ");
}

/// Healthy archives that use every feature the reader has.
QList<QByteArray> seeds()
{
    const auto base = [] { return TarBuilder().dir("data/").file("data/a", "hello").file("data/b", QByteArray(700, 'b')); };
    return {base().end().bytes(),
            base().pax({{"path", "data/long-" + QByteArray(120, 'p')}, {"mtime", "1700000001.5"}}).file("s").end().bytes(),
            base().gnuLongName("data/" + QByteArray(130, 'g')).file("t").symlink("data/l", "a").end().bytes(),
            base().hardlink("data/h", "data/a").pax({{"comment", "x"}}, 'g').file("data/c").end().bytes(),
            TarBuilder().dir("./").file("./data/uploads/x y", "u").entry({.type = '6', .name = "data/p"}).end().bytes()};
}

/// Changes a few bytes or blocks; then mends the header checksums, or nothing else would ever be reached.
QByteArray mutated(QByteArray tar, QRandomGenerator &random)
{
    static const QList<QByteArray> tokens = {"../", "/", "//", ".", "\\", "size", "path", "0000", "7777", "\x80", "\xff", " ", "=", "\n"};
    const int changes = 1 + int(random.bounded(3));
    for (int i = 0; i < changes; ++i) {
        const qsizetype blocks = tar.size() / 512;
        switch (random.bounded(6)) {
        case 0: tar.replace(random.bounded(int(tar.size())), 1, QByteArray(1, char(random.bounded(256)))); break;
        case 1:
        case 2: {
            const QByteArray &token = tokens.at(random.bounded(int(tokens.size())));
            const qsizetype at = qsizetype(random.bounded(int(blocks))) * 512 + random.bounded(300);
            tar.replace(at, token.size(), token);
            break;
        }
        case 3: {
            const QByteArray block = tar.mid(random.bounded(int(blocks)) * 512, 512);
            tar.insert(random.bounded(int(blocks)) * 512, block);
            break;
        }
        case 4: tar.remove(random.bounded(int(blocks)) * 512, 512); break;
        default: tar[random.bounded(int(blocks)) * 512 + 156] = "0123567xgLKSV\0"[random.bounded(14)]; break;
        }
        if (tar.size() < 1024)
            return tar;
    }
    for (qsizetype at = 0; at + 512 <= tar.size(); at += 512) {
        if (tar.mid(at + 257, 5) != "ustar")
            continue;
        tar.replace(at + 148, 8, QByteArray(8, ' '));
        int sum = 0;
        for (qsizetype i = at; i < at + 512; ++i)
            sum += uchar(tar[i]);
        const QByteArray text = QByteArray::number(sum, 8).rightJustified(6, '0') + QByteArray("\0 ", 2);
        tar.replace(at + 148, 8, text);
    }
    return tar;
}

}  // namespace

class tst_Hostile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyCaseOfTheSet_getsItsVerdict();
    void mutatedArchives_getTheReferencesVerdict();
};

void tst_Hostile::everyCaseOfTheSet_getsItsVerdict()
{
    if (!canAsk())
        QSKIP("no hostile set");
    DataDirBuilder dir;
    const Ran made = run(QStringLiteral("python3"), {hostileFolder() + QStringLiteral("/make_hostile.py"), QFile::decodeName(dir.path("set"))},
                         {}, {}, 280'000);
    QVERIFY2(made.exitCode == 0, made.err.constData());
    const QJsonArray cases = QJsonDocument::fromJson(dir.read("set/index.json")).object().value(u"cases").toArray();
    QVERIFY(cases.size() > 1000);
    // Whether a manifest's kind fits its members is asked of the layouts when a restore is planned.
    const QStringList notHere = {QStringLiteral("man-kind-other")};
    int judged = 0;
    QStringList wrong;
    for (const QJsonValue &value : cases) {
        const QJsonObject one = value.toObject();
        const QString layer = one.value(u"layer").toString();
        const QString id = one.value(u"id").toString();
        if ((layer != u"container" && layer != u"manifest") || one.contains(u"preplant") || notHere.contains(id))
            continue;
        const Judgement judgement = judge(dir.path("set/" + one.value(u"file").toString().toUtf8()));
        const bool refused = one.value(u"verdict").toString() == u"reject-before-write";
        if (judgement.isUsable() == refused)
            wrong.append(id + u": " + verdictWord(judgement.verdict) + u' ' + reasonsOf(judgement));
        if (!judgement.isUsable() && judgement.problems.isEmpty())
            wrong.append(id + QStringLiteral(": refused without a reason"));
        ++judged;
    }
    qInfo("%d cases judged, %lld wrong", judged, qlonglong(wrong.size()));
    QCOMPARE(wrong.join(u'\n'), QString());
    QVERIFY(judged > 1300);
}

void tst_Hostile::mutatedArchives_getTheReferencesVerdict()
{
    if (!canAsk())
        QSKIP("no reference scanner");
    constexpr int kArchives = 3'000;
    DataDirBuilder dir;
    QRandomGenerator random(20'260'301);
    const QList<QByteArray> healthy = seeds();
    QStringList files;
    for (int i = 0; i < kArchives; ++i) {
        const QByteArray tar = mutated(healthy.at(i % healthy.size()), random);
        const QByteArray name = QByteArray::number(i) + ".bin";
        dir.file(name, i % 3 ? tar : gzip(tar));
        files.append(QString::fromLatin1(name));
    }
    const Ran asked = run(QStringLiteral("python3"), QStringList{hostileFolder() + QStringLiteral("/strict_scan.py")} + files, dir.path());
    QVERIFY2(asked.exitCode == 0, asked.err.constData());
    QHash<QByteArray, QByteArray> reference;
    for (const QByteArray &line : asked.out.split('\n')) {
        if (const QList<QByteArray> words = line.split(' '); words.size() >= 2 && words[0].endsWith(".bin"))
            reference.insert(words[0], line.mid(words[0].size() + 1));
    }
    QCOMPARE(reference.size(), kArchives);
    int accepted = 0;
    int explained = 0;
    QStringList differ;
    for (const QString &file : files) {
        const QByteArray opinion = reference.value(file.toLatin1());
        const Judgement judgement = judge(dir.path(file.toLatin1()));
        const bool refused = opinion.startsWith("reject");
        accepted += refused ? 0 : 1;
        // An extended header without a single record is one all the same here; the reference forgets it.
        const bool emptyHeader = !refused && !judgement.isUsable() && reasonsOf(judgement).contains(u"extension header without an entry");
        explained += emptyHeader ? 1 : 0;
        if (judgement.isUsable() == refused && !emptyHeader)
            differ.append(file + u": " + verdictWord(judgement.verdict) + u' ' + reasonsOf(judgement) + u" / " + QString::fromUtf8(opinion));
    }
    qInfo("%d archives, %d of them accepted, %lld differ, %d explained", kArchives, accepted, qlonglong(differ.size()), explained);
    QVERIFY(explained < 10);
    QVERIFY(accepted > kArchives / 50);
    QVERIFY(accepted < kArchives / 2);
    QCOMPARE(differ.join(u'\n'), QString());
}

QTEST_GUILESS_MAIN(tst_Hostile)
#include "tst_hostile.moc"
