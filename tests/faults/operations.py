# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations that are disturbed, and what must hold after each disturbance.

  P1  The target is the whole old or the whole new tree: names, contents, modes, times. Only a process that was killed
      may leave a half, and then the next open (recover, inspect, list) makes it whole.
  P2  What was replaced is in a safety copy, whole, as soon as the target is new.
  P3  After the next open nothing of ours is left beside the target but safety copies.
  P4  Exit status 0 or 3 only when the new state is there; any other status only when the old one is.
  P5  An archive is there under its name only when `verify` calls it verified and it is complete.
  P6  A failure is one JSON object that says what and where; 1 is failed, 130 cancelled, 4 only a refusal.
  P7  A backup changes nothing in its source.
"""

import json
import os
import re
import shutil

import faults
import tracing

COMPLETED = (faults.SUCCEEDED, faults.WARNINGS)
# A refusal is about archives, locks and confirmations; a broken disk or a full one is none of that.
NEVER_REFUSED = ("EIO", "ENOSPC", "EINTR")
STOPS_WITHIN = 2.0
# Not tried again when a signal comes: a second try would meet the work of the first.
MADE_ONCE = ("renameat", "renameat2", "mkdirat", "linkat", "symlinkat")


def durable(work, layout):
    """The operations on one layout that end with something that must last."""
    whole, partial = (layout.archive, ()), layout.partial
    yield Backup(work, layout)
    yield Restore(work, layout, "restore", whole)
    yield Restore(work, layout, "partial", partial, slots=layout.slots)
    yield Restore(work, layout, "create", whole, old=None)
    yield Undo(work, layout, "undo", whole)
    yield Undo(work, layout, "undo-partial", partial, slots=layout.slots)


def of(work, layout):
    """All operations on one layout."""
    yield from durable(work, layout)
    whole, partial = (layout.archive, ()), layout.partial
    yield Recover(work, layout, "recover-journaled", whole, at=1)
    yield Recover(work, layout, "recover-exchanged", whole, at=-1)
    yield Recover(work, layout, "recover-half", partial, at=2, slots=layout.slots)


class Operation:
    """One command on one place, a folder that is brought back to its beginning before every run."""

    undisturbed = (faults.SUCCEEDED,)

    def __init__(self, work, layout, name):
        self.work, self.layout, self.name = work, layout, f"{name} {layout.id}"
        self.base = work.path(layout.id, name)
        self.place = os.path.join(self.base, "place")
        self._template = os.path.join(self.base, "template")
        os.makedirs(self._template)
        self._start = None
        self.talks = set()

    def words(self):
        raise NotImplementedError

    def make(self):
        """Makes the beginning in self.place."""
        faults.copy_tree(self._template, self.place)

    def look(self):
        return faults.fingerprint(self.place, self._without_times())

    def _without_times(self):
        return {b""}

    def reset(self):
        """Only where the last run changed something: most are stopped before that."""
        if self._start is not None and self.look() == self._start:
            return
        faults.remove(self.place)
        self.make()
        self.begin()

    def begin(self):
        """Takes what is in self.place for the beginning."""
        self._start = self.look()

    def names(self):
        return set(os.listdir(self.place))

    def listen(self, points):
        """Learns at which points the program speaks with a child of its own; pipes make the counts of these drift."""
        births = [i for i, point in enumerate(points) if point.name in tracing.BIRTHS]
        farewells = [i for i, point in enumerate(points) if point.name in tracing.FAREWELLS]
        if births and farewells:
            self.talks = set(points[births[0]:farewells[-1] + 1]) | {p for p in points if p.name in ("read", "poll", "ppoll")}

    def learn(self):
        """Looks at what the undisturbed run made."""

    def judge(self, answer, point, fault, number):
        """Sentences on what does not hold after this run."""
        raise NotImplementedError

    def outcome(self, answer, fault):
        return f"{fault}:{'died' if answer.died else answer.status}"

    def judge_answer(self, answer, point, fault):
        """P6; nothing is asked of one that a signal ended."""
        if answer.died:
            # Memory that is refused may end a process; the disk must bear it like a kill.
            if fault != "KILL" and (point is None or point.name not in tracing.MEMORY):
                yield f"ended by signal {-answer.status}"
            return
        if fault == "KILL":
            return  # the point was not reached this time
        if answer.status not in (*COMPLETED, faults.FAILED, faults.REFUSED, faults.CANCELLED):
            yield f"unknown status {answer.status}"
        if answer.status == faults.CANCELLED and fault != "TERM":
            yield "cancelled by nobody"
        # A close() that is kept from happening leaves a lock behind in the process, which no real one does. And with
        # whom one cannot speak about an archive vouches for none.
        if answer.status == faults.REFUSED and fault in NEVER_REFUSED and point not in self.talks \
                and (point is None or point.name != "close"):
            yield "an error of the system taken for a refusal"
        if fault == "TERM" and answer.seconds > STOPS_WITHIN and answer.status == faults.CANCELLED:
            yield f"needed {answer.seconds:.1f} s to stop"
        if speaks_to_us(point) and fault != "TERM":
            return
        if answer.json is None:
            yield "standard output is not one JSON object"
        elif answer.status not in COMPLETED:
            if not answer.error.get("code") or not answer.error.get("message"):
                yield "no code or no message in the error"
            elif answer.error["code"] == "internal":
                yield "an error of the system taken for one of ours"
            elif fault in tracing.ERRORS and not answer.error.get("path"):
                yield "the error names no path"
        elif "error" in answer.json:
            yield "success with an error"
        elif fault == "EINTR" and answer.status == faults.WARNINGS and point.name not in MADE_ONCE:
            yield "something was left out because a signal came"

    def judge_leftovers(self, what_is_left, opens, number):
        """P3 and P1 after a crash. `opens` are commands that open the place; they take turns."""
        if not what_is_left():
            return
        command = opens[number % len(opens)]
        opened = self.work.ctl(*command)
        if opened.status not in COMPLETED:
            yield f"{command[0]} after it: {opened}"
        left = what_is_left()
        if left:
            yield f"{command[0]} leaves {sorted(left)}"


def speaks_to_us(point):
    """Writing the answer itself: what cannot be said is not expected to be read."""
    return point is not None and point.name in ("write", "writev") and re.match(r"[12],", point.line)


class Exchange(Operation):
    """What ends in a transaction: the target is all old or all new."""

    def __init__(self, work, layout, name, source, slots=None, old=""):
        super().__init__(work, layout, name)
        self.archive, self.options = source
        self.slots = slots
        self.target = os.path.join(self.place, layout.id)
        if old is not None:
            faults.copy_tree(layout.old, os.path.join(self._template, layout.id))
        if slots and layout.inside:
            self.archive = os.path.join(self.target, layout.inside)
            inside = os.path.join(self._template, layout.id, layout.inside)
            os.makedirs(os.path.dirname(inside))
            shutil.copy2(layout.archive, inside)
        self._old = self._new = None

    def restore_words(self):
        return ["restore", self.archive, "--into", self.target, *self.options, "--yes", "--jobs", 1]

    def _without_times(self):
        name = self.layout.id.encode()
        inside = self.layout.folders_above_slots() if self.slots else set()
        # The folder of a safety copy is a stage of ours: its own time says nothing.
        return {b""} | {name + b"/" + f if f else name for f in inside} | {n.encode() for n in self.names() if "safety-" in n}

    def tree(self, *parts):
        inside = self.layout.folders_above_slots() if self.slots and not parts else ()
        return faults.fingerprint(os.path.join(self.target, *parts), inside)

    def begin(self):
        super().begin()
        if self._old is None:
            self._before = self.safety_copies()
            self._old = self.tree() or {}

    @staticmethod
    def _at(tree, slot):
        prefix = slot.encode()
        if not prefix:
            return tree
        return {path[len(prefix) + 1:] if path != prefix else b"": what for path, what in tree.items()
                if path == prefix or path.startswith(prefix + b"/")}

    def safety_copies(self):
        prefix = f".{self.layout.id}.strongroom-safety-"
        return sorted((name for name in self.names() if name.startswith(prefix)), key=lambda name: int(name[len(prefix):]))

    def leftovers(self):
        return self.names() - {self.layout.id} - set(self.safety_copies())

    def learn(self):
        self._new = self.tree() or {}
        self._after = len(self.safety_copies())
        if self._new == self._old:
            raise SystemExit(f"{self.name} changes nothing, so it proves nothing")

    def side(self):
        have = self.tree() or {}
        return "old" if have == self._old else "new" if have == self._new else "neither: " + \
            faults.differences(have, self._old) + " / " + faults.differences(have, self._new)

    def opens(self):
        # Before there is a directory only recover has something to open.
        commands = [["recover", self.target]]
        if self._old:
            commands += [["inspect", self.target], ["list", self.target, "volumes"]]
        return commands

    def judge(self, answer, point, fault, number):
        yield from self.judge_answer(answer, point, fault)
        middle = self.side()
        if not answer.died and fault != "KILL" and middle not in ("old", "new"):
            yield f"it left {middle}"
        # Also by one that was killed after it had said so.
        said_success = answer.status in COMPLETED or bool(answer.json and "error" not in answer.json)
        if not answer.died and fault != "KILL" and not speaks_to_us(point):
            if said_success and middle != "new":
                yield f"success, but the target is {middle}"
            if not said_success and middle != "old":
                yield f"failure, but the target is {middle}"
        yield from self.judge_leftovers(self.leftovers, self.opens(), number)
        end = self.side()
        if end not in ("old", "new"):
            yield f"after the next open {end}"
        if said_success and end != "new":
            yield f"success was said, now it is {end}"
        yield from self.judge_safety(end)

    def judge_safety(self, side):
        copies = self.safety_copies()
        wanted = len(self._before) if side == "old" else self._after
        if len(copies) != wanted:
            yield f"{side}, and {len(copies)} safety copies instead of {wanted}"
        elif side == "new" and copies:
            yield from self.judge_content(copies[-1])
        if side == "old":
            for name in self._before:
                have, had = faults.fingerprint(os.path.join(self.place, name), {b""}), self._at(self._start, name)
                if have != had:
                    yield f"the safety copy {name} changed: {faults.differences(have, had)}"

    def judge_content(self, name):
        """P2: what the note names is what was there."""
        folder = os.path.join(self.place, name)
        try:
            with open(os.path.join(folder, "note.json")) as file:
                targets = json.load(file)["targets"]
        except (OSError, ValueError, KeyError) as problem:
            yield f"the safety copy has no note: {problem!r}"
            return
        for number, target in enumerate(targets):
            have = faults.fingerprint(os.path.join(folder, str(number))) or {}
            wanted = self._at(self._old, target)
            if have != wanted:
                yield f"the safety copy of {target or 'everything'}: {faults.differences(have, wanted)}"


class Restore(Exchange):
    def words(self):
        return self.restore_words()


class Undo(Exchange):
    def __init__(self, work, layout, name, source, slots=None):
        super().__init__(work, layout, name, source, slots)
        os.rename(self._template, self.place)
        done = work.ctl(*self.restore_words())
        if done.status != faults.SUCCEEDED:
            raise SystemExit(f"{self.name} cannot begin: {done}")
        os.rename(self.place, self._template)

    def words(self):
        return ["undo", self.target, "--yes"]


class Recover(Exchange):
    """After a restore that was killed at its `at`-th rename since the journal; 0 is the journal's own."""

    _sides = {"finished": "new", "rolled-back": "old"}

    def __init__(self, work, layout, name, source, at, slots=None):
        super().__init__(work, layout, name, source, slots)
        self._tracer = tracing.Tracer(work)
        super().make()
        points, _, _ = self._tracer.trace(self.restore_words())
        self._everything_new = self.tree()
        renames = [point for point in points if point.name in ("renameat2", "renameat", "rename")]
        journal = next(i for i, point in enumerate(renames) if "strongroom-journal" in point.line)
        moves = [p for p in renames[journal + 1:] if "note.json" not in p.line]
        self._crash = moves[at] if at < 0 else moves[min(at - 1, len(moves) - 1)]
        faults.remove(self.place)

    def make(self):
        super().make()
        self._tracer.inject(self.restore_words(), self._crash, "KILL")
        if not any("journal" in name for name in self.leftovers()):
            raise SystemExit(f"{self.name} cannot begin: the crash left {self.names()}")

    def reset(self):
        if self._old is None:
            super().make()
            self._before = self.safety_copies()
            self._old = self.tree()
            self._new = self._everything_new
            faults.remove(self.place)
        super().reset()

    def words(self):
        return ["recover", self.target]

    def learn(self):
        if self.side() not in ("old", "new") or self.leftovers():
            raise SystemExit(f"{self.name}: undisturbed it leaves {self.side()} and {self.leftovers()}")
        self._after = 1

    def judge(self, answer, point, fault, number):
        yield from self.judge_answer(answer, point, fault)
        if answer.status in COMPLETED and not speaks_to_us(point):
            # Where the way forward is barred it goes back, and says so.
            said = [self._sides.get(what["outcome"]) for what in answer.json["recovered"]]
            left = {name for name in self.leftovers() if not (name.endswith("-lock") and "-lock" in point.line)}
            if said != [self.side()] or left:
                yield f"it says {said}, but it is {self.side()} with {sorted(left)}"
        yield from self.judge_leftovers(self.leftovers, self.opens(), number)
        end = self.side()
        if end not in ("old", "new"):
            yield f"after the next open {end}"
        yield from self.judge_safety(end)


class Backup(Operation):
    def __init__(self, work, layout):
        super().__init__(work, layout, "backup")
        self._source = os.path.join(self.place, layout.id)
        self._folder = os.path.join(self.place, "backups")
        faults.copy_tree(layout.new, os.path.join(self._template, layout.id))
        os.mkdir(os.path.join(self._template, "backups"))
        self._archive = os.path.join(self._folder, "a.tar.gz")

    def words(self):
        return ["backup", self._source, "--to", self._folder, "--name", "a.tar.gz", "--jobs", 1]

    def begin(self):
        super().begin()
        self._tree = faults.fingerprint(self._source)

    def learn(self):
        verified = self.work.ctl("verify", self._archive).json
        self._members = verified["members"]

    def leftovers(self):
        finished = {"a.tar.gz", "a.tar.gz.sha256"} if os.path.exists(self._archive) else set()
        return {os.path.join("backups", n) for n in set(os.listdir(self._folder)) - finished} | (self.names() - {self.layout.id, "backups"})

    def judge(self, answer, point, fault, number):
        yield from self.judge_answer(answer, point, fault)
        if faults.fingerprint(self._source) != self._tree:
            yield f"the source changed: {faults.differences(faults.fingerprint(self._source), self._tree)}"
        is_there = os.path.lexists(self._archive)
        completed = answer.status in COMPLETED or bool(answer.json and "error" not in answer.json)
        if completed and not is_there:
            yield "success without an archive"
        if not completed and not answer.died and fault != "KILL" and is_there and not speaks_to_us(point):
            yield "failure, and an archive"
        if is_there:
            verified = self.work.ctl("verify", self._archive)
            members = (verified.json or {}).get("members")
            if (verified.json or {}).get("verdict") != "verified":
                yield f"the archive is not verified: {verified}"
            elif members != self._members and not (answer.status == faults.WARNINGS and answer.json["warnings"]):
                yield f"the archive has {members} members instead of {self._members}, and nothing was said"
            if answer.status == faults.SUCCEEDED and answer.json["consistency"] != "stable":
                yield "success, but not stable"
        # What was killed before its archive had a name leaves NAME.partial; a failure tidies up by itself.
        yield from self.judge_leftovers(self.leftovers, [["recover", self._folder]], number)
