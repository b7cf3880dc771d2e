# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Twenty processes at once on one data directory, and the application with its own locks beside them.

Every one of them succeeds or refuses with status 4; in the end the tree is one of the two states that were ever whole,
nothing is left over, and every archive with a finished name verifies.
"""

import fcntl
import os
import subprocess
import sys
import threading
import time

import faults

PROCESSES = 20
LAYOUTS = ("document-sessions", "sqlite-app", "entity-rag-guide")
ROUNDS = 40 if faults.FULL else 1
APPLICATION_LOCK = "storage/.prune_size.lock"    # of document-sessions
# What a rival may be told: another one is at it, or was and there is nothing left to do.
FINE = {"locked", "nothing-to-do", "changed", "not-found"}


def hold(path, how, stop, seen):
    """An application that takes its own lock over and over, as Python programs do it."""
    while not stop.is_set():
        try:
            fd = os.open(path, os.O_RDWR)
        except FileNotFoundError:
            time.sleep(0.002)    # a restore has put the folder aside, with the lock in it
            continue
        try:
            how(fd, fcntl.LOCK_EX)
            seen.add(os.fstat(fd).st_ino)
            time.sleep(0.001)
            how(fd, fcntl.LOCK_UN)
        finally:
            os.close(fd)


def inodes_below(folder, name):
    return {os.lstat(os.path.join(where, name)).st_ino for where, _, files in os.walk(folder) if name in files}


def one_round(test, work, layout, number):
    base = work.path(f"{layout}-{number}")
    live, archives = os.path.join(base, "data"), os.path.join(base, "archives")
    os.makedirs(archives)
    faults.copy_tree(work.path("demo", layout), live)
    old = os.path.join(base, "old.tar.gz")
    answer = work.ctl("backup", live, "--to", base, "--name", "old")
    test.expect(answer.status == 0, layout, "first backup", answer)
    with open(os.path.join(live, "a file of the newer state"), "w") as file:
        file.write("newer")
    new = os.path.join(base, "new.tar.gz")
    test.expect(work.ctl("backup", live, "--to", base, "--name", "new").status == 0, layout, "second backup")
    states = {"new": faults.fingerprint(live)}
    test.expect(work.ctl("restore", old, "--into", live, "--yes").status == 0, layout, "first restore")
    states["old"] = faults.fingerprint(live)

    lock, stop, seen, holders = os.path.join(live, APPLICATION_LOCK), threading.Event(), set(), []
    if layout == "document-sessions":
        with open(lock, "w"):
            pass
        # The file is the application's: it is part of every state that it was in, and of no archive.
        for how in (fcntl.flock, fcntl.lockf):
            holders.append(threading.Thread(target=hold, args=(lock, how, stop, seen)))
        for holder in holders:
            holder.start()

    # The first few are fixed so that every kind is there; the rest as it comes.
    kinds = [["backup", live, "--to", archives]] * 3 + [["restore", old, "--into", live, "--yes"], ["restore", new, "--into", live, "--yes"],
             ["undo", live, "--yes"], ["recover", live, "--yes"], ["verify", old], ["list", live, "sessions"]]
    words = kinds + [test.random.choice(kinds) for _ in range(PROCESSES - len(kinds))]
    test.random.shuffle(words)
    began = time.monotonic()
    children = [(w, subprocess.Popen([test.program, "--json", *w], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                     stderr=subprocess.PIPE, env=work.environment())) for w in words]
    work.children += [child for _, child in children]
    for command, child in children:
        try:
            out, err = child.communicate(timeout=max(1, 180 - (time.monotonic() - began)))
        except subprocess.TimeoutExpired:
            test.violated(layout, "no end within 180 s", command)
            child.kill()
            child.communicate()
            continue
        finally:
            work.children.remove(child)
        answer = faults.Answer(command, child.returncode, out, err, time.monotonic() - began)
        where = (layout, number, command[0], answer)
        if answer.status in (faults.SUCCEEDED, faults.WARNINGS):
            test.count(succeeded=1)
            if command[0] == "backup":
                test.expect(answer.json["verified"], *where)
                test.expect(os.path.exists(answer.json["archive"]), *where)
        elif answer.status == faults.REFUSED:
            test.count(refused=1)
            test.expect(answer.error.get("code") in FINE, *where)
            # A backup hinders no other backup, only a restore does.
            test.expect(command[0] not in ("verify",), *where)
        elif command[0] == "list" and answer.status == faults.FAILED:
            # It may look while a restore exchanges the folder under it: it says so, and changes nothing.
            test.count(looked_away=1)
        else:
            test.violated(*where)
    stop.set()
    for holder in holders:
        holder.join()

    recovered = work.ctl("recover", live, "--yes")
    test.expect(recovered.status == 0 and not recovered.json["recovered"], layout, "left to recover", recovered)
    if holders:
        still = inodes_below(base, os.path.basename(lock))
        test.expect(seen and seen <= still, layout, "a lock file of the application is gone", seen - still)
        if os.path.exists(lock):
            folder = os.path.dirname(lock)
            status = os.stat(folder)
            os.unlink(lock)
            os.utime(folder, ns=(status.st_atime_ns, states["old"][os.fsencode(os.path.dirname(APPLICATION_LOCK))][3]))
    tree = faults.fingerprint(live)
    if not test.expect(tree in states.values(), layout, number, "neither old nor new"):
        for name, state in states.items():
            print("   ", name, faults.differences(tree, state), flush=True)
    for name in os.listdir(base):
        known = name in ("data", "archives") or name.startswith((".data.strongroom-safety-", "old.tar.gz", "new.tar.gz"))
        test.expect(known, layout, number, "left over", name)
    names = os.listdir(archives)
    for name in names:
        if name.endswith(".tar.gz"):
            verified = work.ctl("verify", os.path.join(archives, name))
            test.expect(verified.status == 0 and verified.json["verdict"] == "verified", layout, name, verified)
            test.expect(name + ".sha256" in names, layout, "no sidecar", name)
            test.count(archives=1)
        else:
            test.expect(name.endswith(".tar.gz.sha256"), layout, number, "left over", name)
    test.count(rounds=1, processes=len(words))
    faults.remove(base)


def backups_in_one_second(test, work, number):
    """Nothing stands between backups of one directory: each gets a name of its own."""
    base = work.path(f"same-second-{number}")
    os.makedirs(base)
    live = work.path("demo", "document-sessions")
    children = [subprocess.Popen([test.program, "--json", "backup", live, "--to", base], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                 stderr=subprocess.PIPE, env=work.environment()) for _ in range(8)]
    work.children += children
    archives = []
    for child in children:
        out, err = child.communicate(timeout=180)
        work.children.remove(child)
        answer = faults.Answer(["backup"], child.returncode, out, err, 0)
        if test.expect(answer.status == 0, "backups in one second", answer):
            archives.append(answer.json["archive"])
    test.expect(len(set(archives)) == len(archives), "one name twice", archives)
    test.expect(sorted(os.listdir(base)) == sorted(n for a in archives for n in (os.path.basename(a), os.path.basename(a) + ".sha256")),
                "left over", os.listdir(base))
    test.count(simultaneous_backups=len(archives))
    faults.remove(base)


def main():
    test = faults.Test("races-rivals")
    with test.workplace() as work:
        test.expect(work.ctl("demo", work.path("demo")).status == 0, "demo")
        for number in range(ROUNDS):
            for layout in LAYOUTS if faults.FULL else LAYOUTS[:2]:
                one_round(test, work, layout, number)
            backups_in_one_second(test, work, number)
    test.finish()


if __name__ == "__main__":
    sys.exit(main())
