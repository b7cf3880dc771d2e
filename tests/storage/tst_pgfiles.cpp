// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/pgfiles.h"

#include "storage/dirtree.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>
#include <QtEndian>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_PgFiles : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void crc32c_knowsTheCheckValues();
    void control_readsWhatTheStructSays();
    void control_seesEveryChangedByteOfTheStruct();
    void control_refusesWhatCannotBeOne();
    void control_doesNotJudgeAVersionItDoesNotKnow();
    void version_takesVersionsOnly();
    void pid_readsTheLinesThatMatter();
    void cluster_restsOnlyWhenShutDownAndAlone();
    void sample_isAShutDownCluster15();
};

namespace {

QByteArray controlImage(quint32 state, quint32 controlVersion = 1300)
{
    QByteArray image(PgControl::kFileSize, '\0');
    qToLittleEndian<quint64>(7123456789012345678ULL, image.data());
    qToLittleEndian<quint32>(controlVersion, image.data() + 8);
    qToLittleEndian<quint32>(202209061, image.data() + 12);
    qToLittleEndian<quint32>(state, image.data() + 16);
    qToLittleEndian<qint64>(1761400000, image.data() + 24);
    qToLittleEndian<quint32>(crc32c(QByteArrayView(image).first(288)), image.data() + 288);
    return image;
}

void plantCluster(DataDirBuilder &dir, const QByteArray &at, quint32 state)
{
    dir.file(at + "/PG_VERSION", "15\n", 0600).dir(at + "/base", 0700).file(at + "/global/pg_control", controlImage(state), 0600);
}

}  // namespace

void tst_PgFiles::crc32c_knowsTheCheckValues()
{
    QCOMPARE(crc32c("123456789"), 0xe3069283u);                       // the catalogue's check value
    QCOMPARE(crc32c(QByteArray(32, '\0')), 0x8a9136aau);              // RFC 3720, B.4
    QCOMPARE(crc32c(QByteArray(32, '\xff')), 0x62a8ab43u);
    QCOMPARE(crc32c({}), 0u);
}

void tst_PgFiles::control_readsWhatTheStructSays()
{
    const auto control = parsePgControl(controlImage(1));
    QVERIFY(control);
    QCOMPARE(control->systemId, 7123456789012345678ULL);
    QCOMPARE(control->controlVersion, 1300u);
    QCOMPARE(control->catalogVersion, 202209061u);
    QCOMPARE(control->state, PgState::ShutDown);
    QCOMPARE(control->time, QDateTime::fromSecsSinceEpoch(1761400000, Qt::UTC));
    QVERIFY(control->checksumKnown);
    QVERIFY(control->checksumOk);
    QCOMPARE(parsePgControl(controlImage(6))->state, PgState::InProduction);
    QCOMPARE(parsePgControl(controlImage(99))->state, PgState::Unknown);
}

void tst_PgFiles::control_seesEveryChangedByteOfTheStruct()
{
    const QByteArray good = controlImage(1);
    for (int at = 0; at < 292; ++at) {
        if (at >= 8 && at < 12)
            continue;   // the version decides where the checksum is
        QByteArray bad = good;
        bad[at] = char(bad[at] ^ 0x10);
        const auto control = parsePgControl(bad);
        QVERIFY2(control && !control->checksumOk, QByteArray::number(at).constData());
    }
}

void tst_PgFiles::control_refusesWhatCannotBeOne()
{
    QCOMPARE(parsePgControl({}).error().code, ErrorCode::DatabaseUnreadable);
    QCOMPARE(parsePgControl(controlImage(1).left(295)).error().code, ErrorCode::DatabaseUnreadable);
    QCOMPARE(parsePgControl(QByteArray(8192, '\0')).error().code, ErrorCode::DatabaseUnreadable);
    QCOMPARE(parsePgControl(QByteArray(8192, '\xff')).error().code, ErrorCode::DatabaseUnreadable);
}

void tst_PgFiles::control_doesNotJudgeAVersionItDoesNotKnow()
{
    const auto control = parsePgControl(controlImage(1, 1800));
    QVERIFY(control);
    QVERIFY(!control->checksumKnown);
    PgCluster cluster;
    cluster.control = *control;
    QVERIFY(!cluster.controlDamaged());
    QVERIFY(!cluster.isAtRest());
}

void tst_PgFiles::version_takesVersionsOnly()
{
    QCOMPARE(parsePgVersion("15\n"), QStringLiteral("15"));
    QCOMPARE(parsePgVersion("9.6\n"), QStringLiteral("9.6"));
    QVERIFY(parsePgVersion("").isEmpty());
    QVERIFY(parsePgVersion("fifteen").isEmpty());
    QVERIFY(parsePgVersion("123456789").isEmpty());
}

void tst_PgFiles::pid_readsTheLinesThatMatter()
{
    const auto pid = parsePostmasterPid("1\n/var/lib/postgresql/data\n1761400000\n5432\n/var/run/postgresql\n*\n  1234 0\nready   \n");
    QVERIFY(pid);
    QCOMPARE(pid->pid, 1);
    QCOMPARE(pid->port, 5432);
    QCOMPARE(pid->started, QDateTime::fromSecsSinceEpoch(1761400000, Qt::UTC));
    QCOMPARE(pid->status, QStringLiteral("ready"));
    const auto brief = parsePostmasterPid("42\n");
    QVERIFY(brief && brief->pid == 42 && !brief->started.isValid() && brief->status.isEmpty());
    for (const char *text : {"1\n/d\n1\n1700000000\n", "1\n/d\n1\n-5\n", "1\n/d\n1\n65536\n"})
        QCOMPARE(parsePostmasterPid(text)->port, 0);   // no port there is
    QVERIFY(!parsePostmasterPid(""));
    QVERIFY(!parsePostmasterPid("-3\n"));
    QVERIFY(!parsePostmasterPid("no number\n"));
}

void tst_PgFiles::cluster_restsOnlyWhenShutDownAndAlone()
{
    DataDirBuilder dir;
    plantCluster(dir, "rest", 1);
    plantCluster(dir, "live", 6);
    plantCluster(dir, "pid", 1);
    dir.file("pid/postmaster.pid", "1\n").file("none/PG_VERSION", "15\n");
    plantCluster(dir, "cut", 1);
    dir.file("cut/global/pg_control", "short");
    const auto tree = DirTree::open(dir.path());
    QVERIFY(tree);
    const auto at = [&](const char *name) { return readPgCluster(**tree, RelPath::literal(name)); };
    QVERIFY(at("rest")->isAtRest());
    QCOMPARE(at("rest")->version, QStringLiteral("15"));
    QVERIFY(!at("live")->isAtRest());
    QVERIFY(!at("pid")->isAtRest());
    QVERIFY(at("pid")->hasPid);
    QVERIFY(!at("none"));
    QVERIFY(at("cut")->controlDamaged());
}

void tst_PgFiles::sample_isAShutDownCluster15()
{
    DataDirBuilder dir;
    if (!unpackSample(QStringLiteral("compose"), dir.path()))
        QSKIP("no samples beside the checkout");
    const auto tree = DirTree::open(dir.path());
    const auto cluster = readPgCluster(**tree, RelPath::literal("compose/var/lib/docker/volumes/app-postgres-data/_data"));
    QVERIFY(cluster);
    QCOMPARE(cluster->version, QStringLiteral("15"));
    QVERIFY(cluster->control && cluster->control->checksumOk);
    QCOMPARE(cluster->control->catalogVersion, 202209061u);
    QCOMPARE(cluster->control->state, PgState::ShutDown);
    QVERIFY(cluster->isAtRest());
}

QTEST_GUILESS_MAIN(tst_PgFiles)
#include "tst_pgfiles.moc"
