// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The personal assistant: a SQLite database with one user, and the secrets it was encrypted with. SQLite
// itself writes the database, into memory; only the finished image goes to disk.

#include "storage/demosamples.h"

#include <QVariant>

#include <openssl/evp.h>
#include <sqlite3.h>

#include <memory>

namespace strongroom::storage::demo {

namespace {

struct CloseDatabase {
    void operator()(sqlite3 *db) const { sqlite3_close(db); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

// Tables with their columns in the order the application creates them.
constexpr char kSchema[] = R"sql(
CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT UNIQUE NOT NULL, email TEXT UNIQUE NOT NULL,
  password_hash TEXT NOT NULL, two_factor_secret TEXT, two_factor_enabled INTEGER DEFAULT 0, is_admin INTEGER DEFAULT 0,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP);
CREATE TABLE sessions (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, device_id TEXT NOT NULL,
  refresh_token TEXT NOT NULL, expires_at DATETIME NOT NULL, created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE);
CREATE TABLE calendar_events (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, title TEXT NOT NULL,
  description TEXT, date DATE NOT NULL, start_time TIME, end_time TIME, location TEXT, reminder_time DATETIME,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE);
CREATE TABLE contacts (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, name TEXT NOT NULL, phone_numbers TEXT,
  email_addresses TEXT, notes TEXT, created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE);
CREATE TABLE email_configs (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL UNIQUE, imap_host TEXT NOT NULL,
  imap_port INTEGER NOT NULL, imap_secure INTEGER DEFAULT 1, smtp_host TEXT NOT NULL, smtp_port INTEGER NOT NULL,
  smtp_secure INTEGER DEFAULT 1, username TEXT NOT NULL, password_encrypted TEXT NOT NULL,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP, updated_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE);
CREATE TABLE mail_folders (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, name TEXT NOT NULL, imap_path TEXT,
  created_at DATETIME DEFAULT CURRENT_TIMESTAMP, FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
  UNIQUE(user_id, name));
CREATE TABLE mail_messages (id INTEGER PRIMARY KEY AUTOINCREMENT, user_id INTEGER NOT NULL, folder_id INTEGER NOT NULL,
  message_id TEXT NOT NULL, subject TEXT, from_address TEXT, to_address TEXT, cc_address TEXT, bcc_address TEXT, body_text TEXT,
  body_html TEXT, date_received DATETIME NOT NULL, read INTEGER DEFAULT 0, created_at DATETIME DEFAULT CURRENT_TIMESTAMP,
  FOREIGN KEY (user_id) REFERENCES users(id) ON DELETE CASCADE,
  FOREIGN KEY (folder_id) REFERENCES mail_folders(id) ON DELETE CASCADE, UNIQUE(user_id, message_id));
CREATE INDEX idx_calendar_user_date ON calendar_events(user_id, date);
CREATE INDEX idx_contacts_user ON contacts(user_id);
CREATE INDEX idx_mail_user_folder ON mail_messages(user_id, folder_id);
CREATE INDEX idx_sessions_user ON sessions(user_id);
)sql";

class Filler {
public:
    Filler(Writer &out, sqlite3 *db) : m_out(out), m_db(db) {}

    void run(const QByteArray &sql) { check(sqlite3_exec(m_db, sql.constData(), nullptr, nullptr, nullptr)); }

    /// INSERT with every value bound; an integer is bound as one.
    void insert(const QByteArray &table, const QList<std::pair<QByteArray, QVariant>> &row)
    {
        QByteArray columns;
        QByteArray marks;
        for (const auto &[column, value] : row) {
            columns += (columns.isEmpty() ? "" : ", ") + column;
            marks += marks.isEmpty() ? "?" : ", ?";
        }
        const QByteArray sql = "INSERT INTO " + table + " (" + columns + ") VALUES (" + marks + ')';
        sqlite3_stmt *statement = nullptr;
        if (!check(sqlite3_prepare_v2(m_db, sql.constData(), int(sql.size()), &statement, nullptr)))
            return;
        int at = 0;
        for (const auto &[column, value] : row) {
            ++at;
            if (value.typeId() == QMetaType::Int) {
                sqlite3_bind_int64(statement, at, value.toInt());
            } else {
                const QByteArray text = value.toByteArray();
                sqlite3_bind_text(statement, at, text.constData(), int(text.size()), SQLITE_TRANSIENT);
            }
        }
        sqlite3_step(statement);
        check(sqlite3_finalize(statement));
    }

private:
    bool check(int code)
    {
        if (code != SQLITE_OK)
            m_out.fail({ErrorCode::Internal, "database.sqlite", 0, {QString::fromUtf8(sqlite3_errmsg(m_db))}, {}});
        return code == SQLITE_OK;
    }

    Writer &m_out;
    sqlite3 *m_db;
};

/// "YYYY-MM-DD HH:MM:SS", as CURRENT_TIMESTAMP.
QByteArray stampText(const QDateTime &time)
{
    return time.toString(QStringLiteral("yyyy-MM-dd HH:mm:ss")).toLatin1();
}

/// ISO with milliseconds and Z, as JavaScript's toISOString().
QByteArray scriptText(const QDateTime &time)
{
    return time.toString(QStringLiteral("yyyy-MM-dd'T'HH:mm:ss.zzz'Z'")).toLatin1();
}

/// hex(IV) ':' hex(AES-256-CBC): what the application stores; the key is the text of ENCRYPTION_KEY itself.
QByteArray encryptedPassword(const QByteArray &password, const QByteArray &key, Values &values)
{
    const QByteArray iv = values.bytes(16);
    QByteArray out(password.size() + 32, '\0');
    int length = 0;
    int rest = 0;
    const std::unique_ptr<EVP_CIPHER_CTX, void (*)(EVP_CIPHER_CTX *)> context(EVP_CIPHER_CTX_new(), EVP_CIPHER_CTX_free);
    const auto *bytes = [](const QByteArray &data) { return reinterpret_cast<const unsigned char *>(data.constData()); }(key);
    auto *target = reinterpret_cast<unsigned char *>(out.data());
    const bool ok = EVP_EncryptInit_ex(context.get(), EVP_aes_256_cbc(), nullptr, bytes, reinterpret_cast<const unsigned char *>(iv.constData()))
        && EVP_EncryptUpdate(context.get(), target, &length, reinterpret_cast<const unsigned char *>(password.constData()), int(password.size()))
        && EVP_EncryptFinal_ex(context.get(), target + length, &rest);
    return ok ? QByteArray(iv.toHex() + ':' + out.left(length + rest).toHex()) : QByteArray();
}

/// Shaped like a bcrypt hash of cost 12; the hash of nothing.
QByteArray bcryptLike(Values &values)
{
    static const char alphabet[] = "./ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    QByteArray hash = "$2b$12$";
    while (hash.size() < 60)
        hash.append(alphabet[values.number(64)]);
    return hash;
}

void fillPeople(Filler &db, const Writer &out)
{
    const struct {
        const char *name;
        const char *phones;
        const char *mails;
        const char *notes;
    } people[] = {
        {"Amara Okafor", R"(["+44 20 7946 0018"])", R"(["amara@example.org"])", "Met at the harbour conference"},
        {"Jörg Müller", R"(["+49 30 5550 1122","+49 170 555 0199"])", R"(["joerg@example.net","jm@example.org"])", ""},
        {"Lin Chen", R"([])", R"(["lin.chen@example.com"])", "Prefers mail"},
        {"Marta Rossi", R"(["+39 02 5550 142"])", R"([])", "Neighbour, has the spare key"},
        {"Raj Patel", R"(["+91 22 5550 0107"])", R"(["raj@example.com"])", ""},
    };
    int age = 60;
    for (const auto &person : people) {
        const QByteArray time = stampText(out.ago(86400 * age));
        age -= 9;
        db.insert("contacts", {{"user_id", 1}, {"name", person.name}, {"phone_numbers", person.phones}, {"email_addresses", person.mails},
                               {"notes", person.notes}, {"created_at", time}, {"updated_at", time}});
    }
}

void fillCalendar(Filler &db, const Writer &out)
{
    const struct {
        const char *title;
        const char *place;
        int days;
        const char *start;
        const char *end;
    } events[] = {
        {"Dentist", "Hauptstraße 12", 3, "09:00", "09:30"},
        {"Quarterly review", "Room Baltic", 5, "14:00", "16:00"},
        {"Choir rehearsal", "St. Petri", 6, "19:30", "21:30"},
        {"Train to Zürich", "Platform 7", 11, "07:41", "15:59"},
        {"Rowing", "Boat house", -2, "18:00", "20:00"},
    };
    for (const auto &event : events) {
        const QDateTime day = out.ago(-86400LL * event.days);
        const QByteArray created = stampText(out.ago(86400 * 14));
        db.insert("calendar_events", {{"user_id", 1}, {"title", event.title}, {"description", ""},
                                      {"date", day.date().toString(Qt::ISODate).toLatin1()}, {"start_time", event.start},
                                      {"end_time", event.end}, {"location", event.place}, {"reminder_time", scriptText(day.addSecs(-3600))},
                                      {"created_at", created}, {"updated_at", created}});
    }
}

void fillMail(Filler &db, const Writer &out, Values &values)
{
    int folder = 0;
    for (const QByteArray name : {"INBOX", "Sent", "Archive"}) {
        ++folder;
        db.insert("mail_folders", {{"user_id", 1}, {"name", name}, {"imap_path", name}, {"created_at", stampText(out.ago(86400 * 59))}});
    }
    const QList<QByteArray> subjects = {"Your ticket to Zürich", "Minutes of the review", "Re: spare key", "Photos from the harbour",
                                        "Invoice 2291", "Rowing on Thursday?", "Draft of the letter", "Welcome aboard"};
    for (int i = 0; i < 36; ++i) {
        const QDateTime received = out.ago(5400 + i * 79'000LL);
        const QByteArray subject = subjects.at(i % subjects.size());
        QByteArray body = "Hello,\n\n";
        for (int lines = 2 + values.number(12); lines > 0; --lines)
            body += "this is line " + QByteArray::number(lines) + " of a made-up mail about: " + subject + ".\n";
        db.insert("mail_messages", {{"user_id", 1}, {"folder_id", 1 + i % 3}, {"message_id", QByteArray('<' + values.hex(20) + "@example.org>")},
                                    {"subject", subject}, {"from_address", "amara@example.org"}, {"to_address", "erika@example.org"},
                                    {"cc_address", ""}, {"bcc_address", ""}, {"body_text", body},
                                    {"body_html", QByteArray("<p>" + subject + "</p>")}, {"date_received", scriptText(received)},
                                    {"read", i > 4 ? 1 : 0}, {"created_at", stampText(received.addSecs(30))}});
    }
}

void fillUser(Filler &db, const Writer &out, const QByteArray &encryptionKey, Values &values)
{
    const QByteArray joined = stampText(out.ago(86400 * 60));
    db.insert("users", {{"username", "erika"}, {"email", "erika@example.org"}, {"password_hash", bcryptLike(values)},
                        {"two_factor_secret", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXPJBSW"}, {"two_factor_enabled", 1},
                        {"is_admin", 1}, {"created_at", joined}, {"updated_at", joined}});
    int age = 1;
    for (const QByteArray device : {"phone-erika", "laptop-kitchen", "tablet"}) {
        const QDateTime created = out.ago(86400LL * age++ + values.number(40'000));
        const QDateTime expires = created.addDays(30);
        const QByteArray payload = "{\"userId\":1,\"deviceId\":\"" + device + "\",\"exp\":" + QByteArray::number(expires.toSecsSinceEpoch()) + '}';
        db.insert("sessions", {{"user_id", 1}, {"device_id", device}, {"refresh_token", jwtLike(payload, values)},
                               {"expires_at", scriptText(expires)}, {"created_at", stampText(created)}});
    }
    db.insert("email_configs", {{"user_id", 1}, {"imap_host", "imap.example.org"}, {"imap_port", 993}, {"imap_secure", 1},
                                {"smtp_host", "smtp.example.org"}, {"smtp_port", 465}, {"smtp_secure", 1}, {"username", "erika@example.org"},
                                {"password_encrypted", encryptedPassword("correct horse battery staple", encryptionKey, values)},
                                {"created_at", joined}, {"updated_at", joined}});
}

}  // namespace

void writeSqliteApp(Writer &out)
{
    Values values(601);
    const QByteArray jwtKey = values.hex(64);
    const QByteArray refreshKey = values.hex(64);
    const QByteArray encryptionKey = values.hex(32);

    sqlite3 *raw = nullptr;
    const int opened = sqlite3_open(":memory:", &raw);
    const Database db(raw);
    if (opened != SQLITE_OK)
        return out.fail({ErrorCode::Internal, "database.sqlite", 0, {QString::fromUtf8(sqlite3_errstr(opened))}, {}});
    Filler filler(out, db.get());
    filler.run("PRAGMA page_size=4096; BEGIN;");
    filler.run(kSchema);
    fillUser(filler, out, encryptionKey, values);
    fillPeople(filler, out);
    fillCalendar(filler, out);
    fillMail(filler, out, values);
    filler.run("COMMIT;");

    sqlite3_int64 size = 0;
    const std::unique_ptr<unsigned char, void (*)(void *)> image(sqlite3_serialize(db.get(), "main", &size, 0), sqlite3_free);
    if (!image)
        return out.fail({ErrorCode::Internal, "database.sqlite", 0, {QStringLiteral("serialize")}, {}});
    out.file("database.sqlite", QByteArray(reinterpret_cast<const char *>(image.get()), qsizetype(size)), out.ago(5400), 0644);
    out.file("secrets.env",
             "# Auto-generated secrets file\n# DO NOT EDIT MANUALLY\n# Backup this file securely!\n#\nJWT_SECRET=" + jwtKey
                 + "\nJWT_REFRESH_SECRET=" + refreshKey + "\nENCRYPTION_KEY=" + encryptionKey + "\n\n# Generated on: "
                 + scriptText(out.ago(86400 * 60)),
             out.ago(86400 * 60), 0600);
}

}  // namespace strongroom::storage::demo
