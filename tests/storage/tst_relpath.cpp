// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/relpath.h"

#include <QtTest>

using namespace strongroom::storage;

class tst_RelPath : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parse_refusesEverySpellingThatIsNotTheOne_data();
    void parse_refusesEverySpellingThatIsNotTheOne();
    void parse_keepsAnyOtherBytes();
    void isWithin_comparesComponentsNotPrefixes();
    void relativeTo_isTheInverseOfJoined();
    void display_showsOddBytesOnly_data();
    void display_showsOddBytesOnly();
};

void tst_RelPath::parse_refusesEverySpellingThatIsNotTheOne_data()
{
    QTest::addColumn<QByteArray>("path");
    QTest::newRow("absolute") << QByteArray("/a");
    QTest::newRow("dotdot") << QByteArray("a/../b");
    QTest::newRow("leading dotdot") << QByteArray("../a");
    QTest::newRow("trailing dotdot") << QByteArray("a/..");
    QTest::newRow("dot") << QByteArray("./a");
    QTest::newRow("inner dot") << QByteArray("a/./b");
    QTest::newRow("double slash") << QByteArray("a//b");
    QTest::newRow("trailing slash") << QByteArray("a/");
    QTest::newRow("nul") << QByteArray("a\0b", 3);
    QTest::newRow("long component") << QByteArray(256, 'x');
}

void tst_RelPath::parse_refusesEverySpellingThatIsNotTheOne()
{
    QFETCH(QByteArray, path);
    const auto parsed = RelPath::parse(path);
    QVERIFY(!parsed);
    QCOMPARE(parsed.error().code, ErrorCode::BadPath);
}

void tst_RelPath::parse_keepsAnyOtherBytes()
{
    const QByteArray odd = "caf\xe9/a b\n/..x/" + QByteArray(255, 'y');
    const auto parsed = RelPath::parse(odd);
    QVERIFY(parsed);
    QCOMPARE(parsed->bytes(), odd);
    QCOMPARE(parsed->depth(), 4);
    QCOMPARE(parsed->parent().parent().name(), QByteArray("a b\n"));
    QCOMPARE(parsed->display().left(8), QStringLiteral("caf\\xe9/"));
}

void tst_RelPath::isWithin_comparesComponentsNotPrefixes()
{
    const RelPath data = RelPath::literal("data");
    QVERIFY(RelPath::literal("data/x").isWithin(data));
    QVERIFY(data.isWithin(data));
    QVERIFY(!RelPath::literal("data-evil/x").isWithin(data));
    QVERIFY(RelPath::literal("x").isWithin(RelPath()));
}

void tst_RelPath::relativeTo_isTheInverseOfJoined()
{
    const RelPath base = RelPath::literal("a/b");
    const RelPath below = RelPath::literal("c/d");
    QCOMPARE(base.joined(below).relativeTo(base), below);
    QCOMPARE(base.joined(RelPath()), base);
}

void tst_RelPath::display_showsOddBytesOnly_data()
{
    QTest::addColumn<QByteArray>("bytes");
    QTest::addColumn<QString>("shown");
    QTest::newRow("empty") << QByteArray() << QString();
    QTest::newRow("plain") << QByteArray(" a-Z~\\") << QStringLiteral(" a-Z~\\");
    QTest::newRow("controls") << QByteArray("a\nb\x7f" "c") << QStringLiteral("a\\x0ab\\x7fc");
    QTest::newRow("letters") << QByteArray("x\xc3\xa4y\xf0\x9f\x98\x80") << QString::fromUtf8("x\xc3\xa4y\xf0\x9f\x98\x80");
    QTest::newRow("direction") << QByteArray("a\xe2\x80\xae" "b") << QStringLiteral("a\\xe2\\x80\\xaeb");
    QTest::newRow("no UTF-8") << QByteArray("\xff" "a\xc3") << QStringLiteral("\\xffa\\xc3");
    QTest::newRow("cut") << QByteArray("\xe6\xa0z") << QStringLiteral("\\xe6\\xa0z");
}

void tst_RelPath::display_showsOddBytesOnly()
{
    QFETCH(QByteArray, bytes);
    QFETCH(QString, shown);
    QCOMPARE(displayBytes(bytes), shown);
}

QTEST_GUILESS_MAIN(tst_RelPath)
#include "tst_relpath.moc"
