// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Questions to the operator that are answered elsewhere: file choosers and small choices. An interface, so that
// tests answer by script. Every call returns at once; the answer comes later, or never when it was declined.

#include "storage/passphrase.h"

#include <QByteArray>
#include <QList>
#include <QString>

#include <functional>

class QWidget;

namespace strongroom::views {

/// One answer of a choice.
struct ChoiceOption {
    QString text;      ///< what the button or row says
    QString detail;    ///< a second line; may be empty
    QString icon;      ///< name in the icon set
};

struct Choice {
    QString title;
    QString text;
    QList<ChoiceOption> options;
    int preselected = 0;
};

/// Paths are absolute and 8-bit. `parent` is not owned; `done` is not called when the operator declines or
/// `parent` goes away first. Thread: GUI.
class Interaction {
public:
    using PathAnswer = std::function<void(const QByteArray &path)>;
    using ChoiceAnswer = std::function<void(int option)>;
    using PassphraseAnswer = std::function<void(const storage::Passphrase &passphrase)>;

    virtual ~Interaction() = default;
    /// \param start folder to begin in; empty = where the operator was last
    virtual void chooseDirectory(QWidget *parent, const QString &title, const QByteArray &start, PathAnswer done) = 0;
    virtual void chooseArchive(QWidget *parent, const QString &title, const QByteArray &start, PathAnswer done) = 0;
    virtual void choose(QWidget *parent, const Choice &choice, ChoiceAnswer done) = 0;
    /// \param text what the passphrase is for, and what was wrong with the last one; plain text
    virtual void askPassphrase(QWidget *parent, const QString &title, const QString &text, PassphraseAnswer done) = 0;
};

/// The real one: Qt's dialogs, window-modal, never a nested event loop.
class DialogInteraction final : public Interaction {
public:
    void chooseDirectory(QWidget *parent, const QString &title, const QByteArray &start, PathAnswer done) override;
    void chooseArchive(QWidget *parent, const QString &title, const QByteArray &start, PathAnswer done) override;
    void choose(QWidget *parent, const Choice &choice, ChoiceAnswer done) override;
    void askPassphrase(QWidget *parent, const QString &title, const QString &text, PassphraseAnswer done) override;
};

}  // namespace strongroom::views
