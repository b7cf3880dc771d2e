// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// One path, twice: which of the two is restored depends on the reader, so none is.

#include "tests/hostile/families.h"

namespace strongroom::tests {

QList<FamilyCase> duplicateFamilies()
{
    const auto twice = [](const QByteArray &first, const QByteArray &one, const QByteArray &second, const QByteArray &other) {
        return [=] { return TarBuilder().file(first, one).file(second, other).end().gz(); };
    };
    return {
        {"dup-file-differs", Fate::Refused, "twice", twice("data/storage/x.json", "{\"a\":1}", "data/storage/x.json", "{\"a\":2}")},
        {"dup-file-same", Fate::Refused, "twice", twice("data/storage/x.json", "{}", "data/storage/x.json", "{}")},
        {"dup-dotslash", Fate::Refused, "twice", twice("data/x", "1", "./data/x", "2")},
        {"dup-dotdot-alias", Fate::Refused, "..", twice("data/auth/tokens.json", "{}", "../data/auth/tokens.json", "[]")},
        {"dup-slashes", Fate::Refused, "data//x", twice("data/x", "1", "data//x", "2")},
        {"dup-file-then-dir", Fate::Refused, "data/n", [] { return TarBuilder().file("data/n").dir("data/n/").file("data/n/child").end().gz(); }},
        {"dup-emptyfile-then-child", Fate::Refused, "data/n", twice("data/n", "", "data/n/child", "x")},
        {"dup-file-then-child", Fate::Refused, "data/n", twice("data/n", "file", "data/n/child", "x")},
        {"dup-dir-twice", Fate::Accepted, {}, [] { return TarBuilder().dir("data/twice/").dir("data/twice/").file("data/twice/f").end().gz(); }, {{"twice/f", "x"}}},
        {"dup-manifest-names-case", Fate::Refused, "Metadata.json", [] { return healthyData().file("data/storage/Metadata.json", "{}").end().gz(); }},
        {"dup-many", Fate::Refused, "twice", [] {
            TarBuilder tar;
            for (int i = 0; i < 500; ++i)
                tar.file("data/same", QByteArray::number(i));
            return tar.end().gz();
        }},
    };
}

}  // namespace strongroom::tests
