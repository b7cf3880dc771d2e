// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/tarformat.h"

#include "tests/support/datadirbuilder.h"

#include <QtTest>

#include <limits>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

Member file(const QByteArray &path, qint64 size = 0, qint64 mtimeNs = 1'700'000'000'000'000'000)
{
    Member m;
    m.path = RelPath::literal(path);
    m.size = size;
    m.mode = 0640;
    m.mtimeNs = mtimeNs;
    return m;
}

/// What a reader sees after the overrides; one entry, nothing behind it.
struct Seen {
    TarHeader header;
    PaxRecords pax;
    qsizetype blocks = 0;
};

Seen readBack(const QByteArray &bytes)
{
    Seen seen;
    qsizetype at = 0;
    for (;;) {
        const auto header = decodeTarHeader(QByteArrayView(bytes).sliced(at, kTarBlock), at);
        if (!header)
            qFatal("header refused: %s", qPrintable(header.error().args.join(u' ')));
        at += kTarBlock;
        if (header->type != 'x') {
            seen.header = *header;
            break;
        }
        const auto pax = decodePax(QByteArrayView(bytes).sliced(at, header->size), false, at);
        if (!pax)
            qFatal("pax refused: %s", qPrintable(pax.error().args.join(u' ')));
        seen.pax = *pax;
        at += tarPadded(header->size);
    }
    if (at != bytes.size())
        qFatal("bytes behind the header");
    seen.blocks = at / kTarBlock;
    return seen;
}

QByteArray encoded(const Member &member)
{
    QByteArray out;
    appendTarHeader(out, member);
    return out;
}

/// "LENGTH KEY=VALUE\n" with its right length (two digits).
QByteArray record(const QByteArray &key, const QByteArray &value)
{
    const qsizetype rest = key.size() + value.size() + 3;
    return QByteArray::number(rest + (rest + 1 < 10 ? 1 : 2)) + ' ' + key + '=' + value + '\n';
}

QByteArray withChecksum(QByteArray block)
{
    memset(block.data() + 148, ' ', 8);
    quint32 sum = 0;
    for (const char c : block)
        sum += quint8(c);
    const QByteArray digits = QByteArray::number(sum, 8).rightJustified(6, '0');
    memcpy(block.data() + 148, digits.constData(), 6);
    block[154] = '\0';
    return block;
}

}  // namespace

class tst_TarFormat : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void header_isOneBlockWhenEverythingFits();
    void header_splitsLongPathsBeforeItUsesPax();
    void header_carriesEveryValueBack_data();
    void header_carriesEveryValueBack();
    void header_isReadByTarAndPython_data();
    void header_isReadByTarAndPython();
    void decode_refusesEveryFlippedBitOfAHeader();
    void encode_leavesTheFractionToTheManifest_data();
    void encode_leavesTheFractionToTheManifest();
    void decode_refusesNumbersThatLie_data();
    void decode_refusesNumbersThatLie();
    void decode_readsBase256AndGnuNames();
    void decodePax_refusesWhatReadersDisagreeAbout_data();
    void decodePax_refusesWhatReadersDisagreeAbout();
    void decodePax_ignoresWhatItDoesNotRestore();
};

void tst_TarFormat::header_isOneBlockWhenEverythingFits()
{
    const QByteArray bytes = encoded(file("data/a.json", 42));
    QCOMPARE(bytes.size(), kTarBlock);
    const Seen seen = readBack(bytes);
    QCOMPARE(seen.header.name, QByteArray("data/a.json"));
    QCOMPARE(seen.header.size, 42);
    QCOMPARE(seen.header.mode, 0640u);
    QCOMPARE(seen.header.mtimeNs, 1'700'000'000'000'000'000);
    QCOMPARE(encoded(file("data/a.json", 42)), bytes);
}

void tst_TarFormat::header_splitsLongPathsBeforeItUsesPax()
{
    const QByteArray path = QByteArray(120, 'd') + '/' + QByteArray(100, 'n');
    const QByteArray bytes = encoded(file(path));
    QCOMPARE(bytes.size(), kTarBlock);
    QCOMPARE(readBack(bytes).header.name, path);

    const QByteArray unsplittable = QByteArray(120, 'd') + '/' + QByteArray(101, 'n');
    const Seen seen = readBack(encoded(file(unsplittable)));
    QCOMPARE(seen.pax.path.value_or(QByteArray()), unsplittable);
    QCOMPARE(seen.blocks, 3);
}

void tst_TarFormat::header_carriesEveryValueBack_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<qint64>("size");
    QTest::addColumn<qint64>("mtimeNs");
    QTest::addColumn<quint32>("owner");
    QTest::newRow("nanoseconds") << QByteArray("d/f") << qint64(1) << qint64(1795150157314751123) << 0u;
    QTest::newRow("one nanosecond") << QByteArray("d/f") << qint64(1) << qint64(1) << 0u;
    QTest::newRow("before 1970") << QByteArray("d/f") << qint64(1) << qint64(-1'500'000'001) << 0u;
    QTest::newRow("whole second before 1970") << QByteArray("d/f") << qint64(1) << qint64(-2'000'000'000) << 0u;
    QTest::newRow("latest") << QByteArray("d/f") << qint64(1) << qint64(9'000'000'000'999'999'999) << 0u;
    QTest::newRow("8 GiB less one") << QByteArray("d/f") << (qint64(8) << 30) - 1 << qint64(0) << 0u;
    QTest::newRow("8 GiB") << QByteArray("d/f") << (qint64(8) << 30) << qint64(0) << 0u;
    QTest::newRow("9 EB") << QByteArray("d/f") << qint64(9'000'000'000'000'000'000) << qint64(0) << 0u;
    QTest::newRow("big owner") << QByteArray("d/f") << qint64(0) << qint64(0) << 4'000'000'000u;
    QTest::newRow("largest octal owner") << QByteArray("d/f") << qint64(0) << qint64(0) << 07777777u;
    QTest::newRow("any bytes") << QByteArray("d/\xff\xfe\n=\t caf\xe9") << qint64(0) << qint64(0) << 0u;
    QTest::newRow("long, any bytes") << "d/" + QByteArray(255, '\x81') << qint64(7) << qint64(5) << 3'000'000u;
    QTest::newRow("deep") << QByteArray(QByteArray("component/").repeated(60) + "f") << qint64(7) << qint64(5) << 0u;
    for (int length = 97; length <= 103; ++length)   // the pax length counts its own digits: walk over the steps
        QTest::addRow("path of %d", length) << QByteArray(length, 'p') << qint64(0) << qint64(0) << 0u;
    for (int length = 988; length <= 994; ++length)
        QTest::addRow("path of %d", length) << QByteArray("abc/").repeated(length / 4) + QByteArray(length % 4 + 120, 'p')
                                            << qint64(0) << qint64(0) << 0u;
}

void tst_TarFormat::header_carriesEveryValueBack()
{
    QFETCH(QByteArray, path);
    QFETCH(qint64, size);
    QFETCH(qint64, mtimeNs);
    QFETCH(quint32, owner);
    Member member = file(path, size, mtimeNs);
    member.uid = owner;
    member.gid = owner;
    const Seen seen = readBack(encoded(member));
    QCOMPARE(seen.pax.path.value_or(seen.header.name), path);
    QCOMPARE(seen.pax.size.value_or(seen.header.size), size);
    QCOMPARE(seen.pax.mtimeNs.value_or(seen.header.mtimeNs), mtimeNs);
    QCOMPARE(seen.pax.uid.value_or(seen.header.uid), owner);
    QCOMPARE(seen.pax.gid.value_or(seen.header.gid), owner);
    // Readers that know pax but check the header too: it must agree or say "see pax".
    QVERIFY(!seen.pax.size || seen.header.size == kTarMaxOctal);

    member.type = MemberType::Symlink;
    member.link = path + path;
    const Seen link = readBack(encoded(member));
    QCOMPARE(link.pax.link.value_or(link.header.link), QByteArray(path + path));
    QCOMPARE(link.header.size, 0);

    member.type = MemberType::Directory;
    const Seen folder = readBack(encoded(member));
    QCOMPARE(folder.pax.path.value_or(folder.header.name), path + '/');
    QCOMPARE(folder.header.type, '5');
}

void tst_TarFormat::header_isReadByTarAndPython_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("plain") << QByteArray("d/f");
    QTest::newRow("split") << QByteArray(QByteArray(120, 'd') + '/' + QByteArray(100, 'n'));
    QTest::newRow("pax") << QByteArray("d/" + QByteArray(250, 'n'));
    QTest::newRow("latin1") << QByteArray("d/caf\xe9 \xff");
    QTest::newRow("long latin1") << QByteArray("d/" + QByteArray(200, '\xe9'));
    QTest::newRow("newline and quotes") << QByteArray("d/a\nb \"c\" \\ 'd'");
}

void tst_TarFormat::header_isReadByTarAndPython()
{
    QFETCH(QByteArray, path);
    const qint64 mtimeNs = 1795150157314751123;
    QByteArray tar;
    Member member = file(path, 3, mtimeNs);
    appendTarHeader(tar, member);
    tar.append("abc");
    appendTarPadding(tar, 3);
    member.type = MemberType::Symlink;
    member.path = RelPath::literal("link");
    member.link = path;
    appendTarHeader(tar, member);
    appendTarEnd(tar);

    DataDirBuilder builder;
    const Ran ran = run(QStringLiteral("tar"), {QStringLiteral("-xpf"), QStringLiteral("-")}, builder.path(), tar);
    QCOMPARE(ran.err, QByteArray());
    QCOMPARE(ran.exitCode, 0);
    QCOMPARE(builder.read(path), QByteArray("abc"));
    const QByteArray print = treeFingerprint(builder.path());
    QCOMPARE(print.count(QByteArray::number(mtimeNs)), 2);
    QVERIFY(print.contains(QByteArray("-> " + path)));

    const Ran python = run(QStringLiteral("python3"),
                           {QStringLiteral("-c"),
                            QStringLiteral("import sys,tarfile,os\n"
                                           "t=tarfile.open(fileobj=sys.stdin.buffer,mode='r|')\n"
                                           "for m in t: sys.stdout.buffer.write(os.fsencode(m.name)+b'\\0'+"
                                           "os.fsencode(m.linkname)+b'\\0%d %d %o\\0'%(m.size,int(m.mtime),m.mode))\n")},
                           {}, tar);
    QCOMPARE(python.err, QByteArray());
    const QByteArray nul(1, '\0');
    QCOMPARE(python.out, path + nul + nul + "3 1795150157 640" + nul + "link" + nul + path + nul + "0 1795150157 640" + nul);
}

void tst_TarFormat::decode_refusesEveryFlippedBitOfAHeader()
{
    const QByteArray good = encoded(file("data/a.json", 42));
    int refused = 0;
    for (qsizetype bit = 0; bit < kTarBlock * 8; ++bit) {
        QByteArray bad = good;
        bad[bit / 8] = char(quint8(bad[bit / 8]) ^ (1u << (bit % 8)));
        const bool inChecksum = bit / 8 >= 148 && bit / 8 < 156;
        const auto header = decodeTarHeader(bad, 0);
        // In the checksum field a leading zero may become a blank: the same number, the same header.
        QVERIFY2(!header || inChecksum, qPrintable(QString::number(bit)));
        refused += !header;
    }
    QVERIFY(refused >= (kTarBlock - 8) * 8 + 50);
}

void tst_TarFormat::decode_refusesNumbersThatLie_data()
{
    QTest::addColumn<int>("at");
    QTest::addColumn<QByteArray>("bytes");
    QTest::newRow("negative base-256 size") << 124 << QByteArray(12, '\xff');
    QTest::newRow("size of 2^63") << 124 << QByteArray("\x80\0\0\0\x80\0\0\0\0\0\0\0", 12);
    QTest::newRow("size of 2^64") << 124 << QByteArray("\x80\0\0\x01\0\0\0\0\0\0\0\0", 12);
    QTest::newRow("minus sign") << 124 << QByteArray("-0000000001\0", 12);
    QTest::newRow("garbage") << 124 << QByteArray("00000zzzz00\0", 12);
    QTest::newRow("digits behind the end") << 124 << QByteArray("0000\0001110\0\0", 12);
    QTest::newRow("mode") << 100 << QByteArray("rw-r--r-", 8);
    QTest::newRow("sparse without magic") << 156 << QByteArray("S");
}

void tst_TarFormat::encode_leavesTheFractionToTheManifest_data()
{
    QTest::addColumn<qint64>("ns");
    QTest::addColumn<qint64>("seconds");
    QTest::newRow("whole") << qint64(1'795'150'157'000'000'000) << qint64(1'795'150'157);
    QTest::newRow("fraction") << qint64(1'795'150'157'314'751'123) << qint64(1'795'150'157);
    QTest::newRow("before 1970") << qint64(-1) << qint64(-1);
}

void tst_TarFormat::encode_leavesTheFractionToTheManifest()
{
    QFETCH(qint64, ns);
    QFETCH(qint64, seconds);
    Member member = file("data/a.json", 42);
    member.mtimeNs = ns;
    Member floored = member;
    floored.mtimeNs = seconds * 1'000'000'000;
    QByteArray out;
    appendTarHeader(out, member, TarTimes::Seconds);
    QCOMPARE(out, encoded(floored));
    QVERIFY(standsForTime(floored.mtimeNs, ns));
    QVERIFY(!standsForTime(floored.mtimeNs + 1'000'000'000, ns));
    QVERIFY(!standsForTime(ns + 1, ns));
}

void tst_TarFormat::decode_refusesNumbersThatLie()
{
    QFETCH(int, at);
    QFETCH(QByteArray, bytes);
    QByteArray block = encoded(file("data/a.json", 42));
    block.replace(at, bytes.size(), bytes);
    if (at == 156)
        memset(block.data() + 257, 0, 8);
    const auto header = decodeTarHeader(withChecksum(block), 1024);
    QVERIFY(!header);
    QCOMPARE(header.error().code, ErrorCode::ArchiveHostile);
    QCOMPARE(header.error().args.first(), QStringLiteral("1024"));
}

void tst_TarFormat::decode_readsBase256AndGnuNames()
{
    QByteArray block = encoded(file("x"));
    block.replace(124, 12, QByteArray("\x80\0\0\0\0\0\0\x02\0\0\0\0", 12));
    block.replace(136, 12, QByteArray(11, '\xff').append('\xfe'));
    block.replace(108, 8, QByteArray(8, '\xff'));
    const auto header = decodeTarHeader(withChecksum(block), 0);
    QVERIFY(header);
    QCOMPARE(header->size, qint64(8) << 30);
    QCOMPARE(header->mtimeNs, -2'000'000'000);
    QCOMPARE(header->uid, 0u);

    QCOMPARE(decodeGnuLongName(QByteArrayView("long/name\0", 10), 0).value_or(QByteArray()), QByteArray("long/name"));
    for (const QByteArray &bad : {QByteArray("name"), QByteArray("na\0me\0", 6), QByteArray("\0", 1), QByteArray()})
        QCOMPARE(decodeGnuLongName(bad, 0).error().code, ErrorCode::ArchiveHostile);
}

void tst_TarFormat::decodePax_refusesWhatReadersDisagreeAbout_data()
{
    QTest::addColumn<QByteArray>("body");
    QTest::addColumn<bool>("global");
    QTest::newRow("length too long") << QByteArray("99 path=a\n") << false;
    QTest::newRow("length too short") << QByteArray("8 path=a\n") << false;
    QTest::newRow("length with a zero in front") << QByteArray("010 path=a\n") << false;
    QTest::newRow("no length") << QByteArray("path=abc\n") << false;
    QTest::newRow("length only") << QByteArray("3 \n") << false;
    QTest::newRow("seven digits") << QByteArray("1000000 path=a\n") << false;
    QTest::newRow("no newline") << QByteArray("10 path=ab") << false;
    QTest::newRow("no equals") << QByteArray("9 pathab\n") << false;
    QTest::newRow("NUL") << record("path", QByteArray("a\0b", 3)) << false;
    QTest::newRow("no key") << record("", "ab") << false;
    QTest::newRow("key twice") << record("path", "a") + record("path", "b") << false;
    QTest::newRow("empty path") << record("path", "") << false;
    QTest::newRow("empty link") << record("linkpath", "") << false;
    QTest::newRow("negative size") << record("size", "-1") << false;
    QTest::newRow("size of 20 digits") << record("size", QByteArray(20, '9')) << false;
    QTest::newRow("size of 2^63-1") << record("size", "9223372036854775807") << false;
    QTest::newRow("time") << record("mtime", "soon") << false;
    QTest::newRow("time with ten digits of fraction") << record("atime", "1.0000000001") << false;
    QTest::newRow("sparse") << record("GNU.sparse.major", "1") << false;
    QTest::newRow("charset") << record("hdrcharset", "BINARY") << false;
    QTest::newRow("global path") << record("path", "a") << true;
}

void tst_TarFormat::decodePax_refusesWhatReadersDisagreeAbout()
{
    QFETCH(QByteArray, body);
    QFETCH(bool, global);
    const auto pax = decodePax(body, global, 512);
    QVERIFY(!pax);
    QCOMPARE(pax.error().code, ErrorCode::ArchiveHostile);
}

void tst_TarFormat::decodePax_ignoresWhatItDoesNotRestore()
{
    const QByteArray body = record("SCHILY.xattr.user.a", QByteArray("\0\1", 2)) + record("atime", "1.00000001")
        + record("uid", "123456789") + record("gid", "99999999999") + record("comment", "x");
    const auto pax = decodePax(body, false, 0);
    QVERIFY(pax.has_value());
    QCOMPARE(pax->uid.value_or(0), 123456789u);
    QVERIFY(!pax->gid);
    QVERIFY(!pax->path && !pax->link && !pax->size && !pax->mtimeNs);
    QVERIFY(decodePax(record("comment", "x"), true, 0).has_value());
}

QTEST_GUILESS_MAIN(tst_TarFormat)
#include "tst_tarformat.moc"
