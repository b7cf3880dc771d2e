// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/dotenv.h"

#include <QtTest>

using namespace strongroom::storage;

class tst_DotEnv : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void parse_readsWhatTheApplicationsWrite();
    void parse_survivesAnyBytes();
};

void tst_DotEnv::parse_readsWhatTheApplicationsWrite()
{
    const DotEnv env = parseDotEnv("# Auto-generated\r\n#\n\nA=1\n B = x=y==\nC=\nexport D=\"q # no comment\"\nodd line\n=x\nA=2\n# end\nE=last");
    QCOMPARE(env.entries.size(), 6);
    QCOMPARE(env.value("A"), std::optional<QByteArray>("2"));
    QCOMPARE(env.value("B"), std::optional<QByteArray>("x=y=="));
    QCOMPARE(env.value("C"), std::optional<QByteArray>(""));
    QVERIFY(!env.has("C"));
    QCOMPARE(env.value("D"), std::optional<QByteArray>("\"q # no comment\""));
    QCOMPARE(env.value("E"), std::optional<QByteArray>("last"));
    QCOMPARE(env.value("F"), std::nullopt);
    QCOMPARE(env.oddLines, (QList<int>{8, 9}));
    QCOMPARE(env.entries.last().line, 12);
}

void tst_DotEnv::parse_survivesAnyBytes()
{
    QVERIFY(parseDotEnv("").entries.isEmpty());
    QByteArray bytes;
    for (int i = 0; i < 512; ++i)
        bytes.append(char(i));
    const DotEnv env = parseDotEnv(bytes);
    QCOMPARE(env.entries.size(), 2);
}

QTEST_GUILESS_MAIN(tst_DotEnv)
#include "tst_dotenv.moc"
