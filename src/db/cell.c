// SPDX-License-Identifier: Apache-2.0
#include "db/driver.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

Cell cell_null(void)
{
    return (Cell){CELL_NULL, 0, {NULL, 0}};
}

Cell cell_integer(int64_t integer)
{
    return (Cell){CELL_INTEGER, integer, {NULL, 0}};
}

Cell cell_text(const char *text)
{
    return text ? (Cell){CELL_TEXT, 0, {text, strlen(text)}} : cell_null();
}

Cell cell_bytes(const void *bytes, size_t length)
{
    return (Cell){CELL_BYTES, 0, {bytes ? bytes : "", length}};
}

Cell cell_same(Cell cell)
{
    return cell;
}

RowShape *shape_new(Arena *arena, size_t count)
{
    RowShape *shape = NEW(arena, RowShape);
    shape->count = count;
    shape->names = NEW_ARRAY(arena, const char *, count);
    return shape;
}

// Columns are mostly read in their order: the search goes on behind the one found last.
static const Cell *row_find(const Row *row, const char *column)
{
    RowShape *shape = row->shape;
    for (size_t tried = 0; tried < shape->count; tried++) {
        size_t i = (shape->next + tried) % shape->count;
        if (strcmp(shape->names[i], column) == 0) {
            shape->next = i + 1;
            return &row->cells[i];
        }
    }
    fprintf(stderr, "millrace: a query has no column '%s'\n", column);
    abort();
}

int64_t row_integer(const Row *row, const char *column)
{
    return row_find(row, column)->integer;
}

const char *row_text(const Row *row, const char *column)
{
    return row_find(row, column)->text.bytes;
}

Cell row_cell(const Row *row, const char *column)
{
    return *row_find(row, column);
}

size_t row_width(const Row *row)
{
    return row->shape->count;
}

const char *row_column(const Row *row, size_t index)
{
    return row->shape->names[index];
}
