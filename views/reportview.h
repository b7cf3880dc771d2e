// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// What became of one job, to read and to copy: outcome, counts, warnings, and for a failure what, why and what next.

#include "models/workspace.h"

#include <QHash>
#include <QWidget>

class QPushButton;
class QTextBrowser;

namespace strongroom::models {
class Job;
}

namespace strongroom::views {

/// Thread: GUI.
class ReportView : public QWidget {
    Q_OBJECT

public:
    explicit ReportView(models::Workspace *workspace, QWidget *parent = nullptr);
    /// Null shows nothing selected. The job is not kept.
    void showJob(const models::Job *job);
    [[nodiscard]] QString plainText() const;

private:
    [[nodiscard]] QString html(const models::Job &job) const;

    QHash<quint64, models::VerifyResult> m_verified;   // reading jobs leave no report of their own
    QList<quint64> m_verifiedOrder;
    QTextBrowser *m_text;
    QPushButton *m_copy;
};

}  // namespace strongroom::views
