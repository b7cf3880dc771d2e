# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of directories whose applications write all the while, in the ways that applications do.

No archive holds half of anything: every file in it parses and satisfies what its writer keeps true. A backup that could
not get a whole copy of a file says so: partial, status 3, and the file by name.
"""

import io
import json
import multiprocessing
import os
import pickle
import random
import sqlite3
import sys
import tarfile
import tempfile
import time

import faults

BACKUPS = 1000 if faults.FULL else 6
PAUSE = 0.02         # at most, between two versions
STUTTER = 0.002      # at most, in the middle of one: as long as a busy machine makes an application wait


def stutter(dice):
    time.sleep(dice.random() * STUTTER)


# A writer is a pair: write(folder, version, dice) makes the next version; check(bytes) is false for a torn one.


def document(version, items):
    """All of one version; the sum at the end stands for whatever an application relies on."""
    return {"version": version, "items": [{"n": n, "version": version, "text": "x" * 40} for n in range(items)],
            "checked": version + items}


def is_document(data):
    return (data["checked"] == data["version"] + len(data["items"])
            and all(item["version"] == data["version"] for item in data["items"]))


def in_place(path, chunks, dice):
    """open("w") and one write after the other, as json.dump and pickle.dump into a file do."""
    with open(path, "wb", buffering=0) as file:
        for chunk in chunks:
            file.write(chunk)
            stutter(dice)


def pieces(data, dice):
    cut = sorted(dice.randrange(len(data)) for _ in range(3))
    return [data[a:b] for a, b in zip([0, *cut], [*cut, len(data)])]


class Sessions:
    """document-sessions: sessions rewritten in place, text of the same length from version to version."""
    layout = "document-sessions"

    def prepare(self, folder):
        self.paths = sorted(os.path.join(folder, "sessions", n) for n in os.listdir(os.path.join(folder, "sessions")))
        self.originals = []
        for path in self.paths:
            with open(path) as file:
                self.originals.append(json.load(file))

    def write(self, folder, version, dice):
        which = dice.randrange(len(self.paths))
        data = self.originals[which] | {"probe": document(version % 1000 + 1000, dice.choice((3, 300)))}
        in_place(self.paths[which], pieces(json.dumps(data, indent=2).encode(), dice), dice)

    def check(self, name, content):
        if "/sessions/" not in name:
            return json.loads(content) is not None if name.endswith(".json") else True
        data = json.loads(content)
        return "probe" not in data or is_document(data["probe"])


class Stores:
    """entity-rag: a store replaced as a whole (mkstemp, fsync, rename), and vectors with names beside them, in place."""
    layout = "entity-rag-guide"

    def prepare(self, folder):
        self.store = os.path.join(folder, "api_storage", "chat_sessions.json")
        with open(self.store) as file:
            self.original = json.load(file)
        base = os.path.join(folder, "entity_scoped", "entities")
        self.vectors = os.path.join(base, sorted(os.listdir(base))[0], "vector_store", "index.faiss")
        with open(self.vectors, "rb") as file:
            self.head = file.read()

    def write(self, folder, version, dice):
        if dice.random() < 0.5:
            text = json.dumps(self.original | {"probe": document(version, dice.choice((3, 300)))}).encode()
            handle, name = tempfile.mkstemp(dir=os.path.dirname(self.store), prefix=".tmp_chat_sessions_", suffix=".tmp")
            with os.fdopen(handle, "wb", buffering=0) as file:
                for piece in pieces(text, dice):
                    file.write(piece)
                    stutter(dice)
                os.fsync(file.fileno())
            os.replace(name, self.store)
        else:
            in_place(self.vectors, pieces(self.head, dice), dice)

    def check(self, name, content):
        if name.endswith("index.faiss"):
            return len(content) == len(self.head) or os.path.basename(os.path.dirname(os.path.dirname(name))) not in self.vectors
        if name.endswith("index.pkl"):
            return content.endswith(b".")
        if not name.endswith(".json"):
            return True
        data = json.loads(content)
        return "probe" not in data or is_document(data["probe"])


class Database:
    """sqlite-app: transactions that keep the sum over two tables, and secrets written in one go.

    What was committed before a backup began is in it, also when it stands in the write-ahead log alone.
    """
    layout = "sqlite-app"
    rows = 50

    def __init__(self, mode):
        self.mode, self.least = mode, 0

    def prepare(self, folder):
        with open(os.path.join(folder, "secrets.env"), "rb") as file:
            self.secrets = file.read()
        database = self.connect(folder)
        with database:
            database.execute("CREATE TABLE probe_version(version INTEGER)")
            database.execute("INSERT INTO probe_version VALUES(0)")
            for table in ("probe_left", "probe_right"):
                database.execute(f"CREATE TABLE {table}(n INTEGER PRIMARY KEY, amount INTEGER, filler TEXT)")
                database.executemany(f"INSERT INTO {table} VALUES(?, 100, ?)", [(n, "x" * 1500) for n in range(self.rows)])
        database.close()

    def connect(self, folder):
        database = sqlite3.connect(os.path.join(folder, "database.sqlite"), timeout=60)
        database.execute(f"PRAGMA journal_mode={self.mode}")
        database.execute("PRAGMA synchronous=OFF")
        # So small that a transaction writes into the file long before its end.
        database.execute("PRAGMA cache_size=1")
        return database

    def write(self, folder, version, dice):
        if not hasattr(self, "open"):
            self.open = self.connect(folder)
        with self.open:
            for _ in range(5):
                amount, left, right = dice.randrange(50), dice.randrange(self.rows), dice.randrange(self.rows)
                self.open.execute("UPDATE probe_left SET amount = amount - ? WHERE n = ?", (amount, left))
                stutter(dice)
                self.open.execute("UPDATE probe_right SET amount = amount + ? WHERE n = ?", (amount, right))
            self.open.execute("UPDATE probe_version SET version = ?", (version,))
        if dice.random() < 0.2:
            in_place(os.path.join(folder, "secrets.env"), [self.secrets], dice)

    def check(self, name, content):
        if name.endswith("secrets.env"):
            return content == self.secrets
        if not name.endswith("database.sqlite"):
            return True
        with tempfile.NamedTemporaryFile(suffix=".sqlite") as copy:
            copy.write(content)
            copy.flush()
            database = sqlite3.connect(f"file:{copy.name}?immutable=1", uri=True)
            try:
                whole = database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
                sums = [database.execute(f"SELECT sum(amount) FROM {table}").fetchone()[0] for table in ("probe_left", "probe_right")]
                version = database.execute("SELECT version FROM probe_version").fetchone()[0]
            finally:
                database.close()
        return whole and sum(sums) == 2 * 100 * self.rows and version >= self.least


class Snapshots:
    """scene-snapshots: the pickle written in place."""
    layout = "scene-snapshots"

    def prepare(self, folder):
        self.path = os.path.join(folder, "session_snapshot.pkl")

    def write(self, folder, version, dice):
        data = pickle.dumps(document(version, dice.choice((3, 2000))), protocol=4)
        in_place(self.path, pieces(data, dice), dice)

    def check(self, name, content):
        if not name.endswith("/session_snapshot.pkl"):
            return True
        # Our own writer's, or the demo's: nothing foreign is loaded.
        if b"checked" not in content:
            return content.endswith(b".")
        return is_document(pickle.load(io.BytesIO(content)))


def keep_writing(writer, folder, seed, stop, versions):
    dice = random.Random(seed)
    while not stop.is_set():
        writer.write(folder, versions.value + 1, dice)
        versions.value += 1    # from here on a backup must not be older
        time.sleep(dice.random() * PAUSE)


def look_at(test, writer, answer):
    test.count(backups=1)
    if not test.expect(answer.status in (faults.SUCCEEDED, faults.WARNINGS), writer.layout, answer):
        return
    warned = {os.path.basename(w["path"]) for w in answer.json["warnings"] if isinstance(w["path"], str)}
    # What merely came and went is no loss; what kept changing is.
    unsteady = {w["path"] for w in answer.json["warnings"] if w["code"] != "vanished"}
    test.expect((answer.json["consistency"] == "partial") == bool(unsteady), writer.layout, "consistency and warnings differ", answer)
    test.expect((answer.status == faults.WARNINGS) == bool(answer.json["warnings"]), writer.layout, answer)
    test.count(partial=int(answer.json["consistency"] == "partial"))
    with tarfile.open(answer.json["archive"]) as archive:
        for member in archive:
            if not member.isreg() or member.name.startswith(".strongroom/"):
                continue
            content = archive.extractfile(member).read()
            try:
                whole = writer.check(member.name, content)
            except (ValueError, KeyError, EOFError, pickle.UnpicklingError, sqlite3.Error, IndexError):
                whole = False
            test.count(files=1)
            if not whole and os.path.basename(member.name) in warned:
                test.count(said_torn=1)
            elif not whole:
                test.count(torn=1)
                test.violated(writer.layout, "torn and not said", member.name, answer.json["warnings"])


def main():
    test = faults.Test("races-writers")
    test.count(torn=0)
    with test.workplace() as work:
        test.expect(work.ctl("demo", work.path("demo")).status == 0, "demo")
        for number, writer in enumerate((Sessions(), Stores(), Database("DELETE"), Database("WAL"), Snapshots())):
            base = work.path(f"live-{number}")
            folder, archives = os.path.join(base, "data"), os.path.join(base, "archives")
            os.makedirs(archives)
            faults.copy_tree(work.path("demo", writer.layout), folder)
            writer.prepare(folder)
            stop, versions = multiprocessing.Event(), multiprocessing.Value("q", 0)
            process = multiprocessing.Process(target=keep_writing, args=(writer, folder, test.seed + number, stop, versions), daemon=True)
            process.start()
            before = versions.value
            for _ in range(BACKUPS):
                writer.least = versions.value
                answer = work.ctl("backup", folder, "--to", archives, timeout=300)
                look_at(test, writer, answer)
                faults.remove(archives)
                os.mkdir(archives)
            written = versions.value - before
            alive = process.is_alive()
            stop.set()
            process.join()
            # A writer that died or slept all the while would prove nothing.
            test.expect(alive and written >= BACKUPS, writer.layout, "hardly anything was written", written)
            test.count(versions=written)
            faults.remove(base)
    test.finish()


if __name__ == "__main__":
    sys.exit(main())
