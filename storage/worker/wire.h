// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Values as bytes between this process and its worker. Not a file format: both ends are one program. What
// comes out of a worker is as hostile as the archive it read, so a reader never trusts a length: it takes
// what is there, within the cap that the caller names, or fails once and for all.

#include "storage/archive/inspect.h"
#include "storage/archive/limits.h"
#include "storage/archive/manifest.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QString>

#include <cstring>

namespace strongroom::storage {

/// Longest text that is taken from a worker, bytes of UTF-8.
inline constexpr qsizetype kMaxWireText = 256 * 1024;

class WireWriter {
public:
    void u8(quint8 value) { append(&value, sizeof value); }
    void u32(quint32 value) { append(&value, sizeof value); }
    void i64(qint64 value) { append(&value, sizeof value); }
    void bytes(QByteArrayView value);
    /// As UTF-8, cut after kMaxWireText bytes.
    void text(const QString &value);
    void texts(const QStringList &values);

    [[nodiscard]] const QByteArray &buffer() const { return m_buffer; }
    void clear() { m_buffer.resize(0); }

private:
    void append(const void *data, qsizetype size) { m_buffer.append(static_cast<const char *>(data), size); }

    QByteArray m_buffer;
};

/// After the first thing that does not fit everything reads as zero or empty, and isGood() says so.
class WireReader {
public:
    explicit WireReader(QByteArrayView bytes) : m_rest(bytes) {}

    [[nodiscard]] quint8 u8() { return number<quint8>(); }
    [[nodiscard]] quint32 u32() { return number<quint32>(); }
    [[nodiscard]] qint64 i64() { return number<qint64>(); }
    /// A byte that is one of the values 0..`last` of an enumeration.
    template<class E> [[nodiscard]] E oneOf(E last)
    {
        const quint8 value = u8();
        if (value > quint8(last))
            spoil();
        return isGood() ? E(value) : E();
    }
    [[nodiscard]] QByteArray bytes(qsizetype max) { return view(max).toByteArray(); }
    /// The same where it lies.
    [[nodiscard]] QByteArrayView view(qsizetype max);
    [[nodiscard]] QString text();
    [[nodiscard]] QStringList texts(quint32 maxCount);
    /// Fit for a screen whatever was sent: controls and bytes that are no UTF-8 are escaped.
    [[nodiscard]] QString shownText();

    [[nodiscard]] bool isGood() const { return m_good; }
    [[nodiscard]] bool atEnd() const { return m_rest.isEmpty(); }
    void spoil()
    {
        m_good = false;
        m_rest = {};
    }

private:
    template<class T> T number()
    {
        T value = 0;
        if (m_rest.size() < qsizetype(sizeof value)) {
            spoil();
            return value;
        }
        memcpy(&value, m_rest.data(), sizeof value);
        m_rest = m_rest.sliced(sizeof value);
        return value;
    }

    QByteArrayView m_rest;
    bool m_good = true;
};

/// With its hash when it has one.
void put(WireWriter &out, const Member &member);
/// `maxPath` caps path and link. The path is a RelPath or the reader is spoiled.
[[nodiscard]] Member takeMember(WireReader &in, int maxPath);

/// With its causes, outermost first.
void put(WireWriter &out, const Error &error);
[[nodiscard]] Error takeError(WireReader &in);

void put(WireWriter &out, const Problem &problem);
[[nodiscard]] Problem takeProblem(WireReader &in);

/// All but entries and what is left out, which have no bound of their own.
void put(WireWriter &out, const Manifest &manifest);
[[nodiscard]] Manifest takeManifest(WireReader &in);

void put(WireWriter &out, const Limits &limits);
[[nodiscard]] Limits takeLimits(WireReader &in);

}  // namespace strongroom::storage
