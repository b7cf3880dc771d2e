// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The pickle machine's stack and memo, seen from far enough that nothing has to be built: texts, global
// names and the outermost container are told apart, everything else is "a value". Runs of such values are
// one entry, and what the memo need not tell apart is not in it, so memory stays bounded.

#include <QByteArray>
#include <QByteArrayView>
#include <QHash>
#include <QList>

#include <optional>
#include <string>
#include <vector>

namespace strongroom::storage {

/// Thread: one. Every verb returns false when the pickle asks for what a real machine could not do either.
class PickleMachine {
public:
    enum class Kind : quint8 { Opaque, Mark, Text, Integer, Float, True, False, None, Global, Dict, List, Tuple, Object };
    struct Value {
        Kind kind = Kind::Opaque;
        quint32 ref = 0;       ///< Text: where it begins in the arena; Global: index of the name
        union {
            qint64 integer = 1;  ///< Opaque: how many; Text: length; Integer: itself
            double number;
        };
    };

    /// Texts longer than this are values like any other. No module or class has such a name.
    static constexpr qsizetype kMaxText = 256;
    static constexpr size_t kMaxStack = 1u << 20;        ///< entries; beyond is tooComplex()
    static constexpr size_t kDetailedStack = 1u << 16;   ///< entries up to which texts and numbers are kept
    static constexpr qsizetype kMaxMemoTexts = 1 << 16;
    static constexpr qsizetype kMaxGlobals = 1 << 12;

    [[nodiscard]] bool tooComplex() const { return m_tooComplex; }
    [[nodiscard]] size_t size() const { return m_stack.size(); }
    [[nodiscard]] const Value &bottom() const { return m_stack.front(); }

    // -- pushing and popping -----------------------------------------------------------------------
    bool push(Kind kind);
    /// A container or object: told apart only where it can become the outermost value.
    bool pushContainer(Kind kind);
    bool pushInteger(qint64 value);
    bool pushFloat(double value);
    bool pushText(QByteArrayView utf8);
    bool pushGlobal(const QByteArray &name);   ///< "module.name"
    [[nodiscard]] qsizetype globalCount() const { return m_globals.size(); }   ///< different ones
    bool duplicate();
    bool pop();                                ///< as POP: a mark counts
    [[nodiscard]] std::optional<Value> take(); ///< a value; texts must be read with topText() before
    /// Removes everything down to and including the topmost mark; the number of values above it.
    [[nodiscard]] std::optional<qint64> takeToMark();

    // -- looking -----------------------------------------------------------------------------------
    [[nodiscard]] bool hasValue() const { return !m_stack.empty() && m_stack.back().kind != Kind::Mark; }
    [[nodiscard]] std::optional<QByteArray> topText() const;
    [[nodiscard]] std::optional<QByteArray> textOf(const Value &value) const;
    /// Name of a Global; empty for anything else.
    [[nodiscard]] QByteArray globalName(const Value &value) const;
    /// Index of the topmost mark.
    [[nodiscard]] std::optional<size_t> topMark() const;
    [[nodiscard]] const std::vector<Value> &stack() const { return m_stack; }

    // -- memo --------------------------------------------------------------------------------------
    bool memoize();             ///< under the next free number
    bool put(quint64 index);
    bool get(quint64 index);

private:
    struct Remembered {
        bool global = false;
        quint32 index = 0;      // into m_globals or m_texts
    };
    bool pushValue(Value value);
    void remember(quint64 index);

    std::vector<Value> m_stack;
    std::string m_arena;         // texts of the stack, in stack order: popping one cuts it off
    bool m_tooComplex = false;
    QList<QByteArray> m_globals;
    QHash<QByteArray, quint32> m_globalIndex;
    QHash<quint64, Remembered> m_memo;
    QList<QByteArray> m_texts;
    quint64 m_memoSize = 0;      // numbers 0..m_memoSize-1 are taken, unless m_memoGaps
    bool m_memoGaps = false;     // numbers were given out of order: which one MEMOIZE takes is unknown
};

}  // namespace strongroom::storage
