# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits that a system really has: disks that are or become full, read-only or foreign, quotas, little memory.

limits.py [PART ...]: no error is injected here, the kernel gives each of them itself. What must hold is the same as
for the sweeps, see operations.py.
"""

import os
import resource
import subprocess
import sys

import faults
import operations
import powercut
import tracing
import trees

PAGE = os.sysconf("SC_PAGE_SIZE")
NOBODY = 65534
MEMORY = 256 << 20
# In a sample: points of an operation at which the disk fails.
SAMPLED = 4


def on_tmpfs(operation, options):
    """The operation's beginning on a file system of its own; the reason when that cannot be had."""
    os.makedirs(operation.place, exist_ok=True)
    problem = faults.mount("-t", "tmpfs", "-o", options, "faults", operation.place)
    if problem:
        return problem
    operation.make()
    operation.begin()
    return None


def judge(test, operation, answer, where, fault, number=0):
    for problem in operation.judge(answer, None, fault, number):
        test.violated(operation.name, where, problem, answer)


def learn(work, operation):
    """What the operation does undisturbed, seen in an ordinary folder."""
    operation.reset()
    points, _, _ = tracing.Tracer(work).trace(operation.words(), operation.undisturbed)
    operation.learn()
    faults.remove(operation.place)
    return points


def in_bytes_and_inodes(test, work, operation):
    """Disks from too small by far to large enough, by one page and by one inode at a time."""
    learn(work, operation)
    problem = on_tmpfs(operation, "size=64m")
    if problem:
        faults.skip(f"no tmpfs: {problem}")
    there = os.statvfs(operation.place)
    pages, inodes = there.f_blocks - there.f_bfree, there.f_files - there.f_ffree
    work.ctl(*operation.words())
    there = os.statvfs(operation.place)
    pages_then, inodes_then = there.f_blocks - there.f_bfree, there.f_files - there.f_ffree
    faults.unmount(operation.place)
    sizes = [f"size={n * PAGE}" for n in range(pages, pages_then + pages_then // 5 + 8)]
    counts = [f"size=64m,nr_inodes={n}" for n in range(inodes + 1, inodes_then + inodes_then // 5 + 8)]
    ends = set()
    for options in sizes[:1] + test.sample(sizes[1:], SAMPLED) + test.sample(counts, SAMPLED):
        on_tmpfs(operation, options)
        answer = work.ctl(*operation.words())
        judge(test, operation, answer, options, "ENOSPC")
        if answer.status == faults.FAILED:
            test.expect(answer.error["code"] == "disk-full", operation.name, options, "another reason", answer)
        ends.add(answer.status)
        faults.unmount(operation.place)
        test.count(disks=1)
    test.expect(faults.FAILED in ends, operation.name, "no disk was too small")


def fill(folder):
    """Takes every byte and every inode there is; returns what to remove."""
    made = os.path.join(folder, "filler")
    os.mkdir(made)
    with open(os.path.join(made, "bytes"), "wb", buffering=0) as file:
        block = b"x" * PAGE
        try:
            while True:
                file.write(block)
        except OSError:
            pass
    try:
        for number in range(1 << 20):
            os.close(os.open(os.path.join(made, str(number)), os.O_CREAT | os.O_WRONLY))
    except OSError:
        pass
    return made


def full_meanwhile(test, work, operation):
    """There was room when it was planned; then somebody else took it."""
    points = learn(work, operation)
    tracer = tracing.Tracer(work)
    ends = set()
    for number, point in enumerate(test.sample(points, SAMPLED)):
        if on_tmpfs(operation, "size=4m,nr_inodes=300"):
            return
        made = []
        answer, hit = tracer.pause(operation.words(), point, lambda _: made.append(fill(operation.place)))
        for path in made:
            faults.remove(path)
        judge(test, operation, answer, f"full at {point.name}#{point.n} {point.line[:80]}", "ENOSPC", number)
        ends.add(answer.status)
        faults.unmount(operation.place)
        test.count(full=int(hit))
    print(f"  {operation.name}: full at {len(points)} points, ended with {sorted(ends)}", flush=True)


def read_only_meanwhile(test, work, operation):
    """The kernel makes a disk read-only when it fails (errors=remount-ro), whatever is open on it."""
    disk, points, tracer = powercut.prepare(work, operation, ",errors=remount-ro")
    count = 0
    for number, point in enumerate(test.sample(points, SAMPLED)):
        disk.put_back()
        disk.mount()
        trigger = f"/sys/fs/ext4/loop{os.minor(os.stat(disk.place).st_dev)}/trigger_fs_error"
        if not os.path.exists(trigger):
            disk.unmount()
            print("  no way to make a disk fail here (trigger_fs_error), left out", flush=True)
            return

        def fail(_):
            with open(trigger, "w") as file:
                file.write("strongroom")

        answer, hit = tracer.pause(operation.words(), point, fail)
        disk.unmount()
        disk.mount()
        for problem in operation.judge(answer, point, "KILL", number):
            test.violated(operation.name, f"read-only from {point.name}#{point.n} {point.line[:80]}", problem, answer)
        test.expect(not answer.died, operation.name, f"read-only from {point.name}#{point.n}", answer)
        disk.unmount()
        count += hit
        test.count(read_only=int(hit))
    print(f"  {operation.name}: read-only at {count} points", flush=True)


def foreign(test, work, layout):
    """A target, or a part of it, on another file system cannot be exchanged: refused before anything is touched."""
    place = work.path("foreign")
    target = os.path.join(place, layout.id)
    slot = os.path.join(target, layout.slots[0])
    for mounted, words in ((target, ["restore", layout.archive]),
                           (slot, ["restore", layout.partial[0], *layout.partial[1]])):
        faults.remove(place)
        os.makedirs(place)
        faults.copy_tree(layout.old, target)
        inside = faults.fingerprint(mounted)
        if faults.mount("-t", "tmpfs", "-o", "size=16m", "faults", mounted):
            return
        faults.copy_tree(os.path.join(layout.old, os.path.relpath(mounted, target)), mounted)
        before = faults.fingerprint(target)
        answer = work.ctl(*words, "--into", target, "--yes")
        test.expect(answer.error.get("code") == "cross-device", "a mount point is not refused as one", answer)
        test.expect(faults.fingerprint(target) == before and inside, "a mount point was touched", answer)
        test.expect(set(os.listdir(place)) == {layout.id}, "something is left beside it", os.listdir(place))
        faults.unmount(mounted)
        test.count(mount_points=1)


def quota(test, work, operation):
    """A user's quota, as the kernel keeps it on tmpfs since Linux 6.6; the superuser has none."""
    learn(work, operation)
    for number, kib in enumerate(test.sample(range(4, 160, 4), SAMPLED)):
        problem = on_tmpfs(operation, f"size=64m,usrquota,usrquota_block_hardlimit={kib}K,uid={NOBODY}")
        if problem:
            print(f"  no quota on a tmpfs here, left out: {problem.split(': ')[-1][:80]}", flush=True)
            return False
        answer = work.ctl(*operation.words(), preexec=lambda: (os.setgroups([]), os.setgid(NOBODY), os.setuid(NOBODY)))
        subprocess.run(["chown", "-R", "0:0", operation.place], check=True)
        test.expect(answer.status in (faults.FAILED, *operations.COMPLETED), operation.name, f"quota {kib} KiB", answer)
        judge(test, operation, answer, f"quota {kib} KiB", "ENOSPC", number)
        faults.unmount(operation.place)
        test.count(quotas=1)
    return True


def memory(test, work):
    """Many small files and a large one do not need more memory than few and small ones."""
    files, large = 20_000, (300 if faults.FULL else 96) << 20
    source, folder, target = work.path("memory", "data"), work.path("memory", "to"), work.path("memory", "again", "data")
    os.makedirs(folder)
    os.makedirs(os.path.dirname(target))
    for number in range(files):
        trees.write(os.path.join(source, f"folder-{number // 500}", f"file-{number}.txt"), f"content of {number}\n")
    with open(os.path.join(source, "large.bin"), "wb") as file:
        for number in range(large >> 20):
            file.write(test.random.randbytes(1 << 16) * 16)

    def little():
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))

    archive = os.path.join(folder, "a.tar.gz")
    for words in (["backup", source, "--to", folder, "--name", "a.tar.gz"], ["verify", archive],
                  ["restore", archive, "--into", target, "--yes"]):
        answer = work.ctl(*words, preexec=little, timeout=900)
        test.expect(answer.status == faults.SUCCEEDED, f"{words[0]} within {MEMORY >> 20} MiB", answer)
        test.count(within_memory=1)
    same = faults.fingerprint(source) == faults.fingerprint(target)
    test.expect(same, "what was restored within little memory differs")


PARTS = ("sizes", "full", "read-only", "foreign", "quota", "memory")


def main(*parts):
    test = faults.Test("limits")
    if faults.SANITIZED:
        faults.skip("the sanitizers take memory and make system calls of their own")
    tracing.check_strace()
    parts = parts or PARTS
    with test.workplace() as work:
        if not work.has_own_mounts:
            faults.skip("only root may mount the small disks this needs")
        layout, = trees.make(work, ["document-sessions"])
        for operation in operations.durable(work, layout):
            if "sizes" in parts:
                in_bytes_and_inodes(test, work, operation)
            if "full" in parts:
                full_meanwhile(test, work, operation)
            if "read-only" in parts:
                read_only_meanwhile(test, work, operation)
            if "quota" in parts and not quota(test, work, operation):
                parts = [part for part in parts if part != "quota"]
        if "foreign" in parts:
            foreign(test, work, layout)
        if "memory" in parts:
            memory(test, work)
    test.finish()


if __name__ == "__main__":
    main(*sys.argv[1:])
