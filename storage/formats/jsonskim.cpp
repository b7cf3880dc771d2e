// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The validator's fast road through what nobody watches. It accepts a part of what run() accepts and judges nothing: at the
// first byte that is not plainly right it stops, and run() says what that byte is.

#include "storage/formats/json.h"
#include "storage/formats/jsontext.h"

namespace strongroom::storage {

namespace {

/// Bytes of the UTF-8 character at `p`, all of them before `end`; 0 = wrong, or cut.
qsizetype utf8Length(const char *p, const char *end)
{
    const auto at = [p](int i) { return uchar(p[i]); };
    const auto follows = [&](int i) { return (at(i) & 0xC0) == 0x80; };
    const qsizetype room = end - p;
    const uchar lead = at(0);
    if (lead < 0xC2 || lead > 0xF4)
        return 0;
    if (lead < 0xE0)
        return room >= 2 && follows(1) ? 2 : 0;
    if (lead < 0xF0) {
        const bool whole = room >= 3 && follows(1) && follows(2);
        return whole && (lead != 0xE0 || at(1) >= 0xA0) && (lead != 0xED || at(1) <= 0x9F) ? 3 : 0;
    }
    const bool whole = room >= 4 && follows(1) && follows(2) && follows(3);
    return whole && (lead != 0xF0 || at(1) >= 0x90) && (lead != 0xF4 || at(1) <= 0x8F) ? 4 : 0;
}

bool isShortEscape(char c)
{
    return c == 'n' || c == '"' || c == '\\' || c == '/' || c == 't' || c == 'r' || c == 'b' || c == 'f';
}

}  // namespace

/// To the closing quote of the string that `p` is in, or to what must be looked at more closely.
const char *JsonValidator::skimString(const char *p, const char *end)
{
    while ((p = skipPlain(p, end)) < end) {
        if (*p == '\\' && end - p >= 2 && isShortEscape(p[1])) {
            p += 2;
        } else if (uchar(*p) >= 0x80) {
            const qsizetype length = utf8Length(p, end);
            if (length == 0)
                break;
            p += length;
            m_continuations += length - 1;
        } else {
            break;
        }
    }
    return p;
}

/// \param floor  containers that deep and less are left to run(), which tells what happens in them.
const char *JsonValidator::skim(const char *data, const char *p, const char *end, size_t floor)
{
    State state = m_state;
    while (p < end) {
        if (state == State::String) {
            p = skimString(p, end);
            if (p == end || *p != '"')
                break;
            ++p;
            state = m_inKey ? State::Colon : State::After;
            continue;
        }
        const char c = *p;
        if (c == '\n') {
            ++m_line;
            m_lineStart = m_offset + (p - data) + 1;
            m_continuations = 0;
        }
        if (c == '\n' || c == ' ') {
            do
                ++p;
            while (p < end && *p == ' ');
            continue;
        }
        Open &here = m_stack.back();
        if (state == State::Colon && c == ':') {
            state = State::Value;
        } else if (state == State::After && c == ',') {
            state = here.closing == '}' ? State::Key : State::Value;
        } else if ((state == State::After || (state == State::ArrayFirst && c == ']') || (state == State::ObjectFirst && c == '}'))
                   && c == here.closing && m_stack.size() > floor + 1) {
            m_elements = here.elements;
            m_stack.pop_back();
            state = State::After;
        } else if (c == '"' && (state == State::Key || state == State::ObjectFirst)) {
            m_inKey = true;
            state = State::String;
        } else if (c == '"' && (state == State::Value || state == State::ArrayFirst)) {
            ++here.elements;
            m_inKey = false;
            state = State::String;
        } else if ((c == '{' || c == '[') && (state == State::Value || state == State::ArrayFirst) && int(m_stack.size()) < m_maxDepth) {
            ++here.elements;
            m_stack.push_back({c == '{' ? '}' : ']', 0});
            state = c == '{' ? State::ObjectFirst : State::ArrayFirst;
        } else {
            break;
        }
        ++p;
    }
    m_state = state;
    return p;
}

}  // namespace strongroom::storage
