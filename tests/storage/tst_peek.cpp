// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/inspect.h"
#include "storage/archive/trailer.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/ownarchive.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

Result<std::optional<Manifest>> peek(const QByteArray &path)
{
    Monitor monitor;
    const auto archive = ArchiveFile::open(path);
    if (!archive)
        qFatal("cannot open %s", path.constData());
    return peekManifest(*archive, monitor);
}

Judgement judge(const QByteArray &path)
{
    Monitor monitor;
    const auto archive = ArchiveFile::open(path);
    if (!archive)
        qFatal("cannot open %s", path.constData());
    auto judgement = judgeArchive(*archive, Limits::production(), monitor);
    if (!judgement)
        qFatal("no judgement");
    return *std::move(judgement);
}

QList<QByteArray> hashes(const Judgement &judgement)
{
    QList<QByteArray> list;
    for (const Member &member : judgement.members)
        list.append(member.path.bytes() + ' ' + (member.sha256 ? toHex(*member.sha256) : QByteArray("-")));
    return list;
}

OwnArchiveSpec largeSpec(ArchiveFormat format)
{
    OwnArchiveSpec spec;
    spec.format = format;
    for (int i = 0; i < 400; ++i)
        spec.files.append(std::pair<QByteArray, QByteArray>("data/s" + QByteArray::number(i) + "/metadata.json", QByteArray("0123" + QByteArray::number(i)).repeated(400)));
    spec.files.append(std::pair<QByteArray, QByteArray>("data/big", QByteArray(3 << 20, 'b')));
    spec.files.append(std::pair<QByteArray, QByteArray>("data/odd \\ name\n\xff", "odd"));
    spec.manifest.note = QStringLiteral("before the upgrade");
    spec.manifest.sequence = 7;
    return spec;
}

}  // namespace

class tst_Peek : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void judge_verifiesWhatOurWriterWrites_data();
    void judge_verifiesWhatOurWriterWrites();
    void peek_givesTheManifestWithoutReadingTheRest_data();
    void peek_givesTheManifestWithoutReadingTheRest();
    void peek_givesNothingForForeignArchives();
    void peek_givesNothingWhenTheTrailerIsDamaged();
    void peek_failsWhenTheManifestIsDamaged();
};

void tst_Peek::judge_verifiesWhatOurWriterWrites_data()
{
    QTest::addColumn<ArchiveFormat>("format");
    QTest::newRow("tar") << ArchiveFormat::Tar;
    QTest::newRow("tar.gz") << ArchiveFormat::TarGzip;
    QTest::newRow("tar.zst") << ArchiveFormat::TarZstd;
}

void tst_Peek::judge_verifiesWhatOurWriterWrites()
{
    QFETCH(ArchiveFormat, format);
    DataDirBuilder dir;
    writeOwnArchive(dir.path("x"), largeSpec(format));
    const Judgement judgement = judge(dir.path("x"));
    QVERIFY2(judgement.verdict == Verdict::Verified,
             judgement.problems.isEmpty() ? "" : qPrintable(judgement.problems.first().message));
    QCOMPARE(judgement.members.size(), 404);
    QCOMPARE(judgement.topFolder, QByteArray("data"));
    // One byte of it changed, and it is refused, or the byte said nothing (a gzip header's time, padding) and
    // every promise is kept all the same: a sample of places over the whole file.
    const QByteArray whole = dir.read("x");
    int tried = 0;
    int silent = 0;
    for (qsizetype at = 10; at < whole.size(); at += std::max<qsizetype>(whole.size() / 40, 1)) {
        QByteArray broken = whole;
        broken[at] = char(broken[at] ^ 0x20);
        dir.file("y", broken);
        const Judgement other = judge(dir.path("y"));
        ++tried;
        if (!other.isUsable())
            continue;
        ++silent;
        QCOMPARE(other.verdict, Verdict::Verified);
        QCOMPARE(hashes(other), hashes(judgement));
    }
    QVERIFY(silent < tried / 2);
    qInfo("%d places, %d of them say nothing", tried, silent);
}

void tst_Peek::peek_givesTheManifestWithoutReadingTheRest_data()
{
    QTest::addColumn<ArchiveFormat>("format");
    QTest::newRow("tar") << ArchiveFormat::Tar;
    QTest::newRow("tar.gz") << ArchiveFormat::TarGzip;
    QTest::newRow("tar.zst") << ArchiveFormat::TarZstd;
}

void tst_Peek::peek_givesTheManifestWithoutReadingTheRest()
{
    QFETCH(ArchiveFormat, format);
    DataDirBuilder dir;
    writeOwnArchive(dir.path("x"), largeSpec(format));
    Monitor monitor;
    const auto archive = ArchiveFile::open(dir.path("x"));
    QVERIFY(archive);
    const auto manifest = peekManifest(*archive, monitor);
    QVERIFY(manifest && *manifest);
    QCOMPARE((*manifest)->note, QStringLiteral("before the upgrade"));
    QCOMPARE((*manifest)->sequence, 7);
    QCOMPARE((*manifest)->entries.size(), 404);
    // It may read its own group, not the members'.
    QVERIFY(monitor.sample().bytesDone < archive->size());
    // Damage in front of it is not its business; the judge finds it.
    QByteArray broken = dir.read("x");
    const qsizetype at = format == ArchiveFormat::Tar ? broken.indexOf("0123") : 200;   // content, not a header
    QVERIFY(at > 0);
    broken[at] = char(broken[at] ^ 0x10);
    dir.file("y", broken);
    const auto again = peek(dir.path("y"));
    QVERIFY(again && *again);
    QVERIFY(!judge(dir.path("y")).isUsable());
}

void tst_Peek::peek_givesNothingForForeignArchives()
{
    DataDirBuilder dir;
    dir.file("a.tar.gz", TarBuilder().file("data/a").end().gz()).file("b", "x").file("c", "").file("d.tar", TarBuilder().end().bytes());
    for (const char *name : {"a.tar.gz", "b", "c", "d.tar"}) {
        const auto manifest = peek(dir.path(name));
        QVERIFY2(manifest && !*manifest, name);
    }
}

void tst_Peek::peek_givesNothingWhenTheTrailerIsDamaged()
{
    DataDirBuilder dir;
    writeOwnArchive(dir.path("x"), {});
    const QByteArray whole = dir.read("x");
    dir.file("cut", whole.chopped(1));
    QByteArray flipped = whole;
    flipped[whole.size() - 40] = char(flipped[whole.size() - 40] ^ 1);
    dir.file("flipped", flipped);
    for (const char *name : {"cut", "flipped"}) {
        const auto manifest = peek(dir.path(name));
        QVERIFY2(manifest && !*manifest, name);
    }
}

void tst_Peek::peek_failsWhenTheManifestIsDamaged()
{
    DataDirBuilder dir;
    writeOwnArchive(dir.path("x"), largeSpec(ArchiveFormat::TarGzip));
    QByteArray broken = dir.read("x");
    const qint64 end = trailerSize(ArchiveFormat::TarGzip);
    const auto trailer = decodeTrailer(QByteArrayView(broken).last(end), ArchiveFormat::TarGzip, broken.size());
    QVERIFY(trailer);
    const qsizetype at = trailer->manifestOffset + trailer->manifestLength / 2;
    broken[at] = char(broken[at] ^ 0x10);
    dir.file("y", broken);
    const auto manifest = peek(dir.path("y"));
    QVERIFY(!manifest);
    QCOMPARE(manifest.error().code, ErrorCode::ArchiveDamaged);
}

QTEST_GUILESS_MAIN(tst_Peek)
#include "tst_peek.moc"
