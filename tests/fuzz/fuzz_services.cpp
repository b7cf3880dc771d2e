// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The few files of Redis and PostgreSQL that are looked into. The first byte: 0 an append-only manifest, 1 a
// command log, 2 the head of an RDB file, 3 pg_control, 4 postmaster.pid, 5 PG_VERSION; its upper bits are how
// many bytes one read gives.

#include "storage/formats/pgfiles.h"
#include "storage/formats/redisfiles.h"
#include "tests/fuzz/fuzztarget.h"
#include "tests/fuzz/memorytree.h"

#include <QtEndian>

using namespace strongroom::storage;

namespace strongroom::fuzz {

namespace {

void aofManifest(const QByteArray &text)
{
    const auto entries = parseAofManifest(text);
    if (!entries) {
        require(entries.error().code == ErrorCode::DatabaseUnreadable && !entries.error().args.isEmpty(), "a refusal names the line");
    } else {
        require(!entries->isEmpty() && entries->size() <= text.count('\n') + 1, "an entry a line");
        for (const AofEntry &entry : *entries)
            require(RelPath::parse(entry.name) && !entry.name.contains('/'), "names, not paths");
    }
    MemoryTree tree({{"appendonlydir/a.manifest", text}, {"dump.rdb", text}});
    const auto data = readRedisData(tree, {});
    require(data && data->hasAof && data->hasDump, "a folder of Redis");
    require(data->manifestError.has_value() == !entries.has_value(), "one opinion of the manifest");
}

AofTail tailOf(const QByteArray &log, qint64 piece)
{
    Monitor monitor;
    const RelPath path = RelPath::literal("a.aof");
    const auto tail = readAofTail(MemoryTree({{path.bytes(), log}}, piece), path, monitor);
    require(tail.has_value(), "any log can be read");
    return *tail;
}

bool same(const AofTail &a, const AofTail &b)
{
    return a.commands == b.commands && a.goodBytes == b.goodBytes && a.bytes == b.bytes && a.torn == b.torn && a.damaged == b.damaged;
}

void aofLog(const QByteArray &log, qint64 piece)
{
    const AofTail tail = tailOf(log, 1 << 20);
    require(same(tail, tailOf(log, piece)), "where reads end does not matter");
    require(tail.bytes == log.size() && tail.goodBytes >= 0 && tail.goodBytes <= tail.bytes, "good bytes are bytes of it");
    require(!(tail.torn && tail.damaged), "torn or damaged");
    require((tail.torn || tail.damaged) == (tail.goodBytes < tail.bytes), "what is not good is torn or damaged");
    require(tail.commands <= tail.goodBytes, "a command has bytes");
    const AofTail good = tailOf(log.left(tail.goodBytes), piece);
    require(!good.torn && !good.damaged && good.commands == tail.commands && good.goodBytes == tail.goodBytes, "the good part is good");
}

void pgControl(QByteArray image)
{
    const auto control = parsePgControl(image);
    if (!control) {
        require(control.error().code == ErrorCode::DatabaseUnreadable, "a refusal of its kind");
        return;
    }
    const auto at = pgControlCrcOffset(control->controlVersion);
    require(control->checksumKnown == at.has_value(), "a version whose end is known");
    if (!at)
        return;
    require(image.size() >= *at + 4, "not read beyond its end");
    require(control->checksumOk == (crc32c(QByteArrayView(image).first(*at)) == qFromLittleEndian<quint32>(image.constData() + *at)), "the checksum");
    image[0] = char(image.at(0) ^ 1);
    const auto changed = parsePgControl(image);
    require(!changed || !control->checksumOk || !changed->checksumOk, "a changed bit is seen");
}

}  // namespace

void services(QByteArrayView input)
{
    if (input.isEmpty() || input.size() > 16 * 1024)
        return;
    const QByteArray bytes = input.sliced(1).toByteArray();
    const qint64 piece = 1 + uchar(input.front()) / 8;
    switch (uchar(input.front()) & 7) {
    case 0: aofManifest(bytes); break;
    case 1: aofLog(bytes, piece); break;
    case 2:
        require(!rdbVersion(bytes) || (bytes.startsWith("REDIS") && *rdbVersion(bytes) >= 0), "a version has its letters");
        require(rdbServerVersion(bytes).size() < 256, "a version is short");
        break;
    case 3: pgControl(bytes); break;
    case 4:
        if (const auto pid = parsePostmasterPid(bytes))
            require(pid->port >= 0 && pid->port <= 65535, "a port that can be");
        break;
    default: require(parsePgVersion(bytes).size() <= bytes.size(), "a version out of the text"); break;
    }
}

}  // namespace strongroom::fuzz
