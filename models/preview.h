// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// A look into one part, read-only and masked: text, JSON, picture or bytes. Reads in a job, through the data
// directory's tree only; decoding a picture is the view's affair.

#include "storage/datadirectory.h"

#include <QJsonValue>
#include <QObject>

#include <memory>

namespace strongroom::models {

class JobQueue;

enum class PreviewKind : quint8 {
    None,    ///< nothing to show; `note` says why
    Text,    ///< `text`
    Json,    ///< `json`, for MetadataModel; `text` holds the same, indented
    Image,   ///< `bytes` of the whole file
    Hex,     ///< `text`: offset, 16 bytes, characters a line
};

struct PreviewContent {
    PreviewKind kind = PreviewKind::None;
    storage::Part part;
    QString text;              ///< secrets masked
    QJsonValue json;           ///< secrets masked
    QByteArray bytes;          ///< Image only
    QString format;            ///< "png", "json", "text", "binary"
    qint64 fileBytes = 0;      ///< size of the file
    bool truncated = false;    ///< the file is larger than what is shown
    QString note;              ///< translated sentence; empty = nothing to say
};

inline constexpr qint64 kPreviewTextBytes = 256 << 10;
inline constexpr qint64 kPreviewJsonBytes = 4 << 20;
inline constexpr qint64 kPreviewImageBytes = 32 << 20;
inline constexpr qint64 kPreviewHexBytes = 64 << 10;

/// The work itself. A record's preview is the record where the file is a JSON object of at most
/// kPreviewJsonBytes that has it. Errors: by cause; Cancelled. Thread: worker.
[[nodiscard]] storage::Result<PreviewContent> readPreview(const storage::DataDirectory &directory, const storage::Part &part,
                                                          storage::Monitor &monitor);

/// Thread: GUI. The newest load wins; older answers are dropped.
class Preview : public QObject {
    Q_OBJECT

public:
    /// \param queue not owned, must outlive this.
    explicit Preview(JobQueue *queue, QObject *parent = nullptr);
    ~Preview() override;

    void load(std::shared_ptr<const storage::DataDirectory> directory, const storage::Part &part);
    void clear();                  ///< drops what is on its way
    [[nodiscard]] bool isLoading() const { return m_job != 0; }

Q_SIGNALS:
    void loadingChanged(bool loading);
    void ready(const strongroom::models::PreviewContent &content);
    void failed(const strongroom::storage::Part &part, const strongroom::storage::Error &error);

private:
    JobQueue *m_queue;
    quint64 m_job = 0;
};

}  // namespace strongroom::models
