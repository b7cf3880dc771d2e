// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Root reads everything, so tests of what cannot be read step down to another user for a while.

#include <QByteArray>

#include <unistd.h>

namespace strongroom::tests {

/// Acts as uid and gid 65534 for its lifetime when started as root; as an ordinary user it does nothing,
/// because the permissions then hold anyway.
class AsNobody {
public:
    /// \param ownedFolder given to that user first, so that it can be searched.
    explicit AsNobody(const QByteArray &ownedFolder) : m_wasRoot(geteuid() == 0)
    {
        if (!m_wasRoot)
            return;
        m_ok = chown(ownedFolder.constData(), kNobody, kNobody) == 0 && setegid(kNobody) == 0 && seteuid(kNobody) == 0;
    }
    ~AsNobody()
    {
        if (m_wasRoot && (seteuid(0) != 0 || setegid(0) != 0))
            qFatal("cannot become root again");
    }
    AsNobody(const AsNobody &) = delete;
    AsNobody &operator=(const AsNobody &) = delete;
    [[nodiscard]] bool ok() const { return m_ok; }

private:
    static constexpr unsigned kNobody = 65534;
    bool m_wasRoot;
    bool m_ok = true;
};

}  // namespace strongroom::tests
