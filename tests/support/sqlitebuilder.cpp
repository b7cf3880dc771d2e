// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/sqlitebuilder.h"

#include <QtGlobal>

#include <sqlite3.h>

namespace strongroom::tests {

namespace {

int collectRow(void *context, int columns, char **values, char **)
{
    QByteArrayList row;
    for (int i = 0; i < columns; ++i)
        row.append(values[i] ? QByteArray(values[i]) : QByteArray());
    static_cast<QByteArrayList *>(context)->append(row.join('|'));
    return 0;
}

void mustRun(sqlite3 *db, const QByteArray &sql, QByteArrayList *rows = nullptr)
{
    char *error = nullptr;
    if (sqlite3_exec(db, sql.constData(), rows ? collectRow : nullptr, rows, &error) != SQLITE_OK)
        qFatal("sql: %s in %s", error, sql.constData());
}

}  // namespace

void runSql(const QByteArray &path, const QByteArray &sql)
{
    LiveDatabase(path).run(sql);
}

QByteArrayList querySql(const QByteArray &path, const QByteArray &sql)
{
    sqlite3 *db = nullptr;
    if (sqlite3_open_v2(path.constData(), &db, SQLITE_OPEN_READWRITE, nullptr) != SQLITE_OK)
        qFatal("sqlite: %s: %s", path.constData(), sqlite3_errmsg(db));
    QByteArrayList rows;
    mustRun(db, sql, &rows);
    sqlite3_close(db);
    return rows;
}

LiveDatabase::LiveDatabase(const QByteArray &path)
{
    if (sqlite3_open(path.constData(), &m_db) != SQLITE_OK)
        qFatal("sqlite: %s: %s", path.constData(), sqlite3_errmsg(m_db));
}

LiveDatabase::~LiveDatabase()
{
    sqlite3_close(m_db);
}

void LiveDatabase::run(const QByteArray &sql)
{
    mustRun(m_db, sql);
}

QByteArray LiveDatabase::bytes() const
{
    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, void (*)(void *)> image(sqlite3_serialize(m_db, "main", &size, 0), sqlite3_free);
    if (!image)
        qFatal("sqlite: %s", sqlite3_errmsg(m_db));
    return QByteArray(reinterpret_cast<const char *>(image.get()), qsizetype(size));
}

void plantAppDatabase(const QByteArray &path, int sessions, const QByteArray &canary)
{
    const QByteArray times = "created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP";
    const QByteArray owner = "user_id INTEGER NOT NULL REFERENCES users(id) ON DELETE CASCADE";
    const QByteArray id = "id INTEGER PRIMARY KEY AUTOINCREMENT, ";
    QByteArray sql = "BEGIN;"
        "CREATE TABLE users (" + id + "username TEXT UNIQUE NOT NULL, email TEXT UNIQUE NOT NULL, password_hash TEXT NOT NULL,"
        " two_factor_secret TEXT, two_factor_enabled INTEGER DEFAULT 0, is_admin INTEGER DEFAULT 0, " + times + ");"
        "CREATE TABLE sessions (" + id + owner.left(24) + ", device_id TEXT NOT NULL, refresh_token TEXT NOT NULL,"
        " expires_at DATETIME NOT NULL, created_at DATETIME, FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE);"
        "CREATE TABLE calendar_events (" + id + owner + ", title TEXT NOT NULL, date DATE NOT NULL, " + times + ");"
        "CREATE TABLE contacts (" + id + owner + ", name TEXT NOT NULL, phone_numbers TEXT, email_addresses TEXT, notes TEXT, " + times + ");"
        "CREATE TABLE email_configs (" + id + owner + ", imap_host TEXT, imap_port INTEGER, username TEXT NOT NULL,"
        " password_encrypted TEXT NOT NULL, " + times + ");"
        "CREATE TABLE mail_folders (" + id + owner + ", name TEXT NOT NULL, imap_path TEXT, created_at DATETIME);"
        "CREATE TABLE mail_messages (" + id + owner + ", folder_id INTEGER NOT NULL REFERENCES mail_folders(id) ON DELETE CASCADE,"
        " message_id TEXT NOT NULL, subject TEXT, body_text TEXT, date_received DATETIME NOT NULL, created_at DATETIME);"
        "INSERT INTO users VALUES (1, 'mara', 'mara@example.org', '$2b$12$" + canary + "abcdefghijklmnopqrstuvwxyz0123456',"
        " 'JBSWY3DP" + canary + "', 1, 1, '2025-11-20 04:46:00', '2025-11-20 04:46:00');"
        "INSERT INTO email_configs (user_id, username, password_encrypted) VALUES (1, 'mara', '" + canary + ":" + canary + "');"
        "INSERT INTO mail_folders (user_id, name) VALUES (1, 'INBOX');"
        "INSERT INTO mail_messages (user_id, folder_id, message_id, date_received) VALUES (1, 1, '<1@example.org>', '2025-11-20T04:46:00.037Z');"
        "INSERT INTO contacts (user_id, name) VALUES (1, 'Jo'), (1, 'Kim');"
        "INSERT INTO calendar_events (user_id, title, date) VALUES (1, 'Review', '2025-11-21');";
    for (int i = 1; i <= sessions; ++i) {
        sql += "INSERT INTO sessions VALUES (" + QByteArray::number(i) + ", 1, 'device-" + QByteArray::number(i) + "', 'eyJhbGciOiJIUzI1NiJ9."
            + canary + ".sig" + canary + "', '2025-11-27T04:46:00.037Z', '2025-11-20 04:46:0" + QByteArray::number(i % 10) + "');";
    }
    runSql(path, sql + "COMMIT;");
}

}  // namespace strongroom::tests
