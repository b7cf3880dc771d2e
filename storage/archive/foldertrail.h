// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The folders on the way down to the one that is being filled, held open: members of one folder come
// together, and the next folder is mostly beside or below. Follows no link (openBelow).

#include "storage/fd.h"

#include <memory>
#include <vector>

namespace strongroom::storage {

/// Thread: one at a time; the descriptors it hands out are for any, and stay open as long as somebody has them.
class FolderTrail {
public:
    /// `rootFd` stays the caller's.
    explicit FolderTrail(int rootFd) : m_root(rootFd) {}

    /// The folder `path`, opened for reading below the nearest one that is open already.
    /// Errors: those of openBelow(); the path is the whole one.
    [[nodiscard]] Result<std::shared_ptr<const Fd>> open(const RelPath &path);
    /// The folder that `path` is in, likewise.
    [[nodiscard]] Result<std::shared_ptr<const Fd>> openParentOf(const RelPath &path);
    void clear() { m_steps.clear(); }

private:
    struct Step {
        RelPath path;
        std::shared_ptr<const Fd> fd;
    };
    int m_root;
    std::vector<Step> m_steps;   // each within the one before
};

}  // namespace strongroom::storage
