// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/worker/wire.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr quint32 kMaxArgs = 64;
constexpr int kMaxCauses = 8;
constexpr quint32 kMaxScopes = 4096;
constexpr quint32 kMaxCounts = 256;
constexpr quint32 kMaxAreas = 256;
constexpr qsizetype kMaxName = 64 * 1024;

}  // namespace

void WireWriter::bytes(QByteArrayView value)
{
    u32(quint32(value.size()));
    append(value.data(), value.size());
}

void WireWriter::text(const QString &value)
{
    const QByteArray utf8 = value.toUtf8();
    bytes(QByteArrayView(utf8).first(std::min(utf8.size(), kMaxWireText)));
}

void WireWriter::texts(const QStringList &values)
{
    u32(quint32(values.size()));
    for (const QString &value : values)
        text(value);
}

QByteArrayView WireReader::view(qsizetype max)
{
    const quint32 size = u32();
    if (!m_good || qsizetype(size) > max || qsizetype(size) > m_rest.size()) {
        spoil();
        return {};
    }
    const QByteArrayView value = m_rest.first(qsizetype(size));
    m_rest = m_rest.sliced(qsizetype(size));
    return value;
}

QString WireReader::text()
{
    return QString::fromUtf8(bytes(kMaxWireText));
}

QString WireReader::shownText()
{
    return displayBytes(bytes(kMaxWireText));
}

QStringList WireReader::texts(quint32 maxCount)
{
    const quint32 count = u32();
    if (count > maxCount)
        spoil();
    QStringList values;
    for (quint32 i = 0; i < count && m_good; ++i)
        values.append(text());
    return values;
}

void put(WireWriter &out, const Member &member)
{
    out.u8(quint8(member.type));
    out.u8(member.sha256 ? 1 : 0);
    if (member.sha256)
        out.bytes(QByteArrayView(member.sha256->data(), qsizetype(member.sha256->size())));
    out.u32(member.mode);
    out.u32(member.uid);
    out.u32(member.gid);
    out.i64(member.size);
    out.i64(member.mtimeNs);
    out.bytes(member.path.bytes());
    out.bytes(member.link);
}

Member takeMember(WireReader &in, int maxPath)
{
    Member member;
    member.type = in.oneOf(MemberType::Fifo);
    if (in.u8() != 0) {
        const QByteArrayView hash = in.view(sizeof(Sha256));
        if (hash.size() == sizeof(Sha256))
            memcpy(member.sha256.emplace().data(), hash.data(), sizeof(Sha256));
        else
            in.spoil();
    }
    member.mode = in.u32();
    member.uid = in.u32();
    member.gid = in.u32();
    member.size = in.i64();
    member.mtimeNs = in.i64();
    const QByteArrayView path = in.view(maxPath);
    member.link = in.bytes(maxPath);
    if (auto parsed = path.isEmpty() ? RelPath() : RelPath::parse(path))
        member.path = *std::move(parsed);
    else
        in.spoil();
    if (member.size < 0 || member.mode > 07777 || (member.type != MemberType::File && member.size != 0))
        in.spoil();
    return member;
}

void put(WireWriter &out, const Error &error)
{
    quint8 causes = 0;
    for (const Error *cause = error.cause.get(); cause && causes < kMaxCauses; cause = cause->cause.get())
        ++causes;
    out.u8(causes);
    const Error *each = &error;
    for (int i = 0; i <= causes; ++i, each = each->cause.get()) {
        out.u8(quint8(each->code));
        out.bytes(QByteArrayView(each->path).first(std::min(each->path.size(), kMaxName)));
        out.u32(quint32(each->sysErrno));
        out.texts(each->args.mid(0, kMaxArgs));
    }
}

Error takeError(WireReader &in)
{
    const int causes = in.u8();
    if (causes > kMaxCauses)
        in.spoil();
    QList<Error> chain;
    for (int i = 0; i <= causes && in.isGood(); ++i) {
        Error error;
        error.code = in.oneOf(ErrorCode::Internal);
        error.path = in.bytes(kMaxName);
        error.sysErrno = int(in.u32());
        const quint32 args = in.u32();
        if (args > kMaxArgs)
            in.spoil();
        for (quint32 arg = 0; arg < args && in.isGood(); ++arg)
            error.args.append(in.shownText());
        chain.append(std::move(error));
    }
    if (!in.isGood())
        return {};
    for (qsizetype i = chain.size() - 1; i > 0; --i)
        chain[i - 1].cause = std::make_shared<const Error>(chain.at(i));
    return chain.first();
}

void put(WireWriter &out, const Problem &problem)
{
    out.u8(quint8(problem.code));
    out.text(problem.message);
    out.bytes(QByteArrayView(problem.member).first(std::min(problem.member.size(), kMaxName)));
    out.u8(problem.error ? 1 : 0);
    if (problem.error)
        put(out, *problem.error);
}

Problem takeProblem(WireReader &in)
{
    Problem problem;
    problem.code = in.oneOf(ErrorCode::Internal);
    problem.message = in.shownText();
    problem.member = in.bytes(kMaxName);
    if (in.u8() != 0)
        problem.error = takeError(in);
    return problem;
}

void put(WireWriter &out, const Manifest &manifest)
{
    out.u32(quint32(manifest.version));
    for (const QString *text : {&manifest.kind, &manifest.variant, &manifest.tool, &manifest.sourceHost, &manifest.consistency, &manifest.note})
        out.text(*text);
    out.u8(manifest.created.isValid() ? 1 : 0);
    out.i64(manifest.created.isValid() ? manifest.created.toMSecsSinceEpoch() : 0);
    out.i64(manifest.sequence);
    out.u8(manifest.pinned ? 1 : 0);
    out.bytes(QByteArrayView(manifest.sourcePath).first(std::min(manifest.sourcePath.size(), kMaxName)));
    out.bytes(manifest.sumsSha256Hex);
    out.texts(manifest.scope.mid(0, kMaxScopes));
    out.u32(quint32(std::min<qsizetype>(manifest.counts.size(), kMaxCounts)));
    quint32 left = kMaxCounts;
    for (auto it = manifest.counts.cbegin(); it != manifest.counts.cend() && left > 0; ++it, --left) {
        out.text(it.key());
        out.i64(it.value());
    }
}

Manifest takeManifest(WireReader &in)
{
    Manifest manifest;
    manifest.version = int(in.u32());
    for (QString *text : {&manifest.kind, &manifest.variant, &manifest.tool, &manifest.sourceHost, &manifest.consistency, &manifest.note})
        *text = in.text();
    const bool created = in.u8() != 0;
    if (const qint64 milliseconds = in.i64(); created)
        manifest.created = QDateTime::fromMSecsSinceEpoch(milliseconds, Qt::UTC);
    manifest.sequence = in.i64();
    manifest.pinned = in.u8() != 0;
    manifest.sourcePath = in.bytes(kMaxName);
    manifest.sumsSha256Hex = in.bytes(2 * sizeof(Sha256));
    manifest.scope = in.texts(kMaxScopes);
    const quint32 counts = in.u32();
    if (counts > kMaxCounts)
        in.spoil();
    for (quint32 i = 0; i < counts && in.isGood(); ++i) {
        const QString key = in.text();
        manifest.counts.insert(key, in.i64());
    }
    return manifest;
}

void put(WireWriter &out, const Limits &limits)
{
    for (const qint64 number : {limits.maxBytes, limits.maxEntries, limits.maxRatio, limits.ratioFloor, limits.maxGzipMembers,
                                qint64(limits.maxDepth), qint64(limits.maxPath), qint64(limits.maxExtension),
                                qint64(limits.maxExtensionRun), limits.maxManifest, limits.announcedRatio, limits.announcedFloor,
                                limits.maxEmptyGzipMembers, limits.maxPadding, limits.maxEmptyEntries, limits.maxEmptyShare})
        out.i64(number);
    out.u8(limits.names.closedAlphabet ? 1 : 0);
    out.u8(limits.names.refuseCasePairs ? 1 : 0);
    out.u32(quint32(limits.names.freeAreas.size()));
    for (const QByteArray &area : limits.names.freeAreas)
        out.bytes(area);
}

Limits takeLimits(WireReader &in)
{
    Limits limits;
    limits.maxBytes = in.i64();
    limits.maxEntries = in.i64();
    limits.maxRatio = in.i64();
    limits.ratioFloor = in.i64();
    limits.maxGzipMembers = in.i64();
    limits.maxDepth = int(in.i64());
    limits.maxPath = int(in.i64());
    limits.maxExtension = int(in.i64());
    limits.maxExtensionRun = int(in.i64());
    limits.maxManifest = in.i64();
    limits.announcedRatio = in.i64();
    limits.announcedFloor = in.i64();
    limits.maxEmptyGzipMembers = in.i64();
    limits.maxPadding = in.i64();
    limits.maxEmptyEntries = in.i64();
    limits.maxEmptyShare = in.i64();
    limits.names.closedAlphabet = in.u8() != 0;
    limits.names.refuseCasePairs = in.u8() != 0;
    const quint32 areas = in.u32();
    if (areas > kMaxAreas)
        in.spoil();
    for (quint32 i = 0; i < areas && in.isGood(); ++i)
        limits.names.freeAreas.append(in.bytes(kMaxName));
    return limits;
}

}  // namespace strongroom::storage
