// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Which actions are possible now, and why the others are not. Reads; changes nothing but the actions.

#include "views/page.h"

namespace strongroom::models {
class Job;
class Workspace;
}

namespace strongroom::views {

class Actions;

/// \param page the one that is shown; \param job the selected one, null = none
void updateActions(Actions &actions, const Context &context, const Page *page, const models::Workspace &workspace, const models::Job *job);

}  // namespace strongroom::views
