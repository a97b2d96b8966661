// SPDX-License-Identifier: Apache-2.0
// XLSX (ECMA-376 and ISO/IEC 29500, transitional and strict): workbooks as streams of rows.
// Reading: libzip and expat; writing: libxlsxwriter. They stand behind the two files of this
// header.
//
// Reading is safe on hostile bytes: a document type declaration, an encrypted workbook, and a part
// that unpacks beyond LIMIT_XLSX_PART_BYTES or LIMIT_XLSX_RATIO times its packed size are refused
// by name. Memory grows with the shared texts only, up to LIMIT_XLSX_TEXT_BYTES; never with the
// rows. A cell is what CSV would hold of it: a number as its shortest decimal of at most 15 digits
// (what the spreadsheet shows, 0.1 and not 0.1000000000000000055), a date or time as ISO 8601, told
// by the number format; of a formula its stored value; merged cells hold their value at the top
// left. Empty rows are passed over.
#ifndef MILLRACE_BASE_XLSX_H
#define MILLRACE_BASE_XLSX_H

#include "base/csv.h"
#include "base/value.h"

#define LIMIT_XLSX_BYTES (64UL * 1024 * 1024)       // of the file
#define LIMIT_XLSX_PART_BYTES (512UL * 1024 * 1024) // of a sheet, unpacked
#define LIMIT_XLSX_RATIO 250                        // beyond LIMIT_XLSX_FREE_BYTES
#define LIMIT_XLSX_FREE_BYTES (4UL * 1024 * 1024)
#define LIMIT_XLSX_TEXT_BYTES (48UL * 1024 * 1024) // shared texts together
#define LIMIT_XLSX_TEXTS 1000000
#define LIMIT_XLSX_SHEETS 1000
#define LIMIT_XLSX_ROWS 1048576 // the format's own; columns: CSV_COLUMNS; a row's: CSV_ROW_BYTES
#define LIMIT_XLSX_CELL 32767   // characters of one, the format's own

typedef enum XlsxKind {
    XLSX_EMPTY,
    XLSX_TEXT,
    XLSX_NUMBER,
    XLSX_BOOLEAN, // "true" or "false"
    XLSX_DATE,
    XLSX_TIME,
    XLSX_DATE_TIME, // local
    XLSX_DURATION,
    XLSX_ERROR, // "#N/A", "#DIV/0!"
} XlsxKind;

typedef struct Xlsx Xlsx;

// True when the bytes begin as a ZIP archive does.
bool xlsx_looks_like(const char *bytes, size_t length);

// Opens the sheet of that name, NULL: the first one that is not hidden. ERR_INVALID when it is no
// workbook (with a hint for old and encrypted ones), ERR_NOT_FOUND without the file or the sheet,
// with the names there are. The bytes must live as long as the workbook.
FALLIBLE xlsx_open(Ctx *cx, const char *path, const char *sheet, Xlsx **out);
FALLIBLE xlsx_open_bytes(Ctx *cx, const char *bytes, size_t length, const char *sheet, Xlsx **out);

const char *xlsx_sheet(const Xlsx *xlsx); // the one that is open
size_t xlsx_sheet_count(const Xlsx *xlsx);
const char *xlsx_sheet_name(const Xlsx *xlsx, size_t index);

// *row = NULL behind the last one; `line` is the row's number in the sheet. Valid until the next
// call. Errors carry line and column, and the sheet and the cell as detail.
FALLIBLE xlsx_next(Ctx *cx, Xlsx *xlsx, const CsvRow **row);
XlsxKind xlsx_kind(const Xlsx *xlsx, size_t column); // of a cell of the row at hand, from 0

// "C5" of column 3, row 5.
char *xlsx_cell_name(Arena *arena, int column, int row);

// --- Writing -------------------------------------------------------------------------------------

typedef struct XlsxWriter XlsxWriter;

// Writes to a file, which stands complete only when xlsx_finish has returned NULL.
FALLIBLE xlsx_create(Ctx *cx, const char *path, XlsxWriter **out);
// Begins a sheet. The name is made to fit: 31 characters, without []:*?/\, unique.
FALLIBLE xlsx_add_sheet(Ctx *cx, XlsxWriter *writer, const char *name);
// Numbers that a spreadsheet would round (beyond 15 digits), dates before 1900 and times in a zone
// become text; lists and contexts JSON. A heading is bold, and as first row stays in sight.
// ERR_LIMIT for too many rows or columns or a text that is too long.
FALLIBLE xlsx_write(Ctx *cx, XlsxWriter *writer, const Value *cells, size_t count, bool heading);
FALLIBLE xlsx_finish(Ctx *cx, XlsxWriter *writer);

#endif
