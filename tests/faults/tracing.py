# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""strace as a tool: which system calls a run makes, and one that goes wrong.

strace counts the calls of every name by itself and by process. A point is therefore a pair (name, n): the n-th call
of that name. A signal is delivered at the entry of a call, which then is not made.
"""

import collections
import os
import re
import shutil
import signal
import subprocess
import time

import faults

Point = collections.namedtuple("Point", "name n line")

SIGNALS = {"KILL": "signal=KILL", "TERM": "signal=TERM"}
ERRORS = ("EIO", "ENOSPC", "EACCES", "EINTR")
FAULTS = (*SIGNALS, *ERRORS)
# The last thing that main() does before it listens to its words.
_OURS_BEGINS = re.compile(r"rt_sigaction\(SIGPIPE, \{sa_handler=SIG_IGN")
_CALL = re.compile(r"(?:\d+ +)?([a-z0-9_]+)\((.*)")
# Not worth a run: they end or begin the process.
_LEFT_OUT = ("execve", "exit_group", "exit")
BIRTHS, FAREWELLS = ("clone", "clone3", "fork", "vfork"), ("wait4", "waitid")
MEMORY = ("brk", "mmap", "munmap", "mprotect", "madvise", "mremap")
# What the kernel never answers with an error of ours, and the C library does not bear one: signals only.
_WITHOUT_ERRORS = ("futex", "rt_sigaction", "rt_sigprocmask", "set_robust_list", "rseq", "rt_sigreturn")


def pairs(points):
    """Every point with every fault that can come to it."""
    return [(point, fault) for point in points for fault in FAULTS if fault in SIGNALS or point.name not in _WITHOUT_ERRORS]


def check_strace():
    """Skips the test where nobody may be traced."""
    if not shutil.which("strace"):
        faults.skip("strace is not installed")
    done = subprocess.run(["strace", "-o", "/dev/null", "-e", "inject=getppid:error=EIO", "true"], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL)
    if done.returncode != 0:
        faults.skip(f"strace may not trace here: {done.stderr.strip()[:120]}")


class Tracer:
    """Traces runs in one workplace."""

    def __init__(self, work):
        self._work = work
        self._log = work.path("strace.log")
        # Stops at the call in question only: three times as fast. It needs -f, and strace 6.1 then injects errors
        # but no signals.
        probe = subprocess.run(["strace", "-f", "--seccomp-bpf", "-e", "trace=getppid", "-o", "/dev/null", "true"],
                               capture_output=True, text=True, stdin=subprocess.DEVNULL)
        self._fast = ["-f", "--seccomp-bpf"] if probe.returncode == 0 and not probe.stderr else []
        self._in_children = collections.Counter()

    def lines(self):
        with open(self._log, errors="surrogateescape") as file:
            return file.read().splitlines()

    def trace(self, words, expected=(faults.SUCCEEDED,)):
        """(points of the program itself from our own code on, whether it has children, answer)."""
        answer = self._work.ctl(*words, before=["strace", "-f", "-o", self._log])
        if answer.status not in expected:
            raise SystemExit(f"{words} does not even work undisturbed: {answer}")
        lines = self.lines()
        pids = {line.split(" ", 1)[0] for line in lines}
        parent = lines[0].split(" ", 1)[0]
        counts, others = collections.Counter(), collections.Counter()
        points, ours = [], False
        for line in lines:
            pid, call = line.split(" ", 1)[0], _CALL.match(line)
            if not call:
                continue
            if pid != parent:
                others[pid, call[1]] += 1
                continue
            counts[call[1]] += 1
            if ours and call[1] not in _LEFT_OUT:
                points.append(Point(call[1], counts[call[1]], call[2]))
            ours = ours or bool(_OURS_BEGINS.search(line))
        for (_, name), count in others.items():
            self._in_children[name] = max(self._in_children[name], count)
        if not points:
            raise SystemExit("the trace does not show where our own code begins")
        return points, len(pids) > 1, answer

    def inject(self, words, point, fault, timeout=60):
        """(answer, hit): runs with `fault` at `point` of what this traced; hit says whether it came to that."""
        action = SIGNALS.get(fault) or "error=" + fault
        # With -f every process is struck at its own n-th call: only where no child makes so many.
        how = self._fast if fault in ERRORS and point.n > self._in_children[point.name] else []
        answer = self._work.ctl(*words, timeout=timeout, before=[
            "strace", *how, "-o", self._log, "-e", "trace=" + point.name, "-e", f"inject={point.name}:{action}:when={point.n}"])
        trace = "SIG" + fault if fault in SIGNALS else "INJECTED"
        return answer, any(trace in line for line in self.lines())

    def pause(self, words, point, then, timeout=60):
        """(answer, hit): stops the run at `point`, calls then(pid of the program), lets it go on. Its children run on."""
        command = ["strace", "-o", self._log, "-e", "trace=" + point.name,
                   "-e", f"inject={point.name}:signal=STOP:when={point.n}"]
        hit = []

        def watch(child):
            until = time.monotonic() + timeout
            while child.poll() is None and time.monotonic() < until:
                if any("--- stopped by SIGSTOP ---" in line for line in self.lines()):
                    pid = faults.children_of(child.pid)[0]
                    hit.append(pid)
                    try:
                        then(pid)
                    finally:
                        os.kill(pid, signal.SIGCONT)
                    return
                time.sleep(0.002)

        with open(self._log, "w"):
            pass
        return self._work.ctl(*words, before=command, timeout=timeout, meanwhile=watch), bool(hit)
