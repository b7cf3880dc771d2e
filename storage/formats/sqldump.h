// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Reads a plain dump of PostgreSQL as psql would cut it up, and says what in it is more than restoring data:
// psql runs commands that begin with a backslash on the operator's machine, and a superuser's COPY runs
// programs on the server. Runs nothing and understands no more SQL than that takes.

#include <QByteArray>
#include <QByteArrayView>
#include <QList>
#include <QString>

namespace strongroom::storage {

/// Something that pg_dump never writes and that reaches beyond the database.
struct SqlOffence {
    qint64 line = 0;   ///< from 1
    QString what;      ///< "runs a program on the server"; English, for findings
};

struct SqlDumpReport {
    bool announced = false;    ///< begins with pg_dump's or pg_dumpall's comment
    bool complete = false;     ///< ends with their last comment, nothing but \unrestrict behind it
    bool statements = false;   ///< holds more than comments
    bool isText = true;        ///< no NUL bytes
    bool open = false;         ///< ends inside COPY data, a quote, a comment or a statement
    bool empty = true;         ///< no bytes at all
    QList<SqlOffence> offences;   ///< the first few
};

/// Blocks of any size; memory independent of the dump. Thread: one at a time.
/// Source: psqlscan.l (PostgreSQL 15: quotes, comments, nesting, BEGIN ATOMIC), COPY's text format, and
/// CVE-2025-8714 and 8715 (\restrict).
class SqlDumpScanner {
public:
    void feed(QByteArrayView block);
    [[nodiscard]] SqlDumpReport finish();

    /// Looks at a statement out of another container (a custom dump's) in the same way.
    void feedStatement(QByteArrayView sql);

private:
    enum class State : quint8 {
        Normal, Word, LineComment, BlockComment, Single, Double, QuoteEnd, DollarTag, Dollar, Meta,
        CopyRest, CopyLine, CopyEscape, CopyEndMark, CopyEnd,
    };
    enum class Token : quint8 { Word, Identifier, Literal };

    void normal(char c);
    void wordOver();
    void token(Token kind, QByteArray text);
    void lookAtCopy(Token kind, const QByteArray &text);
    void lookAtSet(Token kind, const QByteArray &text);
    void lookAtWord(const QByteArray &upper);
    void statementOver();
    void commentOver();
    void metaOver();
    void copyByte(char c);
    void quoteByte(char c);
    void offend(const QString &what);
    void step(char c);

    State m_state = State::Normal;
    char m_last = 0;              // the byte before, where two make a mark
    QByteArray m_text;            // of the word, quote, comment or command under way, cut
    QByteArray m_tag;             // that ends a dollar quote
    QByteArray m_recent;          // end of a dollar quote's body
    bool m_escapes = false;       // backslashes escape in the quote under way
    bool m_skipNext = false;
    bool m_afterEscaped = false;  // nothing but space since a quote with escapes: another one would go on with it
    State m_quote = State::Single;   // that may just have ended
    int m_comments = 0;           // nested block comments
    int m_parens = 0;
    int m_blocks = 0;             // BEGIN ATOMIC ... END
    qint64 m_line = 1;

    // the statement under way
    qint64 m_tokens = 0;
    QByteArray m_verb;
    QByteArray m_second;
    QByteArray m_previous;
    bool m_copyFromInput = false;
    bool m_isRoutine = false;
    bool m_setsQuotes = false;
    bool m_inCopy = false;
    bool m_lineBegins = false;    // of COPY data

    QByteArray m_restricted;      // the word of \restrict
    SqlDumpReport m_report;
};

}  // namespace strongroom::storage
