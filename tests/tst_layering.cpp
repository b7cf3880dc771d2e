// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include <QDir>
#include <QDirIterator>
#include <QFile>
#include <QRegularExpression>
#include <QtTest>

// Reads the sources: who includes whom, and which calls stand in which room. The rule of the house is
// storage <- models <- views <- app, never sideways, never up.

namespace {

struct Source {
    QString path;   // relative to the checkout
    QString text;   // comments and string literals blanked
};

QString withoutCommentsAndStrings(const QString &text)
{
    QString out = text;
    enum { Code, Line, Block, String, Char } state = Code;
    for (qsizetype i = 0; i < out.size(); ++i) {
        const QChar c = out[i];
        const QChar next = i + 1 < out.size() ? out[i + 1] : QChar();
        switch (state) {
        case Code:
            if (c == u'/' && next == u'/')
                state = Line;
            else if (c == u'/' && next == u'*')
                state = Block;
            else if (c == u'"')
                state = String;
            else if (c == u'\'' && !(i > 0 && out[i - 1].isLetterOrNumber()))
                state = Char;
            break;
        case Line:
            if (c == u'\n')
                state = Code;
            else
                out[i] = u' ';
            break;
        case Block:
            if (c == u'*' && next == u'/') {
                out[i + 1] = u' ';
                state = Code;
            }
            if (c != u'\n')
                out[i] = u' ';
            break;
        case String:
        case Char:
            if (c == u'\\') {
                out[i] = u' ';
                if (i + 1 < out.size())
                    out[++i] = u' ';
            } else if (c == (state == String ? u'"' : u'\'') || c == u'\n') {
                state = Code;
            } else {
                out[i] = u' ';
            }
            break;
        }
    }
    return out;
}

QList<Source> sourcesOf(const QString &room)
{
    QList<Source> sources;
    const QDir root(QStringLiteral(STRONGROOM_SOURCE_DIR));
    QDirIterator it(root.filePath(room), {QStringLiteral("*.h"), QStringLiteral("*.cpp")}, QDir::Files, QDirIterator::Subdirectories);
    while (it.hasNext()) {
        QFile file(it.next());
        if (file.open(QIODevice::ReadOnly))
            sources.append({root.relativeFilePath(file.fileName()), QString::fromUtf8(file.readAll())});
    }
    return sources;
}

QStringList includesOf(const QString &text)
{
    static const QRegularExpression include(QStringLiteral("^\\s*#\\s*include\\s*[<\"]([^>\"]+)[>\"]"), QRegularExpression::MultilineOption);
    QStringList found;
    for (auto it = include.globalMatch(text); it.hasNext();)
        found.append(it.next().captured(1));
    return found;
}

struct Rule {
    QString room;
    QStringList forbiddenIncludes;   // prefixes
    QStringList forbiddenCalls;      // regular expressions over code without comments and strings
};

const QStringList kWidgetHeaders = {
    QStringLiteral("QtGui"), QStringLiteral("QtWidgets"), QStringLiteral("QWidget"), QStringLiteral("QApplication"),
    QStringLiteral("QGuiApplication"), QStringLiteral("QMessageBox"), QStringLiteral("QFileDialog"), QStringLiteral("QIcon"),
    QStringLiteral("QColor"), QStringLiteral("QPixmap"), QStringLiteral("QImage"), QStringLiteral("QPainter"),
    QStringLiteral("QAction"), QStringLiteral("QDialog"), QStringLiteral("QMainWindow"),
};

QStringList below(std::initializer_list<const char *> rooms)
{
    QStringList prefixes;
    for (const char *room : rooms)
        prefixes.append(QStringLiteral("storage/%1/").arg(QLatin1String(room)));
    return prefixes;
}

QList<Rule> rules()
{
    const QStringList everywhere = {QStringLiteral("\\bprocessEvents\\b"), QStringLiteral("->copyTo\\s*\\("), QStringLiteral("\\.copyTo\\s*\\("),
                                    QStringLiteral("QThread::terminate"), QStringLiteral("QDir::setCurrent")};
    return {
        {QStringLiteral("storage"),
         QStringList{QStringLiteral("models/"), QStringLiteral("views/"), QStringLiteral("app/"), QStringLiteral("QtConcurrent"),
                     QStringLiteral("QSettings"), QStringLiteral("QFuture")} + kWidgetHeaders,
         everywhere + QStringList{QStringLiteral("currentDateTime"), QStringLiteral("\\bQEventLoop\\b"), QStringLiteral("\\bQSettings\\b"),
                                  QStringLiteral("system_clock::now")}},
        // Within the core: formats <- archive, layouts <- verdict <- worker <- ops.
        {QStringLiteral("storage/formats"), below({"archive", "layouts", "verdict", "worker", "ops"}), everywhere},
        {QStringLiteral("storage/archive"), below({"layouts", "verdict", "worker", "ops"}), everywhere},
        {QStringLiteral("storage/layouts"), below({"archive", "verdict", "worker", "ops"}), everywhere},
        {QStringLiteral("storage/verdict"), below({"worker", "ops"}), everywhere},
        {QStringLiteral("storage/worker"), below({"ops"}), everywhere},
        {QStringLiteral("models"),
         QStringList{QStringLiteral("views/"), QStringLiteral("app/"), QStringLiteral("QSettings")} + kWidgetHeaders,
         everywhere + QStringList{QStringLiteral("\\bQEventLoop\\b"), QStringLiteral("\\bQSettings\\b")}},
        {QStringLiteral("views"),
         {QStringLiteral("app/"), QStringLiteral("QtConcurrent"), QStringLiteral("QSettings")},
         everywhere + QStringList{QStringLiteral("QtConcurrent::run"), QStringLiteral("\\bQFile\\b"), QStringLiteral("\\bQSettings\\b")}},
        {QStringLiteral("app"), {}, everywhere},
    };
}

}  // namespace

class tst_Layering : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void includes_neverGoUpOrSideways_data() { rooms(); }
    void includes_neverGoUpOrSideways();
    void calls_standInTheirRoom_data() { rooms(); }
    void calls_standInTheirRoom();
    void concurrentRun_occursInTwoFilesOnly();
    void headlessHalf_linksStorageAlone();
    void files_staySmall();
    void sources_carryTheirLicence();
    void theScan_seesWhatItLooksFor();

private:
    void rooms();
};

void tst_Layering::rooms()
{
    QTest::addColumn<int>("rule");
    const QList<Rule> all = rules();
    for (int i = 0; i < all.size(); ++i)
        QTest::newRow(qPrintable(all[i].room)) << i;
}

void tst_Layering::includes_neverGoUpOrSideways()
{
    QFETCH(int, rule);
    const Rule r = rules().at(rule);
    const QList<Source> sources = sourcesOf(r.room);
    QVERIFY(!sources.isEmpty());
    QStringList wrong;
    for (const Source &source : sources) {
        for (const QString &include : includesOf(source.text)) {
            for (const QString &forbidden : r.forbiddenIncludes) {
                if (forbidden.endsWith(u'/') ? include.startsWith(forbidden) : include == forbidden || include.startsWith(forbidden + u'/'))
                    wrong.append(source.path + QStringLiteral(" includes ") + include);
            }
        }
    }
    QCOMPARE(wrong.join(u'\n'), QString());
}

void tst_Layering::calls_standInTheirRoom()
{
    QFETCH(int, rule);
    const Rule r = rules().at(rule);
    QStringList wrong;
    for (const Source &source : sourcesOf(r.room)) {
        const QString code = withoutCommentsAndStrings(source.text);
        for (const QString &call : r.forbiddenCalls) {
            if (source.path == u"views/iconset.cpp" && call.contains(QLatin1String("QFile")))
                continue;  // reads the program's own resources, no disk
            if (code.contains(QRegularExpression(call)))
                wrong.append(source.path + QStringLiteral(": ") + call);
        }
    }
    QCOMPARE(wrong.join(u'\n'), QString());
}

void tst_Layering::concurrentRun_occursInTwoFilesOnly()
{
    QStringList users;
    for (const QString &room : {QStringLiteral("storage"), QStringLiteral("models"), QStringLiteral("views"), QStringLiteral("app")}) {
        for (const Source &source : sourcesOf(room)) {
            if (withoutCommentsAndStrings(source.text).contains(QLatin1String("QtConcurrent::run")))
                users.append(source.path);
        }
    }
    for (const QString &user : std::as_const(users))
        QVERIFY2(user == u"models/jobqueue.cpp" || user == u"models/catalogmodel.cpp", qPrintable(user));
}

void tst_Layering::headlessHalf_linksStorageAlone()
{
    QFile file(QStringLiteral(STRONGROOM_SOURCE_DIR "/app/ctl/CMakeLists.txt"));
    QVERIFY(file.open(QIODevice::ReadOnly));
    const QString text = QString::fromUtf8(file.readAll());
    const QRegularExpression link(QStringLiteral("target_link_libraries\\(strongroomctl PRIVATE ([^)]*)\\)"));
    QCOMPARE(link.match(text).captured(1).simplified(), QStringLiteral("strongroom_storage"));
    QStringList wrong;
    for (const Source &source : sourcesOf(QStringLiteral("app/ctl"))) {
        for (const QString &include : includesOf(source.text)) {
            if (include.startsWith(QLatin1String("models/")) || include.startsWith(QLatin1String("views/")) || kWidgetHeaders.contains(include))
                wrong.append(source.path + QStringLiteral(" includes ") + include);
        }
    }
    QCOMPARE(wrong.join(u'\n'), QString());
}

void tst_Layering::files_staySmall()
{
    constexpr int kMostLines = 520;
    QStringList wrong;
    for (const QString &room : {QStringLiteral("storage"), QStringLiteral("models"), QStringLiteral("views"), QStringLiteral("app")}) {
        for (const Source &source : sourcesOf(room)) {
            const qsizetype lines = source.text.count(u'\n');
            if (lines > kMostLines)
                wrong.append(QStringLiteral("%1: %2 lines").arg(source.path).arg(lines));
        }
    }
    QCOMPARE(wrong.join(u'\n'), QString());
}

void tst_Layering::sources_carryTheirLicence()
{
    QStringList wrong;
    for (const QString &room : {QStringLiteral("storage"), QStringLiteral("models"), QStringLiteral("views"), QStringLiteral("app"), QStringLiteral("tests")}) {
        for (const Source &source : sourcesOf(room)) {
            if (!source.text.startsWith(QLatin1String("// SPDX-FileCopyrightText:")))
                wrong.append(source.path);
        }
    }
    QCOMPARE(wrong.join(u'\n'), QString());
}

/// The scan itself must be able to fail, or everything above proves nothing.
void tst_Layering::theScan_seesWhatItLooksFor()
{
    QCOMPARE(includesOf(QStringLiteral("#include <QWidget>\n  # include \"views/x.h\"\n")),
             (QStringList{QStringLiteral("QWidget"), QStringLiteral("views/x.h")}));
    const QString code = withoutCommentsAndStrings(QStringLiteral("a(); // processEvents\n\"processEvents\"; /* processEvents */ processEvents();"));
    QCOMPARE(code.count(QLatin1String("processEvents")), 1);
}

QTEST_GUILESS_MAIN(tst_Layering)
#include "tst_layering.moc"
