// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/verdict/contentchecks.h"

#include "storage/formats/jsoninspector.h"

#include <QUuid>

#include <algorithm>

namespace strongroom::storage::checks {

namespace {

QString shown(const QString &text)
{
    return displayBytes(text.left(120).toUtf8());
}

/// What a file of a layout calls itself: the stem, or the folder's name behind "session_".
QByteArray nameOf(const RelPath &path)
{
    const QByteArrayView bytes = path.bytes();
    const qsizetype slash = bytes.lastIndexOf('/');
    const QByteArrayView parent = bytes.first(std::max<qsizetype>(slash, 0));
    const QByteArrayView folder = parent.sliced(parent.lastIndexOf('/') + 1);
    if (folder.startsWith("session_"))
        return folder.sliced(8).toByteArray();
    const QByteArrayView name = bytes.sliced(slash + 1);
    return name.first(std::max<qsizetype>(name.lastIndexOf('.'), 0)).toByteArray();
}

bool isUuid(const QByteArray &text)
{
    return text.size() == 36 && !QUuid::fromString(QLatin1String(text)).isNull();
}

/// An id that would be more than one name where it is joined to a path.
bool isPathLike(const QString &id)
{
    return id == u"." || id == u".."
        || std::any_of(id.begin(), id.end(), [](QChar c) { return c == u'/' || c == u'\\' || c.unicode() < 0x20; });
}

/// A path that leads elsewhere than into the data directory. Absolute ones may be the data directory's own,
/// of a container as a rule, when they pass through one of its areas.
bool leavesData(const QString &path, const QList<QByteArray> &areas)
{
    const QStringList parts = path.split(u'/');
    if (parts.contains(QStringLiteral("..")) || path.contains(u'\\') || path.contains(QChar(u'\0')))
        return true;
    if (!path.startsWith(u'/') && !path.startsWith(u'~'))
        return false;
    return std::none_of(areas.begin(), areas.end(), [&](const QByteArray &area) {
        const qsizetype at = parts.indexOf(QString::fromLatin1(area));
        return at > 0 && at + 1 < parts.size();
    });
}

class JsonCheck final : public ContentCheck {
public:
    explicit JsonCheck(Subject subject)
        : m_rule(subject.rule), m_monitor(subject.context.monitor), m_name(nameOf(subject.path)), m_findings(subject.path),
          m_inspector(hooks())
    {
        if (m_rule.namedByUuid && !isUuid(m_name))
            m_findings.add(Weight::Harm, QStringLiteral("%1 lies where the application keeps sessions, but its name is no session's."));
    }

    Result<void> data(QByteArrayView bytes) override
    {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        m_inspector.feed(bytes);
        return {};
    }

    Result<ContentReport> finish() override
    {
        if (!m_inspector.finish())
            m_findings.add(Weight::Damage, QStringLiteral("%1 %2."), jsonFaultText(*m_inspector.fault()));
        else if (m_rule.form == ContentForm::JsonObject && m_inspector.topLevel() != '{')
            m_findings.add(Weight::Damage, QStringLiteral("%1 does not hold an object, so its application would begin with nothing."));
        else if (m_inspector.isPythonOnly())
            m_findings.add(Weight::Note, QStringLiteral("%1 is no strict JSON, but its application reads it."));
        return ContentReport{m_findings.take()};
    }

private:
    JsonHooks hooks()
    {
        JsonHooks hooks;
        if (m_rule.keysAreIds)
            hooks.key = [this](int depth, const QString &key) { lookAtKey(depth, key); };
        hooks.wanted = m_rule.idFields + m_rule.pathFields;
        if (!m_rule.ownId.isEmpty())
            hooks.wanted.append(m_rule.ownId);
        if (!hooks.wanted.isEmpty())
            hooks.text = [this](int depth, QByteArrayView key, const QString &value) { lookAtText(depth, key, value); };
        return hooks;
    }

    void lookAtKey(int depth, const QString &key)
    {
        if (depth == 1 && isPathLike(key))
            m_findings.add(Weight::Harm, QStringLiteral("%1 has an id that is a path: “%2”."), shown(key));
    }

    void lookAtText(int depth, QByteArrayView key, const QString &value)
    {
        if (m_rule.ownId == key && depth == 1 && value.toUtf8() != m_name)
            m_findings.add(Weight::Damage, QStringLiteral("%1 says that it is “%2”, which is not what it is called."), shown(value));
        if (m_rule.idFields.contains(key) && isPathLike(value))
            m_findings.add(Weight::Harm, QStringLiteral("%1 has an id that is a path: “%2”."), shown(value));
        if (m_rule.pathFields.contains(key) && leavesData(value, m_rule.ownAreas))
            m_findings.add(Weight::Harm, QStringLiteral("%1 names a file outside of the data directory: “%2”."), shown(value));
    }

    const ContentRule &m_rule;
    Monitor &m_monitor;
    QByteArray m_name;
    Findings m_findings;
    JsonInspector m_inspector;
};

}  // namespace

std::unique_ptr<ContentCheck> jsonCheck(Subject subject)
{
    return std::make_unique<JsonCheck>(subject);
}

}  // namespace strongroom::storage::checks
