# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is measured: our command beside its peers' on the same data, with the targets."""
from bench import Inside, Peer, Work

CLEAN = "rm -rf out && mkdir out"


class Works:
    """\\param ctl, programs  strongroomctl, and the folder that it and the programs of this folder are in.
    \\param options           as report parses them.
    \\param session           a session folder below S that is in S.tar.gz.
    \\param change            of a share of the sessions; gets the number of the round."""

    def __init__(self, programs, options, session, change):
        self.lists = f"'{programs}/strongroomctl'"          # whose output is what is asked for
        self.ctl = f"{self.lists} --quiet"
        self.programs, self.options, self.session, self.change = programs, options, session, change

    def program(self, name, *arguments):
        return " ".join([f"'{self.programs}/scale_{name}'", *map(str, arguments)])

    def scans(self):
        storage = "S/storage"
        cat = f"find {storage} -name metadata.json -exec cat {{}} +"
        yield Work("list S", f"{self.lists} list S sessions", [
            Peer("floor: getdents + statx, 2 threads", self.program("scan", "floor", "S"), 0.71),
            Peer("QDirIterator + QJsonDocument", self.program("scan", "naive", "S"), 3.5),
            Peer("find | jq", f"{cat} | jq -r '[.session_id, .alias, .updated_at] | @tsv'", 3.0, needs="jq"),
            Peer("du -sb", "du -sb S", 2.0),
            Peer("find -printf + du -sb", "find S -type f -printf '%s %p\\n' && du -sb S", 2.0)])
        yield Inside("first rows of S", self.program("first", "S", "sessions", self.options.rounds))

    def chats(self):
        store = "C/api_storage/chat_sessions.json"
        yield Work("list C", f"{self.lists} list C sessions", [
            Peer("jq", f"jq -r '.[] | [.session_id, .session_name, (.messages | length)] | @tsv' {store}", 25.0, needs="jq"),
            Peer("python json.load", "python3 -c 'import json, sys\n"
                 "for s in json.load(open(sys.argv[1])).values(): print(s[\"session_id\"], s[\"session_name\"], len(s[\"messages\"]))' " + store),
            Peer("QJsonDocument", self.program("scan", "document", store), 25.0),
            Peer("cat", f"cat {store} > /dev/null")], most_mib=20)
        yield Inside("first rows of C", self.program("first", "C", "sessions", self.options.rounds))

    def backups(self, data, targets):
        gz, pigz, zst, zstd = targets
        ours = f"{self.ctl} backup {data} --to out"
        tar = f"tar -czf out/t.tar.gz {data}"
        yield Work(f"backup {data} .tar.gz", ours, [Peer("tar -czf", tar, gz), Peer("tar | pigz", f"tar -cf - {data} | pigz > out/t.tar.gz", pigz, "pigz")],
                   CLEAN, most_mib=100)
        yield Work(f"backup {data} .tar.zst", ours + " --format tar.zst", [
            Peer("tar -czf", tar, zst), Peer("tar | zstd -T0", f"tar -cf - {data} | zstd -q -T0 > out/t.tar.zst", zstd, "zstd")], CLEAN, most_mib=100)

    def repositories(self, data):
        """Against tools that keep what they have seen. Ours is a whole, plain archive every time."""
        ours = f"{self.ctl} backup {data} --to again"
        restic = "RESTIC_PASSWORD=x restic -q -r restic"
        borg = "BORG_UNKNOWN_UNENCRYPTED_REPO_ACCESS_IS_OK=yes borg"
        fresh = "rm -rf again restic borg && mkdir again"
        init = {"restic": f"{restic} init", "borg": f"{borg} init -e none borg"}
        create = {"restic": f"{restic} backup {data}", "borg": f"{borg} create borg::{{now:%s%f}} {data}"}
        for tool in ("restic", "borg"):
            yield Work(f"backup {data}, the first", ours, [Peer(tool, f"{init[tool]} && {create[tool]}", needs=tool)], before=fresh)
            once = f"{fresh} && {init[tool]} && {create[tool]} && {ours}"
            yield Work(f"backup {data}, nothing changed", ours, [Peer(tool, create[tool], 18.0, tool)], once=once)
            yield Work(f"backup {data}, 1 % changed", ours, [Peer(tool, create[tool], 10.0, tool)], once=once, change=self.change)
        yield Work(f"backup {data}, nothing changed", ours, [
            Peer("tar -czf", f"tar -czf out/t.tar.gz {data}", 14.0), Peer("floor: getdents + statx, 2 threads", self.program("scan", "floor", data), 0.67)],
            CLEAN, once=f"{fresh} && {ours}")

    def readings(self, data, targets):
        verify, restore = targets
        gz, zst = f"{data}.tar.gz", f"{data}.tar.zst"
        yield Work(f"verify {data} .tar.gz", f"{self.ctl} verify {gz}", [Peer("gzip -t", f"gzip -t {gz}", verify), Peer("sha256sum of it", f"sha256sum {gz}")])
        yield Work(f"verify {data} .tar.zst", f"{self.ctl} verify {zst}", [Peer("zstd -t", f"zstd -q -t {zst}", 1.0, "zstd")])
        into = f"{self.ctl} restore {{}} --into out/x --yes"
        yield Work(f"restore {data} .tar.gz", into.format(gz), [
            Peer("tar -xzf", f"tar -xzf {gz} -C out", restore), Peer("tar -xzf, sync", f"tar -xzf {gz} -C out && sync -f out")], CLEAN)
        yield Work(f"restore {data} .tar.zst", into.format(zst), [
            Peer("zstd -d | tar -x", f"zstd -q -d -c {zst} | tar -xf - -C out", needs="zstd"), Peer("tar -xzf", f"tar -xzf {gz} -C out")], CLEAN)
        yield Work(f"contents {data}", f"{self.lists} contents {gz}", [Peer("tar -tzf", f"tar -tzf {gz}")])

    def one_session(self):
        """To bring one session back an archive is listed, and its folder taken out."""
        yield Work("one session of S", f"{self.lists} contents S.tar.gz | grep -F '{self.session}'", [
            Peer("tar -xzf A PATH", f"tar -xzf S.tar.gz -C out 'S/storage/{self.session}'")], CLEAN, most_seconds=0.06)

    def foreign(self):
        """An archive that somebody made with tar: no manifest, no index."""
        for data in "SV":
            archive = f"{data}.foreign.tar.gz"
            once = f"test -e {archive} || tar -czf {archive} {data}"
            yield Work(f"contents {data}, made by tar", f"{self.lists} contents {archive}", [Peer("tar -tzf", f"tar -tzf {archive}", 2.0)], once=once)
            yield Work(f"verify {data}, made by tar", f"{self.ctl} verify {archive}", [Peer("tar -tzf", f"tar -tzf {archive}", 2.0)], once=once)

    def console(self):
        yield Inside("rows", self.program("rows", self.options.rows, self.options.rounds))
        for data in "SC":
            yield Inside(f"console {data}", self.program("console", data, "sessions"))

    def every(self):
        yield from self.scans()
        yield from self.chats()
        yield from self.backups("S", (3.0, 1.7, 5.0, 1.5))
        yield from self.readings("S", (4.0, 1.35))
        yield from self.one_session()
        yield from self.repositories("S")
        yield from self.backups("V", (7.5, 3.2, 17.0, None))
        yield from self.readings("V", (5.0, 3.5))
        yield from self.backups("F", (None, None, None, None))
        yield from self.readings("F", (None, None))
        yield from self.foreign()
        yield from self.console()
