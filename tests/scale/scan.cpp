// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later

// Peers of a scan, ours for want of others:
//   scale_scan floor DIR       names and sizes of everything below DIR and no more: getdents64 and statx in two threads
//   scale_scan naive DIR       every JSON file below DIR the way it is first written: QDirIterator, QFileInfo, QJsonDocument
//   scale_scan document FILE   a store of sessions through QJsonDocument

#include <QDirIterator>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <atomic>
#include <cstdio>
#include <cstring>
#include <dirent.h>
#include <fcntl.h>
#include <iterator>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

constexpr int kThreads = 2;
constexpr size_t kBuffer = 1 << 20;

struct Found {
    long long entries = 0;
    long long bytes = 0;
    std::vector<std::string> folders;
};

/// Everything directly in `folder`, a path below `root`.
void lookInto(int root, const std::string &folder, char *buffer, Found &found)
{
    const int fd = openat(root, folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    if (fd < 0)
        return;
    for (long size; (size = syscall(SYS_getdents64, fd, buffer, kBuffer)) > 0;) {
        for (long at = 0; at < size;) {
            const auto *entry = reinterpret_cast<const dirent64 *>(buffer + at);
            at += entry->d_reclen;
            if (std::strcmp(entry->d_name, ".") == 0 || std::strcmp(entry->d_name, "..") == 0)
                continue;
            struct statx about;
            if (statx(fd, entry->d_name, AT_SYMLINK_NOFOLLOW | AT_STATX_DONT_SYNC, STATX_TYPE | STATX_SIZE | STATX_MTIME, &about) != 0)
                continue;
            ++found.entries;
            if (S_ISDIR(about.stx_mode))
                found.folders.push_back(folder + '/' + entry->d_name);
            else
                found.bytes += static_cast<long long>(about.stx_size);
        }
    }
    close(fd);
}

/// Level by level: the folders of one are shared out among the threads.
int runFloor(const char *path)
{
    const int root = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (root < 0)
        return 1;
    std::vector<std::string> level = {"."};
    Found all;
    while (!level.empty()) {
        std::atomic<size_t> next = 0;
        std::vector<Found> parts(kThreads);
        {
            std::vector<std::jthread> threads;
            for (Found &part : parts) {
                threads.emplace_back([&] {
                    const auto buffer = std::make_unique<char[]>(kBuffer);
                    for (size_t at; (at = next.fetch_add(1)) < level.size();)
                        lookInto(root, level[at], buffer.get(), part);
                });
            }
        }
        level.clear();
        for (Found &part : parts) {
            all.entries += part.entries;
            all.bytes += part.bytes;
            std::move(part.folders.begin(), part.folders.end(), std::back_inserter(level));
        }
    }
    std::printf("%lld entries, %lld bytes\n", all.entries, all.bytes);
    return 0;
}

QByteArray content(const QString &path)
{
    QFile file(path);
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

int runNaive(const char *path)
{
    qint64 bytes = 0;
    QDirIterator iterator(QString::fromLocal8Bit(path), QDir::Files, QDirIterator::Subdirectories);
    while (iterator.hasNext()) {
        const QFileInfo info = iterator.nextFileInfo();
        bytes += info.size();
        if (info.suffix() != u"json")
            continue;
        const QJsonDocument document = QJsonDocument::fromJson(content(info.filePath()));
        if (info.fileName() == u"metadata.json")
            std::printf("%s %s\n", qPrintable(document[u"session_id"].toString()), qPrintable(document[u"alias"].toString()));
    }
    std::printf("%lld bytes\n", static_cast<long long>(bytes));
    return 0;
}

int runDocument(const char *path)
{
    const QJsonObject store = QJsonDocument::fromJson(content(QString::fromLocal8Bit(path))).object();
    for (const QJsonValue session : store) {
        std::printf("%s %s %lld\n", qPrintable(session[u"session_id"].toString()), qPrintable(session[u"session_name"].toString()),
                    static_cast<long long>(session[u"messages"].toArray().size()));
    }
    return 0;
}

}  // namespace

int main(int argc, char **argv)
{
    if (argc == 3 && std::strcmp(argv[1], "floor") == 0)
        return runFloor(argv[2]);
    if (argc == 3 && std::strcmp(argv[1], "naive") == 0)
        return runNaive(argv[2]);
    if (argc == 3 && std::strcmp(argv[1], "document") == 0)
        return runDocument(argv[2]);
    return 2;
}
