// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/json.h"

#include "storage/formats/jsoninspector.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QRandomGenerator>
#include <QtTest>

using namespace strongroom::storage;

class tst_Json : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void validator_acceptsWhatTheGrammarAllows_data();
    void validator_acceptsWhatTheGrammarAllows();
    void validator_saysWhereItStopsBeingJson_data();
    void validator_saysWhereItStopsBeingJson();
    void validator_neverAcceptsATruncatedText();
    void python_readsWhatStrictReadersDoNot_data();
    void python_readsWhatStrictReadersDoNot();
    void inspector_findsKeysThatStandTwice_data();
    void inspector_findsKeysThatStandTwice();
    void inspector_showsWantedTextsWhateverTheBlocks();
    void validator_agreesWithQtOnMutatedTexts();
    void validator_skimsNothingThatItWouldNotAccept();
    void validator_tellsTheSameWhateverItSkims();
    void cursor_neverReadsOutsideOfNonsense();
    void fields_countAndTakeTheLastOfEqualKeys();
    void parse_refusesDuplicatesOnlyWhenAsked();
    void parse_wantsAnObject();
};

/// `text` in pieces of `step` bytes.
static std::optional<JsonFault> validateInPieces(const QByteArray &text, qsizetype step, int depth = kJsonDepth)
{
    JsonValidator validator(depth);
    for (qsizetype i = 0; i < text.size(); i += step)
        validator.feed(QByteArrayView(text).sliced(i, std::min(step, text.size() - i)));
    validator.finish();
    return validator.fault();
}

void tst_Json::validator_acceptsWhatTheGrammarAllows_data()
{
    QTest::addColumn<QByteArray>("text");
    for (const char *text : {"{}", "[]", " \t\r\n{ } \n", "0", "-0", "12", "1.5", "-1.25e+10", "1E5", "1e-5", "true", "false",
                             "null", "\"\"", "\"\\u00e4\\n\\/\\\"\\\\\"", "\"\\ud83d\\ude00\"", "[1,2,[3,{\"a\":[]}]]",
                             "{\"a\":1,\"a\":2}", "\"\xc3\xa4\xe6\xa0\xaa\xf0\x9f\x98\x80\"", "[0,-1,0.0]", "\"\x7f\""})
        QTest::newRow(text) << QByteArray(text);
    QTest::newRow("a long string") << QByteArray('"' + QByteArray(100000, 'x') + '"');
    QTest::newRow("as deep as allowed") << QByteArray(QByteArray(64, '[') + QByteArray(64, ']'));
}

void tst_Json::validator_acceptsWhatTheGrammarAllows()
{
    QFETCH(QByteArray, text);
    for (const qsizetype step : {qsizetype(1), qsizetype(3), qsizetype(17), text.size()})
        QVERIFY(!validateInPieces(text, step));
}

void tst_Json::validator_saysWhereItStopsBeingJson_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<int>("kind");
    QTest::addColumn<int>("offset");
    QTest::addColumn<int>("line");
    QTest::addColumn<int>("column");
    const auto row = [](const char *name, const QByteArray &text, JsonFaultKind kind, int offset, int line, int column) {
        QTest::newRow(name) << text << int(kind) << offset << line << column;
    };
    row("empty", "", JsonFaultKind::Empty, 0, 1, 1);
    row("white space", " \n ", JsonFaultKind::Empty, 3, 2, 2);
    row("truncated object", "{\n  \"a\": 1", JsonFaultKind::Truncated, 10, 2, 9);
    row("truncated string", "{\"a\":\"b", JsonFaultKind::Truncated, 7, 1, 8);
    row("truncated minus", "-", JsonFaultKind::Truncated, 1, 1, 2);
    row("truncated fraction", "1.", JsonFaultKind::Truncated, 2, 1, 3);
    row("truncated literal", "tru", JsonFaultKind::Truncated, 3, 1, 4);
    row("column counts characters", "[\"\xc3\xa4\xc3\xa4\", x]", JsonFaultKind::Syntax, 9, 1, 8);
    row("second line", "{\n \"a\": 1,\n}", JsonFaultKind::Syntax, 11, 3, 1);
    row("trailing comma", "[1,]", JsonFaultKind::Syntax, 3, 1, 4);
    row("two values", "{} {}", JsonFaultKind::Syntax, 3, 1, 4);
    row("NaN", "[NaN]", JsonFaultKind::Syntax, 1, 1, 2);
    row("Infinity", "[-Infinity]", JsonFaultKind::Syntax, 2, 1, 3);
    row("leading zero", "[01]", JsonFaultKind::Syntax, 2, 1, 3);
    row("plus", "[+1]", JsonFaultKind::Syntax, 1, 1, 2);
    row("comment", "{}//", JsonFaultKind::Syntax, 2, 1, 3);
    row("single quotes", "['a']", JsonFaultKind::Syntax, 1, 1, 2);
    row("wrong bracket", "[1}", JsonFaultKind::Syntax, 2, 1, 3);
    row("bracket at the top", "]", JsonFaultKind::Syntax, 0, 1, 1);
    row("key without value", "{\"a\"}", JsonFaultKind::Syntax, 4, 1, 5);
    row("bad escape", "\"\\x\"", JsonFaultKind::Syntax, 2, 1, 3);
    row("bad hex", "\"\\u00g0\"", JsonFaultKind::Syntax, 5, 1, 6);
    row("NUL", QByteArray("[\0]", 3), JsonFaultKind::Syntax, 1, 1, 2);
    row("NUL escape", QByteArray("\"\\\0\"", 4), JsonFaultKind::Syntax, 2, 1, 3);
    row("newline in a string", "\"a\nb\"", JsonFaultKind::BadText, 2, 1, 3);
    row("byte order mark", "\xef\xbb\xbf{}", JsonFaultKind::BadText, 0, 1, 1);
    row("stray continuation", "\"\x80\"", JsonFaultKind::BadText, 1, 1, 2);
    row("overlong", "\"\xc0\xaf\"", JsonFaultKind::BadText, 1, 1, 2);
    row("overlong three", "\"\xe0\x80\x80\"", JsonFaultKind::BadText, 2, 1, 3);
    row("surrogate in UTF-8", "\"\xed\xa0\x80\"", JsonFaultKind::BadText, 2, 1, 3);
    row("above the last", "\"\xf4\x90\x80\x80\"", JsonFaultKind::BadText, 2, 1, 3);
    row("half a character", "\"\xc3\"", JsonFaultKind::BadText, 2, 1, 3);
    row("lone high surrogate", "\"\\ud83dx\"", JsonFaultKind::BadText, 7, 1, 8);
    row("high surrogate at the end", "\"\\ud83d\"", JsonFaultKind::BadText, 7, 1, 8);
    row("lone low surrogate", "\"\\ude00\"", JsonFaultKind::BadText, 6, 1, 7);
    row("two high surrogates", "\"\\ud83d\\ud83d\"", JsonFaultKind::BadText, 12, 1, 13);
    row("too deep", QByteArray(65, '['), JsonFaultKind::TooDeep, 64, 1, 65);
}

void tst_Json::validator_saysWhereItStopsBeingJson()
{
    QFETCH(QByteArray, text);
    QFETCH(int, kind);
    QFETCH(int, offset);
    QFETCH(int, line);
    QFETCH(int, column);
    for (const qsizetype step : {qsizetype(1), qsizetype(2), qsizetype(5), std::max<qsizetype>(text.size(), 1)}) {
        const auto fault = validateInPieces(text, step);
        QVERIFY(fault);
        QCOMPARE(int(fault->kind), kind);
        QCOMPARE(fault->offset, offset);
        QCOMPARE(fault->line, line);
        QCOMPARE(fault->column, column);
    }
}

static QByteArray sampleText()
{
    return "{\n  \"id\": \"\\u00fcberblick \xe6\xa0\xaa\", \"n\": [0, -1.5e3, true, null],\n  \"o\": {\"x\": {}, \"y\": [[]]}\n}";
}

void tst_Json::validator_neverAcceptsATruncatedText()
{
    const QByteArray text = sampleText();
    QVERIFY(!validateJson(text));
    for (qsizetype size = 0; size < text.size(); ++size) {
        const auto fault = validateJson(QByteArrayView(text).first(size));
        QVERIFY2(fault, QByteArray::number(size).constData());
        QCOMPARE(fault->offset, size);
        QCOMPARE(fault->kind, size == 0 ? JsonFaultKind::Empty : JsonFaultKind::Truncated);
    }
}

void tst_Json::validator_agreesWithQtOnMutatedTexts()
{
    // One byte changed at every place: where we say yes Qt must parse it (Qt is laxer, never stricter).
    QRandomGenerator random(20);
    const QByteArray text = sampleText();
    int accepted = 0;
    for (int round = 0; round < 20000; ++round) {
        QByteArray mutated = text;
        mutated[qsizetype(random.bounded(int(text.size())))] = char(round % 3 ? random.bounded(32, 127) : random.bounded(256));
        QJsonParseError error;
        QJsonDocument::fromJson(mutated, &error);
        const bool ours = !validateJson(mutated);
        accepted += ours;
        if (ours)
            QVERIFY2(error.error == QJsonParseError::NoError, mutated.toHex().constData());
        QCOMPARE(validateInPieces(mutated, 1 + round % 7).has_value(), !ours);
        for (JsonCursor cursor(mutated); cursor.next();)
            (void)cursor.value().count();
    }
    QVERIFY(accepted > 1000);
}

struct Told {
    int event;
    int depth;
    qint64 offset;
    qint64 elements;
    friend bool operator==(const Told &, const Told &) = default;
};

/// What is told of `text` down to `depth`. Nothing deeper than that is skimmed at most, so all of it when that is the greatest.
static std::vector<Told> tell(const QByteArray &text, int depth, std::optional<JsonFault> &fault)
{
    JsonValidator validator;
    validator.watchDepth(depth);
    std::vector<Told> told;
    while (validator.offset() < text.size() && !validator.fault()) {
        JsonValidator::Event event;
        validator.feedToEvent(QByteArrayView(text).sliced(validator.offset()), event);
        const bool isContainer = event == JsonValidator::Event::ValueEnd && QByteArrayView("]}").contains(text[validator.offset() - 1]);
        if (event != JsonValidator::Event::None)
            told.push_back({int(event), validator.depth(), validator.offset(), isContainer ? validator.elements() : -1});
    }
    validator.finish();
    fault = validator.fault();
    return told;
}

static QByteArray mutatedSample(QRandomGenerator &random)
{
    static const QByteArray pieces[] = {"{", "}", "[", "]", ",", ":", "\"", "\\", "\\n", "\\\"", "\n  ", "\r\n", "\t", "\xc3\xa4", "\xe6\xa0\xaa", "\xf0\x9f\x98\x80",
                                        "\xed\xa0\x80", "\xc0\xaf", "\xf4\x90\x80\x80", "\xe0\x80\x80", "\x1f", "\x7f", "\\u00e4", "\\ud83d\\ude00", "0", "-1.5e3", "true", "{}", "[[]]"};
    QByteArray text = sampleText();
    for (int n = random.bounded(3); n >= 0; --n) {
        const QByteArray &piece = pieces[random.bounded(int(std::size(pieces)))];
        text.replace(random.bounded(int(text.size())), random.bounded(3), piece);
    }
    return text;
}

void tst_Json::validator_skimsNothingThatItWouldNotAccept()
{
    QRandomGenerator random(21);
    int accepted = 0;
    for (int round = 0; round < 50000; ++round) {
        const QByteArray text = mutatedSample(random);
        std::optional<JsonFault> careful;
        tell(text, kJsonDepth, careful);
        const std::optional<JsonFault> quick = validateJson(text);
        QCOMPARE(quick.has_value(), careful.has_value());
        accepted += !quick;
        if (!quick)
            continue;
        QCOMPARE(quick->kind, careful->kind);
        QCOMPARE(quick->offset, careful->offset);
        QCOMPARE(quick->line, careful->line);
        QCOMPARE(quick->column, careful->column);
    }
    QVERIFY(accepted > 1000);
}

void tst_Json::validator_tellsTheSameWhateverItSkims()
{
    QRandomGenerator random(22);
    for (int round = 0; round < 20000; ++round) {
        const QByteArray text = mutatedSample(random);
        std::optional<JsonFault> fault;
        const std::vector<Told> all = tell(text, kJsonDepth, fault);
        for (const int depth : {1, 2}) {
            std::vector<Told> wanted;
            std::copy_if(all.begin(), all.end(), std::back_inserter(wanted), [&](const Told &told) {
                // A container is open already when its beginning is told.
                const bool opens = told.event == int(JsonValidator::Event::ValueBegin) && QByteArrayView("[{").contains(text[told.offset - 1]);
                return told.depth - (opens ? 1 : 0) <= depth;
            });
            QVERIFY(tell(text, depth, fault) == wanted);
        }
    }
}

void tst_Json::cursor_neverReadsOutsideOfNonsense()
{
    // Sizes are exact heap blocks, so that the sanitizer build sees one byte too many.
    for (const QByteArray &text : {QByteArray("{\"a"), QByteArray("{\"a\""), QByteArray("{\"a\":"), QByteArray("{\"a\":\""),
                                   QByteArray("{\"a\":\"\\"), QByteArray("[{"), QByteArray("["), QByteArray("{"), QByteArray(),
                                   QByteArray("\""), QByteArray("{\"a\":\"\\u12"), QByteArray("}"), QByteArray("[\"\\\"")}) {
        const std::vector<char> exact(text.begin(), text.end());
        const QByteArrayView view(exact.data(), qsizetype(exact.size()));
        int n = 0;
        for (JsonCursor cursor(view); cursor.next(); ++n) {
            (void)cursor.key();
            (void)cursor.value().text();
            (void)cursor.value().integer();
            (void)cursor.value().count();
        }
        QVERIFY(n <= 1);
        (void)jsonUnescaped(view);
    }
}

void tst_Json::fields_countAndTakeTheLastOfEqualKeys()
{
    const QByteArray text = " {\"s\": \"a\\u00e4\\ud83d\\ude00\\n\", \"n\": -12, \"d\": 1.5, \"list\": [1, [2, 3], {\"x\": [4]}, \"a,b\"],"
                            " \"o\": {\"p\": 1, \"q\": {}}, \"e\": [ ], \"z\": null, \"s2\": 1, \"s2\": 2, \"\\u006b\": true} ";
    QVERIFY(!validateJson(text));
    const JsonFields f(text, {"s", "n", "d", "list", "o", "e", "z", "s2", "k", "absent"});
    QCOMPARE(f[0].text(), QString::fromUtf8("a\xc3\xa4\xf0\x9f\x98\x80\n"));
    QCOMPARE(f[1].integer(), std::optional<qint64>(-12));
    QCOMPARE(f[2].integer(), std::nullopt);
    QCOMPARE(f[2].number(), std::optional<double>(1.5));
    QCOMPARE(f[3].count(), std::optional<qint64>(4));
    QCOMPARE(f[4].count(), std::optional<qint64>(2));
    QCOMPARE(f[5].count(), std::optional<qint64>(0));
    QCOMPARE(f[6].type, JsonType::Null);
    QCOMPARE(f[6].count(), std::nullopt);
    QCOMPARE(f[7].integer(), std::optional<qint64>(2));
    QCOMPARE(f[8].type, JsonType::True);
    QVERIFY(f[9].isMissing());
    QVERIFY(JsonFields("[\"s\"]", {"s"})[0].isMissing());
}

void tst_Json::parse_refusesDuplicatesOnlyWhenAsked()
{
    const QByteArray text = "{\"a\": {\"x\": 1, \"y\": 2,\n \"\\u0078\": 3}}";
    const auto lax = parseJsonObject(text, "f");
    QVERIFY(lax);
    QCOMPARE(lax->value(QStringLiteral("a")).toObject().value(QStringLiteral("x")).toInt(), 3);
    JsonParseOptions options;
    options.rejectDuplicates = true;
    const auto strict = parseJsonObject(text, "f", options);
    QVERIFY(!strict);
    QCOMPARE(strict.error().code, ErrorCode::JsonInvalid);
    QCOMPARE(strict.error().path, QByteArray("f"));
    QCOMPARE(strict.error().args, (QStringList{QStringLiteral("2"), QStringLiteral("2")}));
    QVERIFY(parseJsonObject("{\"a\": {\"x\": 1}, \"b\": {\"x\": 1}}", {}, options));
}

void tst_Json::parse_wantsAnObject()
{
    QVERIFY(parseJsonObject("{}"));
    for (const char *text : {"[]", "1", "\"a\"", "", "{", "\xef\xbb\xbf{}"}) {
        const auto parsed = parseJsonObject(text, "p");
        QVERIFY2(!parsed, text);
        QCOMPARE(parsed.error().code, ErrorCode::JsonInvalid);
    }
    QVERIFY(parseJson("[1]")->isArray());
}

void tst_Json::python_readsWhatStrictReadersDoNot_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("reads");
    const auto row = [](const QByteArray &text, bool reads) { QTest::newRow(text.left(40).constData()) << text << reads; };
    // As `json.loads` of Python 3.11 says.
    row("[NaN, Infinity, -Infinity]", true);
    row(R"(["\ud800"])", true);
    row(R"(["\udc00"])", true);
    row(R"(["\ud800x"])", true);
    row(R"(["\ud800\n"])", true);
    row(R"(["\ud800\ud800\udc00"])", true);
    row("[-NaN]", false);
    row("[Infinit]", false);
    row("[nan]", false);
    row(R"(["\ud80"])", false);
    row("[" + QByteArray(4300, '9') + "]", true);
    row("[" + QByteArray(4301, '9') + "]", false);
}

void tst_Json::python_readsWhatStrictReadersDoNot()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, reads);
    for (const qsizetype block : {qsizetype(1), text.size()}) {
        JsonInspector inspector;
        for (qsizetype at = 0; at < text.size(); at += block)
            inspector.feed(text.mid(at, block));
        QCOMPARE(inspector.finish(), reads);
        QCOMPARE(reads && inspector.isPythonOnly(), reads && !text.startsWith("[9"));
    }
    QVERIFY(validateJson(text) || text.startsWith("[9"));
}

void tst_Json::inspector_findsKeysThatStandTwice_data()
{
    QTest::addColumn<QByteArray>("text");
    QTest::addColumn<bool>("twice");
    const auto row = [](const QByteArray &text, bool twice) { QTest::newRow(text.constData()) << text << twice; };
    row(R"({"a":1,"a":2})", true);
    row(R"({"a":1,"\u0061":2})", true);
    row(R"({"x":[{"b":{},"c":{"d":1,"d":1}}]})", true);
    row(R"({"a":{"a":{"a":1}},"b":{"a":1}})", false);
    row(R"([{"a":1},{"a":1}])", false);
    row(R"({"a":{"b":1},"c":{"b":1},"b":1})", false);
    row(R"({"":1,"":2})", true);
}

void tst_Json::inspector_findsKeysThatStandTwice()
{
    QFETCH(QByteArray, text);
    QFETCH(bool, twice);
    for (const qsizetype block : {qsizetype(1), text.size()}) {
        JsonInspector inspector;
        for (qsizetype at = 0; at < text.size(); at += block)
            inspector.feed(text.mid(at, block));
        QCOMPARE(inspector.finish(), !twice);
        QCOMPARE(inspector.fault() && inspector.fault()->kind == JsonFaultKind::DuplicateKey, twice);
    }
}

void tst_Json::inspector_showsWantedTextsWhateverTheBlocks()
{
    const QByteArray text = R"({"id":"a\/b","n":1,"x":[{"id":"c","path":["d","e"],"other":"f"}],"id2":{"id":7}})";
    for (const qsizetype block : {qsizetype(1), qsizetype(4), text.size()}) {
        QStringList seen;
        JsonHooks hooks;
        hooks.wanted = {"id", "path"};
        hooks.key = [&seen](int depth, const QString &key) { seen.append(QString::number(depth) + key); };
        hooks.text = [&seen](int depth, QByteArrayView key, const QString &value) {
            seen.append(QString::number(depth) + QString::fromUtf8(key) + u'=' + value);
        };
        JsonInspector inspector(hooks);
        for (qsizetype at = 0; at < text.size(); at += block)
            inspector.feed(text.mid(at, block));
        QVERIFY(inspector.finish());
        QCOMPARE(seen.join(u' '), QStringLiteral("1id 1id=a/b 1n 1x 3id 3id=c 3path 4path=d 4path=e 3other 1id2 2id"));
    }
}

QTEST_GUILESS_MAIN(tst_Json)
#include "tst_json.moc"
