// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/singleinstance.h"

#include <QDBusAbstractAdaptor>
#include <QDBusConnection>
#include <QDBusMessage>
#include <QFile>
#include <QVariantMap>

namespace strongroom::app {

namespace {

// The name is the one of the desktop entry; path and interface follow from the Desktop Entry Specification,
// "D-Bus Activation".
const QString kService = QStringLiteral("io.github.strongroom.Strongroom");
const QString kPath = QStringLiteral("/io/github/strongroom/Strongroom");
const QString kInterface = QStringLiteral("org.freedesktop.Application");
constexpr int kPatienceMs = 5000;

/// Asking for the session bus where there is none would start one, which would outlive us.
bool hasBus()
{
    return !qgetenv("DBUS_SESSION_BUS_ADDRESS").isEmpty() || QFile::exists(QString::fromLocal8Bit(qgetenv("XDG_RUNTIME_DIR")) + QStringLiteral("/bus"));
}

QString uriOf(const QByteArray &path)
{
    return QStringLiteral("file://") + QString::fromLatin1(path.toPercentEncoding("/"));
}

class ApplicationAdaptor final : public QDBusAbstractAdaptor {
    Q_OBJECT
    Q_CLASSINFO("D-Bus Interface", "org.freedesktop.Application")

public:
    explicit ApplicationAdaptor(SingleInstance *instance) : QDBusAbstractAdaptor(instance), m_instance(instance) {}

public Q_SLOTS:
    void Activate(const QVariantMap &) { Q_EMIT m_instance->requested({}); }
    void Open(const QStringList &uris, const QVariantMap &)
    {
        QList<QByteArray> paths;
        for (const QString &uri : uris) {
            const QByteArray path = QByteArray::fromPercentEncoding(uri.toUtf8());
            if (path.startsWith("file:///"))
                paths.append(path.sliced(7));
        }
        Q_EMIT m_instance->requested(paths);
    }
    void ActivateAction(const QString &, const QVariantList &, const QVariantMap &) { Q_EMIT m_instance->requested({}); }

private:
    SingleInstance *m_instance;
};

}  // namespace

SingleInstance::SingleInstance(QObject *parent) : QObject(parent) {}

bool SingleInstance::claim(const QList<QByteArray> &paths)
{
    if (!hasBus())
        return true;
    QDBusConnection bus = QDBusConnection::sessionBus();
    if (!bus.isConnected())
        return true;
    // The object comes before the name: who sees the name may call at once.
    new ApplicationAdaptor(this);
    bus.registerObject(kPath, this);
    if (bus.registerService(kService))
        return true;
    bus.unregisterObject(kPath);
    QDBusMessage call = QDBusMessage::createMethodCall(kService, kPath, kInterface, paths.isEmpty() ? QStringLiteral("Activate") : QStringLiteral("Open"));
    if (!paths.isEmpty()) {
        QStringList uris;
        for (const QByteArray &path : paths)
            uris.append(uriOf(path));
        call << uris;
    }
    call << QVariantMap();
    // One that does not answer is no reason to leave the operator without a window.
    return bus.call(call, QDBus::Block, kPatienceMs).type() != QDBusMessage::ReplyMessage;
}

}  // namespace strongroom::app

#include "singleinstance.moc"
