# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Small data directories of three layouts, each as it is archived (new) and as a restore finds it (old).

Cut down from what `strongroomctl demo` writes: every file costs some thirty system calls, and every system call a
run. What is left is still recognised, and old and new differ in every way: changed, only here, only there.
"""

import os
import sqlite3
import tarfile

import faults

OTHER_SESSION = "0f0e1a52-6d0f-4c3e-9d70-7b1f5a1f2c11"


def write(path, text, mode=0o600):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w") as file:
        file.write(text)
    os.chmod(path, mode)


def _keep_only(root, kept):
    """Removes everything below `root` that is neither in `kept` nor on the way to it."""
    for folder, folders, files in os.walk(root, topdown=False):
        for name in folders + files:
            path = os.path.join(folder, name)
            relative = os.path.relpath(path, root)
            is_kept = any(relative == k or relative.startswith(k + "/") or k.startswith(relative + "/") for k in kept)
            if not is_kept:
                faults.remove(path)


class Layout:
    """`id` as `inspect` says it; `partial` is the archive and the options of a restore that exchanges `slots` only."""

    id = folder = ""
    kept = ()
    slots = ()
    inside = ""   # the partial restore is one around its own archive, which lies here in the target and is kept

    def __init__(self, work, demo):
        self.new = work.path(self.id, "new", self.id)
        self.old = work.path(self.id, "old", self.id)
        os.makedirs(work.path(self.id, "old"))
        os.makedirs(work.path(self.id, "new"))
        faults.copy_tree(os.path.join(demo, self.folder), self.new)
        _keep_only(self.new, self.kept)
        self.change(self.new, is_new=True)
        faults.copy_tree(os.path.join(demo, self.folder), self.old)
        _keep_only(self.old, self.kept)
        self.change(self.old, is_new=False)
        # Times of last century: whatever is written by a run cannot be taken for what was there.
        for number, root in enumerate((self.new, self.old)):
            for folder, folders, files in os.walk(root, topdown=False):
                for name in files + folders:
                    os.utime(os.path.join(folder, name), ns=(0, (900_000_000 + number) * 10**9 + 123_456_789), follow_symlinks=False)
            os.utime(root, ns=(0, (910_000_000 + number) * 10**9))
        self.archive = work.path(self.id, self.id + ".tar.gz")
        made = work.ctl("backup", self.new, "--to", work.path(self.id), "--name", os.path.basename(self.archive))
        if made.status != faults.SUCCEEDED:
            raise SystemExit(f"the archive of {self.id} could not be made: {made}")
        self.partial = self.partial_archive(work)

    def change(self, root, is_new):
        raise NotImplementedError

    def folders_above_slots(self):
        """Their times change when a slot is exchanged, and nobody promised otherwise."""
        above = {b""}
        for slot in self.slots:
            parts = slot.split("/")
            above.update("/".join(parts[:n]).encode() for n in range(1, len(parts)))
        return above

    def partial_archive(self, work):
        """(archive, options): here a tar of those slots alone, as people have them."""
        path = work.path(self.id, "part.tar.gz")
        with tarfile.open(path, "w:gz") as tar:
            for slot in self.slots:
                tar.add(os.path.join(self.new, slot), f"{self.id}/{slot}", filter=without_links)
        return path, ()


class DocumentSessions(Layout):
    id, folder = "document-sessions", "document-sessions-folders"
    slots = ("auth", "storage")

    def __init__(self, work, demo):
        storage = os.path.join(demo, self.folder, "storage")
        session = next(name for name in sorted(os.listdir(storage)) if name.startswith("session_"))
        self.kept = ("auth", "storage/metadata.json", "storage/" + session)
        super().__init__(work, demo)

    def change(self, root, is_new):
        storage = os.path.join(root, "storage")
        session = next(os.path.join(storage, name) for name in os.listdir(storage) if name.startswith("session_"))
        if is_new:
            os.symlink("tokens.json", os.path.join(root, "auth", "current"))
            os.link(os.path.join(session, "fragments.json"), os.path.join(session, "fragments.bak"))
            os.chmod(os.path.join(root, "auth"), 0o750)
        else:
            os.remove(os.path.join(session, "parameters.json"))
            write(os.path.join(root, "auth", "tokens.json"), "{}", 0o640)
            write(os.path.join(storage, f"session_{OTHER_SESSION}", "metadata.json"), '{"session_id": "%s"}' % OTHER_SESSION)


def without_links(member):
    """Links of an archive that nobody vouches for are not restored, which would be a warning each time."""
    return None if member.issym() or member.islnk() else member


class SqliteApp(Layout):
    id = folder = "sqlite-app"
    kept = ("database.sqlite", "secrets.env")
    slots = ("database.sqlite", "database.sqlite-journal", "secrets.env")
    inside = "backups/a.tar.gz"

    def change(self, root, is_new):
        database = os.path.join(root, "database.sqlite")
        if is_new:
            return
        with sqlite3.connect(database) as connection:
            connection.execute("create table if not exists old_days (day text)")
            connection.execute("insert into old_days values ('yesterday')")
        connection.close()
        # A cold leftover: it must go away together with the database it belongs to, in one piece.
        write(database + "-journal", "")
        write(os.path.join(root, "secrets.env"), "JWT_SECRET=" + "o" * 40 + "\n")

    def partial_archive(self, work):
        return self.archive, ()


class ComposeVolumes(Layout):
    id = folder = "compose-volumes"
    _volumes = "var/lib/docker/volumes/"
    kept = ("project/docker-compose.yml", _volumes + "app-postgres-data/_data/PG_VERSION",
            _volumes + "app-postgres-data/_data/global", _volumes + "app-postgres-data/_data/base/5",
            _volumes + "app-backend-media/_data/profile_images/user1.png", _volumes + "app-redis-data/_data/dump.rdb")
    slots = (_volumes + "app-backend-media", _volumes + "app-redis-data")

    def change(self, root, is_new):
        volumes = os.path.join(root, self._volumes)
        if not is_new:
            write(os.path.join(volumes, "app-redis-data", "_data", "dump.rdb"), "REDIS0011 of yesterday", 0o644)
            write(os.path.join(volumes, "app-backend-media", "_data", "documents", "only here.txt"), "only here")
            write(os.path.join(volumes, "app-postgres-data", "_data", "PG_VERSION"), "14\n")

    def partial_archive(self, work):
        return self.archive, ("--scope", "volume:app-backend-media", "--scope", "volume:app-redis-data")


LAYOUTS = (DocumentSessions, SqliteApp, ComposeVolumes)


def make(work, ids=()):
    """The layouts called `ids`, or all, below `work`."""
    demo = work.path("demo")
    made = work.ctl("demo", demo, "--sessions", 1)
    if made.status != faults.SUCCEEDED:
        raise SystemExit(f"no demo workspace: {made}")
    found = [layout(work, demo) for layout in LAYOUTS if not ids or layout.id in ids]
    faults.remove(demo)
    return found
