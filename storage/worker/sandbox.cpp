// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/worker/sandbox.h"

#include "storage/worker/protocol.h"

#include <QStringList>

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstddef>
#include <initializer_list>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <vector>

#if __has_include(<linux/landlock.h>)
#include <linux/landlock.h>
#endif

namespace strongroom::storage {

namespace {

#if defined(__x86_64__)
constexpr quint32 kArchitecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr quint32 kArchitecture = AUDIT_ARCH_AARCH64;
#else
constexpr quint32 kArchitecture = 0;   // no filter: the numbers of the calls were not checked there
#endif

#if defined(__SANITIZE_ADDRESS__)
constexpr bool kUnderSanitizer = true;
#else
constexpr bool kUnderSanitizer = false;
#endif
// The sanitizers open a pipe to find out whether memory can be read.
constexpr int kMoreDescriptors = kUnderSanitizer ? 8 : 0;

// Only the low half of an argument is looked at: descriptors, flags and process ids are 32 bits wide, and
// what the kernel ignores need not be judged. Both supported machines are little-endian.
constexpr quint32 offsetOfArgument(int index)
{
    return quint32(offsetof(seccomp_data, args) + size_t(index) * sizeof(quint64));
}

/// A list of calls that are let through; the process ends at any other (W1).
class CallFilter {
public:
    CallFilter()
    {
        load(offsetof(seccomp_data, arch));
        skipUnlessEqual(kArchitecture, 1, [this] { answer(SECCOMP_RET_KILL_PROCESS); }, true);
        load(offsetof(seccomp_data, nr));
    }

    void allow(std::initializer_list<long> calls)
    {
        for (const long call : calls)
            skipUnlessEqual(quint32(call), 1, [this] { answer(SECCOMP_RET_ALLOW); });
    }
    /// Let through when the argument has this value.
    void allowWith(long call, int argument, std::initializer_list<quint32> values)
    {
        skipUnlessEqual(quint32(call), 2 + 2 * values.size(), [&] {
            load(offsetOfArgument(argument));
            for (const quint32 value : values)
                skipUnlessEqual(value, 1, [this] { answer(SECCOMP_RET_ALLOW); });
            answer(SECCOMP_RET_KILL_PROCESS);
        });
    }
    /// Fails with EACCES when it asks for memory that can be executed: libraries that would like to compile
    /// (regular expressions) take no for an answer.
    void allowUnlessExecutable(long call)
    {
        skipUnlessEqual(quint32(call), 4, [this] {
            load(offsetOfArgument(2));
            add(BPF_JMP | BPF_JSET | BPF_K, PROT_EXEC, 1, 0);
            answer(SECCOMP_RET_ALLOW);
            answer(SECCOMP_RET_ERRNO | EACCES);
        });
    }

    bool install()
    {
        answer(SECCOMP_RET_KILL_PROCESS);
        sock_fprog program = {};
        program.len = static_cast<unsigned short>(m_code.size());
        program.filter = m_code.data();
        // For every thread that there is; the number of one that would not have it is no success.
        return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, SECCOMP_FILTER_FLAG_TSYNC, &program) == 0;
    }

private:
    void add(int code, quint32 value, quint8 whenTrue = 0, quint8 whenFalse = 0)
    {
        m_code.push_back({quint16(code), whenTrue, whenFalse, value});
    }
    void load(size_t offset) { add(BPF_LD | BPF_W | BPF_ABS, quint32(offset)); }
    void answer(quint32 action) { add(BPF_RET | BPF_K, action); }
    /// `then` adds exactly `length` instructions, which are stepped over when the loaded value is another.
    template<class Then> void skipUnlessEqual(quint32 value, size_t length, Then then, bool negate = false)
    {
        add(BPF_JMP | BPF_JEQ | BPF_K, value, negate ? quint8(length) : 0, negate ? 0 : quint8(length));
        [[maybe_unused]] const size_t before = m_code.size();
        then();
        Q_ASSERT(m_code.size() == before + length);
    }

    std::vector<sock_filter> m_code;
};

bool filterCalls(const SandboxLimits &limits)
{
    if (kArchitecture == 0 || kUnderSanitizer)
        return false;
    CallFilter filter;
    // Reading: only what was handed over is open, and nothing else can be.
    filter.allow({SYS_read, SYS_pread64, SYS_lseek, SYS_close});
    if (limits.scratchFd < 0) {
        filter.allowWith(SYS_write, 0, {kAnswerFd, kNowhereFd});
    } else {
        filter.allowWith(SYS_write, 0, {kAnswerFd, kNowhereFd, quint32(limits.scratchFd)});
        filter.allowWith(SYS_ftruncate, 0, {quint32(limits.scratchFd)});
    }
    // Memory.
    filter.allow({SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise});
    filter.allowUnlessExecutable(SYS_mmap);
    filter.allowUnlessExecutable(SYS_mprotect);
    // Time and chance (hash seeds), waking nobody.
    filter.allow({SYS_clock_gettime, SYS_getrandom, SYS_futex, SYS_restart_syscall});
    // Ending, also by abort(): a signal to itself and to nobody else.
    filter.allow({SYS_exit, SYS_exit_group, SYS_rt_sigreturn, SYS_rt_sigprocmask, SYS_rt_sigaction, SYS_getpid, SYS_gettid});
    filter.allowWith(SYS_tgkill, 0, {quint32(getpid())});
    return filter.install();
}

bool limit(__rlimit_resource resource, qint64 soft, qint64 hard)
{
    rlimit current = {};
    if (getrlimit(resource, &current) != 0)
        return false;
    // A ceiling that was there before stays where it is lower.
    rlimit wanted = {};
    wanted.rlim_max = std::min<rlim_t>(current.rlim_max, rlim_t(hard));
    wanted.rlim_cur = std::min<rlim_t>(wanted.rlim_max, rlim_t(soft));
    return setrlimit(resource, &wanted) == 0;
}

bool limitResources(const SandboxLimits &limits)
{
    // What ends by processor time first gets SIGXCPU, which tells it from any other end.
    constexpr qint64 kGraceSeconds = 5;
    // What outgrows the scratch file is told so, and does not die of it.
    signal(SIGXFSZ, SIG_IGN);
    bool all = limit(RLIMIT_CORE, 0, 0) && limit(RLIMIT_FSIZE, limits.scratchBytes, limits.scratchBytes)
        && limit(RLIMIT_NOFILE, limits.descriptors + kMoreDescriptors, limits.descriptors + kMoreDescriptors);
    if (limits.cpuSeconds > 0)
        all = limit(RLIMIT_CPU, limits.cpuSeconds, limits.cpuSeconds + kGraceSeconds) && all;
    if (limits.memoryBytes > 0 && !kUnderSanitizer)
        all = limit(RLIMIT_AS, limits.memoryBytes, limits.memoryBytes) && all;
    return all;
}

// A second wall in front of names, and the only one where the filter is missing.
bool landlock([[maybe_unused]] bool onlyAsk)
{
#if defined(LANDLOCK_ACCESS_FS_EXECUTE) && defined(SYS_landlock_create_ruleset)
    if (onlyAsk)
        return syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION) > 0;
    landlock_ruleset_attr rules = {};
    rules.handled_access_fs = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;   // all that the first version knows
    const long ruleset = syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
    if (ruleset < 0)
        return false;
    const bool done = syscall(SYS_landlock_restrict_self, int(ruleset), 0) == 0;
    close(int(ruleset));
    return done;
#else
    return false;
#endif
}

}  // namespace

void closeFrom(int first)
{
    if (syscall(SYS_close_range, unsigned(first), ~0U, 0) == 0)
        return;
    // Linux before 5.9: one by one, up to where they can be.
    rlimit limits = {};
    const qint64 end = getrlimit(RLIMIT_NOFILE, &limits) == 0 ? qint64(std::min<rlim_t>(limits.rlim_cur, 1 << 20)) : 1024;
    for (int fd = first; fd < end; ++fd)
        close(fd);
}

quint32 enterSandbox(const SandboxLimits &limits, const std::function<void()> &lastThreads)
{
    quint32 granted = 0;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    prctl(PR_SET_DUMPABLE, 0);
    if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0)
        granted |= kNoNewPrivileges;
    // Before the descriptors are counted: the rules are one for a moment.
    if (landlock(false))
        granted |= kLandlock;
    if (limitResources(limits))
        granted |= kResourceLimits;
    if (lastThreads)
        lastThreads();
    if (filterCalls(limits))
        granted |= kSeccomp;
    return granted;
}

quint32 availableSandbox()
{
    quint32 bits = kNoNewPrivileges | kResourceLimits;
    const quint32 action = SECCOMP_RET_KILL_PROCESS;
    if (kArchitecture != 0 && !kUnderSanitizer && syscall(SYS_seccomp, SECCOMP_GET_ACTION_AVAIL, 0, &action) == 0)
        bits |= kSeccomp;
    if (landlock(true))
        bits |= kLandlock;
    return bits;
}

QString sandboxWords(quint32 bits)
{
    QStringList words;
    if (bits & kNoNewPrivileges)
        words.append(QStringLiteral("no new privileges"));
    if (bits & kResourceLimits)
        words.append(QStringLiteral("resource limits"));
    if (bits & kSeccomp)
        words.append(QStringLiteral("seccomp"));
    if (bits & kLandlock)
        words.append(QStringLiteral("Landlock"));
    return words.join(QStringLiteral(", "));
}

}  // namespace strongroom::storage
