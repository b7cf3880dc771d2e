// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/jobqueue.h"
#include "models/preview.h"
#include "tests/support/datadirbuilder.h"

#include <QJsonDocument>
#include <QJsonObject>
#include <QSignalSpy>
#include <QTest>

using namespace strongroom::models;
using namespace strongroom::storage;
using strongroom::tests::DataDirBuilder;

namespace {

std::shared_ptr<const DataDirectory> opened(const DataDirBuilder &builder)
{
    Monitor monitor;
    auto directory = DataDirectory::open(builder.path("data"), monitor);
    if (!directory)
        qFatal("cannot open the test tree");
    return *directory;
}

PreviewContent preview(const DataDirBuilder &builder, const QByteArray &path, const QString &record = {})
{
    Monitor monitor;
    Part part;
    part.path = RelPath::literal(path);
    part.record = record;
    const auto content = readPreview(*opened(builder), part, monitor);
    if (!content)
        qFatal("no preview: %s", qPrintable(codeWord(content.error().code)));
    return *content;
}

}  // namespace

class tst_Preview : public QObject {
    Q_OBJECT

private Q_SLOTS:
    void json_isATreeWithSecretsMasked()
    {
        DataDirBuilder builder;
        builder.file("data/a.json", "{\"title\":\"Report\",\"password\":\"hunter2hunter2\",\"n\":3}");
        const PreviewContent content = preview(builder, "a.json");
        QCOMPARE(content.kind, PreviewKind::Json);
        QCOMPARE(content.json.toObject().value(QStringLiteral("title")).toString(), QStringLiteral("Report"));
        QVERIFY(!content.text.contains(QStringLiteral("hunter2")));
        QVERIFY(!QJsonDocument(content.json.toObject()).toJson().contains("hunter2"));
    }

    void brokenJson_isText()
    {
        DataDirBuilder builder;
        builder.file("data/a.json", "{\"title\":\"Rep");
        const PreviewContent content = preview(builder, "a.json");
        QCOMPARE(content.kind, PreviewKind::Text);
        QCOMPARE(content.text, QStringLiteral("{\"title\":\"Rep"));
    }

    void record_isShownAlone()
    {
        DataDirBuilder builder;
        builder.file("data/entities.json", "{\"a\":{\"name\":\"A\"},\"b\":{\"name\":\"B\"}}");
        const PreviewContent content = preview(builder, "entities.json", QStringLiteral("b"));
        QCOMPARE(content.kind, PreviewKind::Json);
        QCOMPARE(content.json.toObject(), (QJsonObject{{QStringLiteral("name"), QStringLiteral("B")}}));
        QCOMPARE(preview(builder, "entities.json", QStringLiteral("none")).kind, PreviewKind::None);
    }

    void text_isCappedAndMasked()
    {
        DataDirBuilder builder;
        builder.file("data/.env", "NAME=demo\nJWT_SECRET=abcdefghijklmnop\n");
        const PreviewContent env = preview(builder, ".env");
        QCOMPARE(env.kind, PreviewKind::Text);
        QVERIFY(env.text.contains(QStringLiteral("NAME=demo")));
        QVERIFY(!env.text.contains(QStringLiteral("abcdefghijklmnop")));
        QVERIFY(!env.truncated);

        // A two-byte character lies across the cap.
        builder.file("data/big.txt", QByteArray(kPreviewTextBytes - 1, 'x') + QByteArray("\xc3\xa4 and more"));
        const PreviewContent big = preview(builder, "big.txt");
        QCOMPARE(big.kind, PreviewKind::Text);
        QVERIFY(big.truncated);
        QCOMPARE(big.text.size(), kPreviewTextBytes - 1);
        QCOMPARE(big.fileBytes, kPreviewTextBytes - 1 + 11);
    }

    void picture_comesWholeWithItsFormat()
    {
        DataDirBuilder builder;
        const QByteArray png = QByteArray("\x89PNG\r\n\x1a\n", 8) + QByteArray(500000, '\x01');
        builder.file("data/p.bin", png);
        const PreviewContent content = preview(builder, "p.bin");
        QCOMPARE(content.kind, PreviewKind::Image);
        QCOMPARE(content.format, QStringLiteral("png"));
        QCOMPARE(content.bytes, png);
    }

    void bytes_areShownAsHexWithSecretsBlanked()
    {
        DataDirBuilder builder;
        const QByteArray jwt = "eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
        builder.file("data/x.bin", QByteArray("\0\1\2plain words here\0", 20) + jwt + QByteArray("\0\xff", 2));
        const PreviewContent content = preview(builder, "x.bin");
        QCOMPARE(content.kind, PreviewKind::Hex);
        const QStringList lines = content.text.split(u'\n');
        QVERIFY(lines.at(0).startsWith(QStringLiteral("00000000  00 01 02 70 6c 61 69 6e  20")));
        QVERIFY(lines.at(0).endsWith(QStringLiteral("...plain words h")));
        QString characters;
        for (const QString &line : lines)
            characters += line.mid(60);
        QVERIFY(!characters.contains(QStringLiteral("eyJ")));
        QVERIFY(characters.contains(QStringLiteral("****")));
    }

    void oddThings_haveNoPreviewButAReason()
    {
        DataDirBuilder builder;
        builder.dir("data/folder").file("data/empty", "").symlink("data/link", "/etc/passwd").fifo("data/pipe");
        for (const char *path : {"folder", "empty", "link", "pipe"}) {
            const PreviewContent content = preview(builder, path);
            QCOMPARE(content.kind, PreviewKind::None);
            QVERIFY(!content.note.isEmpty());
        }
        Monitor monitor;
        Part part;
        part.path = RelPath::literal("gone");
        const auto gone = readPreview(*opened(builder), part, monitor);
        QVERIFY(!gone);
        QCOMPARE(gone.error().code, ErrorCode::NotFound);
    }

    void newestLoad_wins()
    {
        DataDirBuilder builder;
        builder.file("data/a.txt", "first").file("data/b.txt", "second");
        const auto directory = opened(builder);
        JobQueue queue;
        Preview loader(&queue);
        QSignalSpy ready(&loader, &Preview::ready);
        QSignalSpy loading(&loader, &Preview::loadingChanged);
        Part part;
        part.path = RelPath::literal("a.txt");
        loader.load(directory, part);
        part.path = RelPath::literal("b.txt");
        loader.load(directory, part);
        QTRY_VERIFY(!loader.isLoading());
        QCOMPARE(ready.size(), 1);
        QCOMPARE(ready.at(0).at(0).value<PreviewContent>().text, QStringLiteral("second"));
        QCOMPARE(loading.size(), 2);
        part.path = RelPath::literal("a.txt");
        loader.load(directory, part);
        loader.clear();
        QTRY_COMPARE(queue.job(3), nullptr);
        QCOMPARE(ready.size(), 1);
        QSignalSpy failed(&loader, &Preview::failed);
        part.path = RelPath::literal("gone");
        loader.load(directory, part);
        QTRY_COMPARE(failed.size(), 1);
        QVERIFY(queue.jobs().isEmpty());   // a preview is no entry of the activity list
    }
};

QTEST_GUILESS_MAIN(tst_Preview)
#include "tst_preview.moc"
