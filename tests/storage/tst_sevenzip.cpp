// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/archive/hasher.h"
#include "storage/archive/inspect.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/sevenzipbytes.h"

#include <QRandomGenerator>
#include <QStandardPaths>
#include <QtEndian>
#include <QtTest>

#include <sys/resource.h>
#include <sys/stat.h>
#include <zlib.h>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

Passphrase secret(QByteArray text)
{
    return Passphrase::take(text);
}

Result<Judgement> judge(const QByteArray &path, const QByteArray &passphrase = {}, const Limits &limits = Limits::production())
{
    Monitor monitor;
    auto archive = ArchiveFile::open(path);
    if (!archive)
        return std::unexpected(archive.error());
    archive->setPassphrase(secret(passphrase));
    return judgeArchive(*archive, limits, monitor);
}

QByteArray essence(const Judgement &judgement)
{
    QByteArray text;
    for (const Member &m : judgement.members)
        text += m.path.bytes() + '|' + memberTypeWord(m.type).toLatin1() + '|' + QByteArray::number(m.size) + '|' + m.link + '|'
            + (m.sha256 ? toHex(*m.sha256) : QByteArray("-")) + '\n';
    return text;
}

/// Hashes of all files, sorted: what must not change whatever the names do.
QList<QByteArray> contents(const Judgement &judgement)
{
    QList<QByteArray> hashes;
    for (const Member &m : judgement.members) {
        if (m.sha256)
            hashes.append(toHex(*m.sha256));
    }
    std::sort(hashes.begin(), hashes.end());
    return hashes;
}

const QByteArray kA = "hello hello hello hello\n";
const QByteArray kTokens = "{\"token\": \"abcdefgh\"}";

QByteArray expected()
{
    const auto file = [](const QByteArray &path, const QByteArray &content) -> QByteArray {
        return path + "|file|" + QByteArray::number(content.size()) + "||" + toHex(Sha256Hasher::of(content)) + '\n';
    };
    return "data|directory|0||-\ndata/auth|directory|0||-\n" + file("data/empty", {}) + file("data/a.txt", kA)
        + file("data/auth/tokens.json", kTokens);
}

struct Entry {
    QByteArray name;
    QByteArray content = {};
    bool directory = false;
    quint32 mode = 0100644;      ///< 0 = made on Windows
    quint32 crcOff = 0;
    bool anti = false;
};

/// A 7z archive of stored entries, sense or not.
struct Builder {
    QList<Entry> entries;
    QByteArray gap = {};         ///< between the packed data and the directory
    qint64 claimedSize = -1;     ///< of the block
    QByteArray method = QByteArray("\x01\x00", 2);   ///< coder as written
    QByteArray extra = {};       ///< properties of the entries, as written

    static QByteArray number(quint64 value)
    {
        if (value < 0x80)
            return QByteArray(1, char(value));
        QByteArray bytes(9, '\xff');
        qToLittleEndian<quint64>(value, bytes.data() + 1);
        return bytes;
    }
    static QByteArray le32(quint32 value)
    {
        QByteArray bytes(4, '\0');
        qToLittleEndian<quint32>(value, bytes.data());
        return bytes;
    }
    static quint32 crcOf(const QByteArray &bytes)
    {
        return quint32(crc32(0, reinterpret_cast<const Bytef *>(bytes.constData()), uInt(bytes.size())));
    }
    static QByteArray property(char id, const QByteArray &body) { return id + number(quint64(body.size())) + body; }

    QByteArray bytes() const
    {
        QByteArray packed;
        QByteArray sizes;
        QByteArray crcs;
        QByteArray names(1, '\0');
        QByteArray attributes("\x01\x00", 2);
        QByteArray empty((entries.size() + 7) / 8, '\0');
        QByteArray files((entries.size() + 7) / 8, '\0');
        QByteArray anti((entries.size() + 7) / 8, '\0');
        int streams = 0;
        int empties = 0;
        qint64 lastSize = 0;
        for (qsizetype i = 0; i < entries.size(); ++i) {
            const Entry &e = entries.at(i);
            const bool stream = !e.content.isEmpty();
            if (stream) {
                if (streams++ > 0)
                    sizes += number(quint64(lastSize));
                lastSize = e.content.size();
                crcs += le32(crcOf(e.content) + e.crcOff);
                packed += e.content;
            } else {
                empty[i / 8] = char(empty[i / 8] | (0x80 >> (i % 8)));
                if (!e.directory)
                    files[empties / 8] = char(files[empties / 8] | (0x80 >> (empties % 8)));
                if (e.anti)
                    anti[empties / 8] = char(anti[empties / 8] | (0x80 >> (empties % 8)));
                ++empties;
            }
            const QString name = QString::fromUtf8(e.name) + QChar(u'\0');
            names += QByteArray(reinterpret_cast<const char *>(name.utf16()), name.size() * 2);
            attributes += le32(e.mode ? 0x8000 | (e.mode << 16) : 0);
        }
        QByteArray header("\x01", 1);
        if (streams > 0) {
            header += "\x04\x06" + number(0) + number(1) + '\x09' + number(quint64(packed.size())) + '\0';
            header += "\x07\x0b" + number(1) + '\0' + number(1) + method + '\x0c'
                + number(quint64(claimedSize < 0 ? packed.size() : claimedSize)) + '\0';
            header += "\x08\x0d" + number(quint64(streams)) + (streams > 1 ? '\x09' + sizes : QByteArray()) + "\x0a\x01" + crcs + '\0' + '\0';
        }
        header += '\x05' + number(quint64(entries.size()));
        if (empties > 0) {
            header += property('\x0e', empty) + property('\x0f', files.first((empties + 7) / 8));
            header += property('\x10', anti.first((empties + 7) / 8));
        }
        header += property('\x11', names) + property('\x15', attributes) + extra + '\0' + '\0';
        return seal(packed + gap, header);
    }

    /// Puts a start in front of data and directory that fits them.
    static QByteArray seal(const QByteArray &packed, const QByteArray &header)
    {
        QByteArray numbers(20, '\0');
        qToLittleEndian<quint64>(quint64(packed.size()), numbers.data());
        qToLittleEndian<quint64>(quint64(header.size()), numbers.data() + 8);
        qToLittleEndian<quint32>(crcOf(header), numbers.data() + 16);
        return QByteArray("7z\xbc\xaf\x27\x1c\x00\x04", 8) + le32(crcOf(numbers)) + numbers + packed + header;
    }
};

bool have7z()
{
    return !QStandardPaths::findExecutable(QStringLiteral("7z")).isEmpty();
}

}  // namespace

class tst_SevenZip : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void read_understandsWhat7zWrote_data();
    void read_understandsWhat7zWrote();
    void passphrase_isNeededAndSaidSo();
    void passphrase_thatIsWrongIsNoDamage();
    void passphrase_leavesNoTrace();
    void read_understandsEveryMethodOf7z_data();
    void read_understandsEveryMethodOf7z();
    void read_namesWhatItCannotRead();
    void read_keepsModesTimesAndLinks();
    void read_refusesWhatTheGuardRefuses_data();
    void read_refusesWhatTheGuardRefuses();
    void read_neverAcceptsACutOrFlippedArchive_data();
    void read_neverAcceptsACutOrFlippedArchive();
    void read_survivesADirectoryThatLies();
    void read_refusesBombsBeforeUnpacking();
    void read_staysWithinItsMemory();

private:
    QByteArray write(const char *base64)
    {
        m_dir.file("x.7z", QByteArray::fromBase64(base64));
        return m_dir.path("x.7z");
    }
    DataDirBuilder m_dir;
};

void tst_SevenZip::read_understandsWhat7zWrote_data()
{
    QTest::addColumn<QByteArray>("base64");
    QTest::addColumn<QByteArray>("passphrase");
    QTest::newRow("packed directory") << QByteArray(kPlain7z) << QByteArray();
    QTest::newRow("plain directory") << QByteArray(kClear7z) << QByteArray();
    QTest::newRow("a passphrase that is not needed") << QByteArray(kPlain7z) << QByteArray("geheim");
    QTest::newRow("encrypted content") << QByteArray(kLocked7z) << QByteArray("geheim");
    QTest::newRow("encrypted content and names") << QByteArray(kSealed7z) << QByteArray("geheim");
}

void tst_SevenZip::read_understandsWhat7zWrote()
{
    QFETCH(QByteArray, base64);
    QFETCH(QByteArray, passphrase);
    const auto judgement = judge(write(base64.constData()), passphrase);
    QVERIFY2(judgement, judgement ? "" : qPrintable(describe(judgement.error()).oneLine()));
    QCOMPARE(judgement->verdict, Verdict::Readable);
    QCOMPARE(essence(*judgement), expected());
    QCOMPARE(judgement->topFolder, QByteArray("data"));
    for (const Member &member : judgement->members) {
        QCOMPARE(member.mode, member.type == MemberType::Directory ? 0755u : 0644u);
        QCOMPARE(member.mtimeNs, 1'700'000'000'000'000'000);
    }
    QCOMPARE(judgement->archiveSha256Hex, toHex(Sha256Hasher::of(QByteArray::fromBase64(base64))));
}

void tst_SevenZip::passphrase_isNeededAndSaidSo()
{
    for (const char *base64 : {kLocked7z, kSealed7z}) {
        const auto judgement = judge(write(base64));
        QVERIFY(!judgement);
        QCOMPARE(judgement.error().code, ErrorCode::SecretUnavailable);
        QVERIFY(judgement.error().isRefusal());
    }
}

void tst_SevenZip::passphrase_thatIsWrongIsNoDamage()
{
    for (const char *base64 : {kLocked7z, kSealed7z}) {
        for (const char *wrong : {"Geheim", "x", "geheim "}) {
            const auto judgement = judge(write(base64), wrong);
            QVERIFY(!judgement);
            QCOMPARE(judgement.error().code, ErrorCode::WrongPassphrase);
        }
    }
    // Once the directory has opened with it, what is wrong behind it is damage.
    QByteArray bytes = QByteArray::fromBase64(kSealed7z);
    bytes[40] = char(bytes[40] ^ 0x40);
    m_dir.file("damaged.7z", bytes);
    const auto judgement = judge(m_dir.path("damaged.7z"), "geheim");
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Damaged);
}

void tst_SevenZip::passphrase_leavesNoTrace()
{
    QByteArray text = "correct horse battery";
    const char *bytes = text.constData();
    const Passphrase passphrase = Passphrase::take(text);
    QVERIFY(text.isEmpty());
    QCOMPARE(passphrase.bytes(), QByteArrayView("correct horse battery"));
    Q_UNUSED(bytes);
    const auto judgement = judge(write(kLocked7z), "correct horse battery");
    QVERIFY(!judgement);
    const ErrorText words = describe(judgement.error());
    QVERIFY(!words.oneLine().contains(QLatin1String("horse")));
    QVERIFY(!judgement.error().args.join(u' ').contains(QLatin1String("horse")));
}

void tst_SevenZip::read_understandsEveryMethodOf7z_data()
{
    QTest::addColumn<QStringList>("options");
    QTest::addColumn<QByteArray>("passphrase");
    const auto row = [](const char *options, const char *passphrase = "") {
        QTest::newRow(options) << QString::fromUtf8(options).split(u' ') << QByteArray(passphrase);
    };
    row("-mx=9");
    row("-mx=0");
    row("-m0=lzma");
    row("-m0=lzma2:d=64m");
    row("-m0=deflate");
    row("-ms=off");
    row("-mhc=off");
    row("-m0=delta:4 -m1=lzma2");
    row("-m0=bcj -m1=lzma");
    row("-m0=bcj -m1=lzma2");
    row("-mhe=on -pSchl\xc3\xbcssel", "Schl\xc3\xbcssel");
    row("-mx=0 -psecret", "secret");
    row("-ms=off -psecret", "secret");
}

void tst_SevenZip::read_understandsEveryMethodOf7z()
{
    if (!have7z())
        QSKIP("7z is not installed");
    QFETCH(QStringList, options);
    QFETCH(QByteArray, passphrase);
    DataDirBuilder dir;
    QByteArray noise;
    for (int i = 0; i < 300'000; ++i)
        noise += char((i * 2654435761u) >> 13);
    dir.file("data/a.txt", kA).file("data/auth/tokens.json", kTokens).file("data/empty", {}).file("data/noise", noise)
        .file("data/\xc3\xbcml\xc3\xa4ut", QByteArray(70'000, 'x')).dir("data/none");
    const Ran ran = run(QStringLiteral("7z"), QStringList{QStringLiteral("a"), QStringLiteral("-bd"), QStringLiteral("x.7z")} + options
                            + QStringList{QStringLiteral("data")}, dir.path());
    QCOMPARE(ran.exitCode, 0);
    const auto judgement = judge(dir.path("x.7z"), passphrase);
    QVERIFY2(judgement, judgement ? "" : qPrintable(describe(judgement.error()).oneLine()));
    QVERIFY2(judgement->verdict == Verdict::Readable, judgement->problems.isEmpty() ? "" : qPrintable(judgement->problems.first().message));
    QHash<QByteArray, QByteArray> hashes;
    for (const Member &m : judgement->members)
        hashes.insert(m.path.bytes(), m.sha256 ? toHex(*m.sha256) : QByteArray());
    QCOMPARE(hashes.size(), 8);
    QCOMPARE(hashes.value("data/noise"), toHex(Sha256Hasher::of(noise)));
    QCOMPARE(hashes.value("data/auth/tokens.json"), toHex(Sha256Hasher::of(kTokens)));
    QCOMPARE(hashes.value("data/\xc3\xbcml\xc3\xa4ut"), toHex(Sha256Hasher::of(QByteArray(70'000, 'x'))));
    QVERIFY(hashes.contains("data/none"));
}

void tst_SevenZip::read_namesWhatItCannotRead()
{
    // PPMd; BZip2; two streams into one; nothing known.
    for (const QByteArray &method : {QByteArray("\x23\x03\x04\x01\x05\x06\0\0\0\x01", 10), QByteArray("\x03\x04\x02\x02"),
                                     QByteArray("\x14\x03\x03\x01\x1b\x04\x01"), QByteArray("\x01\x77")}) {
        Builder builder{{{"data/a", kA}}};
        builder.method = method;
        m_dir.file("m.7z", builder.bytes());
        const auto judgement = judge(m_dir.path("m.7z"));
        QVERIFY(judgement);
        QCOMPARE(judgement->verdict, Verdict::Damaged);
        QCOMPARE(judgement->problems.first().code, ErrorCode::ArchiveWrongKind);
    }
}

void tst_SevenZip::read_keepsModesTimesAndLinks()
{
    Builder builder{{{"data", {}, true, 040700}, {"data/secret", "s", false, 0100600}, {"data/link", "secret", false, 0120777},
                     {"data/windows", "w", false, 0}, {"data/pipe", {}, false, 0010644}}};
    m_dir.file("t.7z", builder.bytes());
    const auto judgement = judge(m_dir.path("t.7z"));
    QVERIFY(judgement);
    QVERIFY2(judgement->isUsable(), judgement->problems.isEmpty() ? "" : qPrintable(judgement->problems.first().message));
    const QList<Member> &members = judgement->members;
    QCOMPARE(members.size(), 5);
    QCOMPARE(members[0].mode, 0700u);
    QCOMPARE(members[1].mode, 0600u);
    QCOMPARE(members[2].type, MemberType::Symlink);
    QCOMPARE(members[2].link, QByteArray("secret"));
    QCOMPARE(members[3].mode, 0644u);
    QCOMPARE(members[4].type, MemberType::Fifo);
}

void tst_SevenZip::read_refusesWhatTheGuardRefuses_data()
{
    QTest::addColumn<QByteArray>("archive");
    QTest::addColumn<int>("verdict");
    const auto row = [](const char *name, const Builder &builder, Verdict verdict = Verdict::Hostile) {
        QTest::newRow(name) << builder.bytes() << int(verdict);
    };
    row("honest", {{{"data/a", kA}, {"data/b", kTokens}, {"data/e"}}}, Verdict::Readable);
    row("climbs", {{{"../a", kA}}});
    row("climbs inside", {{{"data/../../a", kA}}});
    row("absolute", {{{"/etc/cron.d/x", kA}}});
    row("backslash", {{{"data\\a", kA}}});
    row("drive", {{{"C:/data/a", kA}}});
    row("no name", {{{"", kA}}});
    row("twice", {{{"data/a", kA}, {"data/a", kA}}});
    row("file and folder", {{{"data/a", kA}, {"data/a/b", kA}}});
    row("link out", {{{"data/l", "/etc/passwd", false, 0120777}}});
    row("through a link", {{{"data/l", "/tmp", false, 0120777}, {"data/l/x", kA}}});
    row("device", {{{"data/d", {}, false, 0020666}}});
    row("device with content", {{{"data/d", kA, false, 0060666}}});
    row("folder with content", {{{"data/d", kA, false, 040755}}});
    row("file that says folder", {{{"data/d", {}, false, 040755}}});
    row("folder that says file", {{{"data/d", {}, true, 0100644}}});
    row("entry that deletes", {{{"data/d", {}, false, 0100644, 0, true}, {"data/a", kA}}});
    row("hidden bytes", {{{"data/a", kA}}, "hidden"});
    row("checksum", {{{"data/a", kA, false, 0100644, 1}}}, Verdict::Damaged);
    row("larger than it is", {{{"data/a", kA}}, {}, 100}, Verdict::Damaged);
    Builder smaller{{{"data/a", kA}, {"data/b", kA}}};
    smaller.claimedSize = 40;
    row("smaller than it is", smaller, Verdict::Damaged);
    Builder twice{{{"data/a", kA}}};
    twice.extra = Builder::property('\x11', QByteArray("\0x\0\0\0", 5));
    row("names twice", twice);
    Builder unknown{{{"data/a", kA}}};
    unknown.extra = Builder::property('\x1f', "x");
    row("unknown property", unknown, Verdict::Damaged);
    QTest::newRow("bytes behind") << Builder{{{"data/a", kA}}}.bytes() + "x" << int(Verdict::Hostile);
    QTest::newRow("a zip behind") << Builder{{{"data/a", kA}}}.bytes() + zip({RawZipEntry{.name = "b", .content = "c"}}) << int(Verdict::Hostile);
}

void tst_SevenZip::read_refusesWhatTheGuardRefuses()
{
    QFETCH(QByteArray, archive);
    QFETCH(int, verdict);
    m_dir.file("g.7z", archive);
    const auto judgement = judge(m_dir.path("g.7z"));
    QVERIFY(judgement);
    QVERIFY2(int(judgement->verdict) == verdict, judgement->problems.isEmpty() ? "" : qPrintable(judgement->problems.first().message));
}

void tst_SevenZip::read_neverAcceptsACutOrFlippedArchive_data()
{
    QTest::addColumn<QByteArray>("base64");
    QTest::newRow("packed directory") << QByteArray(kPlain7z);
    QTest::newRow("plain directory") << QByteArray(kClear7z);
}

void tst_SevenZip::read_neverAcceptsACutOrFlippedArchive()
{
    QFETCH(QByteArray, base64);
    const QByteArray good = QByteArray::fromBase64(base64);
    for (qsizetype size = 1; size < good.size(); ++size) {
        m_dir.file("cut.7z", good.first(size));
        const auto judgement = judge(m_dir.path("cut.7z"));
        QVERIFY(judgement);
        QVERIFY2(!judgement->isUsable(), qPrintable(QStringLiteral("cut at %1").arg(size)));
    }
    for (qsizetype at = 0; at < good.size(); ++at) {
        for (const char mask : {'\x01', '\x80'}) {
            QByteArray bad = good;
            bad[at] = char(bad[at] ^ mask);
            m_dir.file("flip.7z", bad);
            const auto judgement = judge(m_dir.path("flip.7z"));
            QVERIFY(judgement);
            const bool version = at == 6 || at == 7;   // says nothing about the content
            QVERIFY2(!judgement->isUsable() || (version && essence(*judgement) == expected()), qPrintable(QStringLiteral("flip at %1").arg(at)));
        }
    }
}

/// A directory that was changed and sealed again is another archive; whatever it says, no content may come out that
/// was not put in, and nothing may crash or hang.
void tst_SevenZip::read_survivesADirectoryThatLies()
{
    const QByteArray good = QByteArray::fromBase64(kClear7z);
    const auto packed = qFromLittleEndian<quint64>(good.constData() + 12);
    const QByteArray data = good.mid(32, qsizetype(packed));
    const QByteArray header = good.mid(32 + qsizetype(packed));
    const auto reference = judge(write(kClear7z));
    QVERIFY(reference);
    int usable = 0;
    for (qsizetype at = 0; at < header.size(); ++at) {
        for (const uchar value : {0x00, 0x01, 0x7f, 0x80, 0xff}) {
            QByteArray bad = header;
            bad[at] = char(value);
            m_dir.file("lie.7z", Builder::seal(data, bad));
            const auto judgement = judge(m_dir.path("lie.7z"), {}, Limits::strict());
            QVERIFY(judgement || judgement.error().code == ErrorCode::SecretUnavailable);
            if (judgement && judgement->isUsable()) {
                ++usable;
                QCOMPARE(contents(*judgement), contents(*reference));
            }
        }
        QByteArray shorter = header;
        shorter.remove(at, 1);
        m_dir.file("lie.7z", Builder::seal(data, shorter));
        const auto judgement = judge(m_dir.path("lie.7z"), {}, Limits::strict());
        QVERIFY(!judgement || !judgement->isUsable() || contents(*judgement) == contents(*reference));
    }
    QVERIFY(usable > 0);   // times, modes and letters of names are free to change
}

void tst_SevenZip::read_refusesBombsBeforeUnpacking()
{
    Builder builder{{{"data/a", kA}}};
    for (const qint64 size : {qint64(1) << 29, qint64(1) << 40, qint64(1) << 61}) {
        builder.claimedSize = size;
        m_dir.file("bomb.7z", builder.bytes());
        const auto judgement = judge(m_dir.path("bomb.7z"), {}, Limits::strict());
        QVERIFY(judgement);
        QCOMPARE(judgement->verdict, Verdict::Hostile);
        QVERIFY(judgement->members.isEmpty());
    }
    Limits limits = Limits::strict();
    limits.maxEntries = 2;
    m_dir.file("many.7z", Builder{{{"data/a", kA}, {"data/b", kA}, {"data/c", kA}}}.bytes());
    const auto judgement = judge(m_dir.path("many.7z"), {}, limits);
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Hostile);
}

void tst_SevenZip::read_staysWithinItsMemory()
{
#if defined(__SANITIZE_ADDRESS__)
    QSKIP("what the sanitizer keeps counts as well");
#endif
    if (!have7z())
        QSKIP("7z is not installed");
    DataDirBuilder dir;
    // Not all zeros, which would be a bomb.
    QByteArray noise(8 << 20, Qt::Uninitialized);
    QRandomGenerator(1).fillRange(reinterpret_cast<quint32 *>(noise.data()), noise.size() / qsizetype(sizeof(quint32)));
    dir.file("data/most", noise);
    QCOMPARE(run(QStringLiteral("truncate"), {QStringLiteral("-s"), QStringLiteral("200M"), QStringLiteral("data/most")}, dir.path()).exitCode, 0);
    QCOMPARE(run(QStringLiteral("7z"), {QStringLiteral("a"), QStringLiteral("-bd"), QStringLiteral("-mx=1"), QStringLiteral("-md=64m"),
                                        QStringLiteral("x.7z"), QStringLiteral("data")}, dir.path()).exitCode, 0);
    const auto judgement = judge(dir.path("x.7z"));
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Readable);
    rusage usage = {};
    getrusage(RUSAGE_SELF, &usage);
    QVERIFY2(usage.ru_maxrss < 128 * 1024, qPrintable(QStringLiteral("%1 KiB").arg(usage.ru_maxrss)));
}

QTEST_GUILESS_MAIN(tst_SevenZip)
#include "tst_sevenzip.moc"
