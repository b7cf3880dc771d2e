// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Writes the pickles that the layouts' trees need, protocol 4 without frames, from nothing but bytes.

#include <QByteArray>
#include <QList>
#include <QtEndian>

#include <bit>
#include <utility>

namespace strongroom::tests::pkl {

inline QByteArray text(const QByteArray &utf8)
{
    return QByteArray("\x8c") + char(utf8.size()) + utf8 + '\x94';
}
inline QByteArray number(double value)
{
    const quint64 bits = qToBigEndian(std::bit_cast<quint64>(value));
    return QByteArray("G") + QByteArray(reinterpret_cast<const char *>(&bits), 8);
}
inline QByteArray dict(const QList<std::pair<QByteArray, QByteArray>> &items)
{
    QByteArray out = "}\x94(";
    for (const auto &[key, value] : items)
        out += key + value;
    return out + 'u';
}
inline QByteArray global(const QByteArray &module, const QByteArray &name)
{
    return text(module) + text(name) + QByteArray("\x93\x94");
}
/// An instance made as copyreg does, with a state.
inline QByteArray object(const QByteArray &module, const QByteArray &name, const QByteArray &state)
{
    return global(module, name) + QByteArray(")\x81\x94") + state + 'b';
}
inline QByteArray whole(const QByteArray &value)
{
    return QByteArray("\x80\x04") + value + '.';
}

/// A saved scene session with `nodes` nodes.
inline QByteArray snapshot(double timestamp, const QByteArray &reason, int nodes)
{
    QList<std::pair<QByteArray, QByteArray>> store;
    for (int i = 0; i < nodes; ++i) {
        const QByteArray uuid = "00000000-0000-4000-8000-" + QByteArray::number(i).rightJustified(12, '0');
        const QByteArray state = "N" + dict({{text("uuid"), text(uuid)}, {text("owner"), text("common")}}) + QByteArray("\x86\x94");
        store.append({text(uuid), object("replication.objects", "Node", state)});
    }
    return whole(dict({{text("timestamp"), number(timestamp)},
                       {text("datetime"), text("2025-01-12T14:32:25.567252")},
                       {text("reason"), text(reason)},
                       {text("initialized"), "\x88"},
                       {text("graph"), object("replication.repository", "GraphObjectStore", dict({{text("store"), dict(store)}}))},
                       {text("metadata"), dict({})}}));
}

/// The docstore beside a vector index, with `documents` documents.
inline QByteArray docstore(int documents)
{
    QList<std::pair<QByteArray, QByteArray>> entries;
    QList<std::pair<QByteArray, QByteArray>> positions;
    for (int i = 0; i < documents; ++i) {
        const QByteArray uuid = text("10000000-0000-4000-8000-" + QByteArray::number(i).rightJustified(12, '0'));
        const QByteArray state = dict({{text("__dict__"), dict({{text("page_content"), text("words")}, {text("type"), text("Document")}})}});
        entries.append({uuid, object("langchain_core.documents.base", "Document", state)});
        positions.append({QByteArray("K") + char(i), uuid});
    }
    return whole(object("langchain_community.docstore.in_memory", "InMemoryDocstore", dict({{text("_dict"), dict(entries)}}))
                 + dict(positions) + QByteArray("\x86"));
}

/// A flat L2 index of zeros.
inline QByteArray vectorIndex(int vectors, int dimension = 4)
{
    QByteArray head(45, '\0');
    memcpy(head.data(), "IxF2", 4);
    qToLittleEndian(qint32(dimension), head.data() + 4);
    qToLittleEndian(qint64(vectors), head.data() + 8);
    qToLittleEndian(qint64(1) << 20, head.data() + 16);
    qToLittleEndian(qint64(1) << 20, head.data() + 24);
    head[32] = 1;
    qToLittleEndian(qint32(1), head.data() + 33);
    qToLittleEndian(quint64(vectors) * quint64(dimension), head.data() + 37);
    return head + QByteArray(qsizetype(vectors) * dimension * 4, '\0');
}

}  // namespace strongroom::tests::pkl
