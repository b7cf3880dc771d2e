// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/json.h"

#include "storage/tree.h"

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

bool JsonCursor::keyIs(QByteArrayView utf8) const
{
    return m_key == utf8 || (m_key.contains('\\') && jsonUnescaped(m_key).toUtf8() == utf8);
}

QString JsonSlice::text() const
{
    return type == JsonType::String && raw.size() >= 2 ? jsonUnescaped(raw.sliced(1, raw.size() - 2)) : QString();
}

std::optional<qint64> JsonSlice::integer() const
{
    bool ok = false;
    const qint64 n = type == JsonType::Number ? raw.toByteArray().toLongLong(&ok) : 0;
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

namespace {

/// The sliding window over a store, and the record that is under way in it.
class StoreReader {
public:
    StoreReader(TreeFile &file, const JsonStoreOptions &options, const std::function<bool(const JsonStoreRecord &)> &visit)
        : m_file(file), m_options(options), m_visit(visit), m_validator(options.maxDepth)
    {
        m_buffer.resize(std::clamp<qint64>(file.stamp().size + 1, 4096, std::max<qint64>(options.window, 4096)));
    }

    Result<JsonStoreSummary> read(const RelPath &path, Monitor &monitor)
    {
        for (;;) {
            if (monitor.stopRequested())
                return fail(ErrorCode::Cancelled, path.bytes());
            makeRoom();
            STRONGROOM_TRY(const qint64 n, m_file.read(m_buffer.data() + m_filled, std::min<qint64>(room(), kMaxRead)));
            if (n == 0) {
                m_validator.finish();
                break;
            }
            monitor.addBytes(n);
            m_summary.bytes += n;
            m_filled += n;
            if (!consume())
                break;
        }
        m_summary.stamp = m_file.stamp();
        m_summary.topLevel = m_validator.topLevel();
        m_summary.fault = m_validator.fault();
        return m_summary;
    }

private:
    static constexpr qint64 kMaxRead = 256 * 1024;  // the stop flag is polled between reads
    static constexpr qint64 kNone = -1;

    qint64 room() const { return m_buffer.size() - m_filled; }

    /// Keeps what belongs to the record under way at the front of the buffer; grows it when that fills it.
    void makeRoom()
    {
        const bool tooLarge = m_keep != kNone && m_start + m_filled - m_keep > m_options.maxRecord;
        if (tooLarge) {
            // Its bytes are given up; the validator goes on and tells its length.
            const bool keyIsWhole = m_keep == m_keyBegin && m_keyEnd > m_keyBegin;
            m_lostKey = keyIsWhole ? bytesAt(m_keyBegin + 1, m_keyEnd - 1).toByteArray() : QByteArray();
            m_keep = kNone;
        }
        const qint64 from = m_keep == kNone ? m_filled : m_keep - m_start;
        if (m_keep == kNone || room() == 0) {
            std::memmove(m_buffer.data(), m_buffer.data() + from, size_t(m_filled - from));
            m_start += from;
            m_filled -= from;
        }
        if (room() == 0)
            m_buffer.resize(std::min<qint64>(m_buffer.size() * 2, m_options.maxRecord + kMaxRead + 4096));
    }

    QByteArrayView bytesAt(qint64 from, qint64 to) const
    {
        return QByteArrayView(m_buffer).sliced(from - m_start, to - from);
    }

    /// Feeds what is new. False = fault, or the visitor has enough.
    bool consume()
    {
        while (m_validator.offset() < m_start + m_filled) {
            JsonValidator::Event event;
            m_validator.feedToEvent(bytesAt(m_validator.offset(), m_start + m_filled), event);
            const qint64 at = m_validator.offset();
            switch (event) {
            case JsonValidator::Event::None:
                if (m_validator.fault())
                    return false;
                break;
            case JsonValidator::Event::KeyBegin:
                m_keep = m_keyBegin = at - 1;
                m_keyEnd = kNone;
                break;
            case JsonValidator::Event::KeyEnd:
                m_keyEnd = at;
                break;
            case JsonValidator::Event::ValueBegin:
                m_valueBegin = at - 1;
                if (m_validator.topLevel() == '[')
                    m_keep = m_valueBegin;
                break;
            case JsonValidator::Event::ValueEnd:
                if (!deliver(at))
                    return false;
                break;
            }
        }
        return true;
    }

    bool deliver(qint64 end)
    {
        JsonStoreRecord record;
        record.index = m_summary.records++;
        record.offset = m_valueBegin;
        record.length = end - m_valueBegin;
        if (m_keep != kNone) {
            if (m_keep != m_valueBegin)
                record.rawKey = bytesAt(m_keyBegin + 1, m_keyEnd - 1);
            record.bytes = bytesAt(m_valueBegin, end);
        } else {
            record.rawKey = m_lostKey;
        }
        m_keep = kNone;
        m_summary.stopped = !m_visit(record);
        return !m_summary.stopped;
    }

    TreeFile &m_file;
    const JsonStoreOptions &m_options;
    const std::function<bool(const JsonStoreRecord &)> &m_visit;
    JsonValidator m_validator;
    JsonStoreSummary m_summary;
    QByteArray m_buffer;
    QByteArray m_lostKey;        // key of a record whose bytes were given up
    qint64 m_filled = 0;         // bytes in the buffer
    qint64 m_start = 0;          // file offset of the buffer's first byte
    qint64 m_keep = kNone;       // file offset from which on the buffer must be kept
    qint64 m_keyBegin = kNone;
    qint64 m_keyEnd = kNone;    // kNone while the key is read
    qint64 m_valueBegin = 0;
};

}  // namespace

Result<JsonStoreSummary> readJsonStore(const Tree &tree, const RelPath &path, const JsonStoreOptions &options,
                                       Monitor &monitor, const std::function<bool(const JsonStoreRecord &)> &visit)
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, tree.open(path));
    StoreReader reader(*file, options, visit);
    return reader.read(path, monitor);
}

}  // namespace strongroom::storage
