// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Two readers, one opinion: archives of our own writer, of Python and of GNU tar are mutated, and each mutant is
// judged by us and by the reference scanner, which runs in one Python process. Verdicts, member lists and
// contents must be the same, but for the differences that explained() knows. Where Python or the shared folder
// is missing, our own verdict is still held against itself.
//
//   STRONGROOM_SEED=N       the mutants of run N again; otherwise every run has a seed of its own, and prints it
//   STRONGROOM_MUTATIONS=N  so many mutants

#include "tests/storage/mutatedarchives.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/memoryarchive.h"

#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QStandardPaths>
#include <QtEndian>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

constexpr qint64 kBatch = 250;

QString scannerFile()
{
    return QDir::cleanPath(QStringLiteral(STRONGROOM_SOURCE_DIR "/../shared/hostile/strict_scan.py"));
}

bool hasPython()
{
    return !QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty();
}

quint32 numberFromEnvironment(const char *name, quint32 otherwise)
{
    bool ok = false;
    const uint number = qEnvironmentVariable(name).toUInt(&ok);
    return ok ? number : otherwise;
}

/// The profile the reference works by.
Limits profile()
{
    Limits limits = Limits::strict();
    limits.names = NameRules::structured();
    return limits;
}

// -- opinions ------------------------------------------------------------------------------------

/// One member as a reader has it.
struct Listed {
    QByteArray type;       // the reference's words
    QByteArray path;
    qint64 size = 0;
    QByteArray hash = {};  // of a file in a tar
    QByteArray link = {};  // ours only

    [[nodiscard]] QByteArray line() const { return type + ' ' + displayBytes(path).toUtf8() + ' ' + QByteArray::number(size) + ' ' + hash; }
};

/// What one reader says of an archive.
struct Opinion {
    bool accepted = false;
    QByteArray why;
    QList<Listed> members;

    [[nodiscard]] QByteArray text() const
    {
        if (!accepted)
            return why;
        QByteArray lines;
        for (const Listed &member : members)
            lines += member.line() + ", ";
        return lines;
    }
    [[nodiscard]] bool agreesWith(const Opinion &other) const
    {
        return accepted == other.accepted && (!accepted || text() == other.text());
    }
};

class Reference {
public:
    Reference()
    {
        m_process.setProcessChannelMode(QProcess::ForwardedErrorChannel);
        m_process.start(QStringLiteral("python3"), {QStringLiteral("-B"), QStringLiteral(STRONGROOM_SOURCE_DIR "/tests/support/askreference.py"),
                                                    scannerFile()});
    }
    ~Reference()
    {
        m_process.closeWriteChannel();
        if (!m_process.waitForFinished(30'000))
            m_process.kill();
    }

    void ask(const QByteArray &archive)
    {
        const quint32 size = qToLittleEndian(quint32(archive.size()));
        m_process.write(reinterpret_cast<const char *>(&size), sizeof size);
        m_process.write(archive);
    }

    /// The next answer; nothing when the process is gone.
    std::optional<Opinion> answer()
    {
        while (!m_process.canReadLine()) {
            if (!m_process.waitForReadyRead(120'000))
                return std::nullopt;
        }
        const QJsonObject object = QJsonDocument::fromJson(m_process.readLine()).object();
        Opinion opinion;
        const QString verdict = object.value(u"verdict").toString();
        if (verdict.isEmpty() || verdict == u"broken") {
            qWarning("the reference broke: %s", qPrintable(object.value(u"why").toString()));
            return std::nullopt;
        }
        opinion.accepted = verdict != u"reject-before-write";
        opinion.why = object.value(u"why").toString().toUtf8();
        for (const QJsonValue &value : object.value(u"members").toArray()) {
            const QJsonArray one = value.toArray();
            QByteArray name = QByteArray::fromHex(one.at(1).toString().toLatin1());
            while (name.startsWith("./"))
                name = name.mid(2);
            if (name.endsWith('/'))
                name.chop(1);
            if (name == ".")
                name.clear();
            opinion.members.append({one.at(0).toString().toLatin1(), name, one.at(2).toInteger(), one.at(3).toString().toLatin1()});
        }
        return opinion;
    }

private:
    QProcess m_process;
};

QByteArray referenceWord(MemberType type)
{
    switch (type) {
    case MemberType::File: return "file";
    case MemberType::Directory: return "dir";
    case MemberType::Symlink: return "link";
    case MemberType::Hardlink: return "hard";
    case MemberType::Fifo: return "fifo";
    }
    return {};
}

/// Our own opinion, and whether it is the same however we are asked.
struct Ours {
    Judgement judgement;
    Opinion container;         // of the archive without its manifest, as the reference sees it
    QByteArray contradiction;  // empty = none
};

QByteArray problemsOf(const Judgement &judgement)
{
    QByteArray text;
    for (const Problem &problem : judgement.problems)
        text += (text.isEmpty() ? "" : "; ") + problem.message.toUtf8();
    return text;
}

/// What is said of the manifest's promises, about which the reference knows nothing.
bool isAboutPromises(const Problem &problem)
{
    return problem.code == ErrorCode::ManifestInvalid || problem.code == ErrorCode::ManifestVersion
        || problem.code == ErrorCode::ArchiveIncomplete || problem.code == ErrorCode::ArchiveDamaged;
}

Ours judgeTwice(MemoryArchive &memory, const QByteArray &bytes)
{
    Ours ours;
    const ArchiveFile archive = memory.hold(bytes);
    Monitor monitor;
    const auto first = judgeArchive(archive, profile(), monitor);
    const auto second = judgeArchive(archive, profile(), monitor);
    if (!first || !second) {
        ours.contradiction = "no judgement at all";
        return ours;
    }
    ours.judgement = *first;
    if (textOf(*first) != textOf(*second))
        ours.contradiction = "judged twice, two verdicts";
    if (first->isUsable() != first->problems.isEmpty())
        ours.contradiction = "verdict and problems contradict each other";

    RecordingSink sink;
    const auto read = readMembers(archive, profile(), sink, monitor);
    QList<QByteArray> passed;
    QList<qint64> times;
    for (qsizetype i = 0; i < sink.members.size(); ++i) {
        const Member &member = sink.members.at(i);
        Listed listed = {referenceWord(member.type), member.path.bytes(), member.size, {}, member.link};
        if (member.type == MemberType::File) {
            const QByteArray hash = QCryptographicHash::hash(sink.contents.at(i), QCryptographicHash::Sha256).toHex();
            if (!member.sha256 || toHex(*member.sha256) != hash || member.size != sink.contents.at(i).size())
                ours.contradiction = "content and member contradict each other";
            if (archive.kind().format != ArchiveFormat::Zip)
                listed.hash = hash;
        }
        ours.container.members.append(listed);
        if (!member.path.isWithin(RelPath::literal(kManifestFolder))) {
            passed.append(lineOf(member));
            times.append(member.mtimeNs);
        }
    }
    QList<QByteArray> judged;
    for (Member member : first->members) {
        // A manifest knows a time better than the header that is passed on.
        const qsizetype i = judged.size();
        if (i < times.size() && standsForTime(times.at(i), member.mtimeNs))
            member.mtimeNs = times.at(i);
        judged.append(lineOf(member));
    }
    if (first->isUsable() && (!read || sink.outOfStep || passed != judged))
        ours.contradiction = "what is passed on is not what was judged";
    ours.container.accepted = read && std::all_of(first->problems.begin(), first->problems.end(), isAboutPromises);
    ours.container.why = problemsOf(*first);
    return ours;
}

// -- differences ---------------------------------------------------------------------------------

bool isInFreeArea(const Listed &member)
{
    const QList<QByteArray> free = NameRules::structured().freeAreas;
    return std::any_of(free.begin(), free.end(), [&member](const QByteArray &area) { return member.path.startsWith(area); });
}

/// Locks and the like, which the reference leaves out at once. Here that is for layouts to say when a restore is
/// planned, so the judge treats them as any other file.
bool isRunTimeFile(const Listed &member)
{
    const QByteArray name = member.path.mid(member.path.lastIndexOf('/') + 1);
    return member.type == "file" && !isInFreeArea(member)
        && (name.endsWith(".lock") || name.endsWith(".tmp") || name.startsWith(".tmp_") || name.endsWith(".sock")
            || name == "postmaster.pid" || name == "postmaster.opts");
}

/// Whether one tree of a structured area cannot hold both: one path, a file with something below it, or names
/// that differ by case only.
bool clash(const Listed &a, const Listed &b)
{
    const QList<QByteArray> left = a.path.split('/');
    const QList<QByteArray> right = b.path.split('/');
    for (qsizetype i = 0; i < std::min(left.size(), right.size()); ++i) {
        if (left.at(i).toLower() != right.at(i).toLower())
            return false;
        if (left.at(i) != right.at(i))
            return true;
    }
    if (left.size() == right.size())
        return a.type != "dir" || b.type != "dir";
    return (left.size() < right.size() ? a : b).type != "dir";
}

bool aFreeFileClashes(const QList<Listed> &members)
{
    return std::any_of(members.begin(), members.end(), [&members](const Listed &free) {
        return isInFreeArea(free)
            && std::any_of(members.begin(), members.end(), [&free](const Listed &m) { return !isInFreeArea(m) && clash(m, free); });
    });
}

bool aRunTimeFileClashes(const QList<Listed> &members)
{
    for (const Listed &member : members) {
        if (isRunTimeFile(member)
            && std::any_of(members.begin(), members.end(), [&member](const Listed &m) { return &m != &member && clash(m, member); }))
            return true;
    }
    return false;
}

bool holds(const QList<Listed> &members, const char *type)
{
    return std::any_of(members.begin(), members.end(), [type](const Listed &m) { return m.type == type; });
}

bool holdsOnly(const QList<Listed> &members, bool (*accepts)(const Listed &))
{
    return std::all_of(members.begin(), members.end(), [accepts](const Listed &m) { return m.type != "file" || accepts(m); });
}

bool isOurs(const Listed &member)
{
    return member.path == kManifestFolder || member.path.startsWith(".strongroom/");
}

bool leadsToRunTimeFile(const QList<Listed> &members)
{
    return std::any_of(members.begin(), members.end(), [&members](const Listed &link) {
        const QByteArray folder = link.path.left(link.path.lastIndexOf('/') + 1);
        const QByteArray target = link.type == "hard" ? link.link : link.type == "link" ? QByteArray(folder + link.link) : QByteArray();
        return std::any_of(members.begin(), members.end(), [&](const Listed &m) { return m.path == target && isRunTimeFile(m); });
    });
}

/// A difference that is meant (README, "Tests and figures"); empty for any other.
QByteArray explained(const Ours &ours, const Opinion &reference)
{
    const auto weSay = [&ours](const char *what) { return ours.container.why.contains(what); };
    const QList<Listed> &members = ours.container.accepted ? ours.container.members : reference.members;
    if (!ours.container.accepted && reference.accepted) {
        // A header that says nothing stands alone all the same: another reader may apply it to what follows.
        if (weSay("extension header without an entry") || weSay("two extended headers for one entry")
            || weSay("pax and GNU headers for one entry"))
            return "empty extended header";
        if ((weSay("path twice") || weSay("path is both a file and a folder") || weSay("names that differ by case only"))
            && aRunTimeFileClashes(members))
            return "run-time file counts";
        // A folder on the way to an upload has a name like any other, also where nobody announces it.
        if (weSay("names that differ by case only") && aFreeFileClashes(members))
            return "parent of a free area counts";
        // Nothing in a zip has a checksum over the type: a file whose type was damaged must not vanish.
        if (weSay("content where none may be") && holds(members, "fifo"))
            return "pipe with content";
        // A manifest's folder is never restored.
        if (weSay("holds nothing to restore") && holdsOnly(members, isOurs))
            return "only a manifest's folder";
    }
    if (ours.container.accepted && !reference.accepted) {
        // A header checksum that is right is no reason to refuse; zlib refuses a wrong one.
        if (reference.why == "gzip header CRC not supported")
            return "gzip header checksum";
        // Sizes over 8 GiB need not be in the header, where zero is as good as eleven sevens.
        if (reference.why == "PAX size and header size differ")
            return "large size";
        if (reference.why == "nothing to restore" && holdsOnly(members, isRunTimeFile))
            return "run-time file counts";
        if ((reference.why == "hard link target is not an earlier file" || reference.why == "link to a link or to nothing")
            && leadsToRunTimeFile(members))
            return "run-time file counts";
    }
    return {};
}

}  // namespace

class tst_Differential : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void initTestCase();
    void bases_areHealthyAndMutantsRepeatable();
    void mutants_getOneVerdict();

private:
    DataDirBuilder m_dir;
    Bases m_bases;
    quint32 m_seed = 0;
    quint32 m_mutations = 0;
};

void tst_Differential::initTestCase()
{
    m_seed = numberFromEnvironment("STRONGROOM_SEED", QRandomGenerator::system()->generate());
    m_mutations = numberFromEnvironment("STRONGROOM_MUTATIONS", 4'000);
    qInfo("STRONGROOM_SEED=%u STRONGROOM_MUTATIONS=%u", m_seed, m_mutations);
    m_bases = healthyArchives(m_dir);
}

// What is broken from the start proves nothing, and a mutant that nobody can make again cannot be mended.
void tst_Differential::bases_areHealthyAndMutantsRepeatable()
{
    MemoryArchive memory;
    for (const QList<QByteArray> &kind : {m_bases.tars, m_bases.packed, m_bases.zips}) {
        for (const QByteArray &base : kind) {
            const Ours ours = judgeTwice(memory, base);
            QCOMPARE(ours.contradiction, QByteArray());
            QVERIFY2(ours.container.why.isEmpty(), QByteArray(ours.container.why + ": " + base.left(100)).constData());
        }
    }
    QCOMPARE(mutantOf(m_bases, 1, 7).bytes, mutantOf(m_bases, 1, 7).bytes);
    QVERIFY(mutantOf(m_bases, 1, 7).bytes != mutantOf(m_bases, 2, 7).bytes);
}

void tst_Differential::mutants_getOneVerdict()
{
    const bool compare = hasPython() && QFileInfo::exists(scannerFile());
    std::optional<Reference> reference;
    if (compare)
        reference.emplace();
    else
        qInfo("no reference scanner: our verdicts are held against themselves alone");

    MemoryArchive memory;
    int accepted = 0;
    QMap<QByteArray, int> explanations;
    QStringList wrong;
    for (quint32 begin = 0; begin < m_mutations && wrong.size() < 20; begin += kBatch) {
        QList<Mutant> mutants;
        for (quint32 i = begin; i < std::min<quint32>(begin + kBatch, m_mutations); ++i) {
            mutants.append(mutantOf(m_bases, m_seed, i));
            if (compare)
                reference->ask(mutants.last().bytes);
        }
        for (qsizetype i = 0; i < mutants.size(); ++i) {
            const Ours ours = judgeTwice(memory, mutants.at(i).bytes);
            accepted += ours.container.accepted ? 1 : 0;
            QByteArray fault = ours.contradiction;
            if (compare) {
                const auto theirs = reference->answer();
                QVERIFY2(theirs, "the reference gives no answer");
                const bool same = ours.container.agreesWith(*theirs);
                const QByteArray why = same ? QByteArray() : explained(ours, *theirs);
                if (!why.isEmpty())
                    ++explanations[why];
                else if (!same)
                    fault += "we: " + ours.container.text() + " / reference: " + theirs->text();
            }
            if (!fault.isEmpty()) {
                const quint32 index = begin + quint32(i);
                wrong.append(QString::number(index));
                qWarning("mutant %u of seed %u (%s): %s", index, m_seed, mutants.at(i).how.constData(), fault.constData());
            }
        }
    }
    QStringList words;
    for (auto it = explanations.cbegin(); it != explanations.cend(); ++it)
        words.append(QString::fromUtf8(it.key()) + u' ' + QString::number(it.value()));
    qInfo("%u mutants, %d accepted, %lld differ, explained: %s", m_mutations, accepted, qlonglong(wrong.size()),
          words.isEmpty() ? "none" : qPrintable(words.join(u", ")));
    QVERIFY2(wrong.isEmpty(), qPrintable(QStringLiteral("STRONGROOM_SEED=%1, mutants ").arg(m_seed) + wrong.join(u' ')));
    // Neither refusing everything nor taking everything would be noticed otherwise.
    if (m_mutations >= 1'000) {
        QVERIFY(accepted > int(m_mutations / 20));
        QVERIFY(accepted < int(m_mutations / 2));
    }
}

int main(int argc, char *argv[])
{
    // A long run is asked for by hand; Qt would end it after five minutes.
    if (qEnvironmentVariableIsSet("STRONGROOM_MUTATIONS") && !qEnvironmentVariableIsSet("QTEST_FUNCTION_TIMEOUT"))
        qputenv("QTEST_FUNCTION_TIMEOUT", "36000000");
    QCoreApplication application(argc, argv);
    tst_Differential test;
    QTEST_SET_MAIN_SOURCE_PATH
    return QTest::qExec(&test, argc, argv);
}

#include "tst_differential.moc"
