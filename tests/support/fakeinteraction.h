// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Answers for tests: questions are answered by script, in order; what was asked is kept. An unexpected question is
// declined and noted.

#include "views/interaction.h"
#include "views/settingsstore.h"

#include <QHash>
#include <QQueue>

namespace strongroom::tests {

class FakeInteraction final : public views::Interaction {
public:
    QQueue<QByteArray> paths;       ///< next answers of the file dialogs
    QQueue<int> options;            ///< next answers of choose()
    QQueue<QByteArray> passphrases; ///< next answers of askPassphrase()
    QStringList asked;              ///< titles, in order
    QList<views::Choice> choices;

    void chooseDirectory(QWidget *, const QString &title, const QByteArray &, PathAnswer done) override { answer(title, done); }
    void chooseArchive(QWidget *, const QString &title, const QByteArray &, PathAnswer done) override { answer(title, done); }
    void choose(QWidget *, const views::Choice &choice, ChoiceAnswer done) override
    {
        asked.append(choice.title);
        choices.append(choice);
        if (!options.isEmpty())
            done(options.dequeue());
    }

    void askPassphrase(QWidget *, const QString &title, const QString &, PassphraseAnswer done) override
    {
        asked.append(title);
        if (passphrases.isEmpty())
            return;
        QByteArray text = passphrases.dequeue();
        done(storage::Passphrase::take(text));
    }

private:
    void answer(const QString &title, const PathAnswer &done)
    {
        asked.append(title);
        if (!paths.isEmpty())
            done(paths.dequeue());
    }
};

class MemorySettings final : public views::SettingsStore {
public:
    QHash<QString, QVariant> values;
    [[nodiscard]] QVariant value(const QString &key) const override { return values.value(key); }
    void setValue(const QString &key, const QVariant &value) override
    {
        if (value.isValid())
            values.insert(key, value);
        else
            values.remove(key);
    }
};

}  // namespace strongroom::tests
