// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/hostile/hostileset.h"

#include <QCryptographicHash>
#include <QDir>
#include <QFile>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>

namespace strongroom::tests {

namespace {

constexpr int kGenerateMs = 600'000;

QString generator()
{
    return QDir::cleanPath(QStringLiteral(STRONGROOM_SOURCE_DIR "/../shared/hostile/make_hostile.py"));
}

/// Of a path in the index, which is hex where it is no UTF-8.
QByteArray pathOf(const QString &key)
{
    return key.endsWith(u"#hex") ? QByteArray::fromHex(key.chopped(4).toLatin1()) : key.toUtf8();
}

/// Where the members of an archive of this content come to lie: below its only top folder, if it has one.
QHash<QByteArray, QByteArray> belowTheTop(const QHash<QByteArray, QByteArray> &content)
{
    QSet<QByteArray> tops;
    for (auto it = content.cbegin(); it != content.cend(); ++it) {
        if (!it.key().contains('/'))
            return content;
        tops.insert(it.key().left(it.key().indexOf('/') + 1));
    }
    if (tops.size() != 1)
        return content;
    QHash<QByteArray, QByteArray> below;
    for (auto it = content.cbegin(); it != content.cend(); ++it)
        below.insert(it.key().sliced(tops.cbegin()->size()), it.value());
    return below;
}

HostileCase generatedCase(const QJsonObject &one, const QByteArray &folder)
{
    QHash<QByteArray, QByteArray> expected;
    const QJsonObject expect = one.value(u"expect").toObject();
    for (auto it = expect.begin(); it != expect.end(); ++it)
        expected.insert(pathOf(it.key()), it->toString().toLatin1());
    const bool refused = one.value(u"verdict").toString() == u"reject-before-write";
    return {one.value(u"id").toString(), one.value(u"family").toString().toUtf8(), folder + '/' + one.value(u"file").toString().toUtf8(),
            !refused ? Fate::Accepted : one.contains(u"preplant") ? Fate::RefusedOverALink : Fate::Refused, belowTheTop(expected)};
}

}  // namespace

QList<HostileCase> ownSet(DataDirBuilder &dir, const QByteArray &folder, const Aim &aim)
{
    QHash<QByteArray, int> count;
    QList<HostileCase> cases;
    for (const FamilyCase &one : allFamilies(aim)) {
        const QByteArray id = one.family + '-' + QByteArray::number(++count[one.family]);
        const QByteArray name = id + one.ending;
        dir.file(folder + '/' + name, one.build());
        if (one.sidecar)
            dir.file(folder + '/' + name + ".sha256", one.sidecar(name));
        HostileCase made{QString::fromLatin1(id), one.family, dir.path(folder + '/' + name), one.fate, {}};
        for (const auto &[path, content] : one.expected)
            made.expected.insert(path, content ? QCryptographicHash::hash(*content, QCryptographicHash::Sha256).toHex() : QByteArray());
        cases.append(made);
    }
    return cases;
}

QList<HostileCase> generatedSet(DataDirBuilder &dir, const QByteArray &folder, const Aim &aim)
{
    if (!QFileInfo::exists(generator()) || QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty())
        return {};
    const Ran made = run(QStringLiteral("python3"), {generator(), QFile::decodeName(dir.path(folder)), QStringLiteral("--canary"), QFile::decodeName(aim.canary)},
                         {}, {}, kGenerateMs);
    if (made.exitCode != 0)
        qFatal("no set is generated: %s", made.err.constData());
    QList<HostileCase> cases;
    for (const QJsonValue &value : QJsonDocument::fromJson(dir.read(folder + "/index.json")).object().value(u"cases").toArray())
        cases.append(generatedCase(value.toObject(), dir.path(folder)));
    return cases;
}

QHash<QByteArray, QSet<Fate>> fatesOf(const QList<HostileCase> &cases)
{
    QHash<QByteArray, QSet<Fate>> fates;
    for (const HostileCase &one : cases)
        fates[one.family].insert(one.fate);
    return fates;
}

}  // namespace strongroom::tests
