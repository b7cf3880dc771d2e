// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// What a worker says of an archive is what this process would have said: verdicts, members, content.

#include "storage/ops/inspection.h"
#include "storage/verdict/spool.h"
#include "storage/worker/surveyworker.h"
#include "tests/support/archivebuilder.h"
#include "tests/support/datadirbuilder.h"
#include "tests/support/ownarchive.h"
#include "tests/support/workerhost.h"

#include <QCryptographicHash>
#include <QDir>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QStandardPaths>
#include <QtTest>

using namespace strongroom::storage;
using namespace strongroom::tests;

namespace {

ArchiveFile opened(const QByteArray &path)
{
    auto archive = ArchiveFile::open(path);
    if (!archive)
        qFatal("cannot open %s", path.constData());
    return *std::move(archive);
}

QByteArray textOf(const Member &m)
{
    return m.path.bytes() + '|' + memberTypeWord(m.type).toLatin1() + '|' + QByteArray::number(m.size) + '|' + QByteArray::number(m.mode, 8)
        + '|' + QByteArray::number(m.uid) + '|' + QByteArray::number(m.gid) + '|' + QByteArray::number(m.mtimeNs) + '|' + m.link + '|'
        + (m.sha256 ? toHex(*m.sha256) : QByteArray("-")) + '\n';
}

/// Everything of a judgement that anybody looks at, as text.
QByteArray textOf(const Judgement &j)
{
    QByteArray text = verdictWord(j.verdict).toUtf8() + ' ' + QByteArray::number(j.bytes) + ' ' + j.topFolder + ' ' + j.archiveSha256Hex + '\n';
    for (const Problem &p : j.problems) {
        text += codeWord(p.code).toUtf8() + ": " + p.message.toUtf8() + " @" + p.member;
        if (p.error)
            text += " = " + codeWord(p.error->code).toUtf8() + ' ' + p.error->path + ' ' + p.error->args.join(u';').toUtf8();
        text += '\n';
    }
    for (const Problem &p : j.notes)
        text += "note " + codeWord(p.code).toUtf8() + ": " + p.message.toUtf8() + " @" + p.member + '\n';
    for (const QByteArray &link : j.outwardLinks)
        text += "outward " + link + '\n';
    for (const Member &m : j.members)
        text += textOf(m);
    if (j.manifest) {
        const Manifest &m = *j.manifest;
        text += (QStringList{m.kind, m.variant, m.created.toString(Qt::ISODateWithMs), QString::number(m.sequence), m.tool, m.sourceHost,
                             m.scope.join(u','), m.consistency, m.note, QString::number(m.pinned), QString::number(m.version)}.join(u'|')).toUtf8()
            + m.sourcePath + m.sumsSha256Hex + '\n';
        for (const ExcludedEntry &e : m.excluded)
            text += "excluded " + e.path + ' ' + e.reason.toUtf8() + '\n';
        QStringList counts;
        for (auto it = m.counts.cbegin(); it != m.counts.cend(); ++it)
            counts.append(it.key() + u'=' + QString::number(it.value()));
        counts.sort();
        text += counts.join(u',').toUtf8() + '\n';
    }
    return text;
}

QByteArray textOf(const ArchiveSurvey &survey)
{
    QByteArray text;
    for (const DetectedLayout &layout : survey.layouts)
        text += layout.id.toUtf8() + ' ' + layout.variant.toUtf8() + ' ' + layout.title.toUtf8() + ' ' + QByteArray::number(layout.score) + ' '
            + layout.evidence.join(u';').toUtf8() + ' ' + layout.root.bytes() + (layout.layout ? " known" : "") + '\n';
    for (const Item &item : survey.items) {
        text += QJsonDocument(item.toJson()).toJson(QJsonDocument::Compact) + '\n';
        const bool asked = survey.parts.contains(item.itemId());
        text += asked ? "parts\n" : "no parts\n";
        for (const Part &part : survey.parts.value(item.itemId()))
            text += "  " + part.path.bytes() + '|' + part.record.toUtf8() + '|' + QByteArray::number(part.bytes) + '|'
                + part.modified.toString(Qt::ISODateWithMs).toUtf8() + (part.shared ? "|shared" : "") + '\n';
    }
    return text + (survey.unlisted ? codeWord(survey.unlisted->code).toUtf8() : QByteArray());
}

/// Writes down all that passes.
class Recorder final : public MemberSink {
public:
    Result<void> begin(const Member &) override { return {}; }
    Result<void> data(QByteArrayView bytes) override
    {
        m_content.addData(bytes);
        largest = std::max(largest, bytes.size());
        return {};
    }
    Result<void> end(const Member &member) override
    {
        text += textOf(member);
        return {};
    }
    QByteArray all() { return text + m_content.result().toHex(); }

    QByteArray text;
    qsizetype largest = 0;

private:
    QCryptographicHash m_content{QCryptographicHash::Sha256};
};

/// Both ways to the verdict and to the members, with one thread and with two; empty when they agree.
QByteArray difference(const QByteArray &path, const Limits &limits, int jobs)
{
    const ArchiveFile archive = opened(path);
    const auto terms = [&](WorkerVerb verb) {
        WorkerTerms some = testTerms(verb, archive, limits);
        some.jobs = jobs;
        return some;
    };
    Monitor here;
    Monitor there;
    Scratch scratch;
    const auto expected = inspectHere(archive, limits, scratch, here);
    const auto got = inspectInWorker(archive, limits, there, terms(WorkerVerb::Inspect));
    if (!expected || !got)
        return "no judgement";
    if (textOf(*expected) != textOf(*got))
        return "verdict: " + textOf(*expected).left(2000) + "\n--- but the worker says\n" + textOf(*got).left(2000);
    if (here.sample().bytesDone != there.sample().bytesDone || here.sample().itemsDone != there.sample().itemsDone)
        return "progress: " + QByteArray::number(here.sample().bytesDone) + " and " + QByteArray::number(there.sample().bytesDone);
    Recorder recorded;
    Recorder received;
    const auto read = readMembers(archive, limits, recorded, here);
    const auto passed = readMembersInWorker(archive, limits, received, there, terms(WorkerVerb::Members));
    if (recorded.all() != received.all())
        return "content";
    if (read.has_value() != passed.has_value() || (!read && (read.error().code != passed.error().code || read.error().path != passed.error().path
                                                            || read.error().args != passed.error().args)))
        return "error of the pass";
    return {};
}

QByteArray difference(const QByteArray &path, const Limits &limits)
{
    const QByteArray alone = difference(path, limits, 1);
    return alone.isEmpty() ? difference(path, limits, 2) : alone;
}

QString hostileFolder()
{
    return QDir::cleanPath(QStringLiteral(STRONGROOM_SOURCE_DIR "/../shared/hostile"));
}

Limits profile()
{
    Limits limits = Limits::strict();
    limits.names = NameRules::structured();
    return limits;
}

QByteArray foreignTar()
{
    return TarBuilder().dir("data/").dir("data/sessions/").file("data/sessions/a.json", "{\"a\": 1}").file("data/big", QByteArray(3'000'000, 'b'), 0600)
        .file("data/empty", {}).hardlink("data/hard", "data/big").symlink("data/soft", "big").end().bytes();
}

}  // namespace

class tst_Worker : public QObject {
    Q_OBJECT
private Q_SLOTS:
    void verdictAndContent_areTheSameThere_data();
    void verdictAndContent_areTheSameThere();
    void hostileSet_getsTheSameVerdicts();
    void samples_getTheSameVerdicts();
    void ownManifest_comesAcross();
    void survey_isTheSameThere_data();
    void survey_isTheSameThere();
    void glances_areTheSameThere();
    void sidecar_isLookedAtHere();
    void archive_thatChanged_isNoVerdict();
    void errorOfTheSink_endsTheWorker();
    void withoutAProgram_allIsReadHere();
    void cleanup() { QVERIFY(hasNoChild()); }
};

void tst_Worker::verdictAndContent_areTheSameThere_data()
{
    QTest::addColumn<QByteArray>("bytes");
    const QByteArray tar = foreignTar();
    QTest::newRow("tar") << tar;
    QTest::newRow("gzip") << gzip(tar);
    QTest::newRow("zip") << zip({{.name = "data/a", .content = "a"}, {.name = "data/b", .content = QByteArray(700'000, 'b')}});
    QTest::newRow("cut") << gzip(tar).chopped(9);
    QTest::newRow("flipped") << [&] { QByteArray bytes = gzip(tar); bytes[bytes.size() / 2] = char(~bytes[bytes.size() / 2]); return bytes; }();
    QTest::newRow("flipped bzip2, of which KArchive warns") << [&] { QByteArray bytes = bzip2(tar); bytes[10] = char(~bytes[10]); return bytes; }();
    QTest::newRow("climbing") << TarBuilder().file("data/a").file("../b").end().bytes();
    QTest::newRow("controls in a name") << TarBuilder().file("data/\x1b[2J\n").file("data/\x1b[2J\n").end().bytes();
    QTest::newRow("nothing") << QByteArray();
    QTest::newRow("something else") << QByteArray("SQLite format 3\0 and so on", 26);
    QTest::newRow("dot") << TarBuilder().dir("./").file("./a").file("./b/c").end().bytes();
    TarBuilder builder;
    for (int i = 0; i < 5'000; ++i)
        builder.file("data/" + QByteArray::number(i), QByteArray::number(i));
    QTest::newRow("many") << builder.end().gz();
}

void tst_Worker::verdictAndContent_areTheSameThere()
{
    QFETCH(QByteArray, bytes);
    DataDirBuilder dir;
    dir.file("archive", bytes);
    QCOMPARE(difference(dir.path("archive"), Limits::production()), QByteArray());
    QCOMPARE(difference(dir.path("archive"), profile()), QByteArray());
}

void tst_Worker::hostileSet_getsTheSameVerdicts()
{
    if (!QFileInfo::exists(hostileFolder() + QStringLiteral("/make_hostile.py")) || QStandardPaths::findExecutable(QStringLiteral("python3")).isEmpty())
        QSKIP("no hostile set");
    // Every one by hand; where others wait, a sample that takes a few seconds.
    const int step = qgetenv("STRONGROOM_FAULTS") == "full" ? 1 : 12;
    DataDirBuilder dir;
    const Ran made = run(QStringLiteral("python3"), {hostileFolder() + QStringLiteral("/make_hostile.py"), QFile::decodeName(dir.path("set"))},
                         {}, {}, 280'000);
    QVERIFY2(made.exitCode == 0, made.err.constData());
    const QJsonArray cases = QJsonDocument::fromJson(dir.read("set/index.json")).object().value(u"cases").toArray();
    QVERIFY(cases.size() > 1000);
    int compared = 0;
    QByteArray wrong;
    for (int i = 0; i < cases.size(); i += step) {
        const QJsonObject one = cases.at(i).toObject();
        const QByteArray path = dir.path("set/" + one.value(u"file").toString().toUtf8());
        if (const QByteArray differs = difference(path, profile()); !differs.isEmpty())
            wrong += one.value(u"id").toString().toUtf8() + ": " + differs + '\n';
        ++compared;
    }
    qInfo("%d of %lld cases compared", compared, qlonglong(cases.size()));
    QCOMPARE(wrong, QByteArray());
    QVERIFY(compared > 100);
}

void tst_Worker::samples_getTheSameVerdicts()
{
    const QDir folder(QStringLiteral(STRONGROOM_SOURCE_DIR "/../shared/samples"));
    const QStringList names = folder.entryList({QStringLiteral("*.tar.gz")}, QDir::Files);
    if (names.isEmpty())
        QSKIP("no samples");
    for (const QString &name : names)
        QCOMPARE(difference(QFile::encodeName(folder.filePath(name)), Limits::production()), QByteArray());
}

void tst_Worker::ownManifest_comesAcross()
{
    for (const ArchiveFormat format : {ArchiveFormat::Tar, ArchiveFormat::TarGzip, ArchiveFormat::TarZstd}) {
        DataDirBuilder dir;
        OwnArchiveSpec spec;
        spec.format = format;
        spec.manifest.note = QStringLiteral("two\nlines");
        spec.manifest.excluded = {{"data/lock", QStringLiteral("run-time-file")}, {"data/\xff", QStringLiteral("socket")}};
        spec.manifest.counts = {{QStringLiteral("files"), 1}, {QStringLiteral("sessions"), 0}};
        writeOwnArchive(dir.path("own"), spec);
        QCOMPARE(difference(dir.path("own"), Limits::production()), QByteArray());
        const ArchiveFile archive = opened(dir.path("own"));
        Monitor monitor;
        const auto judgement = inspectInWorker(archive, Limits::production(), monitor,
                                               testTerms(WorkerVerb::Inspect, archive, Limits::production()));
        QVERIFY(judgement);
        QCOMPARE(judgement->verdict, Verdict::Verified);
        QCOMPARE(judgement->manifest->note, QStringLiteral("two\nlines"));
        QCOMPARE(judgement->manifest->excluded.size(), 2);
    }
}

void tst_Worker::survey_isTheSameThere_data()
{
    QTest::addColumn<QByteArray>("path");
    const QDir folder(QStringLiteral(STRONGROOM_SOURCE_DIR "/../shared/samples"));
    for (const QString &name : folder.entryList({QStringLiteral("*.tar.gz")}, QDir::Files))
        QTest::newRow(qPrintable(name)) << QFile::encodeName(folder.filePath(name));
    QTest::newRow("built here") << QByteArray();
}

void tst_Worker::survey_isTheSameThere()
{
    QFETCH(QByteArray, path);
    DataDirBuilder dir;
    if (path.isEmpty()) {
        const QByteArray id = "0b4ac5a3-1111-4222-8333-444455556666";
        dir.file("a.tar", TarBuilder().dir("data/").dir("data/sessions/")
                     .file("data/sessions/" + id + ".json", "{\"session_id\": \"" + id + "\", \"created_at\": \"2025-01-01T00:00:00\"}").end().bytes());
        path = dir.path("a.tar");
    }
    const ArchiveFile archive = opened(path);
    SurveyRequest request;
    request.keepBytes = 64 << 20;
    request.keepTotal = 256 << 20;
    request.withItems = true;
    request.maxDetailed = 2000;
    Monitor monitor;
    const auto here = surveyHere(archive, Limits::production(), request, monitor);
    WorkerTerms terms = surveyTerms(archive, Limits::production());
    terms.program = STRONGROOM_TESTWORKER;
    const auto there = surveyInWorker(archive, Limits::production(), request, monitor, terms);
    if (!here) {   // an archive of this sample is refused
        QVERIFY(!there);
        QCOMPARE(there.error().code, here.error().code);
        QCOMPARE(there.error().path, here.error().path);
        QCOMPARE(there.error().args, here.error().args);
        return;
    }
    QVERIFY2(there, there ? "" : qPrintable(describe(there.error()).oneLine()));
    QCOMPARE(textOf(*there), textOf(*here));
    QVERIFY(!here->layouts.isEmpty());
}

void tst_Worker::glances_areTheSameThere()
{
    DataDirBuilder dir;
    writeOwnArchive(dir.path("own"), {});
    dir.file("foreign", gzip(foreignTar()));
    dir.file("cut", gzip(foreignTar()).left(300));
    dir.file("text", "no archive");
    std::vector<ArchiveFile> files;
    for (int i = 0; i < 70; ++i)   // more than one worker takes
        files.push_back(opened(dir.path(QByteArrayList{"own", "foreign", "cut", "text"}.at(i % 4))));
    QList<const ArchiveFile *> archives;
    for (const ArchiveFile &file : files)
        archives.append(&file);
    Monitor monitor;
    WorkerTerms terms = glanceTerms();
    terms.program = STRONGROOM_TESTWORKER;
    const auto there = glanceInWorkers(archives, Guess::WithoutManifest, monitor, terms);
    QVERIFY(there);
    QCOMPARE(there->size(), archives.size());
    for (qsizetype i = 0; i < archives.size(); ++i) {
        const auto here = glanceHere(*archives.at(i), Guess::WithoutManifest, monitor);
        QVERIFY(here);
        QCOMPARE(there->at(i).layout, here->layout);
        QCOMPARE(there->at(i).manifest.has_value(), here->manifest.has_value());
        QCOMPARE(there->at(i).manifest.has_value(), i % 4 == 0);
        if (here->manifest)
            QCOMPARE(there->at(i).manifest->created, here->manifest->created);
    }
}

void tst_Worker::sidecar_isLookedAtHere()
{
    DataDirBuilder dir;
    dir.file("a.tar", foreignTar());
    dir.file("a.tar.sha256", QByteArray(64, '0') + "  a.tar\n");
    const ArchiveFile archive = opened(dir.path("a.tar"));
    Monitor monitor;
    const auto judgement = inspectInWorker(archive, Limits::production(), monitor, testTerms(WorkerVerb::Inspect, archive, Limits::production()));
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Damaged);
    QCOMPARE(judgement->problems.size(), 1);
    QCOMPARE(judgement->problems.first().code, ErrorCode::ArchiveDamaged);
}

void tst_Worker::archive_thatChanged_isNoVerdict()
{
    DataDirBuilder dir;
    dir.file("a.tar", foreignTar());
    const ArchiveFile archive = opened(dir.path("a.tar"));
    QFile file(QFile::decodeName(dir.path("a.tar")));
    QVERIFY(file.resize(1024));
    Monitor monitor;
    const auto judgement = inspectInWorker(archive, Limits::production(), monitor, testTerms(WorkerVerb::Inspect, archive, Limits::production()));
    QVERIFY(!judgement);
    QCOMPARE(judgement.error().code, ErrorCode::Changed);
    QCOMPARE(judgement.error().path, dir.path("a.tar"));
}

void tst_Worker::errorOfTheSink_endsTheWorker()
{
    class FullDisk final : public MemberSink {
    public:
        Result<void> begin(const Member &) override { return {}; }
        Result<void> data(QByteArrayView) override { return fail(ErrorCode::DiskFull, "/target"); }
        Result<void> end(const Member &) override { return {}; }
    } sink;
    DataDirBuilder dir;
    dir.file("a.tar", foreignTar());
    const ArchiveFile archive = opened(dir.path("a.tar"));
    Monitor monitor;
    const auto read = readMembersInWorker(archive, Limits::production(), sink, monitor, testTerms(WorkerVerb::Members, archive, Limits::production()));
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::DiskFull);
    QCOMPARE(read.error().path, QByteArray("/target"));
}

void tst_Worker::withoutAProgram_allIsReadHere()
{
    QVERIFY(!hasWorkerProgram());
    DataDirBuilder dir;
    dir.file("a.tar", foreignTar());
    Monitor monitor;
    const auto judgement = inspectArchive(opened(dir.path("a.tar")), Limits::production(), monitor);
    QVERIFY(judgement);
    QCOMPARE(judgement->verdict, Verdict::Readable);
    // With one, the same road leads there.
    setWorkerProgram("/nonexistent/strongroom");
    const auto none = inspectArchive(opened(dir.path("a.tar")), Limits::production(), monitor);
    Recorder recorder;
    const auto read = readMembersApart(opened(dir.path("a.tar")), Limits::production(), recorder, monitor);
    setWorkerProgram({});
    QVERIFY(!none);
    QCOMPARE(none.error().code, ErrorCode::WorkerUnavailable);
    QCOMPARE(none.error().path, dir.path("a.tar"));
    QCOMPARE(none.error().sysErrno, ENOENT);
    QVERIFY(!read);
    QCOMPARE(read.error().code, ErrorCode::WorkerUnavailable);
    QVERIFY(recorder.text.isEmpty());
}

QTEST_GUILESS_MAIN(tst_Worker)
#include "tst_worker.moc"
