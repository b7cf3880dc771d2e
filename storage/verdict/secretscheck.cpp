// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

#include "storage/formats/dotenv.h"

#include <QSet>
#include <QStringDecoder>

#include <algorithm>

namespace strongroom::storage::checks {

namespace {

constexpr qsizetype kMost = 64 * 1024;   // bytes; three keys and their comments need one

bool isUtf8(QByteArrayView text)
{
    QStringDecoder decoder(QStringDecoder::Utf8);
    [[maybe_unused]] const QString decoded = decoder(text);
    return !decoder.hasError();
}

/// Never says a value, only names of keys.
class SecretsCheck final : public ContentCheck {
public:
    explicit SecretsCheck(Subject subject) : m_rule(subject.rule), m_required(subject.rule.required), m_findings(subject.path) {}

    Result<void> data(QByteArrayView bytes) override
    {
        m_text.append(bytes.first(std::min(bytes.size(), kMost + 1 - m_text.size())));
        return {};
    }

    Result<ContentReport> finish() override
    {
        ContentReport report;
        const DotEnv env = parseDotEnv(m_text);
        const auto has = [&env](const QByteArray &key) { return env.has(key); };
        const qsizetype there = std::count_if(m_required.begin(), m_required.end(), has);
        report.proves = there >= std::max<qsizetype>(m_required.size() - 1, 1);
        if (m_rule.requiredIfAny && there == 0)
            m_required.clear();
        if (m_text.size() > kMost)
            m_findings.add(Weight::Damage, QStringLiteral("%1 is far larger than a file of keys."));
        else if (m_text.contains('\0') || !isUtf8(m_text))
            m_findings.add(Weight::Damage, QStringLiteral("%1 is not text."));
        else
            lookAt(env);
        report.findings = m_findings.take();
        return report;
    }

private:
    void lookAt(const DotEnv &env)
    {
        QSet<QByteArray> seen;
        for (const DotEnvEntry &entry : env.entries) {
            const QString key = displayBytes(entry.key.left(80));
            // Harmless until something sources the file, which is what people do with such files.
            if (entry.value.contains("$(") || entry.value.contains('`'))
                m_findings.add(Weight::Harm, QStringLiteral("%1 would run a command if a shell read it, at %2."), key);
            else if (!m_required.isEmpty() && !m_required.contains(entry.key))
                m_findings.add(Weight::Damage, QStringLiteral("%1 has a key that its application does not know: %2."), key);
            if (seen.contains(entry.key))
                m_findings.add(Weight::Damage, QStringLiteral("%1 has the key %2 twice, so it is not certain which one counts."), key);
            seen.insert(entry.key);
        }
        if (!env.oddLines.isEmpty())
            m_findings.add(Weight::Damage, QStringLiteral("%1 has a line that is no KEY=VALUE: line %2."), QString::number(env.oddLines.first()));
        for (const QByteArray &key : std::as_const(m_required)) {
            if (env.value(key).value_or(QByteArray()).size() < m_rule.minValue)
                m_findings.add(Weight::Damage, QStringLiteral("%1 has no usable %2; the application would make new keys for all of them."),
                               QString::fromLatin1(key));
        }
        if (m_text.contains('\r') && m_findings.isEmpty())
            m_findings.add(Weight::Note, QStringLiteral("%1 has the line ends of another system; its application takes them."));
    }

    const ContentRule &m_rule;
    QList<QByteArray> m_required;
    Findings m_findings;
    QByteArray m_text;
};

}  // namespace

std::unique_ptr<ContentCheck> secretsCheck(Subject subject)
{
    return std::make_unique<SecretsCheck>(subject);
}

}  // namespace strongroom::storage::checks
