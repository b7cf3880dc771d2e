// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backupfolder.h"

#include "storage/atomicfile.h"
#include "storage/fd.h"
#include "storage/item.h"
#include "storage/treeops.h"

#include <QJsonDocument>
#include <QJsonObject>

#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>

namespace strongroom::storage {

namespace {

constexpr qint64 kMaxLog = 32 << 20;
/// Lines that say nothing any more before the file is written anew.
constexpr qint64 kMaxStale = 1'000;

/// What must be equal for a verification to hold: the same file with the same content, as far as its
/// metadata tell. The change time is left out, since a copy's owner or mode may be corrected.
QByteArray keyOf(const FileStamp &stamp)
{
    return QByteArray::number(stamp.device) + ' ' + QByteArray::number(stamp.inode) + ' ' + QByteArray::number(stamp.size) + ' '
        + QByteArray::number(stamp.mtimeNs);
}

QByteArray lineOf(const QByteArray &key, const VerificationLog::Entry &entry)
{
    const QJsonObject object = {{QStringLiteral("file"), QString::fromLatin1(key)},
                                {QStringLiteral("when"), isoUtc(entry.when)},
                                {QStringLiteral("verdict"), verdictWord(entry.verdict)}};
    return QJsonDocument(object).toJson(QJsonDocument::Compact) + '\n';
}

std::optional<Verdict> verdictFromWord(QStringView word)
{
    for (const Verdict verdict : {Verdict::Verified, Verdict::Readable, Verdict::Damaged, Verdict::Hostile}) {
        if (word == verdictWord(verdict))
            return verdict;
    }
    return std::nullopt;
}

}  // namespace

VerificationLog::VerificationLog(QByteArray file) : m_file(std::move(file))
{
    if (m_file.isEmpty())
        return;
    for (const QByteArray &line : readSmallFile(m_file, kMaxLog).split('\n')) {
        if (line.isEmpty())
            continue;
        ++m_lines;
        const QJsonObject object = QJsonDocument::fromJson(line).object();
        const auto verdict = verdictFromWord(object.value(u"verdict").toString());
        const QDateTime when = parseTime(object.value(u"when").toString());
        const QByteArray key = object.value(u"file").toString().toLatin1();
        if (verdict && when.isValid() && !key.isEmpty())
            m_entries.insert(key, {when, *verdict});
    }
}

std::optional<VerificationLog::Entry> VerificationLog::find(const FileStamp &stamp) const
{
    const auto found = m_entries.constFind(keyOf(stamp));
    return found == m_entries.constEnd() ? std::nullopt : std::optional(*found);
}

void VerificationLog::record(const FileStamp &stamp, const Entry &entry)
{
    const QByteArray key = keyOf(stamp);
    m_entries.insert(key, entry);
    if (m_file.isEmpty())
        return;
    const qsizetype slash = m_file.lastIndexOf('/');
    const QByteArray folder = slash > 0 ? m_file.left(slash) : QByteArray(slash == 0 ? "/" : ".");
    makeFolders(folder);
    ++m_lines;
    if (m_lines > m_entries.size() + kMaxStale) {
        QByteArray all;
        for (auto it = m_entries.constBegin(); it != m_entries.constEnd(); ++it)
            all += lineOf(it.key(), it.value());
        const auto directory = openDirectory(folder);
        if (directory && writeFileAtomically(directory->get(), m_file.mid(slash + 1), all, true))
            m_lines = m_entries.size();
        return;
    }
    // One write call for one line: two programs that append do not mix theirs.
    const Fd fd(::open(m_file.constData(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600));
    const QByteArray line = lineOf(key, entry);
    if (fd.isValid())
        static_cast<void>(writeFully(fd.get(), line.constData(), line.size(), m_file));
}

}  // namespace strongroom::storage
