// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Negative controls: the places where a test build can switch off one safety measure, to show that the suite
// notices. Not a feature and not in any program: without STRONGROOM_MUTANTS, which only tests/mutants defines,
// every question is answered with "no" while compiling, and nothing of it is left in the binary.
// Include it from .cpp files only: a program of the mutants shares all other objects with the real one.

#include <QtGlobal>

namespace strongroom::storage {

/// One measure that is switched off. tests/mutants/mutants.h gives each its name.
enum class Mutant : quint8 {
    FilesNotSynced,
    FoldersNotSynced,
    StageNotSynced,
    ExchangedBeforeSync,
    ShortWriteUnnoticed,
    OpenFollowsLinks,
    WalkFollowsLinks,
    RemovalFollowsLinks,
    ExtractOverwrites,
    LinksMadeFirst,
    JudgedHashNotCompared,
    PrefixCompare,
    DotDotAccepted,
    ErrorIsAbsence,
    JournalNotWritten,
    LockNotTaken,
    NoSafetyCopy,
    GzipChecksumIgnored,
    HeaderChecksumIgnored,
    PaxSizeIgnored,
    RatioUnlimited,
    DuplicatesAccepted,
    OutwardLinksAccepted,
    ExtraMembersAccepted,
    MissingMembersAccepted,
    ManifestHashNotCompared,
    ZipHeadersNotCompared,
    ZipChecksumIgnored,
    ArchiveNotReadBack,
    SqliteCopiedRaw,
    PairNotReadAgain,
    TornJsonAccepted,
    SecretsShown,
    Nobody,   // what a sound program is; keep it last
};

#ifdef STRONGROOM_MUTANTS
/// True when the environment names this one. The environment is read once.
[[nodiscard]] bool isMutant(Mutant mutant);
#else
[[nodiscard]] consteval bool isMutant(Mutant)
{
    return false;
}
#endif

}  // namespace strongroom::storage
