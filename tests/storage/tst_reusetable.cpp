// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/reusetable.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

FileStamp someStamp()
{
    FileStamp stamp;
    stamp.device = 5;
    stamp.inode = 7;
    stamp.size = 11;
    stamp.mtimeNs = 13;
    stamp.ctimeNs = 17;
    stamp.type = FileType::File;
    return stamp;
}

Member someMember()
{
    Member member;
    member.path = RelPath::literal("data/a");
    member.size = 11;
    member.mode = 0640;
    member.uid = 1;
    member.gid = 2;
    member.mtimeNs = 13;
    return member;
}

GroupFingerprint fingerprintOf(const Member &member, const FileStamp &stamp)
{
    GroupFingerprinter printer;
    printer.add(member, stamp);
    return printer.finish();
}

ReuseKey someKey()
{
    return {"/srv/data", "/srv/backups", ArchiveFormat::TarZstd, 3};
}

ReusableGroup someGroup()
{
    ReusableGroup group;
    group.offset = 100;
    group.packed = {40, 50};
    group.raw = {400, 500};
    group.members = 2;
    Sha256 hash = {};
    hash.fill(9);
    group.hashes = {hash, Sha256()};
    return group;
}

}  // namespace

class tst_ReuseTable : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void fingerprint_showsEveryChange_data();
    void fingerprint_showsEveryChange();
    void fingerprint_beginsAnewAfterEach();
    void table_comesBackAsItWas();
    void table_ofAnotherBackupIsNone_data();
    void table_ofAnotherBackupIsNone();
    void table_thatIsDamagedIsNone();
    void group_isTakenOnlyForWhatItHolds();

private:
    DataDirBuilder m_dir;
};

void tst_ReuseTable::fingerprint_showsEveryChange_data()
{
    using Change = std::function<void(Member &, FileStamp &)>;
    QTest::addColumn<Change>("change");
    QTest::newRow("name") << Change([](Member &m, FileStamp &) { m.path = RelPath::literal("data/b"); });
    QTest::newRow("type") << Change([](Member &m, FileStamp &) { m.type = MemberType::Directory; });
    QTest::newRow("size") << Change([](Member &m, FileStamp &) { ++m.size; });
    QTest::newRow("mode") << Change([](Member &m, FileStamp &) { m.mode = 0600; });
    QTest::newRow("owner") << Change([](Member &m, FileStamp &) { ++m.uid; });
    QTest::newRow("group") << Change([](Member &m, FileStamp &) { ++m.gid; });
    QTest::newRow("time") << Change([](Member &m, FileStamp &) { ++m.mtimeNs; });
    QTest::newRow("link") << Change([](Member &m, FileStamp &) { m.link = "x"; });
    QTest::newRow("device") << Change([](Member &, FileStamp &s) { ++s.device; });
    QTest::newRow("inode") << Change([](Member &, FileStamp &s) { ++s.inode; });
    QTest::newRow("time of change") << Change([](Member &, FileStamp &s) { ++s.ctimeNs; });
}

void tst_ReuseTable::fingerprint_showsEveryChange()
{
    QFETCH(std::function<void(Member &, FileStamp &)>, change);
    Member member = someMember();
    FileStamp stamp = someStamp();
    const GroupFingerprint before = fingerprintOf(member, stamp);
    QCOMPARE(fingerprintOf(member, stamp), before);
    change(member, stamp);
    QVERIFY(fingerprintOf(member, stamp) != before);
}

void tst_ReuseTable::fingerprint_beginsAnewAfterEach()
{
    GroupFingerprinter printer;
    printer.add(someMember(), someStamp());
    printer.add(someMember(), someStamp());
    const GroupFingerprint two = printer.finish();
    printer.add(someMember(), someStamp());
    QCOMPARE(printer.finish(), fingerprintOf(someMember(), someStamp()));
    QVERIFY(two != fingerprintOf(someMember(), someStamp()));
}

void tst_ReuseTable::table_comesBackAsItWas()
{
    const QByteArray tables = m_dir.path("cache/deep/tables");
    const GroupFingerprint fingerprint = fingerprintOf(someMember(), someStamp());
    ReuseTable table(someKey(), "a.tar.zst", someStamp(), 4);
    table.add(fingerprint, someGroup());
    table.save(tables);

    const auto loaded = ReuseTable::load(tables, someKey());
    QVERIFY(loaded);
    QCOMPARE(loaded->generation(), 4);
    QCOMPARE(loaded->archive(), QByteArray("a.tar.zst"));
    QVERIFY(loaded->holdsFor(someStamp()));
    FileStamp later = someStamp();
    ++later.ctimeNs;
    QVERIFY(!loaded->holdsFor(later));
    const ReusableGroup *group = loaded->find(fingerprint);
    QVERIFY(group);
    QCOMPARE(group->offset, 100);
    QCOMPARE(group->packed, someGroup().packed);
    QCOMPARE(group->raw, someGroup().raw);
    QCOMPARE(group->members, 2);
    QCOMPARE(group->hashes, someGroup().hashes);
    QVERIFY(!loaded->find(GroupFingerprint()));

    ReuseTable::remove(tables, someKey());
    QVERIFY(!ReuseTable::load(tables, someKey()));
}

void tst_ReuseTable::table_ofAnotherBackupIsNone_data()
{
    QTest::addColumn<std::function<void(ReuseKey &)>>("change");
    using Change = std::function<void(ReuseKey &)>;
    QTest::newRow("source") << Change([](ReuseKey &key) { key.source = "/srv/other"; });
    QTest::newRow("folder") << Change([](ReuseKey &key) { key.folder = "/srv/elsewhere"; });
    QTest::newRow("format") << Change([](ReuseKey &key) { key.format = ArchiveFormat::TarGzip; });
    QTest::newRow("level") << Change([](ReuseKey &key) { key.level = 9; });
    QTest::newRow("scope") << Change([](ReuseKey &key) { key.scope = "volume:a"; });
}

void tst_ReuseTable::table_ofAnotherBackupIsNone()
{
    QFETCH(std::function<void(ReuseKey &)>, change);
    const QByteArray tables = m_dir.path("tables");
    ReuseTable(someKey(), "a", someStamp(), 0).save(tables);
    QVERIFY(ReuseTable::load(tables, someKey()));
    ReuseKey other = someKey();
    change(other);
    QVERIFY(!ReuseTable::load(tables, other));
    // Also under its name.
    QVERIFY(QFile::rename(QFile::decodeName(tables + '/' + someKey().name()), QFile::decodeName(tables + '/' + other.name())));
    QVERIFY(!ReuseTable::load(tables, other));
    ReuseTable::remove(tables, other);
}

void tst_ReuseTable::table_thatIsDamagedIsNone()
{
    const QByteArray tables = m_dir.path("damaged");
    ReuseTable table(someKey(), "a", someStamp(), 0);
    table.add(fingerprintOf(someMember(), someStamp()), someGroup());
    table.save(tables);
    const QByteArray file = "damaged/" + someKey().name();
    const QByteArray whole = m_dir.read(file);
    for (qsizetype size = 0; size < whole.size(); ++size) {
        m_dir.file(file, whole.first(size));
        QVERIFY(!ReuseTable::load(tables, someKey()));
    }
    m_dir.file(file, whole + 'x');
    QVERIFY(!ReuseTable::load(tables, someKey()));
    // Numbers that no group has.
    for (const qint64 bad : {qint64(-1), qint64(0), qint64(1) << 40}) {
        ReusableGroup group = someGroup();
        group.packed[1] = bad;
        ReuseTable wrong(someKey(), "a", someStamp(), 0);
        wrong.add({}, group);
        wrong.save(tables);
        QVERIFY(!ReuseTable::load(tables, someKey()));
    }
}

void tst_ReuseTable::group_isTakenOnlyForWhatItHolds()
{
    Member folder = someMember();
    folder.type = MemberType::Directory;
    QVERIFY(someGroup().canBe({someMember(), someMember()}));
    QVERIFY(!someGroup().canBe({someMember()}));
    QVERIFY(!someGroup().canBe({someMember(), folder}));
    QVERIFY(!someGroup().canBe({someMember(), someMember(), folder}));
}

QTEST_GUILESS_MAIN(tst_ReuseTable)
#include "tst_reusetable.moc"
