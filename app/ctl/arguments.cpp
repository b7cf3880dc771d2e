// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/ctl/arguments.h"

#include <QStringDecoder>

namespace strongroom::app::ctl {

namespace {

constexpr char16_t kEscapeBase = 0xdc00;

bool isEscape(QChar c)
{
    return c.unicode() >= kEscapeBase + 0x80 && c.unicode() <= kEscapeBase + 0xff;
}

}  // namespace

QString argumentFromBytes(QByteArrayView bytes)
{
    QString out;
    for (qsizetype i = 0; i < bytes.size();) {
        qsizetype taken = 0;
        for (qsizetype length = 1; length <= 4 && i + length <= bytes.size(); ++length) {
            QStringDecoder decoder(QStringDecoder::Utf8, QStringDecoder::Flag::Stateless);
            const QString text = decoder(bytes.sliced(i, length));
            if (!decoder.hasError() && !text.isEmpty() && text.toUcs4().size() == 1) {
                out += text;
                taken = length;
                break;
            }
        }
        if (taken == 0) {
            out += QChar(char16_t(kEscapeBase + uchar(bytes[i])));
            taken = 1;
        }
        i += taken;
    }
    return out;
}

QByteArray bytesOf(const QString &argument)
{
    QByteArray out;
    for (qsizetype i = 0; i < argument.size(); ++i) {
        const QChar c = argument[i];
        if (c.isHighSurrogate() && i + 1 < argument.size() && argument[i + 1].isLowSurrogate()) {
            out += argument.mid(i, 2).toUtf8();
            ++i;
        } else if (isEscape(c)) {
            out += char(c.unicode() - kEscapeBase);
        } else {
            out += QString(c).toUtf8();
        }
    }
    return out;
}

}  // namespace strongroom::app::ctl
