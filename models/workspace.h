// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// The open document: data directories, what was found in them, the backup folders beside them, and every
// verb an operator has. Views call a verb and get a job id; what comes of it arrives by signal. Decides
// nothing about widgets, shows no messages, and never blocks: each storage call runs in the JobQueue.
//
// W1 A plan comes before every writing verb, and the writing verb takes that plan. Nothing writes unasked,
//    but recovery on open, which safety demands.
// W2 A root's identity is its absolute path (8-bit, QByteArray).
// W3 A request that returns an id ends in exactly one of its signals or in failed(), which carry that id.
//    It is the id of its job, so JobQueue::job(id) shows progress and takes a cancel meanwhile.

#include "models/clock.h"
#include "models/jobqueue.h"
#include "storage/archive/inspect.h"
#include "storage/datadirectory.h"
#include "storage/ops/backup.h"
#include "storage/ops/backupfolder.h"
#include "storage/ops/restore.h"
#include "storage/ops/safety.h"

#include <QObject>

#include <functional>
#include <map>
#include <memory>
#include <optional>

class QTimer;

namespace strongroom::models {

class VerificationStore;

/// Opening: recovery and probing. Scanning: rows arrive. Ready: all rows are there (findings too).
/// Failed: could not be opened or scanned; RootState::error says why, rows may be missing.
enum class RootPhase : quint8 { Opening, Scanning, Ready, Failed };

/// What is known of one open data directory. Read it through Workspace::root(); changes are announced.
struct RootState {
    QByteArray path;                                        ///< absolute; identity
    QString title;                                          ///< the folder's name
    RootPhase phase = RootPhase::Opening;
    std::optional<storage::Error> error;
    std::shared_ptr<const storage::DataDirectory> directory;   ///< null until recognised
    storage::Catalog catalog;                               ///< rows so far; after a rescan, the new ones
    QList<storage::Finding> findings;
    qint64 problems = 0;                                    ///< findings that are more than a note
    QList<storage::Recovered> recovered;                    ///< what opening finished or rolled back
    QList<storage::SafetyCopy> safetyCopies;                ///< newest first: what Undo would put back
    std::optional<qint64> bytes;                            ///< of all files; nullopt = not counted yet
    std::optional<qint64> files;
    std::optional<qint64> freeBytes;                        ///< of its file system
    QByteArray backupFolder;                                ///< absolute; empty = none known
    QDateTime scannedAt;                                    ///< UTC; invalid = never
    bool rescanning = false;                                ///< a new scan runs while the old rows are shown

    [[nodiscard]] qint64 count(storage::ItemKind kind) const { return catalog.table(kind).size(); }
    [[nodiscard]] QList<storage::ItemKind> kinds() const;   ///< empty until recognised
    [[nodiscard]] QString layoutId() const;                 ///< best layout; empty until recognised
    [[nodiscard]] bool ambiguous() const;                   ///< the operator should look at the layouts
    [[nodiscard]] bool canUndo() const { return !safetyCopies.isEmpty(); }
};

/// A backup folder and what lies in it.
struct FolderState {
    QByteArray path;                              ///< absolute
    QList<storage::BackupInfo> archives;          ///< newest first
    std::optional<storage::Error> error;          ///< of the last listing
    bool listed = false;                          ///< false = not looked into yet
};

/// What the operator chose in the Back Up dialog; Workspace adds now, host and directory.
struct BackupChoice {
    QByteArray folder;                                       ///< empty = the root's backup folder
    QStringList scope = {QStringLiteral("everything")};
    storage::ArchiveFormat format = storage::ArchiveFormat::TarGzip;
    int level = -1;
    QString name;                                            ///< empty = as the guides name it
    QString note;
    bool pin = false;
    bool reread = false;                                     ///< everything, whatever the last archive has of it
};

struct RestoreChoice {
    QByteArray archive;                                      ///< absolute
    QByteArray into;                                         ///< absolute; need not be an open root
    QStringList scope = {QStringLiteral("everything")};
    bool asCopy = false;
    QList<QByteArray> allowedLinks;
    storage::Passphrase passphrase;                          ///< for an encrypted archive; empty = none given
};

struct VerifyResult {
    QByteArray archive;
    storage::Verdict verdict = storage::Verdict::Damaged;
    QList<storage::Problem> problems;
    qint64 members = 0;
    qint64 bytes = 0;                                        ///< content of all members
    QByteArray sha256Hex;                                    ///< of the archive file
    bool manifest = false;
    QString layout;                                          ///< from the manifest; empty = unknown
};

enum class DropKind : quint8 { Archive, Directory, Other };
/// What a drop turned out to be, by content.
struct DropContent {
    DropKind kind = DropKind::Other;
    QList<QByteArray> paths;                                 ///< absolute; one for Archive, one or more for Directory
    storage::ArchiveFormat format = storage::ArchiveFormat::Unknown;
    QString reason;                                          ///< Other: why not, one translated sentence
    QString hint;                                            ///< Other: what can be done with it; may be empty
};

/// Thread: GUI. Paths in and out are absolute and 8-bit.
class Workspace : public QObject {
    Q_OBJECT

public:
    struct Options {
        QByteArray verificationLog;      ///< file of the VerificationLog; empty = remember nothing
        QByteArray reuseTables;          ///< storage::BackupRequest::reuseTables; empty = every backup reads everything
        int rereadEvery = storage::BackupRequest().rereadEvery;   ///< of so many backups one reads everything
        bool readOnly = false;           ///< no recovery on open, writing verbs fail with ReadOnly
        storage::Limits limits = storage::Limits::production();
        int jobs = 0;                    ///< threads of a scan, backup or restore; 0 = as many as suit the machine
    };
    /// \param queue not owned, must outlive the workspace; its clock is used.
    explicit Workspace(JobQueue *queue, Options options, QObject *parent = nullptr);
    ~Workspace() override;

    [[nodiscard]] JobQueue *queue() const { return m_queue; }
    [[nodiscard]] bool isReadOnly() const { return m_options.readOnly; }

    // -- what is open ----------------------------------------------------------------------------
    [[nodiscard]] QList<QByteArray> roots() const { return m_order; }        ///< in the order of opening
    /// Null when not open. Valid until the root is closed; do not keep it across event-loop turns.
    [[nodiscard]] const RootState *root(const QByteArray &path) const;
    [[nodiscard]] QList<QByteArray> backupFolders() const;                   ///< of all roots, no doubles
    [[nodiscard]] const FolderState *backupFolder(const QByteArray &folder) const;
    /// Archives of all backup folders, newest first, no doubles.
    [[nodiscard]] QList<storage::BackupInfo> archives() const;
    [[nodiscard]] qint64 archiveCount() const;                               ///< archives().size(), cheaper
    /// Those made of this root, as far as the archives say so: the manifest names it, or a foreign archive
    /// of the same layout lies in its backup folder.
    [[nodiscard]] QList<storage::BackupInfo> archivesOf(const QByteArray &root) const;
    /// Newest one of archivesOf() that is verified and unchanged since; nullopt = none.
    [[nodiscard]] std::optional<storage::BackupInfo> lastVerifiedBackup(const QByteArray &root) const;

    // -- verbs about roots -----------------------------------------------------------------------
    /// Recovers what a crash left, recognises, then scans. An open root is rescanned instead. The root is
    /// there at once (phase Opening, signal rootAdded); then directoryOpened or directoryFailed, then
    /// scanStarted, itemsAppended..., scanFinished.
    void openDirectory(const QByteArray &path);
    /// Stops what reads it; a writer goes on and still reports. Unknown paths are ignored.
    void closeDirectory(const QByteArray &path);
    /// Looks at the disk again; the old rows stay until the new ones are complete.
    void rescan(const QByteArray &path);
    /// Where this root's backups are; the folder is listed. Empty = none.
    void setBackupFolder(const QByteArray &root, const QByteArray &folder);
    /// Creates `folder` (0700; its parent must exist) and makes it the root's backup folder -> rootChanged.
    quint64 createBackupFolder(const QByteArray &root, const QByteArray &folder);
    /// Lists one backup folder again, or every known one -> archivesChanged, also when the listing failed.
    void refreshArchives(const QByteArray &folder);
    void refreshAllArchives();

    // -- verbs about items -----------------------------------------------------------------------
    /// -> detailsReady. A newer request of the same root cancels the older one.
    quint64 loadDetails(const QByteArray &root, const storage::ItemId &item);

    // -- backup, verify, restore, undo -----------------------------------------------------------
    quint64 planBackup(const QByteArray &root, const BackupChoice &choice);                  ///< -> backupPlanned
    quint64 startBackup(const storage::BackupRequest &request, const storage::Plan &plan);   ///< -> reported
    /// -> archiveVerified. failed() with SecretUnavailable or WrongPassphrase: ask, then call it again with one.
    quint64 verifyArchive(const QByteArray &archive, const storage::Passphrase &passphrase = {});
    /// Reads the whole archive, judges it and compares it with the target -> restorePlanned. About passphrases
    /// as verifyArchive.
    quint64 planRestore(const RestoreChoice &choice);
    quint64 startRestore(std::shared_ptr<storage::PreparedRestore> prepared);                ///< -> reported
    quint64 planUndo(const QByteArray &directory);                                           ///< -> undoPlanned
    quint64 startUndo(const QByteArray &directory, const storage::Plan &plan);               ///< -> reported

    // -- drops -----------------------------------------------------------------------------------
    /// Looks at the content of what was dropped or named -> dropSniffed. Reads a few hundred bytes.
    quint64 sniffDrop(const QList<QByteArray> &paths);

Q_SIGNALS:
    void rootAdded(const QByteArray &root);                   ///< phase Opening
    void directoryOpened(const QByteArray &root);             ///< recognised; layouts and kinds stand; scan begins
    void directoryFailed(const QByteArray &root, const strongroom::storage::Error &error);   ///< stays listed, phase Failed
    void directoryClosed(const QByteArray &root);             ///< already gone from roots()
    void recovered(const QByteArray &root, const QList<strongroom::storage::Recovered> &what);  ///< only when there was something
    void recoveryFailed(const QByteArray &root, const strongroom::storage::Error &error);    ///< the root opens all the same

    /// Rows of a first scan; the catalog holds them already. Every chunk has one kind.
    void itemsAppended(const QByteArray &root, const QList<strongroom::storage::ChunkPtr> &chunks);
    /// A rescan is complete: the catalog is another one.
    void catalogReplaced(const QByteArray &root);
    void scanStarted(const QByteArray &root);
    void scanFinished(const QByteArray &root);                ///< phase Ready or Failed
    void findingsChanged(const QByteArray &root);
    /// Anything else of the root: counts, sizes, free space, safety copies, backup folder.
    void rootChanged(const QByteArray &root);
    void archivesChanged(const QByteArray &folder);

    void detailsReady(quint64 id, const QByteArray &root, const strongroom::storage::ItemDetails &details);
    void backupPlanned(quint64 id, const strongroom::storage::BackupRequest &request, const strongroom::storage::Plan &plan);
    void restorePlanned(quint64 id, std::shared_ptr<strongroom::storage::PreparedRestore> prepared);
    void undoPlanned(quint64 id, const QByteArray &directory, const strongroom::storage::Plan &plan);
    void archiveVerified(quint64 id, const strongroom::models::VerifyResult &result);
    void dropSniffed(quint64 id, const strongroom::models::DropContent &content);
    /// A backup, restore or undo has ended, however it ended.
    void reported(quint64 id, const strongroom::storage::Report &report);
    /// A request that reads or plans has failed or was cancelled (code Cancelled: say nothing).
    void failed(quint64 id, strongroom::models::JobKind kind, const QByteArray &path, const strongroom::storage::Error &error);

private:
    struct Root;
    struct Feed;
    struct Probed;
    [[nodiscard]] Root *find(const QByteArray &path) const;
    void recoverThenProbe(const QByteArray &path);
    void probe(const QByteArray &path);
    void probed(Root &root, Probed result);
    void startScan(Root &root);
    void drainAll();
    void drain(Feed &feed);
    void scanEnded(const std::shared_ptr<Feed> &feed, const storage::Result<void> &result);
    void measure(Root &root);
    void rootFailed(Root &root, const storage::Error &error);
    void useBackupFolder(Root &root, const QByteArray &folder);
    void watchFolder(const QByteArray &folder);
    void dropUnusedFolders();
    void stopReaders(const Root &root);
    void written(quint64 id, const storage::Report &report);
    quint64 fail(JobKind kind, const QByteArray &path, const storage::Error &error);
    template<class T>
    quint64 read(JobSpec spec, const QByteArray &path, std::function<storage::Result<T>(storage::Monitor &)> work,
                 std::function<void(quint64, T)> done);
    quint64 write(JobSpec spec, storage::Operation operation, std::function<storage::Report(storage::Monitor &)> run);

    JobQueue *m_queue;
    Options m_options;
    std::shared_ptr<VerificationStore> m_log;
    QList<QByteArray> m_order;
    std::map<QByteArray, std::unique_ptr<Root>> m_roots;
    std::map<QByteArray, FolderState> m_folders;
    QList<std::shared_ptr<Feed>> m_feeds;      // of running scans
    QTimer *m_drainTimer = nullptr;            // runs while a scan runs
};

}  // namespace strongroom::models
