// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backupfolder.h"

namespace strongroom::storage {

// Placeholders until the operations stand; each goes away with the file that replaces it.
static std::unexpected<Error> missing() { return fail(ErrorCode::Internal, {}, {QStringLiteral("placeholder")}); }


VerificationLog::VerificationLog(QByteArray file) : m_file(std::move(file)) {}
std::optional<VerificationLog::Entry> VerificationLog::find(const FileStamp &) const { return std::nullopt; }
void VerificationLog::record(const FileStamp &, const Entry &) {}
Result<QList<BackupInfo>> listArchives(const QByteArray &, const VerificationLog &, Monitor &) { return missing(); }
Result<BackupInfo> describeArchive(const QByteArray &, const VerificationLog &, Monitor &) { return missing(); }

}  // namespace strongroom::storage
