// SPDX-License-Identifier: Apache-2.0
// Workbooks: the bytes as they are, or as the parts of an archive that is whole. Rows go up,
// columns stay within their limit, every field is UTF-8 and no longer than it says.
#include "base/xlsx.h"
#include "base/test_zip.h"
#include "fuzz.h"

#include <string.h>

static void read_all(Ctx *cx, Text bytes)
{
    Xlsx *xlsx;
    const CsvRow *row;
    int line = 0;
    if (!fuzz_fine(xlsx_open_bytes(cx, bytes.bytes, bytes.length, NULL, &xlsx)))
        return;
    while (fuzz_fine(xlsx_next(cx, xlsx, &row)) && row) {
        FUZZ_HOLDS(row->line > line && row->count > 0 && row->count <= CSV_COLUMNS);
        line = row->line;
        for (size_t i = 0; i < row->count; i++) {
            FUZZ_HOLDS(strlen(row->fields[i].bytes) == row->fields[i].length);
            FUZZ_HOLDS(utf8_valid(row->fields[i].bytes, row->fields[i].length));
            FUZZ_HOLDS((xlsx_kind(xlsx, i) == XLSX_EMPTY) == (row->fields[i].length == 0));
        }
    }
}

// The first byte says which parts there are; lines of one "%" part them.
static void run(Ctx *cx, const char *bytes, size_t length)
{
    FuzzBytes in = {bytes, bytes + length};
    unsigned how = fuzz_byte(&in);
    if (how & 1) {
        read_all(cx, (Text){in.at, (size_t)(in.end - in.at)});
        return;
    }
    char *rest = text_slice(cx->arena, in.at, (size_t)(in.end - in.at));
    char *parts[4] = {rest};
    for (int i = 1; i < 4; i++) {
        char *mark = parts[i - 1] ? strstr(parts[i - 1], "\n%\n") : NULL;
        if (mark) {
            *mark = '\0';
            parts[i] = mark + 3;
        }
    }
    read_all(cx, test_workbook(cx, parts[3], parts[2], parts[1], parts[0]));
}

static const char *const seeds[] = {
    "\2<worksheet><sheetData><row r='1'><c r='A1' t='s'><v>0</v></c><c t='inlineStr'><is><t>in</t>"
    "</is></c><c t='b'><v>1</v></c><c t='e'><v>#N/A</v></c></row></sheetData></worksheet>\n%\n"
    "<sst><si><r><t>t_x000A_</t></r><rPh><t>no</t></rPh></si></sst>",
    "\2<x:worksheet xmlns:x='urn:x'><x:row r='3'><x:c r='C3' s='1'><x:v>46023.5</x:v></x:c><x:c "
    "s='2'>"
    "<x:v>1.5</x:v></x:c></x:row><x:row/></x:worksheet>\n%\n<sst/"
    ">\n%\n<styleSheet><numFmts><numFmt "
    "numFmtId='165' formatCode='[h]:mm'/></numFmts><cellXfs><xf numFmtId='0'/><xf "
    "numFmtId='22'/><xf "
    "numFmtId='165'/></cellXfs></styleSheet>\n%\n<workbookPr date1904='1'/>",
    "\1PK\3\4",
    NULL,
};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds};
