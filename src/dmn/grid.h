// SPDX-License-Identifier: Apache-2.0
// The grid of a decision table: for each column the cut points of its tests, and for each cell
// between and on them the set of rules whose test it meets. Finds the rules of a large table
// without trying each, and shows gaps, overlaps and rules that never fire.
//
// A column is in the grid when all its tests are made of literals of one kind; the tests of others
// are tried one by one. An input of another kind than its column is not for the grid.
#ifndef MILLRACE_DMN_GRID_H
#define MILLRACE_DMN_GRID_H

#include "dmn/table.h"

#define GRID_LEAST_RULES 8                    // below, trying each rule is as fast
#define LIMIT_GRID_BYTES (32UL * 1024 * 1024) // of one table

typedef struct GridColumn {
    bool indexed;
    ValueKind kind;
    Value *points; // in order; cell 2i + 1 is points[i], cell 2i lies below it
    size_t point_count;
    uint64_t *cells;   // words of rules, by cell
    uint64_t *allowed; // by cell, whether the input may have such values; NULL: all
    bool others;       // of texts: all that are no point meet the same rules, so cell 0 is them all
} GridColumn;

struct Grid {
    size_t words;
    GridColumn *columns;
    size_t column_count;
};

// The grid of the table whose tests are among `parts`; NULL when no column fits or it grows too
// big.
Grid *grid_build(Ctx *cx, const Table *table, const NodeList *parts);

// Sets the bits of the rules whose indexed tests the inputs meet; false when an input is not for
// the grid.
bool grid_candidates(const Grid *grid, const Value *inputs, uint64_t *rules);

// "[10..20)", "\"a\"", "< 5": the values of a cell.
char *grid_cell_text(Arena *arena, const GridColumn *column, size_t first, size_t last);
size_t grid_cell_count(const GridColumn *column);

#endif
