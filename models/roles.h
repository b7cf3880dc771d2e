// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Roles every model of ours answers, beside Qt's own. A model returns values and codes; icons and colours
// are the views' affair.

#include <Qt>

namespace strongroom::models {

enum Role {
    SortRole = Qt::UserRole + 1,   ///< raw value: qint64, QString, QDateTime
    IdRole,                        ///< identity of the row, see the model
    KindRole,                      ///< storage::ItemKind as int, or a kind word
    StateRole,                     ///< stable state word ("ok", "damaged", ...)
    PathRole,                      ///< QByteArray, absolute or relative as the model says
    CountRole,                     ///< badge count, qint64; invalid = none
    ProgressRole,                  ///< 0..1000, -1 = busy without a total
};

}  // namespace strongroom::models
