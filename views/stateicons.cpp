// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/stateicons.h"

#include <QHash>

namespace strongroom::views {

StateLook lookOfState(const QString &word)
{
    static const StateLook kGood{QStringLiteral("dialog-ok"), Tone::Good};
    static const StateLook kWarning{QStringLiteral("dialog-warning"), Tone::Warning};
    static const StateLook kDanger{QStringLiteral("dialog-error"), Tone::Danger};
    static const StateLook kBusy{QStringLiteral("view-refresh"), Tone::Information};
    static const StateLook kNote{QStringLiteral("dialog-information"), Tone::Information};
    static const StateLook kStopped{QStringLiteral("process-stop"), Tone::Neutral};
    static const StateLook kLocked{QStringLiteral("lock"), Tone::Neutral};
    static const QHash<QString, StateLook> looks = {
        // items
        {QStringLiteral("ok"), kGood},
        {QStringLiteral("damaged"), {QStringLiteral("warning-damaged"), Tone::Danger}},
        {QStringLiteral("locked"), kLocked},
        {QStringLiteral("deleted"), {QStringLiteral("edit-delete"), Tone::Neutral}},
        {QStringLiteral("dangling"), kWarning},
        {QStringLiteral("linked"), {QStringLiteral("go-next"), Tone::Neutral}},
        // archives
        {QStringLiteral("verified"), {QStringLiteral("security-high"), Tone::Good}},
        {QStringLiteral("readable"), kGood},
        {QStringLiteral("hostile"), kDanger},
        {QStringLiteral("unverified"), {QStringLiteral("dialog-question"), Tone::Neutral}},
        {QStringLiteral("partial"), kWarning},
        {QStringLiteral("encrypted"), kLocked},
        {QStringLiteral("foreign"), {QStringLiteral("dialog-question"), Tone::Neutral}},
        // jobs
        {QStringLiteral("queued"), {QStringLiteral("activity"), Tone::Neutral}},
        {QStringLiteral("waiting"), {QStringLiteral("activity"), Tone::Neutral}},
        {QStringLiteral("running"), kBusy},
        {QStringLiteral("verifying"), {QStringLiteral("security-high"), Tone::Information}},
        {QStringLiteral("stopping"), kStopped},
        {QStringLiteral("succeeded"), kGood},
        {QStringLiteral("completed-with-warnings"), kWarning},
        {QStringLiteral("failed"), kDanger},
        {QStringLiteral("cancelled"), kStopped},
        // data directories
        {QStringLiteral("opening"), kBusy},
        {QStringLiteral("scanning"), kBusy},
        {QStringLiteral("ready"), kGood},
        {QStringLiteral("ambiguous"), {QStringLiteral("dialog-question"), Tone::Warning}},
        {QStringLiteral("problems"), kWarning},
        {QStringLiteral("unprotected"), kWarning},
        // findings
        {QStringLiteral("error"), kDanger},
        {QStringLiteral("warning"), kWarning},
        {QStringLiteral("note"), kNote},
    };
    return looks.value(word);
}

QString iconOfVerb(const QString &verb)
{
    static const QHash<QString, QString> icons = {
        {QStringLiteral("remove"), QStringLiteral("edit-delete")},   {QStringLiteral("replace"), QStringLiteral("archive-restore")},
        {QStringLiteral("create"), QStringLiteral("list-add")},      {QStringLiteral("keep"), QStringLiteral("dialog-ok")},
        {QStringLiteral("archive"), QStringLiteral("archive")},      {QStringLiteral("skip"), QStringLiteral("go-next")},
    };
    return icons.value(verb);
}

QString iconOfNode(const QString &node)
{
    static const QHash<QString, QString> icons = {
        {QStringLiteral("overview"), QStringLiteral("overview")},      {QStringLiteral("root"), QStringLiteral("data-directory")},
        {QStringLiteral("sessions"), QStringLiteral("item-session")},  {QStringLiteral("entities"), QStringLiteral("item-entity")},
        {QStringLiteral("volumes"), QStringLiteral("item-volume")},    {QStringLiteral("snapshots"), QStringLiteral("item-snapshot")},
        {QStringLiteral("findings"), QStringLiteral("warning-damaged")}, {QStringLiteral("backups"), QStringLiteral("archive")},
    };
    return icons.value(node);
}

}  // namespace strongroom::views
