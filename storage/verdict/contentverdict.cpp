// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentverdict.h"

#include "storage/archive/manifest.h"
#include "storage/layouts/registry.h"
#include "storage/verdict/lonerules.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qsizetype kMostProblems = 20;    // more says nothing new
constexpr qsizetype kMostGathered = 40;    // of one place and weight, so that junk cannot crowd out what counts

/// Endings of every name that a rule speaks of. The rules themselves are asked only behind this.
bool mayMatter(QByteArrayView name)
{
    for (const char *ending : {".json", ".pkl", ".sqlite", "-journal", "-wal", ".env", ".sql", ".rdb", ".aof"}) {
        if (name.endsWith(ending))
            return true;
    }
    return name.contains("backup") || name.count('/') <= 1;
}

QList<RelPath> rootsOf(const Layout *layout)
{
    QList<RelPath> roots = {RelPath()};
    for (const QString &root : layout->identity().candidateRoots)
        roots.append(RelPath::literal(root.toUtf8()));
    if (roots.size() > 1) {
        for (const char *usual : {"data", "server/data"}) {
            if (!roots.contains(RelPath::literal(usual)))
                roots.append(RelPath::literal(usual));
        }
    }
    return roots;
}

}  // namespace

ContentVerdict::ContentVerdict(const Limits &limits, bool announced, LoneKind lone, Scratch &scratch, Monitor &monitor)
    : m_context{.monitor = monitor, .scratch = scratch, .limits = limits}, m_lone(lone)
{
    if (announced)
        m_context.maxSpool = Scratch::kInMemory;
    addPlaces(RelPath());
}

ContentVerdict::~ContentVerdict() = default;

QList<ContentVerdict::Candidate> ContentVerdict::candidatesFor(const RelPath &path) const
{
    QList<Candidate> candidates;
    // It stands for a place of its own, wherever the file is.
    for (const ContentRule &rule : m_loneRules)
        candidates.append({0, &rule});
    if (m_lone != LoneKind::None || !mayMatter(path.bytes()))
        return candidates;
    // Once a second first component was seen, nothing can begin below one of them any more.
    for (qsizetype i = 0; i < m_places.size(); ++i) {
        const Place &place = m_places[i];
        if (place.inTop && !m_hasTop)
            continue;
        const QByteArray &root = place.root.bytes();
        const QByteArrayView bytes = path.bytes();
        if (!root.isEmpty() && (bytes.size() <= root.size() || bytes[root.size()] != '/' || !bytes.startsWith(root)))
            continue;
        for (const ContentRule *rule : contentRulesFor(place.layout->identity(), root.isEmpty() ? bytes : bytes.sliced(root.size() + 1)))
            candidates.append({i, rule});
    }
    return candidates;
}

void ContentVerdict::addPlaces(const RelPath &top)
{
    for (const Layout *layout : allLayouts()) {
        if (layout->identity().contents.isEmpty())
            continue;
        for (const RelPath &root : rootsOf(layout)) {
            const Place place{layout, top.joined(root), !top.isRoot()};
            const auto same = [&place](const Place &other) { return other.layout == place.layout && other.root == place.root; };
            if (std::none_of(m_places.begin(), m_places.end(), same)) {
                m_places.append(place);
                m_gathered.emplace_back();
            }
        }
    }
}

void ContentVerdict::note(const Candidate &candidate, Finding finding)
{
    QList<Finding> &findings = m_gathered[size_t(candidate.place)].findings;
    const auto same = std::count_if(findings.begin(), findings.end(), [&finding](const Finding &f) { return f.weight == finding.weight; });
    finding.sure = candidate.rule->sure;
    if (same < kMostGathered)
        findings.append(std::move(finding));
}

Result<void> ContentVerdict::begin(const Member &member)
{
    static const RelPath ours = RelPath::literal(kManifestFolder);
    m_running.clear();
    m_head.resize(0);
    m_announcing = false;
    if (member.path.isRoot() || member.path.isWithin(ours))
        return {};
    m_bytes += member.size;
    ++m_entries;
    if (m_lone != LoneKind::None)
        m_loneRules = rulesForLoneFile(m_lone, member.path.name());
    const QByteArray &bytes = member.path.bytes();
    const qsizetype slash = bytes.indexOf('/');
    const QByteArrayView top = QByteArrayView(bytes).first(slash < 0 ? bytes.size() : slash);
    if (m_top.isEmpty()) {
        m_top = top.toByteArray();
        addPlaces(RelPath().childUnchecked(top));
    }
    m_hasTop = m_hasTop && m_top == top;
    if (member.type == MemberType::Hardlink) {
        lookAtLink(member);
        return {};
    }
    if (member.type != MemberType::File)
        return {};
    for (const Candidate &candidate : candidatesFor(member.path)) {
        Gathered &gathered = m_gathered[size_t(candidate.place)];
        if (candidate.rule->form == ContentForm::Leftover) {
            if (member.size > 0)
                note(candidate, {Weight::Damage,
                                 QStringLiteral("%1 is left over from a running application; nothing proves that it belongs to the database beside it.")
                                     .arg(member.path.display()),
                                 bytes});
            continue;
        }
        if (candidate.rule->form == ContentForm::Secrets)
            gathered.files.insert(bytes);
        if (!candidate.rule->companion.isEmpty())
            gathered.lonely << bytes << member.path.parent().childUnchecked(candidate.rule->companion).bytes();
        m_announcing = m_announcing || !candidate.rule->announcedBy.isEmpty();
        if (auto check = openContentCheck(*candidate.rule, member.path, member.size, m_context))
            m_running.push_back({candidate, std::move(check)});
    }
    return {};
}

/// A second name where a layout keeps a file of its own: what it names must have been looked at as such.
void ContentVerdict::lookAtLink(const Member &member)
{
    const auto target = RelPath::parse(member.link);
    const QList<Candidate> behind = target ? candidatesFor(*target) : QList<Candidate>();
    for (const Candidate &candidate : candidatesFor(member.path)) {
        if (!candidate.rule->announcedBy.isEmpty())
            continue;   // was announced under its first name, or is user's own
        const bool same = std::any_of(behind.begin(), behind.end(), [&candidate](const Candidate &other) {
            return other.place == candidate.place && other.rule->form == candidate.rule->form;
        });
        if (!same)
            note(candidate, {Weight::Harm, QStringLiteral("%1 is only a second name of %2, which is no file of its kind.")
                                               .arg(member.path.display(), displayBytes(member.link)), member.path.bytes()});
    }
}

/// Leaves out the checks whose announcement is not there, and hands the others what was held back.
Result<void> ContentVerdict::announce()
{
    m_announcing = false;
    std::erase_if(m_running, [this](const Running &running) { return !isAnnouncedIn(*running.candidate.rule, m_head); });
    for (Running &running : m_running)
        STRONGROOM_CHECK(running.check->data(m_head));
    return {};
}

Result<void> ContentVerdict::data(QByteArrayView bytes)
{
    if (m_running.empty())
        return {};
    if (m_announcing) {
        m_head.append(bytes);
        return m_head.size() < kAnnouncementWithin ? Result<void>() : announce();
    }
    for (Running &running : m_running)
        STRONGROOM_CHECK(running.check->data(bytes));
    return {};
}

Result<void> ContentVerdict::end(const Member &member)
{
    if (m_announcing)
        STRONGROOM_CHECK(announce());
    for (Running &running : m_running) {
        STRONGROOM_TRY(const ContentReport report, running.check->finish());
        Gathered &gathered = m_gathered[size_t(running.candidate.place)];
        gathered.recognised = gathered.recognised || report.proves || running.candidate.rule->sure;
        for (const ContentFinding &finding : report.findings)
            note(running.candidate, {finding.weight, finding.message, member.path.bytes()});
    }
    m_running.clear();
    return {};
}

/// Where the layout would be looked for in the archive's tree, which begins at `base`.
bool ContentVerdict::isPlausible(const Place &place, const RelPath &base)
{
    return place.root.isWithin(base) && rootsOf(place.layout).contains(place.root.relativeTo(base));
}

void ContentVerdict::conclude(Judgement &judgement, const QList<DetectedLayout> &layouts) const
{
    if (!judgement.isUsable())
        return;
    const RelPath base = judgement.topFolder.isEmpty() ? RelPath() : RelPath().childUnchecked(judgement.topFolder);
    QList<Finding> counted;
    for (qsizetype i = 0; i < m_places.size(); ++i) {
        const Place &place = m_places[i];
        const Gathered &gathered = m_gathered[size_t(i)];
        if (!isPlausible(place, base))
            continue;
        const bool isThere = gathered.recognised || std::any_of(layouts.begin(), layouts.end(), [&](const DetectedLayout &found) {
            return found.layout == place.layout && found.score >= kSureScore && base.joined(found.root) == place.root;
        });
        std::copy_if(gathered.findings.begin(), gathered.findings.end(), std::back_inserter(counted),
                     [isThere](const Finding &finding) { return isThere || finding.sure; });
        for (qsizetype k = 0; isThere && k + 1 < gathered.lonely.size(); k += 2) {
            if (!gathered.files.contains(gathered.lonely[k + 1]))
                counted.append({Weight::Damage, QStringLiteral("%1 is there without %2, which holds the keys to what is in it.")
                                                    .arg(displayBytes(gathered.lonely[k]), displayBytes(gathered.lonely[k + 1])),
                                gathered.lonely[k]});
        }
    }
    const Limits &limits = m_context.limits;
    if (m_context.nestedBytes > limits.maxBytes - m_bytes || m_context.nestedEntries > limits.maxEntries - m_entries)
        counted.append({Weight::Harm, QStringLiteral("The archives within the archive expand beyond the limit."), {}});
    std::stable_sort(counted.begin(), counted.end(), [](const Finding &a, const Finding &b) { return a.weight > b.weight; });
    for (const Finding &finding : std::as_const(counted)) {
        const bool counts = finding.weight != Weight::Note && judgement.verdict != Verdict::Verified;
        QList<Problem> &list = counts ? judgement.problems : judgement.notes;
        const ErrorCode code = finding.weight == Weight::Harm ? ErrorCode::ArchiveHostile : ErrorCode::ArchiveDamaged;
        const auto same = [&finding](const Problem &problem) { return problem.message == finding.message; };
        if (list.size() < kMostProblems && std::none_of(list.begin(), list.end(), same))
            list.append({code, finding.message, finding.member});
    }
    for (const Problem &problem : std::as_const(judgement.problems))
        judgement.verdict = problem.code == ErrorCode::ArchiveHostile || judgement.verdict == Verdict::Hostile ? Verdict::Hostile : Verdict::Damaged;
}

}  // namespace strongroom::storage
