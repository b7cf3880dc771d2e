// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/crew.h"

#include <system_error>
#include <utility>

namespace strongroom::storage {

Crew::Crew(int threads)
{
    try {
        for (int i = 0; threads > 1 && i < threads; ++i)
            m_threads.emplace_back([this, i] { work(i); });
    } catch (const std::system_error &) {
        // As many as the system gives; none is enough.
    }
}

Crew::~Crew()
{
    {
        const std::lock_guard lock(m_mutex);
        m_stopping = true;
        m_jobs.clear();
    }
    m_given.notify_all();
    m_threads.clear();   // joins
}

void Crew::run(Job job)
{
    if (isCallerAlone()) {
        job(0);
        return;
    }
    {
        const std::lock_guard lock(m_mutex);
        m_jobs.push_back(std::move(job));
    }
    m_given.notify_one();
}

void Crew::work(int worker)
{
    for (;;) {
        Job job;
        {
            std::unique_lock lock(m_mutex);
            m_given.wait(lock, [this] { return !m_jobs.empty() || m_stopping; });
            if (m_stopping)
                return;
            job = std::move(m_jobs.front());
            m_jobs.pop_front();
        }
        job(worker);
    }
}

}  // namespace strongroom::storage
