// SPDX-License-Identifier: Apache-2.0
// A deployed process with the files that it imports: what it means hangs on all of them, so each
// version keeps its own copies, and its hash is over all.
//
// Private to process/.
#ifndef MILLRACE_PROCESS_BUNDLE_H
#define MILLRACE_PROCESS_BUNDLE_H

#include "bpmn/model.h"
#include "db/db.h"

typedef struct ModelFiles {
    BpmnFile file;
    const BpmnFile *others; // among which are those that it imports
    size_t count;
} ModelFiles;

FALLIBLE bundle_read(Ctx *cx, const ModelFiles *files, const BpmnModel **out,
                     BpmnProblems *problems);
// SHA-256, as hexadecimal digits; without imports of the bytes themselves.
const char *bundle_hash(Ctx *cx, const BpmnModel *source);
const char *hash_text(Ctx *cx, const char *bytes, size_t length); // the same of any bytes
FALLIBLE bundle_keep(Ctx *cx, Id version, const BpmnModel *source);
// `row` of process_version has its `id`, `xml` and `file`.
FALLIBLE bundle_load(Ctx *cx, const Row *row, ModelFiles *out);

#endif
