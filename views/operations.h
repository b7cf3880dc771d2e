// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// From an intent to its verb: asks where a question is open, shows the plan, starts what was allowed and says what became
// of it. Holds no data and does no work: verbs are the workspace's, decisions the operator's.

#include "models/workspace.h"
#include "views/messagebar.h"

#include <QDialog>
#include <QObject>
#include <QPointer>
#include <QQueue>
#include <QSet>

#include <functional>

class QTimer;

namespace strongroom::views {

class Interaction;

/// Thread: GUI.
class Operations : public QObject {
    Q_OBJECT

public:
    /// None owned; all must outlive this. \param window parent of every dialog
    Operations(models::Workspace *workspace, Interaction *interaction, QWidget *window);

    void chooseAndOpen();
    void open(const QByteArray &directory);
    void chooseBackupFolder(const QByteArray &root);
    /// \param root empty = asks which one of those that are open
    void backUp(const QByteArray &root, const QStringList &scope);
    void verify(const QByteArray &archive) { verify(archive, {}); }
    void chooseAndRestore(const QByteArray &root, bool asCopy);
    /// \param into data directory; empty = the only open one, else asks
    void restore(const QByteArray &archive, const QByteArray &into, bool asCopy);
    void undo(const QByteArray &directory);
    /// What was dropped, pasted or named on the command line, after a look at it. `root` as `into` above.
    void take(const models::DropContent &content, const QByteArray &root);
    void takePaths(const QList<QByteArray> &paths, const QByteArray &root);
    /// Says why something was not taken, and what can be done with it.
    void refuse(const QString &reason, const QString &hint);
    /// The dialog that waits for a decision; null = none.
    [[nodiscard]] QDialog *dialog() const { return m_dialog; }

Q_SIGNALS:
    void message(const strongroom::views::Message &message);
    void messageObsolete();
    void status(const QString &text);                 ///< small things, for the status bar
    void opened(const QByteArray &directory);         ///< asked for by the operator: show it
    void jobRequested(quint64 id);                    ///< show this job's report

private:
    struct Wish {
        QByteArray archive;
        QByteArray into;
        bool asCopy = false;
        storage::Passphrase passphrase = {};
    };
    void verify(const QByteArray &archive, const storage::Passphrase &passphrase);
    /// Asks for the passphrase of `archive` and goes on with it. \param wrong one was given and did not do
    void askPassphrase(const QByteArray &archive, bool wrong, std::function<void(const storage::Passphrase &)> goOn);
    void chooseTarget(const QByteArray &archive, bool asCopy);
    void planRestore(const Wish &wish);
    void restorePlanned(quint64 id, std::shared_ptr<storage::PreparedRestore> prepared);
    void undoPlanned(quint64 id, const QByteArray &directory, const storage::Plan &plan);
    void reported(quint64 id, const storage::Report &report);
    void verified(quint64 id, const models::VerifyResult &result);
    void failed(quint64 id, models::JobKind kind, const QByteArray &path, const storage::Error &error);
    void openFailed(const QByteArray &root, const storage::Error &error);
    void recovered(const QByteArray &root, const QList<storage::Recovered> &what);
    void showDialog(std::function<QDialog *()> make);
    void nextDialog();
    [[nodiscard]] MessageButton reportButton(quint64 id);

    models::Workspace *m_workspace;
    Interaction *m_interaction;
    QWidget *m_window;
    QHash<quint64, Wish> m_restores;        // plans on their way
    QSet<quint64> m_undos;
    QHash<quint64, QByteArray> m_sniffs;    // job -> root
    QPointer<QDialog> m_dialog;
    QQueue<std::function<QDialog *()>> m_dialogs;
    QTimer *m_slow;                          // a plan that takes longer than this is worth a message
    bool m_busyMessage = false;
};

}  // namespace strongroom::views
