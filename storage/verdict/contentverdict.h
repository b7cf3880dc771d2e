// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Looks into an archive's files while it is judged, and says what that means for the verdict. What a file
// should hold is said by its layout, and which layout it is becomes certain only at the end: so every file
// that some layout would recognise by its name is checked as it comes by, and in the end the findings of
// layouts that are not there are dropped.
//
// Rule of trust: an archive with our own verified manifest was made from a directory that had what is in it,
// damaged files too, and putting those back is what it is for. There findings are notes. In any other
// archive a file that is not whole makes it Damaged, one that was made to do something makes it Hostile.

#include "storage/archive/inspect.h"
#include "storage/datadirectory.h"
#include "storage/lonekind.h"
#include "storage/verdict/contentcheck.h"

#include <QHash>
#include <QSet>

#include <memory>
#include <vector>

namespace strongroom::storage {

/// One archive. Thread: one at a time. Memory: the files under examination (see spool.h), and a bounded
/// number of findings.
class ContentVerdict final : public MemberSink {
public:
    /// \param announced  the archive ends with our trailer: large files are left to its manifest.
    /// \param lone       it is no archive but one file of this kind.
    ContentVerdict(const Limits &limits, bool announced, LoneKind lone, Scratch &scratch, Monitor &monitor);
    ~ContentVerdict() override;

    Result<void> begin(const Member &member) override;
    Result<void> data(QByteArrayView bytes) override;
    Result<void> end(const Member &member) override;

    /// After the pass. `layouts` as detectLayouts has them, below the archive's top folder. Leaves alone what
    /// is refused already.
    void conclude(Judgement &judgement, const QList<DetectedLayout> &layouts) const;

private:
    /// A layout where it may begin, by names alone.
    struct Place {
        const Layout *layout = nullptr;
        RelPath root;
        bool inTop = false;      ///< below the first component of the first member, if that is a top folder
    };
    struct Candidate {
        qsizetype place = 0;   ///< in m_places
        const ContentRule *rule = nullptr;
    };
    struct Running {
        Candidate candidate;
        std::unique_ptr<ContentCheck> check;
    };
    struct Finding {
        Weight weight = Weight::Note;
        QString message;
        QByteArray member;
        bool sure = false;
    };
    /// What was found at one place.
    struct Gathered {
        bool recognised = false;   ///< by a sure name or by content
        QList<Finding> findings;
        QList<QByteArray> lonely;    ///< files that want a companion: member path, then the companion's
        QSet<QByteArray> files;      ///< companions that are there
    };

    [[nodiscard]] QList<Candidate> candidatesFor(const RelPath &path) const;
    void addPlaces(const RelPath &top);
    [[nodiscard]] static bool isPlausible(const Place &place, const RelPath &base);
    void note(const Candidate &candidate, Finding finding);
    [[nodiscard]] Result<void> announce();
    void lookAtLink(const Member &member);

    ContentContext m_context;
    LoneKind m_lone;
    QList<ContentRule> m_loneRules;      // none in an archive
    QList<Place> m_places;
    std::vector<Gathered> m_gathered;    // by place
    QByteArray m_top;                    // first component of every member so far
    bool m_hasTop = true;
    std::vector<Running> m_running;
    QByteArray m_head;                   // of the file under way, until announcements were looked for
    bool m_announcing = false;
    qint64 m_bytes = 0;
    qint64 m_entries = 0;
};

}  // namespace strongroom::storage
