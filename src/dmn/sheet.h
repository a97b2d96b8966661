// SPDX-License-Identifier: Apache-2.0
// The layout of a decision table in a sheet, as writing and reading share it; docs/dmn.md shows it.
#ifndef MILLRACE_DMN_SHEET_H
#define MILLRACE_DMN_SHEET_H

#include "dmn/write.h"

typedef enum SheetRow {
    SHEET_LABEL,
    SHEET_NAME,
    SHEET_EXPRESSION,
    SHEET_TYPE,
    SHEET_VALUES,
    SHEET_DEFAULT,
    SHEET_ROW_COUNT,
} SheetRow;

typedef enum SheetColumn {
    SHEET_INPUT,
    SHEET_OUTPUT,
    SHEET_ANNOTATION,
    SHEET_COLUMN_COUNT,
} SheetColumn;

extern const char *const sheet_rows[SHEET_ROW_COUNT]; // what stands in the first column
// What stands in the first row, which is also what the table calls it; and the elements of a rule.
extern const char *const sheet_columns[SHEET_COLUMN_COUNT];
extern const char *const sheet_entries[SHEET_COLUMN_COUNT];

FALLIBLE sheet_element(Ctx *cx, const Dmn *model, const char *name, const Element **out);
const XmlNode *sheet_logic(const Element *element); // its expression, NULL when it has none

#endif
