// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Command line words as Qt strings without losing a byte: a name on a Unix command line need not be UTF-8.

#include <QByteArray>
#include <QString>
#include <QStringList>

namespace strongroom::app::ctl {

/// UTF-8 where it is UTF-8; any other byte 0xNN becomes the lone surrogate U+DCNN.
[[nodiscard]] QString argumentFromBytes(QByteArrayView bytes);
/// The inverse, for paths.
[[nodiscard]] QByteArray bytesOf(const QString &argument);

}  // namespace strongroom::app::ctl
