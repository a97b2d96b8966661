// SPDX-License-Identifier: Apache-2.0
// CSV (RFC 4180), read as a stream in constant memory.
//
// The encoding is recognised from the first CSV_SAMPLE_BYTES: UTF-8 with or without a mark, UTF-16
// by its mark, else GB18030. The delimiter is what stands most often in the first line of "," ";"
// and tab. Lines end in CR LF, LF or CR; empty lines are passed over. Refused with line and column
// (both from 1, the column in characters): a quote within an unquoted field, text behind a closing
// quote, a quote that is never closed, broken characters, a NUL, a row longer than CSV_ROW_BYTES or
// of more than CSV_COLUMNS.
#ifndef MILLRACE_BASE_CSV_H
#define MILLRACE_BASE_CSV_H

#include "base/ctx.h"
#include "base/text.h"

#define CSV_SAMPLE_BYTES 65536
#define CSV_ROW_BYTES (256UL * 1024)
#define CSV_COLUMNS 500

// Gives up to `room` bytes; *got = 0 at the end.
typedef Error *(*CsvSource)(Ctx *cx, char *bytes, size_t room, size_t *got, void *state);

typedef struct Csv Csv;

typedef struct CsvRow {
    const Text *fields; // until the next row
    size_t count;
    int line; // where it begins
} CsvRow;

// `encoding` is a name iconv knows, `delimiter` a byte; NULL and 0: recognised. Everything is
// allocated here, csv_next allocates only its errors.
FALLIBLE csv_open(Ctx *cx, CsvSource source, void *state, const char *encoding, char delimiter,
                  Csv **out);
// *row = NULL behind the last one.
FALLIBLE csv_next(Ctx *cx, Csv *csv, const CsvRow **row);

const char *csv_encoding(const Csv *csv); // "UTF-8", "GB18030", ...
char csv_delimiter(const Csv *csv);

// A source over bytes in memory: pass a CsvBytes as its state.
typedef struct CsvBytes {
    const char *bytes;
    size_t length;
    size_t at;
} CsvBytes;
FALLIBLE csv_bytes_source(Ctx *cx, char *bytes, size_t room, size_t *got, void *state);

// Appends one field, quoted where it must be. A text that a spreadsheet would take for a formula is
// led by an apostrophe when `text` says that it is one.
void csv_write_field(Buffer *out, const char *field, bool text);
// What csv_write_field neutralised, without the apostrophe.
const char *csv_plain(const char *field);

#endif
