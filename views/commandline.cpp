// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "views/commandline.h"

#include <QStringDecoder>

#include <algorithm>

namespace strongroom::views {

namespace {

bool isPlain(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || QByteArrayView("/._-+,:@%=").contains(c);
}

bool isReadableUtf8(const QByteArray &word)
{
    QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
    const QString text = decoder(word);
    // What displayBytes() would escape must not stand raw in a line that is copied into a terminal.
    return !decoder.hasError() && storage::displayBytes(word) == text;
}

QString words(const QByteArrayList &list)
{
    QStringList quoted;
    for (const QByteArray &word : list)
        quoted.append(shellQuoted(word));
    return quoted.join(u' ');
}

void addScope(QByteArrayList &line, const QStringList &scope)
{
    for (const QString &one : scope) {
        if (one != u"everything")
            line << "--scope" << one.toUtf8();
    }
}

}  // namespace

QString shellQuoted(const QByteArray &word)
{
    if (!word.isEmpty() && std::all_of(word.begin(), word.end(), isPlain))
        return QString::fromLatin1(word);
    if (isReadableUtf8(word)) {
        QString text = QString::fromUtf8(word);
        return u'\'' + text.replace(u'\'', QStringLiteral("'\\''")) + u'\'';
    }
    QString text = QStringLiteral("$'");
    for (const char c : word)
        text += isPlain(c) ? QString(QLatin1Char(c)) : QStringLiteral("\\%1").arg(uint(uchar(c)), 3, 8, QLatin1Char('0'));
    return text + u'\'';
}

QString commandLineOf(const storage::BackupRequest &request)
{
    QByteArrayList line = {"strongroomctl", "backup", request.directory, "--to", request.folder};
    addScope(line, request.scope);
    if (request.format == storage::ArchiveFormat::TarZstd)
        line << "--format" << "tar.zst";
    if (request.level >= 0)
        line << "--level" << QByteArray::number(request.level);
    if (!request.name.isEmpty())
        line << "--name" << request.name.toUtf8();
    if (!request.note.isEmpty())
        line << "--note" << request.note.toUtf8();
    if (request.pin)
        line << "--pin";
    if (request.reread)
        line << "--reread";
    return words(line);
}

QString commandLineOf(const storage::RestoreRequest &request)
{
    QByteArrayList line = {"strongroomctl", "restore", request.archive, "--into", request.into};
    addScope(line, request.scope);
    if (request.asCopy)
        line << "--as-copy";
    return words(line);
}

QString undoCommandLine(const QByteArray &directory)
{
    return words({"strongroomctl", "undo", directory});
}

}  // namespace strongroom::views
