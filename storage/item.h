// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the operator browses: sessions, entities, volumes, snapshots. A value; it knows no file system.

#include "storage/error.h"
#include "storage/relpath.h"

#include <QByteArray>
#include <QDateTime>
#include <QJsonObject>
#include <QList>
#include <QString>

#include <array>
#include <optional>

namespace strongroom::storage {

enum class ItemKind : quint8 { Session, Entity, Volume, Snapshot };
inline constexpr std::array kAllItemKinds = {ItemKind::Session, ItemKind::Entity, ItemKind::Volume, ItemKind::Snapshot};

[[nodiscard]] QString kindWord(ItemKind kind);          ///< "session"
[[nodiscard]] QString kindPluralWord(ItemKind kind);    ///< "sessions", as in the headless contract
[[nodiscard]] std::optional<ItemKind> kindFromPlural(QStringView word);

enum class ItemState : quint8 { Ok, Damaged, Locked, Deleted };
[[nodiscard]] QString stateWord(ItemState state);

enum class VolumeClass : quint8 { None, Critical, Important, Regenerable, Optional };
[[nodiscard]] QString volumeClassWord(VolumeClass volumeClass);  ///< empty for None

/// Identity of an item across scans. Never a row number.
struct ItemId {
    ItemKind kind = ItemKind::Session;
    QString id;
    friend bool operator==(const ItemId &, const ItemId &) = default;
    friend size_t qHash(const ItemId &i, size_t seed = 0) { return qHashMulti(seed, int(i.kind), i.id); }
};

/// A count the data itself gives, or "unknown" where it cannot say. Unknown is never shown as 0.
using Count = std::optional<qint64>;

struct Item {
    ItemKind kind = ItemKind::Session;
    ItemState state = ItemState::Ok;
    QString id;
    QString title;
    QDateTime created;    ///< UTC; invalid = unknown
    QDateTime modified;   ///< UTC; invalid = unknown
    qint64 bytes = 0;     ///< of everything that belongs to the item alone

    // session
    Count fragments;
    Count messages;
    QString owner;        ///< group or user the session belongs to
    QString entity;       ///< id of the entity it belongs to
    // entity
    Count documents;
    Count chunks;
    Count vectors;
    Count sessions;
    // volume
    VolumeClass volumeClass = VolumeClass::None;
    Count files;
    QString path;         ///< relative to the data directory, displayable
    QDateTime lastBackup;
    // snapshot
    QString reason;
    Count nodes;
    bool current = false;

    [[nodiscard]] ItemId itemId() const { return {kind, id}; }
    /// The members that ctl.md lists for the kind; unknown counts and times are null.
    [[nodiscard]] QJsonObject toJson() const;
};

/// One row of an item's details: a fact about it, already masked.
struct Fact {
    QString key;      ///< stable English word(s), e.g. "template", "alias"; views translate known ones
    QString value;
};

/// A file, folder or JSON record that belongs to an item.
struct Part {
    RelPath path;         ///< relative to the data directory that was opened
    QString record;       ///< key inside a shared JSON store or "table:rowid"; empty = the file itself
    qint64 bytes = 0;
    QDateTime modified;   ///< UTC
    bool shared = false;  ///< other items have parts in the same file
};

/// A pointer to another item.
struct Relation {
    QString role;         ///< "entity", "session", "document", "template", ...
    ItemId target;        ///< id may name something that is no item of ours; then linked is false
    QString title;
    bool linked = true;   ///< the target exists
};

/// Everything known of one item. Secrets are masked here already, so no caller can forget.
struct ItemDetails {
    Item item;
    QList<Part> parts;
    QList<Relation> relations;
    QList<Fact> facts;
    QJsonObject metadata;  ///< the item's own record, masked and size-capped
};

/// Time as the headless contract wants it: ISO 8601 UTC with Z and milliseconds only when present.
[[nodiscard]] QString isoUtc(const QDateTime &time);  ///< empty for an invalid time
/// `isoUtc` or JSON null.
[[nodiscard]] QJsonValue isoUtcOrNull(const QDateTime &time);
/// A path as JSON: a string when it is UTF-8, {"base64": ...} otherwise.
[[nodiscard]] QJsonValue pathToJson(QByteArrayView bytes);
/// Reads the times the applications write (ISO with or without zone, 'T' or ' ', microseconds). A time
/// without zone is UTC. Invalid for anything else.
[[nodiscard]] QDateTime parseTime(QStringView text);

}  // namespace strongroom::storage
