# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What every fault test stands on: a place to work in, the program under test, fingerprints, figures.

A fault test is a Python 3 program (standard library only) that drives the real strongroomctl, does something to it
that real life does too, and then looks at the disk. It knows nothing of the program's inside. The shape of one:

    import faults
    test = faults.Test("races-locks")                # name in the figures; reads the environment, see below
    with test.workplace() as work:                   # a folder that goes away with everything below it
        answer = work.ctl("backup", tree, "--to", folder)
        test.expect(answer.status == 0, "backup", answer)
        test.count(runs=1)
    test.finish()                                    # prints the figures; exit status 1 when anything was violated

Environment: STRONGROOM_CTL (the program), STRONGROOM_FAULTS=full (everything instead of a sample),
STRONGROOM_FAULTS_SEED (repeats a sample), STRONGROOM_FAULTS_FIGURES (a file that collects the figures).
What cannot run here says why in one line and ends with status 77, which CTest calls skipped.
"""

import collections
import contextlib
import ctypes
import hashlib
import json
import os
import random
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time

SKIPPED = 77
SUCCEEDED, FAILED, USAGE, WARNINGS, REFUSED, CANCELLED = 0, 1, 2, 3, 4, 130
FULL = os.environ.get("STRONGROOM_FAULTS") == "full"
SANITIZED = os.environ.get("STRONGROOM_SANITIZED") == "1"
_CLONE_NEWNS, _MS_REC, _MS_PRIVATE = 0x20000, 1 << 14, 1 << 18
_PR_SET_CHILD_SUBREAPER = 36
_MAX_SHOWN = 200


class Answer:
    """What one run of the program said. `status` is negative when a signal ended it, as in subprocess."""

    def __init__(self, words, status, out, err, seconds):
        self.words, self.status, self.out, self.err, self.seconds = words, status, out, err, seconds
        try:
            parsed = json.loads(out)
        except ValueError:
            parsed = None
        # Exactly one object, or nothing: half an answer must not pass for one.
        self.json = parsed if isinstance(parsed, dict) else None

    @property
    def error(self):
        return (self.json or {}).get("error") or {}

    @property
    def died(self):
        return self.status < 0

    def __str__(self):
        said = (self.out + self.err).decode("utf-8", "replace").strip()
        return f"status {self.status}: {said[:300]}"


def fingerprint(root, without_times=()):
    """All that a restore promises about a tree: {path: (type, mode, size, mtime_ns, content)}; None when it is absent.

    Paths are bytes relative to `root`, b"" is the root itself. `without_times` names folders whose time is not
    looked at, because something in them was exchanged.
    """
    root = os.fsencode(root)
    if not os.path.lexists(root):
        return None
    found = {}

    def add(path, relative):
        status = os.lstat(path)
        if stat.S_ISREG(status.st_mode):
            with open(path, "rb") as file:
                content = hashlib.sha256(file.read()).hexdigest()
        else:
            content = os.readlink(path) if stat.S_ISLNK(status.st_mode) else ""
        is_folder = stat.S_ISDIR(status.st_mode)
        found[relative] = (stat.S_IFMT(status.st_mode), stat.S_IMODE(status.st_mode), 0 if is_folder else status.st_size,
                           0 if relative in without_times else status.st_mtime_ns, content)
        if is_folder:
            for name in os.listdir(path):
                add(path + b"/" + name, relative + b"/" + name if relative else name)

    add(root, b"")
    return found


def differences(have, want, limit=4):
    """A few words on where two fingerprints differ."""
    if have is None or want is None:
        return f"{'absent' if have is None else 'there'}, wanted {'absent' if want is None else 'there'}"
    names = [n for n in sorted(set(have) | set(want)) if have.get(n) != want.get(n)]
    shown = ", ".join(f"{os.fsdecode(n) or '.'}: {have.get(n)} != {want.get(n)}" for n in names[:limit])
    return f"{len(names)} differ: {shown}" if names else "same"


def copy_tree(source, target):
    """With modes, times and links, as `cp -a`, but not into what is there already."""
    shutil.copytree(source, target, symlinks=True, dirs_exist_ok=True)


def remove(path):
    """Whatever is there, also what took its rights away."""
    if not os.path.lexists(path):
        return
    if os.path.islink(path) or not os.path.isdir(path):
        os.unlink(path)
        return
    try:
        shutil.rmtree(path)
    except OSError:
        for folder, _, _ in os.walk(path):
            with contextlib.suppress(OSError):
                os.chmod(folder, 0o700)
        shutil.rmtree(path)


def own_mounts():
    """Gives this process a mount namespace of its own: what it mounts is seen by nobody else and is gone with it,
    however it ends. False where that is not permitted."""
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() != 0 or libc.unshare(_CLONE_NEWNS) != 0:
        return False
    return libc.mount(b"none", b"/", None, _MS_REC | _MS_PRIVATE, None) == 0


def mount(*arguments):
    """mount(8); the reason as text when it failed, else None."""
    done = subprocess.run(["mount", *arguments], capture_output=True, text=True, stdin=subprocess.DEVNULL)
    return None if done.returncode == 0 else (done.stderr.strip() or f"mount: {done.returncode}")


def unmount(path):
    subprocess.run(["umount", "-l", path], capture_output=True, stdin=subprocess.DEVNULL)


def skip(why):
    print(f"skipped: {why}", flush=True)
    raise SystemExit(SKIPPED)


class Workplace:
    """A folder below TMPDIR, in memory where that is permitted (mounted in `own_mounts`), and a home in it."""

    def __init__(self, test):
        self._test = test
        self.root = self.home = None
        self._mounted = False
        self.has_own_mounts = False
        self.children = []

    def __enter__(self):
        self.root = tempfile.mkdtemp(prefix="faults-")
        self.has_own_mounts = own_mounts()
        # In memory: thousands of runs that sync would otherwise wait for a disk that all tests share.
        self._mounted = self.has_own_mounts and mount("-t", "tmpfs", "-o", "mode=0711", "faults", self.root) is None
        self.home = self.path("home")
        os.mkdir(self.home)
        for number in (signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, lambda *_: sys.exit(143))
        # Whoever outlives the program under test becomes our child, so that it can be found and ended.
        ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
        return self

    def __exit__(self, *_):
        for child in self.children:
            with contextlib.suppress(ProcessLookupError):
                child.kill()
                child.wait()
        for pid in orphans():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        if self._mounted:
            unmount(self.root)
        remove(self.root)

    def path(self, *parts):
        return os.path.join(self.root, *parts)

    def environment(self):
        kept = {k: v for k, v in os.environ.items()
                if k in ("PATH", "LD_LIBRARY_PATH", "ASAN_OPTIONS", "UBSAN_OPTIONS", "LSAN_OPTIONS") or k.startswith("STRONGROOM_")}
        # The hash seed: points are counted, so two runs must do the same things in the same order.
        return kept | {"HOME": self.home, "XDG_STATE_HOME": self.home, "XDG_RUNTIME_DIR": self.home, "TMPDIR": self.root,
                       "LC_ALL": "C.UTF-8", "TZ": "UTC", "QT_HASH_SEED": "0"}

    def run(self, words, before=(), timeout=120, preexec=None, meanwhile=None, **options):
        """Runs `before` + the program + `words`; `words` may hold str, bytes and numbers. `meanwhile` is called with
        the Popen while it runs; what is said then must fit into a pipe."""
        command = [*before, self._test.program, *(w if isinstance(w, bytes) else str(w) for w in words)]
        began = time.monotonic()
        child = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                 env=self.environment(), preexec_fn=preexec, **options)
        self.children.append(child)
        try:
            if meanwhile:
                meanwhile(child)
            out, err = child.communicate(timeout=timeout)
        except subprocess.TimeoutExpired:
            child.kill()
            out, err = child.communicate()
            err += f"\nno end within {timeout} s".encode()
        finally:
            if child.returncode is not None:
                self.children.remove(child)
        return Answer(words, child.returncode, out, err, time.monotonic() - began)

    def ctl(self, *words, **options):
        return self.run(["--json", *words], **options)


def survivors(seconds=10):
    """Processes that outlive the program under test; they are given time to notice."""
    until = time.monotonic() + seconds
    while (left := orphans()) and time.monotonic() < until:
        time.sleep(0.02)
    return left


def children_of(pid):
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with contextlib.suppress(OSError), open(f"/proc/{pid}/task/{task}/children") as file:
            found += [int(child) for child in file.read().split()]
    return found


def orphans():
    """Processes that became ours because their parent died; zombies among them are reaped."""
    with contextlib.suppress(ChildProcessError):
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
    return children_of(os.getpid())


class Test:
    """Counts, violations and the end of one test."""

    def __init__(self, name):
        self.name = name
        self.program = os.environ.get("STRONGROOM_CTL", "")
        if not os.access(self.program, os.X_OK):
            sys.exit("STRONGROOM_CTL must name the strongroomctl to test")
        self.seed = int(os.environ.get("STRONGROOM_FAULTS_SEED") or random.SystemRandom().randrange(1 << 32))
        self.random = random.Random(f"{self.seed} {name}")
        self.figures = collections.Counter()
        self.violations = []
        self._began = time.monotonic()
        print(f"{name}: {'everything' if FULL else f'a sample; repeat it with STRONGROOM_FAULTS_SEED={self.seed}'}", flush=True)

    def workplace(self):
        return Workplace(self)

    def count(self, **figures):
        self.figures.update(figures)

    def violated(self, *what):
        line = " | ".join(str(w) for w in what)
        self.violations.append(line)
        if len(self.violations) <= _MAX_SHOWN:
            print("VIOLATION:", line, flush=True)

    def expect(self, holds, *what):
        if not holds:
            self.violated(*what)
        return bool(holds)

    def sample(self, population, size):
        """All of it in full mode, else a seeded sample, in order."""
        population = list(population)
        if FULL or size >= len(population):
            return population
        return [population[i] for i in sorted(self.random.sample(range(len(population)), size))]

    def finish(self):
        seconds = round(time.monotonic() - self._began, 1)
        figures = dict(self.figures) | {"violations": len(self.violations), "seconds": seconds}
        print(f"{self.name}: " + ", ".join(f"{value} {key}" for key, value in figures.items()), flush=True)
        collector = os.environ.get("STRONGROOM_FAULTS_FIGURES")
        if collector:
            with open(collector, "a") as file:
                file.write(json.dumps({"test": self.name, "full": FULL} | figures) + "\n")
        # A test that looked at nothing has proven nothing.
        if not self.figures:
            sys.exit(f"{self.name}: nothing was counted")
        sys.exit(1 if self.violations else 0)
