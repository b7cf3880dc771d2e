// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/fuzz/archivepromises.h"

#include "storage/archive/archivetree.h"
#include "storage/archive/hasher.h"
#include "storage/archive/tarformat.h"
#include "tests/fuzz/fuzztarget.h"

#include <QSet>

#include <algorithm>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace strongroom::fuzz {

namespace {

bool isOurs(const Member &member)
{
    return member.path.isWithin(RelPath::literal(kManifestFolder));
}

QList<QByteArray> linesOf(const QList<Member> &members)
{
    QList<QByteArray> lines;
    for (const Member &member : members)
        lines.append(lineOf(member));
    return lines;
}

void requirePossibleTree(const QList<Member> &members, const Limits &limits)
{
    require(members.size() <= limits.maxEntries, "no more members than the limit");
    QHash<QByteArray, MemberType> kinds;
    qint64 bytes = 0;
    for (const Member &member : members) {
        const QByteArray &path = member.path.bytes();
        bytes += member.size;
        require(member.size >= 0 && (member.size == 0 || member.type == MemberType::File), "only files have a size");
        require(member.mode <= 07777, "a mode is permission bits");
        require(path.size() <= limits.maxPath && member.path.depth() <= limits.maxDepth, "paths within the limits");
        require(path.isEmpty() ? member.type == MemberType::Directory : bool(RelPath::parse(path)), "every path is a RelPath");
        require(path.isEmpty() || !kinds.contains(path)
                    || (kinds.value(path) == MemberType::Directory && member.type == MemberType::Directory),
                "no path twice");
        for (RelPath parent = member.path.parent(); !parent.isRoot(); parent = parent.parent())
            require(kinds.value(parent.bytes(), MemberType::Directory) == MemberType::Directory, "nothing below a file or link");
        if (member.type == MemberType::Hardlink) {
            const auto target = kinds.constFind(member.link);
            require(target != kinds.constEnd() && (*target == MemberType::File || *target == MemberType::Hardlink),
                    "a hard link names an earlier file");
        }
        if (member.type == MemberType::Symlink)
            require(!member.link.isEmpty() && !member.link.contains('\0'), "a link has a target");
        for (RelPath parent = member.path.parent(); !parent.isRoot(); parent = parent.parent())
            kinds.insert(parent.bytes(), MemberType::Directory);
        kinds.insert(path, member.type);
    }
    require(bytes <= limits.maxBytes, "no more bytes than the limit");
}

void requireNoWayOut(const QList<Member> &members)
{
    for (const Member &member : members) {
        require(!member.path.bytes().contains('\\'), "no backslash without a manifest");
        if (member.type == MemberType::Symlink)
            require(!member.link.startsWith('/') && !member.link.split('/').contains(".."), "no link that leaves without a manifest");
    }
}

void requireTreeHoldsTheSame(const ArchiveFile &archive, const Limits &limits, const Judged &judged)
{
    Monitor monitor;
    const auto tree = readArchiveTree(archive, limits, limits.maxBytes, limits.maxBytes, monitor);
    require(tree.has_value(), "a usable archive is a tree");
    const auto top = RelPath::parse(judged.judgement.topFolder);
    for (qsizetype i = 0; i < judged.read.members.size(); ++i) {
        const Member &member = judged.read.members.at(i);
        if (member.type != MemberType::File || isOurs(member))
            continue;
        const RelPath path = top ? member.path.relativeTo(*top) : member.path;
        const auto content = (*tree)->readAll(path, limits.maxBytes);
        require(content && *content == judged.read.contents.at(i), "the tree has what the archive has");
    }
}

}  // namespace

Limits smallLimits(bool structured)
{
    Limits limits = Limits::strict();
    limits.maxBytes = 1 << 20;
    limits.maxEntries = 64;
    limits.maxGzipMembers = 64;
    limits.maxDepth = 16;
    limits.maxPath = 512;
    limits.maxExtension = 4096;
    if (structured)
        limits.names = NameRules::structured();
    return limits;
}

Judged holdToPromises(QByteArrayView bytes, const Limits &limits)
{
    static MemoryArchive memory;
    const ArchiveFile archive = memory.hold(bytes);
    Monitor monitor;
    const auto first = judgeArchive(archive, limits, monitor);
    const auto second = judgeArchive(archive, limits, monitor);
    require(first && second, "a bad archive is a verdict, not an error");
    require(textOf(*first) == textOf(*second), "judged twice, the same verdict");
    Judged judged;
    judged.format = archive.kind().format;
    judged.judgement = *first;
    const Judgement &judgement = judged.judgement;
    require(judgement.archiveSha256Hex == toHex(Sha256Hasher::of(bytes)), "the hash is the file's");
    require(judgement.isUsable() == judgement.problems.isEmpty(), "refused with a reason, accepted without");
    require(judgement.isUsable() || judgement.refusal(archive.path()).code != ErrorCode::Internal, "a refusal is an error of a kind");
    requirePossibleTree(judgement.members, limits);

    const auto read = readMembers(archive, limits, judged.read, monitor);
    require(!judged.read.outOfStep || !read, "begin, data, end");
    requirePossibleTree(judged.read.members, limits);
    for (qsizetype i = 0; i < judged.read.members.size(); ++i) {
        const Member &member = judged.read.members.at(i);
        const QByteArray &content = judged.read.contents.at(i);
        require(content.size() == member.size, "as many bytes as the member has");
        require(member.sha256.has_value() == (member.type == MemberType::File), "files have a hash");
        require(!member.sha256 || *member.sha256 == Sha256Hasher::of(content), "the hash is the content's");
    }
    QList<Member> passed = judged.read.members;
    passed.removeIf(isOurs);
    if (judgement.isUsable()) {
        require(read.has_value(), "what is judged usable can be read");
        require(linesOf(passed) == linesOf(judgement.members), "what is passed on is what was judged");
        require(judgement.verdict == Verdict::Verified || judgement.manifest || !judgement.members.isEmpty(), "not empty");
        require((judgement.verdict == Verdict::Verified) == judgement.manifest.has_value(), "verified by a manifest");
        if (judgement.verdict == Verdict::Readable)
            requireNoWayOut(judgement.members);
        requireTreeHoldsTheSame(archive, limits, judged);
    }
    const auto peeked = peekManifest(archive, monitor);
    require(peeked || peeked.error().code != ErrorCode::Internal, "peeking fails for a reason");
    return judged;
}

void rewriteKeepsMembers(const Judged &judged, const Limits &limits)
{
    if (judged.judgement.verdict != Verdict::Readable)
        return;
    QByteArray tar;
    Judged expected;
    for (qsizetype i = 0; i < judged.read.members.size(); ++i) {
        const Member &member = judged.read.members.at(i);
        if (member.type == MemberType::Fifo || member.path.isRoot())
            continue;
        appendTarHeader(tar, member);
        tar.append(judged.read.contents.at(i));
        appendTarPadding(tar, member.size);
        expected.read.members.append(member);
    }
    appendTarEnd(tar);
    const Judged again = holdToPromises(tar, limits);
    require(again.judgement.verdict == Verdict::Readable, "what we read we write readably");
    require(linesOf(again.read.members) == linesOf(expected.read.members), "what we write we read the same");
}

void requireSame(const Judged &a, const Judged &b, const char *promise)
{
    require(a.judgement.isUsable() == b.judgement.isUsable(), promise);
    require(linesOf(a.judgement.members) == linesOf(b.judgement.members), promise);
}

}  // namespace strongroom::fuzz
