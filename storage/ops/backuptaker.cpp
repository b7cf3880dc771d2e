// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backuptaker.h"

#include "storage/formats/sqlite.h"
#include "storage/mutant.h"
#include "storage/ops/databaselock.h"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <thread>
#include <unistd.h>

namespace strongroom::storage {

namespace {

constexpr int kTries = 5;
constexpr std::chrono::milliseconds kPause(20);          // times the number of the attempt
constexpr qint64 kInMemory = qint64(4) << 20;
constexpr qint64 kBlock = 256 * 1024;
constexpr qint64 kJustNs = qint64(250) * 1'000'000;      // longer than an application needs for a small file
constexpr qint64 kRestNs = qint64(10) * 1'000'000'000;   // nobody is in the middle of writing such a file

class MemorySource final : public ContentSource {
public:
    explicit MemorySource(QByteArray bytes) : m_bytes(std::move(bytes)) {}
    Result<qint64> readAt(char *data, qint64 size, qint64 offset) override
    {
        const qint64 n = std::clamp<qint64>(m_bytes.size() - offset, 0, size);
        std::copy_n(m_bytes.constData() + offset, n, data);
        return n;
    }

private:
    QByteArray m_bytes;
};

class FdSource final : public ContentSource {
public:
    FdSource(std::shared_ptr<Fd> fd, QByteArray path) : m_fd(std::move(fd)), m_path(std::move(path)) {}
    Result<qint64> readAt(char *data, qint64 size, qint64 offset) override
    {
        return preadFully(m_fd->get(), data, size, offset, m_path);
    }

private:
    std::shared_ptr<Fd> m_fd;
    QByteArray m_path;
};

std::shared_ptr<ContentSource> sourceOf(Fd fd, qint64 size, const QByteArray &path)
{
    if (size == 0)
        return {};
    return std::make_shared<FdSource>(std::make_shared<Fd>(std::move(fd)), path);
}

/// By the name in its folder, never through a link. A name that is gone is Vanished, not NotFound: it was
/// there a moment ago.
Result<OpenedFile> openPlace(const FilePlace &place)
{
    auto file = openFileBelow(place.directoryFd, RelPath().childUnchecked(place.path.name()));
    if (!file) {
        Error error = std::move(file).error();
        error.path = place.path.bytes();
        if (error.code == ErrorCode::NotFound)
            error.code = ErrorCode::Vanished;
        return std::unexpected(std::move(error));
    }
    return file;
}

/// Between opening a file and having read `got` bytes of it.
bool isChanged(const FileStamp &before, const FileStamp &after, qint64 got)
{
    return !after.sameAs(before) || got != before.size;
}

PlanWarning warning(const char *code, const RelPath &path, const QString &sentence)
{
    return {QString::fromLatin1(code), path.bytes(), sentence.arg(path.display())};
}

/// So short ago that its application may still be in the middle of it.
bool isJustWritten(const FileStamp &stamp)
{
    const qint64 age = fileClockNs() - stamp.mtimeNs;
    return age >= 0 && age < kJustNs;
}

/// By the time of its content alone: who changes a mode or a name is not in the middle of writing.
bool isRecentlyWritten(const FileStamp &stamp, qint64 nowNs)
{
    return stamp.mtimeNs > nowNs - kRestNs;
}

PlanWarning brokenWarning(const RelPath &path, Capture capture)
{
    switch (capture) {
    case Capture::Pickle: return warning("pickle-truncated", path, QStringLiteral("%1 is not a whole pickle; it is archived as it is."));
    case Capture::Vectors: return warning("vector-file-truncated", path, QStringLiteral("%1 is not a whole vector file; it is archived as it is."));
    default: return warning("json-invalid", path, QStringLiteral("%1 is not valid JSON; it is archived as it is."));
    }
}

PlanWarning changedWarning(const RelPath &path)
{
    return warning("changed", path, QStringLiteral("%1 kept changing while it was read; the archive holds its last state."));
}

}  // namespace

FileTaker::FileTaker(const DirTree &tree, BackupWork &work, const QDateTime &now, Monitor &monitor)
    : m_tree(tree), m_work(work), m_nowNs(now.toMSecsSinceEpoch() * 1'000'000), m_monitor(monitor)
{
}

bool FileTaker::isFatal(const Error &error)
{
    return error.code == ErrorCode::Cancelled || error.code == ErrorCode::DiskFull || error.code == ErrorCode::WriteFailed;
}

bool FileTaker::isRecent(const FileStamp &stamp) const
{
    return std::max(stamp.mtimeNs, stamp.ctimeNs) > m_nowNs - kRestNs;
}

bool FileTaker::isSettled(const FileStamp &stamp)
{
    constexpr qint64 kForeignNs = qint64(1) * 1'000'000'000;   // further ahead: a server's clock, nothing to wait for
    const qint64 ahead = stamp.ctimeNs - fileClockNs();
    return ahead < 0 || ahead > kForeignNs;
}

bool FileTaker::mustLookInto(const FileStamp &stamp, Capture capture, qint64 nowNs)
{
    return capture == Capture::Json || isRecentlyWritten(stamp, nowNs);
}

Result<void> FileTaker::pause(int attempt) const
{
    if (m_monitor.stopRequested())
        return fail(ErrorCode::Cancelled);
    std::this_thread::sleep_for(kPause * attempt);
    return {};
}

Result<TakenFile> FileTaker::take(const FilePlace &place, Capture capture)
{
    if (capture == Capture::Sqlite)
        return takeDatabase(place);
    if (place.bytes <= kInMemory)
        return repeat(&FileTaker::readOnce, place, capture);
    STRONGROOM_TRY(OpenedFile file, openPlace(place));
    STRONGROOM_TRY(const bool settled, settle(file, place.path));
    if (!GroupWriter::isReadAtOnce(file.stamp.size))   // shrank since it was met
        return repeat(&FileTaker::readOnce, place, capture);
    if (!settled)
        return takeAside(place, capture);
    Attempt attempt;
    attempt.taken.stamp = file.stamp;
    attempt.taken.size = file.stamp.size;
    attempt.taken.live = std::make_shared<Fd>(std::move(file.fd));
    attempt.taken.content = std::make_shared<FdSource>(attempt.taken.live, place.path.bytes());
    STRONGROOM_CHECK(checkContent(attempt, place, capture));
    if (attempt.form != FileForm::Whole)
        return takeAside(place, capture);
    return std::move(attempt.taken);
}

bool FileTaker::wasSteady(const TakenFile &taken) const
{
    if (!taken.live)
        return true;
    const auto after = stampOf(taken.live->get(), {});
    return after && after->sameAs(taken.stamp);
}

Result<TakenFile> FileTaker::takeAside(const FilePlace &place, Capture capture)
{
    return repeat(&FileTaker::copyOnce, place, capture);
}

Result<TakenFile> FileTaker::repeat(Try attempt, const FilePlace &place, Capture capture)
{
    for (int n = 1;; ++n) {
        STRONGROOM_TRY(Attempt result, (this->*attempt)(place, capture));
        // What is cut off at a quiet moment is no more whole later, unless somebody is writing it now.
        const bool recent = isRecentlyWritten(result.taken.stamp, m_nowNs);
        const bool again = result.changed || (result.form == FileForm::Broken && recent)
            || (result.form == FileForm::Doubtful && isJustWritten(result.taken.stamp));
        if (again && n < kTries) {
            STRONGROOM_CHECK(pause(n));
            continue;
        }
        const bool broken = result.form == FileForm::Broken;
        result.taken.steady = !result.changed && !(broken && recent);
        if (result.changed)
            result.taken.warnings.append(changedWarning(place.path));
        if (broken)
            result.taken.warnings.append(brokenWarning(place.path, capture));
        return std::move(result.taken);
    }
}

Result<FileTaker::Attempt> FileTaker::readOnce(const FilePlace &place, Capture capture)
{
    STRONGROOM_TRY(OpenedFile file, openPlace(place));
    STRONGROOM_TRY(const bool settled, settle(file, place.path));
    if (file.stamp.size > kInMemory)   // grew over the edge since it was looked at
        return copyOnce(place, capture);
    QByteArray bytes(file.stamp.size, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 got, preadFully(file.fd.get(), bytes.data(), bytes.size(), 0, place.path.bytes()));
    STRONGROOM_TRY(const FileStamp after, stampOf(file.fd.get(), place.path.bytes()));
    bytes.truncate(got);
    Attempt attempt;
    attempt.changed = !settled || isChanged(file.stamp, after, got);
    attempt.taken.stamp = file.stamp;
    attempt.taken.size = got;
    if (got > 0)
        attempt.taken.content = std::make_shared<MemorySource>(std::move(bytes));
    STRONGROOM_CHECK(checkContent(attempt, place, capture));
    return attempt;
}

Result<FileTaker::Attempt> FileTaker::copyOnce(const FilePlace &place, Capture capture)
{
    STRONGROOM_TRY(OpenedFile file, openPlace(place));
    STRONGROOM_TRY(const bool settled, settle(file, place.path));
    STRONGROOM_TRY(Fd copy, m_work.temporaryFile());
    QByteArray block(kBlock, Qt::Uninitialized);
    qint64 done = 0;
    while (done < file.stamp.size) {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        const qint64 wanted = std::min(kBlock, file.stamp.size - done);
        STRONGROOM_TRY(const qint64 got, preadFully(file.fd.get(), block.data(), wanted, done, place.path.bytes()));
        STRONGROOM_CHECK(writeFully(copy.get(), block.constData(), got, place.path.bytes()));
        done += got;
        if (got < wanted)
            break;
    }
    STRONGROOM_TRY(const FileStamp after, stampOf(file.fd.get(), place.path.bytes()));
    Attempt attempt;
    attempt.changed = !settled || isChanged(file.stamp, after, done);
    attempt.taken.stamp = file.stamp;
    attempt.taken.size = done;
    attempt.taken.content = sourceOf(std::move(copy), done, place.path.bytes());
    STRONGROOM_CHECK(checkContent(attempt, place, capture));
    return attempt;
}

/// Waits until the file is settled. False when it was written all the time.
Result<bool> FileTaker::settle(OpenedFile &file, const RelPath &path) const
{
    constexpr int kWaits = 20;                                  // more than one tick of any kernel
    constexpr std::chrono::milliseconds kWait(1);
    for (int n = 0;; ++n) {
        if (isSettled(file.stamp))
            return true;
        if (n == kWaits)
            return false;
        std::this_thread::sleep_for(kWait);
        STRONGROOM_TRY(file.stamp, stampOf(file.fd.get(), path.bytes()));
    }
}

Result<void> FileTaker::checkContent(Attempt &attempt, const FilePlace &place, Capture capture)
{
    const TakenFile &taken = attempt.taken;
    if (!mustLookInto(taken.stamp, capture, m_nowNs))
        return {};
    STRONGROOM_TRY(attempt.form, formOf({taken.content.get(), taken.size, taken.stamp}, capture, place.path, m_monitor));
    if (isMutant(Mutant::TornJsonAccepted))
        attempt.form = FileForm::Whole;
    return {};
}

Result<std::pair<TakenFile, TakenFile>> FileTaker::takePair(const FilePlace &first, Capture firstCapture,
                                                            const FilePlace &second, Capture secondCapture)
{
    const auto takeWhole = [this](const FilePlace &place, Capture capture) {
        if (capture == Capture::Sqlite)
            return takeDatabase(place);
        return repeat(place.bytes <= kInMemory ? &FileTaker::readOnce : &FileTaker::copyOnce, place, capture);
    };
    const auto stillThere = [](const FilePlace &place, const TakenFile &taken) {
        const auto stamp = stampAt(place.directoryFd, place.path.name());
        return stamp && stamp->sameAs(taken.stamp);
    };
    // A database is copied at a moment of its own, whatever is written meanwhile. Its partner must be the same
    // before and after that moment, so it is read first.
    if (firstCapture == Capture::Sqlite && secondCapture != Capture::Sqlite) {
        STRONGROOM_TRY(auto swapped, takePair(second, secondCapture, first, firstCapture));
        return std::pair(std::move(swapped.second), std::move(swapped.first));
    }
    for (int n = 1;; ++n) {
        STRONGROOM_TRY(TakenFile one, takeWhole(first, firstCapture));
        STRONGROOM_TRY(TakenFile two, takeWhole(second, secondCapture));
        const auto stand = [&] {
            return stillThere(first, one) && (secondCapture == Capture::Sqlite || stillThere(second, two));
        };
        bool same = stand();
        if (same && (isRecent(one.stamp) || isRecent(two.stamp))) {
            // An application that has just written one of them may be about to write the other.
            STRONGROOM_CHECK(pause(1));
            same = stand();
        }
        if (same || n == kTries || isMutant(Mutant::PairNotReadAgain)) {
            if (!same && one.steady && two.steady && !isMutant(Mutant::PairNotReadAgain)) {
                one.steady = false;
                one.warnings.append(changedWarning(first.path));
            }
            return std::pair(std::move(one), std::move(two));
        }
        STRONGROOM_CHECK(pause(n));
    }
}

Result<TakenFile> FileTaker::takeDatabase(const FilePlace &place)
{
    STRONGROOM_TRY(const OpenedFile file, openPlace(place));
    if (file.stamp.size == 0)
        return repeat(&FileTaker::readOnce, place, Capture::Plain);
    if (isMutant(Mutant::SqliteCopiedRaw))
        return takeAside(place, Capture::Plain);
    if (auto resting = takeResting(place); resting || isFatal(resting.error()))
        return resting;
    STRONGROOM_TRY(const QByteArray path, m_work.newPath());
    if (const auto copied = copyDatabase(m_tree, place.path, path, m_monitor); !copied) {
        if (isFatal(copied.error()))
            return std::unexpected(copied.error());
        // A damaged database is still better kept than lost; what lies beside it is then taken as well.
        STRONGROOM_TRY(TakenFile taken, takeAside(place, Capture::Plain));
        taken.steady = false;
        taken.warnings.append(warning("database-unreadable", place.path,
                                      QStringLiteral("SQLite could not copy %1; it is archived as it lies there.")));
        return taken;
    }
    Fd copy(retried([&] { return ::open(path.constData(), O_RDONLY | O_NOFOLLOW | O_CLOEXEC); }));
    if (!copy.isValid() || ::unlink(path.constData()) != 0)
        return fail(ErrorCode::WriteFailed, path);
    TakenFile taken;
    STRONGROOM_TRY(const FileStamp copyStamp, stampOf(copy.get(), path));
    taken.stamp = file.stamp;
    taken.size = copyStamp.size;
    taken.content = sourceOf(std::move(copy), taken.size, place.path.bytes());
    return taken;
}

/// A database that nobody has in hand is taken byte for byte: SQLite's own copying rewrites counters in its
/// header, and what was backed up should come back as it was. Fails when it is in use.
Result<TakenFile> FileTaker::takeResting(const FilePlace &place)
{
    if (!databaseIsAtRest(place.directoryFd, place.path.name()))
        return fail(ErrorCode::InUse, place.path.bytes());
    STRONGROOM_TRY(const OpenedFile file, openPlace(place));
    if (!lockDatabaseForReading(file.fd.get()))
        return fail(ErrorCode::InUse, place.path.bytes());
    STRONGROOM_TRY(Attempt attempt, file.stamp.size <= kInMemory ? readOnce(place, Capture::Plain) : copyOnce(place, Capture::Plain));
    if (attempt.changed || !attempt.taken.stamp.sameAs(file.stamp) || !databaseIsAtRest(place.directoryFd, place.path.name()))
        return fail(ErrorCode::InUse, place.path.bytes());
    return std::move(attempt.taken);
}

}  // namespace strongroom::storage
