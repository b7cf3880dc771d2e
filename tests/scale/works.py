# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: one line each, our command beside the peer's on the same data."""
import dataclasses
import shutil
from typing import Callable, Optional

CLEAN = "rm -rf out && mkdir out"


@dataclasses.dataclass
class Work:
    name: str
    peer: str                       # as the table names it
    peer_command: str               # for sh, in the folder of the data
    our_command: str
    target: Optional[float] = None  # peer's time : ours
    before: str = ""                # run before each of both, not measured
    once: str = ""                  # run once before all rounds
    change: Optional[Callable[[int], None]] = None   # of the data, before each round; gets its number
    needs: str = ""                 # a program; without it the work is left out


def have(work):
    return not work.needs or shutil.which(work.needs) is not None


def backups(ctl, data, targets):
    gz, pigz, zst, zstd = targets
    ours = f"{ctl} backup {data} --to out"
    yield Work(f"backup {data} .tar.gz", "tar -czf", f"tar -czf out/t.tar.gz {data}", ours, gz, CLEAN)
    yield Work(f"backup {data} .tar.gz", "tar | pigz", f"tar -cf - {data} | pigz > out/t.tar.gz", ours, pigz, CLEAN, needs="pigz")
    yield Work(f"backup {data} .tar.zst", "tar -czf", f"tar -czf out/t.tar.gz {data}", ours + " --format tar.zst", zst, CLEAN)
    yield Work(f"backup {data} .tar.zst", "tar | zstd -T0", f"tar -cf - {data} | zstd -q -T0 > out/t.tar.zst", ours + " --format tar.zst", zstd,
               CLEAN, needs="zstd")


def readings(ctl, data, targets):
    verify, restore = targets
    archive = f"{data}.tar.gz"
    yield Work(f"verify {data}", "gzip -t", f"gzip -t {archive}", f"{ctl} verify {archive}", verify)
    yield Work(f"verify {data}", "sha256sum of it", f"sha256sum {archive}", f"{ctl} verify {archive}")
    yield Work(f"restore {data}", "tar -xzf", f"tar -xzf {archive} -C out", f"{ctl} restore {archive} --into out/x --yes", restore, CLEAN)
    yield Work(f"contents {data}", "tar -tzf", f"tar -tzf {archive}", f"{ctl} contents {archive}")


def repositories(ctl, data, change):
    """Against tools that keep what they have seen. Ours is a whole, plain archive every time."""
    ours = f"{ctl} backup {data} --to again"
    restic = "RESTIC_PASSWORD=x restic -q -r restic"
    borg = "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes borg"
    fresh = "rm -rf again restic borg && mkdir again"
    init = {"restic": f"{restic} init", "borg": f"{borg} init -e none borg"}
    create = {"restic": f"{restic} backup {data}", "borg": f"{borg} create borg::{{now:%s%f}} {data}"}
    for tool in ("restic", "borg"):
        yield Work(f"backup {data} first", tool, f"{init[tool]} && {create[tool]}", ours, before=fresh, needs=tool)
        once = f"{fresh} && {init[tool]} && {create[tool]} && {ours}"
        yield Work(f"backup {data} unchanged", tool, create[tool], ours, 18.0, once=once, needs=tool)
        yield Work(f"backup {data} 1 % changed", tool, create[tool], ours, 10.0, once=once, change=change, needs=tool)
    yield Work(f"backup {data} unchanged", "tar -czf", f"tar -czf out/t.tar.gz {data}", ours, 14.0, CLEAN, once=f"{fresh} && {ours}")


def every(ctl, change):
    yield from backups(ctl, "S", (3.0, 1.7, 5.0, 1.5))
    yield from readings(ctl, "S", (4.0, 1.35))
    yield from repositories(ctl, "S", change)
    yield Work("list S", "find + du -sb", "find S -type f -printf '%s %p\\n' && du -sb S", f"{ctl} list S sessions", 2.0)
    yield from backups(ctl, "V", (7.5, 3.2, 17.0, None))
    yield from readings(ctl, "V", (5.0, 3.5))
    yield from backups(ctl, "F", (None, None, None, None))
    yield from readings(ctl, "F", (None, None))
