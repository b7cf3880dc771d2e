// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Links out of the folder, links that a later entry would be written through, and hard links to what is none of the archive's.

#include "tests/hostile/families.h"

namespace strongroom::tests {

QList<FamilyCase> linkFamilies(const Aim &aim)
{
    const QByteArray out = aim.canary;
    const auto tar = [](const TarBuilder &more) { return [=] { return healthyData().raw(more.bytes()).end().gz(); }; };
    const auto through = [=](const QByteArray &link, const QByteArray &target, const QByteArray &file) {
        return tar(TarBuilder().symlink(link, target).file(file));
    };
    const auto symlink = [=](const QByteArray &link, const QByteArray &target) { return tar(TarBuilder().symlink(link, target)); };
    const auto hardlink = [=](const QByteArray &target) { return tar(TarBuilder().hardlink("data/hard", target)); };
    return {
        {"link-sym-abs-through", Fate::Refused, "reached through", through("way", out, "way/in.txt")},
        {"link-sym-rel-through", Fate::Refused, "reached through", through("way", "../..", "way/in.txt")},
        {"link-sym-dotdot-alias", Fate::Refused, "“../way/in.txt”", through("way", out, "../way/in.txt")},
        {"link-sym-dot-alias", Fate::Refused, "reached through", through("way", out, "./way/in.txt")},
        {"link-sym-slash-alias", Fate::Refused, "“//way/in.txt”", through("way", out, "//way/in.txt")},
        {"link-sym-chain", Fate::Refused, "reached through", tar(TarBuilder().symlink("one", "two").symlink("two", "..").file("one/in.txt"))},
        {"link-sym-dir-prefix", Fate::Refused, "reached through",
         tar(TarBuilder().dir("d/").symlink("d/up", "..").symlink("d/upper", "up/..").file("d/upper/in.txt"))},
        {"link-sym-final", Fate::Refused, "twice", through("data/storage/log.txt", out + "/log.txt", "data/storage/log.txt")},
        {"link-sym-overwrites-dir", Fate::Refused, "twice", tar(TarBuilder().dir("data/way/").symlink("data/way", out).file("data/way/in.txt"))},
        {"link-sym-then-mkdir", Fate::Refused, "twice", tar(TarBuilder().symlink("data/way", out).dir("data/way/").file("data/way/in.txt"))},
        {"link-sym-over-secret", Fate::Refused, "twice", symlink("data/auth", out)},
        {"link-sym-over-secret", Fate::Refused, "reached through", [=] {
            return TarBuilder().symlink("data/auth", out).raw(healthyData().bytes()).end().gz();
        }},
        {"link-sym-proc", Fate::Refused, "reached through", through("data/root", "/proc/self/root", "data/root" + out + "/in.txt")},

        {"link-sym-loop", Fate::Refused, "link to a link or to nothing; data/one", tar(TarBuilder().symlink("data/one", "two").symlink("data/two", "one"))},
        {"link-sym-loop", Fate::Refused, "reached through", tar(TarBuilder().symlink("data/one", "two").symlink("data/two", "one").file("data/one/in.txt"))},
        {"link-sym-self", Fate::Refused, "link to a link or to nothing; data/me", symlink("data/me", "me")},
        {"link-sym-dangling-out", Fate::Refused, "leads out", symlink("data/latest", out + "/nothing-here")},
        {"link-sym-pax-linkpath", Fate::Refused, "leads out", tar(TarBuilder().pax({{"linkpath", out}}).symlink("data/way", "auth"))},
        {"link-sym-gnulonglink", Fate::Refused, "leads out", tar(TarBuilder().gnuLongName(out, 'K').symlink("data/way", "auth"))},
        {"link-sym-target-5000", Fate::Refused, "without a usable target",
         tar(TarBuilder().pax({{"linkpath", QByteArray("./").repeated(2497) + "auth"}}).symlink("data/way", "auth"))},
        {"link-sym-target-newline", Fate::Refused, "line break in a link target; data/way", symlink("data/way", "auth\nstorage")},
        {"link-sym-with-size", Fate::Refused, "content where none may be",
         tar(TarBuilder().entry({.type = '2', .name = "data/way", .content = QByteArray(512, 'x'), .link = "auth"}))},
        {"link-sym-inside", Fate::Accepted, {}, symlink("data/storage/latest", "session_550e8400-e29b-41d4-a716-446655440000"), healthyContent()},

        {"link-hard-abs-out", Fate::Refused, "not an earlier file", hardlink(out + "/theirs.txt")},
        {"link-hard-rel-out", Fate::Refused, "not an earlier file", hardlink("../../theirs.txt")},
        {"link-hard-write-through", Fate::Refused, "not an earlier file", tar(TarBuilder().hardlink("data/hard", out + "/theirs.txt").file("data/hard"))},
        {"link-hard-to-symlink", Fate::Refused, "not an earlier file",
         tar(TarBuilder().symlink("data/soft", out + "/theirs.txt").hardlink("data/hard", "data/soft").file("data/hard"))},
        {"link-hard-forward", Fate::Refused, "not an earlier file", tar(TarBuilder().hardlink("data/hard", "data/later.txt").file("data/later.txt"))},
        {"link-hard-self", Fate::Refused, "not an earlier file", hardlink("data/hard")},
        {"link-hard-to-dir", Fate::Refused, "not an earlier file", hardlink("data/storage")},
        {"link-hard-with-body", Fate::Refused, "content where none may be",
         tar(TarBuilder().entry({.type = '1', .name = "data/hard", .content = "other", .link = "data/auth/tokens.json"}))},

        // The second is good, and goes where the first would have pointed, had it been let in.
        {"link-two-step-a", Fate::Refused, "leads out", symlink("data/way", out)},
        {"link-two-step-b", Fate::Accepted, {}, tar(TarBuilder().file("data/way/step.txt")), healthyContent() + Expected{{"way/step.txt", "x"}}},
        {"link-preplanted-live", Fate::RefusedOverALink, {}, tar({}), healthyContent()},
    };
}

}  // namespace strongroom::tests
