// SPDX-License-Identifier: Apache-2.0
// Limits on what comes from outside, each named in the error that refuses it.
#ifndef MILLRACE_BASE_LIMITS_H
#define MILLRACE_BASE_LIMITS_H

#define LIMIT_UNIT_BYTES (256UL * 1024 * 1024) // arena of one unit of work
#define LIMIT_JSON_BYTES (16UL * 1024 * 1024)
#define LIMIT_JSON_DEPTH 64
#define LIMIT_VALUE_DEPTH                                                                          \
    60 // of what an expression gives: it fits into JSON and into a packed state
#define LIMIT_BODY_BYTES (16UL * 1024 * 1024)
#define LIMIT_STREAM_BYTES (1024UL * 1024 * 1024)    // a body that its route reads as a stream
#define LIMIT_SPOOL_BYTES (4UL * LIMIT_STREAM_BYTES) // all such bodies of a server together
#define LIMIT_MODEL_BYTES (8UL * 1024 * 1024)        // one BPMN or DMN file
#define LIMIT_EXPRESSION_BYTES (64UL * 1024)
#define LIMIT_FILE_BYTES (100UL * 1024 * 1024)         // one file on a record, unless told
#define LIMIT_FILES_BYTES (100UL * 1024 * 1024 * 1024) // all files of a company, unless told
#define LIMIT_PAGE_ROWS 200
#define LIMIT_BULK_ROWS 1000

#endif
