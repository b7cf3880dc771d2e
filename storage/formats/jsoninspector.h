// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Looks at foreign JSON as its application would: everything the grammar asks (in Python's dialect), keys
// that stand twice in one object at any depth, and the few keys and strings a caller wants to see. Fed with
// blocks; no tree is built.

#include "storage/formats/json.h"

#include <QByteArray>
#include <QList>
#include <QSet>

#include <functional>
#include <vector>

namespace strongroom::storage {

/// What a caller wants to see. `depth` counts the containers around: 1 = the outermost object.
struct JsonHooks {
    std::function<void(int depth, const QString &key)> key = {};
    /// Strings whose key is one of `wanted`; what goes beyond 64 KiB is cut.
    std::function<void(int depth, QByteArrayView key, const QString &value)> text = {};
    QList<QByteArray> wanted = {};
};

/// Memory: about 16 bytes a key of the objects that are open, for the first two million of them; later
/// duplicates pass. Thread: one at a time.
class JsonInspector {
public:
    explicit JsonInspector(JsonHooks hooks = {}, int maxDepth = kJsonDepth);
    /// False once there is a fault; later blocks are ignored then.
    bool feed(QByteArrayView block);
    /// Says that the text is over. False when there is a fault.
    bool finish();
    [[nodiscard]] const std::optional<JsonFault> &fault() const { return m_fault; }
    [[nodiscard]] char topLevel() const { return m_validator.topLevel(); }
    /// NaN, Infinity or half a surrogate pair: Python reads it, strict readers do not.
    [[nodiscard]] bool isPythonOnly() const { return m_validator.sawNotANumber() || m_validator.sawHalfSurrogate(); }

private:
    /// The keys of one object that is open: the first few as they are, then hashes.
    class OpenKeys {
    public:
        [[nodiscard]] bool contains(QByteArrayView key) const;
        void insert(QByteArrayView key);
        [[nodiscard]] qsizetype size() const { return qsizetype(m_ends.size()) + m_hashes.size(); }
        void clear();

    private:
        QByteArray m_text;               // the first few, one behind the other
        std::vector<qsizetype> m_ends;   // of each in it
        QSet<size_t> m_hashes;           // of all that came later
    };

    void keyEnds();
    void valueBegins(char first);
    void valueEnds();

    JsonHooks m_hooks;
    JsonValidator m_validator;
    std::vector<OpenKeys> m_keys;       // by depth, as far down as there were keys
    qsizetype m_tracked = 0;
    QByteArray m_text;                  // of the key or string under way, without its first quote
    QByteArray m_key;                   // the last one that was read
    bool m_capturing = false;
    std::optional<JsonFault> m_fault;
};

}  // namespace strongroom::storage
