// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/json.h"

#include "storage/formats/jsontext.h"
#include "storage/tree.h"

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

/// The sliding window over a store, and the record that is under way in it.
class StoreReader {
public:
    StoreReader(TreeFile &file, const JsonStoreOptions &options, const std::function<bool(const JsonStoreRecord &)> &visit)
        : m_file(file), m_options(options), m_visit(visit), m_validator(options.maxDepth)
    {
        Q_ASSERT(options.fields.size() <= JsonFields::kMax);
        if (!options.fields.empty())
            m_validator.watchDepth(kMembers);
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
    static constexpr int kRecords = 1;   // depths
    static constexpr int kMembers = 2;

    struct Member {
        qint64 begin = kNone;
        qint64 end = kNone;
        qint64 elements = -1;
    };

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
                keyBegins(at - 1);
                break;
            case JsonValidator::Event::KeyEnd:
                keyEnds(at);
                break;
            case JsonValidator::Event::ValueBegin:
                valueBegins(at - 1);
                break;
            case JsonValidator::Event::ValueEnd:
                if (m_validator.depth() == kMembers)
                    memberEnds(at);
                else if (!deliver(at))
                    return false;
                break;
            }
        }
        return true;
    }

    void keyBegins(qint64 at)
    {
        if (m_validator.depth() == kMembers) {
            m_memberBegin = at;
            return;
        }
        m_keep = m_keyBegin = at;
        m_keyEnd = kNone;
    }

    void keyEnds(qint64 end)
    {
        if (m_validator.depth() == kRecords) {
            m_keyEnd = end;
            return;
        }
        m_member = kNoMember;
        if (m_keep == kNone)
            return;
        const QByteArrayView raw = bytesAt(m_memberBegin + 1, end - 1);
        for (size_t i = 0; i < m_options.fields.size() && m_member == kNoMember; ++i) {
            if (isJsonKey(raw, m_options.fields[i]))
                m_member = i;
        }
    }

    void valueBegins(qint64 at)
    {
        const char first = bytesAt(at, at + 1).front();
        const bool isContainer = first == '{' || first == '[';
        if (m_validator.depth() - (isContainer ? 1 : 0) == kMembers) {
            m_memberBegin = at;
            return;
        }
        m_valueBegin = at;
        m_valueIsContainer = isContainer;
        m_member = kNoMember;
        m_members.fill({});
        if (m_validator.topLevel() == '[')
            m_keep = at;
    }

    void memberEnds(qint64 end)
    {
        if (m_member != kNoMember)
            m_members[m_member] = {m_memberBegin, end, m_validator.elements()};
        m_member = kNoMember;
    }

    JsonFields fields() const
    {
        JsonFields fields;
        for (size_t i = 0; i < m_options.fields.size(); ++i) {
            const Member &member = m_members[i];
            if (member.begin == kNone)
                continue;
            fields[i] = jsonSlice(bytesAt(member.begin, member.end));
            fields[i].elements = fields[i].type == JsonType::Array || fields[i].type == JsonType::Object ? member.elements : -1;
        }
        return fields;
    }

    bool deliver(qint64 end)
    {
        JsonStoreRecord record;
        record.index = m_summary.records++;
        record.offset = m_valueBegin;
        record.length = end - m_valueBegin;
        record.elements = m_valueIsContainer ? m_validator.elements() : -1;
        if (m_keep != kNone) {
            if (m_keep != m_valueBegin)
                record.rawKey = bytesAt(m_keyBegin + 1, m_keyEnd - 1);
            record.bytes = bytesAt(m_valueBegin, end);
            record.fields = fields();
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
    bool m_valueIsContainer = false;
    // Of the record under way, when members are wanted.
    static constexpr size_t kNoMember = JsonFields::kMax;
    size_t m_member = kNoMember;                    // that is read
    qint64 m_memberBegin = 0;                       // of its key, then of its value
    std::array<Member, JsonFields::kMax> m_members;
};

}  // namespace

JsonSlice JsonStoreRecord::slice() const
{
    JsonSlice value = jsonSlice(bytes);
    value.elements = elements;
    return value;
}

Result<JsonStoreSummary> readJsonStore(const Tree &tree, const RelPath &path, const JsonStoreOptions &options,
                                       Monitor &monitor, const std::function<bool(const JsonStoreRecord &)> &visit)
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, tree.open(path));
    StoreReader reader(*file, options, visit);
    return reader.read(path, monitor);
}

}  // namespace strongroom::storage
