// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Restoring an archive into a data directory: judge and plan first, then one transaction. See restore.cpp
// and transaction.h for the invariants.

#include "storage/archive/inspect.h"
#include "storage/monitor.h"
#include "storage/plan.h"
#include "storage/report.h"

#include <QDateTime>

#include <memory>

namespace strongroom::storage {

struct RestoreRequest {
    QByteArray archive;                              ///< absolute path
    QByteArray into;                                 ///< absolute path of the data directory; its parent must exist
    QStringList scope = {QStringLiteral("everything")};
    bool asCopy = false;                             ///< into a new folder beside `into`, nothing is replaced
    QList<QByteArray> allowedLinks;                  ///< member paths of outward links the operator allows
    Passphrase passphrase = {};                      ///< for an encrypted archive; never logged, never in a plan
    Limits limits = Limits::production();
    QDateTime now;                                   ///< UTC
    QDateTime localNow;                              ///< for the copy's name
    int jobs = 0;                                    ///< writers of files; 0 = one a core, 1 = everything in the caller
};

/// An archive that was judged and compared with its target; holds the open file, so that what is run is
/// what was judged. Move-only. Thread: may be made in one thread and run in another.
class PreparedRestore {
public:
    PreparedRestore(PreparedRestore &&) noexcept;
    PreparedRestore &operator=(PreparedRestore &&) noexcept;
    ~PreparedRestore();
    [[nodiscard]] const Plan &plan() const;          ///< directory = final path that will be written
    [[nodiscard]] const Judgement &judgement() const;
    [[nodiscard]] const RestoreRequest &request() const;

    struct Data;
    explicit PreparedRestore(std::unique_ptr<Data> data);
    [[nodiscard]] Data &data() const { return *m_data; }

private:
    std::unique_ptr<Data> m_data;
};

/// Reads the archive once to the last byte, maps its members onto the target, compares, checks space.
/// The plan lists every path: removed, replaced, created, kept.
/// Errors: the judgement's refusal (ArchiveDamaged, ArchiveHostile, ...), ArchiveEmpty, LayoutMismatch,
/// OutwardLink, NotFound (parent), PermissionDenied, ReadOnly, CrossDevice, DiskFull, Locked, Cancelled,
/// SecretUnavailable (it needs a passphrase), WrongPassphrase.
[[nodiscard]] Result<PreparedRestore> prepareRestore(const RestoreRequest &request, Monitor &monitor);

/// Stages beside the target, hashing every byte; syncs; exchanges; keeps the old tree as safety copy.
/// Always reports; after Failed or Cancelled the target is the old tree (report.rolledBack).
[[nodiscard]] Report runRestore(PreparedRestore &prepared, Monitor &monitor);

}  // namespace strongroom::storage
