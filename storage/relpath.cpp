// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/relpath.h"

#include "storage/mutant.h"

namespace strongroom::storage {

namespace {

bool isComponent(QByteArrayView name)
{
    if (isMutant(Mutant::DotDotAccepted) && name == "..")
        return true;
    return !name.isEmpty() && name.size() <= RelPath::kMaxName && name != "." && name != ".." && !name.contains('/')
        && !name.contains('\0');
}

}  // namespace

Result<RelPath> RelPath::parse(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return RelPath();
    qsizetype start = 0;
    while (start <= bytes.size()) {
        qsizetype end = bytes.indexOf('/', start);
        if (end < 0)
            end = bytes.size();
        if (!isComponent(bytes.sliced(start, end - start)))
            return fail(ErrorCode::BadPath, bytes.toByteArray());
        start = end + 1;
    }
    return RelPath(bytes.toByteArray());
}

RelPath RelPath::literal(QByteArrayView bytes)
{
    auto path = parse(bytes);
    Q_ASSERT(path);
    return path ? *path : RelPath();
}

QByteArray RelPath::name() const
{
    return m_bytes.mid(m_bytes.lastIndexOf('/') + 1);
}

RelPath RelPath::parent() const
{
    const qsizetype slash = m_bytes.lastIndexOf('/');
    return slash < 0 ? RelPath() : RelPath(m_bytes.left(slash));
}

QList<QByteArray> RelPath::components() const
{
    return m_bytes.isEmpty() ? QList<QByteArray>() : m_bytes.split('/');
}

int RelPath::depth() const
{
    return m_bytes.isEmpty() ? 0 : int(m_bytes.count('/')) + 1;
}

Result<RelPath> RelPath::child(QByteArrayView name) const
{
    if (!isComponent(name))
        return fail(ErrorCode::BadPath, name.toByteArray());
    return childUnchecked(name);
}

RelPath RelPath::childUnchecked(QByteArrayView name) const
{
    QByteArray bytes;
    bytes.reserve(m_bytes.size() + name.size() + 1);
    bytes.append(m_bytes);
    if (!m_bytes.isEmpty())
        bytes.append('/');
    bytes.append(name);
    return RelPath(std::move(bytes));
}

RelPath RelPath::joined(const RelPath &below) const
{
    if (below.isRoot())
        return *this;
    return childUnchecked(below.m_bytes);
}

bool RelPath::isWithin(const RelPath &dir) const
{
    if (dir.isRoot() || *this == dir)
        return true;
    if (isMutant(Mutant::PrefixCompare))
        return m_bytes.startsWith(dir.m_bytes);
    return m_bytes.size() > dir.m_bytes.size() && m_bytes.startsWith(dir.m_bytes) && m_bytes.at(dir.m_bytes.size()) == '/';
}

RelPath RelPath::relativeTo(const RelPath &dir) const
{
    Q_ASSERT(isWithin(dir));
    if (dir.isRoot())
        return *this;
    return RelPath(m_bytes.mid(dir.m_bytes.size() + 1));
}

}  // namespace strongroom::storage
