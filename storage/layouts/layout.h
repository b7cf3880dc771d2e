// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A layout is what we know of one application's data directory: a strategy with five functions. It
// describes; it never deletes, copies or archives, and it sees the disk through a Tree only.
// A new layout is one file, one line in registry.cpp and one row in tests/storage/tst_layouts.

#include "storage/catalog.h"
#include "storage/finding.h"
#include "storage/layouts/contentrule.h"
#include "storage/lonekind.h"
#include "storage/tree.h"

#include <QList>
#include <QMap>
#include <QString>
#include <QStringList>

namespace strongroom::storage {

/// How a backup must take a file so that what it takes is whole.
enum class Capture : quint8 {
    Plain,     ///< stat, read, stat; again when it changed
    Json,      ///< as Plain, and taken only when it parses (5 tries; then as it is, with a warning)
    Pickle,    ///< as Plain; one that was just written must be walked to its end
    Vectors,   ///< as Plain; one that was just written must be as long as its header says
    KeyValues, ///< as Plain; one that was just written should end with its last line
    Sqlite,    ///< SQLite's online backup into a private copy
    Runtime,   ///< lock, pid, temporary: left out and listed as excluded
};

/// First match wins. `pattern` is a wildcard over the whole path relative to the layout's root:
/// '*' = any characters but '/', '**' = any characters, '?' = one character but '/'.
struct CaptureRule {
    QByteArray pattern;
    Capture capture = Capture::Plain;
};

/// Files that are only worth something together; taken again together when either changes meanwhile.
/// Both are names in one folder, e.g. {"index.faiss", "index.pkl"}.
struct CapturePair {
    QByteArray first;
    QByteArray second;
};

/// A structured area: the application makes every name in it, so that other names are no data of its own.
/// `pattern` as in CaptureRule, relative to the layout's root; first match wins; where nothing matches,
/// users name the files and any bytes are fine.
struct NameRule {
    QByteArray pattern;
    QByteArray extra;   ///< allowed beside [A-Za-z0-9._-] in each component
};

/// Where a file that comes alone belongs. `path` is relative to the layout's root; in it '*' stands for any
/// one name. A file takes the place of the one rule that fits; where two fit, nobody guesses.
struct LoneFileRule {
    LoneKind kind = LoneKind::None;
    QByteArray path;
    bool byName = false;     ///< the file must bear the last name of `path`, since its content says too little
    bool mustExist = false;  ///< only in place of a file that is there
    bool neverAlone = false; ///< known, but worth less than what is there without its other half: not restored
};

struct LayoutIdentity {
    QString id;                    ///< of the headless contract: "document-sessions"
    QString title;                 ///< for people, English; translated where it is shown
    QList<ItemKind> kinds;         ///< what it can hold, in navigation order
    QStringList candidateRoots;    ///< below the opened folder, beside "": "data", "server/data", ...
    QList<CaptureRule> captures;   ///< nothing matches = Plain
    QList<CapturePair> pairs;
    QList<CaptureRule> secretFiles;  ///< patterns (capture ignored) of files that must be 0600
    QList<NameRule> structuredNames = {};
    QList<ContentRule> contents = {};   ///< first match wins; nothing matches = any content
    QList<LoneFileRule> loneFiles = {};
};

/// What a layout thinks of a tree.
struct ProbeResult {
    int score = 0;          ///< 0 = not mine, 100 = certain
    QString variant;        ///< "files", "folders", "released", "guide", ...; empty = the only one
    QStringList evidence;   ///< what was found, one sentence each; numbers are true
};

/// Thread: any; implementations are stateless singletons.
class Layout {
public:
    virtual ~Layout() = default;
    [[nodiscard]] virtual const LayoutIdentity &identity() const = 0;

    /// Looks at names and small heads only (milliseconds, whatever the size). Never fails: what cannot be
    /// read is no evidence.
    [[nodiscard]] virtual ProbeResult probe(const Tree &root) const = 0;

    /// Lists every item below `root`. A broken metadata file still yields its item, state Damaged, plus a
    /// finding. Paths in findings are relative to `root`. Polls `monitor`, counts items and bytes there.
    /// Errors: Cancelled, or the root itself cannot be read.
    [[nodiscard]] virtual Result<void> scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings,
                                            Monitor &monitor) const = 0;

    /// How many items of each kind scan() would list; kinds it can hold and has none of may be missing. For layouts
    /// that must read much to describe an item and little to know that it is there. Errors: as scan().
    [[nodiscard]] virtual Result<QMap<ItemKind, qint64>> count(const Tree &root, Monitor &monitor) const;

    /// One item with its parts, relations and masked metadata. Errors: ItemUnknown, by cause.
    [[nodiscard]] virtual Result<ItemDetails> parts(const Tree &root, const ItemId &id, Monitor &monitor) const = 0;

    /// Reports what is wrong, changes nothing. A healthy tree gives nothing.
    [[nodiscard]] virtual Result<void> check(const Tree &root, const FindingSink &findings, Monitor &monitor) const = 0;
};

/// Wildcard match as CaptureRule describes it. Works on bytes.
[[nodiscard]] bool matchesPattern(QByteArrayView pattern, QByteArrayView path);
/// The rule that applies to `path` (relative to the layout's root).
[[nodiscard]] Capture captureFor(const LayoutIdentity &identity, const RelPath &path);
/// The structured area that `path` (relative to the layout's root) is in; null where users name the files.
[[nodiscard]] const NameRule *nameRuleFor(const LayoutIdentity &identity, const RelPath &path);
/// What `path` (relative to the layout's root) must hold: the rules that count if their announcement is there,
/// then at most one that counts in any case. Empty = anything.
[[nodiscard]] QList<const ContentRule *> contentRulesFor(const LayoutIdentity &identity, QByteArrayView path);
[[nodiscard]] bool isAllowedName(const NameRule &rule, const RelPath &path);

}  // namespace strongroom::storage
