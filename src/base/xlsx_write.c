// SPDX-License-Identifier: Apache-2.0
// Writes workbooks through libxlsxwriter, each row to its temporary file as it comes.
#include "base/xlsx.h"

#include "base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xlsxwriter.h>

#define SHEET_NAME_LETTERS 31
#define LEAST_WIDTH 9
#define MOST_WIDTH 60

struct XlsxWriter {
    lxw_workbook *workbook;
    lxw_worksheet *sheet;
    lxw_format *heading, *date, *time, *date_time;
    const char *path;
    size_t sheet_count;
    lxw_row_t row;
    int widths[CSV_COLUMNS];
    size_t width_count;
};

// An unfinished workbook: the library closes the files of its sheets only when it writes them.
static void drop(void *handle)
{
    XlsxWriter *writer = handle;
    lxw_worksheet *sheet;
    if (!writer->workbook)
        return;
    STAILQ_FOREACH(sheet, writer->workbook->worksheets, list_pointers)
    {
        if (sheet->optimize_tmpfile)
            fclose(sheet->optimize_tmpfile);
        sheet->optimize_tmpfile = NULL;
    }
    lxw_workbook_free(writer->workbook);
    writer->workbook = NULL;
    unlink(writer->path);
}

static lxw_format *format_new(lxw_workbook *workbook, const char *code)
{
    lxw_format *format = workbook_add_format(workbook);
    format_set_num_format(format, code);
    return format;
}

FALLIBLE xlsx_create(Ctx *cx, const char *path, XlsxWriter **out)
{
    XlsxWriter *writer = NEW(cx->arena, XlsxWriter);
    lxw_workbook_options options = {.constant_memory = LXW_TRUE};
    lxw_doc_properties properties = {.created = (time_t)(cx->now / 1000000)};
    FILE *file = fopen(path, "wb"); // the library would say only at the end that it cannot
    if (!file)
        return FAIL(cx, ERR_UNAVAILABLE, "%s cannot be written: %s", path, strerror(errno));
    fclose(file);
    writer->workbook = workbook_new_opt(path, &options);
    writer->path = path;
    if (!writer->workbook)
        return FAIL(cx, ERR_INTERNAL, "out of memory for the workbook");
    arena_defer(cx->arena, drop, writer);
    workbook_set_properties(writer->workbook, &properties);
    writer->heading = workbook_add_format(writer->workbook);
    format_set_bold(writer->heading);
    writer->date = format_new(writer->workbook, "yyyy-mm-dd");
    writer->time = format_new(writer->workbook, "hh:mm:ss");
    writer->date_time = format_new(writer->workbook, "yyyy-mm-dd hh:mm:ss");
    *out = writer;
    return NULL;
}

static void set_widths(XlsxWriter *writer)
{
    for (size_t i = 0; i < writer->width_count; i++) {
        int width = writer->widths[i] < LEAST_WIDTH  ? LEAST_WIDTH
                    : writer->widths[i] > MOST_WIDTH ? MOST_WIDTH
                                                     : writer->widths[i];
        worksheet_set_column(writer->sheet, (lxw_col_t)i, (lxw_col_t)i, width + 2, NULL);
        writer->widths[i] = 0;
    }
    writer->width_count = 0;
}

// Letters that a sheet's name may not hold become "_"; `room` in characters.
static char *sheet_name(Ctx *cx, const char *name, size_t room)
{
    Buffer *fit = buffer_new(cx->arena);
    const char *at = name, *end = name + strlen(name);
    while (at < end && room--) {
        const char *from = at;
        bool fits = utf8_next(&at, end) >= ' ' && !strchr("[]:*?/\\", *from);
        buffer_add(fit, fits ? from : "_", fits ? (size_t)(at - from) : 1);
    }
    if (fit->length && fit->bytes[0] == '\'')
        fit->bytes[0] = '_';
    if (fit->length && fit->bytes[fit->length - 1] == '\'')
        fit->bytes[fit->length - 1] = '_';
    return fit->length ? fit->bytes : "Sheet";
}

FALLIBLE xlsx_add_sheet(Ctx *cx, XlsxWriter *writer, const char *name)
{
    char *fit = sheet_name(cx, name, SHEET_NAME_LETTERS);
    if (++writer->sheet_count > LIMIT_XLSX_SHEETS)
        return FAIL(cx, ERR_LIMIT, "the workbook has more than %d sheets", LIMIT_XLSX_SHEETS);
    for (int i = 2; workbook_validate_sheet_name(writer->workbook, fit) != LXW_NO_ERROR; i++) {
        if (i > LIMIT_XLSX_SHEETS)
            return FAIL(cx, ERR_INVALID, "\"%s\" is no name for a sheet", name);
        fit = text_format(cx->arena, "%s %d", sheet_name(cx, name, SHEET_NAME_LETTERS - 5), i);
    }
    if (writer->sheet)
        set_widths(writer);
    writer->sheet = workbook_add_worksheet(writer->workbook, fit);
    writer->row = 0;
    return writer->sheet ? NULL : FAIL(cx, ERR_INTERNAL, "out of memory for the workbook");
}

// What a spreadsheet keeps of a number: 15 digits.
static bool fits_double(Decimal number)
{
    char text[DECIMAL_TEXT_SIZE], shown[64];
    Decimal again;
    snprintf(shown, sizeof shown, "%.15g", decimal_to_double(number));
    decimal_print(number, text);
    return decimal_parse(shown, strlen(shown), &again) && decimal_compare(number, again) == 0;
}

static bool fits_year(Date date)
{
    return date.year >= 1900 && date.year <= 9999;
}

static lxw_datetime datetime(Date date, TimeOfDay time)
{
    int64_t seconds = time.nanosecond / 1000000000;
    return (lxw_datetime){date.year,
                          date.month,
                          date.day,
                          (int)(seconds / 3600),
                          (int)(seconds / 60 % 60),
                          (double)(time.nanosecond % 60000000000) / 1e9};
}

static const char *text_of(Ctx *cx, Value value)
{
    char text[CALENDAR_TEXT_SIZE] = "";
    switch (value.kind) {
    case VALUE_TEXT:
        return value.text.bytes;
    case VALUE_NUMBER: {
        char digits[DECIMAL_TEXT_SIZE];
        decimal_print(value.number, digits);
        return text_copy(cx->arena, digits);
    }
    case VALUE_DATE:
        date_print(value.date, text);
        break;
    case VALUE_TIME:
        time_print(value.time, text);
        break;
    case VALUE_DATE_TIME:
        date_time_print(*value.date_time, text);
        break;
    case VALUE_DAYS_DURATION:
        days_duration_print(value.days_duration, text);
        break;
    case VALUE_MONTHS_DURATION:
        months_duration_print(value.months, text);
        break;
    default:
        return json_text(cx->arena, value);
    }
    return text_copy(cx->arena, text);
}

// What looks like an escape and is none must be escaped: the library does not.
static const char *escaped(Ctx *cx, const char *text)
{
    if (!strstr(text, "_x"))
        return text;
    Buffer *out = buffer_new(cx->arena);
    for (; *text; text++) {
        bool escape = text[0] == '_' && text[1] == 'x' &&
                      strspn(text + 2, "0123456789ABCDEFabcdef") >= 4 && text[6] == '_';
        buffer_text(out, escape ? "_x005F_" : (char[]){*text, '\0'});
    }
    return out->bytes;
}

static lxw_error write_text(Ctx *cx, const XlsxWriter *writer, lxw_col_t column, Value value,
                            lxw_format *format, size_t *length)
{
    const char *text = text_of(cx, value);
    *length = utf8_length(text, strlen(text));
    return *text ? worksheet_write_string(writer->sheet, writer->row, column, escaped(cx, text),
                                          format)
                 : LXW_NO_ERROR;
}

static lxw_error write_moment(const XlsxWriter *writer, lxw_col_t column, Date date, TimeOfDay time,
                              lxw_format *format)
{
    lxw_datetime moment = datetime(date, time);
    return worksheet_write_datetime(writer->sheet, writer->row, column, &moment, format);
}

static lxw_error write_cell(Ctx *cx, const XlsxWriter *writer, lxw_col_t column, Value value,
                            lxw_format *heading, size_t *length)
{
    *length = 10;
    switch (value.kind) {
    case VALUE_NULL:
        return LXW_NO_ERROR;
    case VALUE_BOOLEAN:
        return worksheet_write_boolean(writer->sheet, writer->row, column, value.boolean, heading);
    case VALUE_NUMBER:
        if (!fits_double(value.number))
            break;
        return worksheet_write_number(writer->sheet, writer->row, column,
                                      decimal_to_double(value.number), heading);
    case VALUE_DATE:
        if (!fits_year(value.date))
            break;
        return write_moment(writer, column, value.date, (TimeOfDay){0}, writer->date);
    case VALUE_TIME:
        if (value.time.zone)
            break;
        return write_moment(writer, column, (Date){0}, value.time, writer->time);
    case VALUE_DATE_TIME:
        if (value.date_time->time.zone || !fits_year(value.date_time->date))
            break;
        *length = 19;
        return write_moment(writer, column, value.date_time->date, value.date_time->time,
                            writer->date_time);
    default:
        break;
    }
    return write_text(cx, writer, column, value, heading, length);
}

FALLIBLE xlsx_write(Ctx *cx, XlsxWriter *writer, const Value *cells, size_t count, bool heading)
{
    if (count > CSV_COLUMNS)
        return FAIL(cx, ERR_LIMIT, "a row has more than %d columns", CSV_COLUMNS);
    if (writer->row >= LIMIT_XLSX_ROWS)
        return FAIL(cx, ERR_LIMIT, "a sheet has more than %d rows", LIMIT_XLSX_ROWS);
    for (size_t i = 0; i < count; i++) {
        size_t length = 0;
        lxw_error error = write_cell(cx, writer, (lxw_col_t)i, cells[i],
                                     heading ? writer->heading : NULL, &length);
        if (error == LXW_ERROR_MAX_STRING_LENGTH_EXCEEDED)
            return error_at(
                FAIL(cx, ERR_LIMIT, "a cell has more than %d characters", LIMIT_XLSX_CELL),
                (int)writer->row + 1, (int)i + 1);
        if (error != LXW_NO_ERROR)
            return FAIL(cx, ERR_INTERNAL, "the workbook cannot be written: %s",
                        lxw_strerror(error));
        if ((int)length > writer->widths[i])
            writer->widths[i] = length > MOST_WIDTH ? MOST_WIDTH : (int)length;
    }
    if (count > writer->width_count)
        writer->width_count = count;
    if (heading && writer->row == 0)
        worksheet_freeze_panes(writer->sheet, 1, 0);
    writer->row++;
    return NULL;
}

FALLIBLE xlsx_finish(Ctx *cx, XlsxWriter *writer)
{
    if (!writer->sheet)
        TRY(xlsx_add_sheet(cx, writer, "Sheet1"));
    set_widths(writer);
    lxw_workbook *workbook = writer->workbook;
    writer->workbook = NULL; // the library frees it whatever comes
    lxw_error error = workbook_close(workbook);
    if (error != LXW_NO_ERROR)
        return FAIL(cx, ERR_UNAVAILABLE, "%s cannot be written: %s", writer->path,
                    lxw_strerror(error));
    return NULL;
}
