// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/layoutverdict.h"

#include "storage/archive/archivetree.h"
#include "storage/layouts/registry.h"

#include <QHash>

#include <algorithm>

namespace strongroom::storage {

namespace {

// More than this says nothing new.
constexpr qsizetype kMaxProblems = 20;

// 0xc0 with a continuation byte spells an ASCII character a second way, '/' and '.' among them.
bool isOverlong(QByteArrayView name)
{
    for (qsizetype i = 0; i + 1 < name.size(); ++i) {
        if (uchar(name[i]) == 0xc0 && (uchar(name[i + 1]) & 0xc0) == 0x80)
            return true;
    }
    return false;
}

class NameJudge {
public:
    NameJudge(Judgement &judgement, QList<DetectedLayout> layouts) : m_judgement(judgement), m_layouts(std::move(layouts)) {}

    void look(const Member &member)
    {
        if (isOverlong(member.path.bytes()))
            add(member, QStringLiteral("%1 spells a character in a second way."));
        const RelPath top = RelPath().childUnchecked(m_judgement.topFolder);
        const RelPath path = m_judgement.topFolder.isEmpty() ? member.path
            : member.path.isWithin(top) ? member.path.relativeTo(top) : RelPath();
        for (const DetectedLayout &found : std::as_const(m_layouts)) {
            if (path.isRoot() || !path.isWithin(found.root))
                continue;
            const RelPath below = path.relativeTo(found.root);
            const NameRule *rule = nameRuleFor(found.layout->identity(), below);
            if (!rule)
                continue;
            if (!isAllowedName(*rule, below))
                add(member, QStringLiteral("%1 is no name for this part of the data."));
            const QByteArray folded = path.bytes().toLower();
            const auto it = m_folded.constFind(folded);
            if (it != m_folded.cend() && *it != path.bytes())
                add(member, QStringLiteral("%1 differs from another name by case only."));
            m_folded.insert(folded, path.bytes());
        }
    }

private:
    void add(const Member &member, const QString &message)
    {
        m_judgement.verdict = Verdict::Hostile;
        if (m_judgement.problems.size() < kMaxProblems)
            m_judgement.problems.append({ErrorCode::BadName, message.arg(member.path.display()), member.path.bytes()});
    }

    Judgement &m_judgement;
    QList<DetectedLayout> m_layouts;
    QHash<QByteArray, QByteArray> m_folded;
};

}  // namespace

QList<DetectedLayout> judgeByLayout(Judgement &judgement, Monitor &monitor)
{
    if (!judgement.isUsable())
        return {};
    const auto tree = treeOfMembers(judgement.members, judgement.topFolder, {});
    const auto found = tree ? detectLayouts(*tree, monitor) : Result<QList<DetectedLayout>>(QList<DetectedLayout>());
    if (!found)
        return {};
    QList<DetectedLayout> sure = *found;
    sure.removeIf([](const DetectedLayout &layout) { return layout.score < kSureScore; });

    if (judgement.manifest) {
        const QString kind = judgement.manifest->kind;
        const bool isThere = std::any_of(found->begin(), found->end(), [&kind](const DetectedLayout &l) { return l.id == kind; });
        // Only a plain contradiction counts: names alone may not be enough to recognise what is there.
        const bool isOther = std::any_of(sure.begin(), sure.end(), [](const DetectedLayout &l) { return l.id != QLatin1String("plain-directory"); });
        if (layoutById(kind) && kind != QLatin1String("plain-directory") && !isThere && isOther) {
            judgement.verdict = Verdict::Hostile;
            judgement.problems.append({ErrorCode::ManifestInvalid,
                                       QStringLiteral("The manifest says %1, the content is %2.").arg(kind, sure.first().id), {}});
        }
        return *found;
    }
    NameJudge judge(judgement, std::move(sure));
    for (const Member &member : std::as_const(judgement.members))
        judge.look(member);
    return *found;
}

}  // namespace strongroom::storage
