// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"
#include "base/test.h"

#include <string.h>

// All rows as JSON lists of texts.
static Error *read_all(Ctx *cx, const char *bytes, size_t length, Value *out)
{
    CsvBytes source = {bytes, length, 0};
    ARRAY(Value) rows = {0};
    const CsvRow *row = NULL;
    Csv *csv;
    TRY(csv_open(cx, csv_bytes_source, &source, NULL, 0, &csv));
    for (;;) {
        TRY(csv_next(cx, csv, &row));
        if (!row)
            break;
        Value *items = NEW_ARRAY(cx->arena, Value, row->count);
        for (size_t i = 0; i < row->count; i++)
            items[i] = value_text(text_copy(cx->arena, row->fields[i].bytes));
        array_push(cx->arena, rows) = value_list(items, row->count);
    }
    *out = value_list(rows.items, rows.count);
    return NULL;
}

static Value all_of(Ctx *cx, const char *bytes)
{
    Value value;
    CHECK_OK(read_all(cx, bytes, strlen(bytes), &value));
    return value;
}

TEST(csv_reads_what_rfc_4180_says)
{
    CHECK_JSON(all_of(cx, "a,b\r\n1,\"x,\"\"y\"\"\r\nz\"\r\n"),
               "[[\"a\",\"b\"],[\"1\",\"x,\\\"y\\\"\\nz\"]]");
    CHECK_JSON(all_of(cx, "a;b;c\n1,5;;3\n\n\n;;\n"),
               "[[\"a\",\"b\",\"c\"],[\"1,5\",\"\",\"3\"],[\"\",\"\",\"\"]]");
    CHECK_JSON(all_of(cx, "a\tb\r1\t2"), "[[\"a\",\"b\"],[\"1\",\"2\"]]");
    CHECK_JSON(all_of(cx, "\"a,b\";c\n\"\";\"\""), "[[\"a,b\",\"c\"],[\"\",\"\"]]");
    CHECK_JSON(all_of(cx, ""), "[]");
}

TEST(csv_recognises_the_encoding)
{
    CHECK_JSON(all_of(cx, "\xef\xbb\xbfname,city\n客户,北京\n"),
               "[[\"name\",\"city\"],[\"客户\",\"北京\"]]");
    CHECK_JSON(all_of(cx, "name,city\n\xbf\xcd\xbb\xa7,\xb1\xb1\xbe\xa9\n"),
               "[[\"name\",\"city\"],[\"客户\",\"北京\"]]");
    Value value;
    CHECK_OK(read_all(cx,
                      "\xff\xfe"
                      "a\0,\0"
                      "\x4b\x6d\n\0",
                      10, &value));
    CHECK_JSON(value, "[[\"a\",\"测\"]]");
}

typedef struct Break {
    const char *text;
    const char *words;
    int line;
    int column;
} Break;

TEST(csv_tells_line_and_column_of_what_is_broken)
{
    static const Break breaks[] = {
        {"a,b\n1,x\"y\n", "does not begin with one", 2, 4},
        {"a,b\n客户,\"x\"y\n", "behind a closing quote", 2, 7},
        {"a,b\n1,\"x\ny\n", "never closed", 2, 3},
    };
    for (size_t i = 0; i < sizeof breaks / sizeof *breaks; i++) {
        Value value;
        Error *error = read_all(cx, breaks[i].text, strlen(breaks[i].text), &value);
        CHECK_FAILS(error, ERR_INVALID, breaks[i].words);
        CHECK_INT(error->line, breaks[i].line);
        CHECK_INT(error->column, breaks[i].column);
    }
    Value value;
    CHECK_FAILS(read_all(cx, "a,b\n1,\0", 7, &value), ERR_INVALID, "NUL");
    char *wide = arena_alloc(cx->arena, CSV_COLUMNS + 2);
    memset(wide, ',', CSV_COLUMNS + 1);
    CHECK_FAILS(read_all(cx, wide, CSV_COLUMNS + 1, &value), ERR_INVALID, "too many columns");
    char *longest = arena_alloc(cx->arena, CSV_ROW_BYTES + 1);
    memset(longest, 'x', CSV_ROW_BYTES);
    CHECK_FAILS(read_all(cx, longest, CSV_ROW_BYTES, &value), ERR_INVALID, "too long");
    memset(longest + CSV_ROW_BYTES - 400, ',', 400); // just fits, with a NUL behind each field
    CHECK_OK(read_all(cx, longest, CSV_ROW_BYTES, &value));
}

// A field that is written comes back as it was, wherever the blocks of the reader end.
TEST(csv_reads_back_what_it_writes)
{
    static const char *const pieces[] = {"",   "a",  "客户", "\"",         ",",   ";",
                                         "=1", "-x", "@f",   "two\nlines", "'=q", "\t"};
    uint64_t random = 3;
    for (int round = 0; round < 200; round++) {
        const char *fields[3];
        Buffer *out = buffer_new(cx->arena);
        buffer_text(out, "a,b,c\r\n");
        for (int i = 0; i < 3; i++) {
            Buffer *field = buffer_new(cx->arena);
            for (int k = 0; k < 4; k++) {
                random = random * 6364136223846793005ULL + 1442695040888963407ULL;
                buffer_text(field, pieces[(random >> 33) % 12]);
            }
            fields[i] = field->bytes;
            buffer_text(out, i ? "," : "");
            csv_write_field(out, fields[i], true);
        }
        Value value;
        CHECK_OK(read_all(cx, out->bytes, out->length, &value));
        for (int i = 0; i < 3 && value.list.count == 2; i++) {
            Value back = value.list.items[1].list.items[i];
            CHECK_TEXT(fields[i][0] == '\'' ? fields[i] : csv_plain(back.text.bytes), fields[i]);
        }
    }
}

TEST(csv_neutralises_formulas_in_texts_only)
{
    Buffer *out = buffer_new(cx->arena);
    csv_write_field(out, "=HYPERLINK(\"http://x\")", true);
    csv_write_field(out, "-12.50", false);
    CHECK_TEXT(out->bytes, "\"'=HYPERLINK(\"\"http://x\"\")\"-12.50");
}

TEST(csv_survives_broken_input)
{
    static const char seed[] = "name,\"ci\"\"ty\"\r\n\"a\nb\",\xbf\xcd\n;;\t\"x\",y\n客户,北京\n";
    uint64_t random = 42;
    for (int round = 0; round < 2000; round++) {
        ArenaMark mark = arena_mark(cx->arena);
        char text[sizeof seed];
        memcpy(text, seed, sizeof seed);
        for (int flips = 0; flips < 5; flips++) {
            random = random * 6364136223846793005ULL + 1442695040888963407ULL;
            text[(random >> 33) % (sizeof seed - 1)] = (char)(random >> 24);
        }
        Value value = value_null();
        Error *error = read_all(cx, text, sizeof seed - 1, &value);
        CHECK(error != NULL || value.kind == VALUE_LIST);
        arena_rewind(cx->arena, mark);
    }
}
