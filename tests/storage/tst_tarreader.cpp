// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/hasher.h"
#include "storage/archive/inspect.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"

#include <QStandardPaths>
#include <QtTest>

#include <functional>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

/// What came out, one line a member in byte order of the paths.
class Recorder final : public MemberSink {
public:
    Result<void> begin(const Member &member) override
    {
        m_content.clear();
        if (onBegin)
            onBegin(member);
        return {};
    }
    Result<void> data(QByteArrayView bytes) override
    {
        largest = std::max(largest, bytes.size());
        m_content.append(bytes);
        return {};
    }
    Result<void> end(const Member &member) override
    {
        members.append(member);
        contents.insert(member.path.bytes(), m_content);
        return {};
    }
    QList<QByteArray> lines() const
    {
        QList<QByteArray> lines;
        for (const Member &m : members) {
            const QByteArray hash = m.sha256 ? toHex(*m.sha256) : QByteArray("-");
            lines.append(m.path.bytes() + ' ' + memberTypeWord(m.type).toLatin1() + ' ' + QByteArray::number(m.size) + ' '
                         + QByteArray::number(m.mode, 8) + ' ' + m.link + ' ' + hash);
        }
        std::sort(lines.begin(), lines.end());
        return lines;
    }

    QList<Member> members;
    QHash<QByteArray, QByteArray> contents;
    std::function<void(const Member &)> onBegin;
    qsizetype largest = 0;

private:
    QByteArray m_content;
};

Result<void> read(const QByteArray &path, Recorder &recorder, const Limits &limits = Limits::production())
{
    Monitor monitor;
    auto archive = ArchiveFile::open(path);
    if (!archive)
        return std::unexpected(archive.error());
    return readMembers(*archive, limits, recorder, monitor);
}

bool have(const char *program)
{
    return !QStandardPaths::findExecutable(QLatin1String(program)).isEmpty();
}

TarBuilder healthy()
{
    return TarBuilder().dir("data/").file("data/a", "hello").file("data/b", QByteArray(700, 'b'));
}

}  // namespace

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
    void read_readsEveryGzipMemberAndNothingElse_data();
    void read_readsEveryGzipMemberAndNothingElse();
    void read_checksForeignStreamsToTheEnd_data();
    void read_checksForeignStreamsToTheEnd();
    void read_letsOnlyAFileBeAManifest();
    void read_joinsStreamsOfParallelPackers_data();
    void read_joinsStreamsOfParallelPackers();
    void read_stepsOverTheIndexOfPixzAndNothingElse();
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
    row("empty name", healthy().file(""), E::BadPath);
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

void tst_TarReader::read_readsEveryGzipMemberAndNothingElse_data()
{
    QTest::addColumn<QByteArray>("file");
    QTest::addColumn<QString>("code");   // empty = readable
    const QByteArray tar = healthy().end().bytes();
    const QByteArray whole = gzip(tar);
    const QByteArray two = gzip(tar.left(700)) + gzip(tar.mid(700));
    const auto word = [](ErrorCode code) { return codeWord(code); };
    QTest::newRow("one member") << whole << QString();
    QTest::newRow("two members") << two << QString();
    QTest::newRow("one member a byte") << [&] {
        QByteArray all;
        for (qsizetype i = 0; i < tar.size(); i += 16)
            all += gzip(tar.mid(i, 16));
        return all;
    }() << QString();
    QTest::newRow("empty members with extra fields behind") << QByteArray(two + emptyGzipMember("SR\x04") + emptyGzipMember(QByteArray(16'000, 'i')))
                                                            << QString();
    QTest::newRow("zeros behind") << QByteArray(whole + QByteArray(1000, '\0')) << QString();
    QTest::newRow("garbage behind") << QByteArray(whole + "garbage") << word(ErrorCode::ArchiveDamaged);
    QTest::newRow("garbage behind that begins like gzip") << QByteArray(whole + "\x1f garbage") << word(ErrorCode::ArchiveDamaged);
    QTest::newRow("zeros, then garbage") << QByteArray(whole + QByteArray(1000, '\0') + 'x') << word(ErrorCode::ArchiveDamaged);
    QTest::newRow("second member cut") << two.chopped(5) << word(ErrorCode::ArchiveTruncated);
    QTest::newRow("second tar") << QByteArray(whole + whole) << word(ErrorCode::ArchiveHostile);
    QTest::newRow("no trailer") << whole.chopped(8) << word(ErrorCode::ArchiveTruncated);
    QTest::newRow("header only") << whole.left(10) << word(ErrorCode::ArchiveTruncated);
    QByteArray crc = whole;
    crc[crc.size() - 8] = char(crc[crc.size() - 8] ^ 1);
    QTest::newRow("CRC") << crc << word(ErrorCode::ArchiveDamaged);
    QByteArray length = whole;
    length[length.size() - 4] = char(length[length.size() - 4] ^ 1);
    QTest::newRow("length") << length << word(ErrorCode::ArchiveDamaged);
    QTest::newRow("of nothing") << gzip({}) << word(ErrorCode::ArchiveWrongKind);
    QTest::newRow("of text") << gzip("just some text, not an archive\n") << word(ErrorCode::ArchiveWrongKind);
    QTest::newRow("of a gzip") << gzip(whole) << word(ErrorCode::ArchiveWrongKind);
    QTest::newRow("of a pickle") << gzip(QByteArray("\x80\x04\x95\0\0", 5) + QByteArray(900, 'p')) << word(ErrorCode::ArchiveWrongKind);
}

void tst_TarReader::read_readsEveryGzipMemberAndNothingElse()
{
    QFETCH(QByteArray, file);
    QFETCH(QString, code);
    DataDirBuilder dir;
    dir.file("a.tar.gz", file);
    Recorder recorder;
    const auto done = read(dir.path("a.tar.gz"), recorder);
    QCOMPARE(done ? QString() : codeWord(done.error().code), code);
    if (done)
        QCOMPARE(recorder.contents.value("data/b"), QByteArray(700, 'b'));
    else if (done.error().code != ErrorCode::ArchiveWrongKind)
        QVERIFY(done.error().args.value(0).toLongLong() <= file.size());
}

void tst_TarReader::read_checksForeignStreamsToTheEnd_data()
{
    QTest::addColumn<QString>("program");
    for (const char *program : {"xz", "bzip2", "zstd"})
        QTest::newRow(program) << QString::fromLatin1(program);
}

void tst_TarReader::read_checksForeignStreamsToTheEnd()
{
    QFETCH(QString, program);
    if (!have(program.toLatin1().constData()))
        QSKIP("not installed");
    QByteArray content;
    for (int i = 0; i < 30'000; ++i)
        content += QByteArray::number(i * 7919 % 100'003);
    const QByteArray tar = TarBuilder().file("data/a", content).end().bytes();
    const Ran packed = run(program, {QStringLiteral("-c")}, {}, tar);
    QCOMPARE(packed.exitCode, 0);
    const QByteArray whole = packed.out;
    DataDirBuilder dir;
    const auto verdict = [&](const QByteArray &bytes) {
        dir.file("x", bytes);
        Recorder recorder;
        const auto done = read(dir.path("x"), recorder);
        return done ? QStringLiteral("read") : codeWord(done.error().code);
    };
    QCOMPARE(verdict(whole), QStringLiteral("read"));
    QCOMPARE(verdict(whole + 'x'), codeWord(ErrorCode::ArchiveDamaged));
    QCOMPARE(verdict(whole + QByteArray(40'000, 'x')), codeWord(ErrorCode::ArchiveDamaged));
    // What one program after the other would unpack as two tars is not one archive.
    QVERIFY(verdict(whole + whole) != u"read");
    int cuts = 0;
    for (qsizetype size = 8; size < whole.size(); size += 1 + whole.size() / 60, ++cuts)
        QVERIFY2(verdict(whole.left(size)) != u"read", qPrintable(QString::number(size)));
    for (qsizetype size = whole.size() - 16; size < whole.size(); ++size, ++cuts)
        QCOMPARE(verdict(whole.left(size)), codeWord(ErrorCode::ArchiveTruncated));
    int flips = 0;
    for (qsizetype at = 0; at < whole.size(); at += 1 + whole.size() / 60, ++flips) {
        QByteArray flipped = whole;
        flipped[at] = char(flipped[at] ^ 4);
        QVERIFY2(verdict(flipped) != u"read", qPrintable(QString::number(at)));
    }
    qInfo("%lld bytes, %d cuts, %d flips", qlonglong(whole.size()), cuts, flips);
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

void tst_TarReader::read_joinsStreamsOfParallelPackers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QByteArray>("empty");     // a stream without content
    QTest::newRow("xz") << QStringLiteral("xz") << QByteArray::fromHex("fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a");
    QTest::newRow("bzip2") << QStringLiteral("bzip2") << QByteArray::fromHex("425a683917724538509000000000");
}

void tst_TarReader::read_joinsStreamsOfParallelPackers()
{
    QFETCH(QString, program);
    QFETCH(QByteArray, empty);
    if (!have(program.toLatin1().constData()))
        QSKIP("not installed");
    QByteArray content;
    for (int i = 0; i < 30'000; ++i)
        content += QByteArray::number(i * 7919 % 100'003);
    const QByteArray tar = TarBuilder().file("data/a", content).end().bytes();
    const bool isXz = program == u"xz";
    DataDirBuilder dir;
    const auto packed = [&](const QByteArray &bytes) { return run(program, {QStringLiteral("-c")}, {}, bytes).out; };
    const auto verdict = [&](const QByteArray &bytes) {
        dir.file("x", bytes);
        Recorder recorder;
        const auto done = read(dir.path("x"), recorder);
        if (done && recorder.contents.value("data/a") != content)
            return QStringLiteral("other content");
        return done ? QStringLiteral("read") : codeWord(done.error().code);
    };
    QByteArray streams;
    for (qsizetype at = 0; at < tar.size(); at += 9'999)
        streams += packed(tar.mid(at, 9'999));
    QCOMPARE(verdict(streams), QStringLiteral("read"));
    QCOMPARE(verdict(streams + empty + empty), QStringLiteral("read"));
    QCOMPARE(verdict(streams + QByteArray(8, '\0')), isXz ? QStringLiteral("read") : codeWord(ErrorCode::ArchiveDamaged));
    QCOMPARE(verdict(streams + QByteArray(7, '\0')), codeWord(ErrorCode::ArchiveDamaged));
    // Between two streams nothing may hide.
    const QByteArray first = packed(tar.left(20'000));
    const QByteArray second = packed(tar.mid(20'000));
    QCOMPARE(verdict(first + second), QStringLiteral("read"));
    for (const QByteArray &hidden : {QByteArray("x"), QByteArray("hide"), QByteArray(4, 'x'), QByteArray(5'000, 'x'), QByteArray(40'000, 'x')})
        QCOMPARE(verdict(first + hidden + second), codeWord(ErrorCode::ArchiveDamaged));
    int cuts = 0;
    for (qsizetype size = 8; size < streams.size(); size += 1 + streams.size() / 97, ++cuts)
        QVERIFY2(verdict(streams.left(size)) != u"read", qPrintable(QString::number(size)));
    int flips = 0;
    for (qsizetype at = 0; at < streams.size(); at += 1 + streams.size() / 97, ++flips) {
        QByteArray flipped = streams;
        flipped[at] = char(flipped[at] ^ 4);
        QVERIFY2(verdict(flipped) != u"read", qPrintable(QString::number(at)));
    }
    qInfo("%lld bytes, %d cuts, %d flips", qlonglong(streams.size()), cuts, flips);
    for (const char *parallel : {"pixz", "pbzip2"}) {
        if (!have(parallel) || isXz != (QByteArray(parallel) == "pixz"))
            continue;
        // pixz packs from its standard input to its standard output; pbzip2 wants -c.
        const QStringList options = isXz ? QStringList() : QStringList{QStringLiteral("-c"), QStringLiteral("-b1")};
        const Ran ran = run(QString::fromLatin1(parallel), options, {}, tar);
        QCOMPARE(ran.exitCode, 0);
        QCOMPARE(verdict(ran.out), QStringLiteral("read"));
    }
}

void tst_TarReader::read_stepsOverTheIndexOfPixzAndNothingElse()
{
    const QByteArray tar = TarBuilder().file("data/a", "a").end().bytes();
    const QByteArray index = QByteArray("\xa6\x4c\x32\x2e\xd6\x14\xae\xdb" "data/a\0", 15) + QByteArray(8, '\0') + '\0' + QByteArray("\0\x08\0\0\0\0\0\0", 8);
    DataDirBuilder dir;
    const auto verdict = [&](const QByteArray &bytes) {
        dir.file("x", bytes);
        Recorder recorder;
        const auto done = read(dir.path("x"), recorder);
        return done ? QStringLiteral("read") : codeWord(done.error().code);
    };
    QCOMPARE(verdict(tar + index), QStringLiteral("read"));
    QCOMPARE(verdict(tar + QByteArray(1024, '\0') + index), QStringLiteral("read"));
    for (qsizetype size = 1; size < index.size(); ++size)
        QCOMPARE(verdict(tar + index.left(size)), codeWord(ErrorCode::ArchiveTruncated));
    QCOMPARE(verdict(tar + index + 'x'), codeWord(ErrorCode::ArchiveHostile));
    QCOMPARE(verdict(tar + index + index), codeWord(ErrorCode::ArchiveHostile));
    QCOMPARE(verdict(tar + index.mid(1)), codeWord(ErrorCode::ArchiveHostile));
    QCOMPARE(verdict(tar + index.left(8) + QByteArray(100'000, 'n') + index.mid(14)), codeWord(ErrorCode::ArchiveHostile));
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
