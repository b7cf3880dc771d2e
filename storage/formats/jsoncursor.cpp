// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/json.h"

#include "storage/formats/jsontext.h"

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

const char *skipSpace(const char *p, const char *end)
{
    while (p < end && (*p == ' ' || *p == '\n' || *p == '\r' || *p == '\t'))
        ++p;
    return p;
}

/// `p` is at the opening quote; behind the closing one, or `end`.
const char *skipString(const char *p, const char *end)
{
    ++p;
    while (p < end) {
        const char *quote = static_cast<const char *>(std::memchr(p, '"', size_t(end - p)));
        if (!quote)
            return end;
        // Escaped when an odd number of backslashes stands before it; none of them is before p.
        const char *run = quote;
        while (run > p && run[-1] == '\\')
            --run;
        if ((quote - run) % 2 == 0)
            return quote + 1;
        p = quote + 1;
    }
    return end;
}

/// Behind the value that begins at `p`.
const char *skipValue(const char *p, const char *end)
{
    if (p < end && *p == '"')
        return skipString(p, end);
    if (p < end && (*p == '{' || *p == '[')) {
        qint64 depth = 0;
        while (p < end) {
            const char c = *p;
            if (c == '"') {
                p = skipString(p, end);
                continue;
            }
            ++p;
            if (c == '{' || c == '[')
                ++depth;
            else if ((c == '}' || c == ']') && --depth == 0)
                return p;
        }
        return end;
    }
    while (p < end && *p != ',' && *p != '}' && *p != ']' && *p != ' ' && *p != '\n' && *p != '\r' && *p != '\t')
        ++p;
    return p;
}

JsonType typeOf(char first)
{
    switch (first) {
    case '{': return JsonType::Object;
    case '[': return JsonType::Array;
    case '"': return JsonType::String;
    case 't': return JsonType::True;
    case 'f': return JsonType::False;
    case 'n': return JsonType::Null;
    default: return JsonType::Number;
    }
}

}  // namespace

JsonCursor::JsonCursor(QByteArrayView container)
{
    const char *end = container.data() + container.size();
    const char *p = skipSpace(container.data(), end);
    if (p == end || (*p != '{' && *p != '['))
        return;
    m_object = *p == '{';
    m_at = p + 1;
    m_end = end;
}

bool JsonCursor::next()
{
    const char *p = skipSpace(m_at, m_end);
    if (p < m_end && *p == ',')
        p = skipSpace(p + 1, m_end);
    const auto over = [this] {
        m_at = m_end;
        return false;
    };
    if (p >= m_end || *p == '}' || *p == ']')
        return over();
    if (m_object) {
        if (*p != '"')
            return over();
        const char *behind = skipString(p, m_end);
        m_key = QByteArrayView(p + 1, std::max<qsizetype>(behind - p - 2, 0));
        p = skipSpace(behind, m_end);
        if (p >= m_end || *p != ':')
            return over();
        p = skipSpace(p + 1, m_end);
    }
    const char *behind = skipValue(p, m_end);
    if (behind == p)
        return over();
    m_value = {typeOf(*p), QByteArrayView(p, behind - p)};
    m_at = behind;
    return true;
}

QString JsonCursor::key() const
{
    return jsonUnescaped(m_key);
}

bool isJsonKey(QByteArrayView raw, QByteArrayView utf8)
{
    return raw == utf8 || (raw.contains('\\') && jsonUnescaped(raw).toUtf8() == utf8);
}

bool JsonCursor::keyIs(QByteArrayView utf8) const
{
    return isJsonKey(m_key, utf8);
}

QString JsonSlice::text() const
{
    return type == JsonType::String && raw.size() >= 2 ? jsonUnescaped(raw.sliced(1, raw.size() - 2)) : QString();
}

std::optional<qint64> JsonSlice::integer() const
{
    bool ok = false;
    const qint64 n = type == JsonType::Number ? raw.toLongLong(&ok) : 0;
    return ok ? std::optional(n) : std::nullopt;
}

std::optional<double> JsonSlice::number() const
{
    bool ok = false;
    const double n = type == JsonType::Number ? raw.toByteArray().toDouble(&ok) : 0;
    return ok ? std::optional(n) : std::nullopt;
}

std::optional<qint64> JsonSlice::count() const
{
    if (type != JsonType::Array && type != JsonType::Object)
        return std::nullopt;
    if (elements >= 0)
        return elements;
    qint64 n = 0;
    for (JsonCursor cursor(raw); cursor.next();)
        ++n;
    return n;
}

JsonSlice jsonSlice(QByteArrayView raw)
{
    const QByteArrayView value = raw.trimmed();
    return value.isEmpty() ? JsonSlice() : JsonSlice{typeOf(value.front()), value};
}

JsonFields::JsonFields(QByteArrayView object, std::initializer_list<const char *> wanted)
{
    Q_ASSERT(wanted.size() <= kMax);
    if (object.trimmed().startsWith('[') || wanted.size() > kMax)
        return;
    for (JsonCursor cursor(object); cursor.next();) {
        size_t index = 0;
        for (const char *key : wanted) {
            if (cursor.keyIs(key)) {
                m_values[index] = cursor.value();
                break;
            }
            ++index;
        }
    }
}

QString jsonUnescaped(QByteArrayView raw)
{
    if (!raw.contains('\\'))
        return QString::fromUtf8(raw);
    QString out;
    out.reserve(raw.size());
    qsizetype i = 0;
    while (i < raw.size()) {
        const qsizetype backslash = raw.indexOf('\\', i);
        const qsizetype plainEnd = backslash < 0 ? raw.size() : backslash;
        out += QString::fromUtf8(raw.sliced(i, plainEnd - i));
        i = plainEnd + 1;
        if (i >= raw.size())
            break;
        const char c = raw[i++];
        switch (c) {
        case 'b': out += u'\b'; break;
        case 'f': out += u'\f'; break;
        case 'n': out += u'\n'; break;
        case 'r': out += u'\r'; break;
        case 't': out += u'\t'; break;
        case 'u': {
            bool ok = false;
            const ushort unit = raw.size() - i >= 4 ? raw.sliced(i, 4).toByteArray().toUShort(&ok, 16) : 0;
            out += QChar(ok ? unit : ushort(0xFFFD));
            i += 4;
            break;
        }
        default: out += QLatin1Char(c); break;
        }
    }
    for (qsizetype at = 0; at < out.size(); ++at) {
        if (out[at].isHighSurrogate() && at + 1 < out.size() && out[at + 1].isLowSurrogate())
            ++at;
        else if (out[at].isSurrogate())
            out[at] = QChar::ReplacementCharacter;
    }
    return out;
}

}  // namespace strongroom::storage
