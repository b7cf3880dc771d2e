// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// The scene server: a snapshot of 40 nodes, its metadata, and ten rotating backups of which the newest is
// the snapshot, byte for byte. The container's clock runs on UTC.

#include "storage/demopickle.h"
#include "storage/demosamples.h"

#include <QtEndian>

#include <algorithm>

namespace strongroom::storage::demo {

namespace {

constexpr int kNodes = 40;
constexpr int kBackups = 10;
constexpr int kSaveInterval = 120;   // seconds

struct Node {
    QByteArray uuid;
    QByteArray type;
    QByteArray name;
    QList<QByteArray> dependencies;
};

QList<Node> makeNodes(Values &values)
{
    const QList<QByteArray> things = {"Lighthouse", "Pier", "Boat", "Rope", "Lantern", "Gull", "Wave", "Crate", "Anchor", "Cliff"};
    QList<Node> nodes;
    const auto add = [&](const QByteArray &type, const QByteArray &name, const QList<QByteArray> &dependencies) {
        nodes.append({values.uuid4(), type, name, dependencies});
        return nodes.last().uuid;
    };
    QList<QByteArray> objects;
    for (const QByteArray &thing : things) {
        const QByteArray material = add("Material", thing + " Material", {});
        const QByteArray mesh = add("Mesh", thing + " Mesh", {material});
        objects.append(add("Object", thing, {mesh}));
    }
    const QByteArray sun = add("Light", "Sun", {});
    objects.append(add("Object", "Sun", {sun}));
    const QByteArray camera = add("Camera", "Main Camera", {});
    objects.append(add("Object", "Main Camera", {camera}));
    add("World", "Overcast", {});
    add("Action", "Waves Loop", {});
    add("Image", "Harbour Backdrop", {});
    add("Sound", "Surf", {});
    const QByteArray collection = add("Collection", "Harbour", objects);
    add("Scene", "Main Scene", {collection});
    return nodes;
}

void writeNode(PickleWriter &out, const Node &node, Values &values)
{
    out.text(node.uuid).object("replication.objects", "Node").null().dict();
    out.text("uuid", node.uuid).text("data").dict().text("type_id", node.type).text("uuid", node.uuid).text("name", node.name);
    if (node.type == "Mesh") {
        const int vertices = 24 + values.number(60);
        QByteArray coordinates(vertices * 12, Qt::Uninitialized);
        for (int i = 0; i < vertices * 3; ++i)
            qToLittleEndian<float>(float(values.number(4000)) / 1000.0f - 2.0f, coordinates.data() + i * 4);
        out.integer("vertex_count", vertices).text("vertices").bytes(coordinates);
    } else if (node.type == "Material") {
        out.text("diffuse_color").list();
        for (int i = 0; i < 4; ++i)
            out.real(values.number(1000) / 1000.0);
        out.end().real("roughness", 0.4 + values.number(50) / 100.0).flag("use_nodes", true);
    } else if (node.type == "Object") {
        out.text("location").list();
        for (int i = 0; i < 3; ++i)
            out.real(values.number(2000) / 100.0 - 10.0);
        out.end().flag("hide_render", false);
    }
    out.end();
    out.null("instance").text("dependencies").list();
    for (const QByteArray &dependency : node.dependencies)
        out.text(dependency);
    out.end().text("owner", "Alice").null("last_commit").integer("state", 3).null("sender").end();
    out.tuple2().build();
}

struct Save {
    QDateTime time;
    int microseconds;
    QByteArray reason;
};

QByteArray snapshot(const QList<Node> &nodes, const Save &save, Values values)
{
    PickleWriter out;
    out.dict().real("timestamp", double(save.time.toSecsSinceEpoch()) + save.microseconds / 1e6)
        .text("datetime", naiveUtc(save.time, save.microseconds)).text("reason", save.reason).flag("initialized", true);
    out.text("graph").object("replication.repository", "GraphObjectStore").dict().text("store").dict();
    for (const Node &node : nodes)
        writeNode(out, node, values);
    out.end().end().build();
    out.text("users").dict();
    for (const QByteArray name : {"Alice", "Bikram", "Chiara"})
        out.text(name).dict().text("username", name).flag("admin", name == "Alice").end();
    out.end();
    out.text("metadata").dict().text("name", "harbour").text("blender_version", "4.3.2").end().end();
    return out.result();
}

}  // namespace

void writeSceneSnapshots(Writer &out)
{
    Values values(501);
    const QList<Node> nodes = makeNodes(values);
    const QDateTime last = out.ago(47 * 60);
    for (int i = kBackups - 1; i >= 0; --i) {
        const Save save = {last.addSecs(-i * kSaveInterval), 100'000 + i * 3571, i == 0 ? "user_disconnect:Alice" : "auto-save"};
        // The scene grew while people worked; nodes stand in the order of their dependencies.
        const int count = std::max(12, kNodes - i * 3);
        const QByteArray content = snapshot(nodes.first(count), save, Values(502));
        const QByteArray stamp = save.time.toString(QStringLiteral("yyyyMMdd_HHmmss")).toLatin1();
        out.file("backups/snapshot_" + stamp + ".pkl", content, save.time);
        if (i == 4)
            out.file("manual_backup_" + stamp + ".pkl", content, save.time);
        if (i > 0)
            continue;
        out.file("session_snapshot.pkl", content, save.time);
        JsonText json;
        json.object().real("timestamp", double(save.time.toSecsSinceEpoch()) + save.microseconds / 1e6)
            .text("datetime", naiveUtc(save.time, save.microseconds)).text("reason", save.reason).flag("initialized", true)
            .number("user_count", 3).number("node_count", kNodes).end();
        out.file("session_metadata.json", json.result(), save.time);
    }
}

}  // namespace strongroom::storage::demo
