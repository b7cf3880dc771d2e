// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/layouts/fileverdicts.h"

namespace strongroom::storage {

namespace {

/// Names out of a pickle are as foreign as the rest of it.
QString shownNames(const QList<QByteArray> &names)
{
    constexpr qsizetype kMost = 8;
    QStringList shown;
    for (const QByteArray &name : names.first(std::min(names.size(), kMost)))
        shown.append(displayBytes(name.left(120)));
    if (names.size() > kMost)
        shown.append(QStringLiteral("…"));
    return shown.join(QStringLiteral(", "));
}

}  // namespace

void FileFindings::add(Severity severity, const char *code, const QString &message) const
{
    Finding finding;
    finding.severity = severity;
    finding.code = QLatin1String(code);
    finding.item = item;
    finding.path = path;
    finding.message = message;
    finding.consequence = consequence;
    sink(std::move(finding));
}

void FileFindings::unreadable(const Error &error) const
{
    const ErrorText text = describe(error);
    add(Severity::Warning, "unreadable",
        QStringLiteral("%1 cannot be read, so nothing is known of what is in it: %2.")
            .arg(path.display(), text.why.isEmpty() ? text.what : text.why));
}

void FileFindings::json(const JsonFault &fault, Severity severity) const
{
    if (fault.kind == JsonFaultKind::Empty)
        add(severity, "empty-file", QStringLiteral("%1 is empty; it was probably interrupted while it was written.").arg(path.display()));
    else
        add(severity, "json-invalid", QStringLiteral("%1 is not valid JSON: %2.").arg(path.display(), jsonFaultText(fault)));
}

void FileFindings::wrongType(const QString &expected, Severity severity) const
{
    add(severity, "json-wrong-type", QStringLiteral("%1 does not hold %2.").arg(path.display(), expected));
}

void FileFindings::pickle(const PickleReport &report) const
{
    const QString name = path.display();
    if (!report.forbidden.isEmpty()) {
        add(Severity::Error, "pickle-forbidden-global",
            QStringLiteral("%1 would run or build what does not belong into it: %2.").arg(name, shownNames(report.forbidden)));
    }
    if (report.end == PickleEnd::Truncated && report.bytes == 0)
        add(Severity::Error, "empty-file", QStringLiteral("%1 is empty; it was probably interrupted while it was written.").arg(name));
    else if (report.end == PickleEnd::Truncated || (report.isComplete() && report.frameOverrun))
        add(Severity::Error, "pickle-truncated", QStringLiteral("%1 %2.").arg(name, pickleVerdict(report)));
    else if (report.end == PickleEnd::Invalid || report.end == PickleEnd::TooComplex)
        add(Severity::Error, "pickle-not-a-pickle", QStringLiteral("%1 %2.").arg(name, pickleVerdict(report)));
    if (report.trailingBytes > 0) {
        add(Severity::Error, "pickle-trailing-bytes",
            QStringLiteral("%1 goes on for %2 bytes after its end.").arg(name).arg(report.trailingBytes));
    }
}

void FileFindings::vectors(const VectorFile &file) const
{
    const QString name = path.display();
    switch (file.state) {
    case VectorFileState::Ok: return;
    case VectorFileState::Empty:
        return add(Severity::Error, "empty-file", QStringLiteral("%1 is empty; it was probably interrupted while it was written.").arg(name));
    case VectorFileState::UnknownType:
        return add(Severity::Warning, "vector-unknown-type",
                   QStringLiteral("%1 is an index of type “%2”, which is not read here.").arg(name, displayBytes(file.type)));
    case VectorFileState::Truncated:
        return add(Severity::Error, "vector-file-truncated",
                   file.expectedBytes ? QStringLiteral("%1 has %2 of the %3 bytes that its header promises.")
                                            .arg(name).arg(file.bytes).arg(*file.expectedBytes)
                                      : QStringLiteral("%1 ends within its header, after %2 bytes.").arg(name).arg(file.bytes));
    case VectorFileState::Oversized:
        return add(Severity::Error, "vector-count-mismatch",
                   QStringLiteral("%1 has %2 bytes, but its header speaks of %3.").arg(name).arg(file.bytes).arg(file.expectedBytes.value_or(0)));
    case VectorFileState::Inconsistent:
        return add(Severity::Error, "vector-count-mismatch",
                   QStringLiteral("The header of %1 contradicts itself, so its vectors cannot be counted.").arg(name));
    }
}

QString pickleVerdict(const PickleReport &report)
{
    switch (report.end) {
    case PickleEnd::Complete:
        if (report.frameOverrun)
            return QStringLiteral("is shorter than its last frame promises");
        break;
    case PickleEnd::Truncated:
        return report.bytes == 0 ? QStringLiteral("is empty")
                                 : QStringLiteral("ends early: what begins at byte %1 of %2 is not whole").arg(report.endOffset).arg(report.bytes);
    case PickleEnd::Invalid:
        return report.protocol < 2 && report.opcodes < 16
            ? QStringLiteral("is not a pickle")
            : QStringLiteral("is damaged at byte %1").arg(report.endOffset);
    case PickleEnd::TooComplex: return QStringLiteral("is nested deeper than anything that is saved honestly");
    case PickleEnd::Unfinished: break;
    }
    if (!report.forbidden.isEmpty())
        return QStringLiteral("names %1").arg(shownNames(report.forbidden));
    if (report.trailingBytes > 0)
        return QStringLiteral("goes on for %1 bytes after its end").arg(report.trailingBytes);
    return {};
}

}  // namespace strongroom::storage
