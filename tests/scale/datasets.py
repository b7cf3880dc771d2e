# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The data that is measured on, the same bytes every time.

  S  session folders of three small JSON files each: the worst case, all names and no content
  V  a volume: media, logs, SQL, a database, vectors and uploads in files of 20 KB to 6 MB
  F  one large file
  C  chat sessions in one JSON store, of which a list shows five members each
"""
import array
import json
import os
import random
import sqlite3
import uuid

SEED = 20251025


def words(rng, count):
    """So many words of a vocabulary in which few are common and many rare, as in what people write."""
    vocabulary = ["".join(rng.choices("abcdefghijklmnopqrstuvwxyz", k=rng.randint(3, 10))) for _ in range(4000)]
    weights = [1 / rank for rank in range(1, len(vocabulary) + 1)]
    return rng.choices(vocabulary, weights, k=count)


def write(path, data):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "wb") as file:
        file.write(data)


def session(rng, text):
    """The three files of one session folder, some 1.8 KB together."""
    identity = str(uuid.UUID(int=rng.getrandbits(128), version=4))
    at = rng.randrange(len(text) - 400)
    metadata = {"session_id": identity, "template_id": "basic_report", "group": "research", "alias": "-".join(text[at:at + 2]),
                "created_at": "2026-06-30T18:17:40.173711", "updated_at": "2026-06-30T18:47:15.173711"}
    parameters = {text[at + n]: text[at + n + 1] for n in range(2, 10, 2)}
    fragments = [{"id": str(uuid.UUID(int=rng.getrandbits(128))), "text": " ".join(text[at + n:at + n + 60])} for n in (20, 80, 140)]
    return identity, {"metadata.json": metadata, "parameters.json": parameters, "fragments.json": fragments}


def make_sessions(folder, count):
    rng = random.Random(SEED)
    text = words(rng, 60_000)
    base = os.path.join(folder, "S")
    write(os.path.join(base, "auth", "tokens.json"), b"{}")
    for _ in range(count):
        identity, files = session(rng, text)
        for name, content in files.items():
            write(os.path.join(base, "storage", "session_" + identity, name), json.dumps(content, indent=2).encode())


def change_sessions(base, share, seed):
    """Writes the parameters of so many sessions anew, as an application does."""
    rng = random.Random(seed)
    storage = os.path.join(base, "storage")
    names = sorted(os.listdir(storage))
    for name in rng.sample(names, max(1, int(len(names) * share))):
        write(os.path.join(storage, name, "parameters.json"), json.dumps({"changed": rng.random()}, indent=2).encode())


def make_database(path, size, rng, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with sqlite3.connect(path) as database:
        database.execute("CREATE TABLE messages (id INTEGER PRIMARY KEY, sender TEXT, body TEXT, token BLOB)")
        written = 0
        while written < size:
            rows = [(text[rng.randrange(len(text))], " ".join(text[at:at + 80]), rng.randbytes(64))
                    for at in (rng.randrange(len(text) - 100) for _ in range(1000))]
            database.executemany("INSERT INTO messages (sender, body, token) VALUES (?, ?, ?)", rows)
            written += sum(len(body) + 90 for _, body, _ in rows)
    database.close()


def make_volume(folder, mebibytes):
    rng = random.Random(SEED)
    text = words(rng, 200_000)
    base = os.path.join(folder, "V")
    budget = mebibytes << 20

    def passage(size):
        at = rng.randrange(len(text) - 20_000)
        return (" ".join(text[at:at + 20_000]).encode() * (size // 100_000 + 1))[:size]

    def logs(size):
        lines = b"".join(b"2026-06-30T18:%02d:%02d INFO request %d %s\n" % (n // 60 % 60, n % 60, n, text[rng.randrange(len(text))].encode())
                         for n in range(size // 45))
        return lines[:size]

    def sql(size):
        return b"".join(b"INSERT INTO t VALUES (%d, '%s');\n" % (n, " ".join(text[n % 100_000:n % 100_000 + 6]).encode()) for n in range(size // 70))

    def floats(size):
        return array.array("f", (rng.random() for _ in range(size // 4))).tobytes()

    kinds = (("media", 0.34, "jpg", rng.randbytes), ("logs", 0.14, "log", logs), ("sql", 0.10, "sql", sql),
             ("vectors", 0.10, "faiss", floats), ("uploads", 0.12, "txt", passage))
    for name, share, ending, make in kinds:
        written = index = 0
        while written < budget * share:
            data = make(rng.choice((20_000, 200_000, 1_500_000, 6_000_000)))
            write(os.path.join(base, name, f"{index:05d}.{ending}"), data)
            written += len(data)
            index += 1
    make_database(os.path.join(base, "db", "store.sqlite"), int(budget * 0.20), rng, text)


def make_file(folder, mebibytes):
    rng = random.Random(SEED)
    text = " ".join(words(rng, 150_000)).encode()
    os.makedirs(os.path.join(folder, "F"))
    with open(os.path.join(folder, "F", "large.bin"), "wb") as file:
        for number in range(mebibytes):
            at = rng.randrange(max(1, len(text) - (1 << 20)))
            file.write(rng.randbytes(1 << 20) if number % 3 == 0 else (text[at:at + (1 << 20)] + text)[:1 << 20])


def make_chats(folder, megabytes):
    """One store of chat sessions of some 15 KB each, written as it comes, and the entities they belong to."""
    rng = random.Random(SEED)
    text = words(rng, 60_000)
    storage = os.path.join(folder, "C", "api_storage")
    os.makedirs(storage)
    entities = {name: {"entity_id": name, "entity_name": name.title(), "description": " ".join(text[:20]), "metadata": {}, "documents": [],
                       "created_at": "2026-06-30T18:17:40.173711"} for name in (f"company_{n:03d}" for n in range(100))}
    write(os.path.join(storage, "entities.json"), json.dumps(entities, indent=2).encode())

    def message(number):
        at = rng.randrange(len(text) - 300)
        said = " ".join(text[at:at + rng.randint(40, 226)])
        return {"role": ("user", "assistant")[number % 2], "content": f"{said}\n\n\"{text[at]}\" – {text[at + 1]}.",
                "timestamp": f"2026-06-30T18:{number % 60:02d}:40.173711"}

    with open(os.path.join(storage, "chat_sessions.json"), "w", encoding="utf-8") as file:
        file.write("{")
        written = 0
        while written < megabytes * 1_000_000:
            identity = str(uuid.UUID(int=rng.getrandbits(128), version=4))
            at = rng.randrange(len(text) - 4)
            record = {"session_id": identity, "entity_id": rng.choice(list(entities)), "session_name": " ".join(text[at:at + 4]), "metadata": {},
                      "messages": [message(number) for number in range(rng.randint(4, 24))],
                      "created_at": "2026-06-30T18:17:40.173711", "last_activity": "2026-06-30T18:47:15.173711"}
            written += file.write(("," if written else "") + f'\n  "{identity}": ' + json.dumps(record, indent=2, ensure_ascii=False).replace("\n", "\n  "))
        file.write("\n}\n")
