// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/dirtree.h"
#include "storage/formats/faiss.h"
#include "tests/support/datadirbuilder.h"

#include <QTest>
#include <QtEndian>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

template<class T> QByteArray little(T value)
{
    QByteArray bytes(sizeof(T), '\0');
    qToLittleEndian(value, bytes.data());
    return bytes;
}

QByteArray flatIndex(const QByteArray &type, qint32 dimension, qint64 vectors, qint32 metric, qint64 floats)
{
    QByteArray out = type + little(dimension) + little(vectors) + little(qint64(1) << 20) + little(qint64(1) << 20) + '\1' + little(metric);
    if (metric > 1)
        out += little(3.5f);
    out += little(quint64(floats));
    return out + QByteArray(qsizetype(floats * 4), '\0');
}

VectorFile readBytes(const QByteArray &bytes)
{
    DataDirBuilder dir;
    dir.file("index.faiss", bytes);
    const auto tree = DirTree::open(dir.path());
    const auto file = readVectorFile(**tree, RelPath::literal("index.faiss"));
    if (!file)
        qFatal("index.faiss was not read");
    return *file;
}

}  // namespace

class FaissTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void flatIndex_isReadWithItsNumbers_data()
    {
        QTest::addColumn<QByteArray>("type");
        QTest::addColumn<int>("metricCode");
        QTest::addColumn<int>("metric");
        QTest::addColumn<qint64>("bytes");
        QTest::newRow("L2") << QByteArray("IxF2") << 1 << int(VectorMetric::L2) << qint64(45 + 3 * 5 * 4);
        QTest::newRow("inner product") << QByteArray("IxFI") << 0 << int(VectorMetric::InnerProduct) << qint64(45 + 3 * 5 * 4);
        QTest::newRow("with argument") << QByteArray("IxFl") << 4 << int(VectorMetric::Other) << qint64(49 + 3 * 5 * 4);
    }
    void flatIndex_isReadWithItsNumbers()
    {
        QFETCH(QByteArray, type);
        QFETCH(int, metricCode);
        QFETCH(int, metric);
        QFETCH(qint64, bytes);
        const VectorFile file = readBytes(flatIndex(type, 5, 3, metricCode, 15));
        QCOMPARE(file.state, VectorFileState::Ok);
        QCOMPARE(file.type, type);
        QCOMPARE(file.dimension, 5);
        QCOMPARE(file.vectors, std::optional<qint64>(3));
        QCOMPARE(int(file.metric), metric);
        QCOMPARE(file.bytes, bytes);
        QCOMPARE(file.expectedBytes, std::optional<qint64>(bytes));
        QCOMPARE(file.metricArgument, metricCode > 1 ? 3.5f : 0.0f);
    }

    void emptyIndex_isHealthy()
    {
        const VectorFile file = readBytes(flatIndex("IxF2", 384, 0, 1, 0));
        QCOMPARE(file.state, VectorFileState::Ok);
        QCOMPARE(file.vectors, std::optional<qint64>(0));
    }

    void everyShorterFile_isTruncated()
    {
        const QByteArray whole = flatIndex("IxF2", 4, 2, 1, 8);
        QCOMPARE(readBytes({}).state, VectorFileState::Empty);
        for (qsizetype n = 1; n < whole.size(); ++n) {
            const VectorFile file = readBytes(whole.left(n));
            QCOMPARE(file.state, VectorFileState::Truncated);
            QCOMPARE(file.bytes, n);
            QCOMPARE(file.vectors.has_value(), n >= 37);
        }
        QCOMPARE(readBytes(whole + 'x').state, VectorFileState::Oversized);
    }

    void otherIndexes_areUnknownAndCountNothing()
    {
        for (const QByteArray type : {"IxMp", "IxM2", "IwFl", "IHNf", "\x80\x04\x95\x10"}) {
            const VectorFile file = readBytes(type + QByteArray(200, '\1'));
            QCOMPARE(file.state, VectorFileState::UnknownType);
            QVERIFY(!file.vectors);
            QVERIFY(!file.expectedBytes);
        }
    }

    void headersThatContradictThemselves_areInconsistent()
    {
        QCOMPARE(readBytes(flatIndex("IxF2", 4, 2, 1, 9)).state, VectorFileState::Inconsistent);
        QCOMPARE(readBytes(flatIndex("IxF2", 0, 2, 1, 0)).state, VectorFileState::Inconsistent);
        QCOMPARE(readBytes(flatIndex("IxF2", -4, 2, 1, 8)).state, VectorFileState::Inconsistent);
        QCOMPARE(readBytes(flatIndex("IxF2", 4, -1, 1, 8)).state, VectorFileState::Inconsistent);
        QCOMPARE(readBytes(flatIndex("IxFI", 4, 2, 1, 8)).state, VectorFileState::Inconsistent);
        // A product beyond 63 bits must not wrap round to something plausible.
        const VectorFile huge = readBytes(flatIndex("IxF2", 0x7fffffff, std::numeric_limits<qint64>::max(), 1, 8));
        QCOMPARE(huge.state, VectorFileState::Inconsistent);
        QVERIFY(!huge.vectors);
    }

    void foldersAndMissingFiles_areErrors()
    {
        DataDirBuilder dir;
        dir.dir("folder");
        const auto tree = DirTree::open(dir.path());
        QCOMPARE(readVectorFile(**tree, RelPath::literal("nothing")).error().code, ErrorCode::NotFound);
        QCOMPARE(readVectorFile(**tree, RelPath::literal("folder")).error().code, ErrorCode::NotAFile);
    }

    void samples_haveTheirVectors()
    {
        DataDirBuilder dir;
        int read = 0;
        for (const QString &sample : {QStringLiteral("rag"), QStringLiteral("rag-guide")}) {
            if (!unpackSample(sample, dir.path()))
                continue;
            const auto tree = DirTree::open(dir.path(sample.toUtf8()));
            Monitor monitor;
            QVERIFY((*tree)->walk(RelPath::literal("data"), monitor, [&](const RelPath &path, const TreeEntry &entry, const Error *) {
                if (entry.name == "index.faiss") {
                    const auto file = readVectorFile(**tree, path);
                    if (file && file->state == VectorFileState::Ok && file->dimension == 384 && *file->vectors > 0)
                        ++read;
                    else
                        qWarning("%s is not read as healthy", path.bytes().constData());
                }
                return true;
            }));
        }
        qInfo("%d index files of samples", read);
        QVERIFY(sampleNames().isEmpty() || read == 7);
    }
};

QTEST_GUILESS_MAIN(FaissTest)
#include "tst_faiss.moc"
