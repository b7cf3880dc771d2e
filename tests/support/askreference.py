#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers for the reference scanner, one archive after the other in one process.

    askreference.py STRICT_SCAN_PY

Standard input: archives, each behind its length (four bytes, little-endian). Standard output: for each one line of
JSON with the verdict, the reason, and of an archive that is not rejected the members in order: type, path in hex,
size, SHA-256 of a tar file's content (null where the scanner does not pass it on).
"""
import hashlib
import importlib.util
import io
import json
import struct
import sys


def load(path):
    spec = importlib.util.spec_from_file_location("strict_scan", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def listen_in(scanner, seen):
    """Lets the scanner work as it is and notes what it takes in."""

    class NotingTree(scanner.Tree):
        def add(self, raw, typ, size=0, link=None):
            super().add(raw, typ, size, link)
            seen.append([typ, raw.hex(), size if typ == "file" else 0, None])

    class NotingSource(scanner.Src):
        def skip(self, n):
            digest = hashlib.sha256()
            while n:
                if not self.buf and not self.fill():
                    return False
                k = min(n, len(self.buf))
                digest.update(self.buf[:k])
                self.buf = self.buf[k:]
                n -= k
            seen[-1][3] = digest.hexdigest()
            return True

    scanner.Tree = NotingTree
    scanner.Src = NotingSource


def main():
    scanner = load(sys.argv[1])
    seen = []
    listen_in(scanner, seen)
    data = b""

    class InMemory:
        """Stands for the os module: the scanner asks it for nothing but the size."""
        class path:
            @staticmethod
            def getsize(_):
                return len(data)

    scanner.os = InMemory
    scanner.open = lambda _path, _mode: io.BytesIO(data)
    while header := sys.stdin.buffer.read(4):
        data = sys.stdin.buffer.read(struct.unpack("<I", header)[0])
        seen.clear()
        try:
            verdict, why = scanner.scan("")
        except Exception as error:  # a scanner that breaks gives no verdict, and that must be seen
            verdict, why = "broken", repr(error)
        members = [] if verdict == "reject-before-write" else seen
        sys.stdout.write(json.dumps({"verdict": verdict, "why": why, "members": members}) + "\n")
        sys.stdout.flush()


main()
