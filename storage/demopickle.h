// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Writes pickles of protocol 4 for samples: the opcodes Python's own pickler uses, one frame, every object
// memoised. Only writes; nothing in this project ever loads one.

#include <QByteArray>
#include <QHash>
#include <QList>

namespace strongroom::storage::demo {

class PickleWriter {
public:
    PickleWriter &dict();                 ///< opens a dict; closed by end()
    PickleWriter &list();
    PickleWriter &set();
    PickleWriter &end();
    PickleWriter &emptyTuple();
    PickleWriter &tuple2();               ///< of the two values before
    PickleWriter &text(const QByteArray &utf8);
    PickleWriter &bytes(const QByteArray &data);
    PickleWriter &integer(qint64 value);  ///< -2^31 .. 2^31-1
    PickleWriter &real(double value);
    PickleWriter &flag(bool value);
    PickleWriter &null();
    /// A new object of a class; state follows, then build().
    PickleWriter &object(const QByteArray &module, const QByteArray &name);
    PickleWriter &build();
    // The pair of a key and a value in an open dict.
    PickleWriter &text(const QByteArray &key, const QByteArray &utf8) { return text(key).text(utf8); }
    PickleWriter &integer(const QByteArray &key, qint64 value) { return text(key).integer(value); }
    PickleWriter &real(const QByteArray &key, double value) { return text(key).real(value); }
    PickleWriter &flag(const QByteArray &key, bool value) { return text(key).flag(value); }
    PickleWriter &null(const QByteArray &key) { return text(key).null(); }

    /// The whole file: PROTO 4, FRAME, what was written, STOP.
    [[nodiscard]] QByteArray result() const;

private:
    void put(char opcode) { m_out.append(opcode); }
    template<class T> void putNumber(T value);
    void memoise();
    void open(char opcode, char close);
    void fetch(int memo);
    struct Level {
        qsizetype markAt;   // where MARK stands, to leave it out of an empty collection
        char close;
    };
    QByteArray m_out;
    QList<Level> m_levels;
    QHash<QByteArray, int> m_texts;
    QHash<QByteArray, int> m_classes;
    int m_next = 0;
};

}  // namespace strongroom::storage::demo
