// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/pgdump.h"

#include <algorithm>
#include <limits>
#include <optional>

namespace strongroom::storage {

namespace {

constexpr qsizetype kMaxHead = qsizetype(64) << 20;
constexpr qint64 kMaxEntries = 10'000'000;
constexpr int kOldest = 10;   // minor versions of format 1
constexpr int kNewest = 16;
constexpr char kMagic[] = "PGDMP";
constexpr char kData = 1;
constexpr char kBlobs = 3;

}  // namespace

bool isPgDump(QByteArrayView head)
{
    return head.startsWith(kMagic);
}

/// Over what there is of the head; says whether something was wrong or only missing.
class PgDumpScanner::Cursor {
public:
    Cursor(QByteArrayView bytes, int &intSize) : m_bytes(bytes), m_intSize(intSize) {}

    bool byte(int &out)
    {
        if (m_at >= m_bytes.size())
            return lacks();
        out = uchar(m_bytes[m_at++]);
        return true;
    }
    /// A sign, then the bytes from the lowest on.
    bool number(qint64 &out)
    {
        int sign = 0;
        if (!byte(sign))
            return false;
        quint64 value = 0;
        for (int i = 0; i < m_intSize; ++i) {
            int b = 0;
            if (!byte(b))
                return false;
            value |= quint64(b) << (8 * i);
        }
        if (sign > 1 || value > quint64(std::numeric_limits<qint32>::max()))
            return wrong();
        out = sign ? -qint64(value) : qint64(value);
        return true;
    }
    /// Absent when its length is negative.
    bool text(std::optional<QByteArrayView> &out)
    {
        qint64 length = 0;
        if (!number(length))
            return false;
        out.reset();
        if (length < 0)
            return true;
        if (length > m_bytes.size() - m_at)
            return lacks();
        out = m_bytes.sliced(m_at, length);
        m_at += length;
        return true;
    }
    bool skipTexts(int count)
    {
        std::optional<QByteArrayView> ignored;
        for (int i = 0; i < count; ++i) {
            if (!text(ignored))
                return false;
        }
        return true;
    }
    bool skip(qsizetype count)
    {
        if (count > m_bytes.size() - m_at)
            return lacks();
        m_at += count;
        return true;
    }
    bool wrong()
    {
        m_wrong = true;
        return false;
    }
    [[nodiscard]] bool isWrong() const { return m_wrong; }
    [[nodiscard]] qsizetype at() const { return m_at; }

private:
    static bool lacks() { return false; }

    QByteArrayView m_bytes;
    int &m_intSize;
    qsizetype m_at = 0;
    bool m_wrong = false;
};

void PgDumpScanner::feed(QByteArrayView block)
{
    if (m_step == Step::Over)
        return;
    if (m_step != Step::Head)
        return section(block);
    m_head.append(block);
    if (m_head.size() >= m_tryAt)
        tryHead();
}

void PgDumpScanner::tryHead()
{
    // Tried again only when there is twice as much: a table of contents is read whole or not at all.
    m_tryAt = std::max<qsizetype>(m_head.size() * 2, 1024);
    m_report.offences.clear();
    m_report.entries = 0;
    m_expected = 0;
    const QByteArray head = m_head;
    Cursor cursor(head, m_intSize);
    if (readHead(cursor)) {
        m_step = Step::Block;
        m_head.clear();
        return section(QByteArrayView(head).sliced(cursor.at()));
    }
    if (cursor.isWrong() || head.size() > kMaxHead)
        m_step = Step::Over;
}

bool PgDumpScanner::readHead(Cursor &cursor)
{
    m_report.end = PgDumpEnd::Invalid;
    for (const char *c = kMagic; *c; ++c) {
        int b = 0;
        if (!cursor.byte(b))
            return false;
        if (b != *c)
            return cursor.wrong();
    }
    int revision = 0;
    int format = 0;
    if (!cursor.byte(m_report.major) || !cursor.byte(m_report.minor) || !cursor.byte(revision))
        return false;
    if (m_report.major != 1 || m_report.minor < kOldest || m_report.minor > kNewest) {
        m_report.end = PgDumpEnd::Unsupported;
        return cursor.wrong();
    }
    if (!cursor.byte(m_intSize) || !cursor.byte(m_offsetSize) || !cursor.byte(format))
        return false;
    if (m_intSize < 1 || m_intSize > 8 || m_offsetSize < 1 || m_offsetSize > 8 || format != 1)
        return cursor.wrong();
    qint64 number = 0;
    int compression = 0;
    if (!(m_report.minor >= 15 ? cursor.byte(compression) : cursor.number(number)))
        return false;
    for (int i = 0; i < 7; ++i) {   // when it was made
        if (!cursor.number(number))
            return false;
    }
    qint64 count = 0;
    if (!cursor.skipTexts(3) || !cursor.number(count))
        return false;
    if (count < 0 || count > kMaxEntries)
        return cursor.wrong();
    for (qint64 i = 0; i < count; ++i) {
        if (!readEntry(cursor))
            return false;
        ++m_report.entries;
    }
    return true;
}

bool PgDumpScanner::readEntry(Cursor &cursor)
{
    qint64 id = 0;
    qint64 hasData = 0;
    qint64 number = 0;
    std::optional<QByteArrayView> text;
    if (!cursor.number(id) || !cursor.number(hasData) || !cursor.skipTexts(2))
        return false;
    if (!cursor.skipTexts(2) || (m_report.minor >= 11 && !cursor.number(number)))   // tag, kind; section
        return false;
    for (int i = 0; i < 3; ++i) {   // what makes it, what removes it, what copies into it
        if (!cursor.text(text))
            return false;
        if (!text || text->isEmpty())
            continue;
        SqlDumpScanner scanner;
        scanner.feedStatement(*text);
        const SqlDumpReport said = scanner.finish();
        if (!said.offences.isEmpty() && m_report.offences.size() < 5)
            m_report.offences.append({m_report.entries + 1, said.offences.first().what});
    }
    const int names = 2 + (m_report.minor >= 14 ? 1 : 0);   // schema, tablespace, access method
    if (!cursor.skipTexts(names) || (m_report.minor >= 16 && !cursor.number(number)) || !cursor.skipTexts(2))
        return false;
    do {   // what it depends on
        if (!cursor.text(text))
            return false;
    } while (text);
    int place = 0;
    if (!cursor.byte(place) || !cursor.skip(m_offsetSize))
        return false;
    if (place < 1 || place > 3)
        return cursor.wrong();
    m_expected += hasData != 0 && place != 3 ? 1 : 0;
    return true;
}

/// True when the number is whole, in m_number.
bool PgDumpScanner::number(char c)
{
    if (m_numberAt == 0) {
        m_negative = c != 0;
        m_number = 0;
    } else {
        m_number |= qint64(uchar(c)) << (8 * (m_numberAt - 1));
    }
    if (++m_numberAt <= m_intSize)
        return false;
    m_numberAt = 0;
    return true;
}

void PgDumpScanner::section(QByteArrayView bytes)
{
    qsizetype i = 0;
    while (i < bytes.size() && m_step != Step::Over) {
        if (m_step == Step::Skip) {
            const qint64 n = std::min<qint64>(m_left, bytes.size() - i);
            m_left -= n;
            i += n;
            if (m_left == 0)
                m_step = Step::Length;
            continue;
        }
        const char c = bytes[i++];
        if (m_step == Step::Block) {
            m_isBlobs = c == kBlobs;
            m_step = c == kData || c == kBlobs ? Step::Id : Step::Over;
            m_report.end = PgDumpEnd::Invalid;
            continue;
        }
        if (!number(c))
            continue;
        if (m_negative || m_number < 0 || m_number > std::numeric_limits<qint32>::max()) {
            m_step = Step::Over;
            return;
        }
        switch (m_step) {
        case Step::Id: m_step = m_isBlobs ? Step::Blob : Step::Length; break;
        case Step::Blob:   // its number; 0 = that was the last one
            m_step = m_number == 0 ? Step::Block : Step::Length;
            m_report.sections += m_number == 0 ? 1 : 0;
            break;
        default:
            m_left = m_number;
            if (m_number > 0) {
                m_step = Step::Skip;
            } else {
                m_step = m_isBlobs ? Step::Blob : Step::Block;
                m_report.sections += m_isBlobs ? 0 : 1;
            }
            break;
        }
    }
}

PgDumpReport PgDumpScanner::finish()
{
    if (m_step == Step::Head) {
        tryHead();
        if (m_step == Step::Head)
            m_report.end = PgDumpEnd::Truncated;
    }
    if (m_step == Step::Block)
        m_report.end = m_report.sections < m_expected ? PgDumpEnd::Truncated : PgDumpEnd::Whole;
    else if (m_step != Step::Over)
        m_report.end = PgDumpEnd::Truncated;
    return m_report;
}

}  // namespace strongroom::storage
