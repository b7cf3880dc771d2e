// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/hasher.h"
#include "storage/archive/inspect.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"

#include <QStandardPaths>
#include <QtEndian>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

Judgement judge(const QByteArray &path, const Limits &limits = Limits::production())
{
    Monitor monitor;
    const auto archive = ArchiveFile::open(path);
    if (!archive)
        qFatal("cannot open %s", path.constData());
    auto judgement = judgeArchive(*archive, limits, monitor);
    if (!judgement)
        qFatal("no judgement: %s", qPrintable(codeWord(judgement.error().code)));
    return *std::move(judgement);
}

QByteArray essence(const Judgement &judgement)
{
    QByteArray text;
    for (const Member &m : judgement.members)
        text += m.path.bytes() + '|' + memberTypeWord(m.type).toLatin1() + '|' + QByteArray::number(m.size) + '|' + m.link + '|'
            + (m.sha256 ? toHex(*m.sha256) : QByteArray("-")) + '\n';
    return text;
}

RawZipEntry honest(const QByteArray &name = "data/a", const QByteArray &content = "hello hello hello")
{
    RawZipEntry entry;
    entry.name = name;
    entry.content = content;
    return entry;
}

template<class F> RawZipEntry with(F change, const QByteArray &name = "data/b")
{
    RawZipEntry entry = honest(name);
    change(entry);
    return entry;
}

QByteArray sums(const QByteArray &path, const QByteArray &content)
{
    return path + "|file|" + QByteArray::number(content.size()) + "||" + toHex(Sha256Hasher::of(content)) + '\n';
}

}  // namespace

class tst_ZipReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void read_understandsPythonsZips_data();
    void read_understandsPythonsZips();
    void read_understandsInfoZip();
    void read_takesModesTypesAndStreamedEntries();
    void read_refusesWhatTwoReadersCouldReadInTwoWays_data();
    void read_refusesWhatTwoReadersCouldReadInTwoWays();
    void read_neverAcceptsACutOrFlippedZipWithOtherContent();
    void judge_hashesAZipToo();
    void zip64_readsWhatPythonWrote_data();
    void zip64_readsWhatPythonWrote();
    void zip64_recordsMustAgree_data();
    void zip64_recordsMustAgree();
};

void tst_ZipReader::read_understandsPythonsZips_data()
{
    QTest::addColumn<QString>("method");
    QTest::addColumn<bool>("stream");
    QTest::newRow("stored") << QStringLiteral("ZIP_STORED") << false;
    QTest::newRow("deflated") << QStringLiteral("ZIP_DEFLATED") << false;
    QTest::newRow("deflated, streamed") << QStringLiteral("ZIP_DEFLATED") << true;
}

void tst_ZipReader::read_understandsPythonsZips()
{
    if (QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty())
        QSKIP("no python3");
    QFETCH(QString, method);
    QFETCH(bool, stream);
    const QString script = QStringLiteral(
        "import zipfile, sys\n"
        "class W:\n"
        "  def __init__(s): s.f = open('x.zip', 'wb')\n"
        "  def write(s, b): return s.f.write(b)\n"
        "  def flush(s): s.f.flush()\n"
        "with zipfile.ZipFile(%1, 'w', zipfile.%2) as z:\n"
        "  z.writestr('data/', '')\n"
        "  z.writestr('data/a', 'a' * 300000)\n"
        "  z.writestr('data/caf\\u00e9', 'e')\n"
        "  z.writestr('data/empty', '')\n").arg(stream ? QStringLiteral("W()") : QStringLiteral("'x.zip'"), method);
    DataDirBuilder dir;
    const Ran ran = run(QStringLiteral("python3"), {QStringLiteral("-c"), script}, dir.path());
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const Judgement judgement = judge(dir.path("x.zip"));
    QVERIFY2(judgement.verdict == Verdict::Readable, judgement.problems.isEmpty() ? "" : qPrintable(judgement.problems.first().message));
    QCOMPARE(essence(judgement), "data|directory|0||-\n" + sums("data/a", QByteArray(300'000, 'a')) + sums("data/caf\xc3\xa9", "e")
                                     + sums("data/empty", ""));
    QCOMPARE(judgement.topFolder, QByteArray("data"));
}

void tst_ZipReader::read_understandsInfoZip()
{
    if (QStandardPaths::findExecutable(QStringLiteral("zip")).isEmpty())
        QSKIP("zip is not installed");
    DataDirBuilder dir;
    dir.file("data/a", "hello", 0600, 1'700'000'001'000'000'000).symlink("data/l", "a").dir("data/void");
    QCOMPARE(run(QStringLiteral("zip"), {QStringLiteral("-qry"), QStringLiteral("x.zip"), QStringLiteral("data")}, dir.path()).exitCode, 0);
    const Judgement judgement = judge(dir.path("x.zip"));
    QCOMPARE(judgement.verdict, Verdict::Readable);
    for (const Member &member : judgement.members) {
        if (member.path.bytes() != "data/a")
            continue;
        QCOMPARE(member.mode, 0600u);
        QCOMPARE(member.mtimeNs, 1'700'000'001'000'000'000);
    }
}

void tst_ZipReader::read_takesModesTypesAndStreamedEntries()
{
    DataDirBuilder dir;
    dir.file("x.zip", zip({honest(),
                           with([](RawZipEntry &e) { e.descriptor = true; }, "data/streamed"),
                           with([](RawZipEntry &e) { e.unixMode = 0104711; }, "data/setuid"),
                           with([](RawZipEntry &e) { e.unixMode = 0; }, "data/dos"),
                           with([](RawZipEntry &e) { e.unixMode = 0120777; e.deflated = false; e.content = "a"; }, "data/link"),
                           with([](RawZipEntry &e) { e.unixMode = 0040700; e.content.clear(); e.deflated = false; }, "data/dir/")},
                          "a comment"));
    const Judgement judgement = judge(dir.path("x.zip"));
    QVERIFY2(judgement.verdict == Verdict::Readable, judgement.problems.isEmpty() ? "" : qPrintable(judgement.problems.first().message));
    QCOMPARE(judgement.members.size(), 6);
    QCOMPARE(judgement.members[2].mode, 04711u);
    QCOMPARE(judgement.members[3].mode, 0644u);
    QCOMPARE(judgement.members[4].type, MemberType::Symlink);
    QCOMPARE(judgement.members[4].link, QByteArray("a"));
    QCOMPARE(judgement.members[5].type, MemberType::Directory);
    QCOMPARE(judgement.members[5].mode, 0700u);
}

void tst_ZipReader::read_refusesWhatTwoReadersCouldReadInTwoWays_data()
{
    using E = ErrorCode;
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<ErrorCode>("code");
    const auto row = [](const char *name, const RawZipEntry &entry, ErrorCode code) {
        QTest::newRow(name) << zip({honest(), entry}) << code;
    };
    const auto whole = [](const char *name, const QByteArray &file, ErrorCode code) { QTest::newRow(name) << file << code; };
    const QByteArray good = zip({honest()});
    row("climbs", honest("data/../../x"), E::BadPath);
    row("absolute", honest("/etc/x"), E::BadPath);
    row("backslash", honest("data\\..\\x"), E::BadPath);
    row("empty name", honest(""), E::ArchiveHostile);
    row("nul in the name", honest(QByteArray("data/b\0c", 8)), E::BadPath);
    row("path twice", honest("data/a"), E::ArchiveHostile);
    row("names differ", with([](RawZipEntry &e) { e.localName = "data/c"; }), E::ArchiveHostile);
    row("CRC", with([](RawZipEntry &e) { e.crcOff = 1; }), E::ArchiveDamaged);
    row("CRC of a stored one", with([](RawZipEntry &e) { e.crcOff = 1; e.deflated = false; }), E::ArchiveDamaged);
    row("claims more", with([](RawZipEntry &e) { e.claimedSize = 60'000; }), E::ArchiveDamaged);
    row("claims less", with([](RawZipEntry &e) { e.claimedSize = 3; }), E::ArchiveHostile);
    row("claims more, stored", with([](RawZipEntry &e) { e.claimedSize = 60'000; e.deflated = false; }), E::ArchiveHostile);
    row("encrypted", with([](RawZipEntry &e) { e.flags = 1; }), E::ArchiveWrongKind);
    row("unknown flag", with([](RawZipEntry &e) { e.flags = 0x20; }), E::ArchiveWrongKind);
    row("UTF-8 flag on other bytes", with([](RawZipEntry &e) { e.flags = 0x800; }, "data/\xff"), E::ArchiveHostile);
    row("second name", with([](RawZipEntry &e) { e.centralExtra = QByteArray("\x75\x70\x01\x00x", 5); }), E::ArchiveHostile);
    row("extra field too long", with([](RawZipEntry &e) { e.centralExtra = QByteArray("\x75\x71\xff\x00x", 5); }), E::ArchiveHostile);
    row("device", with([](RawZipEntry &e) { e.unixMode = 0020644; }), E::ArchiveHostile);
    row("link outside", with([](RawZipEntry &e) { e.unixMode = 0120777; e.deflated = false; e.content = "/etc/passwd"; }), E::OutwardLink);
    row("deflated link", with([](RawZipEntry &e) { e.unixMode = 0120777; e.content = "a"; }), E::ArchiveHostile);
    row("folder with content", honest("data/dir/"), E::ArchiveHostile);
    whole("something in front", QByteArray("#!/bin/sh\n" + good), E::ArchiveWrongKind);
    whole("something behind", QByteArray(good + "x"), E::ArchiveHostile);
    whole("two zips", QByteArray(good + good), E::ArchiveHostile);
    whole("end record in the comment", zip({honest()}, QByteArray("PK\x05\x06") + QByteArray(18, '\0')), E::ArchiveHostile);
    whole("no end record", good.chopped(22), E::ArchiveTruncated);
    QByteArray gap = zip({honest(), honest("data/b")});
    QByteArray hidden = gap;
    // The first entry of the directory is taken out: its data stay, uncovered.
    const qsizetype directory = gap.indexOf("PK\x01\x02");
    const qsizetype second = gap.indexOf("PK\x01\x02", directory + 4);
    hidden.remove(directory, second - directory);
    const qsizetype end = hidden.size() - 22;
    hidden[end + 8] = hidden[end + 10] = 1;
    hidden[end + 12] = char(end - directory);
    whole("entry missing in the directory", hidden, E::ArchiveHostile);
    whole("empty", zip({}), E::ArchiveEmpty);
}

void tst_ZipReader::read_refusesWhatTwoReadersCouldReadInTwoWays()
{
    QFETCH(QByteArray, file);
    QFETCH(ErrorCode, code);
    DataDirBuilder dir;
    dir.file("x.zip", file);
    const Judgement judgement = judge(dir.path("x.zip"));
    QVERIFY(!judgement.isUsable());
    QCOMPARE(codeWord(judgement.problems.first().code), codeWord(code));
}

void tst_ZipReader::read_neverAcceptsACutOrFlippedZipWithOtherContent()
{
    const QByteArray whole = zip({honest(), with([](RawZipEntry &e) { e.descriptor = true; }, "data/b")});
    DataDirBuilder dir;
    dir.file("x.zip", whole);
    const QByteArray truth = essence(judge(dir.path("x.zip")));
    for (qsizetype size = 0; size < whole.size(); ++size) {
        dir.file("x.zip", whole.left(size));
        QVERIFY2(!judge(dir.path("x.zip")).isUsable(), qPrintable(QString::number(size)));
    }
    int silent = 0;
    for (qsizetype bit = 0; bit < whole.size() * 8; ++bit) {
        QByteArray flipped = whole;
        flipped[bit / 8] = char(flipped[bit / 8] ^ (1 << (bit % 8)));
        dir.file("x.zip", flipped);
        const Judgement judgement = judge(dir.path("x.zip"));
        if (!judgement.isUsable())
            continue;
        ++silent;
        // Times, versions and attributes are nobody's checksum; types and contents are.
        QCOMPARE(essence(judgement), truth);
    }
    QVERIFY(silent < whole.size() * 8 / 2);
    qInfo("%lld cuts, %lld flips, %d of them in fields without a checksum", qlonglong(whole.size()), qlonglong(whole.size() * 8), silent);
}

void tst_ZipReader::judge_hashesAZipToo()
{
    const QByteArray file = zip({honest()});
    DataDirBuilder dir;
    dir.file("x.zip", file);
    QCOMPARE(judge(dir.path("x.zip")).archiveSha256Hex, toHex(Sha256Hasher::of(file)));
}

void tst_ZipReader::zip64_readsWhatPythonWrote_data()
{
    QTest::addColumn<QString>("script");
    QTest::addColumn<qint64>("members");
    // 65,535 is the number that the old record cannot tell from "look elsewhere".
    for (const int count : {65'534, 65'535, 70'000}) {
        QTest::newRow(qPrintable(QString::number(count)))
            << QStringLiteral("z = zipfile.ZipFile('x.zip', 'w')\nfor i in range(%1): z.writestr('data/%d' % i, b'x')\nz.close()").arg(count)
            << qint64(count);
    }
    QTest::newRow("64-bit sizes of an entry")
        << QStringLiteral("z = zipfile.ZipFile('x.zip', 'w')\nwith z.open('data/a', 'w', force_zip64=True) as f: f.write(b'hello')\nz.close()")
        << qint64(1);
}

void tst_ZipReader::zip64_readsWhatPythonWrote()
{
    QFETCH(QString, script);
    QFETCH(qint64, members);
    const QString python = QStandardPaths::findExecutable(QStringLiteral("python3"));
    if (python.isEmpty())
        QSKIP("python3 is not installed");
    DataDirBuilder dir;
    const Ran ran = run(python, {QStringLiteral("-c"), QStringLiteral("import zipfile\n") + script}, dir.path());
    QVERIFY2(ran.exitCode == 0, ran.err.constData());
    const Judgement judgement = judge(dir.path("x.zip"));
    QVERIFY2(judgement.verdict == Verdict::Readable, judgement.problems.isEmpty() ? "" : qPrintable(judgement.problems.first().message));
    QCOMPARE(judgement.members.size(), members);
}

void tst_ZipReader::zip64_recordsMustAgree_data()
{
    QTest::addColumn<int>("at");        // from the beginning of the zip64 end record
    QTest::addColumn<int>("value");
    QTest::addColumn<bool>("readable");
    QTest::newRow("untouched") << -1 << 0 << true;
    QTest::newRow("length") << 4 << 45 << false;
    QTest::newRow("another disk") << 16 << 1 << false;
    QTest::newRow("fewer here") << 24 << 0 << false;
    QTest::newRow("fewer in all") << 32 << 0 << false;
    QTest::newRow("directory is longer") << 40 << 255 << false;
    QTest::newRow("directory is elsewhere") << 48 << 1 << false;
    QTest::newRow("locator points elsewhere") << 56 + 8 << 3 << false;
    QTest::newRow("two disks") << 56 + 16 << 2 << false;
    QTest::newRow("old record counts otherwise") << 76 + 10 << 7 << false;
    QTest::newRow("old record has another size") << 76 + 12 << 7 << false;
}

void tst_ZipReader::zip64_recordsMustAgree()
{
    QFETCH(int, at);
    QFETCH(int, value);
    QFETCH(bool, readable);
    // An honest zip with the records of a large one in front of its end record.
    QByteArray bytes = zip({honest()});
    const QByteArray end = bytes.right(22);
    const auto offset = qFromLittleEndian<quint32>(end.constData() + 16);
    const auto size = qFromLittleEndian<quint32>(end.constData() + 12);
    const qsizetype record = bytes.size() - 22;
    QByteArray wide(76, '\0');
    memcpy(wide.data(), "PK\x06\x06", 4);
    qToLittleEndian<quint64>(44, wide.data() + 4);
    qToLittleEndian<quint16>(45, wide.data() + 12);
    qToLittleEndian<quint16>(45, wide.data() + 14);
    qToLittleEndian<quint64>(1, wide.data() + 24);
    qToLittleEndian<quint64>(1, wide.data() + 32);
    qToLittleEndian<quint64>(size, wide.data() + 40);
    qToLittleEndian<quint64>(offset, wide.data() + 48);
    memcpy(wide.data() + 56, "PK\x06\x07", 4);
    qToLittleEndian<quint64>(quint64(record), wide.data() + 64);
    qToLittleEndian<quint32>(1, wide.data() + 72);
    bytes.insert(record, wide);
    if (at >= 0)
        bytes[record + at] = char(value);
    DataDirBuilder dir;
    dir.file("x.zip", bytes);
    QCOMPARE(judge(dir.path("x.zip")).isUsable(), readable);
}

QTEST_GUILESS_MAIN(tst_ZipReader)
#include "tst_zipreader.moc"
