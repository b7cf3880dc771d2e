// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "storage/demowriter.h"

#include "storage/treeops.h"

#include <QtEndian>

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

namespace strongroom::storage::demo {

namespace {

// Age of what holds nothing with a time of its own.
constexpr qint64 kOldSeconds = 30 * 86400;

std::array<timespec, 2> timesOf(const QDateTime &time)
{
    const qint64 ms = time.toMSecsSinceEpoch();
    const timespec t = {time_t(ms / 1000), long(ms % 1000) * 1'000'000};
    return {t, t};
}

}  // namespace

Writer::Writer(Fd root, QByteArray rootPath, QDateTime now, Monitor &monitor)
    : m_root(std::move(root)), m_rootPath(std::move(rootPath)), m_now(std::move(now)), m_monitor(monitor)
{
}

void Writer::fail(Error error)
{
    if (!m_error)
        m_error = std::move(error);
}

int Writer::parentOf(const RelPath &path)
{
    const RelPath parent = path.parent();
    if (parent.isRoot())
        return m_root.get();
    if (m_open.isValid() && parent == m_openPath)
        return m_open.get();
    dir(parent.bytes());
    auto fd = openBelow(m_root.get(), parent, O_RDONLY | O_DIRECTORY);
    if (!fd) {
        fail(std::move(fd).error());
        return -1;
    }
    m_open = *std::move(fd);
    m_openPath = parent;
    return m_open.get();
}

void Writer::dir(const QByteArray &path, unsigned mode)
{
    const RelPath whole = RelPath::literal(path);
    if (m_known.contains(whole))
        return;
    RelPath done;
    for (const QByteArray &part : whole.components()) {
        if (m_error)
            return;
        done = done.childUnchecked(part);
        if (m_known.contains(done))
            continue;
        const bool last = done.bytes().size() == path.size();
        if (const auto made = makeDirectories(m_root.get(), done); !made)
            return fail(made.error());
        auto fd = openBelow(m_root.get(), done, O_RDONLY | O_DIRECTORY);
        if (!fd || ::fchmod(fd->get(), last ? mode : 0755) != 0)
            return fail(fd ? Error::fromErrno(errno, done.bytes(), ErrorCode::WriteFailed) : std::move(fd).error());
        m_folders.append(done);
        m_known.insert(done, {});
    }
}

void Writer::file(const QByteArray &path, const QByteArray &content, const QDateTime &modified, unsigned mode)
{
    if (!m_error && m_monitor.stopRequested())
        fail({ErrorCode::Cancelled, {}, 0, {}, {}});
    if (m_error)
        return;
    const RelPath where = RelPath::literal(path);
    const int parent = parentOf(where);
    if (m_error)
        return;
    Fd fd(::openat(parent, where.name().constData(), O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
    if (!fd.isValid())
        return fail(Error::fromErrno(errno, path, ErrorCode::WriteFailed));
    if (const auto written = writeFully(fd.get(), content.constData(), content.size(), path); !written)
        return fail(written.error());
    const auto times = timesOf(modified.isValid() ? modified : m_now);
    if (::fchmod(fd.get(), mode) != 0 || ::futimens(fd.get(), times.data()) != 0)
        return fail(Error::fromErrno(errno, path, ErrorCode::WriteFailed));
    if (const auto closed = fd.close(path); !closed)
        return fail(closed.error());
    touch(where.parent(), modified.isValid() ? modified : m_now);
    m_monitor.addBytes(content.size());
    m_monitor.addItems();
}

void Writer::symlink(const QByteArray &path, const QByteArray &target)
{
    if (m_error)
        return;
    const RelPath where = RelPath::literal(path);
    const int parent = parentOf(where);
    if (m_error)
        return;
    // No fresher than the files beside it: links are never what changed last.
    const auto times = timesOf(m_known.value(where.parent()).isValid() ? m_known.value(where.parent()) : ago(kOldSeconds));
    if (::symlinkat(target.constData(), parent, where.name().constData()) != 0
        || ::utimensat(parent, where.name().constData(), times.data(), AT_SYMLINK_NOFOLLOW) != 0)
        fail(Error::fromErrno(errno, path, ErrorCode::WriteFailed));
}

void Writer::touch(const RelPath &folder, const QDateTime &time)
{
    QDateTime &newest = m_known[folder];
    if (!newest.isValid() || newest < time)
        newest = time;
}

Result<void> Writer::finish()
{
    m_open.reset();
    // Children come after their parents, so backwards every folder is complete before it is passed on.
    for (auto it = m_folders.crbegin(); it != m_folders.crend() && !m_error; ++it) {
        const QDateTime newest = m_known.value(*it).isValid() ? m_known.value(*it) : ago(kOldSeconds);
        touch(it->parent(), newest);
        const auto fd = openBelow(m_root.get(), *it, O_RDONLY | O_DIRECTORY);
        if (!fd || ::futimens(fd->get(), timesOf(newest).data()) != 0)
            fail(fd ? Error::fromErrno(errno, it->bytes(), ErrorCode::WriteFailed) : fd.error());
    }
    if (!m_error && ::futimens(m_root.get(), timesOf(m_now).data()) != 0)
        fail(Error::fromErrno(errno, m_rootPath, ErrorCode::WriteFailed));
    if (m_error)
        return std::unexpected(*m_error);
    return {};
}

quint64 Values::next()
{
    quint64 z = (m_state += 0x9e3779b97f4a7c15ULL);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
    return z ^ (z >> 31);
}

QByteArray Values::bytes(int count)
{
    QByteArray out(count, Qt::Uninitialized);
    for (char &c : out)
        c = char(next() >> 56);
    return out;
}

QByteArray Values::hex(int digits)
{
    return bytes((digits + 1) / 2).toHex().left(digits);
}

QByteArray Values::uuid4()
{
    QByteArray h = hex(32);
    h[12] = '4';
    h[16] = "89ab"[number(4)];
    return h.left(8) + '-' + h.mid(8, 4) + '-' + h.mid(12, 4) + '-' + h.mid(16, 4) + '-' + h.mid(20);
}

void JsonText::newLine()
{
    m_out.append('\n');
    m_out.append(m_levels.size() * 2, ' ');
}

void JsonText::begin()
{
    if (std::exchange(m_afterKey, false) || m_levels.isEmpty())
        return;
    if (!std::exchange(m_levels.last().empty, false))
        m_out.append(',');
    newLine();
}

void JsonText::open(char bracket)
{
    begin();
    m_out.append(bracket);
    m_levels.append({bracket == '{' ? '}' : ']', true});
}

JsonText &JsonText::object()
{
    open('{');
    return *this;
}

JsonText &JsonText::array()
{
    open('[');
    return *this;
}

JsonText &JsonText::end()
{
    const Level level = m_levels.takeLast();
    if (!level.empty)
        newLine();
    m_out.append(level.close);
    return *this;
}

JsonText &JsonText::key(QByteArrayView name)
{
    text(name);
    m_out.append(": ");
    m_afterKey = true;
    return *this;
}

JsonText &JsonText::text(QByteArrayView utf8)
{
    begin();
    m_out.append('"');
    for (const char c : utf8) {
        switch (c) {
        case '"': m_out.append("\\\""); break;
        case '\\': m_out.append("\\\\"); break;
        case '\n': m_out.append("\\n"); break;
        case '\t': m_out.append("\\t"); break;
        default: m_out.append(c);
        }
    }
    m_out.append('"');
    return *this;
}

JsonText &JsonText::number(qint64 value)
{
    begin();
    m_out.append(QByteArray::number(value));
    return *this;
}

JsonText &JsonText::real(double value)
{
    begin();
    const QByteArray digits = QByteArray::number(value, 'g', 17);
    const QByteArray brief = QByteArray::number(value, 'g', 12);
    m_out.append(brief.toDouble() == value ? brief : digits);
    return *this;
}

JsonText &JsonText::flag(bool value)
{
    begin();
    m_out.append(value ? "true" : "false");
    return *this;
}

JsonText &JsonText::null()
{
    begin();
    m_out.append("null");
    return *this;
}

QByteArray naiveUtc(const QDateTime &time, int microseconds)
{
    const QByteArray seconds = time.toUTC().toString(QStringLiteral("yyyy-MM-dd'T'HH:mm:ss")).toLatin1();
    return microseconds == 0 ? seconds : QByteArray(seconds + '.' + QByteArray::number(microseconds).rightJustified(6, '0'));
}

QByteArray zonedUtc(const QDateTime &time, int microseconds, char separator)
{
    QByteArray text = naiveUtc(time, microseconds);
    text[10] = separator;
    return text + "+00:00";
}

namespace {

QByteArray pngBlock(const QByteArray &type, const QByteArray &data)
{
    QByteArray block(4, '\0');
    qToBigEndian<quint32>(quint32(data.size()), block.data());
    block += type + data;
    QByteArray sum(4, '\0');
    const uLong crc = crc32(0, reinterpret_cast<const Bytef *>(block.constData()) + 4, uInt(block.size() - 4));
    qToBigEndian<quint32>(quint32(crc), sum.data());
    return block + sum;
}

}  // namespace

QByteArray pngPicture(int width, int height, quint64 seed)
{
    Values values(seed);
    quint32 noise = quint32(seed) | 1;   // a little grain, as photographs have: sizes look real
    const QByteArray ink = values.bytes(3);
    QList<int> bars;
    for (int i = 0; i < 8; ++i)
        bars.append(height / 6 + values.number(height * 2 / 3));
    QByteArray rows;
    rows.reserve(height * (width * 3 + 1));
    for (int y = 0; y < height; ++y) {
        rows.append('\0');   // filter: none
        for (int x = 0; x < width; ++x) {
            const int bar = x * int(bars.size()) / width;
            const bool inside = height - y < bars.at(bar) && x % (width / int(bars.size())) > 3;
            for (int channel = 0; channel < 3; ++channel) {
                noise ^= noise << 13;
                noise ^= noise >> 17;
                noise ^= noise << 5;
                const int grain = int(noise >> 30);
                rows.append(char((inside ? uchar(ink.at(channel)) / 2 + 40 : 235 - 40 * y / height) + grain));
            }
        }
    }
    QByteArray header(13, '\0');
    qToBigEndian<quint32>(quint32(width), header.data());
    qToBigEndian<quint32>(quint32(height), header.data() + 4);
    header[8] = 8;   // bits per channel
    header[9] = 2;   // RGB
    const QByteArray packed = qCompress(rows, 6).mid(4);   // a zlib stream after Qt's own length
    return QByteArray("\x89PNG\r\n\x1a\n", 8) + pngBlock("IHDR", header) + pngBlock("IDAT", packed) + pngBlock("IEND", {});
}

QByteArray pdfPage(const QByteArray &line)
{
    const QByteArray content = "BT /F1 18 Tf 72 720 Td (" + line + ") Tj ET";
    const QByteArray objects[] = {
        "<</Type/Catalog/Pages 2 0 R>>",
        "<</Type/Pages/Kids[3 0 R]/Count 1>>",
        "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
        "<</Length " + QByteArray::number(content.size()) + ">>\nstream\n" + content + "\nendstream",
        "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    };
    QByteArray out = "%PDF-1.4\n";
    QByteArray table = "0000000000 65535 f \n";
    int number = 0;
    for (const QByteArray &object : objects) {
        table += QByteArray::number(out.size()).rightJustified(10, '0') + " 00000 n \n";
        out += QByteArray::number(++number) + " 0 obj\n" + object + "\nendobj\n";
    }
    const QByteArray start = QByteArray::number(out.size());
    return out + "xref\n0 6\n" + table + "trailer\n<</Size 6/Root 1 0 R>>\nstartxref\n" + start + "\n%%EOF\n";
}

QByteArray jwtLike(const QByteArray &payload, Values &values)
{
    constexpr auto options = QByteArray::Base64UrlEncoding | QByteArray::OmitTrailingEquals;
    return QByteArray(R"({"alg":"HS256","typ":"JWT"})").toBase64(options) + '.' + payload.toBase64(options) + '.'
        + values.bytes(32).toBase64(options);
}

}  // namespace strongroom::storage::demo
