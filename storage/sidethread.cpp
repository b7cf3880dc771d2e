// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/sidethread.h"

#include <condition_variable>
#include <mutex>
#include <pthread.h>
#include <thread>
#include <utility>

namespace strongroom::storage {

namespace {

constexpr size_t kStack = 512 * 1024;

}  // namespace

struct SideThread::Shared {
    std::mutex mutex;
    std::condition_variable changed;
    std::function<void()> task;   // set while there is one
    bool begun = false;
    bool ending = false;
    pthread_t thread = {};

    void live() noexcept
    {
        std::unique_lock lock(mutex);
        begun = true;
        changed.notify_all();
        for (;;) {
            changed.wait(lock, [this] { return ending || task; });
            if (!task)
                return;
            lock.unlock();
            task();
            lock.lock();
            task = nullptr;
            changed.notify_all();
        }
    }
};

SideThread::SideThread(std::unique_ptr<Shared> shared) : d(std::move(shared)) {}

std::unique_ptr<SideThread> SideThread::start()
{
    auto shared = std::make_unique<Shared>();
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return nullptr;
    pthread_attr_setstacksize(&attributes, kStack);
    const auto live = [](void *given) -> void * {
        static_cast<Shared *>(given)->live();
        return nullptr;
    };
    const bool started = pthread_create(&shared->thread, &attributes, live, shared.get()) == 0;
    pthread_attr_destroy(&attributes);
    if (!started)
        return nullptr;
    // What a thread asks the system for as it begins is behind it then.
    std::unique_lock lock(shared->mutex);
    shared->changed.wait(lock, [&shared] { return shared->begun; });
    lock.unlock();
    return std::unique_ptr<SideThread>(new SideThread(std::move(shared)));
}

std::unique_ptr<SideThread> SideThread::startFor(int jobs)
{
    const bool alone = jobs == 1 || (jobs <= 0 && std::thread::hardware_concurrency() <= 1);
    return alone ? nullptr : start();
}

SideThread::~SideThread()
{
    {
        const std::lock_guard lock(d->mutex);
        d->ending = true;
    }
    d->changed.notify_all();
    pthread_join(d->thread, nullptr);
}

void SideThread::run(std::function<void()> task)
{
    std::unique_lock lock(d->mutex);
    d->changed.wait(lock, [this] { return !d->task; });
    d->task = std::move(task);
    d->changed.notify_all();
}

void SideThread::wait()
{
    std::unique_lock lock(d->mutex);
    d->changed.wait(lock, [this] { return !d->task; });
}

}  // namespace strongroom::storage
