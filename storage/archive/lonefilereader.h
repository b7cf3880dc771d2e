// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A file that is no archive, passed on as one that holds just this file: so a lone dump, database or
// secrets.env goes through the same verdict, plan and transaction as everything else.

#include "storage/archive/bytesource.h"
#include "storage/archive/memberfeed.h"

namespace strongroom::storage {

/// One member, named as the file is, with its mode and time. Errors: those of input and feed.
[[nodiscard]] Result<void> readLoneFile(FileInput &input, MemberFeed &feed);

}  // namespace strongroom::storage
