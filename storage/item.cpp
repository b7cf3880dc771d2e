// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/item.h"

#include <QJsonValue>
#include <QStringDecoder>
#include <QTimeZone>

namespace strongroom::storage {

namespace {

QJsonValue countToJson(const Count &count)
{
    return count ? QJsonValue(*count) : QJsonValue();
}

QJsonValue textToJson(const QString &text)
{
    return text.isEmpty() ? QJsonValue() : QJsonValue(text);
}

}  // namespace

QString kindWord(ItemKind kind)
{
    switch (kind) {
    case ItemKind::Session: return QStringLiteral("session");
    case ItemKind::Entity: return QStringLiteral("entity");
    case ItemKind::Volume: return QStringLiteral("volume");
    case ItemKind::Snapshot: return QStringLiteral("snapshot");
    }
    return {};
}

QString kindPluralWord(ItemKind kind)
{
    switch (kind) {
    case ItemKind::Session: return QStringLiteral("sessions");
    case ItemKind::Entity: return QStringLiteral("entities");
    case ItemKind::Volume: return QStringLiteral("volumes");
    case ItemKind::Snapshot: return QStringLiteral("snapshots");
    }
    return {};
}

std::optional<ItemKind> kindFromPlural(QStringView word)
{
    for (const ItemKind kind : kAllItemKinds) {
        if (word == kindPluralWord(kind))
            return kind;
    }
    return std::nullopt;
}

QString stateWord(ItemState state)
{
    switch (state) {
    case ItemState::Ok: return QStringLiteral("ok");
    case ItemState::Damaged: return QStringLiteral("damaged");
    case ItemState::Locked: return QStringLiteral("locked");
    case ItemState::Deleted: return QStringLiteral("deleted");
    }
    return {};
}

QString volumeClassWord(VolumeClass volumeClass)
{
    switch (volumeClass) {
    case VolumeClass::None: break;
    case VolumeClass::Critical: return QStringLiteral("critical");
    case VolumeClass::Important: return QStringLiteral("important");
    case VolumeClass::Regenerable: return QStringLiteral("regenerable");
    case VolumeClass::Optional: return QStringLiteral("optional");
    }
    return {};
}

QJsonObject Item::toJson() const
{
    QJsonObject o{
        {QStringLiteral("id"), id},
        {QStringLiteral("kind"), kindWord(kind)},
        {QStringLiteral("title"), title},
        {QStringLiteral("created"), isoUtcOrNull(created)},
        {QStringLiteral("modified"), isoUtcOrNull(modified)},
        {QStringLiteral("bytes"), bytes},
        {QStringLiteral("state"), stateWord(state)},
    };
    switch (kind) {
    case ItemKind::Session:
        o.insert(QStringLiteral("fragments"), countToJson(fragments));
        o.insert(QStringLiteral("messages"), countToJson(messages));
        o.insert(QStringLiteral("owner"), textToJson(owner));
        o.insert(QStringLiteral("entity"), textToJson(entity));
        break;
    case ItemKind::Entity:
        o.insert(QStringLiteral("documents"), countToJson(documents));
        o.insert(QStringLiteral("chunks"), countToJson(chunks));
        o.insert(QStringLiteral("vectors"), countToJson(vectors));
        o.insert(QStringLiteral("sessions"), countToJson(sessions));
        break;
    case ItemKind::Volume:
        o.insert(QStringLiteral("class"), textToJson(volumeClassWord(volumeClass)));
        o.insert(QStringLiteral("files"), countToJson(files));
        o.insert(QStringLiteral("path"), path);
        o.insert(QStringLiteral("last_backup"), isoUtcOrNull(lastBackup));
        break;
    case ItemKind::Snapshot:
        o.insert(QStringLiteral("reason"), textToJson(reason));
        o.insert(QStringLiteral("nodes"), countToJson(nodes));
        o.insert(QStringLiteral("current"), current);
        break;
    }
    return o;
}

QString isoUtc(const QDateTime &time)
{
    if (!time.isValid())
        return {};
    const QDateTime utc = time.toUTC();
    return utc.toString(utc.time().msec() == 0 ? Qt::ISODate : Qt::ISODateWithMs);
}

QJsonValue isoUtcOrNull(const QDateTime &time)
{
    return time.isValid() ? QJsonValue(isoUtc(time)) : QJsonValue();
}

QJsonValue pathToJson(QByteArrayView bytes)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(bytes);
    if (!decoder.hasError())
        return text;
    return QJsonObject{{QStringLiteral("base64"), QString::fromLatin1(bytes.toByteArray().toBase64())}};
}

QDateTime parseTime(QStringView text)
{
    // YYYY-MM-DD[T ]HH:MM:SS[.fraction][Z|+HH:MM|-HH:MM]; fraction is cut to milliseconds. By hand: a listing asks for
    // hundreds of thousands.
    if (text.size() < 19 || (text[10] != u'T' && text[10] != u' '))
        return {};
    bool isNumber = true;
    const auto number = [&](int at, int digits) {
        int value = 0;
        for (const QChar c : text.sliced(at, digits)) {
            isNumber = isNumber && c >= u'0' && c <= u'9';
            value = value * 10 + (c.unicode() - u'0');
        }
        return value;
    };
    const QDate date(number(0, 4), number(5, 2), number(8, 2));
    const QTime time(number(11, 2), number(14, 2), number(17, 2));
    const bool isSpelt = text[4] == u'-' && text[7] == u'-' && text[13] == u':' && text[16] == u':';
    if (!isNumber || !isSpelt || !date.isValid() || !time.isValid())
        return {};
    QStringView rest = text.sliced(19);
    int ms = 0;
    if (rest.startsWith(u'.')) {
        rest = rest.sliced(1);
        int scale = 100;
        while (!rest.isEmpty() && rest[0].isDigit()) {
            ms += rest[0].digitValue() * scale;
            scale /= 10;
            rest = rest.sliced(1);
        }
    }
    int offset = 0;
    if (!rest.isEmpty() && rest != u"Z") {
        if (rest.size() != 6 || (rest[0] != u'+' && rest[0] != u'-') || rest[3] != u':')
            return {};
        bool hoursOk = false;
        bool minutesOk = false;
        offset = rest.sliced(1, 2).toInt(&hoursOk) * 3600 + rest.sliced(4, 2).toInt(&minutesOk) * 60;
        if (!hoursOk || !minutesOk)
            return {};
        if (rest[0] == u'-')
            offset = -offset;
    }
    return QDateTime(date, time.addMSecs(ms), Qt::UTC).addSecs(-offset);
}

}  // namespace strongroom::storage
