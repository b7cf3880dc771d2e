// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/sqldump.h"

#include "storage/error.h"

#include <algorithm>
#include <cstring>

namespace strongroom::storage {

namespace {

constexpr qsizetype kKept = 128;       // of one token; no word that matters is longer
constexpr qsizetype kMostOffences = 5;

bool isSpace(char c)
{
    return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == '\v';
}

bool isWordStart(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || uchar(c) >= 0x80;
}

bool isWordByte(char c)
{
    return isWordStart(c) || (c >= '0' && c <= '9') || c == '$';
}

template<size_t n> bool isAnyOf(QByteArrayView text, const char *const (&words)[n])
{
    return std::any_of(std::begin(words), std::end(words), [text](const char *word) { return text == word; });
}

/// Encodings in which a byte that looks like a backslash or a quote may be half a character.
bool isAmbiguousEncoding(const QByteArray &name)
{
    constexpr const char *kNames[] = {"BIG5", "WIN950", "GBK", "WIN936", "GB18030", "JOHAB", "SJIS", "SHIFT_JIS_2004", "SHIFTJIS",
                                      "MSKANJI", "WIN932", "UHC", "WIN949"};
    return isAnyOf(name.toUpper(), kNames);
}

}  // namespace

void SqlDumpScanner::offend(const QString &what)
{
    if (m_report.offences.size() < kMostOffences)
        m_report.offences.append({m_line, what});
}

void SqlDumpScanner::feed(QByteArrayView block)
{
    if (block.isEmpty())
        return;
    m_report.empty = false;
    const char *p = block.data();
    const char *const end = p + block.size();
    if (m_report.isText && memchr(p, 0, size_t(block.size())))
        m_report.isText = false;
    while (p < end) {
        if (m_state == State::CopyLine && !m_lineBegins) {
            // Most of a dump is this: nothing happens before the next backslash or line.
            while (p < end && *p != '\\' && *p != '\n')
                ++p;
            if (p == end)
                return;
        }
        step(*p);
        if (*p == '\n')
            ++m_line;
        ++p;
    }
}

void SqlDumpScanner::feedStatement(QByteArrayView sql)
{
    // A container's statements are cut up already; an end that psql would not see must not join two.
    feed(sql);
    step('\n');
    if ((m_state != State::Normal && !m_inCopy) || m_parens > 0 || m_blocks > 0)
        offend(QStringLiteral("holds a statement without an end"));
    statementOver();
    m_state = State::Normal;
    m_inCopy = false;
}

void SqlDumpScanner::step(char c)
{
    switch (m_state) {
    case State::Word:
        if (isWordByte(c)) {
            if (m_text.size() < kKept)
                m_text.append(c);
            return;
        }
        if (c == '\'' && (m_text == "E" || m_text == "e")) {
            m_text.resize(0);
            m_escapes = true;
            m_state = m_quote = State::Single;
            return;
        }
        wordOver();
        return normal(c);
    case State::Normal: return normal(c);
    case State::LineComment:
        if (c == '\n')
            return commentOver();
        if (m_text.size() < kKept)
            m_text.append(c);
        return;
    case State::BlockComment:
        if (m_last == '*' && c == '/') {
            m_last = 0;
            if (--m_comments == 0)
                m_state = State::Normal;
            return;
        }
        if (m_last == '/' && c == '*') {
            ++m_comments;
            m_last = 0;
            return;
        }
        m_last = c;
        return;
    case State::Single:
    case State::Double:
    case State::QuoteEnd: return quoteByte(c);
    case State::DollarTag:
        if (c == '$') {
            m_tag = '$' + m_text + '$';
            m_recent.resize(0);
            m_state = State::Dollar;
            return;
        }
        if (isWordByte(c) && !(m_text.isEmpty() && c >= '0' && c <= '9')) {
            m_text.append(c);
            if (m_text.size() > kKept) {
                offend(QStringLiteral("has a quote that nobody writes"));
                m_state = State::Normal;
            }
            return;
        }
        m_state = State::Normal;   // a parameter ($1) or nothing at all
        return normal(c);
    case State::Dollar:
        m_recent.append(c);
        if (c == '$' && m_recent.endsWith(m_tag)) {
            m_state = State::Normal;
            return token(Token::Literal, {});   // a body of code, not looked into
        }
        if (m_recent.size() > 4 * kKept)
            m_recent.remove(0, m_recent.size() - m_tag.size());
        return;
    case State::Meta:
        if (c == '\n')
            return metaOver();
        if (m_text.size() < kKept)
            m_text.append(c);
        return;
    case State::CopyRest:
    case State::CopyLine:
    case State::CopyEscape:
    case State::CopyEndMark:
    case State::CopyEnd: return copyByte(c);
    }
}

void SqlDumpScanner::quoteByte(char c)
{
    const char quote = m_quote == State::Single ? '\'' : '"';
    if (m_state == State::QuoteEnd && c != quote) {
        m_state = State::Normal;
        m_last = 0;
        token(m_quote == State::Single ? Token::Literal : Token::Identifier, std::exchange(m_text, {}));
        m_afterEscaped = m_escapes;
        return normal(c);
    }
    if (m_state == State::QuoteEnd) {
        m_state = m_quote;   // doubled: a quote in the text
    } else if (m_skipNext) {
        m_skipNext = false;
    } else if (c == '\\' && m_escapes) {
        m_skipNext = true;
    } else if (c == quote) {
        m_state = State::QuoteEnd;
        return;
    }
    if (m_text.size() < kKept)
        m_text.append(c);
}

void SqlDumpScanner::normal(char c)
{
    const char last = std::exchange(m_last, c);
    if (c == '\'' && m_afterEscaped)
        offend(QStringLiteral("has a quote that nobody writes"));
    m_afterEscaped = m_afterEscaped && (isSpace(c) || c == '-');
    if (isWordStart(c)) {
        m_text = QByteArray(1, c);
        m_state = State::Word;
        return;
    }
    switch (c) {
    case '-':
        if (last == '-') {
            m_text.resize(0);
            m_last = 0;
            m_state = State::LineComment;
        }
        return;
    case '*':
        if (last == '/') {
            m_comments = 1;
            m_last = 0;
            m_state = State::BlockComment;
        }
        return;
    case '\'':
    case '"':
        m_text.resize(0);
        m_escapes = false;
        m_state = m_quote = c == '"' ? State::Double : State::Single;
        return;
    case '$':
        m_text.resize(0);
        m_state = State::DollarTag;
        return;
    case '\\':
        m_text.resize(0);
        m_state = State::Meta;
        return;
    case '(': ++m_parens; return;
    case ')': m_parens = std::max(0, m_parens - 1); return;
    case ';':
        if (m_parens == 0 && m_blocks == 0)
            statementOver();
        return;
    default: return;
    }
}

void SqlDumpScanner::wordOver()
{
    m_state = State::Normal;
    m_last = 0;
    token(Token::Word, std::exchange(m_text, {}));
}

void SqlDumpScanner::token(Token kind, QByteArray text)
{
    m_report.statements = true;
    m_report.complete = false;
    const QByteArray upper = kind == Token::Word ? text.toUpper() : QByteArray();
    if (m_tokens == 0)
        m_verb = upper;
    else if (m_tokens == 1)
        m_second = upper;
    ++m_tokens;
    if (m_tokens <= 4 && m_verb == "CREATE" && (upper == "FUNCTION" || upper == "PROCEDURE"))
        m_isRoutine = true;
    if (m_isRoutine && m_parens == 0) {
        if (upper == "BEGIN" || (upper == "CASE" && m_blocks > 0))
            ++m_blocks;
        else if (upper == "END" && m_blocks > 0)
            --m_blocks;
    }
    if (m_verb == "COPY")
        lookAtCopy(kind, text);
    else if (upper == "COPY" && m_blocks > 0)
        offend(QStringLiteral("copies where no COPY can be"));
    if (m_verb == "SET" || kind == Token::Literal)
        lookAtSet(kind, text);
    // Roles and languages may be written as names in quotes, or as text.
    const QByteArray name = kind == Token::Word ? text.toLower() : text;
    constexpr const char *kServerRoles[] = {"pg_execute_server_program", "pg_read_server_files", "pg_write_server_files"};
    constexpr const char *kUntrusted[] = {"c", "internal", "plpythonu", "plpython2u", "plpython3u", "plperlu", "pltclu", "plsh"};
    if (isAnyOf(name, kServerRoles) && (m_verb == "GRANT" || m_verb == "CREATE" || m_verb == "ALTER"))
        offend(QStringLiteral("lets a role run programs or reach files of the server"));
    if (m_previous == "LANGUAGE" && m_isRoutine && isAnyOf(name.toLower(), kUntrusted))
        offend(QStringLiteral("makes a function that runs outside of the database"));
    if (kind == Token::Word)
        lookAtWord(upper);
    m_previous = upper;
}

void SqlDumpScanner::lookAtWord(const QByteArray &upper)
{
    constexpr const char *kFileFunctions[] = {"LO_IMPORT", "LO_EXPORT", "PG_READ_FILE", "PG_READ_BINARY_FILE", "PG_LS_DIR"};
    if (isAnyOf(upper, kFileFunctions))
        offend(QStringLiteral("reads or writes files of the server"));
    const bool isRole = m_second == "ROLE" || m_second == "USER" || m_second == "GROUP";
    if (upper == "SUPERUSER" && isRole && (m_verb == "CREATE" || m_verb == "ALTER"))
        offend(QStringLiteral("makes a superuser"));
    if (m_tokens == 2 && m_verb == "ALTER" && upper == "SYSTEM")
        offend(QStringLiteral("changes the server's own settings"));
    if (m_tokens == 1 && (upper == "DO" || upper == "LOAD"))
        offend(upper == "DO" ? QStringLiteral("runs a program in the database") : QStringLiteral("loads a library into the server"));
}

/// COPY ... FROM/TO: only the input of psql itself restores data.
void SqlDumpScanner::lookAtCopy(Token kind, const QByteArray &text)
{
    if (m_parens > 0 || (m_previous != "FROM" && m_previous != "TO"))
        return;
    const QByteArray upper = kind == Token::Word ? text.toUpper() : QByteArray();
    if (upper == "STDIN" || upper == "STDOUT")
        m_copyFromInput = m_previous == "FROM";
    else if (upper == "PROGRAM")
        offend(QStringLiteral("runs a program on the server"));
    else
        offend(QStringLiteral("reads or writes a file of the server"));
}

/// Settings that change how the rest of the dump is cut up.
void SqlDumpScanner::lookAtSet(Token kind, const QByteArray &text)
{
    if (kind == Token::Literal && (text == "standard_conforming_strings" || text == "client_encoding"))
        offend(QStringLiteral("changes what its own quotes mean"));
    if (m_verb != "SET")
        return;
    const QByteArray value = text.toUpper();
    if (m_setsQuotes && value != "ON" && value != "TO")
        offend(QStringLiteral("changes what its own quotes mean"));
    m_setsQuotes = m_setsQuotes || value == "STANDARD_CONFORMING_STRINGS";
    if (isAmbiguousEncoding(text))
        offend(QStringLiteral("is written in an encoding that cannot be looked through"));
}

void SqlDumpScanner::statementOver()
{
    m_inCopy = m_copyFromInput;
    m_tokens = 0;
    m_verb.clear();
    m_second.clear();
    m_previous.clear();
    m_copyFromInput = false;
    m_isRoutine = false;
    m_setsQuotes = false;
    m_parens = 0;
    m_blocks = 0;
    m_last = 0;
    if (m_inCopy) {
        // Its data begins with the next line; what follows on this one is SQL again to psql.
        m_state = State::CopyRest;
        m_lineBegins = false;
    }
}

void SqlDumpScanner::commentOver()
{
    m_state = State::Normal;
    m_last = 0;
    const QByteArray text = m_text.trimmed();
    if (text == "PostgreSQL database dump" || text == "PostgreSQL database cluster dump")
        m_report.announced = m_report.announced || !m_report.statements;
    else if (text == "PostgreSQL database dump complete" || text == "PostgreSQL database cluster dump complete")
        m_report.complete = true;
}

void SqlDumpScanner::metaOver()
{
    m_state = State::Normal;
    m_last = 0;
    const QList<QByteArray> words = m_text.simplified().split(' ');
    const auto isKey = [](const QByteArray &word) {
        return !word.isEmpty() && std::all_of(word.begin(), word.end(), [](char c) {
            return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
        });
    };
    const bool isPair = words.size() == 2 && isKey(words.value(1)) && m_tokens == 0;
    if (isPair && words[0] == "restrict" && m_restricted.isEmpty()) {
        m_restricted = words[1];
    } else if (isPair && words[0] == "unrestrict" && words[1] == m_restricted) {
        m_restricted.clear();
    } else {
        offend(QStringLiteral("gives psql the command \\") + displayBytes(words.value(0).left(20)));
    }
}

void SqlDumpScanner::copyByte(char c)
{
    switch (m_state) {
    case State::CopyRest:
        if (c == '\n')
            m_state = State::CopyLine;
        else if (!isSpace(c))
            offend(QStringLiteral("has a statement behind COPY in one line"));
        m_lineBegins = c == '\n';
        return;
    case State::CopyLine:
        if (c == '\n') {
            m_lineBegins = true;
        } else if (!m_lineBegins && c == '\\') {
            m_state = State::CopyEscape;
        } else if (m_lineBegins) {
            m_lineBegins = false;
            m_state = c == '\\' ? State::CopyEndMark : State::CopyLine;
        }
        return;
    case State::CopyEndMark:
        if (c == '.') {
            m_state = State::CopyEnd;
            return;
        }
        m_state = State::CopyEscape;
        [[fallthrough]];
    case State::CopyEscape:
        // What COPY writes behind a backslash. Anything else would be a command, were this no data after all.
        if (!QByteArrayView("bfnrtvNx\\0123456789").contains(c))
            offend(QStringLiteral("has something else than data where data should be"));
        m_state = State::CopyLine;
        m_lineBegins = c == '\n';
        return;
    case State::CopyEnd:
        if (c == '\n') {
            m_inCopy = false;
            m_state = State::Normal;
        } else if (c != '\r') {
            offend(QStringLiteral("has something else than data where data should be"));
        }
        return;
    default: return;
    }
}

SqlDumpReport SqlDumpScanner::finish()
{
    switch (m_state) {
    case State::Word: wordOver(); break;
    case State::LineComment: commentOver(); break;
    case State::Meta: metaOver(); break;
    case State::CopyEnd: m_state = State::Normal; break;
    case State::QuoteEnd: quoteByte('\n'); break;
    default: break;
    }
    m_report.open = m_state != State::Normal || m_tokens > 0 || !m_restricted.isEmpty();
    return m_report;
}

}  // namespace strongroom::storage
