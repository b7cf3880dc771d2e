// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/aside.h"
#include "storage/archive/hasher.h"
#include "storage/archive/inspect.h"
#include "storage/archive/ownindex.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/ownarchive.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

Member memberOf(const char *path, MemberType type, qint64 size = 0, const QByteArray &link = {})
{
    Member member;
    member.path = RelPath::literal(path);
    member.type = type;
    member.size = size;
    member.link = link;
    member.mode = 0640;
    member.uid = 1000;
    member.gid = 4'000'000'000;
    member.mtimeNs = 1'700'000'000'123'456'789;
    return member;
}

QList<Member> someMembers()
{
    QList<Member> members = {memberOf("data", MemberType::Directory), memberOf("data/a b\xff", MemberType::File, qint64(1) << 40),
                             memberOf("data/a", MemberType::File), memberOf("data/link", MemberType::Symlink, 0, "a b\xff"),
                             memberOf("data/twin", MemberType::Hardlink, 0, "data/a"), memberOf("data/pipe", MemberType::Fifo)};
    members[2].mtimeNs = std::numeric_limits<qint64>::min();
    members[3].mtimeNs = std::numeric_limits<qint64>::max();
    members[4].mtimeNs = -1;
    return members;
}

QByteArray textOf(const Member &m)
{
    return m.path.bytes() + '|' + QByteArray::number(int(m.type)) + '|' + QByteArray::number(m.size) + '|' + QByteArray::number(m.mode) + '|'
        + QByteArray::number(m.uid) + '|' + QByteArray::number(m.gid) + '|' + QByteArray::number(m.mtimeNs) + '|' + m.link + '|'
        + (m.sha256 ? toHex(*m.sha256) : QByteArray("-"));
}

QByteArray textOf(const QList<Member> &members)
{
    QByteArray text;
    for (const Member &member : members)
        text += textOf(member) + '\n';
    return text;
}

constexpr qint64 kMost = 1 << 20;

/// Reads to the end or to the first error.
Result<QList<Member>> readAll(QByteArrayView packed)
{
    STRONGROOM_TRY(IndexReader reader, IndexReader::open(packed, kMost));
    QList<Member> members;
    while (!reader.atEnd()) {
        STRONGROOM_TRY(Member member, reader.next());
        members.append(std::move(member));
    }
    return members;
}

OwnArchiveSpec manyFiles(ArchiveFormat format)
{
    OwnArchiveSpec spec;
    spec.format = format;
    for (int i = 0; i < 3000; ++i)
        spec.files.append({"data/file" + QByteArray::number(i), QByteArray(i % 300, char('a' + i % 26))});
    spec.files.append({"data/large", QByteArray((3 << 20) + 5, 'L')});
    return spec;
}

}  // namespace

class tst_MemberIndex : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void index_givesBackWhatWasPutIn();
    void index_refusesWhatIsCutOrBent();
    void index_refusesMoreThanTheLimit();
    void aside_isTakenBackOnlyWhole_data();
    void aside_isTakenBackOnlyWhole();
    void archive_isListedByItsIndex_data();
    void archive_isListedByItsIndex();
    void archive_withoutAnIndexIsNotListed();
    void judge_findsAnIndexThatLies_data();
    void judge_findsAnIndexThatLies();

private:
    DataDirBuilder m_dir;
};

void tst_MemberIndex::index_givesBackWhatWasPutIn()
{
    const QList<IndexedGroup> groups = {{100, 1000, 4}, {qint64(1) << 40, 7, 2}};
    const QByteArray packed = encodeIndex(groups, someMembers());
    auto reader = IndexReader::open(packed, kMost);
    QVERIFY(reader);
    QCOMPARE(reader->groups().size(), 2);
    QCOMPARE(reader->groups().at(0).raw, 1000);
    QCOMPARE(reader->groups().at(1).packed, qint64(1) << 40);
    QCOMPARE(reader->groups().at(1).members, 2);
    const auto members = readAll(packed);
    QVERIFY(members);
    QCOMPARE(textOf(*members), textOf(someMembers()));
}

void tst_MemberIndex::index_refusesWhatIsCutOrBent()
{
    // Through the text, not through what packs it: that has checks of its own.
    const QByteArray whole = encodeIndex({{100, 1000, 6}}, someMembers());
    for (qsizetype size = 0; size < whole.size(); ++size)
        QVERIFY(!readAll(QByteArrayView(whole).first(size)));
    int refused = 0;
    for (qsizetype at = 0; at < whole.size(); ++at) {
        for (int bit = 0; bit < 8; ++bit) {
            QByteArray bent = whole;
            bent[at] = char(bent[at] ^ (1 << bit));
            const auto members = readAll(bent);   // whatever comes back, every path is one
            refused += !members;
            for (const Member &member : members.value_or(QList<Member>()))
                QVERIFY(member.path.isRoot() || RelPath::parse(member.path.bytes()));
        }
    }
    QVERIFY(refused > 0);
    // Climbing names do not come out.
    Member climbing = memberOf("xx", MemberType::File);
    QByteArray text = encodeIndex({}, {climbing});
    const qsizetype at = text.indexOf("xx");
    QVERIFY(at > 0);   // short texts are stored as they are
    text.replace(at, 2, "..");
    QCOMPARE(readAll(text).error().code, ErrorCode::BadPath);
}

void tst_MemberIndex::index_refusesMoreThanTheLimit()
{
    QCOMPARE(IndexReader::open(encodeIndex({}, someMembers()), 10).error().code, ErrorCode::LimitExceeded);
}

void tst_MemberIndex::aside_isTakenBackOnlyWhole_data()
{
    QTest::addColumn<ArchiveFormat>("format");
    QTest::newRow("gzip") << ArchiveFormat::TarGzip;
    QTest::newRow("zstd") << ArchiveFormat::TarZstd;
}

void tst_MemberIndex::aside_isTakenBackOnlyWhole()
{
    QFETCH(ArchiveFormat, format);
    QByteArray bytes(40'000, Qt::Uninitialized);
    for (qsizetype i = 0; i < bytes.size(); ++i)
        bytes[i] = char(i * 7);
    const QByteArray wrapped = layAside(bytes, kIndexMark, format);
    QCOMPARE(takeAside(wrapped, kIndexMark, format), std::optional(bytes));
    QVERIFY(!takeAside(wrapped.chopped(1), kIndexMark, format));
    QVERIFY(!takeAside(QByteArray(wrapped + 'x'), kIndexMark, format));
    QVERIFY(!takeAside(wrapped, kTrailerMark, format));
    QCOMPARE(layAside({}, kIndexMark, format), QByteArray());
    QCOMPARE(layAside(bytes, kIndexMark, ArchiveFormat::Tar), QByteArray());
}

void tst_MemberIndex::archive_isListedByItsIndex_data()
{
    aside_isTakenBackOnlyWhole_data();
}

void tst_MemberIndex::archive_isListedByItsIndex()
{
    QFETCH(ArchiveFormat, format);
    const QByteArray path = m_dir.path("listed" + QByteArray::number(int(format)));
    writeOwnArchive(path, manyFiles(format));
    const auto archive = ArchiveFile::open(path);
    QVERIFY(archive);
    Monitor monitor;
    const auto judgement = judgeArchive(*archive, Limits::production(), monitor);
    QVERIFY(judgement && judgement->verdict == Verdict::Verified);
    const auto listed = membersByIndex(*archive, Limits::production(), true, monitor);
    QVERIFY(listed && *listed);
    QCOMPARE(textOf(**listed), textOf(judgement->members));

    // Every group stands by itself where the index says, and holds as many members as it says.
    const auto index = openIndex(*archive, Limits::production());
    QVERIFY(index && *index);
    QVERIFY((*index)->groups().size() > 10);
    qint64 offset = 0;
    for (const IndexedGroup &group : (*index)->groups()) {
        FileInput input(*archive, false, monitor);
        input.narrow(offset, group.packed);
        const auto source = openByteSource(input, format, Limits::production());
        QVERIFY(source);
        QByteArray raw(group.raw + 1, '\0');
        qint64 got = 0;
        for (qint64 n = 1; n > 0; got += n) {
            const auto read = (*source)->read(raw.data() + got, raw.size() - got);
            QVERIFY(read);
            n = *read;
        }
        QCOMPARE(got, group.raw);
        offset += group.packed;
    }
}

void tst_MemberIndex::archive_withoutAnIndexIsNotListed()
{
    const QByteArray path = m_dir.path("plain.tar");
    writeOwnArchive(path, manyFiles(ArchiveFormat::Tar));
    const auto archive = ArchiveFile::open(path);
    Monitor monitor;
    const auto listed = membersByIndex(*archive, Limits::production(), false, monitor);
    QVERIFY(listed);
    QVERIFY(!*listed);
}

void tst_MemberIndex::judge_findsAnIndexThatLies_data()
{
    QTest::addColumn<std::function<void(QList<Member> &)>>("bend");
    using Bend = std::function<void(QList<Member> &)>;
    QTest::newRow("another name") << Bend([](QList<Member> &m) { m[1].path = RelPath::literal("data/b.json"); });
    QTest::newRow("another size") << Bend([](QList<Member> &m) { ++m[1].size; });
    QTest::newRow("another mode") << Bend([](QList<Member> &m) { m[1].mode = 0600; });
    QTest::newRow("another time") << Bend([](QList<Member> &m) { ++m[1].mtimeNs; });
    QTest::newRow("another owner") << Bend([](QList<Member> &m) { ++m[1].uid; });
    QTest::newRow("one too few") << Bend([](QList<Member> &m) { m.removeLast(); });
    QTest::newRow("one too many") << Bend([](QList<Member> &m) { m.append(m.last()); });
}

void tst_MemberIndex::judge_findsAnIndexThatLies()
{
    QFETCH(std::function<void(QList<Member> &)>, bend);
    OwnArchiveSpec spec;
    spec.bendIndex = bend;
    const QByteArray path = m_dir.path("lies.tar.gz");
    writeOwnArchive(path, spec);
    const auto archive = ArchiveFile::open(path);
    Monitor monitor;
    const auto judgement = judgeArchive(*archive, Limits::production(), monitor);
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Damaged);
    QCOMPARE(judgement->problems.size(), 1);
    QCOMPARE(judgement->problems.first().code, ErrorCode::ManifestInvalid);
    QVERIFY(judgement->problems.first().message.contains(u"index"));
}

QTEST_GUILESS_MAIN(tst_MemberIndex)
#include "tst_memberindex.moc"
