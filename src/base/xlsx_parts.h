// SPDX-License-Identifier: Apache-2.0
// What the readers of workbooks share: how a cell's number is to be understood.
#ifndef MILLRACE_BASE_XLSX_PARTS_H
#define MILLRACE_BASE_XLSX_PARTS_H

#include "base/xlsx.h"

// What a number format shows, or-ed.
typedef enum XlsxFormat {
    XLSX_FORMAT_DATE = 1,
    XLSX_FORMAT_TIME = 2,
    XLSX_FORMAT_ELAPSED = 4, // [h]:mm
} XlsxFormat;

// Of a built-in format (18.8.30, with those of East Asia), and of a format's code.
unsigned xlsx_format_builtin(long id);
unsigned xlsx_format_of(const char *code);

// The text of a number (as the part holds it) under a format; false when it is no number.
#define XLSX_NUMBER_SIZE 128
bool xlsx_number(const char *text, unsigned format, bool from_1904, XlsxKind *kind,
                 char out[static XLSX_NUMBER_SIZE]);

#endif
