// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Names that mislead the eye, the terminal or the file system, and paths longer or deeper than any that can be made.

#include "tests/hostile/families.h"

namespace strongroom::tests {

QList<FamilyCase> nameFamilies()
{
    const auto with = [](const QByteArray &path) {
        return [=] { return healthyData().pax({{"path", path}}).file("data/note.txt").end().gz(); };
    };
    const auto withLong = [](const QByteArray &path) {
        return [=] { return healthyData().gnuLongName(path).file("data/note.txt").end().gz(); };
    };
    const auto deep = [](int levels) -> QByteArray { return QByteArray("l/").repeated(levels) + 'f'; };
    QList<FamilyCase> all = {
        {"name-256", Fate::Refused, "name too long", with("data/storage/" + QByteArray(256, 'w'))},
        {"name-256", Fate::Refused, "name too long", with("data/uploads/" + QByteArray(256, 'w'))},
        {"name-4000", Fate::Refused, "name too long", with("data/storage/" + QByteArray(4000, 'w'))},
        {"name-path-5000", Fate::Refused, "path too long", with("data/uploads/" + QByteArray(QByteArray(199, 'w') + '/').repeated(25) + 'f')},
        {"name-depth-10k", Fate::Refused, "path too long", with("data/" + deep(10'000))},
        {"name-depth-10k-gnu", Fate::Refused, "path too long", withLong("data/" + deep(10'000))},
        {"name-depth-2400-gnu", Fate::Refused, "path too long", withLong(deep(2'400))},
        {"name-depth-stepwise", Fate::Refused, "too deep", [=] {
            TarBuilder tar = healthyData();
            for (int levels = 1; levels <= 40; ++levels)
                tar.dir("data/" + QByteArray("l/").repeated(levels));
            return tar.pax({{"path", "data/" + deep(1'500)}}).file("data/note.txt").end().gz();
        }},
        {"name-pax-1mb-path", Fate::Refused, "too large", with(QByteArray(1 << 20, 'w'))},
    };
    // What users upload may be called anything; what the application names itself may not.
    const QList<std::pair<QByteArray, QByteArray>> odd = {
        {"name-newline", "first\nsecond.txt"},
        {"name-cr", "seen\rhidden.txt"},
        {"name-escape-seq", "\x1b[31m\x1b]2;title\x07.txt"},
        {"name-del-control", "\x02" "a\x7f.txt"},
        {"name-rtl", "photo\u202egpj.sh"},
        {"name-zero-width", "tok\u200bens.json"},
        {"name-bom", "\ufefftokens.json"},
        {"name-homoglyph", "t\u043ekens.json"},
        {"name-html", "<img src='a' onload='b()'>.txt"},
        {"name-invalid-utf8", "a\xfe\xff.txt"},
        {"name-latin1", "na\xefve.txt"},
        {"name-surrogate-utf8", "a\xed\xbf\xbf" "b.txt"},
        {"name-spaces", "  "},
    };
    for (const auto &[family, name] : odd) {
        all.append({family, Fate::Accepted, {}, with("data/uploads/" + name), healthyContent() + Expected{{"uploads/" + name, "x"}}});
        all.append({family, Fate::Refused, "no name for this part", with("data/storage/" + name)});
    }
    return all;
}

}  // namespace strongroom::tests
