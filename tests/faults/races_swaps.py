# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody swaps folders for links to elsewhere, and files for links and pipes, as fast as the kernel does.

Not a byte from elsewhere is in any archive, nothing elsewhere is changed, and nothing ever waits for a pipe.
tests/storage/tst_swaps tries every moment in turn; here it is left to the scheduler, many times.
"""

import os
import signal
import subprocess
import sys
import tarfile

import faults

SWAPS = 100_000 if faults.FULL else 3_000      # for each of the operations
RUNS = 500 if faults.FULL else 15             # at least, and of each
MARK = b"BYTES-OF-THE-CANARY"
SWAPPER = os.environ.get("STRONGROOM_SWAPPER", "")


class Swapping:
    """Runs the swapper while it is entered."""

    def __init__(self, work, *pairs):
        self.work, self.pairs, self.swaps = work, pairs, 0

    def __enter__(self):
        self.child = subprocess.Popen([SWAPPER, *self.pairs], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE)
        self.work.children.append(self.child)
        return self

    def __exit__(self, *_):
        self.child.send_signal(signal.SIGTERM)
        out, _ = self.child.communicate(timeout=60)
        self.work.children.remove(self.child)
        self.swaps = int(out or 0)


def write(path, content):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(content)


class Scene:
    """A data directory, somebody else's folder, and links to it."""

    def __init__(self, work, name):
        self.base = work.path(name)
        self.live, self.canary = os.path.join(self.base, "data"), os.path.join(self.base, "canary")
        # The names that our folders have too, but none that a swapper would find through a link.
        for n in range(30):
            write(os.path.join(self.canary, "deep", f"file{n}"), MARK)
            write(os.path.join(self.canary, f"file{n}"), MARK)
        write(os.path.join(self.canary, "one.json"), MARK)
        write(os.path.join(self.base, "canary.file"), MARK)
        os.mkfifo(os.path.join(self.base, "pipe"))
        self.archives = os.path.join(self.base, "archives")
        os.mkdir(self.archives)
        self.mend()
        self.before = self.elsewhere()

    def mend(self):
        """What was swapped when an operation moved it may be anywhere by now."""
        for link, target in (("link", self.canary), ("link2", self.canary), ("link-to-file", self.path("canary.file"))):
            if not os.path.islink(self.path(link)):
                faults.remove(self.path(link))
                os.symlink(target, self.path(link))
        for folder in ("", "sub", "sub/deep", "other"):
            path = os.path.join(self.live, folder).rstrip("/")
            if os.path.islink(path) or not os.path.isdir(path):
                faults.remove(path)
                os.mkdir(path)
        for n in range(30):
            write(os.path.join(self.live, "sub", "deep", f"file{n}"), b"ours " * n)
            write(os.path.join(self.live, "other", "deep", f"file{n}"), b"ours " * n)
        for name in ("sub/one.json", "sub/restless"):
            faults.remove(os.path.join(self.live, name))
            write(os.path.join(self.live, name), b"{}")

    def path(self, *parts):
        return os.path.join(self.base, *parts)

    def elsewhere(self):
        return faults.fingerprint(self.canary), faults.fingerprint(self.path("canary.file"))

    def expect_untouched(self, test, *where):
        now = self.elsewhere()
        test.expect(now == self.before, "changed elsewhere", *where, faults.differences(now[0], self.before[0]))


def until_enough(test, work, scene, name, pairs, operation):
    """Repeats `operation` under the swapper until there were swaps enough."""
    swaps = runs = 0
    while (swaps < SWAPS or runs < RUNS) and not test.violations:
        scene.mend()
        with Swapping(work, *pairs) as swapping:
            for _ in range(5):
                operation()
                runs += 1
        swaps += swapping.swaps
        scene.expect_untouched(test, name)
        if runs >= 50 and not swaps:
            test.violated(name, "nothing was swapped")
    test.count(swaps=swaps, runs=runs)
    print(f"{name}: {swaps} swaps, {runs} runs", flush=True)


def ended(test, name, answer):
    fine = (faults.SUCCEEDED, faults.FAILED, faults.WARNINGS, faults.REFUSED)
    test.expect(answer.status in fine and answer.json is not None, name, answer)


def backups(test, work):
    scene = Scene(work, "backup")

    def operation():
        answer = work.ctl("backup", scene.live, "--to", scene.archives, "--format", "tar.gz", timeout=60)
        ended(test, "backup", answer)
        for name in os.listdir(scene.archives):
            path = os.path.join(scene.archives, name)
            if test.expect(not name.endswith((".partial", ".partial.d")), "left over", name) and name.endswith(".tar.gz"):
                with tarfile.open(path) as archive:
                    for member in archive:
                        content = archive.extractfile(member).read() if member.isreg() else b""
                        test.expect(MARK not in content, "bytes from elsewhere", member.name)
                        # A link itself may be recorded, with the place it leads to; what is there may not.
                        test.expect(not member.isreg() or "canary" not in member.name, "a name from elsewhere", member.name)
                test.count(archives=1)
            faults.remove(path)

    data = scene.live
    for name, pairs in (("folders", [data + "/sub", scene.path("link"), data + "/other/deep", scene.path("link2")]),
                        ("files", [data + "/sub/one.json", scene.path("link-to-file"), data + "/sub/restless", "grow"]),
                        ("pipes", [data + "/sub/one.json", scene.path("pipe")])):
        until_enough(test, work, scene, f"backup, {name}", pairs, operation)


def restores(test, work):
    scene = Scene(work, "restore")
    archive = scene.path("part.tar.gz")
    with tarfile.open(archive, "w:gz") as tar:
        tar.add(scene.live + "/sub/deep", "data/sub/deep")
    whole = scene.path("whole.tar.gz")
    with tarfile.open(whole, "w:gz") as tar:
        tar.add(scene.live, "data")
    stage = scene.path(".data.strongroom-stage/0")

    def restore(which):
        ended(test, "restore", work.ctl("restore", which, "--into", scene.live, "--yes", timeout=60))
        clean_up()

    def clean_up():
        # Only so that the disk does not fill: copies of every round.
        for name in os.listdir(scene.base):
            if name.startswith(".data.strongroom-safety-"):
                faults.remove(scene.path(name))

    until_enough(test, work, scene, "restore, above a part", [scene.live + "/sub", scene.path("link")], lambda: restore(archive))
    until_enough(test, work, scene, "restore, a part", [scene.live + "/sub/deep", scene.path("link")], lambda: restore(archive))
    until_enough(test, work, scene, "restore, the stage", [stage + "/sub", scene.path("link"), scene.live, scene.path("link2")],
                 lambda: restore(whole))


def removals(test, work):
    scene = Scene(work, "recover")
    stage = scene.path(".data.strongroom-stage")

    def operation():
        # What a crash before the journal leaves; recovery removes it.
        if not os.path.lexists(stage):
            # Made elsewhere: we would walk through the swapped links ourselves.
            prepared = scene.path("prepared")
            for n in range(20):
                write(os.path.join(prepared, "0", "sub", "deep", f"file{n}"), b"x")
            os.rename(prepared, stage)
        ended(test, "recover", work.ctl("recover", scene.live, "--yes", timeout=60))

    until_enough(test, work, scene, "recover", [stage + "/0/sub", scene.path("link"), stage + "/0", scene.path("link2")], operation)

    scene = Scene(work, "undo")
    whole = scene.path("whole.tar.gz")
    with tarfile.open(whole, "w:gz") as tar:
        tar.add(scene.live, "data")
    ended(test, "restore", work.ctl("restore", whole, "--into", scene.live, "--yes"))

    def undo():
        ended(test, "undo", work.ctl("undo", scene.live, "--yes", timeout=60))

    until_enough(test, work, scene, "undo", [scene.live + "/sub", scene.path("link"), scene.live, scene.path("link2")], undo)


def main():
    if not os.access(SWAPPER, os.X_OK):
        sys.exit("STRONGROOM_SWAPPER must name the swapper")
    test = faults.Test("races-swaps")
    with test.workplace() as work:
        backups(test, work)
        restores(test, work)
        removals(test, work)
    test.finish()


if __name__ == "__main__":
    sys.exit(main())
