// SPDX-License-Identifier: Apache-2.0
#include "base/csv.h"

#include "base/messages.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>

struct Csv {
    CsvSource source;
    void *state;
    const char *encoding;
    char delimiter;
    iconv_t converter; // (iconv_t)-1: the bytes are UTF-8 already
    char *raw;         // as it came, CSV_SAMPLE_BYTES
    size_t raw_at, raw_length;
    char *text; // as UTF-8, what raw can become at most
    size_t text_at, text_length;
    size_t text_room;
    bool ended; // the source gave its last byte
    int line, column;
    char *row; // the row's fields, each with a NUL behind it
    size_t row_length;
    Text *fields;
    size_t count;
    CsvRow view;
};

const char *csv_encoding(const Csv *csv)
{
    return csv->encoding;
}

char csv_delimiter(const Csv *csv)
{
    return csv->delimiter;
}

FALLIBLE csv_bytes_source(Ctx *cx, char *bytes, size_t room, size_t *got, void *state)
{
    CsvBytes *source = state;
    (void)cx;
    size_t left = source->length - source->at;
    *got = left < room ? left : room;
    if (*got)
        memcpy(bytes, source->bytes + source->at, *got);
    source->at += *got;
    return NULL;
}

static void close_converter(void *handle)
{
    iconv_close(handle);
}

static Error *fail_at(Ctx *cx, int line, int column, const char *message)
{
    Error *error = FAIL(cx, ERR_INVALID, "%s", message_in(cx->language, message));
    error->line = line;
    error->column = column;
    return error;
}

static FALLIBLE fill_raw(Ctx *cx, Csv *csv)
{
    if (csv->raw_at) {
        memmove(csv->raw, csv->raw + csv->raw_at, csv->raw_length - csv->raw_at);
        csv->raw_length -= csv->raw_at;
        csv->raw_at = 0;
    }
    while (!csv->ended && csv->raw_length < CSV_SAMPLE_BYTES) {
        size_t got = 0;
        TRY(csv->source(cx, csv->raw + csv->raw_length, CSV_SAMPLE_BYTES - csv->raw_length, &got,
                        csv->state));
        csv->raw_length += got;
        csv->ended = !got;
    }
    return NULL;
}

// The sample may end in the middle of a character.
static bool looks_like_utf8(const char *bytes, size_t length, bool whole)
{
    for (size_t cut = 0; cut < 4 && cut <= length; cut++)
        if (utf8_valid(bytes, length - cut))
            return true;
        else if (whole)
            return false;
    return false;
}

static void recognise_encoding(Csv *csv)
{
    const unsigned char *bytes = (const unsigned char *)csv->raw;
    size_t length = csv->raw_length;
    if (length >= 3 && bytes[0] == 0xef && bytes[1] == 0xbb && bytes[2] == 0xbf) {
        csv->encoding = "UTF-8";
        csv->raw_at = 3;
    } else if (length >= 2 && bytes[0] == 0xff && bytes[1] == 0xfe) {
        csv->encoding = "UTF-16LE";
        csv->raw_at = 2;
    } else if (length >= 2 && bytes[0] == 0xfe && bytes[1] == 0xff) {
        csv->encoding = "UTF-16BE";
        csv->raw_at = 2;
    } else {
        csv->encoding = looks_like_utf8(csv->raw, length, csv->ended) ? "UTF-8" : "GB18030";
    }
}

static FALLIBLE convert(Ctx *cx, Csv *csv)
{
    char *from = csv->raw + csv->raw_at, *to = csv->text;
    size_t left = csv->raw_length - csv->raw_at, room = csv->text_room;
    if (csv->converter == (iconv_t)-1) {
        memcpy(to, from, left);
        csv->raw_at += left;
        csv->text_length = left;
        return NULL;
    }
    size_t done = iconv(csv->converter, &from, &left, &to, &room);
    int problem = done == (size_t)-1 ? errno : 0;
    csv->raw_at = (size_t)(from - csv->raw);
    csv->text_length = (size_t)(to - csv->text);
    bool cut_short = problem == EINVAL && csv->ended;
    if ((problem == EILSEQ || cut_short) && !csv->text_length)
        return fail_at(cx, csv->line, csv->column,
                       text_format(cx->arena, message_in(cx->language, "a character is not %s"),
                                   csv->encoding));
    return NULL;
}

// The next byte without taking it; -1 at the end.
static FALLIBLE peek(Ctx *cx, Csv *csv, int *byte)
{
    while (csv->text_at == csv->text_length) {
        csv->text_at = csv->text_length = 0;
        TRY(fill_raw(cx, csv));
        if (csv->raw_at == csv->raw_length) {
            *byte = -1;
            return NULL;
        }
        TRY(convert(cx, csv));
    }
    *byte = (unsigned char)csv->text[csv->text_at];
    return NULL;
}

static void take(Csv *csv, int byte)
{
    csv->text_at++;
    if ((byte & 0xc0) != 0x80)
        csv->column++;
}

static FALLIBLE append(Ctx *cx, Csv *csv, int byte)
{
    if (!byte)
        return fail_at(cx, csv->line, csv->column, "the file holds a NUL");
    if (csv->row_length + 2 >= CSV_ROW_BYTES)
        return fail_at(cx, csv->line, csv->column, "the row is too long");
    csv->row[csv->row_length++] = (char)byte;
    return NULL;
}

// CR LF, LF or CR; within quotes too, where it becomes LF.
static FALLIBLE take_line_end(Ctx *cx, Csv *csv, int byte)
{
    take(csv, byte);
    if (byte == '\r') {
        int next;
        TRY(peek(cx, csv, &next));
        if (next == '\n')
            take(csv, next);
    }
    csv->line++;
    csv->column = 1;
    return NULL;
}

static FALLIBLE read_quoted(Ctx *cx, Csv *csv)
{
    int byte, line = csv->line, column = csv->column;
    take(csv, '"');
    for (;;) {
        TRY(peek(cx, csv, &byte));
        if (byte < 0)
            return fail_at(cx, line, column, "a quote is never closed");
        if (byte == '\r' || byte == '\n') {
            TRY(take_line_end(cx, csv, byte));
            TRY(append(cx, csv, '\n'));
            continue;
        }
        if (byte == '"') {
            take(csv, byte);
            TRY(peek(cx, csv, &byte));
            if (byte != '"')
                break;
        }
        TRY(append(cx, csv, byte));
        take(csv, byte);
    }
    if (byte >= 0 && byte != csv->delimiter && byte != '\r' && byte != '\n')
        return fail_at(cx, csv->line, csv->column, "text stands behind a closing quote");
    return NULL;
}

static FALLIBLE read_plain(Ctx *cx, Csv *csv)
{
    int byte;
    for (;;) {
        TRY(peek(cx, csv, &byte));
        if (byte < 0 || byte == csv->delimiter || byte == '\r' || byte == '\n')
            return NULL;
        if (byte == '"')
            return fail_at(cx, csv->line, csv->column,
                           "a quote stands within a field that does not begin with one");
        TRY(append(cx, csv, byte));
        take(csv, byte);
    }
}

static FALLIBLE read_field(Ctx *cx, Csv *csv)
{
    int byte, line = csv->line, column = csv->column;
    size_t from = csv->row_length;
    if (csv->count >= CSV_COLUMNS)
        return fail_at(cx, line, column, "the row has too many columns");
    TRY(peek(cx, csv, &byte));
    TRY(byte == '"' ? read_quoted(cx, csv) : read_plain(cx, csv));
    Text *field = &csv->fields[csv->count++];
    *field = (Text){csv->row + from, csv->row_length - from};
    csv->row[csv->row_length++] = 0;
    if (!utf8_valid(field->bytes, field->length))
        return error_hint(fail_at(cx, line, column, "the field is not UTF-8"),
                          "Name the file's encoding.");
    return NULL;
}

FALLIBLE csv_next(Ctx *cx, Csv *csv, const CsvRow **row)
{
    int byte;
    for (;;) { // empty lines
        TRY(peek(cx, csv, &byte));
        if (byte != '\r' && byte != '\n')
            break;
        TRY(take_line_end(cx, csv, byte));
    }
    *row = NULL;
    if (byte < 0)
        return NULL;
    csv->count = csv->row_length = 0;
    csv->view.line = csv->line;
    for (;;) {
        TRY(read_field(cx, csv));
        TRY(peek(cx, csv, &byte));
        if (byte != csv->delimiter)
            break;
        take(csv, byte);
    }
    if (byte >= 0)
        TRY(take_line_end(cx, csv, byte));
    csv->view.fields = csv->fields;
    csv->view.count = csv->count;
    *row = &csv->view;
    return NULL;
}

// What stands most often outside quotes in the first line.
static char guess_delimiter(const char *text, size_t length)
{
    static const char known[] = {',', ';', '\t'};
    size_t counts[3] = {0}, best = 0;
    bool quoted = false;
    for (size_t i = 0; i < length; i++) {
        if (text[i] == '"')
            quoted = !quoted;
        if (!quoted && (text[i] == '\n' || text[i] == '\r'))
            break;
        for (size_t k = 0; k < 3 && !quoted; k++)
            counts[k] += text[i] == known[k];
    }
    for (size_t k = 1; k < 3; k++)
        if (counts[k] > counts[best])
            best = k;
    return known[best];
}

FALLIBLE csv_open(Ctx *cx, CsvSource source, void *state, const char *encoding, char delimiter,
                  Csv **out)
{
    Csv *csv = NEW(cx->arena, Csv);
    *csv = (Csv){.source = source,
                 .state = state,
                 .converter = (iconv_t)-1,
                 .raw = arena_alloc(cx->arena, CSV_SAMPLE_BYTES),
                 .text = arena_alloc(cx->arena, CSV_SAMPLE_BYTES * 2),
                 .text_room = CSV_SAMPLE_BYTES * 2,
                 .line = 1,
                 .column = 1,
                 .row = arena_alloc(cx->arena, CSV_ROW_BYTES + CSV_COLUMNS), // and their NULs
                 .fields = NEW_ARRAY(cx->arena, Text, CSV_COLUMNS)};
    TRY(fill_raw(cx, csv));
    recognise_encoding(csv);
    if (encoding)
        csv->encoding = encoding;
    if (!text_equal(csv->encoding, "UTF-8")) {
        csv->converter = iconv_open("UTF-8", csv->encoding);
        if (csv->converter == (iconv_t)-1)
            return FAIL(cx, ERR_INVALID, "unknown encoding '%.40s'", csv->encoding);
        arena_defer(cx->arena, close_converter, csv->converter);
    }
    int byte;
    TRY(peek(cx, csv, &byte));
    csv->delimiter = delimiter ? delimiter : guess_delimiter(csv->text, csv->text_length);
    *out = csv;
    return NULL;
}

static bool is_formula(const char *field)
{
    return *field && strchr("=+-@\t\r", *field);
}

void csv_write_field(Buffer *out, const char *field, bool text)
{
    bool neutralise = text && is_formula(field);
    if (!neutralise && !strpbrk(field, ",;\t\"\r\n")) {
        buffer_text(out, field);
        return;
    }
    buffer_byte(out, '"');
    if (neutralise)
        buffer_byte(out, '\'');
    for (; *field; field++) {
        if (*field == '"')
            buffer_byte(out, '"');
        buffer_byte(out, *field);
    }
    buffer_byte(out, '"');
}

const char *csv_plain(const char *field)
{
    return field[0] == '\'' && is_formula(field + 1) ? field + 1 : field;
}
