// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/pickle.h"

#include "storage/formats/picklemachine.h"
#include "storage/formats/pickleopcodes.h"
#include "storage/formats/picklesource.h"

#include <QtEndian>

#include <algorithm>
#include <bit>
#include <memory>

namespace strongroom::storage {

namespace {

using Kind = PickleMachine::Kind;

constexpr qsizetype kMaxForbidden = 64;
constexpr qsizetype kMaxTopKeys = 64;

class Walk {
public:
    Walk(PickleSource &source, const PickleOptions &options, PickleReport &report)
        : m_source(source), m_options(options), m_report(report) {}
    void run();

private:
    using Fetch = PickleSource::Fetch;
    Fetch fetchArgument(const PickleOpcode &opcode);
    bool apply(const PickleOpcode &opcode);
    bool applyScalar(const PickleOpcode &opcode);
    bool applyContainer(const PickleOpcode &opcode);
    bool applyMemo(const PickleOpcode &opcode);
    bool applyObject(const PickleOpcode &opcode);
    bool applyForeign(const PickleOpcode &opcode);
    bool beginFrame();
    bool textNumber(bool isInteger);
    bool lineText(bool quoted);
    bool replaceMark(Kind kind);
    bool setItem();
    bool setItems(bool makesDict);
    bool global(const QByteArray &name);
    bool stackGlobal();
    bool newObject(int arguments);
    bool reduce();
    bool build();
    bool object();
    [[nodiscard]] QByteArray twoLineName() const;
    void forbid(const QByteArray &what);
    void needCallable(const QByteArray &name, const char *opcode);
    void noteTopItem(const std::optional<QByteArray> &key, const PickleMachine::Value *value);
    void noteUnfinished();
    void finish(PickleEnd end, qint64 offset);

    PickleSource &m_source;
    const PickleOptions &m_options;
    PickleReport &m_report;
    PickleMachine m_machine;
    qint64 m_start = 0;         // of the current opcode
    qint64 m_frameEnd = 0;
    quint64 m_number = 0;       // fixed argument
    QByteArray m_text;          // counted or line argument, cut
    QByteArray m_text2;         // second line
    bool m_textWhole = true;
    bool m_explicitProtocol = false;
};

void Walk::finish(PickleEnd end, qint64 offset)
{
    m_report.end = end;
    m_report.endOffset = offset;
    if (end != PickleEnd::Complete) {
        noteUnfinished();
        return;
    }
    m_report.trailingBytes = m_source.remaining();
    switch (m_machine.bottom().kind) {
    case Kind::Dict: m_report.top = PickleTop::Dict; break;
    case Kind::List: m_report.top = PickleTop::List; break;
    case Kind::Tuple: m_report.top = PickleTop::Tuple; break;
    case Kind::Object: m_report.top = PickleTop::Object; break;
    default: m_report.top = PickleTop::Other; break;
    }
}

void Walk::run()
{
    for (;;) {
        m_start = m_source.offset();
        if (m_start >= m_options.maxBytes)
            return finish(PickleEnd::Unfinished, m_start);
        uchar code = 0;
        if (!m_source.byte(code))
            return finish(PickleEnd::Truncated, m_start);
        const PickleOpcode &opcode = pickleOpcodes()[code];
        if (opcode.effect == PickleEffect::Unknown)
            return finish(PickleEnd::Invalid, m_start);
        const Fetch fetched = fetchArgument(opcode);
        if (fetched != Fetch::Ok)
            return finish(fetched == Fetch::Short ? PickleEnd::Truncated : PickleEnd::Invalid, m_start);
        // A pickler closes a frame between two opcodes, never inside one.
        if (m_start < m_frameEnd && m_source.offset() > m_frameEnd)
            return finish(PickleEnd::Invalid, m_start);
        ++m_report.opcodes;
        if (!m_explicitProtocol)
            m_report.protocol = std::max(m_report.protocol, std::min<int>(opcode.protocol, 1));
        if (opcode.effect == PickleEffect::Stop) {
            const bool oneValue = m_machine.size() == 1 && m_machine.hasValue()
                && (m_machine.bottom().kind != Kind::Opaque || m_machine.bottom().integer == 1);
            return oneValue ? finish(PickleEnd::Complete, m_source.offset()) : finish(PickleEnd::Invalid, m_start);
        }
        if (!apply(opcode))
            return finish(m_machine.tooComplex() ? PickleEnd::TooComplex : PickleEnd::Invalid, m_start);
    }
}

Walk::Fetch Walk::fetchArgument(const PickleOpcode &opcode)
{
    m_number = 0;
    int width = 0;
    switch (opcode.arg) {
    case PickleArg::None: return Fetch::Ok;
    case PickleArg::Fixed1: width = 1; break;
    case PickleArg::Fixed2: width = 2; break;
    case PickleArg::Fixed4: width = 4; break;
    case PickleArg::Fixed8: width = 8; break;
    case PickleArg::Counted1: return m_source.counted(1, false, m_text, PickleMachine::kMaxText, m_textWhole);
    case PickleArg::Counted4: return m_source.counted(4, false, m_text, PickleMachine::kMaxText, m_textWhole);
    case PickleArg::Counted4Signed: return m_source.counted(4, true, m_text, PickleMachine::kMaxText, m_textWhole);
    case PickleArg::Counted8: return m_source.counted(8, false, m_text, PickleMachine::kMaxText, m_textWhole);
    case PickleArg::Line: return m_source.line(m_text, m_textWhole) ? Fetch::Ok : Fetch::Short;
    case PickleArg::TwoLines: {
        bool firstWhole = true;
        if (!m_source.line(m_text, firstWhole) || !m_source.line(m_text2, m_textWhole))
            return Fetch::Short;
        m_textWhole = m_textWhole && firstWhole;
        return Fetch::Ok;
    }
    }
    return m_source.fixed(width, m_number) ? Fetch::Ok : Fetch::Short;
}

bool Walk::beginFrame()
{
    constexpr quint64 kAbsurd = quint64(1) << 62;
    if (m_number >= kAbsurd || m_start < m_frameEnd)
        return false;
    m_report.frameOverrun = qint64(m_number) > m_source.remaining();
    m_frameEnd = m_source.offset() + qint64(m_number);
    return true;
}

bool Walk::apply(const PickleOpcode &opcode)
{
    switch (opcode.effect) {
    case PickleEffect::Protocol:
        if (m_number > 5)
            return false;
        m_report.protocol = m_explicitProtocol ? std::max(m_report.protocol, int(m_number)) : int(m_number);
        m_explicitProtocol = true;
        return true;
    case PickleEffect::Frame: return beginFrame();
    case PickleEffect::Mark: return m_machine.push(Kind::Mark);
    case PickleEffect::Pop: return m_machine.pop();
    case PickleEffect::PopMark: return m_machine.takeToMark().has_value();
    case PickleEffect::Duplicate: return m_machine.duplicate();
    case PickleEffect::Put: case PickleEffect::Get: case PickleEffect::PutText: case PickleEffect::GetText:
    case PickleEffect::Memoize:
        return applyMemo(opcode);
    case PickleEffect::Global: case PickleEffect::StackGlobal: case PickleEffect::Inst: case PickleEffect::Obj:
    case PickleEffect::NewObj: case PickleEffect::NewObjEx: case PickleEffect::Reduce: case PickleEffect::Build:
        return applyObject(opcode);
    case PickleEffect::Extension: case PickleEffect::PersistentText: case PickleEffect::PersistentStack:
    case PickleEffect::NextBuffer: case PickleEffect::ReadonlyBuffer:
        return applyForeign(opcode);
    case PickleEffect::Opaque: case PickleEffect::Text: case PickleEffect::Integer: case PickleEffect::LongInteger:
    case PickleEffect::Float: case PickleEffect::TextInteger: case PickleEffect::TextFloat: case PickleEffect::LineText:
    case PickleEffect::QuotedText: case PickleEffect::NoneValue: case PickleEffect::TrueValue: case PickleEffect::FalseValue:
        return applyScalar(opcode);
    default:
        return applyContainer(opcode);
    }
}

bool Walk::applyScalar(const PickleOpcode &opcode)
{
    switch (opcode.effect) {
    case PickleEffect::Text:
        return m_textWhole ? m_machine.pushText(m_text) : m_machine.push(Kind::Opaque);
    case PickleEffect::Integer:
        return m_machine.pushInteger(opcode.arg == PickleArg::Fixed4 ? qint64(qint32(m_number)) : qint64(m_number));
    case PickleEffect::LongInteger: {
        if (!m_textWhole || m_text.size() > 8)
            return m_machine.push(Kind::Opaque);
        quint64 value = !m_text.isEmpty() && (m_text.back() & 0x80) ? ~quint64(0) : 0;
        for (qsizetype i = m_text.size(); i > 0; --i)
            value = (value << 8) | uchar(m_text.at(i - 1));
        return m_machine.pushInteger(qint64(value));
    }
    case PickleEffect::Float:
        return m_machine.pushFloat(std::bit_cast<double>(qbswap(m_number)));  // the one big-endian number
    case PickleEffect::TextInteger: case PickleEffect::TextFloat: return textNumber(opcode.effect == PickleEffect::TextInteger);
    case PickleEffect::LineText: return lineText(false);
    case PickleEffect::QuotedText: return lineText(true);
    case PickleEffect::NoneValue: return m_machine.push(Kind::None);
    case PickleEffect::TrueValue: return m_machine.push(Kind::True);
    case PickleEffect::FalseValue: return m_machine.push(Kind::False);
    default: return m_machine.push(Kind::Opaque);
    }
}

bool Walk::textNumber(bool isInteger)
{
    if (!m_textWhole)
        return m_machine.push(Kind::Opaque);
    if (m_text == "00" || m_text == "01")
        return m_machine.push(m_text == "01" ? Kind::True : Kind::False);
    if (m_text.endsWith('L'))
        m_text.chop(1);
    bool ok = false;
    const qint64 integer = m_text.toLongLong(&ok);
    if (ok)
        return m_machine.pushInteger(integer);
    const double number = m_text.toDouble(&ok);
    return ok && (isInteger ? m_machine.push(Kind::Opaque) : m_machine.pushFloat(number));
}

bool Walk::lineText(bool quoted)
{
    QByteArrayView text = m_text;
    if (quoted) {
        const char quote = text.isEmpty() ? '\0' : text.front();
        if ((quote != '\'' && quote != '"') || (m_textWhole && (text.size() < 2 || text.back() != quote)))
            return false;
        text = m_textWhole ? text.sliced(1, text.size() - 2) : text;
    }
    // Escapes and Latin-1 are not worth decoding here: nothing that we ask for is written with them.
    const bool plain = std::all_of(text.begin(), text.end(), [](char c) { return c != '\\' && uchar(c) < 0x80; });
    return m_textWhole && plain ? m_machine.pushText(text) : m_machine.push(Kind::Opaque);
}

bool Walk::replaceMark(Kind kind)
{
    return m_machine.takeToMark() && m_machine.pushContainer(kind);
}

bool Walk::applyContainer(const PickleOpcode &opcode)
{
    switch (opcode.effect) {
    case PickleEffect::EmptyDict: return m_machine.pushContainer(Kind::Dict);
    case PickleEffect::EmptyList: return m_machine.pushContainer(Kind::List);
    case PickleEffect::EmptyTuple: return m_machine.pushContainer(Kind::Tuple);
    case PickleEffect::EmptySet: return m_machine.push(Kind::Opaque);
    case PickleEffect::Append: return m_machine.take() && m_machine.hasValue();
    case PickleEffect::Appends: case PickleEffect::AddItems: return m_machine.takeToMark() && m_machine.hasValue();
    case PickleEffect::SetItem: return setItem();
    case PickleEffect::SetItems: return setItems(false);
    case PickleEffect::DictFromMark: return setItems(true);
    case PickleEffect::ListFromMark: return replaceMark(Kind::List);
    case PickleEffect::TupleFromMark: return replaceMark(Kind::Tuple);
    case PickleEffect::FrozenSetFromMark: return m_machine.takeToMark() && m_machine.push(Kind::Opaque);
    case PickleEffect::Tuple1: return m_machine.take() && m_machine.pushContainer(Kind::Tuple);
    case PickleEffect::Tuple2: return m_machine.take() && m_machine.take() && m_machine.pushContainer(Kind::Tuple);
    case PickleEffect::Tuple3:
        return m_machine.take() && m_machine.take() && m_machine.take() && m_machine.pushContainer(Kind::Tuple);
    default: return false;
    }
}

bool Walk::applyMemo(const PickleOpcode &opcode)
{
    if (opcode.effect == PickleEffect::Memoize)
        return m_machine.memoize();
    quint64 index = m_number;
    if (opcode.arg == PickleArg::Line) {
        bool ok = false;
        index = m_text.toULongLong(&ok);
        if (!ok || !m_textWhole)
            return false;
    }
    if (opcode.effect == PickleEffect::Get || opcode.effect == PickleEffect::GetText)
        return m_machine.get(index);
    return m_machine.put(index);
}

// -- the outermost dictionary --------------------------------------------------------------------

void Walk::noteTopItem(const std::optional<QByteArray> &key, const PickleMachine::Value *value)
{
    if (!key)
        return;
    if (m_report.topKeys.size() < kMaxTopKeys && !m_report.topKeys.contains(*key))
        m_report.topKeys.append(*key);
    if (!m_options.wantedKeys.contains(*key))
        return;
    m_report.values.remove(*key);
    if (!value)
        return;
    switch (value->kind) {
    case Kind::None: m_report.values.insert(*key, std::monostate()); break;
    case Kind::True: m_report.values.insert(*key, true); break;
    case Kind::False: m_report.values.insert(*key, false); break;
    case Kind::Integer: m_report.values.insert(*key, value->integer); break;
    case Kind::Float: m_report.values.insert(*key, value->number); break;
    case Kind::Text: m_report.values.insert(*key, *m_machine.textOf(*value)); break;
    default: break;
    }
}

void Walk::noteUnfinished()
{
    // Items wait on the stack until their batch is closed: what came before the break can still be told. Not
    // the topmost value, an opcode to come may have made something else of it.
    const auto &stack = m_machine.stack();
    if (stack.size() < 4 || stack[0].kind != Kind::Dict || stack[1].kind != Kind::Mark)
        return;
    for (size_t i = 2; i + 2 < stack.size(); i += 2) {
        const bool plain = stack[i].kind == Kind::Text && stack[i + 1].kind != Kind::Opaque && stack[i + 1].kind != Kind::Mark;
        if (!plain)
            return;
        noteTopItem(m_machine.textOf(stack[i]), &stack[i + 1]);
    }
}

bool Walk::setItem()
{
    const auto &stack = m_machine.stack();
    if (stack.size() == 3 && stack[0].kind == Kind::Dict && stack[1].kind != Kind::Mark && stack[2].kind != Kind::Mark)
        noteTopItem(m_machine.textOf(stack[1]), &stack[2]);
    return m_machine.take() && m_machine.take() && m_machine.hasValue();
}

bool Walk::setItems(bool makesDict)
{
    const std::optional<size_t> mark = m_machine.topMark();
    if (!mark)
        return false;
    const auto &stack = m_machine.stack();
    const bool outermost = makesDict ? *mark == 0 : *mark == 1 && stack[0].kind == Kind::Dict;
    if (outermost) {
        bool isKey = true;
        std::optional<QByteArray> key;
        for (size_t i = *mark + 1; i < stack.size(); ++i) {
            const PickleMachine::Value &value = stack[i];
            if (!isKey)
                noteTopItem(key, &value);
            key = isKey ? m_machine.textOf(value) : std::nullopt;
            // A run of n values leaves the turn where it was when n is even.
            const bool odd = value.kind != Kind::Opaque || value.integer % 2 == 1;
            if (value.kind == Kind::Opaque)
                key.reset();
            isKey = odd ? !isKey : isKey;
        }
    }
    const std::optional<qint64> count = m_machine.takeToMark();
    if (!count || *count % 2 != 0)
        return false;
    return makesDict ? m_machine.pushContainer(Kind::Dict) : m_machine.hasValue();
}

// -- what would import and call ------------------------------------------------------------------

void Walk::forbid(const QByteArray &what)
{
    if (m_report.forbiddenOffset < 0)
        m_report.forbiddenOffset = m_start;
    if (m_report.forbidden.size() < kMaxForbidden && !m_report.forbidden.contains(what))
        m_report.forbidden.append(what);
}

void Walk::needCallable(const QByteArray &name, const char *opcode)
{
    if (name.isEmpty())
        forbid(QByteArray(opcode) + " ?");
    else if (!m_options.policy.callables.contains(name))
        forbid(m_options.policy.classes.contains(name) ? QByteArray(opcode) + ' ' + name : name);
}

bool Walk::global(const QByteArray &name)
{
    const QByteArray shown = name.isEmpty() ? QByteArrayLiteral("?") : name;
    const qsizetype known = m_machine.globalCount();
    if (!m_machine.pushGlobal(shown))
        return false;
    if (m_machine.globalCount() == known)
        return true;
    m_report.globals.append(shown);
    if (!m_options.policy.classes.contains(name) && !m_options.policy.callables.contains(name))
        forbid(shown);
    return true;
}

QByteArray Walk::twoLineName() const
{
    return m_textWhole ? m_text + '.' + m_text2 : QByteArray();
}

bool Walk::stackGlobal()
{
    const std::optional<QByteArray> name = m_machine.topText();
    if (!m_machine.take())
        return false;
    const std::optional<QByteArray> module = m_machine.topText();
    if (!m_machine.take())
        return false;
    return global(module && name ? *module + '.' + *name : QByteArray());
}

bool Walk::newObject(int arguments)
{
    for (int i = 0; i < arguments; ++i) {
        if (!m_machine.take())
            return false;
    }
    const std::optional<PickleMachine::Value> type = m_machine.take();
    if (!type)
        return false;
    const QByteArray name = m_machine.globalName(*type);
    if (name.isEmpty())
        forbid("NEWOBJ ?");
    else
        ++m_report.instances[name];
    return m_machine.pushContainer(Kind::Object);
}

bool Walk::reduce()
{
    if (!m_machine.take())
        return false;
    const std::optional<PickleMachine::Value> callable = m_machine.take();
    if (!callable)
        return false;
    needCallable(m_machine.globalName(*callable), "REDUCE");
    return m_machine.pushContainer(Kind::Object);
}

bool Walk::build()
{
    if (!m_machine.take() || !m_machine.hasValue())
        return false;
    // State given to a class or function itself would change what later opcodes do.
    const QByteArray name = m_machine.globalName(m_machine.stack().back());
    if (!name.isEmpty())
        forbid("BUILD " + name);
    return true;
}

bool Walk::object()
{
    const std::optional<size_t> mark = m_machine.topMark();
    if (!mark || *mark + 1 >= m_machine.size())
        return false;
    needCallable(m_machine.globalName(m_machine.stack()[*mark + 1]), "OBJ");
    return m_machine.takeToMark() && m_machine.pushContainer(Kind::Object);
}

bool Walk::applyObject(const PickleOpcode &opcode)
{
    switch (opcode.effect) {
    case PickleEffect::Global: return global(twoLineName());
    case PickleEffect::StackGlobal: return stackGlobal();
    case PickleEffect::Inst:
        if (!global(twoLineName()) || !m_machine.take())
            return false;
        needCallable(twoLineName(), "INST");
        return replaceMark(Kind::Object);
    case PickleEffect::Obj: return object();
    case PickleEffect::NewObj: return newObject(1);
    case PickleEffect::NewObjEx: return newObject(2);
    case PickleEffect::Reduce: return reduce();
    case PickleEffect::Build: return build();
    default: return false;
    }
}

bool Walk::applyForeign(const PickleOpcode &opcode)
{
    // What these stand for is decided outside of the file: by a registry, a callback, a buffer list.
    if (opcode.effect != PickleEffect::ReadonlyBuffer)
        forbid(opcode.name);
    switch (opcode.effect) {
    case PickleEffect::PersistentStack: return m_machine.take() && m_machine.pushContainer(Kind::Object);
    case PickleEffect::ReadonlyBuffer: return m_machine.hasValue();
    default: return m_machine.pushContainer(Kind::Object);
    }
}

}  // namespace

Result<PickleReport> walkPickle(TreeFile &file, const RelPath &path, const PickleOptions &options, Monitor &monitor)
{
    PickleReport report;
    PickleSource source(file, monitor);
    Walk(source, options, report).run();
    if (source.error()) {
        Error error = *source.error();
        if (error.path.isEmpty())
            error.path = path.bytes();
        return std::unexpected(std::move(error));
    }
    report.bytes = source.size();
    return report;
}

Result<PickleReport> walkPickle(const Tree &tree, const RelPath &path, const PickleOptions &options, Monitor &monitor)
{
    STRONGROOM_TRY(const std::unique_ptr<TreeFile> file, tree.open(path));
    return walkPickle(*file, path, options, monitor);
}

}  // namespace strongroom::storage
