// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What the fuzzers have found and kept, without a fuzzer: the inputs of corpus/ and regressions/ are given to the
// targets that they belong to. Each input of regressions/ broke a promise once.

#include "tests/fuzz/fuzztarget.h"
#include "tests/fuzz/seeds.h"

#include <QDir>
#include <QtTest>

using namespace strongroom::fuzz;

class tst_FuzzCorpus : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void targets_keepTheirPromises_data();
    void targets_keepTheirPromises();
    void zeros_packAndUnpack();
};

namespace {

/// What the target says of one input; empty = all promises kept.
QByteArray verdictOn(const Target &target, const QByteArray &input)
{
    try {
        target.run(input);
    } catch (const BrokenPromise &broken) {
        return broken.what();
    }
    return {};
}

}  // namespace

void tst_FuzzCorpus::targets_keepTheirPromises_data()
{
    QTest::addColumn<int>("index");
    const QList<Target> targets = allTargets();
    for (int i = 0; i < targets.size(); ++i)
        QTest::newRow(targets.at(i).name) << i;
}

void tst_FuzzCorpus::targets_keepTheirPromises()
{
    QFETCH(const int, index);
    const Target target = allTargets().at(index);
    QStringList broken;
    const QList<QByteArray> seeds = target.seeds();
    for (qsizetype i = 0; i < seeds.size(); ++i) {
        if (const QByteArray verdict = verdictOn(target, seeds.at(i)); !verdict.isEmpty())
            broken.append(QStringLiteral("seed %1: %2").arg(i).arg(QLatin1String(verdict)));
    }
    qsizetype inputs = 0;
    for (const char *folder : {"corpus", "regressions"}) {
        const QDir dir(QStringLiteral(STRONGROOM_SOURCE_DIR "/tests/fuzz/%1/%2").arg(QLatin1String(folder), QLatin1String(target.name)));
        for (const QString &name : dir.entryList(QDir::Files, QDir::Name)) {
            QFile file(dir.filePath(name));
            QVERIFY2(file.open(QFile::ReadOnly), qPrintable(file.errorString()));
            ++inputs;
            if (const QByteArray verdict = verdictOn(target, file.readAll()); !verdict.isEmpty())
                broken.append(QStringLiteral("%1/%2/%3: %4").arg(QLatin1String(folder), QLatin1String(target.name), name, QLatin1String(verdict)));
        }
    }
    qInfo("%lld seeds, %lld kept inputs", qlonglong(seeds.size()), qlonglong(inputs));
    QCOMPARE(broken.join(u'\n'), QString());
    QVERIFY2(inputs > 0, "the corpus is missing");
}

void tst_FuzzCorpus::zeros_packAndUnpack()
{
    const QList<QByteArray> samples = {QByteArray(), QByteArray("a\0b", 3), QByteArray("\xfd\xfe\xff\xfc"), QByteArray(2000, '\0'),
                                       QByteArray(511, 'x') + QByteArray(1, '\0'), QByteArray("head") + QByteArray(1600, '\0') + "tail"};
    for (const QByteArray &bytes : samples)
        QCOMPARE(unpacked(packed(bytes), 1 << 20), bytes);
    QVERIFY(packed(QByteArray(508, '\0').prepend("head")).size() < 8);
    QVERIFY(unpacked(QByteArray(100, '\xfd').prepend('x'), 1000).size() <= 1024);
}

QTEST_GUILESS_MAIN(tst_FuzzCorpus)
#include "tst_fuzzcorpus.moc"
