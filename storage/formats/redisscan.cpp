// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/redisscan.h"

#include "storage/formats/redisfiles.h"

#include <QSet>
#include <QtEndian>

#include <algorithm>
#include <array>

namespace strongroom::storage {

namespace {

constexpr qsizetype kRdbTail = 9;          // end mark and checksum
constexpr int kRdbNewest = 80;             // Valkey counts from 80 on
constexpr int kRdbWithChecksum = 5;
constexpr char kRdbEnd = char(0xff);
constexpr qsizetype kMaxName = 32;

constexpr std::array<quint64, 256> crcTable()
{
    constexpr quint64 kJones = 0x95ac9329ac4bc9b5;   // 0xad93d23594c935a9, reflected
    std::array<quint64, 256> table{};
    for (size_t i = 0; i < table.size(); ++i) {
        quint64 crc = i;
        for (int bit = 0; bit < 8; ++bit)
            crc = crc & 1 ? crc >> 1 ^ kJones : crc >> 1;
        table[i] = crc;
    }
    return table;
}

/// Commands that Redis itself writes into its log: they change keys and nothing else. Everything that
/// configures, loads, scripts or reaches out is not among them.
bool isDataCommand(const QByteArray &name)
{
    static const QSet<QByteArray> commands = {
        "SELECT", "MULTI", "EXEC", "SWAPDB", "MOVE", "COPY", "RENAME", "RENAMENX", "DEL", "UNLINK", "FLUSHDB", "FLUSHALL",
        "EXPIRE", "PEXPIRE", "EXPIREAT", "PEXPIREAT", "PERSIST", "RESTORE", "SORT",
        "SET", "SETEX", "PSETEX", "SETNX", "MSET", "MSETNX", "GETSET", "GETDEL", "GETEX", "APPEND", "SETRANGE", "SETBIT", "BITOP",
        "BITFIELD", "INCR", "DECR", "INCRBY", "DECRBY", "INCRBYFLOAT", "PFADD", "PFMERGE", "PFDEBUG",
        "HSET", "HMSET", "HSETNX", "HDEL", "HINCRBY", "HINCRBYFLOAT", "HEXPIRE", "HPEXPIRE", "HPEXPIREAT", "HEXPIREAT", "HPERSIST",
        "LPUSH", "LPUSHX", "RPUSH", "RPUSHX", "LPOP", "RPOP", "LINSERT", "LREM", "LSET", "LTRIM", "LMOVE", "RPOPLPUSH", "LMPOP",
        "BLPOP", "BRPOP", "BLMOVE", "BRPOPLPUSH", "BLMPOP",
        "SADD", "SREM", "SPOP", "SMOVE", "SINTERSTORE", "SUNIONSTORE", "SDIFFSTORE",
        "ZADD", "ZREM", "ZINCRBY", "ZPOPMIN", "ZPOPMAX", "ZMPOP", "BZPOPMIN", "BZPOPMAX", "BZMPOP", "ZREMRANGEBYSCORE",
        "ZREMRANGEBYRANK", "ZREMRANGEBYLEX", "ZRANGESTORE", "ZUNIONSTORE", "ZINTERSTORE", "ZDIFFSTORE",
        "GEOADD", "GEORADIUS", "GEORADIUSBYMEMBER", "GEOSEARCHSTORE",
        "XADD", "XDEL", "XTRIM", "XSETID", "XGROUP", "XACK", "XCLAIM", "XAUTOCLAIM", "XREADGROUP",
    };
    return commands.contains(name);
}

}  // namespace

quint64 crc64Redis(quint64 crc, QByteArrayView data)
{
    static constexpr std::array<quint64, 256> table = crcTable();
    for (const char c : data)
        crc = table[uchar(crc ^ uchar(c))] ^ crc >> 8;
    return crc;
}

void RdbScanner::feed(QByteArrayView block)
{
    if (m_head.size() < 9)
        m_head.append(block.first(std::min<qsizetype>(block.size(), 9 - m_head.size())));
    m_tail.append(block);
    // All but the last eight bytes are summed, the end mark among them.
    const qsizetype sure = m_tail.size() - kRdbTail;
    if (sure <= 0)
        return;
    m_crc = crc64Redis(m_crc, QByteArrayView(m_tail).first(sure));
    m_tail.remove(0, sure);
}

RdbReport RdbScanner::finish() const
{
    RdbReport report;
    const std::optional<int> version = rdbVersion(m_head);
    report.isRdb = version && *version >= 1 && *version <= kRdbNewest;
    report.version = version.value_or(0);
    if (!report.isRdb || m_tail.size() < kRdbTail)
        return report;
    if (report.version < kRdbWithChecksum) {
        report.ends = report.checksumOk = m_tail.back() == kRdbEnd;
        return report;
    }
    report.ends = m_tail.front() == kRdbEnd;
    const quint64 stored = qFromLittleEndian<quint64>(m_tail.constData() + 1);
    report.hasChecksum = stored != 0;
    report.checksumOk = report.ends && (stored == 0 || stored == crc64Redis(m_crc, QByteArrayView(m_tail).first(1)));
    return report;
}

void AofScanner::feed(QByteArrayView block)
{
    if (m_report.bytes == 0 && !block.isEmpty() && block.front() == 'R')
        m_report.hasPreamble = true;
    if (m_report.damaged || m_report.hasPreamble) {
        m_report.bytes += block.size();
        return;
    }
    qsizetype i = 0;
    while (i < block.size()) {
        if (m_state == State::Body && m_left > 0) {
            const qint64 n = std::min<qint64>(m_left, block.size() - i);
            if (m_isName && m_name.size() < kMaxName)
                m_name.append(block.sliced(i, std::min<qint64>(n, kMaxName - m_name.size())));
            m_left -= n;
            m_report.bytes += n;
            i += n;
            continue;
        }
        ++m_report.bytes;
        if (!step(block[i++])) {
            m_report.damaged = true;
            m_report.bytes += block.size() - i;
            return;
        }
    }
}

bool AofScanner::digit(char c)
{
    if (c < '0' || c > '9' || ++m_digits > 10)
        return false;
    m_number = m_number * 10 + (c - '0');
    return true;
}

bool AofScanner::step(char c)
{
    switch (m_state) {
    case State::Start:
        m_number = 0;
        m_digits = 0;
        m_isName = true;
        m_name.resize(0);
        m_start = m_report.bytes - 1;
        // Redis 7 may annotate ("#TS:1700000000\r\n") between commands.
        m_state = c == '#' ? State::Comment : State::ArrayCount;
        return c == '*' || c == '#';
    case State::Comment:
        if (c == '\n') {
            m_state = State::Start;
            m_report.goodBytes = m_report.bytes;
        }
        return ++m_digits < 1024;
    case State::ArrayCount:
        if (c != '\r' || m_digits == 0 || m_number == 0)
            return digit(c);
        m_strings = m_number;
        m_state = State::ArrayLf;
        return true;
    case State::ArrayLf: m_state = State::BulkStart; return c == '\n';
    case State::BulkStart:
        m_number = 0;
        m_digits = 0;
        m_state = State::BulkLength;
        return c == '$';
    case State::BulkLength:
        if (c != '\r' || m_digits == 0)
            return digit(c);
        m_left = m_number;
        m_state = State::BulkLf;
        return true;
    case State::BulkLf: m_state = State::Body; return c == '\n';
    case State::Body: m_state = State::BodyCr; return c == '\r';
    case State::BodyCr:
        if (c != '\n')
            return false;
        if (m_isName)
            m_name = m_name.toUpper();
        m_isName = false;
        if (--m_strings == 0)
            commandOver();
        else
            m_state = State::BulkStart;
        return true;
    }
    return false;
}

void AofScanner::commandOver()
{
    m_state = State::Start;
    ++m_report.commands;
    m_report.goodBytes = m_report.bytes;
    m_report.lastCommandAt = m_start;
    m_report.endsInFlush = m_name == "FLUSHALL";
    if (m_report.forbidden.isEmpty() && !isDataCommand(m_name))
        m_report.forbidden = m_name.isEmpty() ? QByteArray("?") : m_name;
}

AofReport AofScanner::finish() const
{
    AofReport report = m_report;
    // A command is forbidden by its name, whether or not the rest of it is there.
    if (report.forbidden.isEmpty() && m_state != State::Start && !m_isName && !m_name.isEmpty() && !isDataCommand(m_name))
        report.forbidden = m_name;
    report.torn = !report.damaged && !report.hasPreamble && m_state != State::Start;
    return report;
}

}  // namespace strongroom::storage
