// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Paths that lead out of the folder they are restored into, or that two readers would spell differently.

#include "tests/hostile/families.h"

namespace strongroom::tests {

QList<FamilyCase> pathFamilies(const Aim &aim)
{
    const QByteArray out = aim.canary;
    const auto tar = [](const TarBuilder &more) { return healthyData().raw(more.bytes()).end().gz(); };
    const auto file = [tar](const QByteArray &name) { return [=] { return tar(TarBuilder().file(name)); }; };
    const auto pax = [tar](const QByteArray &name) { return [=] { return tar(TarBuilder().pax({{"path", name}}).file("data/note.txt")); }; };
    const auto gnu = [tar](const QByteArray &name) { return [=] { return tar(TarBuilder().gnuLongName(name).file("data/note.txt")); }; };
    const auto split = [tar](const QByteArray &prefix, const QByteArray &name) {
        return [=] { return tar(TarBuilder().entry({.name = name, .content = "x", .prefix = prefix})); };
    };
    return {
        {"path-dotdot", Fate::Refused, "“../up.txt”", file("../up.txt")},
        {"path-dotdot-2", Fate::Refused, "“../../up.txt”", file("../../up.txt")},
        {"path-dotdot-mid", Fate::Refused, "“data/../../up.txt”", file("data/../../up.txt")},
        {"path-dotdot-inside", Fate::Refused, "“data/storage/../note.txt”", file("data/storage/../note.txt")},
        {"path-dotdot-end", Fate::Refused, "“data/auth/..”", file("data/auth/..")},
        {"path-dot-end", Fate::Refused, "“data/auth/.”", file("data/auth/.")},
        {"path-sibling-prefix", Fate::Refused, "“../T-neighbour/f”", file("../T-neighbour/f")},
        {"path-session-id-climb", Fate::Refused, "session_..", file("data/storage/session_../../../metadata.json")},
        {"path-dotdot-pax", Fate::Refused, "“../pax.txt”", pax("../pax.txt")},
        {"path-dotdot-gnulong", Fate::Refused, "“../gnu.txt”", gnu("../gnu.txt")},
        {"path-prefix-dotdot", Fate::Refused, "“data/../../up.txt”", split("data/../..", "up.txt")},
        {"path-dotdot-dir", Fate::Refused, "“../new”", [=] { return tar(TarBuilder().dir("../new/").dir("../new/below/")); }},
        {"path-dotdot-dir", Fate::Refused, "“..”", [=] { return tar(TarBuilder().dir("../").file("data/note.txt")); }},
        {"path-dir-chmod-root", Fate::Refused, "“..”", [=] {
            const auto open = [](const QByteArray &name) { return TarBuilder().entry({.type = '5', .name = name, .mode = 0777}); };
            return open("./").raw(healthyData().bytes()).raw(open("..").bytes()).end().gz();
        }},
        {"path-paxglobal-path", Fate::Refused, "global pax header", [] {
            return TarBuilder().pax({{"path", "../all.txt"}}, 'g').raw(healthyData().bytes()).end().gz();
        }},

        {"path-absolute", Fate::Refused, out + "/a", file(out + "/a")},
        {"path-absolute-double", Fate::Refused, '/' + out + "/a", file('/' + out + "/a")},
        {"path-absolute-dotdot", Fate::Refused, "/../.." + out, file("/../.." + out + "/a")},
        {"path-absolute-pax", Fate::Refused, out + "/a", pax(out + "/a")},
        {"path-absolute-gnulong", Fate::Refused, out + "/a", gnu(out + "/a")},
        {"path-prefix-absolute", Fate::Refused, out + "/a", split(out, "a")},
        {"path-slash-only", Fate::Refused, "“/”", file("/")},
        {"path-proc-self", Fate::Refused, "“/proc/self/cwd/a”", file("/proc/self/cwd/a")},

        {"path-backslash", Fate::Refused, "“..\\..\\up.txt”", file("..\\..\\up.txt")},
        {"path-drive", Fate::Refused, "“C:\\Users\\a”", file("C:\\Users\\a")},
        {"path-drive", Fate::Refused, "“c:/Users/a”", file("c:/Users/a")},
        {"path-unc", Fate::Refused, "“\\\\host\\share\\a”", file("\\\\host\\share\\a")},
        {"path-empty-components", Fate::Refused, "“data//auth///a”", file("data//auth///a")},
        {"path-empty-name", Fate::Refused, "entry without a name", file("")},
        {"path-trailing-slash-file", Fate::Refused, "“data/auth/a.json/”", file("data/auth/a.json/")},
        {"path-nul-in-pax", Fate::Refused, "NUL in a pax value", pax(QByteArray("data/a.txt\0/../../../b", 22))},
        {"path-overlong-utf8", Fate::Refused, "in a second way", file("..\xc0\xaf" "a.txt")},
        {"path-overlong-utf8", Fate::Refused, "in a second way", file("data/uploads/\xc0\xae\xc0\xae/a.txt")},
    };
}

}  // namespace strongroom::tests
