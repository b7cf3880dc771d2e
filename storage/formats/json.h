// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Foreign JSON, read strictly (RFC 8259) and in little memory: a validator fed with blocks, a reader that
// hands out the records of a store one by one, and cursors that look into valid text without building a
// tree. Not a writer, and not a document model: small records go to QJsonDocument.

#include "storage/error.h"
#include "storage/filestamp.h"
#include "storage/monitor.h"
#include "storage/relpath.h"

#include <QByteArrayView>
#include <QJsonObject>
#include <QString>

#include <array>
#include <functional>
#include <initializer_list>
#include <optional>
#include <vector>

namespace strongroom::storage {

class Tree;

inline constexpr int kJsonDepth = 64;   ///< containers within containers that foreign text may have

enum class JsonFaultKind : quint8 {
    Empty,          ///< nothing but white space
    Truncated,      ///< ends in the middle
    Syntax,         ///< a character that cannot stand there; also NaN, comments, a comma too many
    BadText,        ///< not UTF-8, a byte order mark, half a surrogate pair, a bare control character
    TooDeep,
    DuplicateKey,   ///< parseJson with rejectDuplicates and JsonInspector only
    LongNumber,     ///< JsonDialect::Python only: more digits than its readers take
};

/// Whose JSON. Python writes and reads NaN, Infinity and half a surrogate pair; what it does not read is an
/// integer of more than 4,300 digits (since 3.11, sys.set_int_max_str_digits).
enum class JsonDialect : quint8 { Strict, Python };
inline constexpr int kPythonMaxDigits = 4300;

/// The first place where a text stops being JSON.
struct JsonFault {
    JsonFaultKind kind = JsonFaultKind::Syntax;
    qint64 offset = 0;   ///< bytes from the start of the file
    qint64 line = 1;     ///< from 1
    qint64 column = 1;   ///< from 1, in characters
};
[[nodiscard]] Error jsonError(const JsonFault &fault, QByteArray path);  ///< JsonInvalid, args = line, column
/// "ends early at line 3, column 7", for findings; without the file's name.
[[nodiscard]] QString jsonFaultText(const JsonFault &fault);

/// Incremental validator; blocks of any size, memory independent of the text. Duplicate keys pass.
class JsonValidator {
public:
    /// What happened at a watched container depth (1, unless watchDepth() says more), for readers of stores.
    enum class Event : quint8 {
        None,
        KeyBegin,    ///< offset() - 1 is the opening quote
        KeyEnd,      ///< offset() is behind the closing quote
        ValueBegin,  ///< offset() - 1 is the first byte
        ValueEnd,    ///< offset() is behind the last byte
    };

    explicit JsonValidator(int maxDepth = kJsonDepth, JsonDialect dialect = JsonDialect::Strict);
    /// Events happen in containers up to this depth. Before the first block.
    void watchDepth(int depth) { m_watchDepth = depth; }
    /// False once there is a fault; later blocks are ignored then.
    bool feed(QByteArrayView block);
    /// Stops behind the next event. Returns the bytes taken; `event` None = all of them, or a fault.
    qsizetype feedToEvent(QByteArrayView block, Event &event);
    /// Says that the text is over. False when there is a fault.
    bool finish();
    [[nodiscard]] const std::optional<JsonFault> &fault() const { return m_fault; }
    [[nodiscard]] qint64 offset() const { return m_offset; }
    /// '{', '[', or another first byte of the text; 0 = none seen yet.
    [[nodiscard]] char topLevel() const { return m_topLevel; }
    /// Containers that are open. At ValueEnd the one that the value stands in; at ValueBegin of a container
    /// that container is open already.
    [[nodiscard]] int depth() const { return int(m_stack.size()); }
    /// A fault at the place that was reached, for readers who know more than the grammar.
    [[nodiscard]] JsonFault faultHere(JsonFaultKind kind) const;
    /// After the ValueEnd of a container: how many elements or members it has.
    [[nodiscard]] qint64 elements() const { return m_elements; }
    [[nodiscard]] bool sawNotANumber() const { return m_sawNotANumber; }        ///< NaN or Infinity; Python only
    [[nodiscard]] bool sawHalfSurrogate() const { return m_sawHalfSurrogate; }  ///< Python only

private:
    enum class State : quint8 {
        // Up to String is what skim() may go on from.
        Value, ArrayFirst, ObjectFirst, Key, Colon, After, End,
        String, Utf8, Escape, Hex, LowBackslash, LowU,
        Literal, Minus, Zero, Integer, Point, Fraction, Exponent, ExponentSign, ExponentDigits,
    };
    struct Open {
        char closing;          // its bracket
        qint64 elements = 0;
    };
    template<bool stopAtEvents> qsizetype run(const char *data, qsizetype size, Event &event);
    const char *skim(const char *data, const char *p, const char *end, size_t floor);
    const char *skimString(const char *p, const char *end);
    Event structural(uchar c);
    Event number(uchar c, bool &consumed);
    void stringByte(uchar c);
    void hexDigit(uchar c);
    Event open(uchar c);
    Event close(uchar c);
    Event beginScalar(State state);
    Event valueDone();
    void blame(JsonFaultKind kind) { m_blame = kind; }
    [[nodiscard]] bool isPython() const { return m_dialect == JsonDialect::Python; }
    [[nodiscard]] bool isWatched(size_t depth) const { return depth > 0 && int(depth) <= m_watchDepth; }
    bool beginNotANumber(uchar c);
    void halfSurrogate(State next, bool &consumed);

    int m_maxDepth;
    JsonDialect m_dialect;
    int m_watchDepth = 1;
    int m_digits = 0;            // of the integer under way
    bool m_sawNotANumber = false;
    bool m_sawHalfSurrogate = false;
    std::vector<Open> m_stack;   // containers around what is read; at most m_maxDepth
    qint64 m_elements = 0;
    State m_state = State::Value;
    bool m_inKey = false;
    const char *m_literal = nullptr;
    quint32 m_hex = 0;
    int m_hexLeft = 0;
    bool m_needLow = false;
    int m_utf8Left = 0;
    uchar m_utf8Low = 0x80;
    uchar m_utf8High = 0xBF;
    char m_topLevel = 0;
    qint64 m_offset = 0;
    qint64 m_line = 1;
    qint64 m_lineStart = 0;
    qint64 m_continuations = 0;  // UTF-8 continuation bytes in this line: column counts characters
    std::optional<JsonFaultKind> m_blame;
    std::optional<JsonFault> m_fault;
};

/// Reads a whole file through the validator in 256 KiB blocks. The fault, if any; errors are of reading.
[[nodiscard]] Result<std::optional<JsonFault>> validateJsonFile(const Tree &tree, const RelPath &path, Monitor &monitor,
                                                                int maxDepth = kJsonDepth);
/// The same for bytes in memory.
[[nodiscard]] std::optional<JsonFault> validateJson(QByteArrayView text, int maxDepth = kJsonDepth);

struct JsonParseOptions {
    int maxDepth = kJsonDepth;
    bool rejectDuplicates = false;  ///< otherwise the last one of equal keys wins, as in Python and JavaScript
};
/// Strict. Errors: JsonInvalid with line and column (also when the top level is no object / no array or object).
[[nodiscard]] Result<QJsonObject> parseJsonObject(QByteArrayView text, const QByteArray &pathForErrors = {},
                                                  const JsonParseOptions &options = {});
[[nodiscard]] Result<QJsonValue> parseJson(QByteArrayView text, const QByteArray &pathForErrors = {},
                                           const JsonParseOptions &options = {});

// -- looking into text that a validator has passed ----------------------------------------------
// Never reads outside of the view, whatever is in it; on text that is not JSON the answers are arbitrary.

enum class JsonType : quint8 { Missing, Null, False, True, Number, String, Array, Object };

/// One value where it stands. The view points into the text it was found in.
struct JsonSlice {
    JsonType type = JsonType::Missing;
    QByteArrayView raw;     ///< with quotes or brackets
    qint64 elements = -1;   ///< of a container, where whoever found it has counted; -1 = count() does

    [[nodiscard]] bool isMissing() const { return type == JsonType::Missing; }
    [[nodiscard]] QString text() const;                      ///< of a string; empty for anything else
    [[nodiscard]] std::optional<qint64> integer() const;     ///< of a number without fraction that fits
    [[nodiscard]] std::optional<double> number() const;
    /// Members of an object, elements of an array; nullopt for anything else.
    [[nodiscard]] std::optional<qint64> count() const;
};

/// The slice that one value on its own is, e.g. a record of a store.
[[nodiscard]] JsonSlice jsonSlice(QByteArrayView raw);

/// Members of an object or elements of an array, in file order, one level deep.
class JsonCursor {
public:
    explicit JsonCursor(QByteArrayView container);
    [[nodiscard]] bool next();
    [[nodiscard]] QByteArrayView rawKey() const { return m_key; }  ///< without quotes, escapes as written
    [[nodiscard]] QString key() const;
    [[nodiscard]] bool keyIs(QByteArrayView utf8) const;
    [[nodiscard]] const JsonSlice &value() const { return m_value; }

private:
    const char *m_at = nullptr;
    const char *m_end = nullptr;
    bool m_object = false;
    QByteArrayView m_key;
    JsonSlice m_value;
};

/// A few members of an object in one pass; of equal keys the last one counts.
class JsonFields {
public:
    static constexpr size_t kMax = 12;
    JsonFields() = default;
    JsonFields(QByteArrayView object, std::initializer_list<const char *> wanted);
    [[nodiscard]] const JsonSlice &operator[](size_t index) const { return m_values[index]; }
    [[nodiscard]] JsonSlice &operator[](size_t index) { return m_values[index]; }

private:
    std::array<JsonSlice, kMax> m_values;
};

/// Text between quotes, unescaped. Half a surrogate pair becomes U+FFFD.
[[nodiscard]] QString jsonUnescaped(QByteArrayView raw);

// -- stores: {key: record, key: record, ...} or [record, record, ...] of any size ------------------

struct JsonStoreOptions {
    qint64 window = 256 * 1024;              ///< bytes read at once, and kept
    qint64 maxRecord = qint64(64) << 20;     ///< a larger record is delivered without its bytes
    int maxDepth = kJsonDepth;
    std::vector<const char *> fields = {};   ///< members of records that are wanted, at most JsonFields::kMax
};

struct JsonStoreRecord {
    QByteArrayView rawKey;     ///< without quotes; empty in an array. Valid during the call, as is `bytes`
    qint64 index = 0;          ///< from 0, in file order
    qint64 offset = 0;         ///< of the value in the file
    qint64 length = 0;         ///< of the value in bytes
    QByteArrayView bytes;      ///< the value, valid JSON; empty when it is larger than maxRecord
    qint64 elements = -1;      ///< of a container; -1 = it is none
    JsonFields fields;         ///< those the options want, found on the way; none of a record that is too large
    [[nodiscard]] bool tooLarge() const { return bytes.size() != length; }
    [[nodiscard]] QString key() const { return jsonUnescaped(rawKey); }
    [[nodiscard]] JsonSlice slice() const;   ///< the value
};

struct JsonStoreSummary {
    FileStamp stamp;                  ///< of the file that was read
    qint64 records = 0;               ///< delivered
    qint64 bytes = 0;                 ///< read
    char topLevel = 0;                ///< '{' or '['; anything else holds no records; 0 = empty file
    bool stopped = false;             ///< by the visitor; what follows was not looked at
    std::optional<JsonFault> fault;   ///< records before it were delivered, the one it stands in was not
};

/// Strict streaming pass; memory is the window or the largest record. Return false from `visit` to stop.
/// Errors: of opening and reading; Cancelled. Adds the bytes read to `monitor`. Equal keys are all delivered.
[[nodiscard]] Result<JsonStoreSummary> readJsonStore(const Tree &tree, const RelPath &path, const JsonStoreOptions &options,
                                                     Monitor &monitor,
                                                     const std::function<bool(const JsonStoreRecord &)> &visit);

}  // namespace strongroom::storage
