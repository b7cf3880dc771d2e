// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The data directory of the multi-user scene server: one pickled session, its rotating backups and a small
// JSON file that describes the last save. Snapshots are walked, never loaded; the JSON is display only, so
// what the pickle itself says comes first.

#include "storage/layouts/fileverdicts.h"
#include "storage/layouts/layout.h"
#include "storage/mask.h"

#include <algorithm>
#include <cmath>

namespace strongroom::storage {

namespace {

constexpr char kCurrent[] = "session_snapshot.pkl";
constexpr char kMetadata[] = "session_metadata.json";
constexpr char kNodeClass[] = "replication.objects.Node";
constexpr char kGraphClass[] = "replication.repository.GraphObjectStore";
constexpr qint64 kMaxMetadata = 1024 * 1024;
constexpr qint64 kMaxSettings = 64 * 1024;
constexpr qint64 kScanWalk = qint64(64) << 20;   ///< larger snapshots are walked in details and checks only
constexpr qint64 kHeadWalk = 64 * 1024;          ///< enough for the plain values, which come first

struct Source {
    RelPath path;
    FileStamp stamp;
    [[nodiscard]] bool isCurrent() const { return path.bytes() == kCurrent; }
    [[nodiscard]] QString id() const { return path.display(); }
};

struct Metadata {
    bool present = false;
    FileStamp stamp;
    QJsonObject object;
    std::optional<Error> error;
    std::optional<JsonFault> fault;
    bool wrongType = false;

    [[nodiscard]] QDateTime saved() const;
};

/// One snapshot looked at.
struct Look {
    Item item;
    PickleReport report;
    std::optional<Error> error;
    QString createdFrom;
};

QDateTime fromEpoch(double seconds)
{
    constexpr double kYear10000 = 253402300800.0;
    if (!std::isfinite(seconds) || seconds <= 0 || seconds >= kYear10000)
        return {};
    return QDateTime::fromMSecsSinceEpoch(qint64(std::llround(seconds * 1000)), Qt::UTC);
}

QDateTime Metadata::saved() const
{
    const QJsonValue time = object.value(u"timestamp");
    return time.isDouble() ? fromEpoch(time.toDouble()) : QDateTime();
}

PicklePolicy snapshotPolicy()
{
    return {{kNodeClass, kGraphClass}, {}};
}

PickleOptions walkOptions(qint64 maxBytes)
{
    PickleOptions options;
    options.policy = snapshotPolicy();
    options.wantedKeys = {"timestamp", "datetime", "reason", "initialized"};
    options.maxBytes = maxBytes;
    return options;
}

bool isSnapshotName(QByteArrayView name)
{
    return name.endsWith(".pkl") && !name.startsWith('.');
}

/// "snapshot_YYYYMMDD_HHMMSS.pkl": the names the server's own rotation writes.
bool isRotatedName(QByteArrayView name)
{
    if (name.size() != 28 || !name.startsWith("snapshot_") || !name.endsWith(".pkl") || name[17] != '_')
        return false;
    const auto digits = [](QByteArrayView part) {
        return std::all_of(part.begin(), part.end(), [](char c) { return c >= '0' && c <= '9'; });
    };
    return digits(name.sliced(9, 8)) && digits(name.sliced(18, 6));
}

/// Snapshot files: the current one first, then hand-made ones, then backups/.
Result<QList<Source>> sourcesOf(const Tree &root)
{
    QList<Source> sources;
    STRONGROOM_TRY(const QList<TreeEntry> top, root.list({}));
    for (const TreeEntry &entry : top) {
        if (entry.stamp.isFile() && isSnapshotName(entry.name)) {
            Source source{RelPath().childUnchecked(entry.name), entry.stamp};
            if (source.isCurrent())
                sources.prepend(std::move(source));
            else
                sources.append(std::move(source));
        }
    }
    const RelPath backups = RelPath::literal("backups");
    const Result<QList<TreeEntry>> rotated = root.list(backups);
    if (!rotated)
        return sources;
    for (const TreeEntry &entry : *rotated) {
        if (entry.stamp.isFile() && isSnapshotName(entry.name))
            sources.append({backups.childUnchecked(entry.name), entry.stamp});
    }
    return sources;
}

Metadata metadataOf(const Tree &root)
{
    Metadata metadata;
    const RelPath path = RelPath::literal(kMetadata);
    const Result<FileStamp> stamp = root.stamp(path);
    if (!stamp)
        return metadata;
    metadata.present = true;
    metadata.stamp = *stamp;
    const Result<QByteArray> bytes = root.readAll(path, kMaxMetadata);
    if (!bytes) {
        metadata.error = bytes.error();
        return metadata;
    }
    metadata.fault = validateJson(*bytes);
    if (metadata.fault)
        return metadata;
    if (const Result<QJsonObject> object = parseJsonObject(*bytes, path.bytes()))
        metadata.object = *object;
    else
        metadata.wrongType = true;
    return metadata;
}

QString shownText(const PickleReport &report, const char *key)
{
    constexpr qsizetype kMost = 200;
    const auto it = report.values.constFind(key);
    const QByteArray *text = it == report.values.constEnd() ? nullptr : std::get_if<QByteArray>(&*it);
    return text ? displayBytes(text->left(kMost)) : QString();
}

QDateTime savedAt(const PickleReport &report)
{
    const auto it = report.values.constFind("timestamp");
    if (it == report.values.constEnd())
        return {};
    if (const double *seconds = std::get_if<double>(&*it))
        return fromEpoch(*seconds);
    if (const qint64 *seconds = std::get_if<qint64>(&*it))
        return fromEpoch(double(*seconds));
    return {};
}

void fillItem(Look &look, const Source &source, const Metadata &metadata)
{
    Item &item = look.item;
    const PickleReport &report = look.report;
    item.kind = ItemKind::Snapshot;
    item.id = source.id();
    item.title = displayBytes(source.path.name());
    item.current = source.isCurrent();
    item.modified = source.stamp.modified();
    item.bytes = source.stamp.size;
    const bool broken = report.end != PickleEnd::Unfinished
        && (!report.isClean() || report.top != PickleTop::Dict);
    if (look.error || broken || !report.forbidden.isEmpty())
        item.state = ItemState::Damaged;
    if (report.isComplete())
        item.nodes = report.instances.value(kNodeClass, 0);
    item.reason = shownText(report, "reason");
    item.created = savedAt(report);
    look.createdFrom = QStringLiteral("timestamp in the snapshot");
    if (item.current && metadata.present) {
        item.bytes += metadata.stamp.isFile() ? metadata.stamp.size : 0;
        if (item.reason.isEmpty())
            item.reason = displayBytes(metadata.object.value(u"reason").toString().left(200).toUtf8());
        if (!item.created.isValid()) {
            item.created = metadata.saved();
            look.createdFrom = QStringLiteral("timestamp in session_metadata.json");
        }
    }
    if (!item.created.isValid()) {
        // The name carries the container's local time, of which the zone is unknown.
        item.created = item.modified;
        look.createdFrom = QStringLiteral("modification time of the file");
    }
}

/// Errors: Cancelled only; what is wrong with the snapshot is in the look.
Result<Look> lookAt(const Tree &root, const Source &source, const Metadata &metadata, qint64 maxWalk, Monitor &monitor)
{
    Look look;
    monitor.setCurrent(source.path.bytes());
    const PickleOptions options = walkOptions(source.stamp.size > maxWalk ? kHeadWalk : std::numeric_limits<qint64>::max());
    Result<PickleReport> report = walkPickle(root, source.path, options, monitor);
    if (report) {
        look.report = *std::move(report);
    } else {
        if (report.error().code == ErrorCode::Cancelled)
            return std::unexpected(report.error());
        look.error = report.error();
    }
    fillItem(look, source, metadata);
    return look;
}

// -- findings ------------------------------------------------------------------------------------

void reportMetadata(const Metadata &metadata, bool haveCurrent, const FindingSink &sink)
{
    if (!metadata.present)
        return;
    FileFindings findings{sink, RelPath::literal(kMetadata), std::nullopt,
                          QStringLiteral("The server does not read it back; it only describes the last save.")};
    if (haveCurrent)
        findings.item = ItemId{ItemKind::Snapshot, QLatin1String(kCurrent)};
    if (metadata.error)
        findings.unreadable(*metadata.error);
    else if (metadata.fault)
        findings.json(*metadata.fault, Severity::Warning);
    else if (metadata.wrongType)
        findings.wrongType(QStringLiteral("an object"), Severity::Warning);
}

void reportLook(const Look &look, const Source &source, const FindingSink &sink)
{
    FileFindings findings{sink, source.path, look.item.itemId(), {}};
    findings.consequence = source.isCurrent()
        ? QStringLiteral("The server starts empty and overwrites it at the next save.")
        : QStringLiteral("It cannot be restored.");
    if (look.error)
        return findings.unreadable(*look.error);
    findings.pickle(look.report);
    if (look.report.isComplete() && look.report.top != PickleTop::Dict)
        findings.add(Severity::Error, "pickle-not-a-pickle", QStringLiteral("%1 is a pickle, but no saved session.").arg(source.id()));
}

/// A count of 0 is what the real server writes beside a full snapshot: it means "not counted".
void reportNodeCount(const Look &look, const Metadata &metadata, const FindingSink &sink)
{
    const qint64 told = metadata.object.value(u"node_count").toInteger(0);
    if (!look.item.current || !look.item.nodes || told == 0 || told == *look.item.nodes)
        return;
    FileFindings{sink, RelPath::literal(kMetadata), look.item.itemId(), {}}.add(
        Severity::Note, "count-mismatch",
        QStringLiteral("%1 speaks of %2 nodes, %3 holds %4.").arg(QLatin1String(kMetadata)).arg(told).arg(QLatin1String(kCurrent)).arg(*look.item.nodes));
}

// -- the server's settings -----------------------------------------------------------------------

/// The .env beside the data folder, when the operator opened a folder above it. Nothing outside of what was
/// opened is ever looked at.
QList<Fact> settingsFacts(const Tree &root)
{
    const auto *below = dynamic_cast<const SubTree *>(&root);
    if (!below || below->prefix().isRoot())
        return {};
    const Result<QByteArray> text = below->base().readAll(below->prefix().parent().childUnchecked(".env"), kMaxSettings);
    if (!text)
        return {};
    QList<Fact> facts;
    for (const QByteArray &line : text->split('\n')) {
        const qsizetype equals = line.indexOf('=');
        const QByteArray key = line.left(std::max<qsizetype>(equals, 0)).trimmed();
        const QByteArray value = line.mid(equals + 1).trimmed();
        bool isNumber = false;
        const int number = value.toInt(&isNumber);
        if (key == "ADMIN_PASSWORD" || key == "SERVER_PASSWORD")
            facts.append({QLatin1String(key), value.isEmpty() ? QStringLiteral("not set") : maskedValue()});
        else if ((key == "SAVE_INTERVAL" || key == "MAX_BACKUPS" || key == "PORT" || key == "TIMEOUT") && isNumber)
            facts.append({QLatin1String(key), QString::number(number)});
    }
    return facts;
}

QList<Fact> factsOf(const Look &look, const Metadata &metadata)
{
    const PickleReport &report = look.report;
    QList<Fact> facts{{QStringLiteral("created from"), look.createdFrom}};
    const auto add = [&facts](const char *key, const QString &value) {
        if (!value.isEmpty())
            facts.append({QLatin1String(key), value});
    };
    add("local time of the save", shownText(report, "datetime"));
    if (look.error)
        return facts;
    const QString verdict = pickleVerdict(report);
    add("walk", verdict.isEmpty() ? QStringLiteral("clean to its end") : verdict);
    if (report.protocol >= 0)
        add("pickle protocol", QString::number(report.protocol));
    if (report.endOffset > 0)
        add("opcodes", QString::number(report.opcodes));
    QStringList names;
    for (const QByteArray &name : report.globals.first(std::min<qsizetype>(report.globals.size(), 20)))
        names.append(displayBytes(name.left(120)));
    add("classes named", names.join(QStringLiteral(", ")));
    QStringList keys;
    for (const QByteArray &key : report.topKeys.first(std::min<qsizetype>(report.topKeys.size(), 20)))
        keys.append(displayBytes(key.left(60)));
    add("keys", keys.join(QStringLiteral(", ")));
    const auto initialized = report.values.constFind("initialized");
    if (initialized != report.values.constEnd() && std::holds_alternative<bool>(*initialized))
        add("initialized", std::get<bool>(*initialized) ? QStringLiteral("yes") : QStringLiteral("no"));
    if (look.item.current && metadata.object.contains(u"user_count"))
        add("users at the save", QString::number(metadata.object.value(u"user_count").toInteger()));
    return facts;
}

// -- recognition ---------------------------------------------------------------------------------

struct Evidence {
    ProbeResult result;
    void add(int score, const QString &sentence)
    {
        result.score = std::min(100, result.score + score);
        result.evidence.append(sentence);
    }
};

void probeCurrent(const Tree &root, Evidence &evidence)
{
    const RelPath path = RelPath::literal(kCurrent);
    if (!root.hasFile(path))
        return;
    Monitor monitor;
    const Result<PickleReport> report = walkPickle(root, path, walkOptions(kHeadWalk), monitor);
    if (!report)
        return;
    const bool named = report->globals.contains(kGraphClass) || report->globals.contains(kNodeClass);
    const bool keyed = report->topKeys.contains("timestamp") && report->topKeys.contains("reason");
    if (named || keyed)
        evidence.add(70, QStringLiteral("%1: a saved session of the scene server").arg(QLatin1String(kCurrent)));
    else if (report->end == PickleEnd::Invalid)
        evidence.add(25, QStringLiteral("%1 is there, but it is no pickle").arg(QLatin1String(kCurrent)));
    else
        evidence.add(45, QStringLiteral("%1: a pickle of %2 bytes").arg(QLatin1String(kCurrent)).arg(report->bytes));
}

void probeMetadata(const Tree &root, Evidence &evidence)
{
    const Metadata metadata = metadataOf(root);
    if (!metadata.present)
        return;
    const QJsonObject &object = metadata.object;
    if (object.contains(u"timestamp") && object.contains(u"reason") && object.contains(u"node_count"))
        evidence.add(60, QStringLiteral("%1 describes a save").arg(QLatin1String(kMetadata)));
    else
        evidence.add(15, QStringLiteral("%1 is there, but it describes no save").arg(QLatin1String(kMetadata)));
}

void probeBackups(const Tree &root, Evidence &evidence)
{
    const Result<QList<TreeEntry>> entries = root.list(RelPath::literal("backups"));
    if (!entries)
        return;
    qint64 snapshots = 0;
    for (const TreeEntry &entry : *entries)
        snapshots += entry.stamp.isFile() && isRotatedName(entry.name) ? 1 : 0;
    if (snapshots > 0) {
        evidence.add(60, QStringLiteral("backups: %1 rotated snapshots").arg(snapshots));
        return;
    }
    const Result<QList<TreeEntry>> top = root.list({});
    if (entries->isEmpty() && top && top->size() == 1)
        evidence.add(15, QStringLiteral("an empty backups folder and nothing else, as the scene server leaves it before its first save"));
}

class SceneSnapshots final : public Layout {
public:
    const LayoutIdentity &identity() const override
    {
        static const LayoutIdentity identity = {
            QStringLiteral("scene-snapshots"),
            QStringLiteral("Scene server snapshots"),
            {ItemKind::Snapshot},
            {QStringLiteral("data"), QStringLiteral("server/data")},
            {{kMetadata, Capture::Json}, {"*.pkl", Capture::Pickle}, {"backups/*.pkl", Capture::Pickle}},
            {},
            {},
            {},
            {{.pattern = kCurrent, .form = ContentForm::PickledDict, .sure = true, .policy = snapshotPolicy()},
             {.pattern = kMetadata, .form = ContentForm::JsonObject, .sure = true},
             {.pattern = "backups/snapshot_*.pkl", .form = ContentForm::PickledDict, .sure = true, .policy = snapshotPolicy()},
             {.pattern = "manual_backup_*.pkl", .form = ContentForm::PickledDict, .sure = true, .policy = snapshotPolicy()},
             {.pattern = "*.pkl", .form = ContentForm::PickledDict, .policy = snapshotPolicy()},
             {.pattern = "backups/*.pkl", .form = ContentForm::PickledDict, .policy = snapshotPolicy()}},
            {{LoneKind::Pickle, kCurrent}, {LoneKind::Json, kMetadata, true}},
        };
        return identity;
    }

    ProbeResult probe(const Tree &root) const override
    {
        Evidence evidence;
        probeCurrent(root, evidence);
        probeMetadata(root, evidence);
        probeBackups(root, evidence);
        return evidence.result;
    }

    Result<void> scan(const Tree &root, ChunkBuilder &items, const FindingSink &findings, Monitor &monitor) const override
    {
        return visit(root, kScanWalk, &items, findings, monitor);
    }

    Result<void> check(const Tree &root, const FindingSink &findings, Monitor &monitor) const override
    {
        return visit(root, std::numeric_limits<qint64>::max(), nullptr, findings, monitor);
    }

    Result<ItemDetails> parts(const Tree &root, const ItemId &id, Monitor &monitor) const override
    {
        STRONGROOM_TRY(const QList<Source> sources, sourcesOf(root));
        const auto source = std::find_if(sources.begin(), sources.end(), [&](const Source &s) { return s.id() == id.id; });
        if (id.kind != ItemKind::Snapshot || source == sources.end())
            return fail(ErrorCode::ItemUnknown, root.displayName().toUtf8(), {id.id});
        const Metadata metadata = metadataOf(root);
        STRONGROOM_TRY(const Look look, lookAt(root, *source, metadata, std::numeric_limits<qint64>::max(), monitor));
        ItemDetails details;
        details.item = look.item;
        details.parts.append({source->path, {}, source->stamp.size, source->stamp.modified(), false});
        details.facts = factsOf(look, metadata);
        if (source->isCurrent()) {
            if (metadata.present && metadata.stamp.isFile())
                details.parts.append({RelPath::literal(kMetadata), {}, metadata.stamp.size, metadata.stamp.modified(), false});
            details.metadata = maskJson(metadata.object).toObject();
            details.facts += settingsFacts(root);
        }
        return details;
    }

private:
    /// With `items` a scan, without a check, which walks everything and compares.
    static Result<void> visit(const Tree &root, qint64 maxWalk, ChunkBuilder *items, const FindingSink &findings, Monitor &monitor)
    {
        if (monitor.stopRequested())
            return fail(ErrorCode::Cancelled);
        STRONGROOM_TRY(const QList<Source> sources, sourcesOf(root));
        const Metadata metadata = metadataOf(root);
        const bool haveCurrent = !sources.isEmpty() && sources.first().isCurrent();
        reportMetadata(metadata, haveCurrent, findings);
        for (const Source &source : sources) {
            if (monitor.stopRequested())
                return fail(ErrorCode::Cancelled);
            STRONGROOM_TRY(const Look look, lookAt(root, source, metadata, maxWalk, monitor));
            reportLook(look, source, findings);
            if (items)
                items->add(look.item);
            else
                reportNodeCount(look, metadata, findings);
            monitor.addItems();
        }
        if (!items && metadata.present && !haveCurrent) {
            FileFindings{findings, RelPath::literal(kMetadata), std::nullopt, {}}.add(
                Severity::Warning, "missing-file", QStringLiteral("%1 describes %2, which is not there.").arg(QLatin1String(kMetadata), QLatin1String(kCurrent)));
        }
        return {};
    }
};

}  // namespace

const Layout *sceneSnapshotsLayout()
{
    static const SceneSnapshots layout;
    return &layout;
}

}  // namespace strongroom::storage
