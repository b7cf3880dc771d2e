// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/groupwriter.h"

#include "storage/archive/compression.h"
#include "storage/archive/tarformat.h"
#include "storage/archive/trailer.h"
#include "storage/fd.h"
#include "tests/support/datadirbuilder.h"

#include <QCryptographicHash>
#include <QRandomGenerator>
#include <QStandardPaths>
#include <QtTest>

#include <fcntl.h>
#include <unistd.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

class BytesSource final : public ContentSource {
public:
    explicit BytesSource(QByteArray bytes, qint64 deliver = -1) : m_bytes(std::move(bytes)), m_deliver(deliver < 0 ? m_bytes.size() : deliver) {}
    Result<qint64> readAt(char *data, qint64 size, qint64 offset) override
    {
        const qint64 n = std::clamp<qint64>(m_deliver - offset, 0, size);
        memcpy(data, m_bytes.constData() + offset, size_t(n));
        return n;
    }

private:
    QByteArray m_bytes;
    qint64 m_deliver;
};

class FailingSource final : public ContentSource {
public:
    Result<qint64> readAt(char *, qint64, qint64) override { return failErrno(EIO, "data/bad"); }
};

/// Stops the monitor once it was asked for the n-th time.
class StoppingSource final : public ContentSource {
public:
    explicit StoppingSource(Monitor &monitor) : m_monitor(monitor) {}
    Result<qint64> readAt(char *data, qint64 size, qint64) override
    {
        m_monitor.requestStop();
        memset(data, 'x', size_t(size));
        return size;
    }

private:
    Monitor &m_monitor;
};

struct File {
    QByteArray path;
    QByteArray content;   // a null one is a directory
};

QByteArray noise(qsizetype size, quint32 seed)
{
    QByteArray bytes(size, Qt::Uninitialized);
    QRandomGenerator random(seed);
    for (char &c : bytes)
        c = char(random.generate());
    return bytes;
}

QByteArray prose(qsizetype size, quint32 seed)
{
    static const QList<QByteArray> words = {"session ", "fragment ", "{\"id\": ", "0123456789 ", "created_at ", "\n", "true, "};
    QByteArray bytes;
    QRandomGenerator random(seed);
    while (bytes.size() < size)
        bytes += words.at(random.bounded(int(words.size())));
    return bytes.left(size);
}

/// Sizes around every edge the writer knows, and enough small files for several groups.
QList<File> edgeTree()
{
    QList<File> files = {{"data", {}}};
    for (int i = 0; i < 300; ++i) {
        const QByteArray dir = "data/s" + QByteArray::number(i);
        files.append({dir, {}});
        files.append({dir + "/a.json", prose(10000 + i, quint32(i))});
        files.append({dir + "/empty", QByteArray("")});
    }
    for (const qint64 size : {511, 512, 513, (1 << 20) - 1, 1 << 20, (1 << 20) + 1, 3 << 20, (3 << 20) + 700})
        files.append({"data/size" + QByteArray::number(size), size % 2 ? noise(size, quint32(size)) : prose(size, quint32(size))});
    return files;
}

Member memberOf(const File &file)
{
    Member m;
    m.path = RelPath::literal(file.path);
    m.type = file.content.isNull() ? MemberType::Directory : MemberType::File;
    m.size = file.content.size();
    m.mode = file.content.isNull() ? 0755 : 0640;
    m.mtimeNs = 1795150157314751123;
    return m;
}

Fd openNew(const QByteArray &path)
{
    Fd fd(::open(path.constData(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!fd.isValid())
        qFatal("cannot create %s", path.constData());
    return fd;
}

constexpr char kManifestText[] = "{\"format\":\"strongroom-backup\"}\n";

QList<PackedFile> writeArchive(const QByteArray &path, const QList<File> &files, const WriterOptions &options)
{
    Monitor monitor;
    const Fd fd = openNew(path);
    auto writer = GroupWriter::create(fd.get(), options, monitor);
    if (!writer)
        qFatal("create: %s", qPrintable(codeWord(writer.error().code)));
    for (const File &file : files) {
        const auto added = (*writer)->add(memberOf(file), std::make_shared<BytesSource>(file.content));
        if (!added)
            qFatal("add: %s", qPrintable(codeWord(added.error().code)));
    }
    const auto packed = (*writer)->drain();
    if (!packed || !(*writer)->addText(RelPath::literal(kManifestPath), kManifestText, 0))
        qFatal("drain");
    const auto size = (*writer)->finish({});
    if (!size || *size != ::lseek(fd.get(), 0, SEEK_END))
        qFatal("finish");
    return *packed;
}

WriterOptions optionsFor(ArchiveFormat format, int threads = 2)
{
    WriterOptions options;
    options.format = format;
    options.threads = threads;
    return options;
}

}  // namespace

class tst_GroupWriter : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void archive_isReadByEverybody_data();
    void archive_isReadByEverybody();
    void archive_isTheSameWithAndWithoutThreads_data();
    void archive_isTheSameWithAndWithoutThreads();
    void archive_repeatsItsGroupsAroundAChange();
    void hashes_areThoseOfTheContentsInOrder();
    void incompressibleContent_costsNothing();
    void write_endsCleanlyWhenASourceFails_data();
    void write_endsCleanlyWhenASourceFails();
    void write_reportsAFullDisk_data();
    void write_reportsAFullDisk();
    void write_stopsWhenAsked();
    void takeBack_leavesTheArchiveAsIfNothingHadBeenAdded_data();
    void takeBack_leavesTheArchiveAsIfNothingHadBeenAdded();
    void create_refusesLevelsAFormatDoesNotHave();
    void trailer_leadsToTheManifest_data();
    void trailer_leadsToTheManifest();
    void trailer_isNotBelievedWhenDamaged();
};

void tst_GroupWriter::archive_isReadByEverybody_data()
{
    QTest::addColumn<int>("format");
    QTest::addColumn<QString>("name");
    QTest::newRow("tar") << int(ArchiveFormat::Tar) << QStringLiteral("a.tar");
    QTest::newRow("tar.gz") << int(ArchiveFormat::TarGzip) << QStringLiteral("a.tar.gz");
    QTest::newRow("tar.zst") << int(ArchiveFormat::TarZstd) << QStringLiteral("a.tar.zst");
}

void tst_GroupWriter::archive_isReadByEverybody()
{
    QFETCH(int, format);
    QFETCH(QString, name);
    DataDirBuilder builder;
    const QByteArray archive = builder.path(name.toUtf8());
    const QList<File> files = edgeTree();
    (void)writeArchive(archive, files, optionsFor(ArchiveFormat(format)));

    const auto check = [&](const QByteArray &folder, const Ran &ran) {
        QCOMPARE(ran.err, QByteArray());
        QCOMPARE(ran.exitCode, 0);
        for (const File &file : files) {
            if (!file.content.isNull())
                QVERIFY2(builder.read(folder + '/' + file.path) == file.content, file.path.constData());
        }
        QCOMPARE(builder.read(folder + "/.strongroom/manifest.json"), QByteArray(kManifestText));
        QCOMPARE(builder.names(folder), QList<QByteArray>({".strongroom", "data"}));
    };
    builder.dir("gnu").dir("python").dir("busybox");
    check("gnu", run(QStringLiteral("tar"), {QStringLiteral("-xpf"), QFile::decodeName(archive)}, builder.path("gnu")));
    if (ArchiveFormat(format) != ArchiveFormat::TarZstd) {   // Python 3.11 does not know zstd
        check("python", run(QStringLiteral("python3"),
                            {QStringLiteral("-c"), QStringLiteral("import sys,tarfile;tarfile.open(sys.argv[1]).extractall('.')"),
                             QFile::decodeName(archive)}, builder.path("python")));
    }

    int tested = 0;
    const auto test = [&](const QString &program, const QStringList &arguments) {
        if (QStandardPaths::findExecutable(program).isEmpty())
            return;
        const Ran ran = run(program, arguments + QStringList(QFile::decodeName(archive)), builder.path("busybox"));
        QVERIFY2(ran.exitCode == 0, ran.err.constData());
        ++tested;
    };
    if (ArchiveFormat(format) == ArchiveFormat::TarGzip) {
        test(QStringLiteral("gzip"), {QStringLiteral("-t")});
        test(QStringLiteral("pigz"), {QStringLiteral("-t")});
        test(QStringLiteral("igzip"), {QStringLiteral("-t")});
        test(QStringLiteral("busybox"), {QStringLiteral("tar"), QStringLiteral("-xzf")});
        test(QStringLiteral("busybox"), {QStringLiteral("gunzip"), QStringLiteral("-t")});
    } else if (ArchiveFormat(format) == ArchiveFormat::TarZstd) {
        test(QStringLiteral("zstd"), {QStringLiteral("-tq")});
    } else {
        test(QStringLiteral("busybox"), {QStringLiteral("tar"), QStringLiteral("-xf")});
    }
    test(QStringLiteral("bsdtar"), {QStringLiteral("-tf")});
    qInfo("%d further programs read it", tested);
}

void tst_GroupWriter::archive_isTheSameWithAndWithoutThreads_data()
{
    archive_isReadByEverybody_data();
}

void tst_GroupWriter::archive_isTheSameWithAndWithoutThreads()
{
    QFETCH(int, format);
    DataDirBuilder builder;
    const QList<File> files = edgeTree();
    (void)writeArchive(builder.path("one"), files, optionsFor(ArchiveFormat(format), 1));
    for (const int threads : {2, 5}) {
        (void)writeArchive(builder.path("many"), files, optionsFor(ArchiveFormat(format), threads));
        QVERIFY(builder.read("one") == builder.read("many"));
    }
}

void tst_GroupWriter::archive_repeatsItsGroupsAroundAChange()
{
    DataDirBuilder builder;
    WriterOptions options = optionsFor(ArchiveFormat::TarGzip, 1);
    options.groupBytes = 64 << 10;
    QList<File> files = edgeTree();
    (void)writeArchive(builder.path("before"), files, options);
    files[301].content += "changed";
    (void)writeArchive(builder.path("after"), files, options);
    const QByteArray before = builder.read("before");
    const QByteArray after = builder.read("after");
    QVERIFY(before != after);
    const auto same = std::mismatch(before.cbegin(), before.cend(), after.cbegin(), after.cend()).first - before.cbegin();
    const qsizetype trailer = trailerSize(ArchiveFormat::TarGzip);
    const auto end = std::mismatch(before.crbegin() + trailer, before.crend(), after.crbegin() + trailer, after.crend()).first
        - before.crbegin();
    QVERIFY2(before.size() - same - end < 200'000, qPrintable(QString::number(before.size() - same - end)));
}

void tst_GroupWriter::hashes_areThoseOfTheContentsInOrder()
{
    DataDirBuilder builder;
    const QList<File> files = edgeTree();
    for (const int threads : {1, 3}) {
        const QList<PackedFile> packed = writeArchive(builder.path("a"), files, optionsFor(ArchiveFormat::TarZstd, threads));
        qsizetype next = 0;
        for (qsizetype i = 0; i < files.size(); ++i) {
            if (files.at(i).content.isNull())
                continue;
            QVERIFY(next < packed.size());
            QCOMPARE(packed.at(next).index, i);
            QCOMPARE(toHex(packed.at(next).sha256), QCryptographicHash::hash(files.at(i).content, QCryptographicHash::Sha256).toHex());
            ++next;
        }
        QCOMPARE(next, packed.size());
    }
}

void tst_GroupWriter::incompressibleContent_costsNothing()
{
    for (const ArchiveFormat format : {ArchiveFormat::TarGzip, ArchiveFormat::TarZstd}) {
        const auto compressor = GroupCompressor::create(format, -1);
        QVERIFY(compressor.has_value());
        const QByteArray raw = noise(1 << 20, 7);
        QByteArray packed;
        QVERIFY((*compressor)->compress(raw, packed).has_value());
        QVERIFY(packed.size() > raw.size());
        QVERIFY(packed.size() < raw.size() + raw.size() / 1000 + 200);
        // Half noise, half text is worth the search.
        const QByteArray mixed = noise(300'000, 7) + prose(700'000, 8);
        QVERIFY((*compressor)->compress(mixed, packed).has_value());
        QVERIFY(packed.size() < 600'000);
    }
}

void tst_GroupWriter::write_endsCleanlyWhenASourceFails_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<qint64>("size");
    QTest::addColumn<bool>("isShort");
    for (const int threads : {1, 3}) {
        for (const qint64 size : {qint64(10), qint64(3) << 20}) {
            QTest::addRow("%d threads, %lld bytes, error", threads, qlonglong(size)) << threads << size << false;
            QTest::addRow("%d threads, %lld bytes, short", threads, qlonglong(size)) << threads << size << true;
        }
    }
}

void tst_GroupWriter::write_endsCleanlyWhenASourceFails()
{
    QFETCH(int, threads);
    QFETCH(qint64, size);
    QFETCH(bool, isShort);
    DataDirBuilder builder;
    Monitor monitor;
    const Fd fd = openNew(builder.path("a"));
    auto writer = GroupWriter::create(fd.get(), optionsFor(ArchiveFormat::TarGzip, threads), monitor);
    QVERIFY(writer.has_value());
    QVERIFY((*writer)->add(memberOf({"data", {}}), {}).has_value());
    std::shared_ptr<ContentSource> source = std::make_shared<FailingSource>();
    if (isShort)
        source = std::make_shared<BytesSource>(QByteArray(size, 'x'), size - 1);
    (void)(*writer)->add(memberOf({"data/bad", QByteArray(size, 'x')}), source);
    for (int i = 0; i < 100; ++i)
        (void)(*writer)->add(memberOf({"data/f" + QByteArray::number(i), "abc"}), std::make_shared<BytesSource>("abc"));
    const ErrorCode expected = isShort ? ErrorCode::Changed : ErrorCode::ReadFailed;
    const auto drained = (*writer)->drain();
    QVERIFY(!drained);
    QCOMPARE(drained.error().code, expected);
    QCOMPARE(drained.error().path, QByteArray("data/bad"));
    QCOMPARE((*writer)->addText(RelPath::literal("x"), "y", 0).error().code, expected);
    QCOMPARE((*writer)->finish({}).error().code, expected);
}

void tst_GroupWriter::write_reportsAFullDisk_data()
{
    QTest::addColumn<int>("threads");
    QTest::newRow("caller") << 1;
    QTest::newRow("workers") << 3;
}

void tst_GroupWriter::write_reportsAFullDisk()
{
    QFETCH(int, threads);
    Monitor monitor;
    const Fd full(::open("/dev/full", O_WRONLY | O_CLOEXEC));
    QVERIFY(full.isValid());
    auto writer = GroupWriter::create(full.get(), optionsFor(ArchiveFormat::TarGzip, threads), monitor);
    QVERIFY(writer.has_value());
    Result<void> added;
    for (int i = 0; i < 200 && added; ++i)
        added = (*writer)->add(memberOf({"f" + QByteArray::number(i), QByteArray(100'000, 'x')}),
                               std::make_shared<BytesSource>(noise(100'000, quint32(i))));
    QVERIFY(!added);
    QCOMPARE(added.error().code, ErrorCode::DiskFull);
    QCOMPARE((*writer)->finish({}).error().code, ErrorCode::DiskFull);
}

void tst_GroupWriter::write_stopsWhenAsked()
{
    for (const int threads : {1, 3}) {
        DataDirBuilder builder;
        Monitor monitor;
        const Fd fd = openNew(builder.path("a"));
        auto writer = GroupWriter::create(fd.get(), optionsFor(ArchiveFormat::TarGzip, threads), monitor);
        QVERIFY(writer.has_value());
        File huge{"data/huge", "x"};
        Member member = memberOf(huge);
        member.size = qint64(1) << 40;   // would take hours
        const auto added = (*writer)->add(member, std::make_shared<StoppingSource>(monitor));
        QVERIFY(!added);
        QCOMPARE(added.error().code, ErrorCode::Cancelled);
        QCOMPARE((*writer)->finish({}).error().code, ErrorCode::Cancelled);
    }
}

void tst_GroupWriter::takeBack_leavesTheArchiveAsIfNothingHadBeenAdded_data()
{
    QTest::addColumn<int>("threads");
    QTest::addColumn<qint64>("deliver");   // bytes of 5 MiB before the source gives up
    for (const int threads : {1, 3}) {
        for (const qint64 deliver : {qint64(0), qint64(100'000), qint64(3) << 20, (qint64(5) << 20) - 1, qint64(5) << 20})
            QTest::addRow("%d threads, %lld bytes", threads, qlonglong(deliver)) << threads << deliver;
    }
}

void tst_GroupWriter::takeBack_leavesTheArchiveAsIfNothingHadBeenAdded()
{
    QFETCH(int, threads);
    QFETCH(qint64, deliver);
    DataDirBuilder builder;
    const QList<File> files = {{"d", {}}, {"d/a", prose(5000, 1)}, {"d/big", prose(2 << 20, 2)}, {"d/c", prose(700'000, 3)}};
    const QByteArray bad = noise(5 << 20, 9);
    const auto write = [&](const QByteArray &name, bool disturbed) {
        Monitor monitor;
        const Fd fd = openNew(builder.path(name));
        auto writer = GroupWriter::create(fd.get(), optionsFor(ArchiveFormat::TarGzip, threads), monitor);
        QVERIFY(writer.has_value());
        for (const File &file : files) {
            for (int i = 0; disturbed && i < 2; ++i) {
                const auto added = (*writer)->add(memberOf({"d/bad", bad}), std::make_shared<BytesSource>(bad, deliver));
                QCOMPARE(added.has_value(), deliver == bad.size());
                QVERIFY((*writer)->takeBack().has_value());
            }
            QVERIFY((*writer)->add(memberOf(file), std::make_shared<BytesSource>(file.content)).has_value());
        }
        const auto packed = (*writer)->drain();
        QVERIFY(packed.has_value());
        QCOMPARE(packed->size(), 3);
        QCOMPARE(packed->last().index, 3);
        QCOMPARE(toHex(packed->last().sha256), QCryptographicHash::hash(files.last().content, QCryptographicHash::Sha256).toHex());
        QVERIFY((*writer)->finish({}).has_value());
    };
    write("calm", false);
    write("disturbed", true);
    const auto unpacked = [&](const QByteArray &name) {
        return run(QStringLiteral("gzip"), {QStringLiteral("-dc"), QFile::decodeName(builder.path(name))}).out;
    };
    QVERIFY(unpacked("calm").size() > (2 << 20));
    QVERIFY(unpacked("calm") == unpacked("disturbed"));
}

void tst_GroupWriter::create_refusesLevelsAFormatDoesNotHave()
{
    Monitor monitor;
    for (const ArchiveFormat format : {ArchiveFormat::TarGzip, ArchiveFormat::TarZstd}) {
        for (const int level : {20, -2, 100}) {
            WriterOptions options = optionsFor(format);
            options.level = level;
            const auto writer = GroupWriter::create(-1, options, monitor);
            QVERIFY(!writer);
            QCOMPARE(writer.error().code, ErrorCode::Usage);
        }
        for (const int level : {levelRange(format).lowest, levelRange(format).highest, -1})
            QVERIFY(GroupCompressor::create(format, level).has_value());
    }
    QCOMPARE(GroupWriter::create(-1, optionsFor(ArchiveFormat::Zip), monitor).error().code, ErrorCode::NotSupported);
}

void tst_GroupWriter::trailer_leadsToTheManifest_data()
{
    QTest::addColumn<int>("format");
    QTest::addColumn<QString>("unpack");
    QTest::newRow("tar.gz") << int(ArchiveFormat::TarGzip) << QStringLiteral("gzip");
    QTest::newRow("tar.zst") << int(ArchiveFormat::TarZstd) << QStringLiteral("zstd");
}

void tst_GroupWriter::trailer_leadsToTheManifest()
{
    QFETCH(int, format);
    QFETCH(QString, unpack);
    DataDirBuilder builder;
    (void)writeArchive(builder.path("a"), edgeTree(), optionsFor(ArchiveFormat(format)));
    const QByteArray whole = builder.read("a");
    const auto trailer = decodeTrailer(QByteArrayView(whole).last(trailerSize(ArchiveFormat(format))), ArchiveFormat(format),
                                       whole.size());
    QVERIFY(trailer.has_value());
    QCOMPARE(trailer->indexLength, 0);
    const Ran ran = run(unpack, {QStringLiteral("-dc")}, {}, whole.mid(trailer->manifestOffset, trailer->manifestLength));
    QCOMPARE(ran.exitCode, 0);
    const auto header = decodeTarHeader(QByteArrayView(ran.out).first(kTarBlock), 0);
    QVERIFY(header.has_value());
    QCOMPARE(header->name, QByteArray(kManifestPath));
    QCOMPARE(ran.out.mid(kTarBlock, header->size), QByteArray(kManifestText));
}

void tst_GroupWriter::trailer_isNotBelievedWhenDamaged()
{
    for (const ArchiveFormat format : {ArchiveFormat::TarGzip, ArchiveFormat::TarZstd}) {
        const QByteArray good = encodeTrailer({100, 50, 0, 0}, format);
        QCOMPARE(good.size(), trailerSize(format));
        const qint64 fileSize = 200 + good.size();
        QCOMPARE(decodeTrailer(good, format, fileSize).value_or(Trailer()).manifestOffset, 100);
        for (qsizetype bit = 0; bit < good.size() * 8; ++bit) {
            QByteArray bad = good;
            bad[bit / 8] = char(quint8(bad[bit / 8]) ^ (1u << (bit % 8)));
            QVERIFY2(!decodeTrailer(bad, format, fileSize), qPrintable(QString::number(bit)));
        }
        QVERIFY(!decodeTrailer(good.chopped(1), format, fileSize));
        QVERIFY(!decodeTrailer(good, format, 149 + good.size()));   // points behind the end
        QVERIFY(!decodeTrailer(encodeTrailer({-1, 50, 0, 0}, format), format, fileSize));
        QVERIFY(!decodeTrailer(encodeTrailer({0, 0, 0, 0}, format), format, fileSize));
        QVERIFY(!decodeTrailer(encodeTrailer({0, 50, 150, 51}, format), format, fileSize));
        QVERIFY(decodeTrailer(encodeTrailer({0, 50, 150, 50}, format), format, fileSize).has_value());
    }
    QVERIFY(encodeTrailer({100, 50, 0, 0}, ArchiveFormat::Tar).isEmpty());
}

QTEST_GUILESS_MAIN(tst_GroupWriter)
#include "tst_groupwriter.moc"
