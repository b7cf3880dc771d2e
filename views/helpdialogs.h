// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The list of shortcuts and the About box. Not modal: they may stay open beside the work.

class QDialog;
class QWidget;

namespace strongroom::views {

class Actions;

/// Both delete themselves when closed; owned by `parent`.
QDialog *showShortcuts(const Actions &actions, QWidget *parent);
QDialog *showAbout(QWidget *parent);

}  // namespace strongroom::views
