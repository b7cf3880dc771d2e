// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/mask.h"

#include "storage/mutant.h"

#include <QCryptographicHash>
#include <QJsonArray>
#include <QJsonObject>
#include <QRegularExpression>
#include <QStringList>

#include <algorithm>
#include <array>

namespace strongroom::storage {

namespace {

constexpr int kMaxDepth = 64;
constexpr qsizetype kMinHex = 32;
constexpr qsizetype kMinBase64 = 40;

template<size_t n> bool isOneOf(QStringView word, const std::array<QLatin1String, n> &words)
{
    return std::find(words.begin(), words.end(), word) != words.end();
}

/// "refreshToken", "REFRESH-TOKEN" and "refresh_token" are the words refresh, token.
QStringList wordsOf(QStringView key)
{
    QStringList words;
    QString word;
    const auto push = [&] {
        if (!word.isEmpty())
            words.append(word.toLower());
        word.clear();
    };
    for (qsizetype i = 0; i < key.size(); ++i) {
        const QChar c = key[i];
        if (!c.isLetterOrNumber()) {
            push();
            continue;
        }
        if (c.isUpper() && i > 0 && (key[i - 1].isLower() || key[i - 1].isDigit()))
            push();
        word.append(c);
    }
    push();
    return words;
}

constexpr std::array kSecretWords = {
    QLatin1String("password"), QLatin1String("passwords"), QLatin1String("passwd"), QLatin1String("pwd"), QLatin1String("passphrase"),
    QLatin1String("secret"), QLatin1String("secrets"), QLatin1String("jwt"), QLatin1String("fingerprint"), QLatin1String("credential"),
    QLatin1String("credentials"), QLatin1String("authorization"), QLatin1String("cookie"), QLatin1String("otp"), QLatin1String("totp"),
    QLatin1String("salt"), QLatin1String("apikey"), QLatin1String("apikeys"), QLatin1String("secretkey"), QLatin1String("privatekey"),
    QLatin1String("accesskey"), QLatin1String("encryptionkey"), QLatin1String("passwordhash"), QLatin1String("refreshtoken"),
    QLatin1String("accesstoken"), QLatin1String("authtoken"), QLatin1String("sessiontoken"), QLatin1String("bearer"),
    QLatin1String("pgpassword"), QLatin1String("signature"),
};
/// Beside "token" they make a number or a name of it.
constexpr std::array kTokenCounts = {
    QLatin1String("count"), QLatin1String("counts"), QLatin1String("max"), QLatin1String("min"), QLatin1String("num"),
    QLatin1String("number"), QLatin1String("total"), QLatin1String("used"), QLatin1String("limit"), QLatin1String("usage"),
    QLatin1String("type"), QLatin1String("size"), QLatin1String("prompt"), QLatin1String("completion"), QLatin1String("expires"),
    QLatin1String("expiry"), QLatin1String("chunk"), QLatin1String("avg"), QLatin1String("input"), QLatin1String("output"), QLatin1String("overlap"),
};
/// Before "key" they make it an address, not a secret.
constexpr std::array kOpenKeys = {
    QLatin1String("primary"), QLatin1String("foreign"), QLatin1String("sort"), QLatin1String("partition"), QLatin1String("cache"),
    QLatin1String("object"), QLatin1String("public"), QLatin1String("storage"), QLatin1String("file"), QLatin1String("document"),
    QLatin1String("doc"), QLatin1String("chunk"), QLatin1String("index"), QLatin1String("entity"), QLatin1String("group"),
    QLatin1String("lookup"), QLatin1String("row"), QLatin1String("record"), QLatin1String("session"), QLatin1String("template"),
};
/// Last words of keys whose values are addresses, times and sums of content: long, random to look at, open.
constexpr std::array kOpenLast = {
    QLatin1String("id"), QLatin1String("ids"), QLatin1String("uuid"), QLatin1String("guid"), QLatin1String("guids"), QLatin1String("sha1"),
    QLatin1String("sha256"), QLatin1String("sha512"), QLatin1String("md5"), QLatin1String("crc32"), QLatin1String("checksum"),
    QLatin1String("digest"), QLatin1String("etag"), QLatin1String("hash"), QLatin1String("at"), QLatin1String("time"), QLatin1String("date"),
    QLatin1String("timestamp"), QLatin1String("path"), QLatin1String("dir"), QLatin1String("url"), QLatin1String("uri"), QLatin1String("name"),
    QLatin1String("filename"), QLatin1String("file"), QLatin1String("title"), QLatin1String("version"),
};

bool isOpenKey(QStringView key)
{
    const QStringList words = wordsOf(key);
    return !words.isEmpty() && isOneOf(words.last(), kOpenLast);
}

/// Secrets that give themselves away wherever they stand.
const QRegularExpression &tokenPattern()
{
    static const QRegularExpression pattern(
        QStringLiteral("eyJ[A-Za-z0-9_-]{5,}+\\.[A-Za-z0-9_-]{3,}+(?:\\.[A-Za-z0-9_-]*+)?"                // JWT
                       "|\\$2[abxy]?\\$\\d\\d\\$[./A-Za-z0-9]{20,}+"                                        // bcrypt
                       "|\\$(?:argon2[id]{1,2}|scrypt|pbkdf2[a-z0-9-]*|y|5|6|7)\\$[^\\s\"']{10,}+"          // crypt
                       "|\\b(?:pbkdf2_sha\\d+|argon2|bcrypt_sha256|bcrypt|scrypt)\\$[^\\s\"',]{10,}+"       // Django
                       "|-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----[^-]*+(?:-----END [A-Z0-9 ]*-----)?"
                       "|\\b(?:sk|rk)-[A-Za-z0-9_-]{16,}+|\\bgh[pousr]_[A-Za-z0-9]{20,}+|\\bglpat-[A-Za-z0-9_-]{16,}+"
                       "|\\bAKIA[0-9A-Z]{16}\\b|\\bxox[abprs]-[A-Za-z0-9-]{10,}+|\\bhv[sb]\\.[A-Za-z0-9_-]{20,}+"
                       "|(?<=[Bb]earer )[A-Za-z0-9._~+/=-]{16,}+"
                       "|(?<=://)[^/\\s:@\"']{0,64}:[^/\\s@\"']{1,256}(?=@)"));                              // user:password@
    return pattern;
}

QString withoutTokens(QString text)
{
    if (text.size() >= 12)
        text.replace(tokenPattern(), maskedValue());
    return text;
}

bool isUuidHex(QStringView hex)
{
    return hex.size() == 32 && hex[12] >= u'1' && hex[12] <= u'8' && QStringView(u"89abAB").contains(hex[16]);
}

bool looksLikeHexKey(QStringView value)
{
    if (value.size() < kMinHex)
        return false;
    int letters = 0;
    int digits = 0;
    quint32 seen = 0;
    for (const QChar c : value) {
        const int digit = c.isDigit() && c.unicode() < 0x80 ? c.digitValue() : -1;
        const char16_t lower = c.unicode() | 0x20;
        if (digit < 0 && (lower < u'a' || lower > u'f') && c != u':')
            return false;
        digits += digit >= 0;
        letters += digit < 0 && c != u':';
        seen |= digit >= 0 ? 1u << digit : lower >= u'a' ? 1u << (lower - u'a' + 10) : 0u;
    }
    return letters >= 2 && digits >= 2 && qPopulationCount(seen) >= 8 && !isUuidHex(value);
}

bool looksLikeBase64Key(QStringView value)
{
    if (value.size() < kMinBase64)
        return false;
    int classes[3] = {0, 0, 0};
    int changes = 0;
    int last = -1;
    bool slash = false;
    bool wordy = false;
    for (const QChar c : value) {
        int kind = -1;
        if (c >= u'A' && c <= u'Z')
            kind = 0;
        else if (c >= u'a' && c <= u'z')
            kind = 1;
        else if (c >= u'0' && c <= u'9')
            kind = 2;
        else if (c == u'/' || c == u'+')
            slash = true;
        else if (c == u'-' || c == u'_')
            wordy = true;
        else if (c != u'=')
            return false;
        if (kind >= 0)
            ++classes[kind];
        changes += kind != last;
        last = kind;
    }
    // Random text changes between capitals, small letters and digits all the time; names and paths do not.
    return !(slash && wordy) && classes[0] >= 4 && classes[1] >= 4 && classes[2] >= 2 && changes * 3 >= value.size();
}

/// "data:image/png;base64,..." as its type and size.
QString dataUriSummary(const QString &value)
{
    const qsizetype comma = value.indexOf(u',');
    const qsizetype headEnd = comma < 0 ? value.size() : comma;
    const QStringView head = QStringView(value).sliced(5, std::min<qsizetype>(headEnd, 105) - 5);
    const QStringView payload = comma < 0 ? QStringView() : QStringView(value).sliced(comma + 1);
    qint64 bytes = payload.size();
    if (head.endsWith(u";base64")) {
        const qsizetype padding = payload.endsWith(u"==") ? 2 : payload.endsWith(u'=') ? 1 : 0;
        bytes = payload.size() / 4 * 3 + payload.size() % 4 * 3 / 4 - padding;
    }
    const QStringView type = head.left(head.indexOf(u';') < 0 ? head.size() : head.indexOf(u';'));
    return QStringLiteral("data: %1, %2 bytes").arg(type.isEmpty() ? QStringLiteral("text/plain") : type.toString()).arg(bytes);
}

bool isTokenKey(const QString &key)
{
    return key.size() >= 20 && (withoutTokens(key) != key || looksLikeBase64Key(key));
}

QJsonValue mask(QStringView key, const QJsonValue &value, bool secret, int maxText, int maxItems, int depth);

QJsonObject maskObject(const QJsonObject &object, bool secret, int maxText, int maxItems, int depth)
{
    QJsonObject out;
    int n = 0;
    for (auto it = object.begin(); it != object.end(); ++it) {
        if (n++ == maxItems) {
            out.insert(QStringLiteral("…"), QStringLiteral("%1 more").arg(object.size() - maxItems));
            break;
        }
        QString key = it.key();
        if (isTokenKey(key)) {
            const QString base = QStringLiteral("token ") + secretFingerprint(key.toUtf8());
            key = base;
            for (int twin = 2; out.contains(key); ++twin)
                key = QStringLiteral("%1 (%2)").arg(base).arg(twin);
        }
        // A container called "tokens" or "secrets" is a list of records, each with members of its own.
        const bool hidden = secret || (isSecretKey(it.key()) && !it.value().isObject());
        out.insert(key, mask(it.key(), it.value(), hidden, maxText, maxItems, depth + 1));
    }
    return out;
}

QJsonValue mask(QStringView key, const QJsonValue &value, bool secret, int maxText, int maxItems, int depth)
{
    switch (value.type()) {
    case QJsonValue::Null:
    case QJsonValue::Undefined:
    case QJsonValue::Bool:
        return value;
    case QJsonValue::Double:
        return secret ? QJsonValue(maskedValue()) : value;
    case QJsonValue::String: {
        const QString text = value.toString();
        if (secret)
            return text.isEmpty() ? text : maskedValue();
        const QString shown = maskText(key, text);
        if (shown.size() <= maxText)
            return shown;
        return QString(shown.left(maxText) + QStringLiteral("… (%1 more characters)").arg(shown.size() - maxText));
    }
    case QJsonValue::Array: {
        const QJsonArray array = value.toArray();
        if (depth >= kMaxDepth)
            return QStringLiteral("…");
        QJsonArray out;
        for (const QJsonValue &element : array) {
            if (out.size() == maxItems) {
                out.append(QStringLiteral("… %1 more").arg(array.size() - maxItems));
                break;
            }
            out.append(mask(key, element, secret, maxText, maxItems, depth + 1));
        }
        return out;
    }
    case QJsonValue::Object:
        if (depth >= kMaxDepth)
            return QStringLiteral("…");
        return maskObject(value.toObject(), secret, maxText, maxItems, depth);
    }
    return {};
}

}  // namespace

QString maskedValue()
{
    return QStringLiteral("••••••••");
}

bool isSecretKey(QStringView key)
{
    const QStringList words = wordsOf(key);
    if (words.isEmpty() || key.size() > 200)
        return false;
    const auto has = [&](const auto &list) {
        return std::any_of(words.begin(), words.end(), [&](const QString &word) { return isOneOf(word, list); });
    };
    const QString &last = words.last();
    // What is said about a secret (when it was made, whether there is one) is none.
    static constexpr std::array about = {QLatin1String("at"), QLatin1String("id"), QLatin1String("enabled"), QLatin1String("count"),
                                         QLatin1String("name"), QLatin1String("file"), QLatin1String("path"), QLatin1String("date"),
                                         QLatin1String("status"), QLatin1String("type")};
    if (isOneOf(last, about) && words.size() > 1)
        return false;
    if (has(kSecretWords))
        return true;
    if (words.contains(u"token"_qs) || words.contains(u"tokens"_qs))
        return !has(kTokenCounts);
    if (last == u"key" || last == u"keys")
        return words.size() == 1 ? last == u"key" : !isOneOf(words.at(words.size() - 2), kOpenKeys);
    return last == u"hash" && words.size() == 1;
}

bool looksSecret(QStringView value)
{
    const QStringView trimmed = value.trimmed();
    if (trimmed.size() < 16 || trimmed.size() > 100'000)
        return false;
    if (looksLikeHexKey(trimmed) || looksLikeBase64Key(trimmed))
        return true;
    // One token and hardly anything around it.
    const QRegularExpressionMatch match = tokenPattern().match(trimmed.toString());
    return match.hasMatch() && match.capturedLength() * 2 >= trimmed.size();
}

QString maskText(QStringView key, const QString &value)
{
    if (value.isEmpty() || isMutant(Mutant::SecretsShown))
        return value;
    if (isSecretKey(key))
        return maskedValue();
    if (value.startsWith(u"data:") && value.indexOf(u',') > 0 && !value.left(value.indexOf(u',')).contains(u' '))
        return dataUriSummary(value);
    const QStringView trimmed = QStringView(value).trimmed();
    if (!isOpenKey(key) && (looksLikeHexKey(trimmed) || looksLikeBase64Key(trimmed)))
        return maskedValue();
    return withoutTokens(value);
}

QJsonValue maskJson(const QJsonValue &value, int maxText, int maxItems)
{
    return mask({}, value, false, maxText, maxItems, 0);
}

QString secretFingerprint(QByteArrayView secret)
{
    const QByteArray hash = QCryptographicHash::hash(secret.toByteArray(), QCryptographicHash::Sha256).toHex();
    return QString(u'…' + QString::fromLatin1(hash.last(4)));
}

QString maskPreviewText(const QString &text)
{
    // "key": "value" wherever it stands, in one-line JSON too.
    static const QRegularExpression pair(QStringLiteral("\"([^\"\\\\\\n]{1,100})\"(\\s*:\\s*)\"((?:[^\"\\\\]++|\\\\.)*+)\""));
    // KEY: VALUE, and KEY=VALUE as the readers of such files take it: with any white space around both, with
    // export in front, and with all but punctuation in the key.
    static const QRegularExpression line(QStringLiteral("^([^\\S\\n]*(?:export[^\\S\\n]+|-[^\\S\\n]+)?)"
                                                        "([A-Za-z_][A-Za-z0-9_.-]{0,200}(?=[^\\S\\n]*[=:])"
                                                        "|[^\\s=:;,\"'(){}<>\\[\\]][^\\n=:;,\"'(){}<>\\[\\]]{0,200}?(?=[^\\S\\n]*=))"
                                                        "([^\\S\\n]*[=:][^\\S\\n]*)([^\\s].*)$"),
                                         QRegularExpression::MultilineOption);
    const auto replaced = [](const QString &in, const QRegularExpression &pattern, auto &&replacement) {
        QString out;
        qsizetype at = 0;
        for (auto it = pattern.globalMatch(in); it.hasNext();) {
            const QRegularExpressionMatch match = it.next();
            out += QStringView(in).sliced(at, match.capturedStart() - at);
            out += replacement(match);
            at = match.capturedEnd();
        }
        return QString(out + QStringView(in).sliced(at));
    };
    QString out = replaced(text, pair, [](const QRegularExpressionMatch &m) {
        return QString(u'"' + m.captured(1) + u'"' + m.captured(2) + u'"' + maskText(m.captured(1), m.captured(3)) + u'"');
    });
    out = replaced(out, line, [](const QRegularExpressionMatch &m) {
        return QString(m.captured(1) + m.captured(2) + m.captured(3) + maskText(m.captured(2), m.captured(4)));
    });
    return withoutTokens(out);
}

}  // namespace strongroom::storage
