// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The judge against the generated hostile set. Skipped without python3 or the shared folder.

#include "storage/archive/inspect.h"
#include "tests/support/datadirbuilder.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
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

}  // namespace

class tst_Hostile : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void everyCaseOfTheSet_getsItsVerdict();
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

QTEST_GUILESS_MAIN(tst_Hostile)
#include "tst_hostile.moc"
