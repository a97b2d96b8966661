// SPDX-License-Identifier: Apache-2.0
#include "base/test.h"
#include "base/test_zip.h"
#include "base/xlsx_parts.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define SHEET(rows) "<worksheet><sheetData>" rows "</sheetData></worksheet>"

static const char *const kind_letters = "-tnbdhmle"; // by XlsxKind

// "line: kind text | kind text" of each row.
static Error *read_rows(Ctx *cx, Xlsx *xlsx, char **out)
{
    Buffer *all = buffer_new(cx->arena);
    const CsvRow *row;
    for (;;) {
        TRY(xlsx_next(cx, xlsx, &row));
        if (!row)
            break;
        buffer_format(all, "%d:", row->line);
        for (size_t i = 0; i < row->count; i++)
            buffer_format(all, "%s%c %s", i ? " | " : " ", kind_letters[xlsx_kind(xlsx, i)],
                          row->fields[i].bytes);
        buffer_text(all, "\n");
    }
    *out = all->bytes;
    return NULL;
}

static Error *read_workbook(Ctx *cx, Text bytes, char **out)
{
    Xlsx *xlsx;
    TRY(xlsx_open_bytes(cx, bytes.bytes, bytes.length, NULL, &xlsx));
    return read_rows(cx, xlsx, out);
}

static const char *rows_of(Ctx *cx, const char *properties, const char *styles, const char *texts,
                           const char *sheet)
{
    char *rows;
    CHECK_OK(read_workbook(cx, test_workbook(cx, properties, styles, texts, sheet), &rows));
    return rows;
}

static Error *refusal(Ctx *cx, const char *texts, const char *sheet)
{
    char *rows;
    return read_workbook(cx, test_workbook(cx, NULL, NULL, texts, sheet), &rows);
}

TEST(workbook_cells_are_read_as_csv_would_hold_them)
{
    CHECK_TEXT(rows_of(cx, NULL, NULL,
                       "<sst><si><t>one</t></si><si><r><t>t</t></r><r><t xml:space='preserve'>wo "
                       "</t></r><rPh><t>no</t></rPh></si><si><t>a_x000A_b_x0000__x</t></si></sst>",
                       SHEET("<row r='2'><c r='A2' t='s'><v>0</v></c><c r='C2' t='s'><v>1</v></c>"
                             "<c t='inlineStr'><is><t>in &amp; out</t></is></c>"
                             "<c t='str'><f>A1</f><v>formula</v></c></row>"
                             "<row/><row r='7'><c><v>0.1</v></c><c><v>0.30000000000000004</v></c>"
                             "<c><v>1E3</v></c><c t='b'><v>1</v></c><c t='b'><v>0</v></c>"
                             "<c t='e'><v>#N/A</v></c><c r='G7' t='s'><v>2</v></c></row>")),
               "2: t one | -  | t two  | t in & out | t formula\n"
               "7: n 0.1 | n 0.3 | n 1000 | b true | b false | e #N/A | t a\nb_x0000__x\n");
}

static const char date_styles[] =
    "<styleSheet><numFmts><numFmt numFmtId='164' formatCode='[$-804]yyyy&quot;年&quot;m/d;@'/>"
    "<numFmt numFmtId='165' formatCode='[h]:mm'/><numFmt numFmtId='166' formatCode='0.00E+00'/>"
    "<numFmt numFmtId='167' formatCode='[Red]#,##0 &quot;days&quot;'/></numFmts>"
    "<cellStyleXfs><xf numFmtId='14'/></cellStyleXfs>"
    "<cellXfs><xf numFmtId='0'/><xf numFmtId='14'/><xf numFmtId='22'/><xf numFmtId='20'/>"
    "<xf numFmtId='164'/><xf numFmtId='165'/><xf numFmtId='166'/><xf numFmtId='167'/></cellXfs>"
    "</styleSheet>";

TEST(workbook_dates_are_told_by_the_number_format)
{
    static const char sheet[] =
        SHEET("<row r='1'><c s='1'><v>46023</v></c><c s='2'><v>46023.4375</v></c>"
              "<c s='3'><v>0.75</v></c><c s='4'><v>46023</v></c><c s='5'><v>1.125</v></c>"
              "<c s='6'><v>46023</v></c><c s='7'><v>5</v></c><c s='1'><v>1</v></c>"
              "<c s='1'><v>59</v></c><c s='1'><v>61</v></c><c s='1'><v>-1</v></c>"
              "<c s='99'><v>2</v></c></row>");
    CHECK_TEXT(rows_of(cx, NULL, date_styles, NULL, sheet),
               "1: d 2026-01-01 | m 2026-01-01T10:30:00 | h 18:00:00 | d 2026-01-01 | l P1DT3H | "
               "n 46023 | n 5 | d 1900-01-01 | d 1900-02-28 | d 1900-03-01 | n -1 | n 2\n");
    CHECK_TEXT(rows_of(cx, "<workbookPr date1904='1'/>", date_styles, NULL,
                       SHEET("<row><c s='1'><v>44561</v></c></row>")),
               "1: d 2026-01-01\n");
}

TEST(number_formats_are_recognised)
{
    CHECK_INT(xlsx_format_of("General"), 0);
    CHECK_INT(xlsx_format_of("#,##0.00 \\d;[Red]-d"), 0);
    CHECK_INT(xlsx_format_of("mmm-yy"), XLSX_FORMAT_DATE);
    CHECK_INT(xlsx_format_of("m"), XLSX_FORMAT_DATE);
    CHECK_INT(xlsx_format_of("mm:ss"), XLSX_FORMAT_TIME);
    CHECK_INT(xlsx_format_of("h:mm AM/PM"), XLSX_FORMAT_TIME);
    CHECK_INT(xlsx_format_of("yyyy-mm-dd\\Thh:mm"), XLSX_FORMAT_DATE | XLSX_FORMAT_TIME);
    CHECK_INT(xlsx_format_of("[mm]:ss"), XLSX_FORMAT_ELAPSED);
    CHECK_INT(xlsx_format_of("\"unclosed"), 0);
}

TEST(what_is_no_workbook_is_refused_by_name)
{
    char *rows;
    Error *old = read_workbook(cx, (Text){"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", 8}, &rows);
    CHECK_FAILS(old, ERR_INVALID, "old kind, or encrypted");
    CHECK(strstr(old->hint, "password"));
    CHECK_FAILS(read_workbook(cx, (Text){"a,b\n", 4}, &rows), ERR_INVALID, "not a workbook");
    CHECK_FAILS(read_workbook(cx, (Text){"PK\3\4 but no more", 16}, &rows), ERR_INVALID,
                "not a workbook");
    static const char *const parts[] = {"a.txt", "text", NULL};
    CHECK_FAILS(read_workbook(cx, test_zip(cx, parts), &rows), ERR_INVALID, "not a workbook");
    CHECK_FAILS(refusal(cx, NULL, SHEET("<row><c><v>1</c></row>")), ERR_INVALID, "not well-formed");
    CHECK_FAILS(refusal(cx, NULL, "<!DOCTYPE a [<!ENTITY e 'x'>]>" SHEET("<row/>")), ERR_INVALID,
                "document type declaration");
}

TEST(broken_cells_are_told_with_sheet_row_and_column)
{
    Error *error = refusal(cx, NULL, SHEET("<row r='4'><c r='C4'><v>12a</v></c></row>"));
    CHECK_FAILS(error, ERR_INVALID, "cannot be understood");
    CHECK_TEXT(error->detail, "sheet \"S\", cell C4");
    CHECK_INT(error->line, 4);
    CHECK_INT(error->column, 3);
    CHECK_FAILS(refusal(cx, NULL, SHEET("<row><c t='s'><v>0</v></c></row>")), ERR_INVALID,
                "cannot be understood");
    CHECK_FAILS(refusal(cx, NULL, SHEET("<row r='3'/><row r='2'/>")), ERR_INVALID, "their order");
    CHECK_FAILS(refusal(cx, NULL, SHEET("<row><c r='B1'/><c r='A1'/></row>")), ERR_INVALID,
                "their order");
    CHECK_FAILS(refusal(cx, NULL, SHEET("<row><c r='XFD1'><v>1</v></c></row>")), ERR_LIMIT,
                "500 columns");
}

TEST(bombs_are_refused)
{
    size_t size = 40UL << 20;
    char *spaces = arena_alloc(cx->arena, size + 1);
    memset(spaces, ' ', size);
    CHECK_FAILS(
        refusal(cx, NULL,
                text_format(cx->arena, "<worksheet><sheetData>%s</sheetData></worksheet>", spaces)),
        ERR_LIMIT, "unpacks to too many bytes");
    CHECK_FAILS(refusal(cx, text_format(cx->arena, "<sst><si><t>%s</t></si></sst>", spaces),
                        SHEET("<row/>")),
                ERR_LIMIT, "unpacks to too many bytes");
    memset(spaces, 'x', CSV_ROW_BYTES);
    spaces[CSV_ROW_BYTES] = '\0';
    CHECK_FAILS(
        refusal(cx, NULL,
                text_format(cx->arena, SHEET("<row><c t='str'><v>%s</v></c></row>"), spaces)),
        ERR_LIMIT, "row is too long");
}

static char *scratch_path(Ctx *cx)
{
    return text_format(cx->arena, "/tmp/millrace-xlsx-%d.xlsx", (int)getpid());
}

TEST(what_is_written_is_read_again)
{
    char *path = scratch_path(cx), *rows;
    const char *sheet_of[] = {"a/b:c", "a_b_c", "表格"};
    XlsxWriter *writer;
    Xlsx *xlsx;
    Decimal exact, long_one;
    CHECK(decimal_parse("1234567.89", 10, &exact));
    CHECK(decimal_parse("12345678901234567.5", 19, &long_one));
    DateTime moment = {{2026, 1, 1}, {.nanosecond = 37800000000000}};
    DateTime zoned = {{2026, 1, 1}, {.nanosecond = 0, .zone = zone_utc()}};
    Value cells[] = {
        value_text("=1+1"),
        value_text("_x000A_ \x01 a\nb \xe6\xb5\x8b <&>\""),
        value_null(),
        value_number(exact),
        value_number(long_one),
        value_boolean(true),
        value_date((Date){2026, 1, 1}),
        value_date((Date){1900, 1, 1}),
        value_date((Date){1899, 12, 31}),
        (Value){.kind = VALUE_DATE_TIME, .date_time = &moment},
        (Value){.kind = VALUE_DATE_TIME, .date_time = &zoned},
        (Value){.kind = VALUE_TIME, .time = moment.time},
        value_list((Value[]){value_integer(1), value_text("x")}, 2),
    };
    CHECK_OK(xlsx_create(cx, path, &writer));
    for (int i = 0; i < 3; i++) {
        CHECK_OK(xlsx_add_sheet(cx, writer, sheet_of[i]));
        CHECK_OK(xlsx_write(cx, writer, cells, 1, true));
        CHECK_OK(xlsx_write(cx, writer, cells, i == 2 ? 13 : 1, false));
    }
    CHECK_OK(xlsx_finish(cx, writer));
    CHECK_OK(xlsx_open(cx, path, "表格", &xlsx));
    CHECK_INT(xlsx_sheet_count(xlsx), 3);
    CHECK_TEXT(xlsx_sheet_name(xlsx, 0), "a_b_c");
    CHECK_TEXT(xlsx_sheet_name(xlsx, 1), "a_b_c 2");
    CHECK_TEXT(xlsx_sheet(xlsx), "表格");
    CHECK_OK(read_rows(cx, xlsx, &rows));
    CHECK_TEXT(rows,
               "1: t =1+1\n"
               "2: t =1+1 | t _x000A_ \x01 a\nb \xe6\xb5\x8b <&>\" | -  | n 1234567.89 | "
               "t 12345678901234567.5 | b true | d 2026-01-01 | d 1900-01-01 | t 1899-12-31 "
               "| m 2026-01-01T10:30:00 | t 2026-01-01T00:00:00Z | h 10:30:00 | t [1,\"x\"]\n");
    Error *error = xlsx_open(cx, path, "nowhere", &xlsx);
    CHECK_FAILS(error, ERR_NOT_FOUND, "no sheet");
    CHECK_TEXT(error->hint, "Its sheets: a_b_c, a_b_c 2, 表格.");
    unlink(path);
}

TEST(an_unfinished_workbook_leaves_nothing)
{
    XlsxWriter *writer;
    Value cell = value_text("x");
    char *longest = arena_alloc(cx->arena, LIMIT_XLSX_CELL + 2);
    memset(longest, 'x', LIMIT_XLSX_CELL + 1);
    Value long_cell = value_text(longest);
    ArenaMark mark = arena_mark(cx->arena);
    CHECK_OK(xlsx_create(cx, scratch_path(cx), &writer));
    CHECK_OK(xlsx_add_sheet(cx, writer, ""));
    CHECK_OK(xlsx_write(cx, writer, &cell, 1, false));
    CHECK_FAILS(xlsx_write(cx, writer, &long_cell, 1, false), ERR_LIMIT, "32767 characters");
    arena_rewind(cx->arena, mark);
    CHECK(access(scratch_path(cx), F_OK) != 0);
    CHECK_FAILS(xlsx_create(cx, "/nowhere/at/all.xlsx", &writer), ERR_UNAVAILABLE,
                "cannot be written");
}
