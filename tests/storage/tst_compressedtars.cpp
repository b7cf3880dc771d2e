// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/storage/memberrecorder.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"

#include <QRandomGenerator>
#include <QtTest>

#include <zlib.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

// What lies around a tar: gzip members, xz and bzip2 streams, the index of a parallel packer.

class tst_CompressedTars : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void read_readsEveryGzipMemberAndNothingElse_data();
    void read_readsEveryGzipMemberAndNothingElse();
    void read_takesMembersOfEverySize_data();
    void read_takesMembersOfEverySize();
    void read_checksWhatAGzipHeaderMayHave_data();
    void read_checksWhatAGzipHeaderMayHave();
    void read_checksForeignStreamsToTheEnd_data();
    void read_checksForeignStreamsToTheEnd();
    void read_joinsStreamsOfParallelPackers_data();
    void read_joinsStreamsOfParallelPackers();
    void read_stepsOverTheIndexOfPixzAndNothingElse();
};

void tst_CompressedTars::read_readsEveryGzipMemberAndNothingElse_data()
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

void tst_CompressedTars::read_readsEveryGzipMemberAndNothingElse()
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

void tst_CompressedTars::read_takesMembersOfEverySize_data()
{
    QTest::addColumn<QList<int>>("cuts");   // KiB of content in each member; the last takes the rest
    QTest::newRow("as ours") << QList<int>{1024, 1024, 1024, 900};
    QTest::newRow("small, large, small") << QList<int>{10, 6000, 10, 20};
    QTest::newRow("large first") << QList<int>{9000, 1, 1, 1};
    QTest::newRow("around what is taken whole") << QList<int>{4096, 4095, 4097, 1};
    QTest::newRow("one") << QList<int>{};
}

/// Members that are taken whole, and others that are not, in one file; packed well and not at all.
void tst_CompressedTars::read_takesMembersOfEverySize()
{
    QFETCH(QList<int>, cuts);
    QByteArray content(13 << 20, Qt::Uninitialized);
    QRandomGenerator random(7);
    random.fillRange(reinterpret_cast<quint32 *>(content.data()), content.size() / qsizetype(sizeof(quint32)));
    for (qsizetype at = 0; at < content.size() / 8; ++at)
        content[at] = char(content[at] & 15);
    const QByteArray tar = TarBuilder().file("data/a", content).end().bytes();
    QByteArray file;
    qsizetype at = 0;
    for (const int cut : cuts) {
        file += gzip(tar.mid(at, qsizetype(cut) << 10));
        at += qsizetype(cut) << 10;
    }
    file += gzip(tar.mid(at));
    DataDirBuilder dir;
    dir.file("x", file);
    Recorder recorder;
    const auto done = read(dir.path("x"), recorder);
    QVERIFY2(done, done ? "" : qPrintable(describe(done.error()).oneLine()));
    QVERIFY(recorder.contents.value("data/a") == content);
    // Cut anywhere, or with one bit off, it is nothing that can be read.
    for (qsizetype size = 1000; size < file.size(); size += file.size() / 2) {
        dir.file("x", file.left(size));
        Recorder cutShort;
        const auto cutDone = read(dir.path("x"), cutShort);
        QVERIFY(!cutDone);
        QCOMPARE(cutDone.error().code, ErrorCode::ArchiveTruncated);
        QByteArray flipped = file;
        flipped[size] = char(flipped[size] ^ 16);
        dir.file("x", flipped);
        Recorder recorded;
        QVERIFY2(!read(dir.path("x"), recorded), qPrintable(QString::number(size)));
    }
}

void tst_CompressedTars::read_checksWhatAGzipHeaderMayHave_data()
{
    QTest::addColumn<QByteArray>("header");
    QTest::addColumn<bool>("readable");
    const QByteArray base("\x1f\x8b\x08", 3);
    const QByteArray rest(6, '\0');
    const auto withCrc = [&](QByteArray header, int off) -> QByteArray {
        const uint crc = uint(::crc32(0, reinterpret_cast<const Bytef *>(header.constData()), uInt(header.size()))) + uint(off);
        return header + char(crc & 0xff) + char(crc >> 8 & 0xff);
    };
    QTest::newRow("plain") << QByteArray(base + '\0' + rest) << true;
    QTest::newRow("extra field") << QByteArray(base + '\4' + rest + QByteArray("\4\0SR\0\0", 6)) << true;
    QTest::newRow("name and comment") << QByteArray(base + '\x18' + rest + QByteArray("a.tar\0no comment\0", 17)) << true;
    QTest::newRow("checksum") << withCrc(base + '\2' + rest, 0) << true;
    QTest::newRow("checksum that is wrong") << withCrc(base + '\2' + rest, 1) << false;
    QTest::newRow("reserved flag") << QByteArray(base + '\x20' + rest) << false;
    QTest::newRow("another method") << QByteArray("\x1f\x8b\x07\0" + rest) << false;
    QTest::newRow("name far too long") << QByteArray(base + '\x08' + rest + QByteArray(300'000, 'n') + '\0') << false;
}

void tst_CompressedTars::read_checksWhatAGzipHeaderMayHave()
{
    QFETCH(QByteArray, header);
    QFETCH(bool, readable);
    const QByteArray whole = gzip(healthy().end().bytes());
    const QByteArray other = header + whole.mid(10);
    DataDirBuilder dir;
    Recorder recorder;
    dir.file("x", other);
    QCOMPARE(read(dir.path("x"), recorder).has_value(), readable);
    // And behind a member without any of it.
    const QByteArray tar = healthy().end().bytes();
    const QByteArray second = gzip(tar.mid(1000));
    Recorder behind;
    dir.file("x", gzip(tar.left(1000)) + header + second.mid(10));
    QCOMPARE(read(dir.path("x"), behind).has_value(), readable);
    if (readable)
        QCOMPARE(behind.contents.value("data/b"), QByteArray(700, 'b'));
}

void tst_CompressedTars::read_checksForeignStreamsToTheEnd_data()
{
    QTest::addColumn<QString>("program");
    for (const char *program : {"xz", "bzip2", "zstd"})
        QTest::newRow(program) << QString::fromLatin1(program);
}

void tst_CompressedTars::read_checksForeignStreamsToTheEnd()
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

void tst_CompressedTars::read_joinsStreamsOfParallelPackers_data()
{
    QTest::addColumn<QString>("program");
    QTest::addColumn<QByteArray>("empty");     // a stream without content
    QTest::newRow("xz") << QStringLiteral("xz") << QByteArray::fromHex("fd377a585a000004e6d6b446000000001cdf44211fb6f37d010000000004595a");
    QTest::newRow("bzip2") << QStringLiteral("bzip2") << QByteArray::fromHex("425a683917724538509000000000");
}

void tst_CompressedTars::read_joinsStreamsOfParallelPackers()
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

void tst_CompressedTars::read_stepsOverTheIndexOfPixzAndNothingElse()
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

QTEST_GUILESS_MAIN(tst_CompressedTars)
#include "tst_compressedtars.moc"
