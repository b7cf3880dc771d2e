// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The VerificationLog as the workers of one workspace share it. Not a log of its own: see
// storage/ops/backupfolder.h.

#include "storage/ops/backupfolder.h"

#include <memory>
#include <mutex>

namespace strongroom::models {

/// Thread: any; blocks for the reading and writing of one small file, so never from the GUI thread.
class VerificationStore {
public:
    explicit VerificationStore(QByteArray file) : m_file(std::move(file)) {}

    /// What is remembered now. Reads the file the first time.
    [[nodiscard]] storage::VerificationLog snapshot()
    {
        const std::lock_guard lock(m_mutex);
        return log();
    }
    void record(const storage::FileStamp &stamp, const storage::VerificationLog::Entry &entry)
    {
        const std::lock_guard lock(m_mutex);
        log().record(stamp, entry);
    }

private:
    storage::VerificationLog &log()
    {
        if (!m_log)
            m_log = std::make_unique<storage::VerificationLog>(m_file);
        return *m_log;
    }
    std::mutex m_mutex;
    QByteArray m_file;
    std::unique_ptr<storage::VerificationLog> m_log;
};

}  // namespace strongroom::models
