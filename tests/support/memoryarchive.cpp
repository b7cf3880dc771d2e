// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/memoryarchive.h"

#include <sys/mman.h>
#include <unistd.h>

using namespace strongroom::storage;

namespace strongroom::tests {

MemoryArchive::MemoryArchive() : m_fd(::memfd_create("archive", MFD_CLOEXEC))
{
    if (!m_fd.isValid())
        qFatal("no file in memory");
}

ArchiveFile MemoryArchive::hold(QByteArrayView bytes)
{
    if (::ftruncate(m_fd.get(), 0) != 0 || ::pwrite(m_fd.get(), bytes.data(), size_t(bytes.size()), 0) != bytes.size())
        qFatal("no room in memory");
    auto archive = ArchiveFile::open("/proc/self/fd/" + QByteArray::number(m_fd.get()));
    if (!archive)
        qFatal("cannot open a file in memory: %s", qPrintable(codeWord(archive.error().code)));
    return *std::move(archive);
}

Result<void> RecordingSink::begin(const Member &member)
{
    outOfStep = outOfStep || m_open;
    m_open = true;
    m_begun = member;
    contents.append(QByteArray());
    return {};
}

Result<void> RecordingSink::data(QByteArrayView bytes)
{
    outOfStep = outOfStep || !m_open || bytes.isEmpty();
    contents.last().append(bytes);
    return {};
}

Result<void> RecordingSink::end(const Member &member)
{
    outOfStep = outOfStep || !m_open || m_begun.path != member.path || m_begun.size != member.size || m_begun.type != member.type;
    m_open = false;
    members.append(member);
    return {};
}

QByteArray lineOf(const Member &member)
{
    QByteArray line = memberTypeWord(member.type).toLatin1() + ' ' + displayBytes(member.path.bytes()).toUtf8();
    for (const qint64 number : {member.size, qint64(member.mode), qint64(member.uid), qint64(member.gid), member.mtimeNs})
        line += ' ' + QByteArray::number(number);
    if (!member.link.isEmpty())
        line += " -> " + displayBytes(member.link).toUtf8();
    return member.sha256 ? line + ' ' + toHex(*member.sha256) : line;
}

QByteArray textOf(const Judgement &judgement)
{
    QByteArray text = verdictWord(judgement.verdict).toLatin1() + ' ' + judgement.archiveSha256Hex + ' '
        + QByteArray::number(judgement.bytes) + ' ' + judgement.topFolder + '\n';
    for (const Problem &problem : judgement.problems)
        text += codeWord(problem.code).toLatin1() + ": " + problem.message.toUtf8() + " (" + problem.member + ")\n";
    for (const Member &member : judgement.members)
        text += lineOf(member) + '\n';
    return text + judgement.outwardLinks.join('\n');
}

}  // namespace strongroom::tests
