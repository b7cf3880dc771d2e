#!/usr/bin/env python3
# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Archives as Python's own modules write them, into the folder that is named: the same bytes every time."""
import io
import os
import stat
import sys
import tarfile
import zipfile

FILES = [
    ("data/a.json", b'{"a": 1}\n'),
    ("data/uploads/two words.txt", b"hello"),
    ("data/sub/" + "n" * 120, b"long"),
    ("data/empty", b""),
    ("data/block", b"b" * 512),
    ("data/b.bin", bytes(range(256)) * 5),
]
WHEN = 1700000000


def write_tar(path, form):
    with tarfile.open(path, "w", format=form) as tar:
        folder = tarfile.TarInfo("data")
        folder.type, folder.mode, folder.mtime = tarfile.DIRTYPE, 0o755, WHEN
        tar.addfile(folder)
        for index, (name, content) in enumerate(FILES):
            info = tarfile.TarInfo(name)
            info.size, info.mtime, info.mode = len(content), WHEN + index, 0o640
            if form == tarfile.PAX_FORMAT and index % 2:
                info.mtime += 0.25
            tar.addfile(info, io.BytesIO(content))
        for kind, name, target in ((tarfile.SYMTYPE, "data/l", "a.json"), (tarfile.LNKTYPE, "data/h", "data/a.json")):
            info = tarfile.TarInfo(name)
            info.type, info.linkname, info.mtime = kind, target, WHEN
            tar.addfile(info)


class Pipe(io.RawIOBase):
    """Cannot be wound back: zipfile then writes descriptors behind the data."""

    def __init__(self, file):
        self.file = file

    def writable(self):
        return True

    def write(self, data):
        return self.file.write(data)


def zip_info(name, kind=stat.S_IFREG, mode=0o644):
    info = zipfile.ZipInfo(name, (2024, 5, 6, 7, 8, 10))
    info.create_system = 3
    info.external_attr = (kind | mode) << 16
    return info


def write_zip(target, method, zip64=False):
    with zipfile.ZipFile(target, "w", method) as archive:
        archive.writestr(zip_info("data/", stat.S_IFDIR, 0o755), b"", zipfile.ZIP_STORED)
        for name, content in FILES:
            info = zip_info(name)
            info.compress_type = method
            with archive.open(info, "w", force_zip64=zip64) as entry:
                entry.write(content)
        archive.writestr(zip_info("data/l", stat.S_IFLNK, 0o777), b"a.json", zipfile.ZIP_STORED)
        archive.comment = b"made by Python"


def main():
    os.chdir(sys.argv[1])
    write_tar("pax.tar", tarfile.PAX_FORMAT)
    write_tar("gnu.tar", tarfile.GNU_FORMAT)
    global FILES
    write_zip("deflated.zip", zipfile.ZIP_DEFLATED)
    write_zip("stored.zip", zipfile.ZIP_STORED)
    write_zip("zip64.zip", zipfile.ZIP_DEFLATED, True)
    with open("streamed.zip", "wb") as file:
        write_zip(Pipe(file), zipfile.ZIP_DEFLATED)
    FILES = [entry for entry in FILES if len(entry[0]) < 100]
    write_tar("ustar.tar", tarfile.USTAR_FORMAT)


main()
