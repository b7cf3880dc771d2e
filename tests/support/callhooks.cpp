// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/support/callhooks.h"

#include <cstdarg>
#include <dlfcn.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <linux/fs.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace strongroom::tests {

namespace {

thread_local CallHooks::Before *before = nullptr;
thread_local CallHooks::After *after = nullptr;
thread_local bool inside = false;

template<class F> F *real(const char *name)
{
    void *found = dlsym(RTLD_NEXT, name);
    if (!found)
        qFatal("no %s", name);
    return reinterpret_cast<F *>(found);
}

// Shows the call to the hooks around `work`; errno is what the kernel left.
template<class Work> auto shown(Call call, Work work)
{
    if (inside || (!before && !after))
        return work(call);
    inside = true;
    if (before && *before)
        (*before)(call);
    inside = false;
    const auto result = work(call);
    const int error = errno;
    inside = true;
    if (after && *after)
        (*after)(call, long(result));
    inside = false;
    errno = error;
    return result;
}

}  // namespace

CallHooks::CallHooks(Before beforeCall, After afterCall)
{
    before = new Before(std::move(beforeCall));
    after = new After(std::move(afterCall));
}

CallHooks::~CallHooks()
{
    delete std::exchange(before, nullptr);
    delete std::exchange(after, nullptr);
}

}  // namespace strongroom::tests

using strongroom::tests::Call;
using strongroom::tests::CallKind;
using strongroom::tests::real;
using strongroom::tests::shown;

extern "C" {

int openat(int dirFd, const char *name, int flags, ...)
{
    va_list arguments;
    va_start(arguments, flags);
    const unsigned mode = (flags & (O_CREAT | O_TMPFILE)) ? va_arg(arguments, unsigned) : 0;
    va_end(arguments);
    static const auto call = real<int(int, const char *, int, ...)>("openat64");
    return shown({.kind = CallKind::Open, .fd = dirFd, .name = name, .flags = flags},
                 [&](const Call &) { return call(dirFd, name, flags, mode); });
}

int fstatat(int dirFd, const char *name, struct stat *out, int flags) noexcept
{
    static const auto call = real<int(int, const char *, struct stat *, int)>("fstatat64");
    return shown({.kind = CallKind::Stat, .fd = dirFd, .name = name}, [&](const Call &) { return call(dirFd, name, out, flags); });
}

ssize_t readlinkat(int dirFd, const char *name, char *out, size_t size) noexcept
{
    static const auto call = real<ssize_t(int, const char *, char *, size_t)>("readlinkat");
    return shown({.kind = CallKind::ReadLink, .fd = dirFd, .name = name}, [&](const Call &) { return call(dirFd, name, out, size); });
}

int mkdirat(int dirFd, const char *name, mode_t mode) noexcept
{
    static const auto call = real<int(int, const char *, mode_t)>("mkdirat");
    return shown({.kind = CallKind::MakeFolder, .fd = dirFd, .name = name}, [&](const Call &) { return call(dirFd, name, mode); });
}

int symlinkat(const char *target, int dirFd, const char *name) noexcept
{
    static const auto call = real<int(const char *, int, const char *)>("symlinkat");
    return shown({.kind = CallKind::MakeLink, .fd = dirFd, .name = name}, [&](const Call &) { return call(target, dirFd, name); });
}

int linkat(int fromDir, const char *from, int toDir, const char *to, int flags) noexcept
{
    static const auto call = real<int(int, const char *, int, const char *, int)>("linkat");
    return shown({.kind = CallKind::MakeLink, .fd = toDir, .name = to}, [&](const Call &) { return call(fromDir, from, toDir, to, flags); });
}

int unlinkat(int dirFd, const char *name, int flags) noexcept
{
    static const auto call = real<int(int, const char *, int)>("unlinkat");
    return shown({.kind = CallKind::Unlink, .fd = dirFd, .name = name, .flags = flags},
                 [&](const Call &) { return call(dirFd, name, flags); });
}

int renameat(int fromDir, const char *from, int toDir, const char *to) noexcept
{
    static const auto call = real<int(int, const char *, int, const char *)>("renameat");
    return shown({.kind = CallKind::Rename, .fd = fromDir, .name = from, .toFd = toDir, .toName = to},
                 [&](const Call &) { return call(fromDir, from, toDir, to); });
}

ssize_t write(int fd, const void *data, size_t size)
{
    static const auto call = real<ssize_t(int, const void *, size_t)>("write");
    if (strongroom::tests::inside || !strongroom::tests::before)
        return call(fd, data, size);
    QByteArray copy(static_cast<const char *>(data), qsizetype(size));
    return shown({.kind = CallKind::Write, .fd = fd, .data = copy.data(), .size = size},
                 [&](const Call &c) { return call(fd, c.data, size); });
}

int fsync(int fd)
{
    static const auto call = real<int(int)>("fsync");
    return shown({.kind = CallKind::Sync, .fd = fd}, [&](const Call &) { return call(fd); });
}

int syncfs(int fd) noexcept
{
    static const auto call = real<int(int)>("syncfs");
    return shown({.kind = CallKind::SyncAll, .fd = fd}, [&](const Call &) { return call(fd); });
}

// The core asks the kernel itself for what older C libraries lack.
long syscall(long number, ...) noexcept
{
    va_list arguments;
    va_start(arguments, number);
    long a[6];
    for (long &argument : a)
        argument = va_arg(arguments, long);
    va_end(arguments);
    static const auto call = real<long(long, ...)>("syscall");
    Call seen;
    if (number == SYS_openat2) {
        const int flags = int(reinterpret_cast<const open_how *>(a[2])->flags);
        seen = {.kind = CallKind::Open, .fd = int(a[0]), .name = reinterpret_cast<const char *>(a[1]), .flags = flags};
    } else if (number == SYS_renameat2) {
        seen = {.kind = (a[4] & RENAME_EXCHANGE) ? CallKind::Exchange : CallKind::Rename, .fd = int(a[0]),
                .name = reinterpret_cast<const char *>(a[1]), .toFd = int(a[2]), .toName = reinterpret_cast<const char *>(a[3])};
    } else if (number == SYS_getdents64) {
        seen = {.kind = CallKind::List, .fd = int(a[0])};
    } else {
        return call(number, a[0], a[1], a[2], a[3], a[4], a[5]);
    }
    return shown(seen, [&](const Call &) { return call(number, a[0], a[1], a[2], a[3], a[4], a[5]); });
}

}  // extern "C"
