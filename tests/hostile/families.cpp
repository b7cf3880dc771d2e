// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/hostile/families.h"

namespace strongroom::tests {

QList<FamilyCase> allFamilies(const Aim &aim)
{
    Q_UNUSED(aim)
    QList<FamilyCase> all;
    all += duplicateFamilies();
    return all;
}

}  // namespace strongroom::tests
