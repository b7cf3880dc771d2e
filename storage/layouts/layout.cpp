// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/layout.h"

namespace strongroom::storage {

bool matchesPattern(QByteArrayView pattern, QByteArrayView path)
{
    // Most patterns end in a name that most paths do not have.
    for (qsizetype i = 1; i <= pattern.size() && pattern[pattern.size() - i] != '*'; ++i) {
        const char c = pattern[pattern.size() - i];
        if (i > path.size() || (c != path[path.size() - i] && (c != '?' || path[path.size() - i] == '/')))
            return false;
    }
    // Iterative backtracking over the last '*' and the last '**'; linear for the patterns we write.
    qsizetype p = 0;
    qsizetype s = 0;
    qsizetype starP = -1;
    qsizetype starS = 0;
    qsizetype deepP = -1;
    qsizetype deepS = 0;
    while (s < path.size()) {
        if (p + 1 < pattern.size() && pattern[p] == '*' && pattern[p + 1] == '*') {
            p += 2;
            deepP = p;
            deepS = s;
            starP = -1;
            continue;
        }
        if (p < pattern.size() && pattern[p] == '*') {
            starP = ++p;
            starS = s;
            continue;
        }
        if (p < pattern.size() && ((pattern[p] == '?' && path[s] != '/') || pattern[p] == path[s])) {
            ++p;
            ++s;
            continue;
        }
        if (starP >= 0 && path[starS] != '/') {
            p = starP;
            s = ++starS;
            continue;
        }
        if (deepP >= 0) {
            p = deepP;
            s = ++deepS;
            starP = -1;
            continue;
        }
        return false;
    }
    while (p < pattern.size() && pattern[p] == '*')
        ++p;
    return p == pattern.size();
}

Capture captureFor(const LayoutIdentity &identity, const RelPath &path)
{
    for (const CaptureRule &rule : identity.captures) {
        if (matchesPattern(rule.pattern, path.bytes()))
            return rule.capture;
    }
    return Capture::Plain;
}

const NameRule *nameRuleFor(const LayoutIdentity &identity, const RelPath &path)
{
    for (const NameRule &rule : identity.structuredNames) {
        if (matchesPattern(rule.pattern, path.bytes()))
            return &rule;
    }
    return nullptr;
}

QList<const ContentRule *> contentRulesFor(const LayoutIdentity &identity, QByteArrayView path)
{
    QList<const ContentRule *> rules;
    for (const ContentRule &rule : identity.contents) {
        if (!matchesPattern(rule.pattern, path))
            continue;
        if (rule.form != ContentForm::Free)
            rules.append(&rule);
        if (rule.announcedBy.isEmpty())
            break;
    }
    return rules;
}

Result<QMap<ItemKind, qint64>> Layout::count(const Tree &root, Monitor &monitor) const
{
    ChunkBuilder items([](const ChunkPtr &) {});
    STRONGROOM_CHECK(scan(root, items, [](const Finding &) {}, monitor));
    QMap<ItemKind, qint64> counts;
    for (const ItemKind kind : identity().kinds)
        counts.insert(kind, items.count(kind));
    return counts;
}

bool isAllowedName(const NameRule &rule, const RelPath &path)
{
    for (const char c : path.bytes()) {
        const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '_' || c == '-';
        if (!plain && c != '/' && !rule.extra.contains(c))
            return false;
    }
    return true;
}

}  // namespace strongroom::storage
