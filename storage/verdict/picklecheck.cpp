// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

#include "storage/layouts/fileverdicts.h"

namespace strongroom::storage::checks {

namespace {

class PickleCheck final : public ContentCheck {
public:
    explicit PickleCheck(Subject subject) : m_subject(subject), m_spool(subject.context.scratch) {}

    Result<void> data(QByteArrayView bytes) override { return m_spool.append(bytes); }

    Result<ContentReport> finish() override
    {
        PickleOptions options;
        options.policy = m_subject.rule.policy;
        // What is read here was counted when it came out of the archive.
        Monitor uncounted;
        if (m_subject.context.monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const PickleReport report, walkPickle(*m_spool.open(), m_subject.path, options, uncounted));
        Findings findings(m_subject.path);
        const bool isAttack = !report.forbidden.isEmpty() || report.trailingBytes > 0 || report.end == PickleEnd::TooComplex;
        if (!report.isHarmless())
            findings.add(isAttack ? Weight::Harm : Weight::Damage, QStringLiteral("%1 %2."), pickleVerdict(report));
        else if (m_subject.rule.form == ContentForm::PickledDict && report.top != PickleTop::Dict)
            findings.add(Weight::Damage, QStringLiteral("%1 does not hold a dictionary, so it is none of the application's."));
        else if (report.frameOverrun)
            findings.add(Weight::Note, QStringLiteral("%1 is shorter than its last frame promises; some readers give up there."));
        return ContentReport{findings.take()};
    }

private:
    Subject m_subject;
    Spool m_spool;
};

}  // namespace

std::unique_ptr<ContentCheck> pickleCheck(Subject subject)
{
    return std::make_unique<PickleCheck>(subject);
}

}  // namespace strongroom::storage::checks
