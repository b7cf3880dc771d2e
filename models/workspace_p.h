// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the three sources of Workspace share. Not for anybody else.

#include "models/verificationstore.h"
#include "models/workspace.h"

#include <mutex>

namespace strongroom::models {

struct Workspace::Root {
    RootState state;
    bool folderChosen = false; // by the operator, "none" included: opening again does not guess another
    quint64 openJob = 0;       // the newest of its sort; answers of older ones are dropped
    quint64 scanJob = 0;
    quint64 measureJob = 0;
    quint64 detailsJob = 0;
};

/// What a scan hands over: filled by its worker, drained by the GUI thread.
struct Workspace::Feed {
    QByteArray root;
    quint64 job = 0;
    bool replaces = false;     // rows go to `catalog`, which becomes the root's at the end
    storage::Catalog catalog;                   // GUI thread
    std::mutex mutex;                           // guards the two lists below; a leaf, never held while calling
    QList<storage::ChunkPtr> chunks;
    QList<storage::Finding> findings;
};

/// What opening finds out in a worker.
struct Workspace::Probed {
    std::shared_ptr<const storage::DataDirectory> directory;
    std::optional<qint64> freeBytes;
    QList<storage::SafetyCopy> safetyCopies;
    QByteArray backupFolder;
};

/// Last component of an absolute path, fit for a sentence.
[[nodiscard]] QString titleOfPath(const QByteArray &path);
[[nodiscard]] QByteArray parentOfPath(const QByteArray &path);

/// A reader whose failure goes to failed() and whose success to `done`, both with the job's id (W3).
template<class T>
quint64 Workspace::read(JobSpec spec, const QByteArray &path, std::function<storage::Result<T>(storage::Monitor &)> work,
                        std::function<void(quint64, T)> done)
{
    const JobKind kind = spec.kind;
    auto id = std::make_shared<quint64>(0);
    Job *job = m_queue->startReader<T>(std::move(spec), std::move(work), this,
        [this, id, kind, path, done = std::move(done)](storage::Result<T> result) {
            if (result)
                done(*id, *std::move(result));
            else
                Q_EMIT failed(*id, kind, path, result.error());
        });
    return *id = job->id();
}

}  // namespace strongroom::models
