// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The walk through a pickle. The first byte: its lower seven bits are how many bytes one read gives, the upper
// one asks for the policy that allows nothing.

#include "storage/formats/pickle.h"
#include "tests/fuzz/fuzztarget.h"
#include "tests/fuzz/memorytree.h"

using namespace strongroom::storage;

namespace strongroom::fuzz {

namespace {

constexpr qsizetype kMost = 64 * 1024;

PickleReport walk(const QByteArray &bytes, qint64 piece, const PickleOptions &options)
{
    Monitor monitor;
    MemoryFile file(bytes, -1, piece);
    const auto report = walkPickle(file, {}, options, monitor);
    require(report.has_value(), "a file that is no pickle is a report");
    return *report;
}

bool same(const PickleReport &a, const PickleReport &b)
{
    return a.end == b.end && a.endOffset == b.endOffset && a.bytes == b.bytes && a.trailingBytes == b.trailingBytes
        && a.frameOverrun == b.frameOverrun && a.protocol == b.protocol && a.opcodes == b.opcodes && a.top == b.top
        && a.globals == b.globals && a.instances == b.instances && a.forbidden == b.forbidden
        && a.forbiddenOffset == b.forbiddenOffset && a.topKeys == b.topKeys;
}

/// What a report says must be possible for so many bytes.
void requireBounded(const PickleReport &report, const PickleOptions &options)
{
    require(report.endOffset >= 0 && report.endOffset <= report.bytes, "ends within the file");
    require(report.opcodes <= report.bytes, "a step takes a byte at least");
    require(report.globals.size() <= report.opcodes && report.forbidden.size() <= 64 && report.topKeys.size() <= 64, "lists are bounded");
    require(report.protocol >= -1 && report.protocol <= 5, "a protocol there is");
    require((report.forbiddenOffset >= 0) == !report.forbidden.isEmpty(), "the first forbidden thing has a place");
    require(report.forbiddenOffset < report.bytes, "in the file");
    require(report.isComplete() || report.trailingBytes == 0, "only behind an end there is a rest");
    require(!report.isComplete() || report.trailingBytes == report.bytes - report.endOffset, "all of the rest");
    require(report.isComplete() == (report.top != PickleTop::None), "a whole pickle is something");
    for (auto it = report.values.cbegin(); it != report.values.cend(); ++it)
        require(options.wantedKeys.contains(it.key()), "only what was asked for is told");
    if (report.isHarmless()) {
        for (const QByteArray &name : report.globals)
            require(options.policy.classes.contains(name) || options.policy.callables.contains(name), "harmless names are allowed ones");
    }
}

}  // namespace

void pickle(QByteArrayView input)
{
    if (input.isEmpty() || input.size() > kMost)
        return;
    const uchar mode = uchar(input.front());
    const QByteArray bytes = input.sliced(1).toByteArray();
    PickleOptions options;
    options.wantedKeys = {"version", "name", "frame"};
    PickleOptions strict = options;
    if (!(mode & 0x80)) {
        options.policy.classes = {"datetime.datetime", "app.Scene"};
        options.policy.callables = {"collections.OrderedDict"};
    }
    const PickleReport report = walk(bytes, kMost, options);
    requireBounded(report, options);
    require(report.bytes == bytes.size(), "the file's own size");
    require(same(report, walk(bytes, 1 + (mode & 0x7f), options)), "where reads end does not matter");

    const PickleReport nothing = walk(bytes, kMost, strict);
    require(nothing.end == report.end && nothing.opcodes == report.opcodes && nothing.globals == report.globals, "a policy judges, it does not walk");
    require(nothing.forbidden.size() >= report.forbidden.size(), "who allows less forbids no less");
    require(!nothing.isHarmless() || report.isHarmless(), "who allows less finds less harmless");

    if (report.isComplete()) {
        const PickleReport alone = walk(bytes.left(report.endOffset), kMost, options);
        require(alone.isComplete() && alone.trailingBytes == 0 && alone.forbidden == report.forbidden, "what follows does not change what was");
        for (const qsizetype cut : {report.endOffset - 1, report.endOffset / 2})
            require(!walk(bytes.left(cut), kMost, options).isComplete(), "a part is not the whole");
    }
    PickleOptions half = options;
    half.maxBytes = bytes.size() / 2;
    const PickleReport unfinished = walk(bytes, kMost, half);
    requireBounded(unfinished, half);
    require(unfinished.end == PickleEnd::Unfinished || same(unfinished, report), "a limit ends the walk or changes nothing");
}

}  // namespace strongroom::fuzz
