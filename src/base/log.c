// SPDX-License-Identifier: Apache-2.0
// A line is built whole in a fixed buffer and written by one write(2), so that lines of threads do
// not mix and logging works when memory has run out. A line that does not fit ends with "...".
#include "base/log.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define LINE_SIZE 4096
#define TAIL 16 // room kept for "null", or "..." with its quote; the closing brace, the newline

static _Atomic LogLevel least_level = LOG_INFO;
static _Atomic LogForm log_form = LOG_TEXT;

typedef struct Line {
    char bytes[LINE_SIZE];
    size_t length;
    bool full;
} Line;

void log_configure(LogLevel least, LogForm form)
{
    least_level = least;
    log_form = form;
}

static void line_raw(Line *line, const char *bytes, size_t length)
{
    if (line->full || line->length + length > LINE_SIZE - TAIL) {
        line->full = true;
        return;
    }
    memcpy(line->bytes + line->length, bytes, length);
    line->length += length;
}

static void line_put(Line *line, const char *text)
{
    line_raw(line, text, strlen(text));
}

// Control characters, quotes and broken UTF-8 are escaped: a logged text can neither end its line
// nor move the reader's terminal.
static void line_escaped(Line *line, const char *text)
{
    const char *end = text + strlen(text);
    while (text < end) {
        const char *from = text;
        int32_t code_point = utf8_next(&text, end);
        char escape[16];
        if (code_point == '"' || code_point == '\\') {
            snprintf(escape, sizeof escape, "\\%c", (char)code_point);
            line_put(line, escape);
        } else if (code_point < 0) {
            line_put(line, "\\ufffd");
        } else if (code_point < 0x20 || (code_point >= 0x7F && code_point < 0xA0) ||
                   (code_point >= 0x2028 && code_point <= 0x202E)) {
            snprintf(escape, sizeof escape, "\\u%04x", (unsigned)code_point);
            line_put(line, escape);
        } else {
            line_raw(line, from, (size_t)(text - from));
        }
    }
}

static bool is_plain(const char *text)
{
    for (const char *at = text; *at; at++)
        if (*at <= ' ' || *at == '"' || *at == '=' || *at == '\\' || *at == 0x7F)
            return false;
    return *text != '\0';
}

static void line_pair(Line *line, LogForm form, const char *key, const char *value)
{
    size_t before = line->length;
    if (form == LOG_JSON) {
        line_put(line, line->length > 1 ? ",\"" : "\"");
        line_escaped(line, key);
        line_put(line, "\":");
    } else {
        line_put(line, " ");
        line_put(line, key);
        line_put(line, "=");
    }
    line_put(line, "\"");
    if (line->full) { // a key without room for a value goes whole
        line->length = before;
        return;
    }
    line->length--;
    if (!value) {
        const char *none = form == LOG_JSON ? "null" : "-";
        memcpy(line->bytes + line->length, none, strlen(none)); // from the tail
        line->length += strlen(none);
    } else if (form == LOG_TEXT && is_plain(value)) {
        line_put(line, value);
    } else {
        line_put(line, "\"");
        line_escaped(line, value);
        // A cut value is still closed: the rest of the line stays readable for programs.
        if (line->full) {
            memcpy(line->bytes + line->length, "...\"", 4);
            line->length += 4;
        } else {
            line_put(line, "\"");
        }
    }
}

static void line_start(Line *line, LogForm form, LogLevel level, const char *message)
{
    static const char *const words[] = {"debug", "info", "warning", "fault"};
    struct timespec now;
    struct tm utc;
    char time_text[64];
    clock_gettime(CLOCK_REALTIME, &now);
    gmtime_r(&now.tv_sec, &utc);
    size_t length = strftime(time_text, sizeof time_text, "%Y-%m-%dT%H:%M:%S", &utc);
    snprintf(time_text + length, sizeof time_text - length, ".%03ldZ", now.tv_nsec / 1000000);
    if (form == LOG_JSON) {
        line_put(line, "{");
        line_pair(line, form, "time", time_text);
        line_pair(line, form, "level", words[level]);
        line_pair(line, form, "message", message);
        return;
    }
    line_put(line, time_text);
    line_put(line, " ");
    line_put(line, words[level]);
    line_put(line, " ");
    line_escaped(line, message);
}

static void line_write(Line *line, LogForm form)
{
    if (form == LOG_JSON)
        line->bytes[line->length++] = '}';
    line->bytes[line->length++] = '\n';
    ssize_t written = write(STDERR_FILENO, line->bytes, line->length);
    (void)written; // a log that cannot be written has nowhere to complain
}

void log_event(LogLevel level, const char *message, ...)
{
    if (level < least_level)
        return;
    LogForm form = log_form;
    Line line = {.length = 0};
    line_start(&line, form, level, message);
    va_list pairs;
    va_start(pairs, message);
    const char *key;
    while ((key = va_arg(pairs, const char *)) && !line.full)
        line_pair(&line, form, key, va_arg(pairs, const char *));
    va_end(pairs);
    line_write(&line, form);
}

void log_error(const char *where, const Error *error)
{
    char source[128], position[32];
    const char *slash = error->file ? strrchr(error->file, '/') : NULL;
    snprintf(source, sizeof source, "%s:%d",
             slash         ? slash + 1
             : error->file ? error->file
                           : "-",
             error->source_line);
    snprintf(position, sizeof position, "%d:%d", error->line, error->column);
    LogLevel level = error->code == ERR_INTERNAL ? LOG_FAULT : LOG_WARNING;
    LogForm form = log_form;
    if (level < least_level)
        return;
    Line line = {.length = 0};
    line_start(&line, form, level, error->message);
    line_pair(&line, form, "where", where);
    line_pair(&line, form, "code", error_word(error->code));
    if (error->field)
        line_pair(&line, form, "field", error->field);
    if (error->detail)
        line_pair(&line, form, "detail", error->detail);
    if (error->line)
        line_pair(&line, form, "at", position);
    line_pair(&line, form, "source", source);
    line_write(&line, form);
}
