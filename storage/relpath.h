// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The only type that can be joined to a root. A path from an archive, a drop or a JSON file is hostile
// until parse() has made a RelPath of it.

#include "storage/error.h"

#include <QByteArray>
#include <QByteArrayView>
#include <QHashFunctions>
#include <QList>
#include <QString>

#include <compare>

namespace strongroom::storage {

/// A relative path below some root: no leading '/', no empty, "." or ".." component, no NUL.
/// 8-bit inside (a Unix name is bytes); decoded for display only. The empty path is the root itself.
class RelPath {
public:
    static constexpr int kMaxName = 255;

    RelPath() = default;

    /// Accepts "a/b" only in its one spelling. Errors: BadPath. No length limit but that of a component.
    [[nodiscard]] static Result<RelPath> parse(QByteArrayView bytes);
    /// For literals of our own code. A bad literal is our bug (asserts).
    [[nodiscard]] static RelPath literal(QByteArrayView bytes);

    [[nodiscard]] const QByteArray &bytes() const { return m_bytes; }
    [[nodiscard]] bool isRoot() const { return m_bytes.isEmpty(); }
    [[nodiscard]] QByteArray name() const;            ///< last component; empty for the root
    [[nodiscard]] RelPath parent() const;             ///< of the root: the root
    [[nodiscard]] QList<QByteArray> components() const;
    [[nodiscard]] int depth() const;                  ///< number of components

    [[nodiscard]] Result<RelPath> child(QByteArrayView name) const;  ///< name must be one component
    /// `name` was read from a directory by us, so it is one component. Cheap.
    [[nodiscard]] RelPath childUnchecked(QByteArrayView name) const;
    [[nodiscard]] RelPath joined(const RelPath &below) const;
    /// True if this path is `dir` or below it; component-wise, never by string prefix.
    [[nodiscard]] bool isWithin(const RelPath &dir) const;
    /// This path seen from `dir`. Requires isWithin(dir).
    [[nodiscard]] RelPath relativeTo(const RelPath &dir) const;

    [[nodiscard]] QString display() const { return displayBytes(m_bytes); }

    friend bool operator==(const RelPath &, const RelPath &) = default;
    friend auto operator<=>(const RelPath &a, const RelPath &b) { return a.m_bytes.compare(b.m_bytes) <=> 0; }
    friend size_t qHash(const RelPath &p, size_t seed = 0) { return qHash(p.m_bytes, seed); }

private:
    explicit RelPath(QByteArray bytes) : m_bytes(std::move(bytes)) {}
    QByteArray m_bytes;
};

}  // namespace strongroom::storage
