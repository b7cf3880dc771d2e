// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/hasher.h"
#include "storage/archive/inspect.h"
#include "storage/archive/tarformat.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"

#include <QDirIterator>
#include <QtTest>

#include <functional>

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

QString summary(const Judgement &judgement)
{
    QStringList text = {verdictWord(judgement.verdict)};
    for (const Problem &problem : judgement.problems)
        text.append(codeWord(problem.code) + u" [" + displayBytes(problem.member) + u"] " + problem.message);
    return text.join(u'\n');
}

/// Content apart, everything an archive says: what must not change unnoticed.
QByteArray essence(const Judgement &judgement)
{
    QByteArray text;
    for (const Member &m : judgement.members)
        text += m.path.bytes() + '|' + memberTypeWord(m.type).toLatin1() + '|' + QByteArray::number(m.size) + '|' + m.link + '|'
            + (m.sha256 ? toHex(*m.sha256) : QByteArray("-")) + '\n';
    return text;
}

Member fileMember(const QByteArray &path, const QByteArray &content)
{
    Member member;
    member.path = RelPath::literal(path);
    member.size = content.size();
    member.mode = 0640;
    member.mtimeNs = 1'700'000'000'123'456'789;
    member.uid = 1000;
    member.gid = 1000;
    member.sha256 = Sha256Hasher::of(content);
    return member;
}

/// An archive of ours in the making: what a test bends before it is written.
struct OwnArchive {
    QList<std::pair<Member, QByteArray>> members;
    Manifest manifest;
    bool withSums = true;
    bool manifestFirst = false;
    std::function<void(QByteArray &manifestText, QByteArray &sumsText)> bend;

    OwnArchive()
    {
        manifest.kind = QStringLiteral("document-sessions");
        manifest.created = QDateTime(QDate(2025, 1, 1), QTime(0, 0), Qt::UTC);
        Member folder;
        folder.path = RelPath::literal("data");
        folder.type = MemberType::Directory;
        folder.mode = 0755;
        members.append({folder, {}});
        addFile("data/a.json", "{}");
        addFile("data/sub/b", QByteArray(3000, 'b'));
    }
    void addFile(const QByteArray &path, const QByteArray &content) { members.append({fileMember(path, content), content}); }
    void addLink(const QByteArray &path, const QByteArray &target, MemberType type = MemberType::Symlink)
    {
        Member link;
        link.path = RelPath::literal(path);
        link.type = type;
        link.link = target;
        link.mode = 0777;
        if (type == MemberType::Hardlink) {
            for (const auto &[member, content] : members) {
                if (member.path.bytes() == target)
                    link.sha256 = member.sha256;
            }
        }
        members.append({link, {}});
    }
    void promiseAll()
    {
        manifest.entries.clear();
        for (const auto &[member, content] : members)
            manifest.entries.append(member);
    }
    static void append(QByteArray &tar, const Member &member, const QByteArray &content)
    {
        appendTarHeader(tar, member);
        tar += content;
        appendTarPadding(tar, content.size());
    }
    QByteArray tar()
    {
        QByteArray sums = writeSums(manifest.entries);
        if (withSums)
            manifest.sumsSha256Hex = toHex(Sha256Hasher::of(sums));
        QByteArray text = writeManifest(manifest);
        if (bend)
            bend(text, sums);
        QByteArray out;
        if (manifestFirst)
            append(out, fileMember(kManifestPath, text), text);
        for (const auto &[member, content] : members)
            append(out, member, content);
        if (withSums)
            append(out, fileMember(kSumsPath, sums), sums);
        if (!manifestFirst)
            append(out, fileMember(kManifestPath, text), text);
        appendTarEnd(out);
        return out;
    }
};

}  // namespace

class tst_Judge : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void judge_verifiesAnArchiveThatKeepsItsPromise_data();
    void judge_verifiesAnArchiveThatKeepsItsPromise();
    void judge_findsEveryBrokenPromise_data();
    void judge_findsEveryBrokenPromise();
    void judge_namesLinksThatLeaveWhateverWayTheyTake();
    void judge_refusesLinksWithoutAManifest();
    void judge_believesOnlyASidecarThatNamesThisFile_data();
    void judge_believesOnlyASidecarThatNamesThisFile();
    void judge_saysWhatIsNoArchive_data();
    void judge_saysWhatIsNoArchive();
    void judge_callsAnArchiveWithoutFilesEmpty();
    void judge_hashesTheArchiveItself();
    void judge_knowsTheTopFolder_data();
    void judge_knowsTheTopFolder();
    void judge_neverAcceptsACutArchive();
    void judge_neverAcceptsAFlippedBitWithOtherContent();
    void judge_readsTheArchivesOfTheSamples();
    void judge_refusesBombs_data();
    void judge_refusesBombs();
    void refusal_isTheWorstProblem();
};

void tst_Judge::judge_verifiesAnArchiveThatKeepsItsPromise_data()
{
    QTest::addColumn<bool>("withSums");
    QTest::addColumn<bool>("manifestFirst");
    QTest::addColumn<bool>("compressed");
    QTest::newRow("sums, manifest last") << true << false << true;
    QTest::newRow("sums, manifest first") << true << true << true;
    QTest::newRow("hashes in the entries") << false << false << true;
    QTest::newRow("plain tar") << true << false << false;
}

void tst_Judge::judge_verifiesAnArchiveThatKeepsItsPromise()
{
    QFETCH(bool, withSums);
    QFETCH(bool, manifestFirst);
    QFETCH(bool, compressed);
    OwnArchive own;
    own.withSums = withSums;
    own.manifestFirst = manifestFirst;
    own.addFile("data/odd \\ name\nwith \xff", "bytes");
    own.addLink("data/inside", "sub/../a.json");
    own.addLink("data/log", "/dev/stdout");
    own.addLink("data/twin", "data/a.json", MemberType::Hardlink);
    own.promiseAll();
    DataDirBuilder dir;
    dir.file("x", compressed ? gzip(own.tar()) : own.tar());
    const Judgement judgement = judge(dir.path("x"));
    QVERIFY2(judgement.verdict == Verdict::Verified, qPrintable(summary(judgement)));
    QVERIFY(judgement.problems.isEmpty());
    QVERIFY(judgement.manifest);
    QCOMPARE(judgement.manifest->kind, QStringLiteral("document-sessions"));
    QCOMPARE(judgement.members.size(), 7);
    QCOMPARE(judgement.bytes, 2 + 3000 + 5);
    QCOMPARE(judgement.topFolder, QByteArray("data"));
    QVERIFY(judgement.outwardLinks.isEmpty());
    QVERIFY(judgement.isUsable());
}

void tst_Judge::judge_findsEveryBrokenPromise_data()
{
    using E = ErrorCode;
    using Bend = std::function<void(OwnArchive &)>;
    QTest::addColumn<Bend>("bend");
    QTest::addColumn<ErrorCode>("code");
    QTest::addColumn<QByteArray>("member");
    const auto row = [](const char *name, ErrorCode code, const QByteArray &member, const Bend &bend) {
        QTest::newRow(name) << bend << code << member;
    };
    row("extra file", E::ArchiveIncomplete, "data/extra", [](OwnArchive &a) { a.addFile("data/extra", "x"); });
    row("missing file", E::ArchiveIncomplete, "data/a.json", [](OwnArchive &a) { a.members.removeAt(1); });
    row("missing folder", E::ArchiveIncomplete, "data", [](OwnArchive &a) { a.members.removeAt(0); });
    row("one byte", E::ArchiveDamaged, "data/a.json", [](OwnArchive &a) { a.members[1].second = "[]"; });
    row("one byte, no sums", E::ArchiveDamaged, "data/a.json", [](OwnArchive &a) {
        a.withSums = false;
        a.members[1].second = "[]";
    });
    row("size", E::ArchiveDamaged, "data/a.json", [](OwnArchive &a) {
        a.members[1].second = "{} ";
        a.members[1].first.size = 3;
    });
    row("time", E::ArchiveDamaged, "data/a.json", [](OwnArchive &a) { a.members[1].first.mtimeNs += 1; });
    row("owner", E::ArchiveDamaged, "data/a.json", [](OwnArchive &a) { a.members[1].first.uid = 7; });
    row("type", E::ArchiveIncomplete, "data/a.json", [](OwnArchive &a) {
        a.members[1].first.type = MemberType::Symlink;
        a.members[1].first.link = "sub";
        a.members[1].first.size = 0;
        a.members[1].second.clear();
    });
    row("link target", E::ArchiveDamaged, "data/l", [](OwnArchive &a) {
        a.addLink("data/l", "a.json");
        a.promiseAll();
        a.members.last().first.link = "sub";
    });
    row("sums missing", E::ArchiveIncomplete, kSumsPath, [](OwnArchive &a) {
        a.manifest.sumsSha256Hex = QByteArray(64, '0');
        a.withSums = false;
    });
    row("sums changed", E::ArchiveDamaged, kSumsPath, [](OwnArchive &a) {
        a.bend = [](QByteArray &, QByteArray &sums) { sums[0] = sums[0] == '0' ? '1' : '0'; };
    });
    row("sums lack a file", E::ManifestInvalid, "data/sub/b", [](OwnArchive &a) {
        a.bend = [](QByteArray &text, QByteArray &sums) {
            const QByteArray before = toHex(Sha256Hasher::of(sums));
            sums.truncate(sums.indexOf('\n') + 1);
            text.replace(before, toHex(Sha256Hasher::of(sums)));
        };
    });
    row("sums name another file", E::ManifestInvalid, "data/ghost", [](OwnArchive &a) {
        a.bend = [](QByteArray &text, QByteArray &sums) {
            const QByteArray before = toHex(Sha256Hasher::of(sums));
            sums += QByteArray(64, 'a') + "  data/ghost\n";
            text.replace(before, toHex(Sha256Hasher::of(sums)));
        };
    });
    row("sums without being promised", E::ArchiveIncomplete, kSumsPath, [](OwnArchive &a) {
        a.withSums = false;
        a.addFile(kSumsPath, "x");
    });
    row("something hides beside the manifest", E::ArchiveIncomplete, ".strongroom/evil", [](OwnArchive &a) {
        a.addFile(".strongroom/evil", "x");
    });
    row("two manifests", E::ArchiveHostile, kManifestPath, [](OwnArchive &a) { a.addFile(kManifestPath, "{}"); });
    row("not JSON", E::ManifestInvalid, kManifestPath, [](OwnArchive &a) {
        a.bend = [](QByteArray &text, QByteArray &) { text = "\x80\x04."; };
    });
    row("newer version", E::ManifestVersion, kManifestPath, [](OwnArchive &a) { a.manifest.version = 99; });
    row("manifest too large", E::ManifestInvalid, kManifestPath, [](OwnArchive &a) {
        a.bend = [](QByteArray &text, QByteArray &) { text += QByteArray(5 << 20, ' '); };
    });
}

void tst_Judge::judge_findsEveryBrokenPromise()
{
    using Bend = std::function<void(OwnArchive &)>;
    QFETCH(Bend, bend);
    QFETCH(ErrorCode, code);
    QFETCH(QByteArray, member);
    OwnArchive own;
    own.promiseAll();
    bend(own);
    DataDirBuilder dir;
    dir.file("x.tar.gz", gzip(own.tar()));
    const Judgement judgement = judge(dir.path("x.tar.gz"), Limits::strict());
    QVERIFY(!judgement.isUsable());
    QCOMPARE(judgement.verdict, code == ErrorCode::ArchiveHostile ? Verdict::Hostile : Verdict::Damaged);
    bool found = false;
    for (const Problem &problem : judgement.problems)
        found = found || (problem.code == code && problem.member == member && !problem.message.isEmpty());
    QVERIFY2(found, qPrintable(summary(judgement)));
}

void tst_Judge::judge_namesLinksThatLeaveWhateverWayTheyTake()
{
    OwnArchive own;
    own.addLink("data/deep/here", "../a.json");
    own.addLink("data/out", "../../etc/passwd");
    own.addLink("data/sibling", "../other");
    own.addLink("data/etc", "/etc");
    own.addLink("data/null", "/dev/null");
    own.addLink("data/self", ".");
    own.addLink("data/trick", "self/../x");        // lexically inside, but "self" is "data" itself
    own.addLink("data/chain", "etc/passwd");
    own.addLink("data/loop", "loop");
    own.promiseAll();
    DataDirBuilder dir;
    dir.file("x.tar.gz", gzip(own.tar()));
    const Judgement judgement = judge(dir.path("x.tar.gz"));
    QVERIFY2(judgement.verdict == Verdict::Verified, qPrintable(summary(judgement)));
    const QList<QByteArray> expected = {"data/out", "data/sibling", "data/etc", "data/trick", "data/chain", "data/loop"};
    QCOMPARE(judgement.outwardLinks, expected);
}

void tst_Judge::judge_refusesLinksWithoutAManifest()
{
    DataDirBuilder dir;
    dir.file("out.tar", TarBuilder().file("data/a").symlink("data/l", "/dev/stdout").end().bytes());
    dir.file("in.tar", TarBuilder().file("data/a").symlink("data/l", "a").end().bytes());
    const Judgement out = judge(dir.path("out.tar"));
    QCOMPARE(out.verdict, Verdict::Hostile);
    QCOMPARE(out.problems.first().code, ErrorCode::OutwardLink);
    QCOMPARE(out.problems.first().member, QByteArray("data/l"));
    QCOMPARE(judge(dir.path("in.tar")).verdict, Verdict::Readable);
}

void tst_Judge::judge_believesOnlyASidecarThatNamesThisFile_data()
{
    QTest::addColumn<QByteArray>("sidecar");
    QTest::addColumn<bool>("accepted");
    QTest::newRow("right") << QByteArray("HASH  x.tar.gz\n") << true;
    QTest::newRow("binary mark") << QByteArray("HASH *x.tar.gz\n") << true;
    QTest::newRow("another hash") << QByteArray(QByteArray(64, 'a') + "  x.tar.gz\n") << false;
    QTest::newRow("another name") << QByteArray("HASH  y.tar.gz\n") << false;
    QTest::newRow("a path") << QByteArray("HASH  /etc/shadow\n") << false;
    QTest::newRow("climbs") << QByteArray("HASH  ../x.tar.gz\n") << false;
    QTest::newRow("two lines") << QByteArray("HASH  x.tar.gz\nHASH  y.tar.gz\n") << false;
    QTest::newRow("empty") << QByteArray() << false;
    QTest::newRow("not a hash") << QByteArray("hello\n") << false;
}

void tst_Judge::judge_believesOnlyASidecarThatNamesThisFile()
{
    QFETCH(QByteArray, sidecar);
    QFETCH(bool, accepted);
    const QByteArray archive = TarBuilder().file("data/a").end().gz();
    DataDirBuilder dir;
    dir.file("x.tar.gz", archive).file("x.tar.gz.sha256", sidecar.replace("HASH", toHex(Sha256Hasher::of(archive))));
    const Judgement judgement = judge(dir.path("x.tar.gz"));
    QCOMPARE(judgement.verdict, accepted ? Verdict::Readable : Verdict::Damaged);
    if (!accepted)
        QCOMPARE(judgement.problems.first().code, ErrorCode::ArchiveDamaged);
}

void tst_Judge::judge_saysWhatIsNoArchive_data()
{
    QTest::addColumn<QByteArray>("content");
    QTest::addColumn<QString>("kind");
    const auto row = [](const QByteArray &content, const char *kind) { QTest::newRow(kind) << content << QString::fromLatin1(kind); };
    row("", "empty file");
    row(QByteArray(4096, '\0'), "file of zeros");
    row("Salted__" + QByteArray(64, '\x9c'), "OpenSSL-encrypted file");
    row("\x8c\x0d\x04\x09\x03\x02", "GPG-encrypted file");
    row("age-encryption.org/v1\n-> X25519 x\n", "age-encrypted file");
    row("-----BEGIN PGP MESSAGE-----\n\nhQ", "GPG-encrypted file");
    row("U2FsdGVkX1+abcdefgh\n", "OpenSSL-encrypted file");
    row("Rar!\x1a\x07\x01", "RAR archive");
    row("LZIP\x01\x0c", "lzip file");
    row("\x04\x22\x4d\x18\x64\x40", "LZ4 file");
    row(QByteArray("\x5d\0\0\x80\0\xff\xff\xff\xff\xff\xff\xff\xff\0", 14), "LZMA file");
    row("hsqs\x01", "squashfs image");
    row("!<arch>\ndebian-binary   ", "Debian package");
    row("\x7f" "ELF\x02\x01\x01", "ELF program");
    row("%PDF-1.7\n", "PDF document");
    row("<!DOCTYPE html>\n<html><body>login</body></html>", "HTML page");
    row("<?xml version=\"1.0\"?><Error><Code>AccessDenied</Code></Error>", "XML error message");
    row("\x89PNG\r\n\x1a\n", "PNG image");
    row("\xff\xd8\xff\xe0", "JPEG image");
    row("hello, this is not an archive\n", "text file");
}

void tst_Judge::judge_saysWhatIsNoArchive()
{
    QFETCH(QByteArray, content);
    QFETCH(QString, kind);
    DataDirBuilder dir;
    dir.file("x.tar.gz", content);
    const Judgement judgement = judge(dir.path("x.tar.gz"));
    QCOMPARE(judgement.verdict, Verdict::Damaged);
    QCOMPARE(judgement.problems.first().code, ErrorCode::ArchiveWrongKind);
    QCOMPARE(sniffKind(content).otherKind, kind);
    QVERIFY(!sniffKind(content).hint.isEmpty());
    // And when it was compressed, the same is said of what is inside.
    dir.file("y.tar.gz", gzip(content));
    QCOMPARE(judge(dir.path("y.tar.gz")).verdict, Verdict::Damaged);
    QVERIFY2(judge(dir.path("y.tar.gz")).problems.first().message.contains(kind) || kind == u"file of zeros",
             qPrintable(judge(dir.path("y.tar.gz")).problems.first().message));
}

void tst_Judge::judge_callsAnArchiveWithoutFilesEmpty()
{
    DataDirBuilder dir;
    dir.file("none.tar.gz", TarBuilder().end().gz()).file("dirs.tar.gz", TarBuilder().dir("data/").dir("data/x/").end().gz());
    for (const char *name : {"none.tar.gz", "dirs.tar.gz"}) {
        const Judgement judgement = judge(dir.path(name));
        QCOMPARE(judgement.verdict, Verdict::Damaged);
        QCOMPARE(judgement.problems.first().code, ErrorCode::ArchiveEmpty);
    }
    // A data directory of folders alone is a state like any other: our own backup of it is whole.
    OwnArchive own;
    own.members.resize(1);
    own.promiseAll();
    dir.file("own.tar.gz", gzip(own.tar()));
    QCOMPARE(judge(dir.path("own.tar.gz")).verdict, Verdict::Verified);
}

void tst_Judge::judge_hashesTheArchiveItself()
{
    const QByteArray good = TarBuilder().file("data/a", QByteArray(900'000, 'x')).end().gz();
    const QByteArray bad = TarBuilder().file("../a").end().bytes() + QByteArray(1 << 20, 'x');
    DataDirBuilder dir;
    dir.file("good", good).file("bad", bad).file("text", "hello");
    QCOMPARE(judge(dir.path("good")).archiveSha256Hex, toHex(Sha256Hasher::of(good)));
    QCOMPARE(judge(dir.path("bad")).archiveSha256Hex, toHex(Sha256Hasher::of(bad)));
    QCOMPARE(judge(dir.path("text")).archiveSha256Hex, toHex(Sha256Hasher::of("hello")));
}

void tst_Judge::judge_knowsTheTopFolder_data()
{
    QTest::addColumn<QByteArray>("tar");
    QTest::addColumn<QByteArray>("top");
    QTest::newRow("folder") << TarBuilder().dir("data/").file("data/a").end().bytes() << QByteArray("data");
    QTest::newRow("folder without an entry") << TarBuilder().file("data/x/a").end().bytes() << QByteArray("data");
    QTest::newRow("dot slash") << TarBuilder().dir("./").dir("./data/").file("./data/a").end().bytes() << QByteArray("data");
    QTest::newRow("flat") << TarBuilder().file("a").file("b").end().bytes() << QByteArray();
    QTest::newRow("one file") << TarBuilder().file("secrets.env").end().bytes() << QByteArray();
    QTest::newRow("two folders") << TarBuilder().file("data/a").file("data2/a").end().bytes() << QByteArray();
}

void tst_Judge::judge_knowsTheTopFolder()
{
    QFETCH(QByteArray, tar);
    QFETCH(QByteArray, top);
    DataDirBuilder dir;
    dir.file("a.tar", tar);
    QCOMPARE(judge(dir.path("a.tar")).topFolder, top);
}

void tst_Judge::judge_neverAcceptsACutArchive()
{
    OwnArchive own;
    own.promiseAll();
    const QByteArray foreign = TarBuilder().dir("data/").file("data/a", "hello").end().gz();
    const QByteArray ours = gzip(own.tar());
    DataDirBuilder dir;
    int cuts = 0;
    for (const QByteArray &whole : {foreign, ours}) {
        for (qsizetype size = 0; size < whole.size(); ++size) {
            dir.file("x.tar.gz", whole.left(size));
            const Judgement judgement = judge(dir.path("x.tar.gz"));
            QVERIFY2(judgement.verdict == Verdict::Damaged, qPrintable(QString::number(size) + u' ' + summary(judgement)));
            ++cuts;
        }
        dir.file("x.tar.gz", whole);
        QVERIFY(judge(dir.path("x.tar.gz")).isUsable());
    }
    qInfo("%d cuts", cuts);
}

void tst_Judge::judge_neverAcceptsAFlippedBitWithOtherContent()
{
    OwnArchive own;
    own.promiseAll();
    const QByteArray foreign = TarBuilder().dir("data/").file("data/a", "hello").end().gz();
    const QByteArray ours = gzip(own.tar());
    DataDirBuilder dir;
    int flips = 0;
    int harmless = 0;
    for (const QByteArray &whole : {foreign, ours}) {
        dir.file("x.tar.gz", whole);
        const QByteArray truth = essence(judge(dir.path("x.tar.gz")));
        for (qsizetype bit = 0; bit < whole.size() * 8; ++bit) {
            QByteArray flipped = whole;
            flipped[bit / 8] = char(flipped[bit / 8] ^ (1 << (bit % 8)));
            dir.file("x.tar.gz", flipped);
            const Judgement judgement = judge(dir.path("x.tar.gz"));
            ++flips;
            if (!judgement.isUsable())
                continue;
            ++harmless;
            // Time and system in the gzip header, codes that no symbol uses, bits that fill a last byte.
            QCOMPARE(essence(judgement), truth);
        }
    }
    QVERIFY(harmless < flips / 20);
    qInfo("%d flips, %d of them in bits that say nothing", flips, harmless);
}

void tst_Judge::judge_readsTheArchivesOfTheSamples()
{
    const QStringList samples = sampleNames();
    if (samples.isEmpty())
        QSKIP("no samples");
    int archives = 0;
    for (const QString &sample : samples) {
        DataDirBuilder dir;
        QVERIFY(unpackSample(sample, dir.path()));
        QDirIterator it(QFile::decodeName(dir.path()), {QStringLiteral("*.tar.gz")}, QDir::Files, QDirIterator::Subdirectories);
        while (it.hasNext()) {
            const QByteArray path = QFile::encodeName(it.next());
            const Judgement judgement = judge(path);
            QVERIFY2(judgement.verdict == Verdict::Readable, qPrintable(QFile::decodeName(path) + u' ' + summary(judgement)));
            QVERIFY(!judgement.members.isEmpty());
            // A second opinion on what is in it.
            const Ran tar = run(QStringLiteral("tar"), {QStringLiteral("-tzf"), QFile::decodeName(path)});
            QCOMPARE(judgement.members.size(), tar.out.count('\n'));
            ++archives;
        }
    }
    qInfo("%d archives of %lld samples", archives, qlonglong(samples.size()));
    QVERIFY(archives > 0);
}

void tst_Judge::judge_refusesBombs_data()
{
    QTest::addColumn<QByteArray>("file");
    const QByteArray zeros = TarBuilder().file("data/zeros", QByteArray(8 << 20, '\0')).end().bytes();
    QTest::newRow("ratio") << gzip(zeros);
    QTest::newRow("claims more than allowed") << TarBuilder().entry({.name = "data/x", .claimedSize = qint64(1) << 32}).end().gz();
    TarBuilder many;
    for (int i = 0; i <= 20'000; ++i)
        many.file("data/f" + QByteArray::number(i), "");
    QTest::newRow("entries") << many.end().gz();
    const QByteArray small = TarBuilder().file("data/a").end().gz();
    QTest::newRow("empty members") << QByteArray(small + gzip({}).repeated(2'000));
    QTest::newRow("zeros behind the end") << QByteArray(TarBuilder().file("data/a").end().gz() + gzip(QByteArray(64 << 20, '\0')).repeated(5));
}

void tst_Judge::judge_refusesBombs()
{
    QFETCH(QByteArray, file);
    DataDirBuilder dir;
    dir.file("x.tar.gz", file);
    const Judgement judgement = judge(dir.path("x.tar.gz"), Limits::strict());
    QVERIFY2(judgement.verdict == Verdict::Hostile, qPrintable(summary(judgement)));
    QCOMPARE(judgement.problems.first().code, ErrorCode::ArchiveHostile);
}

void tst_Judge::refusal_isTheWorstProblem()
{
    const QByteArray archive = TarBuilder().file("../a").end().bytes();
    DataDirBuilder dir;
    dir.file("x.tar", archive).file("x.tar.sha256", "nonsense");
    const Judgement judgement = judge(dir.path("x.tar"));
    QCOMPARE(judgement.verdict, Verdict::Hostile);
    const Error error = judgement.refusal(dir.path("x.tar"));
    QCOMPARE(error.code, ErrorCode::BadPath);
    QVERIFY(error.isRefusal());
}

QTEST_GUILESS_MAIN(tst_Judge)
#include "tst_judge.moc"
