// SPDX-License-Identifier: Apache-2.0
#include "record/address.h"

#include "base/json.h"

#include <string.h>

#define SEPARATOR '\x1f'

typedef struct Part {
    const char *name;
    size_t length; // characters
} Part;

static const Part parts[] = {
    {"street", 400}, {"postal_code", 20}, {"city", 100}, {"region", 100}, {"country", 2},
};
#define PARTS (sizeof parts / sizeof *parts)
#define STREET 0
#define COUNTRY 4

// ISO 3166-1 alpha-2, officially assigned (2024).
static const char countries[] =
    "AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ "
    "EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW "
    "GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY "
    "KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV "
    "MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY "
    "QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG "
    "TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM "
    "ZW";

#define REFUSE(...) error_field(FAIL(cx, ERR_INVALID, __VA_ARGS__), field->name)

static FALLIBLE read_country(Ctx *cx, const Field *field, char *code)
{
    for (char *at = code; *at; at++)
        *at = *at >= 'a' && *at <= 'z' ? (char)(*at - 32) : *at;
    const char *at = strlen(code) == 2 ? strstr(countries, code) : NULL;
    if (!at || (at - countries) % 3)
        return error_hint(
            REFUSE("the country of '%s' is no code of ISO 3166: %.20s", field->name, code),
            "Two letters, such as DE, CN or US.");
    return NULL;
}

// Each line without space around it; empty lines and those beyond what is allowed are none.
static FALLIBLE read_street(Ctx *cx, const Field *field, const char *text, const char **out)
{
    Buffer *street = buffer_new(cx->arena);
    int lines = 0;
    for (const char *at = text; *at;) {
        size_t length = strcspn(at, "\r\n");
        const char *line = text_trim(cx->arena, text_slice(cx->arena, at, length));
        at += length + (at[length] != '\0');
        if (*line)
            buffer_format(street, "%s%s", lines++ ? "\n" : "", line);
    }
    if (lines > ADDRESS_LINES)
        return REFUSE("the street of '%s' has more than %d lines", field->name, ADDRESS_LINES);
    *out = street->length ? street->bytes : "";
    return NULL;
}

static FALLIBLE read_part(Ctx *cx, const Field *field, const Part *part, Value given, Value *out)
{
    const char *text = "";
    *out = value_null();
    if (given.kind == VALUE_NULL)
        return NULL;
    if (given.kind != VALUE_TEXT || !utf8_valid(given.text.bytes, given.text.length))
        return REFUSE("'%s' of '%s' must be a text", part->name, field->name);
    if (part == &parts[STREET])
        TRY(read_street(cx, field, given.text.bytes, &text));
    else
        text = text_trim(cx->arena, given.text.bytes);
    for (const char *at = text; *at; at++)
        if ((unsigned char)*at < 0x20 && !(*at == '\n' && part == &parts[STREET]))
            return REFUSE("'%s' of '%s' holds a control character or a line break", part->name,
                          field->name);
    if (utf8_length(text, strlen(text)) > part->length)
        return REFUSE("'%s' of '%s' is longer than %zu characters", part->name, field->name,
                      part->length);
    if (*text && part == &parts[COUNTRY]) {
        char *code = text_copy(cx->arena, text);
        TRY(read_country(cx, field, code));
        text = code;
    }
    *out = *text ? value_text(text) : value_null();
    return NULL;
}

static FALLIBLE read_context(Ctx *cx, const Field *field, Value given, Value *out)
{
    Value address = value_context(cx->arena);
    bool any = false;
    for (size_t i = 0; i < given.context->count; i++) {
        bool known = false;
        for (size_t p = 0; p < PARTS && !known; p++)
            known = text_equal(given.context->entries[i].key, parts[p].name);
        if (!known)
            return error_hint(REFUSE("the address '%s' has no part '%.80s'", field->name,
                                     given.context->entries[i].key),
                              "Its parts are street, postal_code, city, region and country.");
    }
    for (size_t p = 0; p < PARTS; p++) {
        const Value *part = value_get(given, parts[p].name);
        Value value;
        TRY(read_part(cx, field, &parts[p], part ? *part : value_null(), &value));
        value_set(cx->arena, address, parts[p].name, value);
        any = any || value.kind != VALUE_NULL;
    }
    *out = any ? address : value_null();
    return NULL;
}

// Five parts with "|" between them.
static FALLIBLE split_text(Ctx *cx, const Field *field, const char *text, Value *out)
{
    Value address = value_context(cx->arena);
    const char *at = text;
    for (size_t p = 0; p < PARTS; p++) {
        size_t length = strcspn(at, "|");
        char *part = text_slice(cx->arena, at, length);
        for (char *byte = part; *byte && p == STREET; byte++)
            if (*byte == '/' && byte > part && byte[-1] == ' ' && byte[1] == ' ')
                *byte = '\n';
        value_set(cx->arena, address, parts[p].name, value_text(part));
        if ((at[length] == '|') != (p + 1 < PARTS))
            return error_hint(REFUSE("'%s' must be an address", field->name),
                              "As one text: street / second line | postal code | city | region | "
                              "country.");
        at += length + 1;
    }
    *out = address;
    return NULL;
}

FALLIBLE address_read(Ctx *cx, const Field *field, Value given, Value *out)
{
    Value parsed;
    if (given.kind == VALUE_TEXT) {
        const char *text = given.text.bytes;
        if (*text != '{' || json_parse(cx, text, given.text.length, &parsed))
            TRY(split_text(cx, field, text, &parsed));
        given = parsed;
    }
    return given.kind == VALUE_CONTEXT ? read_context(cx, field, given, out)
                                       : REFUSE("'%s' must be an address", field->name);
}

const char *address_column(Ctx *cx, Value address)
{
    Buffer *column = buffer_new(cx->arena);
    for (size_t p = 0; p < PARTS; p++) {
        const char *part = value_get_text(address, parts[p].name);
        if (p)
            buffer_byte(column, SEPARATOR);
        buffer_text(column, part ? part : "");
    }
    return column->bytes;
}

Value address_of_column(Ctx *cx, Text column)
{
    Value address = value_context(cx->arena);
    const char *at = column.bytes, *end = at + column.length;
    for (size_t p = 0; p < PARTS; p++) {
        const char *next = at < end ? memchr(at, SEPARATOR, (size_t)(end - at)) : NULL;
        size_t length = (size_t)((next ? next : end) - at);
        value_set(cx->arena, address, parts[p].name,
                  length ? value_text(text_slice(cx->arena, at, length)) : value_null());
        at = next ? next + 1 : end;
    }
    return address;
}

const char *address_text(Ctx *cx, Value address)
{
    Buffer *text = buffer_new(cx->arena);
    for (size_t p = 0; p < PARTS; p++) {
        const char *part = value_get_text(address, parts[p].name);
        buffer_text(text, p ? " | " : "");
        for (; part && *part; part++)
            if (*part == '\n')
                buffer_text(text, " / ");
            else
                buffer_byte(text, *part);
    }
    return text->bytes;
}

const char *address_words(Ctx *cx, Value address)
{
    Buffer *text = buffer_new(cx->arena);
    for (size_t p = 0; p < PARTS; p++) {
        const char *part = value_get_text(address, parts[p].name);
        if (part)
            buffer_format(text, "%s%s", text->length ? ", " : "", part);
    }
    return text->length ? text->bytes : "";
}

Value address_countries(Ctx *cx)
{
    size_t count = sizeof countries / 3;
    Value *codes = NEW_ARRAY(cx->arena, Value, count);
    for (size_t i = 0; i < count; i++)
        codes[i] = value_text(text_slice(cx->arena, countries + 3 * i, 2));
    return value_list(codes, count);
}
