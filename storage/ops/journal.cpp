// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/journal.h"

#include "storage/item.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <array>

namespace strongroom::storage {

namespace {

constexpr std::array kOperations = {Operation::Restore, Operation::Undo, Operation::Repair, Operation::Cleanup};

std::unexpected<Error> invalid(const char *what)
{
    return fail(ErrorCode::JsonInvalid, {}, {QString::fromLatin1(what)});
}

Result<QByteArray> bytesFromJson(const QJsonValue &value)
{
    if (value.isString())
        return value.toString().toUtf8();
    const QByteArray encoded = value.toObject().value(QStringLiteral("base64")).toString().toLatin1();
    auto decoded = QByteArray::fromBase64Encoding(encoded, QByteArray::AbortOnBase64DecodingErrors);
    if (!value.isObject() || !decoded)
        return invalid("path");
    return *std::move(decoded);
}

Result<RelPath> targetFromJson(const QJsonValue &value)
{
    STRONGROOM_TRY(const QByteArray bytes, bytesFromJson(value));
    return bytes.isEmpty() ? Result<RelPath>(RelPath()) : RelPath::parse(bytes);
}

// As text: JSON numbers end at 2^53.
QJsonValue inodeToJson(const std::optional<quint64> &inode)
{
    return inode ? QJsonValue(QString::number(*inode)) : QJsonValue();
}

Result<std::optional<quint64>> inodeFromJson(const QJsonValue &value)
{
    if (value.isNull())
        return std::nullopt;
    bool ok = false;
    const quint64 inode = value.toString().toULongLong(&ok);
    if (!ok)
        return invalid("inode");
    return inode;
}

Result<Operation> operationFromJson(const QJsonValue &value)
{
    for (const Operation operation : kOperations) {
        if (operationWord(operation) == value.toString())
            return operation;
    }
    return invalid("operation");
}

Result<QJsonObject> parseObject(QByteArrayView text, const QString &format)
{
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.toByteArray(), &error);
    if (error.error != QJsonParseError::NoError || !document.isObject())
        return invalid("syntax");
    const QJsonObject object = document.object();
    if (object.value(QStringLiteral("format")).toString() != format || object.value(QStringLiteral("version")).toInt() != 1)
        return invalid("format");
    return object;
}

}  // namespace

QByteArray writeJournal(const Journal &journal)
{
    QJsonArray entries;
    for (const JournalEntry &entry : journal.entries) {
        entries.append(QJsonObject{{QStringLiteral("target"), pathToJson(entry.target.bytes())},
                                   {QStringLiteral("new"), inodeToJson(entry.newInode)},
                                   {QStringLiteral("old"), inodeToJson(entry.oldInode)}});
    }
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), QStringLiteral("strongroom-journal")},
                                     {QStringLiteral("version"), 1},
                                     {QStringLiteral("operation"), operationWord(journal.operation)},
                                     {QStringLiteral("stage"), pathToJson(journal.stage)},
                                     {QStringLiteral("stage_is_safety"), journal.stageIsSafety},
                                     {QStringLiteral("keep_old"), journal.keepOld},
                                     {QStringLiteral("entries"), entries}})
        .toJson();
}

Result<Journal> parseJournal(QByteArrayView text)
{
    STRONGROOM_TRY(const QJsonObject object, parseObject(text, QStringLiteral("strongroom-journal")));
    Journal journal;
    STRONGROOM_TRY(journal.operation, operationFromJson(object.value(QStringLiteral("operation"))));
    STRONGROOM_TRY(journal.stage, bytesFromJson(object.value(QStringLiteral("stage"))));
    if (const auto name = RelPath::parse(journal.stage); !name || name->depth() != 1)
        return invalid("stage");
    journal.stageIsSafety = object.value(QStringLiteral("stage_is_safety")).toBool(true);
    journal.keepOld = object.value(QStringLiteral("keep_old")).toBool(true);
    for (const QJsonValue value : object.value(QStringLiteral("entries")).toArray()) {
        const QJsonObject o = value.toObject();
        JournalEntry entry;
        STRONGROOM_TRY(entry.target, targetFromJson(o.value(QStringLiteral("target"))));
        STRONGROOM_TRY(entry.newInode, inodeFromJson(o.value(QStringLiteral("new"))));
        STRONGROOM_TRY(entry.oldInode, inodeFromJson(o.value(QStringLiteral("old"))));
        journal.entries.append(std::move(entry));
    }
    if (journal.entries.isEmpty())
        return invalid("entries");
    return journal;
}

QByteArray writeNote(const SafetyNote &note)
{
    QJsonArray targets;
    for (const RelPath &target : note.targets)
        targets.append(pathToJson(target.bytes()));
    return QJsonDocument(QJsonObject{{QStringLiteral("format"), QStringLiteral("strongroom-safety")},
                                     {QStringLiteral("version"), 1},
                                     {QStringLiteral("operation"), operationWord(note.operation)},
                                     {QStringLiteral("created"), isoUtcOrNull(note.created)},
                                     {QStringLiteral("archive"), note.archive.isEmpty() ? QJsonValue() : pathToJson(note.archive)},
                                     {QStringLiteral("targets"), targets}})
        .toJson();
}

Result<SafetyNote> parseNote(QByteArrayView text)
{
    STRONGROOM_TRY(const QJsonObject object, parseObject(text, QStringLiteral("strongroom-safety")));
    SafetyNote note;
    STRONGROOM_TRY(note.operation, operationFromJson(object.value(QStringLiteral("operation"))));
    note.created = parseTime(object.value(QStringLiteral("created")).toString());
    if (const QJsonValue archive = object.value(QStringLiteral("archive")); !archive.isNull()) {
        STRONGROOM_TRY(note.archive, bytesFromJson(archive));
    }
    for (const QJsonValue value : object.value(QStringLiteral("targets")).toArray()) {
        STRONGROOM_TRY(RelPath target, targetFromJson(value));
        note.targets.append(std::move(target));
    }
    if (note.targets.isEmpty())
        return invalid("targets");
    return note;
}

}  // namespace strongroom::storage
