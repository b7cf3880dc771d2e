// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/mask.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QtTest>

using namespace strongroom::storage;

namespace {

// Made up; of the shapes that the applications write.
const QString kJwt = QStringLiteral("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJncm91cCI6ImRlbW8iLCJpYXQiOjE3NjM2MTcxNTd9.c2lnbmF0dXJlLXRoYXQtaXMtbWFkZS11cC1oZXJl");
const QString kBcrypt = QStringLiteral("$2b$12$N9qo8uLOickgx2ZMRZoMyeIjZAgcfl7p92ldGxad68LJZdL17lhWy");
const QString kHexKey = QStringLiteral("9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08");
const QString kHexKey32 = QStringLiteral("9f86d081884c0d65ca2feaa0c55ad015");
const QString kUuid = QStringLiteral("83a97d48-bc6a-405d-b5f1-9c5b0ec3e587");

}  // namespace

class tst_Mask : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void keys_data();
    void keys();
    void values_data();
    void values();
    void text_keepsWhatIsNoSecret_data();
    void text_keepsWhatIsNoSecret();
    void json_hidesEveryCanary();
    void json_keepsTheShape();
    void json_cutsWhatIsLong();
    void json_endsOnAnyDepth();
    void fingerprint_tellsSecretsApartOnly();
    void preview_hidesEveryCanary();
    void preview_hidesValuesOfOddKeys_data();
    void preview_hidesValuesOfOddKeys();
};

void tst_Mask::keys_data()
{
    QTest::addColumn<bool>("secret");
    for (const char *key : {"password", "PASSWORD", "password_hash", "admin-password", "POSTGRES_PASSWORD", "two_factor_secret",
                            "JWT_SECRET", "JWT_REFRESH_SECRET", "ENCRYPTION_KEY", "refresh_token", "refreshToken", "accessToken", "token",
                            "api_key", "apiKey", "OPENAI_API_KEY", "key", "hash", "fingerprint", "SECRET_KEY", "password_encrypted",
                            "Authorization", "client_secret", "passphrase", "private_key", "aws_secret_access_key", "jwt", "tokens", "JWT_X"})
        QTest::newRow(key) << true;
    for (const char *key : {"id", "session_id", "alias", "content_hash", "sha256", "file_hash", "author", "keyboard", "keywords", "max_tokens",
                            "token_count", "total_tokens", "prompt_tokens", "two_factor_enabled", "primary_key", "title", "username", "",
                            "group", "created_at", "token_type", "monkey", "secretary", "password_changed_at", "public_key", "_"})
        QTest::newRow(key) << false;
}

void tst_Mask::keys()
{
    QFETCH(bool, secret);
    QCOMPARE(isSecretKey(QString::fromLatin1(QTest::currentDataTag())), secret);
}

void tst_Mask::values_data()
{
    QTest::addColumn<QString>("value");
    QTest::addColumn<bool>("secret");
    const auto yes = [](const char *name, const QString &value) { QTest::newRow(name) << value << true; };
    const auto no = [](const char *name, const QString &value) { QTest::newRow(name) << value << false; };
    yes("JWT", kJwt);
    yes("JWT with spaces", u' ' + kJwt + u'\n');
    yes("bearer", QStringLiteral("Bearer ") + kJwt);
    yes("bcrypt", kBcrypt);
    yes("django", QStringLiteral("pbkdf2_sha256$600000$abcdefghijklmnop$c29tZXRoaW5nIHJhbmRvbSBoZXJlIGFuZCB0aGVyZQ="));
    yes("argon2", QStringLiteral("$argon2id$v=19$m=65536,t=3,p=4$c2FsdHNhbHQ$aGFzaGhhc2hoYXNo"));
    yes("hex key", kHexKey);
    yes("hex key of 16 bytes", kHexKey32);
    yes("iv and cipher text", kHexKey32 + u':' + kHexKey);
    yes("base64 key", QStringLiteral("b9X2kQ8mZ1pL4vT7wR3nY6cH0sJ5dF8gA2uE7iO1xK="));
    yes("PEM", QStringLiteral("-----BEGIN RSA PRIVATE KEY-----\nMIIEowIBAAKCAQEA\n-----END RSA PRIVATE KEY-----\n"));
    yes("cloud key", QStringLiteral("AKIAIOSFODNN7EXAMPLE"));
    yes("service key", QStringLiteral("sk-proj-abcdefghijklmnopqrstuv"));
    no("UUID", kUuid);
    no("UUID without dashes", QString(kUuid).remove(u'-'));
    no("empty", QString());
    no("ISO time", QStringLiteral("2025-11-26T10:00:00.123456"));
    no("sentence", QStringLiteral("Revenue grew 14%. Margins held, and the outlook for Q3 is good."));
    no("path", QStringLiteral("entities/ent_001_2025-11-20T04:46:00.123456/documents/Report_2025.pdf"));
    no("long path", QStringLiteral("var/lib/docker/volumes/app-postgres-data/_data/base/16384"));
    no("name", QStringLiteral("ThisIsARatherLongCamelCaseIdentifierOfSomething"));
    no("digits", QStringLiteral("0000000000000000000000000000000000000000000000"));
    no("number", QStringLiteral("12345678901234567890123456789012"));
    no("url", QStringLiteral("https://news.example.org/2025/11/20/markets-are-up-again-today"));
}

void tst_Mask::values()
{
    QFETCH(QString, value);
    QFETCH(bool, secret);
    QCOMPARE(looksSecret(value), secret);
    QCOMPARE(maskText(u"value", value) == maskedValue() || maskText(u"value", value) != value, secret);
}

void tst_Mask::text_keepsWhatIsNoSecret_data()
{
    QTest::addColumn<QString>("key");
    QTest::addColumn<QString>("value");
    QTest::newRow("content hash") << QStringLiteral("content_hash") << kHexKey;
    QTest::newRow("sha256") << QStringLiteral("sha256") << kHexKey;
    QTest::newRow("hex id") << QStringLiteral("doc_id") << kHexKey32;
    QTest::newRow("uuid") << QStringLiteral("fragment_instance_guid") << kUuid;
    QTest::newRow("time") << QStringLiteral("created_at") << QStringLiteral("2025-11-26T10:00:00");
    QTest::newRow("tokens used") << QStringLiteral("max_tokens") << QStringLiteral("4096");
    QTest::newRow("absent secret") << QStringLiteral("password") << QString();
}

void tst_Mask::text_keepsWhatIsNoSecret()
{
    QFETCH(QString, key);
    QFETCH(QString, value);
    QCOMPARE(maskText(key, value), value);
}

void tst_Mask::json_hidesEveryCanary()
{
    const QJsonObject record{
        {kJwt, QJsonObject{{QStringLiteral("group"), QStringLiteral("public")}, {QStringLiteral("fingerprint"), QStringLiteral("CANARY-1")}}},
        {QStringLiteral("password"), QStringLiteral("CANARY-2")},
        {QStringLiteral("api_keys"), QJsonArray{QStringLiteral("CANARY-3"), QJsonObject{{QStringLiteral("x"), QStringLiteral("CANARY-4")}}}},
        {QStringLiteral("note"), QString(QStringLiteral("use Authorization: Bearer ") + kJwt + QStringLiteral(" until Friday"))},
        {QStringLiteral("dsn"), QStringLiteral("postgres://admin:CANARY-5@db:5432/app")},
        {QStringLiteral("deep"), QJsonArray{QJsonArray{QJsonObject{{QStringLiteral("RefreshToken"), QStringLiteral("CANARY-6")}}}}},
        {QStringLiteral("pin_code_secret"), 123456},
        {QStringLiteral("list"), QJsonArray{kJwt, kBcrypt, kHexKey}},
        {QStringLiteral("id"), kJwt},
    };
    const QByteArray text = QJsonDocument(maskJson(record).toObject()).toJson();
    QVERIFY2(!text.contains("CANARY"), text.constData());
    QVERIFY(!text.contains("eyJ"));
    QVERIFY(!text.contains("123456"));
    QVERIFY(!text.contains(kHexKey.toLatin1()));
    QVERIFY(!text.contains("$2b$"));
    QVERIFY(text.contains("until Friday"));
    QVERIFY(text.contains("db:5432"));
}

void tst_Mask::json_keepsTheShape()
{
    const QJsonObject record{
        {kJwt, QJsonObject{{QStringLiteral("group"), QStringLiteral("public")}}},
        {QStringLiteral("two_factor_secret"), QJsonValue()},
        {QStringLiteral("two_factor_enabled"), true},
        {QStringLiteral("image"), QString(QStringLiteral("data:image/png;base64,") + QString::fromLatin1(QByteArray(1486, 'x').toBase64()))},
        {QStringLiteral("n"), 1.5},
        {QStringLiteral("id"), kUuid},
    };
    const QJsonObject masked = maskJson(record).toObject();
    QCOMPARE(masked.size(), record.size());
    const QString key = QStringLiteral("token ") + secretFingerprint(kJwt.toUtf8());
    QCOMPARE(masked.value(key).toObject().value(QStringLiteral("group")).toString(), QStringLiteral("public"));
    QVERIFY(masked.value(QStringLiteral("two_factor_secret")).isNull());
    QCOMPARE(masked.value(QStringLiteral("two_factor_enabled")).toBool(), true);
    QCOMPARE(masked.value(QStringLiteral("image")).toString(), QStringLiteral("data: image/png, 1486 bytes"));
    QCOMPARE(masked.value(QStringLiteral("n")).toDouble(), 1.5);
    QCOMPARE(masked.value(QStringLiteral("id")).toString(), kUuid);
}

void tst_Mask::json_cutsWhatIsLong()
{
    QJsonArray array;
    for (int i = 0; i < 30; ++i)
        array.append(i);
    const QJsonObject masked = maskJson(QJsonObject{{QStringLiteral("a"), array}, {QStringLiteral("t"), QString(500, u'x')}}, 100, 10).toObject();
    QCOMPARE(masked.value(QStringLiteral("a")).toArray().size(), 11);
    QVERIFY(masked.value(QStringLiteral("a")).toArray().last().toString().contains(u"20"));
    const QString text = masked.value(QStringLiteral("t")).toString();
    QVERIFY(text.startsWith(QString(100, u'x')) && text.size() < 150 && text.contains(u"400"));
}

void tst_Mask::json_endsOnAnyDepth()
{
    QJsonValue value = QStringLiteral("bottom");
    for (int i = 0; i < 400; ++i)
        value = QJsonArray{value};
    int depth = 0;
    for (QJsonValue masked = maskJson(value); masked.isArray(); masked = masked.toArray().first())
        ++depth;
    QCOMPARE(depth, 64);
}

void tst_Mask::fingerprint_tellsSecretsApartOnly()
{
    QCOMPARE(secretFingerprint("a").size(), 5);
    QCOMPARE(secretFingerprint("a"), secretFingerprint("a"));
    QVERIFY(secretFingerprint("a") != secretFingerprint("b"));
    const QByteArray sum = QCryptographicHash::hash("a", QCryptographicHash::Sha256).toHex();
    QVERIFY(secretFingerprint("a").endsWith(QString::fromLatin1(sum.last(4))));
}

void tst_Mask::preview_hidesEveryCanary()
{
    const QString text = QStringLiteral("# secrets\nJWT_SECRET=CANARY-1\nexport ENCRYPTION_KEY = CANARY-2\nPORT=8080\n"
                                        "password: CANARY-3\n  - api_key: CANARY-4\nname: Mara\n"
                                        "{\"token\": \"CANARY-5\", \"title\": \"Q3\", \"password\":\"a\\\"CANARY-6\"}\n"
                                        "tail = \"x\"\nid: 83a97d48-bc6a-405d-b5f1-9c5b0ec3e587\n")
        + kJwt + u'\n' + kBcrypt + QStringLiteral("\n1\tpbkdf2_sha256$600000$CANARY$CANARYCANARY\tmara\n")
        + QStringLiteral("-----BEGIN PRIVATE KEY-----\nCANARY/7\n-----END PRIVATE KEY-----\nend\n");
    const QString shown = maskPreviewText(text);
    QVERIFY2(!shown.contains(u"CANARY"), qPrintable(shown));
    QVERIFY(!shown.contains(u"eyJ"));
    QVERIFY(!shown.contains(u"$2b$"));
    for (const char *kept : {"# secrets", "JWT_SECRET=", "PORT=8080", "name: Mara", "\"title\": \"Q3\"", "tail = \"x\"",
                             "83a97d48-bc6a-405d-b5f1-9c5b0ec3e587", "\tmara", "end\n"})
        QVERIFY2(shown.contains(QString::fromLatin1(kept)), kept);
    QCOMPARE(shown.count(u'\n'), text.count(u'\n') - 2);  // the key's own lines
}

// As much of a key and around it as the applications put up with.
void tst_Mask::preview_hidesValuesOfOddKeys_data()
{
    QTest::addColumn<QString>("text");
    QTest::newRow("control character") << QStringLiteral("SECRET_\u001cKEY=CANARY");
    QTest::newRow("blank in the key") << QStringLiteral("MAIL PASSWORD = CANARY");
    QTest::newRow("letters of the world") << QStringLiteral("SCHL\u00dcSSEL_PASSWORD=CANARY");
    QTest::newRow("digit first") << QStringLiteral("2ND_SECRET=CANARY");
    QTest::newRow("vertical tab") << QStringLiteral("PASSWORD=\vCANARY");
    QTest::newRow("form feed in front") << QStringLiteral("\fPASSWORD=CANARY");
    QTest::newRow("long key") << QString(QString(130, u'a') + QStringLiteral("_PASSWORD=CANARY"));
}

void tst_Mask::preview_hidesValuesOfOddKeys()
{
    QFETCH(const QString, text);
    const QString shown = maskPreviewText(QString(u"first\n" + text + u"\nlast"));
    QVERIFY2(!shown.contains(u"CANARY"), qPrintable(shown));
    QVERIFY(shown.startsWith(u"first\n") && shown.endsWith(u"\nlast"));
}

QTEST_GUILESS_MAIN(tst_Mask)
#include "tst_mask.moc"
