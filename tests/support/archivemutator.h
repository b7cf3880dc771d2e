// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Damages healthy archives the way chance and malice do: flips, cuts, splices, edited headers with their
// checksums made right again. The same seed gives the same mutants. What a mutant is worth is for the caller
// to say; some of them are healthy archives still.

#include <QByteArray>
#include <QList>
#include <QRandomGenerator>

namespace strongroom::tests {

/// A mutant and, for whoever has to understand it, what was done: "swap blocks, repair, gzip in 3 members".
struct Mutant {
    QByteArray bytes;
    QByteArray how;
};

/// Chooses among few things, by one generator.
class Chance {
public:
    explicit Chance(quint32 seed) : m_random(seed) {}
    /// 0 .. below-1; 0 when below <= 1.
    [[nodiscard]] qsizetype below(qsizetype below) { return below > 1 ? qsizetype(m_random.bounded(quint32(below))) : 0; }
    [[nodiscard]] bool oneIn(int n) { return below(n) == 0; }
    template<class T> const T &of(const QList<T> &list) { return list.at(below(list.size())); }
    [[nodiscard]] quint32 number() { return m_random.generate(); }

private:
    QRandomGenerator m_random;
};

/// One to three changes to a plain tar; `others` are what it may be spliced with. Checksums of headers are
/// repaired most of the time, or hardly a change would get past them.
[[nodiscard]] Mutant mutateTar(const QByteArray &tar, const QList<QByteArray> &others, Chance &chance);
/// Packs `bytes` into gzip members in one of many legal and illegal ways.
[[nodiscard]] Mutant mutateGzip(const QByteArray &bytes, Chance &chance);
/// One to three changes to a zip: fields of either directory, extra fields, data, order, end record.
[[nodiscard]] Mutant mutateZip(const QByteArray &zip, const QList<QByteArray> &others, Chance &chance);
/// Flips, cuts and splices of bytes that are not understood.
[[nodiscard]] Mutant mutateBytes(const QByteArray &bytes, const QList<QByteArray> &others, Chance &chance);

/// Gives every header block that a reader would come to its right checksum, and every other block that
/// looks like one.
void repairTarChecksums(QByteArray &tar);
/// Gives entries that are stored their right CRC in both directories, and the end record its right position.
/// Leaves alone what is no zip at all.
void repairZip(QByteArray &zip);

}  // namespace strongroom::tests
