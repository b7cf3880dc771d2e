// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/datadirectory.h"

#include "tests/support/asnobody.h"
#include "tests/support/datadirbuilder.h"

#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

class tst_PlainDirectory : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void scan_listsTopFoldersWithTheirSizes();
    void scan_doesNotCallUnreadableEmpty_data();
    void scan_doesNotCallUnreadableEmpty();
    void details_tellOfTheFilesBeside();
};

namespace {

struct Scanned {
    QHash<QString, Item> items;
    QList<Finding> findings;
};

Scanned scanned(const DataDirectory &directory)
{
    Scanned out;
    Monitor monitor;
    ChunkBuilder builder([&out](const ChunkPtr &chunk) {
        for (int row = 0; row < chunk->size(); ++row)
            out.items.insert(chunk->item(row).id, chunk->item(row));
    });
    if (!directory.scan(builder, [&out](const Finding &f) { out.findings.append(f); }, monitor))
        qFatal("scan failed");
    return out;
}

std::shared_ptr<const DataDirectory> opened(const QByteArray &path)
{
    Monitor monitor;
    const auto directory = DataDirectory::open(path, monitor);
    if (!directory)
        qFatal("cannot open");
    return *directory;
}

}  // namespace

void tst_PlainDirectory::scan_listsTopFoldersWithTheirSizes()
{
    DataDirBuilder dir;
    dir.file("a/x", "12345", 0644, 1'700'000'000'000'000'000).file("a/deep/y", "123").dir("empty").file(".hidden/z", "1")
        .file("loose", "1234567").symlink("link", "a").fifo("pipe");
    const Scanned s = scanned(*opened(dir.path()));
    QCOMPARE(s.items.size(), 3);
    QVERIFY(s.findings.isEmpty());
    const Item a = s.items.value(QStringLiteral("a"));
    QCOMPARE(a.bytes, 8);
    QCOMPARE(a.files, Count(2));
    QCOMPARE(a.volumeClass, VolumeClass::None);
    QVERIFY(!a.lastBackup.isValid());
    QCOMPARE(s.items.value(QStringLiteral("empty")).files, Count(0));
    QVERIFY(s.items.contains(QStringLiteral(".hidden")));
}

void tst_PlainDirectory::scan_doesNotCallUnreadableEmpty_data()
{
    QTest::addColumn<QByteArray>("closed");
    QTest::newRow("the folder itself") << QByteArray("a");
    QTest::newRow("a folder in it") << QByteArray("a/inner");
}

void tst_PlainDirectory::scan_doesNotCallUnreadableEmpty()
{
    QFETCH(QByteArray, closed);
    DataDirBuilder dir;
    dir.file("a/inner/secret", "12345").file("b/x", "1");
    dir.dir(closed, 0000);
    const AsNobody nobody(dir.path());
    QVERIFY(nobody.ok());
    const auto directory = opened(dir.path());
    const Scanned s = scanned(*directory);
    QCOMPARE(s.items.size(), 2);
    QVERIFY(!s.items.value(QStringLiteral("a")).files);   // unknown, not 0
    QCOMPARE(s.items.value(QStringLiteral("b")).files, Count(1));
    QCOMPARE(s.findings.size(), 1);
    QCOMPARE(s.findings.first().code, QStringLiteral("unreadable"));
    QCOMPARE(s.findings.first().path.bytes(), closed);
    Monitor monitor;
    QVERIFY(directory->details({ItemKind::Volume, QStringLiteral("a")}, monitor));
}

void tst_PlainDirectory::details_tellOfTheFilesBeside()
{
    DataDirBuilder dir;
    dir.file("a/x", "1").file("loose", "1234567").file("more", "123");
    Monitor monitor;
    const auto details = opened(dir.path())->details({ItemKind::Volume, QStringLiteral("a")}, monitor);
    QVERIFY(details);
    QCOMPARE(details->parts.size(), 1);
    QCOMPARE(details->parts.first().path, RelPath::literal("a"));
    QVERIFY(std::any_of(details->facts.begin(), details->facts.end(), [](const Fact &fact) { return fact.value.contains(u"10 bytes"); }));
}

QTEST_GUILESS_MAIN(tst_PlainDirectory)
#include "tst_plaindirectory.moc"
