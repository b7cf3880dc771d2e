// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/jsoninspector.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qsizetype kKept = 64 * 1024;
constexpr qsizetype kTracked = 2'000'000;

}  // namespace

JsonInspector::JsonInspector(JsonHooks hooks, int maxDepth)
    : m_hooks(std::move(hooks)), m_validator(maxDepth, JsonDialect::Python), m_keys(size_t(maxDepth) + 1)
{
    m_validator.watchDepth(maxDepth);
}

bool JsonInspector::feed(QByteArrayView block)
{
    while (!block.isEmpty() && !m_fault) {
        JsonValidator::Event event;
        const qsizetype taken = m_validator.feedToEvent(block, event);
        const QByteArrayView bytes = block.first(taken);
        block = block.sliced(taken);
        if (m_capturing)
            m_text.append(bytes.first(std::min(bytes.size(), kKept - std::min(kKept, m_text.size()))));
        switch (event) {
        case JsonValidator::Event::None: m_fault = m_validator.fault(); break;
        case JsonValidator::Event::KeyBegin:
            m_text.resize(0);
            m_capturing = true;
            break;
        case JsonValidator::Event::KeyEnd: keyEnds(); break;
        case JsonValidator::Event::ValueBegin: valueBegins(bytes.isEmpty() ? '\0' : bytes.back()); break;
        case JsonValidator::Event::ValueEnd: valueEnds(); break;
        }
    }
    return !m_fault;
}

void JsonInspector::keyEnds()
{
    m_capturing = false;
    m_key = m_text;
    if (m_key.size() < kKept)
        m_key.chop(1);   // the closing quote
    if (m_key.contains('\\'))
        m_key = jsonUnescaped(m_key).toUtf8();
    QSet<size_t> &keys = m_keys[size_t(m_validator.depth())];
    const size_t hash = qHash(m_key, size_t(0x5eed));
    if (keys.contains(hash)) {
        m_fault = m_validator.faultHere(JsonFaultKind::DuplicateKey);
        return;
    }
    if (m_tracked < kTracked) {
        keys.insert(hash);
        ++m_tracked;
    }
    if (m_hooks.key)
        m_hooks.key(m_validator.depth(), QString::fromUtf8(m_key));
}

void JsonInspector::valueBegins(char first)
{
    if (first == '{' || first == '[') {
        QSet<size_t> &keys = m_keys[size_t(m_validator.depth())];
        m_tracked -= keys.size();
        keys.clear();
    }
    m_text.resize(0);
    m_capturing = first == '"' && m_hooks.text && m_hooks.wanted.contains(m_key);
}

void JsonInspector::valueEnds()
{
    if (!std::exchange(m_capturing, false))
        return;
    if (m_text.size() < kKept)
        m_text.chop(1);
    m_hooks.text(m_validator.depth(), m_key, jsonUnescaped(m_text));
}

bool JsonInspector::finish()
{
    if (!m_fault && !m_validator.finish())
        m_fault = m_validator.fault();
    return !m_fault;
}

}  // namespace strongroom::storage
