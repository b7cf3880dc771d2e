// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/actions.h"

#include <QFile>
#include <QMenu>
#include <QMenuBar>
#include <QProcess>
#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTranslator>
#include <QXmlStreamReader>
#include <QtTest>

using namespace strongroom::views;

namespace {

struct TextPair {
    QString context;
    QString source;
    QStringList translations;   // several for plurals
    bool unfinished = false;
};

QList<TextPair> read(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("%s cannot be read", qPrintable(path));
    QXmlStreamReader xml(&file);
    QList<TextPair> pairs;
    QString context;
    while (!xml.atEnd()) {
        if (xml.readNext() != QXmlStreamReader::StartElement)
            continue;
        const QStringView name = xml.name();
        if (name == u"name") {
            context = xml.readElementText();
        } else if (name == u"message") {
            pairs.append({context, {}, {}, false});
        } else if (name == u"source") {
            pairs.last().source = xml.readElementText();
        } else if (name == u"translation") {
            pairs.last().unfinished = xml.attributes().hasAttribute(QStringLiteral("type"));
            QString text;
            while (!(xml.readNext() == QXmlStreamReader::EndElement && xml.name() == u"translation")) {
                if (xml.isStartElement() && xml.name() == u"numerusform")
                    pairs.last().translations.append(xml.readElementText());
                else if (xml.isCharacters())
                    text += xml.text();
            }
            if (pairs.last().translations.isEmpty())
                pairs.last().translations.append(text);
        }
    }
    return pairs;
}

QString tsFile(const QString &language)
{
    return QStringLiteral(STRONGROOM_SOURCE_DIR "/translations/strongroom_%1.ts").arg(language);
}

QStringList placeholders(const QString &text)
{
    static const QRegularExpression pattern(QStringLiteral("%[1-9n]"));
    QStringList found;
    for (auto it = pattern.globalMatch(text); it.hasNext();)
        found.append(it.next().captured());
    found.sort();
    return found;
}

}  // namespace

class tst_Translations : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void nothing_isUnfinished_data();
    void nothing_isUnfinished();
    void german_keepsPlaceholdersAndMnemonics();
    void german_leavesNoSourceBehind();
    void menus_haveNoTwoMnemonicsAlikeInGerman();
};

void tst_Translations::nothing_isUnfinished_data()
{
    QTest::addColumn<QString>("language");
    QTest::addColumn<int>("atLeast");
    QTest::newRow("de") << QStringLiteral("de") << 500;
    QTest::newRow("en") << QStringLiteral("en") << 10;
}

void tst_Translations::nothing_isUnfinished()
{
    QFETCH(QString, language);
    QFETCH(int, atLeast);
    const QList<TextPair> pairs = read(tsFile(language));
    QVERIFY(pairs.size() >= atLeast);
    for (const TextPair &pair : pairs) {
        QVERIFY2(!pair.unfinished, qPrintable(pair.source));
        for (const QString &text : pair.translations)
            QVERIFY2(!text.isEmpty(), qPrintable(pair.source));
    }
}

void tst_Translations::german_keepsPlaceholdersAndMnemonics()
{
    for (const TextPair &pair : read(tsFile(QStringLiteral("de")))) {
        for (const QString &text : pair.translations) {
            QVERIFY2(placeholders(text) == placeholders(pair.source), qPrintable(pair.source + QStringLiteral(" -> ") + text));
            QVERIFY2(text.contains(u'&') == pair.source.contains(u'&'), qPrintable(pair.source + QStringLiteral(" -> ") + text));
            QVERIFY2(text.endsWith(QLatin1String("...")) == pair.source.endsWith(QLatin1String("...")), qPrintable(pair.source));
        }
    }
}

/// Every text of the sources has its place in the German file: what the tool that collects them would add is missing.
void tst_Translations::german_leavesNoSourceBehind()
{
    const QString lupdate = QStringLiteral(STRONGROOM_LUPDATE);
    if (!QFile::exists(lupdate))
        QSKIP("lupdate is not installed");
    const QTemporaryDir folder;
    const QString copy = folder.filePath(QStringLiteral("strongroom_de.ts"));
    QVERIFY(QFile::copy(tsFile(QStringLiteral("de")), copy));
    QProcess process;
    process.setWorkingDirectory(QStringLiteral(STRONGROOM_SOURCE_DIR));
    QStringList arguments = {QStringLiteral("-silent"), QStringLiteral("-I"), QStringLiteral("."), QStringLiteral("-locations"), QStringLiteral("none"),
                             QStringLiteral("-no-obsolete"), QStringLiteral("-extensions"), QStringLiteral("cpp,h"), QStringLiteral("storage"),
                             QStringLiteral("models"), QStringLiteral("views"), QStringLiteral("app"), QStringLiteral("-ts"), copy};
    process.start(lupdate, arguments);
    QVERIFY(process.waitForFinished(120000));
    QCOMPARE(process.exitCode(), 0);
    QStringList missing;
    for (const TextPair &pair : read(copy)) {
        if (pair.unfinished)
            missing.append(pair.context + QStringLiteral(": ") + pair.source);
    }
    QCOMPARE(missing.join(u'\n'), QString());
}

void tst_Translations::menus_haveNoTwoMnemonicsAlikeInGerman()
{
    QTranslator translator;
    QVERIFY(translator.load(QStringLiteral(STRONGROOM_GERMAN)));
    QCoreApplication::installTranslator(&translator);
    Actions actions;
    QMenuBar bar;
    actions.fillMenuBar(&bar);
    QCOMPARE(actions[ActionId::OpenDirectory]->text().contains(QLatin1String("Datenverzeichnis")), true);
    const auto check = [](const QList<QAction *> &list) {
        QHash<QChar, QString> seen;
        for (const QAction *action : list) {
            const qsizetype at = action->text().indexOf(u'&');
            if (at < 0)
                continue;
            const QChar letter = action->text().at(at + 1).toLower();
            QVERIFY2(!seen.contains(letter), qPrintable(action->text() + QStringLiteral(" / ") + seen.value(letter)));
            seen.insert(letter, action->text());
        }
    };
    check(bar.actions());
    for (const QAction *menu : bar.actions())
        check(menu->menu()->actions());
    QCoreApplication::removeTranslator(&translator);
}

QTEST_MAIN(tst_Translations)
#include "tst_translations.moc"
