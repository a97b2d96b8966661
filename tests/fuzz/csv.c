// SPDX-License-Identifier: Apache-2.0
// CSV: read whole, and again in small pieces, which must give the same; what is text without a NUL
// comes back as it was when it is written and read once more. The first byte is the pieces' size.
#include "base/csv.h"
#include "fuzz.h"

#include <string.h>

typedef struct Pieces {
    CsvBytes bytes;
    size_t most;
} Pieces;

static Error *piece_source(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    Pieces *pieces = state;
    return csv_bytes_source(cx, bytes, room < pieces->most ? room : pieces->most, got,
                            &pieces->bytes);
}

// The rows as our own CSV, and the error that ended them.
static const Error *table(Ctx *cx, Pieces pieces, const char *encoding, Buffer *out)
{
    Csv *csv;
    const CsvRow *row;
    Error *error = csv_open(cx, piece_source, &pieces, encoding, encoding ? ',' : '\0', &csv);
    if (!fuzz_fine(error))
        return error;
    while (fuzz_fine(error = csv_next(cx, csv, &row)) && row) {
        FUZZ_HOLDS(row->line > 0 && row->count > 0 && row->count <= CSV_COLUMNS);
        for (size_t i = 0; i < row->count; i++) {
            const char *field = row->fields[i].bytes;
            FUZZ_HOLDS(strlen(field) == row->fields[i].length);
            FUZZ_HOLDS(csv_plain(field) >= field && csv_plain(field) <= field + 1);
            FUZZ_HOLDS(utf8_valid(field, row->fields[i].length));
            buffer_text(out, i ? "," : "");
            csv_write_field(out, field, false);
        }
        buffer_text(out, "\r\n");
    }
    return error;
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    size_t most = 1 + fuzz_byte(&in);
    Pieces pieces = {{in.at, (size_t)(in.end - in.at), 0}, SIZE_MAX};
    Buffer *whole = buffer_new(cx->arena), *parts = buffer_new(cx->arena);
    const Error *error = table(cx, pieces, NULL, whole);
    pieces.most = most;
    const Error *again = table(cx, pieces, NULL, parts);
    FUZZ_HOLDS(!error == !again && strcmp(whole->bytes, parts->bytes) == 0);
    if (error) {
        FUZZ_HOLDS(error->line == again->line && error->column == again->column);
        return;
    }
    Buffer *twice = buffer_new(cx->arena);
    Pieces own = {{whole->bytes, whole->length, 0}, most};
    // A row of one empty field is an empty line when written, and a first field may look like a
    // mark.
    if (strstr(whole->bytes, "\r\n\r\n") || text_starts(whole->bytes, "\r\n") ||
        text_starts(whole->bytes, "\xef\xbb\xbf"))
        return;
    again = table(cx, own, "UTF-8", twice);
    fuzz_fine(again); // quoting may make a row too long
    FUZZ_HOLDS(again || strcmp(whole->bytes, twice->bytes) == 0);
}

static const char *const seeds[] = {
    "\x03name;amount\r\n\"a \"\"b\"\"\";1,5\r\n\r\nc;2",
    "z\xef\xbb\xbf"
    "a\tb\n\"x\ny\"\t\n",
    "\x01number,name\n1,\xcd\xf5\xce\xb0\n",
    "\x02\xff\xfe"
    "a,b\n",
    "a'=1+1,\"'@x\"\r'-,+\r",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
