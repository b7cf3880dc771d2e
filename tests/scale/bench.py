# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Running what is measured, and the table of it."""
import dataclasses
import json
import os
import shutil
import subprocess
import sys
from typing import Callable, Optional

COMPLETED = (0, 3)   # done, done with warnings


@dataclasses.dataclass
class Peer:
    name: str                       # as the table names it
    command: str                    # for sh, in the folder of the data
    target: Optional[float] = None  # peer's time : ours, at least
    needs: str = ""                 # a program; without it the row is left out

    def is_here(self):
        return not self.needs or shutil.which(self.needs) is not None


@dataclasses.dataclass
class Work:
    name: str
    command: str                    # ours
    peers: list
    before: str = ""                # run before each of all, not measured
    once: str = ""                  # run once before all rounds
    change: Optional[Callable[[int], None]] = None   # of the data, before each round; gets its number
    most_mib: Optional[float] = None                 # ours may have so much in memory
    most_seconds: Optional[float] = None             # ours may take so long


@dataclasses.dataclass
class Inside:
    """A program of ours that measures both sides itself and prints a JSON object for each row."""
    name: str
    command: str
    once: str = ""


@dataclasses.dataclass
class Row:
    """Values are seconds, or bytes where the unit says so; None = there is nothing to say."""
    work: str
    peer: str
    theirs: Optional[float]
    ours: float
    unit: str = "s"
    target: Optional[float] = None
    most: Optional[float] = None        # ours, in the unit
    our_mib: Optional[float] = None
    their_mib: Optional[float] = None
    most_mib: Optional[float] = None

    @property
    def ratio(self):
        return None if self.theirs is None else self.theirs / max(self.ours, 1e-9)

    def is_met(self):
        """None without a target."""
        held = []
        if self.target is not None and self.ratio is not None:
            held.append(self.ratio >= self.target)
        if self.most is not None:
            held.append(self.ours <= self.most)
        if self.most_mib is not None and self.our_mib is not None:
            held.append(self.our_mib <= self.most_mib)
        return all(held) if held else None

    def cells(self):
        targets = []
        if self.target is not None:
            targets.append(f">= {self.target:g}x")
        if self.most is not None:
            targets.append(f"<= {amount(self.most, self.unit)}")
        if self.most_mib is not None:
            targets.append(f"<= {self.most_mib:g} MiB")
        memory = "" if self.our_mib is None else f"{self.our_mib:.0f}" + ("" if self.their_mib is None else f" ({self.their_mib:.0f})")
        return (self.work, self.peer, amount(self.theirs, self.unit), amount(self.ours, self.unit),
                "" if self.ratio is None else f"{self.ratio:.2f}", ", ".join(targets), {None: "", True: "yes", False: "no"}[self.is_met()], memory)


def amount(value, unit):
    if value is None:
        return ""
    if unit == "s":
        return f"{value:.2f} s" if value >= 1 else f"{value * 1000:.0f} ms" if value >= 0.02 else f"{value * 1000:.1f} ms"
    return f"{value:.0f} {unit}"


class Bench:
    """Commands in the folder of the data. Every round runs all sides of a work in turn with a warm cache; of each side the
    fastest round counts, because what disturbs only ever adds. The first round warms the cache and is not counted."""

    def __init__(self, folder, runner, rounds):
        self.folder, self.runner, self.rounds = folder, runner, rounds

    def run(self, command):
        """(wall seconds, MiB of the largest process) of one shell command that must succeed."""
        done = subprocess.run([self.runner, command], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        if done.returncode != 0:
            sys.exit(f"{command}\n{done.stderr.decode(errors='replace')}")
        answer = json.loads(done.stdout)
        if answer["status"] not in COMPLETED:
            sys.exit(f"{command}\nended with status {answer['status']}\n{done.stderr.decode(errors='replace')}")
        return answer["seconds"], answer["kib"] / 1024

    def measure(self, work):
        """The rows of a work: one for each peer that is here."""
        peers = [peer for peer in work.peers if peer.is_here()]
        if not peers:
            return
        if work.once:
            self.run(work.once)
        sides = [peer.command for peer in peers] + [work.command]
        seconds, mib = [[] for _ in sides], [[] for _ in sides]
        for number in range(self.rounds + 1):
            if work.change:
                work.change(number)
            for index, command in enumerate(sides):
                if work.before:
                    self.run(work.before)
                taken, peak = self.run(command)
                if number > 0:
                    seconds[index].append(taken)
                    mib[index].append(peak)
        best, peaks = [min(column) for column in seconds], [max(column) for column in mib]
        for index, peer in enumerate(peers):
            yield Row(work.name, peer.name, best[index], best[-1], target=peer.target, most=work.most_seconds, our_mib=peaks[-1],
                      their_mib=peaks[index], most_mib=work.most_mib)

    def inside(self, work):
        """The rows that a program of ours measured."""
        if work.once:
            self.run(work.once)
        done = subprocess.run(["sh", "-c", work.command], cwd=self.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              env={**os.environ, "QT_QPA_PLATFORM": "offscreen", "LC_ALL": "C.UTF-8"})
        if done.returncode != 0:
            sys.exit(f"{work.command}\n{done.stderr.decode(errors='replace')}")
        for line in done.stdout.splitlines():
            yield Row(**json.loads(line))

    def size(self, path):
        return os.path.getsize(os.path.join(self.folder, path))


class Table:
    """Printed while it grows; written as Markdown in the end."""
    HEAD = ("work", "peer", "peer's", "ours", "ratio", "target", "met", "MiB (peer's)")
    WIDTHS = (38, 38, 9, 9, 8, 20, 4, 12)

    def __init__(self):
        self.rows = []
        self._print(self.HEAD)

    def _print(self, cells):
        print("  ".join(f"{cell:<{width}}" for cell, width in zip(cells, self.WIDTHS)).rstrip(), flush=True)

    def add(self, row):
        self.rows.append(row)
        self._print(row.cells())

    def summary(self):
        judged = [row for row in self.rows if row.is_met() is not None]
        return f"{sum(row.is_met() for row in judged)} of {len(judged)} targets met"

    def write(self, path, lines):
        with open(path, "w", encoding="utf-8") as file:
            file.write(lines[0] + "\n\n| " + " | ".join(self.HEAD) + " |\n" + "|---" * len(self.HEAD) + "|\n")
            file.writelines("| " + " | ".join(cell.replace("|", "\\|") for cell in row.cells()) + " |\n" for row in self.rows)
            file.write("\n" + "".join(line + "\n" for line in lines[1:]))
