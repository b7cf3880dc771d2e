# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every operation, at every system call it makes, under every fault: what must hold afterwards.

sweep.py LAYOUT [OPERATION ...]: for every point (name, n) of the operation's own trace and each of SIGKILL, SIGTERM,
EIO, ENOSPC, EACCES and EINTR one run, and one look at the disk. See operations.py for what is looked at.
"""

import collections
import contextlib
import os
import signal
import sys
import time

import faults
import operations
import tracing
import trees

# Where something was wrong once: (operation, call, what the call is about, fault), in every sample.
FOUND = (
    ("partial sqlite-app", "newfstatat", '"backups"', "EIO"),             # the kept folder was taken for absent and replaced
    ("partial compose-volumes", "newfstatat", '"_data"', "TERM"),         # a stop while a volume was looked for: "no such volume"
    ("restore", "openat2", '.tar.gz.sha256"', "EIO"),                     # a sidecar on a bad disk: "the archive is damaged"
    ("backup", "readlinkat", "current", "EIO"),                           # a link that could not be read: "it disappeared"
    ("backup", "newfstatat", "a.tar.gz.partial", "EIO"),                  # "it kept changing", where nobody could look
    ("backup", "fsync", "", "EIO"),                                       # failed after all, and the archive stayed
    ("undo", "renameat2", "strongroom-safety-1", "EIO"),                  # the safety copy kept, with the note of the undo
    ("undo", "unlinkat", "strongroom-journal.partial", "KILL"),           # half a note left in the safety copy
    ("recover", "fcntl", "F_DUPFD", "EIO"),                               # an error that named nothing
)
# In a sample: this many (point, fault) pairs of every operation.
SAMPLED = int(os.environ.get("STRONGROOM_FAULTS_SAMPLE", 12))

# Seconds; a child that reads a small archive lives about that long.
LIFE_OF_A_CHILD = 0.01


def choose(test, operation, points):
    """Everything, or a sample and what was found before."""
    pairs = tracing.pairs(points)
    if faults.FULL:
        return pairs
    found = []
    for name, call, about, fault in FOUND:
        if operation.name.startswith(name):
            found += [(p, fault) for p in points if p.name == call and about in p.line][-5:]
    return found + test.sample(pairs, SAMPLED)


def sweep(test, work, operation):
    tracer = tracing.Tracer(work)
    operation.reset()
    points, has_children, _ = tracer.trace(operation.words(), operation.undisturbed)
    operation.learn()
    operation.listen(points)
    outcomes = collections.Counter()
    reached = 0
    began = time.monotonic()
    for number, (point, fault) in enumerate(choose(test, operation, points)):
        operation.reset()
        answer, hit = tracer.inject(operation.words(), point, fault)
        for problem in operation.judge(answer, point, fault, number):
            test.violated(operation.name, f"{fault} at {point.name}#{point.n} {point.line[:90]}", problem, answer)
        test.count(runs=1, faults=int(hit))
        reached += hit
        for pid in faults.survivors():
            test.violated(operation.name, f"{fault} at {point.name}#{point.n}", f"process {pid} outlives it")
            os.kill(pid, signal.SIGKILL)
        outcomes[operation.outcome(answer, fault)] += 1
    test.count(points=len(points))
    runs = sum(outcomes.values())
    # A sweep whose faults do not come to pass proves nothing. With a child the timing of its pipe moves some points.
    test.expect(reached >= runs * (0.8 if has_children else 0.98), operation.name, f"only {reached} of {runs} faults came to pass")
    rate = runs / max(time.monotonic() - began, 0.001)
    print(f"  {operation.name}: {len(points)} points, {dict(outcomes)}, {rate:.0f} runs/s", flush=True)


def kill_children(test, work, operation):
    """A process that reads foreign bytes for another may die of them: that is a rejected archive, nothing more.

    strace cannot strike a child alone, so it is killed from outside, some moment after it was seen."""
    operation.reset()
    _, has_children, _ = tracing.Tracer(work).trace(operation.words(), operation.undisturbed)
    if not has_children:
        return
    tries, struck = range(300 if faults.FULL else 10), 0
    for number in tries:
        operation.reset()
        dead = []

        def strike(program):
            delay = test.random.random() * LIFE_OF_A_CHILD
            while program.poll() is None and not dead:
                with contextlib.suppress(OSError):
                    dead.extend(faults.children_of(program.pid))
            time.sleep(delay)
            for child in dead:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(child, signal.SIGKILL)

        answer = work.ctl(*operation.words(), meanwhile=strike)
        for pid in faults.survivors():
            test.violated(operation.name, f"process {pid} outlives it, its brother was killed")
            os.kill(pid, signal.SIGKILL)
        struck += answer.status not in operation.undisturbed
        for problem in operation.judge(answer, None, "CHILD", number):
            test.violated(operation.name, "its child killed", problem, answer)
        test.count(children=1)
    print(f"  {operation.name}: {len(tries)} children killed, {struck} of them missed", flush=True)


def main(layout, *names):
    test = faults.Test("sweep-" + layout)
    if faults.SANITIZED:
        faults.skip("the sanitizers make system calls of their own")
    tracing.check_strace()
    with test.workplace() as work:
        for operation in operations.of(work, *trees.make(work, [layout])):
            if not names or operation.name in names:
                sweep(test, work, operation)
                kill_children(test, work, operation)
    test.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
