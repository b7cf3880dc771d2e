// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A look into one file or record, read-only: text, JSON as a tree, picture or bytes. Gets its content from
// models/preview, which reads and masks; here a picture is decoded, within limits.

#include "models/preview.h"

#include <QWidget>

class QLabel;
class QPlainTextEdit;
class QScrollArea;
class QStackedLayout;
class QTreeView;

namespace strongroom::models {
class MetadataModel;
}

namespace strongroom::views {

class EmptyState;

/// Thread: GUI.
class PreviewPane : public QWidget {
    Q_OBJECT

public:
    /// \param queue not owned, must outlive the pane
    explicit PreviewPane(models::JobQueue *queue, QWidget *parent = nullptr);
    void load(std::shared_ptr<const storage::DataDirectory> directory, const storage::Part &part);
    void clear();
    void showContent(const models::PreviewContent &content);

private:
    void showImage(const models::PreviewContent &content);
    void showNothing(const QString &sentence, const QString &hint = {});

    models::Preview *m_preview;
    models::MetadataModel *m_jsonModel;
    QLabel *m_caption;
    QStackedLayout *m_stack;
    EmptyState *m_empty;
    QPlainTextEdit *m_text;
    QTreeView *m_json;
    QScrollArea *m_imageArea;
    QLabel *m_image;
};

}  // namespace strongroom::views
