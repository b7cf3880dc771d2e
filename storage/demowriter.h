// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What the samples of writeDemo() are made with: quick writing below one folder, made-up values that are
// the same in every run, and the few encodings the samples need. Not for anything but samples: nothing
// here is synced, and the randomness is none.

#include "storage/error.h"
#include "storage/fd.h"
#include "storage/monitor.h"

#include <QByteArray>
#include <QDateTime>
#include <QHash>
#include <QList>
#include <QString>

#include <optional>

namespace strongroom::storage::demo {

/// Writes files below one folder. The first failure (or a stop) sticks, everything after it does nothing,
/// and finish() tells: a sample is a list of statements, not of checks.
class Writer {
public:
    /// \param root an open, empty folder; \param now the times of what is written lie before it.
    Writer(Fd root, QByteArray rootPath, QDateTime now, Monitor &monitor);

    /// Parents are made (0755). `modified` invalid = now.
    void file(const QByteArray &path, const QByteArray &content, const QDateTime &modified = {}, unsigned mode = 0644);
    void dir(const QByteArray &path, unsigned mode = 0755);
    void symlink(const QByteArray &path, const QByteArray &target);
    /// Remembers a failure that happened elsewhere (SQLite).
    void fail(Error error);

    [[nodiscard]] const QDateTime &now() const { return m_now; }
    [[nodiscard]] QDateTime ago(qint64 seconds) const { return m_now.addSecs(-seconds); }
    [[nodiscard]] const QByteArray &rootPath() const { return m_rootPath; }
    [[nodiscard]] bool ok() const { return !m_error; }
    /// Gives every folder the time of the newest file in it (a folder's own changes with every file made in it)
    /// and returns the verdict.
    [[nodiscard]] Result<void> finish();

private:
    [[nodiscard]] int parentOf(const RelPath &path);
    void touch(const RelPath &folder, const QDateTime &time);
    Fd m_root;
    QByteArray m_rootPath;
    QDateTime m_now;
    Monitor &m_monitor;
    std::optional<Error> m_error;
    QList<RelPath> m_folders;      // in the order they were made: parents first
    QHash<RelPath, QDateTime> m_known;   // with the newest time in each
    RelPath m_openPath;   // of m_open: sessions come by the hundred thousand into one folder
    Fd m_open;
};

/// SplitMix64: the same values for the same seed on every machine.
class Values {
public:
    explicit Values(quint64 seed) : m_state(seed) {}
    [[nodiscard]] quint64 next();
    /// 0 .. below-1; below must be positive.
    [[nodiscard]] int number(int below) { return int(next() % quint64(below)); }
    [[nodiscard]] QByteArray bytes(int count);
    [[nodiscard]] QByteArray hex(int digits);
    [[nodiscard]] QByteArray uuid4();
    template<class T> [[nodiscard]] const T &pick(const QList<T> &list) { return list.at(number(int(list.size()))); }

private:
    quint64 m_state;
};

/// JSON text as Python's json.dump(indent=2, ensure_ascii=False) writes it, keys in the order given.
class JsonText {
public:
    JsonText &object();                       ///< opens; closed by end()
    JsonText &array();
    JsonText &end();
    JsonText &key(QByteArrayView name);
    JsonText &text(QByteArrayView utf8);
    JsonText &number(qint64 value);
    JsonText &real(double value);
    JsonText &flag(bool value);
    JsonText &null();
    // The pair of key() and a value.
    JsonText &text(QByteArrayView name, const QByteArray &utf8) { return key(name).text(utf8); }
    JsonText &number(QByteArrayView name, qint64 value) { return key(name).number(value); }
    JsonText &real(QByteArrayView name, double value) { return key(name).real(value); }
    JsonText &flag(QByteArrayView name, bool value) { return key(name).flag(value); }
    JsonText &null(QByteArrayView name) { return key(name).null(); }
    JsonText &object(QByteArrayView name) { return key(name).object(); }
    JsonText &array(QByteArrayView name) { return key(name).array(); }
    [[nodiscard]] const QByteArray &result() const { return m_out; }

private:
    void begin();
    void newLine();
    void open(char bracket);
    QByteArray m_out;
    struct Level {
        char close;
        bool empty;
    };
    QList<Level> m_levels;
    bool m_afterKey = false;
};

/// "2025-11-26T09:14:03.120457": UTC without saying so, as Python's datetime.utcnow().isoformat().
[[nodiscard]] QByteArray naiveUtc(const QDateTime &time, int microseconds);
/// The same with "+00:00", and with a space instead of the 'T'.
[[nodiscard]] QByteArray zonedUtc(const QDateTime &time, int microseconds, char separator = 'T');

/// A PNG picture with bars on a gradient, coloured by `seed`.
[[nodiscard]] QByteArray pngPicture(int width, int height, quint64 seed);
/// A one-page PDF with a line of ASCII text.
[[nodiscard]] QByteArray pdfPage(const QByteArray &line);
/// header.payload.signature, HS256; the signature is noise.
[[nodiscard]] QByteArray jwtLike(const QByteArray &payload, Values &values);

}  // namespace strongroom::storage::demo
