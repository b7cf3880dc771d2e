// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/registry.h"

namespace strongroom::storage {

// One line each; the functions stand at the end of the layouts' own files.
const Layout *composeVolumesLayout();
const Layout *entityRagLayout();
const Layout *documentSessionsLayout();
const Layout *plainDirectoryLayout();
const Layout *sceneSnapshotsLayout();
const Layout *sqliteAppLayout();

const QList<const Layout *> &allLayouts()
{
    static const QList<const Layout *> layouts = {
        documentSessionsLayout(),
        sqliteAppLayout(),
        composeVolumesLayout(),
        entityRagLayout(),
        sceneSnapshotsLayout(),
        plainDirectoryLayout(),
    };
    return layouts;
}

const Layout *layoutById(QStringView id)
{
    for (const Layout *layout : allLayouts()) {
        if (layout->identity().id == id)
            return layout;
    }
    return nullptr;
}

QList<LonePlace> lonePlacesFor(LoneKind kind, const QByteArray &name)
{
    QList<LonePlace> places;
    QList<LonePlace> named;
    for (const Layout *layout : allLayouts()) {
        for (const LoneFileRule &rule : layout->identity().loneFiles) {
            const QByteArray last = rule.path.mid(rule.path.lastIndexOf('/') + 1);
            if (rule.kind != kind || (rule.byName && !matchesPattern(last, name)))
                continue;
            if (rule.byName)
                named.append({layout, &rule, rule.path.first(rule.path.size() - last.size()) + name});
            else
                places.append({layout, &rule, rule.path});
        }
    }
    return named.isEmpty() ? places : named;
}

}  // namespace strongroom::storage
