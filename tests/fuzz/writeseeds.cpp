// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Writes the seeds of every target below the folder that is named, one folder each. For tests/run --fuzz.

#include "tests/fuzz/seeds.h"

#include <QDir>
#include <QFile>

#include <cstdio>

int main(int argc, char *argv[])
{
    if (argc != 2) {
        std::fputs("Usage: fuzz_writeseeds DIR\n", stderr);
        return 2;
    }
    const QDir root(QFile::decodeName(argv[1]));
    for (const strongroom::fuzz::Target &target : strongroom::fuzz::allTargets()) {
        const QString name = QString::fromLatin1(target.name);
        if (!root.mkpath(name))
            return 1;
        int number = 0;
        for (const QByteArray &seed : target.seeds()) {
            QFile file(root.filePath(name) + QStringLiteral("/seed-%1").arg(number++));
            if (!file.open(QFile::WriteOnly) || file.write(seed) != seed.size()) {
                std::fprintf(stderr, "%s: %s\n", qPrintable(file.fileName()), qPrintable(file.errorString()));
                return 1;
            }
        }
    }
    return 0;
}
