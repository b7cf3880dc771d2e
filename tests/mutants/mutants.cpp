// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/mutants/mutants.h"

#include <cstdlib>
#include <cstring>

namespace strongroom::storage {

namespace {

// A name that nobody knows ends the program: a test against a mutant that is none would prove nothing.
Mutant mutantOfEnvironment()
{
    const char *wanted = ::getenv(tests::kMutantVariable);
    if (!wanted)
        return Mutant::Nobody;
    for (size_t i = 0; i < tests::kMutantNames.size(); ++i) {
        if (strcmp(tests::kMutantNames[i], wanted) == 0)
            return Mutant(i);
    }
    qFatal("no mutant %s", wanted);
}

}  // namespace

bool isMutant(Mutant mutant)
{
    static const Mutant chosen = mutantOfEnvironment();
    return mutant == chosen;
}

}  // namespace strongroom::storage
