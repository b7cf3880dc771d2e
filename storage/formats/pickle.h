// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Reads what a Python pickle would do without doing it: its opcodes are walked, nothing is imported,
// called or built. Loading a foreign pickle is running a foreign program, so this is the only thing we
// ever do with one.

#include "storage/tree.h"

#include <QByteArray>
#include <QHash>
#include <QList>

#include <limits>
#include <variant>

namespace strongroom::storage {

/// How a walk ended.
enum class PickleEnd : quint8 {
    Complete,     ///< STOP was reached with exactly one value on the stack
    Truncated,    ///< the file ends inside a pickle that is well-formed up to there
    Invalid,      ///< no pickle, or one that no pickler writes (unknown opcode, stack or frame out of step)
    TooComplex,   ///< nesting beyond what is followed here; nothing is known of the rest
    Unfinished,   ///< PickleOptions::maxBytes was reached first
};

/// What the outermost value is.
enum class PickleTop : quint8 { None, Dict, List, Tuple, Object, Other };

/// A plain value of the outermost dictionary; monostate = None.
using PickleScalar = std::variant<std::monostate, bool, qint64, double, QByteArray>;

/// What a pickle may name. Anything else is forbidden, whatever it is: block-lists are always incomplete.
struct PicklePolicy {
    QList<QByteArray> classes;     ///< "module.name" whose instances may be made by NEWOBJ and BUILD
    QList<QByteArray> callables;   ///< "module.name" that may be called as well (REDUCE, INST, OBJ)
};

struct PickleOptions {
    PicklePolicy policy;
    QList<QByteArray> wantedKeys;   ///< keys of the outermost dictionary whose plain values are reported
    qint64 maxBytes = std::numeric_limits<qint64>::max();
};

struct PickleReport {
    PickleEnd end = PickleEnd::Invalid;
    qint64 endOffset = 0;       ///< Complete: after STOP; else the opcode that could not be read or followed
    qint64 bytes = 0;           ///< length of the file
    qint64 trailingBytes = 0;   ///< after STOP; pickle.load() leaves them alone, a second pickle may hide there
    bool frameOverrun = false;  ///< the last frame's length goes beyond the file: Python's own C reader gives up there
    int protocol = -1;          ///< 0..5; without a PROTO opcode 0 or 1, by the opcodes used; -1 = not even one opcode
    qint64 opcodes = 0;
    PickleTop top = PickleTop::None;
    QList<QByteArray> globals;              ///< "module.name" in order of appearance, "?" for one computed at run time
    QHash<QByteArray, qint64> instances;    ///< instances made by NEWOBJ and NEWOBJ_EX, by class
    QList<QByteArray> forbidden;            ///< globals and opcodes outside the policy, in order of appearance
    qint64 forbiddenOffset = -1;            ///< of the first one
    /// Text keys of the outermost dictionary, the first 64. Of a pickle that was not walked to its end, those
    /// before the first value that is not plain.
    QList<QByteArray> topKeys;
    QHash<QByteArray, PickleScalar> values; ///< those of topKeys that are wanted and plain

    [[nodiscard]] bool isComplete() const { return end == PickleEnd::Complete; }
    /// Complete, nothing behind it, nothing outside the policy: loading it runs nothing of its own.
    [[nodiscard]] bool isHarmless() const { return isComplete() && trailingBytes == 0 && forbidden.isEmpty(); }
    /// Harmless, and every reader can load it.
    [[nodiscard]] bool isClean() const { return isHarmless() && !frameOverrun; }
};

/// Walks the pickle at the start of `file`, protocols 0 to 5. Memory is bounded (about 40 MB for the worst
/// hostile file, well under 1 MB for real ones) whatever the length fields say: they are compared with the
/// file's length before anything is skipped. Names that had to be forgotten to keep the bound count as
/// forbidden, never as harmless.
/// \param path for errors only.
/// Errors: Cancelled; reading. A file that is no pickle is a report, not an error. Thread: any.
/// Source of the format: Python's Lib/pickletools.py (documentation of the opcodes) and PEP 3154.
[[nodiscard]] Result<PickleReport> walkPickle(TreeFile &file, const RelPath &path, const PickleOptions &options,
                                              Monitor &monitor);
/// The same for a file of `tree`.
[[nodiscard]] Result<PickleReport> walkPickle(const Tree &tree, const RelPath &path, const PickleOptions &options,
                                              Monitor &monitor);

}  // namespace strongroom::storage
