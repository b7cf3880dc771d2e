// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/storage/memberrecorder.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_TarReader : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void read_understandsEveryToolOfTheField_data();
    void read_understandsEveryToolOfTheField();
    void read_passesBlocksOfBoundedSize();
    void read_takesOverridesFromPaxAndGnuHeaders();
    void read_refusesWhatTwoReadersCouldReadInTwoWays_data();
    void read_refusesWhatTwoReadersCouldReadInTwoWays();
    void read_acceptsOddButHonestTars_data();
    void read_acceptsOddButHonestTars();
    void read_letsOnlyAFileBeAManifest();
    void read_takesSizesOverEightGigabytesFromPax();
    void read_stopsWhenAsked();
    void read_endsWithTheSinksError();
};

void tst_TarReader::read_understandsEveryToolOfTheField_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QStringList>("arguments");
    QTest::addColumn<bool>("longNames");
    const auto tar = [](const char *row, const QStringList &options, bool longNames) {
        QTest::newRow(row) << QStringLiteral("tar")
                           << QStringList(options + QStringList{QStringLiteral("-cf"), QStringLiteral("out"), QStringLiteral("data")})
                           << longNames;
    };
    tar("gnu tar, v7", {QStringLiteral("--format=v7")}, false);
    tar("gnu tar, ustar", {QStringLiteral("--format=ustar")}, false);
    tar("gnu tar, gnu", {QStringLiteral("--format=gnu")}, true);
    tar("gnu tar, pax", {QStringLiteral("--format=pax")}, true);
    tar("gnu tar, gzip", {QStringLiteral("-z")}, true);
    tar("gnu tar, xz", {QStringLiteral("-J")}, true);
    tar("gnu tar, bzip2", {QStringLiteral("-j")}, true);
    tar("gnu tar, zstd", {QStringLiteral("--zstd")}, true);
    QTest::newRow("busybox tar") << QStringLiteral("busybox")
                                 << QStringList{QStringLiteral("tar"), QStringLiteral("-czf"), QStringLiteral("out"), QStringLiteral("data")}
                                 << true;
    QTest::newRow("bsdtar") << QStringLiteral("bsdtar")
                            << QStringList{QStringLiteral("-czf"), QStringLiteral("out"), QStringLiteral("data")} << true;
    for (const char *format : {"USTAR", "GNU", "PAX"}) {
        const QString script = QStringLiteral("import tarfile\nwith tarfile.open('out', 'w:gz', format=tarfile.%1_FORMAT) as t: t.add('data')")
                                   .arg(QLatin1String(format));
        QTest::addRow("python tarfile, %s", format)
            << QStringLiteral("python3") << QStringList{QStringLiteral("-c"), script} << (qstrcmp(format, "USTAR") != 0);
    }
}

void tst_TarReader::read_understandsEveryToolOfTheField()
{
    QFETCH(QString, program);
    QFETCH(QStringList, arguments);
    QFETCH(bool, longNames);
    if (!have(program.toLatin1().constData()) || (arguments.contains(QStringLiteral("--zstd")) && !have("zstd")))
        QSKIP("not installed");
    DataDirBuilder dir;
    dir.file("data/empty", "").file("data/edge", QByteArray(512, 'e'), 0600).file("data/over", QByteArray(513, 'o'));
    dir.file("data/sub/big", QByteArray(700'000, 'z')).dir("data/void", 0700).file("data/caf\xc3\xa9 b", "utf8");
    dir.hardlink("data/twin", "data/empty").symlink("data/link", "sub");
    if (longNames)
        dir.file("data/" + QByteArray(120, 'l') + '/' + QByteArray(200, 'n'), "long");
    const Ran ran = run(program, arguments, dir.path());
    QVERIFY2(ran.exitCode == 0, ran.err.constData());

    Recorder recorder;
    const auto done = read(dir.path("out"), recorder);
    QVERIFY2(done, done ? "" : qPrintable(describe(done.error()).oneLine()));

    QList<QByteArray> expected;
    const auto expectFile = [&](const QByteArray &path, unsigned mode) {
        const QByteArray content = dir.read(path);
        expected.append(path + " file " + QByteArray::number(content.size()) + ' ' + QByteArray::number(mode, 8) + "  "
                        + toHex(Sha256Hasher::of(content)));
    };
    const auto expectFolder = [&](const QByteArray &path, unsigned mode) {
        expected.append(path + " directory 0 " + QByteArray::number(mode, 8) + "  -");
    };
    expectFile("data/edge", 0600);
    expectFile("data/over", 0644);
    expectFile("data/sub/big", 0644);
    expectFile("data/caf\xc3\xa9 b", 0644);
    expectFolder("data", 0755);
    expectFolder("data/sub", 0755);
    expectFolder("data/void", 0700);
    if (longNames) {
        expectFile("data/" + QByteArray(120, 'l') + '/' + QByteArray(200, 'n'), 0644);
        expectFolder("data/" + QByteArray(120, 'l'), 0755);
    }
    expected.append("data/link symlink 0 777 sub -");
    // Which of two names a tool calls the file and which the link depends on the order it walks in.
    QList<QByteArray> lines;
    QList<QByteArray> twins;
    for (const QByteArray &line : recorder.lines())
        (line.startsWith("data/twin ") || line.startsWith("data/empty ") ? twins : lines).append(line);
    std::sort(expected.begin(), expected.end());
    QCOMPARE(lines, expected);
    QCOMPARE(twins.size(), 2);
    const qsizetype links = std::count_if(twins.begin(), twins.end(), [](const QByteArray &line) {
        return line.contains(" hardlink 0 644 data/");
    });
    QCOMPARE(links, 1);
}

void tst_TarReader::read_passesBlocksOfBoundedSize()
{
    DataDirBuilder dir;
    const QByteArray content = QByteArray("0123456789abcdef").repeated(200'000);
    dir.file("a.tar.gz", TarBuilder().file("data/big", content).end().gz());
    Recorder recorder;
    QVERIFY(read(dir.path("a.tar.gz"), recorder));
    QCOMPARE(recorder.contents.value("data/big"), content);
    QVERIFY2(recorder.largest <= 256 * 1024, qPrintable(QString::number(recorder.largest)));
}

void tst_TarReader::read_takesOverridesFromPaxAndGnuHeaders()
{
    const QByteArray longName = "data/" + QByteArray(180, 'p');
    DataDirBuilder dir;
    dir.file("a.tar", TarBuilder()
                          .pax({{"path", longName}, {"mtime", "1700000001.25"}, {"uid", "4000000"}, {"SCHILY.xattr.user.x", "v"}})
                          .file("short")
                          .gnuLongName("data/" + QByteArray(150, 'g'))
                          .file("short2")
                          .pax({{"comment", "from git archive"}}, 'g')
                          .file("data/plain")
                          .entry({.name = "tail", .content = "y", .prefix = "data/pre"})
                          .end()
                          .bytes());
    Recorder recorder;
    QVERIFY(read(dir.path("a.tar"), recorder));
    QCOMPARE(recorder.members.size(), 4);
    QCOMPARE(recorder.members[0].path.bytes(), longName);
    QCOMPARE(recorder.members[0].mtimeNs, 1'700'000'001'250'000'000);
    QCOMPARE(recorder.members[0].uid, 4'000'000u);
    QCOMPARE(recorder.members[1].path.bytes(), "data/" + QByteArray(150, 'g'));
    QCOMPARE(recorder.members[2].path.bytes(), QByteArray("data/plain"));
    QCOMPARE(recorder.members[3].path.bytes(), QByteArray("data/pre/tail"));
}

void tst_TarReader::read_refusesWhatTwoReadersCouldReadInTwoWays_data()
{
    using E = ErrorCode;
    QTest::addColumn<QByteArray>("tar");
    QTest::addColumn<ErrorCode>("code");
    const auto row = [](const char *name, const TarBuilder &tar, ErrorCode code) {
        QTest::newRow(name) << TarBuilder(tar).end().bytes() << code;
    };
    const auto cut = [](const char *name, const QByteArray &tar, ErrorCode code) { QTest::newRow(name) << tar << code; };
    row("absolute", healthy().file("/etc/passwd"), E::BadPath);
    row("climbing", healthy().file("data/../../x"), E::BadPath);
    row("dot inside", healthy().file("data/./x"), E::BadPath);
    row("empty component", healthy().file("data//x"), E::BadPath);
    row("empty name", healthy().file(""), E::ArchiveHostile);
    row("file with a slash behind", healthy().file("data/x/"), E::BadPath);
    row("pax path climbs", healthy().pax({{"path", "../x"}}).file("y"), E::BadPath);
    row("gnu long name climbs", healthy().gnuLongName("data/../../x").file("y"), E::BadPath);
    row("prefix climbs", healthy().entry({.name = "x", .prefix = ".."}), E::BadPath);
    row("component too long", healthy().pax({{"path", "data/" + QByteArray(256, 'x')}}).file("y"), E::BadPath);
    row("path too long", healthy().pax({{"path", QByteArray("d/").repeated(3000) + 'x'}}).file("y"), E::BadPath);
    row("too deep", healthy().pax({{"path", QByteArray("d/").repeated(600) + 'x'}}).file("y"), E::BadPath);
    row("backslash", healthy().file("data\\x"), E::BadPath);
    row("drive", healthy().file("C:/x"), E::BadPath);
    row("file twice", healthy().file("data/a", "other"), E::ArchiveHostile);
    row("file twice, ./ before it", healthy().file("./data/a", "other"), E::ArchiveHostile);
    row("file, then folder", healthy().dir("data/a/"), E::ArchiveHostile);
    row("file, then below it", healthy().file("data/a/b"), E::ArchiveHostile);
    row("below it, then file", healthy().file("data/q/b").file("data/q"), E::ArchiveHostile);
    row("through a link", healthy().symlink("data/l", "a").file("data/l/x"), E::LinkInPath);
    row("link twice", healthy().symlink("data/l", "a").file("data/l"), E::ArchiveHostile);
    row("absolute link", healthy().symlink("data/l", "/etc"), E::OutwardLink);
    row("climbing link", healthy().symlink("data/l", "../x"), E::OutwardLink);
    row("link to a link", healthy().symlink("data/l", "a").symlink("data/m", "l"), E::ArchiveHostile);
    row("dangling link", healthy().symlink("data/l", "nothing"), E::ArchiveHostile);
    row("hard link to nothing", healthy().hardlink("data/h", "data/none"), E::ArchiveHostile);
    row("hard link to a later file", healthy().hardlink("data/h", "data/z").file("data/z"), E::ArchiveHostile);
    row("hard link to a folder", healthy().hardlink("data/h", "data"), E::ArchiveHostile);
    row("hard link to a link", healthy().symlink("data/l", "a").hardlink("data/h", "data/l"), E::ArchiveHostile);
    row("hard link outside", healthy().hardlink("data/h", "/etc/passwd"), E::ArchiveHostile);
    row("hard link with content", healthy().entry({.type = '1', .name = "data/h", .content = "x", .link = "data/a"}), E::ArchiveHostile);
    row("folder with content", healthy().entry({.type = '5', .name = "data/d/", .content = "x"}), E::ArchiveHostile);
    row("character device", healthy().entry({.type = '3', .name = "data/c"}), E::ArchiveHostile);
    row("block device", healthy().entry({.type = '4', .name = "data/c"}), E::ArchiveHostile);
    row("sparse", healthy().entry({.type = 'S', .name = "data/s"}), E::ArchiveHostile);
    row("volume continued", healthy().entry({.type = 'M', .name = "data/s"}), E::ArchiveHostile);
    row("vendor type", healthy().entry({.type = 'Z', .name = "data/s"}), E::ArchiveHostile);
    row("two sizes", healthy().pax({{"size", "2"}}).file("data/c", "x"), E::ArchiveHostile);
    row("pax size, header zero", healthy().pax({{"size", "512"}}).file("data/c", ""), E::ArchiveHostile);
    row("pax key twice", healthy().pax({{"path", "data/c"}, {"path", "data/d"}}).file("x"), E::ArchiveHostile);
    row("pax without equals", healthy().paxBody("8 hello\n").file("x"), E::ArchiveHostile);
    row("pax length zero", healthy().paxBody("0 path=x\n").file("x"), E::ArchiveHostile);
    row("pax length too long", healthy().paxBody("99 path=x\n").file("x"), E::ArchiveHostile);
    row("pax nul", healthy().pax({{"path", QByteArray("a\0b", 3)}}).file("x"), E::ArchiveHostile);
    row("pax sparse", healthy().pax({{"GNU.sparse.major", "1"}}).file("x"), E::ArchiveHostile);
    row("pax charset", healthy().pax({{"hdrcharset", "BINARY"}}).file("x"), E::ArchiveHostile);
    row("global path", healthy().pax({{"path", "data/c"}}, 'g').file("x"), E::ArchiveHostile);
    row("two pax headers", healthy().pax({{"path", "data/c"}}).pax({{"path", "data/d"}}).file("x"), E::ArchiveHostile);
    row("pax and gnu", healthy().pax({{"path", "data/c"}}).gnuLongName("data/d").file("x"), E::ArchiveHostile);
    row("two gnu names", healthy().gnuLongName("data/c").gnuLongName("data/d").file("x"), E::ArchiveHostile);
    row("pax without entry", healthy().pax({{"path", "data/c"}}), E::ArchiveHostile);
    row("gnu name without entry", healthy().gnuLongName("data/c"), E::ArchiveHostile);
    row("gnu name with nul", healthy().gnuLongName(QByteArray("a\0b", 3)).file("x"), E::ArchiveHostile);
    row("long name claims a gigabyte",
        healthy().entry({.type = 'L', .name = "l", .claimedSize = 1 << 30}), E::ArchiveHostile);
    row("five extension headers", healthy().pax({{"comment", "1"}}, 'g').pax({{"comment", "1"}}, 'g')
        .pax({{"comment", "1"}}, 'g').pax({{"comment", "1"}}, 'g').pax({{"comment", "1"}}, 'g').file("x"), E::ArchiveHostile);
    row("negative size", healthy().entry({.name = "data/n", .sizeField = QByteArray(12, '\xff')}), E::ArchiveHostile);
    row("size is text", healthy().entry({.name = "data/n", .sizeField = "-0000000001"}), E::ArchiveHostile);
    row("size of 2^64", healthy().entry({.name = "data/n", .sizeField = QByteArray("\x80\0\0\x01\0\0\0\0\0\0\0\0", 12)}), E::ArchiveHostile);
    row("size of 8 EB", healthy().entry({.name = "data/n", .sizeField = QByteArray("\x80\0\0\0\x70\0\0\0\0\0\0\0", 12)}), E::ArchiveHostile);
    cut("hidden behind the end", healthy().end().file("data/hidden").end().bytes(), E::ArchiveHostile);
    cut("garbage behind the end", healthy().end().raw("garbage").bytes(), E::ArchiveHostile);
    cut("one zero block, then more", healthy().raw(QByteArray(512, '\0')).file("data/c").end().bytes(), E::ArchiveHostile);
    cut("no end", healthy().bytes(), E::ArchiveTruncated);
    cut("half an end", healthy().raw(QByteArray(512, '\0')).bytes(), E::ArchiveTruncated);
    cut("claims more than there is", healthy().entry({.name = "data/c", .claimedSize = 60'000}).bytes(), E::ArchiveTruncated);
    cut("cut in a header", healthy().end().bytes().left(512 + 1024 + 100), E::ArchiveTruncated);
    QByteArray flipped = healthy().end().bytes();
    flipped[512 + 1024 + 3] = '#';
    cut("checksum", flipped, E::ArchiveDamaged);
}

void tst_TarReader::read_refusesWhatTwoReadersCouldReadInTwoWays()
{
    QFETCH(QByteArray, tar);
    QFETCH(ErrorCode, code);
    DataDirBuilder dir;
    dir.file("a.tar", tar).file("a.tar.gz", gzip(tar));
    for (const char *name : {"a.tar", "a.tar.gz"}) {
        Recorder recorder;
        const auto done = read(dir.path(name), recorder);
        QVERIFY2(!done, name);
        QCOMPARE(codeWord(done.error().code), codeWord(code));
        QVERIFY(!done.error().path.isEmpty());
    }
}

void tst_TarReader::read_acceptsOddButHonestTars_data()
{
    QTest::addColumn<QByteArray>("tar");
    QTest::addColumn<QByteArray>("path");
    QTest::addColumn<QByteArray>("content");
    const auto row = [](const char *name, const TarBuilder &tar, const char *path = "data/a", const QByteArray &content = "hello") {
        QTest::newRow(name) << tar.bytes() << QByteArray(path) << content;
    };
    row("padded to a record", healthy().end().raw(QByteArray(20 * 512, '\0')));
    row("dot slash before every name", TarBuilder().dir("./").dir("./data/").file("./data/a", "hello").end());
    row("folder twice", healthy().dir("data/").end());
    row("v7 header", TarBuilder().entry({.name = "data/a", .content = "hello", .magic = {}}).end());
    row("unknown magic", TarBuilder().entry({.name = "data/a", .content = "hello", .magic = "ustbr"}).end());
    row("contiguous file", TarBuilder().entry({.type = '7', .name = "data/a", .content = "hello"}).end());
    row("type nul", TarBuilder().entry({.type = '\0', .name = "data/a", .content = "hello"}).end());
    row("base-256 size", TarBuilder().entry({.name = "data/a", .content = "hello",
                                             .sizeField = QByteArray("\x80\0\0\0\0\0\0\0\0\0\0\x05", 12)}).end());
    row("size without terminator", TarBuilder().entry({.name = "data/a", .content = "hello", .sizeField = "000000000005"}).end());
    row("volume label", TarBuilder().entry({.type = 'V', .name = "label"}).file("data/a", "hello").end());
    row("names that only a shell minds", healthy().file("data/$(id);%2e%2e\n\x1b[2J", "x").end());
    row("names that are not UTF-8", healthy().file("data/\xff\xfe", "x").end(), "data/\xff\xfe", "x");
    row("case pair", healthy().file("data/A", "x").end());
    row("link inside", healthy().symlink("data/l", "a").end());
    row("hard link", healthy().hardlink("data/h", "./data/a").end());
    row("fifo", healthy().entry({.type = '6', .name = "data/p"}).end());
}

void tst_TarReader::read_acceptsOddButHonestTars()
{
    QFETCH(QByteArray, tar);
    QFETCH(QByteArray, path);
    QFETCH(QByteArray, content);
    DataDirBuilder dir;
    dir.file("a.tar", tar);
    Recorder recorder;
    const auto done = read(dir.path("a.tar"), recorder);
    QVERIFY2(done, done ? "" : qPrintable(describe(done.error()).oneLine()));
    QCOMPARE(recorder.contents.value(path), content);
}

// A manifest may vouch for links. Something else of its name may not.
void tst_TarReader::read_letsOnlyAFileBeAManifest()
{
    DataDirBuilder dir;
    dir.file("file", healthy().symlink("data/l", "../../etc").file(".strongroom/manifest.json", "{}").end().bytes());
    dir.file("link", healthy().symlink("data/l", "../../etc").symlink(".strongroom/manifest.json", "../data/a").end().bytes());
    Recorder recorder;
    QVERIFY(read(dir.path("file"), recorder));
    const auto result = read(dir.path("link"), recorder);
    QVERIFY(!result);
    QCOMPARE(result.error().code, ErrorCode::OutwardLink);
}

void tst_TarReader::read_takesSizesOverEightGigabytesFromPax()
{
    // Python leaves 0 in the header and GNU tar does too; the content is cut here, but not misread.
    for (const qint64 claimed : {qint64(0), qint64(077777777777)}) {
        DataDirBuilder dir;
        dir.file("a.tar", TarBuilder().pax({{"size", "9000000000"}}).entry({.name = "data/huge", .claimedSize = claimed}).bytes());
        Recorder recorder;
        qint64 size = 0;
        recorder.onBegin = [&size](const Member &member) { size = member.size; };
        const auto done = read(dir.path("a.tar"), recorder);
        QVERIFY(!done);
        QCOMPARE(done.error().code, ErrorCode::ArchiveTruncated);
        QCOMPARE(size, 9'000'000'000);
    }
}

void tst_TarReader::read_stopsWhenAsked()
{
    DataDirBuilder dir;
    dir.file("a.tar", healthy().end().bytes());
    const auto archive = ArchiveFile::open(dir.path("a.tar"));
    QVERIFY(archive);
    Monitor monitor;
    Recorder recorder;
    recorder.onBegin = [&monitor](const Member &member) {
        if (member.path.bytes() == "data/a")
            monitor.requestStop();
    };
    const auto done = readMembers(*archive, Limits::production(), recorder, monitor);
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::Cancelled);
    QCOMPARE(recorder.members.size(), 1);
}

void tst_TarReader::read_endsWithTheSinksError()
{
    class Refusing final : public MemberSink {
    public:
        Result<void> begin(const Member &) override { return fail(ErrorCode::DiskFull, "x"); }
        Result<void> data(QByteArrayView) override { return {}; }
        Result<void> end(const Member &) override { return {}; }
    };
    DataDirBuilder dir;
    dir.file("a.tar", healthy().end().bytes());
    const auto archive = ArchiveFile::open(dir.path("a.tar"));
    QVERIFY(archive);
    Monitor monitor;
    Refusing sink;
    const auto done = readMembers(*archive, Limits::production(), sink, monitor);
    QVERIFY(!done);
    QCOMPARE(done.error().code, ErrorCode::DiskFull);
}

QTEST_GUILESS_MAIN(tst_TarReader)
#include "tst_tarreader.moc"
