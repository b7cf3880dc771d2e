// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/demopickle.h"

#include <QtEndian>

#include <bit>

namespace strongroom::storage::demo {

template<class T> void PickleWriter::putNumber(T value)
{
    char raw[sizeof(T)];
    qToLittleEndian<T>(value, raw);
    m_out.append(raw, sizeof(T));
}

void PickleWriter::memoise()
{
    put('\x94');
    ++m_next;
}

void PickleWriter::fetch(int memo)
{
    if (memo < 256) {
        put('h');
        putNumber<quint8>(quint8(memo));
    } else {
        put('j');
        putNumber<quint32>(quint32(memo));
    }
}

void PickleWriter::open(char opcode, char close)
{
    put(opcode);
    memoise();
    m_levels.append({m_out.size(), close});
    put('(');
}

PickleWriter &PickleWriter::dict()
{
    open('}', 'u');
    return *this;
}

PickleWriter &PickleWriter::list()
{
    open(']', 'e');
    return *this;
}

PickleWriter &PickleWriter::set()
{
    open('\x8f', '\x90');
    return *this;
}

PickleWriter &PickleWriter::end()
{
    const Level level = m_levels.takeLast();
    if (m_out.size() == level.markAt + 1)
        m_out.chop(1);
    else
        put(level.close);
    return *this;
}

PickleWriter &PickleWriter::emptyTuple()
{
    put(')');
    return *this;
}

PickleWriter &PickleWriter::tuple2()
{
    put('\x86');
    memoise();
    return *this;
}

PickleWriter &PickleWriter::text(const QByteArray &utf8)
{
    if (const auto known = m_texts.constFind(utf8); known != m_texts.constEnd()) {
        fetch(*known);
        return *this;
    }
    if (utf8.size() < 256) {
        put('\x8c');
        putNumber<quint8>(quint8(utf8.size()));
    } else {
        put('X');
        putNumber<quint32>(quint32(utf8.size()));
    }
    m_out.append(utf8);
    m_texts.insert(utf8, m_next);
    memoise();
    return *this;
}

PickleWriter &PickleWriter::bytes(const QByteArray &data)
{
    if (data.size() < 256) {
        put('C');
        putNumber<quint8>(quint8(data.size()));
    } else {
        put('B');
        putNumber<quint32>(quint32(data.size()));
    }
    m_out.append(data);
    memoise();
    return *this;
}

PickleWriter &PickleWriter::integer(qint64 value)
{
    if (value >= 0 && value < 256) {
        put('K');
        putNumber<quint8>(quint8(value));
    } else if (value >= 0 && value < 65536) {
        put('M');
        putNumber<quint16>(quint16(value));
    } else {
        put('J');
        putNumber<qint32>(qint32(value));
    }
    return *this;
}

PickleWriter &PickleWriter::real(double value)
{
    put('G');
    char raw[8];
    qToBigEndian<quint64>(std::bit_cast<quint64>(value), raw);
    m_out.append(raw, 8);
    return *this;
}

PickleWriter &PickleWriter::flag(bool value)
{
    put(value ? '\x88' : '\x89');
    return *this;
}

PickleWriter &PickleWriter::null()
{
    put('N');
    return *this;
}

PickleWriter &PickleWriter::object(const QByteArray &module, const QByteArray &name)
{
    const QByteArray whole = module + '.' + name;
    if (const auto known = m_classes.constFind(whole); known != m_classes.constEnd()) {
        fetch(*known);
    } else {
        text(module).text(name);
        put('\x93');
        m_classes.insert(whole, m_next);
        memoise();
    }
    emptyTuple();
    put('\x81');
    memoise();
    return *this;
}

PickleWriter &PickleWriter::build()
{
    put('b');
    return *this;
}

QByteArray PickleWriter::result() const
{
    QByteArray whole("\x80\x04\x95", 3);
    char size[8];
    qToLittleEndian<quint64>(quint64(m_out.size()) + 1, size);
    whole.append(size, 8);
    return whole + m_out + '.';
}

}  // namespace strongroom::storage::demo
