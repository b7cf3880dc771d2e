// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/formats/jsoninspector.h"

#include <algorithm>

namespace strongroom::storage {

namespace {

constexpr qsizetype kKept = 64 * 1024;
constexpr qsizetype kTracked = 2'000'000;
constexpr size_t kFew = 16;
constexpr qsizetype kShort = 64;   // bytes of a key that is kept as it is

size_t hashOf(QByteArrayView key)
{
    return qHash(key, size_t(0x5eed));
}

}  // namespace

bool JsonInspector::OpenKeys::contains(QByteArrayView key) const
{
    qsizetype begin = 0;
    for (const qsizetype end : m_ends) {
        if (end - begin == key.size() && QByteArrayView(m_text).sliced(begin, key.size()) == key)
            return true;
        begin = end;
    }
    return !m_hashes.isEmpty() && m_hashes.contains(hashOf(key));
}

void JsonInspector::OpenKeys::insert(QByteArrayView key)
{
    if (m_ends.size() >= kFew || key.size() > kShort) {
        m_hashes.insert(hashOf(key));
        return;
    }
    if (m_ends.empty())
        m_ends.reserve(kFew);
    m_text.append(key);
    m_ends.push_back(m_text.size());
}

void JsonInspector::OpenKeys::clear()
{
    m_text.resize(0);
    m_ends.clear();
    if (!m_hashes.isEmpty())
        m_hashes.clear();
}

JsonInspector::JsonInspector(JsonHooks hooks, int maxDepth)
    : m_hooks(std::move(hooks)), m_validator(maxDepth, JsonDialect::Python)
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
    const bool isWhole = m_text.size() < kKept;
    m_key.resize(0);
    m_key.append(QByteArrayView(m_text).first(m_text.size() - (isWhole ? 1 : 0)));   // without the closing quote
    if (m_key.contains('\\'))
        m_key = jsonUnescaped(m_key).toUtf8();
    const size_t depth = size_t(m_validator.depth());
    if (m_keys.size() <= depth)
        m_keys.resize(depth + 1);
    OpenKeys &keys = m_keys[depth];
    if (keys.contains(m_key)) {
        m_fault = m_validator.faultHere(JsonFaultKind::DuplicateKey);
        return;
    }
    if (m_tracked < kTracked) {
        keys.insert(m_key);
        ++m_tracked;
    }
    if (m_hooks.key)
        m_hooks.key(m_validator.depth(), QString::fromUtf8(m_key));
}

void JsonInspector::valueBegins(char first)
{
    if (const size_t depth = size_t(m_validator.depth()); (first == '{' || first == '[') && depth < m_keys.size()) {
        OpenKeys &keys = m_keys[depth];
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
