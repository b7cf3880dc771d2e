# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The power goes at every system call: what must be on the disk when it is mounted again.

powercut.py LAYOUT [OPERATION ...]: the operation runs on an ext4 of its own and is killed at a point; the file system
is then shut down without writing anything more (EXT4_IOC_SHUTDOWN), once with its log lost and once with its log
flushed, which leaves renames without the data they name. After the next mount and the next open the rules of
operations.py hold, and what was shown as done is done. Kills alone prove nothing about durability.
"""

import fcntl
import os
import struct
import subprocess
import sys

import faults
import operations
import tracing
import trees

_EXT4_IOC_SHUTDOWN = 0x8004587D   # _IOR('X', 125, __u32)
CUTS = {"log lost": 2, "log flushed": 1}
DISK = 16 << 20
SAMPLED = 4
_BLOCK = 64 << 10


class Disk:
    """A small ext4 in a file, mounted at `place`, that can be put back to what it was."""

    def __init__(self, work, place, options=""):
        self.place = place
        self._image = work.path("disk.img")
        self._options = "loop" + options
        self._kept = {}
        os.makedirs(place, exist_ok=True)
        with open(self._image, "wb") as file:
            file.truncate(DISK)
        made = subprocess.run(["mkfs.ext4", "-q", "-F", "-I", "256", "-N", "1024", "-J", "size=4", self._image],
                              capture_output=True, text=True, stdin=subprocess.DEVNULL)
        if made.returncode != 0:
            faults.skip(f"no ext4 can be made here: {made.stderr.strip()[:120]}")

    def mount(self):
        problem = faults.mount("-o", self._options, self._image, self.place)
        if problem:
            faults.skip(f"no ext4 can be mounted here: {problem[:160]}")

    def unmount(self):
        subprocess.run(["umount", self.place], check=True, capture_output=True, stdin=subprocess.DEVNULL)

    def keep(self):
        """Remembers this state, only the blocks that hold something."""
        with open(self._image, "rb") as file:
            for offset in range(0, DISK, _BLOCK):
                block = file.read(_BLOCK)
                if block.strip(b"\0"):
                    self._kept[offset] = block

    def put_back(self):
        with open(self._image, "r+b") as file:
            file.truncate(0)
            file.truncate(DISK)
            for offset, block in self._kept.items():
                file.seek(offset)
                file.write(block)

    def cut(self, flag):
        """Whatever was not written by now never will be."""
        folder = os.open(self.place, os.O_RDONLY)
        try:
            fcntl.ioctl(folder, _EXT4_IOC_SHUTDOWN, struct.pack("I", flag))
        finally:
            os.close(folder)
        self.unmount()
        self.mount()


def prepare(work, operation, options=""):
    """(disk, points, tracer): a disk that holds the beginning of the operation, unmounted."""
    disk = Disk(work, operation.place, options)
    disk.mount()
    os.rmdir(os.path.join(disk.place, "lost+found"))
    operation.make()
    os.sync()
    disk.unmount()
    disk.keep()
    disk.mount()
    operation.begin()
    tracer = tracing.Tracer(work)
    points, _, _ = tracer.trace(operation.words(), operation.undisturbed)
    operation.learn()
    disk.unmount()
    return disk, points, tracer


def sweep(test, work, operation):
    disk, points, tracer = prepare(work, operation)
    # None: it ran to its end and said so.
    pairs = [(point, cut) for point in points + [None] for cut in CUTS]
    chosen = test.sample(pairs, SAMPLED) + ([] if faults.FULL else [(None, cut) for cut in CUTS])
    for number, (point, cut) in enumerate(chosen):
        disk.put_back()
        disk.mount()
        if point is None:
            answer = work.ctl(*operation.words())
        else:
            answer, _ = tracer.inject(operation.words(), point, "KILL")
        faults.survivors()
        disk.cut(CUTS[cut])
        where = f"at {point.name}#{point.n} {point.line[:90]}" if point else "after the end"
        for problem in operation.judge(answer, point, "KILL", number):
            test.violated(operation.name, f"power cut, {cut}, {where}", problem, answer)
        disk.unmount()
        test.count(cuts=1)
    test.count(points=len(points))
    print(f"  {operation.name}: {len(chosen)} cuts at {len(points)} points", flush=True)


def check_ourselves(test, work, operation):
    """The negative control: of a program whose syncs do nothing, nothing may last. Else the cuts are no cuts."""
    disk, _, _ = prepare(work, operation)
    disk.put_back()
    disk.mount()
    answer = work.ctl(*operation.words(), before=["strace", "-f", "-o", "/dev/null", "-e", "trace=fsync,fdatasync,syncfs",
                                                  "-e", "inject=fsync,fdatasync,syncfs:retval=0"])
    disk.cut(CUTS["log lost"])
    test.expect(any(operation.judge(answer, None, "KILL", 0)), operation.name, "a run without a single sync passed", answer)
    disk.unmount()
    test.count(controls=1)


def main(layout, *names):
    test = faults.Test("powercut-" + layout)
    if faults.SANITIZED:
        faults.skip("the sanitizers make system calls of their own")
    tracing.check_strace()
    with test.workplace() as work:
        if not work.has_own_mounts:
            faults.skip("only root may mount a disk to cut off")
        chosen = [o for o in operations.durable(work, *trees.make(work, [layout])) if not names or o.name in names]
        for operation in chosen:
            sweep(test, work, operation)
        for operation in test.sample(chosen, 1):
            check_ourselves(test, work, operation)
    test.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
