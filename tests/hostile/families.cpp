// SPDX-FileCopyrightText: The Strongroom authors
// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/hostile/families.h"

namespace strongroom::tests {

namespace {

const char kMetadata[] = "{\"550e8400-e29b-41d4-a716-446655440000\": {\"template_id\": \"t\"}}";
const char kSession[] = "{\"session_id\": \"550e8400-e29b-41d4-a716-446655440000\", \"template_id\": \"t\"}";

}  // namespace

TarBuilder healthyData()
{
    return TarBuilder()
        .dir("data/")
        .file("data/auth/tokens.json", "{}", 0600)
        .file("data/storage/metadata.json", kMetadata)
        .file("data/storage/session_550e8400-e29b-41d4-a716-446655440000/metadata.json", kSession);
}

Expected healthyContent()
{
    return {{"auth/tokens.json", "{}"}, {"storage/metadata.json", kMetadata}, {"storage/session_550e8400-e29b-41d4-a716-446655440000/metadata.json", kSession}};
}

QList<FamilyCase> allFamilies(const Aim &aim)
{
    QList<FamilyCase> all;
    all += bombFamilies();
    all += compressionFamilies();
    all += contentFamilies();
    all += controlFamilies();
    all += duplicateFamilies();
    all += extensionFamilies(aim);
    all += headerFamilies();
    all += linkFamilies(aim);
    all += manifestFamilies(aim);
    all += nameFamilies();
    all += nodeFamilies();
    all += pathFamilies(aim);
    all += sweepFamilies();
    all += wrongKindFamilies();
    all += zipFamilies(aim);
    return all;
}

}  // namespace strongroom::tests
