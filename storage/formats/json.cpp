// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/json.h"

#include "storage/formats/jsontext.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

bool isSpace(uchar c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t';
}

bool isDigit(uchar c)
{
    return c >= '0' && c <= '9';
}

}  // namespace

Error jsonError(const JsonFault &fault, QByteArray path)
{
    return Error{ErrorCode::JsonInvalid, std::move(path), 0, {QString::number(fault.line), QString::number(fault.column)}, {}};
}

QString jsonFaultText(const JsonFault &fault)
{
    const QString where = QStringLiteral("line %1, column %2").arg(fault.line).arg(fault.column);
    switch (fault.kind) {
    case JsonFaultKind::Empty: return QStringLiteral("is empty");
    case JsonFaultKind::Truncated: return QStringLiteral("ends early at ") + where;
    case JsonFaultKind::Syntax: return QStringLiteral("is not JSON at ") + where;
    case JsonFaultKind::BadText: return QStringLiteral("holds text that is not valid at ") + where;
    case JsonFaultKind::TooDeep: return QStringLiteral("is nested too deeply at ") + where;
    case JsonFaultKind::DuplicateKey: return QStringLiteral("has a key twice at ") + where;
    case JsonFaultKind::LongNumber: return QStringLiteral("has a number with too many digits at ") + where;
    }
    return {};
}

JsonValidator::JsonValidator(int maxDepth, JsonDialect dialect) : m_maxDepth(maxDepth), m_dialect(dialect)
{
    m_stack.reserve(size_t(std::clamp(maxDepth, 1, 4096)));
}

JsonValidator::Event JsonValidator::valueDone()
{
    m_state = m_stack.empty() ? State::End : State::After;
    return isWatched(m_stack.size()) ? Event::ValueEnd : Event::None;
}

JsonValidator::Event JsonValidator::beginScalar(State state)
{
    m_state = state;
    m_digits = 1;
    if (!m_stack.empty())
        ++m_stack.back().elements;
    return isWatched(m_stack.size()) ? Event::ValueBegin : Event::None;
}

/// Not JSON, but what Python writes for floats that are no numbers.
bool JsonValidator::beginNotANumber(uchar c)
{
    if (!isPython() || (c != 'N' && c != 'I'))
        return false;
    m_literal = c == 'N' ? "aN" : "nfinity";
    m_sawNotANumber = true;
    return true;
}

/// A half without its other half: the byte that should have been part of it is looked at again.
void JsonValidator::halfSurrogate(State next, bool &consumed)
{
    m_sawHalfSurrogate = true;
    m_needLow = false;
    m_state = next;
    consumed = false;
}

JsonValidator::Event JsonValidator::open(uchar c)
{
    if (int(m_stack.size()) >= m_maxDepth) {
        blame(JsonFaultKind::TooDeep);
        return Event::None;
    }
    const Event event = isWatched(m_stack.size()) ? Event::ValueBegin : Event::None;
    if (!m_stack.empty())
        ++m_stack.back().elements;
    m_stack.push_back({c == '{' ? '}' : ']', 0});
    m_state = c == '{' ? State::ObjectFirst : State::ArrayFirst;
    return event;
}

JsonValidator::Event JsonValidator::close(uchar c)
{
    if (m_stack.back().closing != char(c)) {
        blame(JsonFaultKind::Syntax);
        return Event::None;
    }
    m_elements = m_stack.back().elements;
    m_stack.pop_back();
    return valueDone();
}

/// A byte that is not white space, between tokens.
JsonValidator::Event JsonValidator::structural(uchar c)
{
    switch (m_state) {
    case State::ArrayFirst:
        if (c == ']')
            return close(c);
        [[fallthrough]];
    case State::Value:
        if (m_topLevel == 0)
            m_topLevel = char(c);
        if (c == '{' || c == '[')
            return open(c);
        if (c == '"') {
            m_inKey = false;
            return beginScalar(State::String);
        }
        if (c == '-')
            return beginScalar(State::Minus);
        if (isDigit(c))
            return beginScalar(c == '0' ? State::Zero : State::Integer);
        if (c == 't' || c == 'f' || c == 'n') {
            m_literal = c == 't' ? "rue" : c == 'f' ? "alse" : "ull";
            return beginScalar(State::Literal);
        }
        if (beginNotANumber(c))
            return beginScalar(State::Literal);
        break;
    case State::ObjectFirst:
        if (c == '}')
            return close(c);
        [[fallthrough]];
    case State::Key:
        if (c == '"') {
            m_inKey = true;
            m_state = State::String;
            return isWatched(m_stack.size()) ? Event::KeyBegin : Event::None;
        }
        break;
    case State::Colon:
        if (c == ':') {
            m_state = State::Value;
            return Event::None;
        }
        break;
    case State::After:
        if (c == ',') {
            m_state = m_stack.back().closing == '}' ? State::Key : State::Value;
            return Event::None;
        }
        if (c == '}' || c == ']')
            return close(c);
        break;
    default:
        break;
    }
    // A byte order mark is three bytes of text where a value should be.
    blame(c >= 0x80 && m_state == State::Value ? JsonFaultKind::BadText : JsonFaultKind::Syntax);
    return Event::None;
}

/// A byte of a string that is neither plain ASCII nor its end.
void JsonValidator::stringByte(uchar c)
{
    if (c == '\\') {
        m_state = State::Escape;
        return;
    }
    m_utf8Low = 0x80;
    m_utf8High = 0xBF;
    if (c >= 0xC2 && c <= 0xDF) {
        m_utf8Left = 1;
    } else if (c >= 0xE0 && c <= 0xEF) {
        m_utf8Left = 2;
        if (c == 0xE0)
            m_utf8Low = 0xA0;
        else if (c == 0xED)
            m_utf8High = 0x9F;
    } else if (c >= 0xF0 && c <= 0xF4) {
        m_utf8Left = 3;
        if (c == 0xF0)
            m_utf8Low = 0x90;
        else if (c == 0xF4)
            m_utf8High = 0x8F;
    } else {
        blame(JsonFaultKind::BadText);
        return;
    }
    m_state = State::Utf8;
}

void JsonValidator::hexDigit(uchar c)
{
    const int digit = isDigit(c) ? c - '0' : (c | 0x20) >= 'a' && (c | 0x20) <= 'f' ? (c | 0x20) - 'a' + 10 : -1;
    if (digit < 0) {
        blame(JsonFaultKind::Syntax);
        return;
    }
    m_hex = m_hex << 4 | quint32(digit);
    if (--m_hexLeft > 0)
        return;
    const bool high = m_hex >= 0xD800 && m_hex <= 0xDBFF;
    const bool low = m_hex >= 0xDC00 && m_hex <= 0xDFFF;
    if (low != m_needLow && !isPython()) {
        blame(JsonFaultKind::BadText);
        return;
    }
    m_sawHalfSurrogate = m_sawHalfSurrogate || low != m_needLow;
    m_needLow = high;
    m_state = high ? State::LowBackslash : State::String;
}

/// A byte while a number is read. `consumed` false = it stands behind the number.
JsonValidator::Event JsonValidator::number(uchar c, bool &consumed)
{
    const bool digit = isDigit(c);
    const auto exponent = [c] { return c == 'e' || c == 'E'; };
    bool mayEnd = true;
    switch (m_state) {
    case State::Minus:
        mayEnd = false;
        if (digit)
            return m_state = c == '0' ? State::Zero : State::Integer, Event::None;
        if (c == 'I' && beginNotANumber(c))
            return m_state = State::Literal, Event::None;
        break;
    case State::Zero:
    case State::Integer:
        if (digit && m_state == State::Integer) {
            if (++m_digits > kPythonMaxDigits && isPython())
                blame(JsonFaultKind::LongNumber);
            return Event::None;
        }
        mayEnd = !digit;
        if (c == '.')
            return m_state = State::Point, Event::None;
        if (exponent())
            return m_state = State::Exponent, Event::None;
        break;
    case State::Point:
    case State::Fraction:
        mayEnd = m_state == State::Fraction;
        if (digit)
            return m_state = State::Fraction, Event::None;
        if (mayEnd && exponent())
            return m_state = State::Exponent, Event::None;
        break;
    case State::Exponent:
        mayEnd = false;
        if (c == '+' || c == '-')
            return m_state = State::ExponentSign, Event::None;
        [[fallthrough]];
    default:
        mayEnd = mayEnd && m_state == State::ExponentDigits;
        if (digit)
            return m_state = State::ExponentDigits, Event::None;
        break;
    }
    if (!mayEnd) {
        blame(JsonFaultKind::Syntax);
        return Event::None;
    }
    consumed = false;
    return valueDone();
}

template<bool stopAtEvents> qsizetype JsonValidator::run(const char *data, qsizetype size, Event &event)
{
    const char *p = data;
    const char *const end = data + size;
    const qint64 base = m_offset;
    const size_t floor = stopAtEvents ? size_t(m_watchDepth) : 0;
    event = Event::None;
    while (p < end) {
        if (m_state <= State::String && m_stack.size() > floor) {
            p = skim(data, p, end, floor);
            if (p == end)
                break;
        }
        Event met = Event::None;
        bool consumed = true;
        uchar c = uchar(*p);
        switch (m_state) {
        case State::String:
            p = skipPlain(p, end);
            if (p == end) {
                consumed = false;
                break;
            }
            c = uchar(*p);
            if (c != '"') {
                stringByte(c);
            } else if (m_inKey) {
                m_state = State::Colon;
                met = isWatched(m_stack.size()) ? Event::KeyEnd : Event::None;
            } else {
                met = valueDone();
            }
            break;
        case State::Utf8:
            if (c < m_utf8Low || c > m_utf8High) {
                blame(JsonFaultKind::BadText);
                break;
            }
            m_utf8Low = 0x80;
            m_utf8High = 0xBF;
            ++m_continuations;
            if (--m_utf8Left == 0)
                m_state = State::String;
            break;
        case State::Escape:
            if (c == 'u') {
                m_hex = 0;
                m_hexLeft = 4;
                m_state = State::Hex;
            } else if (c != 0 && QByteArrayView("\"\\/bfnrt").contains(char(c))) {
                m_state = State::String;
            } else {
                blame(JsonFaultKind::Syntax);
            }
            break;
        case State::Hex:
            hexDigit(c);
            break;
        case State::LowBackslash:
        case State::LowU:
            if (c != (m_state == State::LowU ? 'u' : '\\')) {
                if (isPython())
                    halfSurrogate(m_state == State::LowU ? State::Escape : State::String, consumed);
                else
                    blame(JsonFaultKind::BadText);
                break;
            }
            m_hex = 0;
            m_hexLeft = 4;
            m_state = m_state == State::LowU ? State::Hex : State::LowU;
            break;
        case State::Literal:
            if (c != uchar(*m_literal))
                blame(JsonFaultKind::Syntax);
            else if (*++m_literal == 0)
                met = valueDone();
            break;
        case State::Integer:
            // Digits in one go, but for those that might be too many.
            for (; p < end && isDigit(uchar(*p)) && m_digits < kPythonMaxDigits; ++p)
                ++m_digits;
            if (p == end) {
                consumed = false;
                break;
            }
            c = uchar(*p);
            [[fallthrough]];
        case State::Minus: case State::Zero: case State::Point: case State::Fraction:
        case State::Exponent: case State::ExponentSign: case State::ExponentDigits:
            met = number(c, consumed);
            break;
        default:
            while (c == ' ' && p + 1 < end)
                c = uchar(*++p);
            if (!isSpace(c)) {
                met = structural(c);
            } else if (c == '\n') {
                ++m_line;
                m_lineStart = base + (p - data) + 1;
                m_continuations = 0;
            }
            break;
        }
        if (m_blame) {
            m_offset = base + (p - data);
            m_fault = faultHere(*m_blame);
            return p - data;
        }
        if (consumed)
            ++p;
        if (stopAtEvents && met != Event::None) {
            event = met;
            break;
        }
    }
    m_offset = base + (p - data);
    return p - data;
}

JsonFault JsonValidator::faultHere(JsonFaultKind kind) const
{
    return {kind, m_offset, m_line, m_offset - m_lineStart - m_continuations + 1};
}

bool JsonValidator::feed(QByteArrayView block)
{
    Event event;
    if (!m_fault)
        run<false>(block.data(), block.size(), event);
    return !m_fault;
}

qsizetype JsonValidator::feedToEvent(QByteArrayView block, Event &event)
{
    event = Event::None;
    return m_fault ? 0 : run<true>(block.data(), block.size(), event);
}

bool JsonValidator::finish()
{
    if (m_fault)
        return false;
    const bool scalarMayEnd = m_stack.empty()
        && (m_state == State::Zero || m_state == State::Integer || m_state == State::Fraction
            || m_state == State::ExponentDigits);
    if (m_state == State::End || scalarMayEnd) {
        m_state = State::End;
        return true;
    }
    m_fault = faultHere(m_topLevel == 0 ? JsonFaultKind::Empty : JsonFaultKind::Truncated);
    return false;
}

}  // namespace strongroom::storage
