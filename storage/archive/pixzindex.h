// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QByteArrayView>

namespace strongroom::storage {

/// What pixz appends to every tar it packs: where each member begins. A mark, then names with their zero and
/// eight bytes of place, the last name empty. Nobody extracts it, so its shape is all that is looked at.
class PixzIndex {
public:
    /// The bytes from the end of the tar on, in pieces; padding comes before. False when they are no such index.
    bool take(QByteArrayView bytes, int maxPath)
    {
        for (const char c : bytes) {
            if (m_marked < kMark.size()) {
                if (c != kMark[m_marked] && (m_marked > 0 || c != 0))
                    return false;
                m_marked += c == kMark[m_marked] ? 1 : 0;
            } else if (m_ended) {
                return false;
            } else if (m_placeLeft > 0) {
                m_ended = --m_placeLeft == 0 && m_name == 0;
                m_name = m_placeLeft == 0 ? 0 : m_name;
            } else if (c == 0) {
                m_placeLeft = 8;
            } else if (++m_name > maxPath) {
                return false;
            }
        }
        return true;
    }
    /// It was begun and is not complete.
    [[nodiscard]] bool isCut() const { return m_marked > 0 && !m_ended; }

private:
    static constexpr QByteArrayView kMark{"\xa6\x4c\x32\x2e\xd6\x14\xae\xdb", 8};
    qsizetype m_marked = 0;
    int m_name = 0;         // bytes of the current name
    int m_placeLeft = 0;    // bytes of its place still to come
    bool m_ended = false;
};

}  // namespace strongroom::storage
