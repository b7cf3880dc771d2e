# SPDX-FileCopyrightText: The Strongroom authors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Prints what the fault tests of this run counted, one line a test and a sum; runs after the last of them."""

import collections
import json
import os
import sys

# What makes sense added up over tests; the rest stands in the line of its test.
SUMMED = ("runs", "points", "faults", "cuts", "violations")


def main():
    path = os.environ.get("STRONGROOM_FAULTS_FIGURES", "")
    if not os.path.exists(path):
        print("no figures were recorded: STRONGROOM_FAULTS_FIGURES names no file")
        return 0
    sums = collections.Counter()
    with open(path) as file:
        records = sorted((json.loads(line) for line in file), key=lambda record: record["test"])
    for record in records:
        test, full = record.pop("test"), record.pop("full")
        sums.update({key: record[key] for key in SUMMED if key in record})
        print(f"{test} ({'everything' if full else 'a sample'}): " + ", ".join(f"{v} {k}" for k, v in record.items()))
    print(f"together: {len(records)} tests, " + ", ".join(f"{sums[key]} {key}" for key in SUMMED if key in sums))
    return 0


sys.exit(main())
