// SPDX-License-Identifier: Apache-2.0
// The rows of a file of any format that is imported: CSV, XLSX, or JSON Lines (an object a line).
//
// The format is told by the first bytes. The first row is the header; of JSON Lines it is made of
// the keys of the first object, and a row with a key that is not among them is one column too wide.
// A cell is its text, as CSV would hold it. Memory does not grow with the file; what a row of JSON
// takes lies in cx->arena.
#ifndef MILLRACE_RECORD_IMPORT_ROWS_H
#define MILLRACE_RECORD_IMPORT_ROWS_H

#include "base/csv.h"

typedef struct ImportFile {
    const char *path; // NULL: from `source`, which brings no XLSX
    CsvSource source;
    void *source_state;
    const char *encoding; // of CSV; NULL: recognised
    char delimiter;       // of CSV; 0: recognised
    const char *sheet;    // of XLSX; NULL: the first
} ImportFile;

typedef struct ImportRows ImportRows;

FALLIBLE import_rows_open(Ctx *cx, const ImportFile *file, ImportRows **out);
// *row = NULL behind the last one; valid until the next.
FALLIBLE import_rows_next(Ctx *cx, ImportRows *rows, const CsvRow **row);

const char *import_rows_format(const ImportRows *rows);   // "csv", "xlsx", "jsonl"
const char *import_rows_encoding(const ImportRows *rows); // of CSV, else NULL
char import_rows_delimiter(const ImportRows *rows);       // of CSV, else 0
// The sheet at hand and the names of all, of XLSX.
const char *import_rows_sheet(const ImportRows *rows, size_t *count);
const char *import_rows_sheet_name(const ImportRows *rows, size_t index);

#endif
