// SPDX-License-Identifier: Apache-2.0
#include "record/field.h"

#include "base/ids.h"
#include "base/json.h"
#include "base/phone.h"
#include "record/address.h"

#include <string.h>

#define DURATION_SECONDS (100000LL * 366 * 86400)

bool field_in_text_column(const Field *field)
{
    switch (field->type) {
    case FIELD_TEXT:
    case FIELD_LONG_TEXT:
    case FIELD_CHOICE:
    case FIELD_EMAIL:
    case FIELD_PHONE:
    case FIELD_URL:
    case FIELD_JSON:
    case FIELD_MULTI_CHOICE:
    case FIELD_MULTI_REFERENCE:
    case FIELD_ADDRESS:
    case FIELD_AUTO_NUMBER:
        return true;
    default:
        return false;
    }
}

bool field_is_given(const Field *field)
{
    bool open = text_equal(field->name, "owner") || text_equal(field->name, "department");
    return !field_is_computed(field) && (!field->system || open);
}

bool field_is_text(const Field *field)
{
    return field_in_text_column(field) && field->type != FIELD_CHOICE && !field_is_tree(field);
}

bool field_is_searchable(const Field *field)
{
    return field_is_text(field) || field->type == FIELD_ADDRESS;
}

const char *field_words_in(Ctx *cx, const Field *field, Value value)
{
    if (field->type == FIELD_ADDRESS && value.kind == VALUE_CONTEXT)
        return address_words(cx, value);
    return value.kind == VALUE_TEXT ? field_text_searched(cx, field, value.text.bytes) : NULL;
}

#define REFUSE(...) error_field(FAIL(cx, ERR_INVALID, __VA_ARGS__), field->name)

static bool has_control(Text text, bool lines)
{
    for (size_t i = 0; i < text.length; i++) {
        unsigned char byte = (unsigned char)text.bytes[i];
        if (byte == 0x7f ||
            (byte < 0x20 && !(lines && (byte == '\n' || byte == '\r' || byte == '\t'))))
            return true;
    }
    return false;
}

static bool email_formed(Text text)
{
    const char *at = memchr(text.bytes, '@', text.length);
    if (!at || at == text.bytes || strchr(at + 1, '@') || strchr(text.bytes, ' '))
        return false;
    const char *dot = strrchr(at, '.');
    return dot && dot > at + 1 && dot[1];
}

// Only the two schemes that are safe to click on.
static bool url_formed(Text text)
{
    const char *rest = text_starts(text.bytes, "https://")  ? text.bytes + 8
                       : text_starts(text.bytes, "http://") ? text.bytes + 7
                                                            : NULL;
    return rest && *rest && *rest != '/' && !strpbrk(rest, " <>\"\\");
}

bool record_name_read(const Schema *schema, const char *text, const Entity **entity, Id *id)
{
    char name[SCHEMA_NAME_LENGTH + 1];
    const char *slash = text ? strchr(text, '/') : NULL;
    if (!slash || (size_t)(slash - text) >= sizeof name || !id_parse(slash + 1, id) || !*id)
        return false;
    memcpy(name, text, (size_t)(slash - text));
    name[slash - text] = '\0';
    *entity = schema_entity(schema, name);
    return *entity != NULL;
}

static FALLIBLE coerce_record_name(Ctx *cx, const Field *field, Value given, Value *out)
{
    const Entity *entity;
    Id id;
    if (!record_name_read(cx->schema, given.text.bytes, &entity, &id))
        return error_hint(REFUSE("'%s' names no record", field->name),
                          "It is the entity and the id, as in account/%s.", id_text(cx->arena, 1));
    *out = given;
    return NULL;
}

static FALLIBLE coerce_text(Ctx *cx, const Field *field, Value given, Value *out)
{
    if (given.kind != VALUE_TEXT)
        return REFUSE("'%s' must be a text", field->name);
    if (!utf8_valid(given.text.bytes, given.text.length))
        return REFUSE("'%s' is not UTF-8", field->name);
    if (has_control(given.text, field->type == FIELD_LONG_TEXT))
        return REFUSE("'%s' holds a control character or a line break", field->name);
    if (utf8_length(given.text.bytes, given.text.length) > (size_t)field->length)
        return REFUSE("'%s' is longer than %d characters", field->name, field->length);
    if (field->type == FIELD_EMAIL && !email_formed(given.text))
        return REFUSE("'%s' is no e-mail address", field->name);
    if (field->type == FIELD_URL && !url_formed(given.text))
        return error_hint(REFUSE("'%s' is no web address", field->name),
                          "It begins with https:// or http://.");
    if (field->names_record)
        return coerce_record_name(cx, field, given, out);
    *out = given;
    return NULL;
}

static Error *refuse_phone(Ctx *cx, const Field *field, const char *text, PhoneFault fault)
{
    switch (fault) {
    case PHONE_NO_REGION:
        return error_hint(REFUSE("'%s' does not tell its country", field->name),
                          "Begin with + and the country's code, such as +49 421 5551234. Where the "
                          "company is at home its settings say.");
    case PHONE_NO_CODE:
        return REFUSE("'%s' begins with no country's code: %s", field->name, text);
    case PHONE_TOO_SHORT:
        return REFUSE("'%s' is too short for a telephone number: %s", field->name, text);
    case PHONE_TOO_LONG:
        return REFUSE("'%s' is too long for a telephone number: %s", field->name, text);
    case PHONE_NO_LENGTH:
        return REFUSE("'%s' has a digit too many or too few: %s", field->name, text);
    default:
        return error_hint(REFUSE("'%s' is no phone number", field->name),
                          "Such as +49 421 5551234, or +86 571 87654321 ext. 12.");
    }
}

FALLIBLE field_coerce_phone(Ctx *cx, const Field *field, Value given, const char *region,
                            Value *out)
{
    Value text = value_null();
    char *number = NULL;
    if (given.kind != VALUE_NULL && !(given.kind == VALUE_TEXT && !given.text.length))
        TRY(coerce_text(cx, field, given, &text));
    if (text.kind == VALUE_TEXT) {
        PhoneFault fault = phone_read(cx->arena, text.text.bytes, region, &number);
        if (fault)
            return refuse_phone(cx, field, text.text.bytes, fault);
    }
    *out = value_text(number);
    return NULL;
}

// The country that holds for all records.
static const char *common_country(const Ctx *cx, const Field *field)
{
    return phone_region_known(field->country) ? field->country
           : cx->schema                       ? cx->schema->country
                                              : NULL;
}

const char *field_text_shown(Ctx *cx, const Field *field, const char *text)
{
    const char *home = cx->schema ? cx->schema->country : NULL;
    return field->type == FIELD_PHONE ? phone_write(cx->arena, text, home) : text;
}

const char *field_text_searched(Ctx *cx, const Field *field, const char *text)
{
    return field->type == FIELD_PHONE ? phone_write(cx->arena, text, NULL) : text;
}

static FALLIBLE coerce_choice(Ctx *cx, const Field *field, Value given, Value *out)
{
    if (given.kind == VALUE_TEXT && field_choice(field, given.text.bytes)) {
        *out = given;
        return NULL;
    }
    Buffer *known = buffer_new(cx->arena);
    for (size_t i = 0; i < field->choice_count; i++)
        buffer_format(known, "%s%s", i ? ", " : "", field->choices[i].value);
    Error *error = given.kind == VALUE_TEXT
                       ? REFUSE("'%s' has no choice '%.80s'", field->name, given.text.bytes)
                       : REFUSE("'%s' must be one of its choices", field->name);
    return error_hint(error, "It is one of: %s.", known->bytes);
}

void field_words(Ctx *cx, const char *text, Value *out)
{
    ARRAY(Value) words = {0};
    for (const char *at = text; *at;) {
        at += strspn(at, " ;");
        size_t length = strcspn(at, ";"), kept = length;
        while (kept && at[kept - 1] == ' ')
            kept--;
        if (kept)
            array_push(cx->arena, words) = value_text(text_slice(cx->arena, at, kept));
        at += length;
    }
    *out = value_list(words.items, words.count);
}

const char *field_words_text(Ctx *cx, Value words)
{
    Buffer *text = buffer_new(cx->arena);
    for (size_t i = 0; i < words.list.count; i++) {
        if (words.list.items[i].kind != VALUE_TEXT)
            return NULL;
        buffer_format(text, "%s%s", i ? "; " : "", words.list.items[i].text.bytes);
    }
    return text->length ? text->bytes : "";
}

// Each word once, in the order in which the choices are declared; none is null.
static FALLIBLE choices_in_order(Ctx *cx, const Field *field, Value given, Value *out)
{
    Value *words = NEW_ARRAY(cx->arena, Value, field->choice_count);
    size_t count = 0;
    for (size_t i = 0; i < given.list.count; i++) {
        Value word;
        TRY(coerce_choice(cx, field, given.list.items[i], &word));
    }
    for (size_t c = 0; c < field->choice_count; c++)
        for (size_t i = 0; i < given.list.count; i++)
            if (text_equal(given.list.items[i].text.bytes, field->choices[c].value)) {
                words[count++] = given.list.items[i];
                break;
            }
    *out = count ? value_list(words, count) : value_null();
    return NULL;
}

// Also a text of words with ";" between them, as exports write it.
static FALLIBLE coerce_choices(Ctx *cx, const Field *field, Value given, Value *out)
{
    if (given.kind == VALUE_LIST)
        return choices_in_order(cx, field, given, out);
    if (given.kind != VALUE_TEXT)
        return REFUSE("'%s' must be a list of its choices", field->name);
    Value words;
    field_words(cx, given.text.bytes, &words);
    return choices_in_order(cx, field, words, out);
}

static FALLIBLE coerce_duration(Ctx *cx, const Field *field, Value given, Value *out)
{
    DaysDuration duration;
    if (given.kind == VALUE_DAYS_DURATION)
        duration = given.days_duration;
    else if (given.kind != VALUE_TEXT ||
             !days_duration_parse(given.text.bytes, given.text.length, &duration))
        return error_hint(REFUSE("'%s' must be a duration of days and time", field->name),
                          "Such as PT2H30M or P3D.");
    if (duration.seconds > DURATION_SECONDS || duration.seconds < -DURATION_SECONDS)
        return REFUSE("'%s' is too large", field->name);
    duration.nanoseconds -= duration.nanoseconds % 1000;
    *out = (Value){.kind = VALUE_DAYS_DURATION, .days_duration = duration};
    return NULL;
}

static FALLIBLE coerce_number(Ctx *cx, const Field *field, Value given, Value *out)
{
    Decimal number;
    int64_t scaled;
    if (given.kind == VALUE_NUMBER)
        number = given.number;
    else if (given.kind != VALUE_TEXT ||
             !decimal_parse(given.text.bytes, given.text.length, &number))
        return REFUSE("'%s' must be a number", field->name);
    if (!decimal_to_scaled(number, field->scale, &scaled)) {
        Decimal rounded;
        bool too_fine = decimal_round(number, field->scale, ROUND_HALF_EVEN, &rounded) &&
                        decimal_compare(rounded, number) != 0;
        if (!too_fine)
            return REFUSE("'%s' is too large", field->name);
        return field->scale ? REFUSE("'%s' has more than %d digits after the point", field->name,
                                     field->scale)
                            : REFUSE("'%s' must be a whole number", field->name);
    }
    *out = value_number(decimal_scaled(scaled, -field->scale));
    return NULL;
}

static FALLIBLE coerce_boolean(Ctx *cx, const Field *field, Value given, Value *out)
{
    static const char *const yes[] = {"true", "yes", "1", "是"};
    static const char *const no[] = {"false", "no", "0", "否"};
    if (given.kind == VALUE_BOOLEAN) {
        *out = given;
        return NULL;
    }
    for (size_t i = 0; given.kind == VALUE_TEXT && i < sizeof yes / sizeof *yes; i++)
        if (text_equal(given.text.bytes, yes[i]) || text_equal(given.text.bytes, no[i])) {
            *out = value_boolean(text_equal(given.text.bytes, yes[i]));
            return NULL;
        }
    return REFUSE("'%s' must be true or false", field->name);
}

static FALLIBLE coerce_date(Ctx *cx, const Field *field, Value given, Value *out)
{
    Date date;
    if (given.kind == VALUE_DATE)
        date = given.date;
    else if (given.kind != VALUE_TEXT || !date_parse(given.text.bytes, given.text.length, &date))
        return error_hint(REFUSE("'%s' must be a date", field->name), "Such as 2026-11-22.");
    if (date.year < 1 || date.year > 9999)
        return REFUSE("the year of '%s' is not within 1 to 9999", field->name);
    *out = value_date(date);
    return NULL;
}

static FALLIBLE coerce_instant(Ctx *cx, const Field *field, Value given, Value *out)
{
    Instant instant;
    if (given.kind == VALUE_DATE_TIME)
        instant = instant_from(*given.date_time);
    else if (given.kind != VALUE_TEXT || !instant_parse(given.text.bytes, &instant))
        return error_hint(REFUSE("'%s' must be a date and time with its offset", field->name),
                          "Such as 2026-11-22T10:00:00Z.");
    *out = value_instant(cx->arena, instant);
    return NULL;
}

static FALLIBLE coerce_reference(Ctx *cx, const Field *field, Value given, Value *out)
{
    Id id;
    if (given.kind != VALUE_TEXT || !id_parse(given.text.bytes, &id) || !id)
        return REFUSE("'%s' must be the id of a record of '%s'", field->name, field->to);
    *out = value_text(id_text(cx->arena, id));
    return NULL;
}

// Each once, in the order given; also a text of ids with ";" between them.
static FALLIBLE coerce_references(Ctx *cx, const Field *field, Value given, Value *out)
{
    if (given.kind == VALUE_TEXT)
        field_words(cx, given.text.bytes, &given);
    if (given.kind != VALUE_LIST)
        return REFUSE("'%s' must be a list of ids of records of '%s'", field->name, field->to);
    if (given.list.count > FIELD_TARGETS)
        return REFUSE("'%s' leads to more than %d records", field->name, FIELD_TARGETS);
    Value *ids = NEW_ARRAY(cx->arena, Value, given.list.count + 1);
    size_t count = 0;
    for (size_t i = 0; i < given.list.count; i++) {
        bool twice = false;
        TRY(coerce_reference(cx, field, given.list.items[i], &ids[count]));
        for (size_t k = 0; k < count && !twice; k++)
            twice = value_equal(ids[k], ids[count]);
        count += !twice;
    }
    *out = count ? value_list(ids, count) : value_null();
    return NULL;
}

static FALLIBLE coerce_json(Ctx *cx, const Field *field, Value given, Value *out)
{
    if (strlen(json_text(cx->arena, given)) > FIELD_JSON_BYTES)
        return error_field(FAIL(cx, ERR_LIMIT, "'%s' is longer than %d bytes of JSON", field->name,
                                FIELD_JSON_BYTES),
                           field->name);
    *out = given;
    return NULL;
}

FALLIBLE field_coerce(Ctx *cx, const Field *field, Value given, Value *out)
{
    if (given.kind == VALUE_NULL ||
        (given.kind == VALUE_TEXT && !given.text.length && field->type != FIELD_JSON)) {
        *out = value_null();
        return NULL;
    }
    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_PERCENT:
        return coerce_number(cx, field, given, out);
    case FIELD_BOOLEAN:
        return coerce_boolean(cx, field, given, out);
    case FIELD_DATE:
        return coerce_date(cx, field, given, out);
    case FIELD_INSTANT:
        return coerce_instant(cx, field, given, out);
    case FIELD_CHOICE:
        return coerce_choice(cx, field, given, out);
    case FIELD_MULTI_CHOICE:
        return coerce_choices(cx, field, given, out);
    case FIELD_DURATION:
        return coerce_duration(cx, field, given, out);
    case FIELD_REFERENCE:
        return coerce_reference(cx, field, given, out);
    case FIELD_MULTI_REFERENCE:
        return coerce_references(cx, field, given, out);
    case FIELD_ADDRESS:
        return address_read(cx, field, given, out);
    case FIELD_JSON:
        return coerce_json(cx, field, given, out);
    case FIELD_PHONE:
        return field_coerce_phone(cx, field, given, common_country(cx, field), out);
    default:
        return coerce_text(cx, field, given, out);
    }
}

Cell field_cell(Ctx *cx, const Field *field, Value value)
{
    int64_t integer = 0;
    Id id = 0;
    if (value.kind == VALUE_NULL)
        return cell_null();
    switch (field->type) {
    case FIELD_INTEGER:
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_PERCENT:
        return decimal_to_scaled(value.number, field->scale, &integer) ? cell_integer(integer)
                                                                       : cell_null();
    case FIELD_BOOLEAN:
        return cell_integer(value.boolean);
    case FIELD_DATE:
        return cell_integer(date_to_days(value.date));
    case FIELD_INSTANT:
        return cell_integer(instant_from(*value.date_time));
    case FIELD_REFERENCE:
        return id_parse(value.text.bytes, &id) ? cell_integer(id) : cell_null();
    case FIELD_DURATION:
        return cell_integer(value.days_duration.seconds * 1000000 +
                            value.days_duration.nanoseconds / 1000);
    case FIELD_JSON:
    case FIELD_MULTI_CHOICE:
    case FIELD_MULTI_REFERENCE:
        return cell_text(json_text(cx->arena, value));
    case FIELD_ADDRESS:
        return cell_text(address_column(cx, value));
    default:
        return cell_text(value.text.bytes);
    }
}

FALLIBLE field_value(Ctx *cx, const Field *field, Cell cell, Value *out)
{
    *out = value_null();
    if (cell.kind == CELL_NULL)
        return NULL;
    switch (field->type) {
    case FIELD_INTEGER:
        *out = value_integer(cell.integer);
        return NULL;
    case FIELD_DECIMAL:
    case FIELD_MONEY:
    case FIELD_PERCENT:
        *out = value_number(decimal_scaled(cell.integer, -field->scale));
        return NULL;
    case FIELD_BOOLEAN:
        *out = value_boolean(cell.integer != 0);
        return NULL;
    case FIELD_DATE:
        *out = value_date(date_from_days(cell.integer));
        return NULL;
    case FIELD_INSTANT:
        *out = value_instant(cx->arena, cell.integer);
        return NULL;
    case FIELD_REFERENCE:
        *out = value_text(id_text(cx->arena, cell.integer));
        return NULL;
    case FIELD_DURATION:
        *out = (Value){
            .kind = VALUE_DAYS_DURATION,
            .days_duration = {cell.integer / 1000000, (int32_t)(cell.integer % 1000000) * 1000}};
        return NULL;
    case FIELD_JSON:
    case FIELD_MULTI_CHOICE:
    case FIELD_MULTI_REFERENCE:
        return json_parse(cx, cell.text.bytes, cell.text.length, out);
    case FIELD_ADDRESS:
        *out = address_of_column(cx, cell.text);
        return NULL;
    default:
        *out = value_text_of(cell.text.bytes, cell.text.length);
        return NULL;
    }
}
