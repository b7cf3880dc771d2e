// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/foldertrail.h"

#include <fcntl.h>

namespace strongroom::storage {

namespace {

// Deeper ones are opened again and again.
constexpr size_t kMaxSteps = 64;

}  // namespace

Result<std::shared_ptr<const Fd>> FolderTrail::open(const RelPath &path)
{
    while (!m_steps.empty() && !path.isWithin(m_steps.back().path))
        m_steps.pop_back();
    if (!m_steps.empty() && m_steps.back().path == path)
        return m_steps.back().fd;
    Result<Fd> opened = m_steps.empty() ? openBelow(m_root, path, O_RDONLY | O_DIRECTORY)
                                        : openBelow(m_steps.back().fd->get(), path.relativeTo(m_steps.back().path), O_RDONLY | O_DIRECTORY);
    if (!opened) {
        opened.error().path = path.bytes();
        return std::unexpected(std::move(opened).error());
    }
    if (m_steps.size() == kMaxSteps)
        m_steps.pop_back();
    m_steps.push_back({path, std::make_shared<const Fd>(*std::move(opened))});
    return m_steps.back().fd;
}

Result<std::shared_ptr<const Fd>> FolderTrail::openParentOf(const RelPath &path)
{
    if (!m_steps.empty()) {
        const QByteArray &here = m_steps.back().path.bytes();
        const qsizetype slash = path.bytes().lastIndexOf('/');
        if (slash == here.size() && path.bytes().startsWith(here))
            return m_steps.back().fd;
    }
    return open(path.parent());
}

}  // namespace strongroom::storage
