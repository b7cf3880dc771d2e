// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the tests of the tar readers share: a sink that keeps everything, and short ways to it.

#include "storage/archive/hasher.h"
#include "storage/archive/inspect.h"
#include "tests/support/archivebuilder.h"

#include <QHash>
#include <QStandardPaths>

#include <algorithm>
#include <functional>

namespace strongroom::tests {

/// What came out, one line a member in byte order of the paths.
class Recorder final : public storage::MemberSink {
public:
    storage::Result<void> begin(const storage::Member &member) override
    {
        m_content.clear();
        if (onBegin)
            onBegin(member);
        return {};
    }
    storage::Result<void> data(QByteArrayView bytes) override
    {
        largest = std::max(largest, bytes.size());
        m_content.append(bytes);
        return {};
    }
    storage::Result<void> end(const storage::Member &member) override
    {
        members.append(member);
        contents.insert(member.path.bytes(), m_content);
        return {};
    }
    QList<QByteArray> lines() const
    {
        QList<QByteArray> lines;
        for (const storage::Member &m : members) {
            const QByteArray hash = m.sha256 ? storage::toHex(*m.sha256) : QByteArray("-");
            lines.append(m.path.bytes() + ' ' + storage::memberTypeWord(m.type).toLatin1() + ' ' + QByteArray::number(m.size) + ' '
                         + QByteArray::number(m.mode, 8) + ' ' + m.link + ' ' + hash);
        }
        std::sort(lines.begin(), lines.end());
        return lines;
    }

    QList<storage::Member> members;
    QHash<QByteArray, QByteArray> contents;
    std::function<void(const storage::Member &)> onBegin;
    qsizetype largest = 0;

private:
    QByteArray m_content;
};

inline storage::Result<void> read(const QByteArray &path, Recorder &recorder, const storage::Limits &limits = storage::Limits::production())
{
    storage::Monitor monitor;
    auto archive = storage::ArchiveFile::open(path);
    if (!archive)
        return std::unexpected(archive.error());
    return storage::readMembers(*archive, limits, recorder, monitor);
}

inline bool have(const char *program)
{
    return !QStandardPaths::findExecutable(QLatin1String(program)).isEmpty();
}

/// A folder and two small files, without an end.
inline TarBuilder healthy()
{
    return TarBuilder().dir("data/").file("data/a", "hello").file("data/b", QByteArray(700, 'b'));
}

}  // namespace strongroom::tests
