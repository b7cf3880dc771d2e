// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/ops/backuptaker.h"

#include "storage/formats/json.h"
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

/// Byte for byte, without holding more than two blocks.
Result<bool> haveSameContent(const TakenFile &a, const TakenFile &b)
{
    if (a.size != b.size)
        return false;
    QByteArray left(kBlock, Qt::Uninitialized);
    QByteArray right(kBlock, Qt::Uninitialized);
    for (qint64 offset = 0; offset < a.size; offset += kBlock) {
        const qint64 wanted = std::min(kBlock, a.size - offset);
        STRONGROOM_TRY(const qint64 gotLeft, a.content->readAt(left.data(), wanted, offset));
        STRONGROOM_TRY(const qint64 gotRight, b.content->readAt(right.data(), wanted, offset));
        if (gotLeft != gotRight || !std::equal(left.cbegin(), left.cbegin() + gotLeft, right.cbegin()))
            return false;
    }
    return true;
}

/// Between opening a file and having read `got` bytes of it.
bool isChanged(const FileStamp &before, const FileStamp &after, qint64 got)
{
    return (!after.sameAs(before) || got != before.size) && !isMutant(Mutant::ChangeWhileReadingIgnored);
}

PlanWarning warning(const char *code, const RelPath &path, const QString &sentence)
{
    return {QString::fromLatin1(code), path.bytes(), sentence.arg(path.display())};
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
    if (!GroupWriter::isReadAtOnce(file.stamp.size))   // shrank since it was met
        return repeat(&FileTaker::readOnce, place, capture);
    if (capture == Capture::Json) {
        STRONGROOM_TRY(const bool valid, isJson(file.fd.get(), file.stamp.size, place.path.bytes()));
        if (!valid)
            return takeAside(place, capture);
    }
    TakenFile taken;
    taken.stamp = file.stamp;
    taken.size = file.stamp.size;
    taken.live = std::make_shared<Fd>(std::move(file.fd));
    taken.content = std::make_shared<FdSource>(taken.live, place.path.bytes());
    return taken;
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
        // Text cut off at a quiet moment parses no better later, unless somebody is writing it now.
        const bool again = result.changed || (result.invalid && isRecent(result.taken.stamp));
        if (again && n < kTries) {
            STRONGROOM_CHECK(pause(n));
            continue;
        }
        result.taken.steady = !result.changed;
        if (result.changed)
            result.taken.warnings.append(changedWarning(place.path));
        if (result.invalid)
            result.taken.warnings.append(warning("json-invalid", place.path,
                                                 QStringLiteral("%1 is not valid JSON; it is archived as it is.")));
        return std::move(result.taken);
    }
}

Result<FileTaker::Attempt> FileTaker::readOnce(const FilePlace &place, Capture capture)
{
    STRONGROOM_TRY(const OpenedFile file, openPlace(place));
    if (file.stamp.size > kInMemory)   // grew over the edge since it was looked at
        return copyOnce(place, capture);
    QByteArray bytes(file.stamp.size, Qt::Uninitialized);
    STRONGROOM_TRY(const qint64 got, preadFully(file.fd.get(), bytes.data(), bytes.size(), 0, place.path.bytes()));
    STRONGROOM_TRY(const FileStamp after, stampOf(file.fd.get(), place.path.bytes()));
    bytes.truncate(got);
    Attempt attempt;
    attempt.changed = isChanged(file.stamp, after, got);
    attempt.invalid = capture == Capture::Json && validateJson(bytes).has_value() && !isMutant(Mutant::TornJsonAccepted);
    attempt.taken.stamp = file.stamp;
    attempt.taken.size = got;
    if (got > 0)
        attempt.taken.content = std::make_shared<MemorySource>(std::move(bytes));
    return attempt;
}

Result<FileTaker::Attempt> FileTaker::copyOnce(const FilePlace &place, Capture capture)
{
    STRONGROOM_TRY(const OpenedFile file, openPlace(place));
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
    attempt.changed = isChanged(file.stamp, after, done);
    if (capture == Capture::Json) {
        STRONGROOM_TRY(const bool valid, isJson(copy.get(), done, place.path.bytes()));
        attempt.invalid = !valid && !isMutant(Mutant::TornJsonAccepted);
    }
    attempt.taken.stamp = file.stamp;
    attempt.taken.size = done;
    attempt.taken.content = sourceOf(std::move(copy), done, place.path.bytes());
    return attempt;
}

Result<bool> FileTaker::isJson(int fd, qint64 size, const QByteArray &path)
{
    JsonValidator validator;
    QByteArray block(kBlock, Qt::Uninitialized);
    for (qint64 offset = 0; offset < size;) {
        if (m_monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const qint64 got, preadFully(fd, block.data(), std::min(kBlock, size - offset), offset, path));
        if (got == 0 || !validator.feed(QByteArrayView(block).first(got)))
            return false;
        offset += got;
    }
    return validator.finish();
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
    const bool copied = secondCapture == Capture::Sqlite;
    for (int n = 1;; ++n) {
        STRONGROOM_TRY(TakenFile one, takeWhole(first, firstCapture));
        STRONGROOM_TRY(TakenFile two, takeWhole(second, secondCapture));
        bool same = stillThere(first, one) && (copied || stillThere(second, two));
        if (same && !copied && (isRecent(one.stamp) || isRecent(two.stamp))) {
            // Several versions fit into one tick of the file system's clock and then bear one stamp. Once the tick
            // is over a write shows, so what then bears the same stamp and holds the same bytes is what was there.
            STRONGROOM_CHECK(pause(1));
            STRONGROOM_TRY(const TakenFile oneAgain, takeWhole(first, firstCapture));
            STRONGROOM_TRY(const TakenFile twoAgain, takeWhole(second, secondCapture));
            STRONGROOM_TRY(const bool sameOne, haveSameContent(one, oneAgain));
            STRONGROOM_TRY(const bool sameTwo, haveSameContent(two, twoAgain));
            same = sameOne && sameTwo && stillThere(first, one) && stillThere(second, two);
        }
        if (same || n == kTries) {
            if (!same && one.steady && two.steady) {
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
