// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/picklemachine.h"

namespace strongroom::storage {

namespace {

/// Only what can be (part of) a global's name has to be found in the memo again.
bool isDottedName(QByteArrayView text)
{
    bool start = true;
    for (const char c : text) {
        const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
        const bool digit = c >= '0' && c <= '9';
        if (c == '.' && !start)
            start = true;
        else if (letter || (digit && !start))
            start = false;
        else
            return false;
    }
    return !start;
}

}  // namespace

bool PickleMachine::pushValue(Value value)
{
    if (m_stack.size() >= kMaxStack) {
        m_tooComplex = true;
        return false;
    }
    m_stack.push_back(value);
    return true;
}

bool PickleMachine::push(Kind kind)
{
    if (kind == Kind::Opaque && hasValue() && m_stack.back().kind == Kind::Opaque) {
        ++m_stack.back().integer;
        return true;
    }
    Value value;
    value.kind = kind;
    return pushValue(value);
}

bool PickleMachine::pushContainer(Kind kind)
{
    return push(m_stack.empty() ? kind : Kind::Opaque);
}

bool PickleMachine::pushInteger(qint64 integer)
{
    if (m_stack.size() >= kDetailedStack)
        return push(Kind::Opaque);
    Value value;
    value.kind = Kind::Integer;
    value.integer = integer;
    return pushValue(value);
}

bool PickleMachine::pushFloat(double number)
{
    if (m_stack.size() >= kDetailedStack)
        return push(Kind::Opaque);
    Value value;
    value.kind = Kind::Float;
    value.number = number;
    return pushValue(value);
}

bool PickleMachine::pushText(QByteArrayView utf8)
{
    if (utf8.size() > kMaxText || m_stack.size() >= kDetailedStack)
        return push(Kind::Opaque);
    Value value;
    value.kind = Kind::Text;
    value.ref = quint32(m_arena.size());
    value.integer = utf8.size();
    m_arena.append(utf8.data(), size_t(utf8.size()));
    return pushValue(value);
}

bool PickleMachine::pushGlobal(const QByteArray &name)
{
    auto it = m_globalIndex.constFind(name);
    if (it == m_globalIndex.constEnd()) {
        if (m_globals.size() >= kMaxGlobals) {
            m_tooComplex = true;
            return false;
        }
        it = m_globalIndex.insert(name, quint32(m_globals.size()));
        m_globals.append(name);
    }
    Value value;
    value.kind = Kind::Global;
    value.ref = *it;
    return pushValue(value);
}

bool PickleMachine::duplicate()
{
    if (!hasValue())
        return false;
    const Value top = m_stack.back();
    if (top.kind == Kind::Opaque)
        return push(Kind::Opaque);
    if (top.kind == Kind::Text) {
        const QByteArray text = *textOf(top);
        return pushText(text);
    }
    if (top.kind == Kind::Dict || top.kind == Kind::List || top.kind == Kind::Tuple || top.kind == Kind::Object)
        return push(Kind::Opaque);
    return pushValue(top);
}

bool PickleMachine::pop()
{
    if (m_stack.empty())
        return false;
    if (m_stack.back().kind == Kind::Mark) {
        m_stack.pop_back();
        return true;
    }
    return take().has_value();
}

std::optional<PickleMachine::Value> PickleMachine::take()
{
    if (!hasValue())
        return std::nullopt;
    Value &top = m_stack.back();
    if (top.kind == Kind::Opaque && top.integer > 1) {
        --top.integer;
        return Value();
    }
    const Value value = top;
    m_stack.pop_back();
    if (value.kind == Kind::Text)
        m_arena.resize(value.ref);
    return value;
}

std::optional<qint64> PickleMachine::takeToMark()
{
    qint64 values = 0;
    while (!m_stack.empty()) {
        const Value value = m_stack.back();
        m_stack.pop_back();
        if (value.kind == Kind::Mark)
            return values;
        if (value.kind == Kind::Text)
            m_arena.resize(value.ref);
        values += value.kind == Kind::Opaque ? value.integer : 1;
    }
    return std::nullopt;
}

std::optional<QByteArray> PickleMachine::topText() const
{
    return hasValue() ? textOf(m_stack.back()) : std::nullopt;
}

std::optional<QByteArray> PickleMachine::textOf(const Value &value) const
{
    if (value.kind != Kind::Text)
        return std::nullopt;
    return QByteArray(m_arena.data() + value.ref, qsizetype(value.integer));
}

QByteArray PickleMachine::globalName(const Value &value) const
{
    return value.kind == Kind::Global ? m_globals.at(value.ref) : QByteArray();
}

std::optional<size_t> PickleMachine::topMark() const
{
    for (size_t i = m_stack.size(); i > 0; --i) {
        if (m_stack[i - 1].kind == Kind::Mark)
            return i - 1;
    }
    return std::nullopt;
}

void PickleMachine::remember(quint64 index)
{
    const Value &top = m_stack.back();
    if (top.kind == Kind::Global && m_memo.size() < kMaxMemoTexts + kMaxGlobals) {
        m_memo.insert(index, {true, top.ref});
        return;
    }
    if (top.kind == Kind::Text && m_texts.size() < kMaxMemoTexts) {
        const QByteArrayView text(m_arena.data() + top.ref, qsizetype(top.integer));
        if (isDottedName(text)) {
            m_memo.insert(index, {false, quint32(m_texts.size())});
            m_texts.append(text.toByteArray());
            return;
        }
    }
    m_memo.remove(index);
}

bool PickleMachine::memoize()
{
    if (!hasValue())
        return false;
    if (m_memoGaps)
        m_memo.clear();  // it may have replaced any of them
    else
        remember(m_memoSize);
    ++m_memoSize;
    return true;
}

bool PickleMachine::put(quint64 index)
{
    if (!hasValue())
        return false;
    // Picklers number in order. Others can, but then a later MEMOIZE cannot be followed (see memoize).
    if (index > m_memoSize)
        m_memoGaps = true;
    remember(index);
    if (index == m_memoSize)
        ++m_memoSize;
    return true;
}

bool PickleMachine::get(quint64 index)
{
    if (index >= m_memoSize && !m_memoGaps)
        return false;
    const auto it = m_memo.constFind(index);
    if (it == m_memo.constEnd())
        return push(Kind::Opaque);
    const Remembered remembered = *it;
    if (!remembered.global)
        return pushText(m_texts.at(remembered.index));
    Value value;
    value.kind = Kind::Global;
    value.ref = remembered.index;
    return pushValue(value);
}

}  // namespace strongroom::storage
