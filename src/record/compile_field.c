// SPDX-License-Identifier: Apache-2.0
// The fields of an entity, from text to Field, and their expressions.
#include "record/compile.h"

#include <string.h>

typedef struct SystemField {
    const char *name;
    FieldType type;
    const char *to;
    Title title;
} SystemField;

static const SystemField system_fields[] = {
    {"id", FIELD_REFERENCE, NULL, {"Id", "标识"}},
    {"version", FIELD_INTEGER, NULL, {"Version", "版本"}},
    {"created_at", FIELD_INSTANT, NULL, {"Created", "创建时间"}},
    {"created_by", FIELD_REFERENCE, "user", {"Created by", "创建人"}},
    {"modified_at", FIELD_INSTANT, NULL, {"Changed", "修改时间"}},
    {"modified_by", FIELD_REFERENCE, "user", {"Changed by", "修改人"}},
    {"owner", FIELD_REFERENCE, "user", {"Owner", "负责人"}},
    {"department", FIELD_TEXT, NULL, {"Department", "部门"}},
};
#define SYSTEM_FIELDS (sizeof system_fields / sizeof *system_fields)

static int default_length(FieldType type)
{
    switch (type) {
    case FIELD_LONG_TEXT:
        return 20000;
    case FIELD_EMAIL:
        return 254;
    case FIELD_PHONE:
        return 40;
    case FIELD_URL:
        return 2000;
    default:
        return 200;
    }
}

// Also what standards write otherwise: zh-CN, EUR.
static bool choice_word_valid(const char *word)
{
    size_t length = strlen(word);
    return length > 0 && length <= SCHEMA_NAME_LENGTH &&
           strspn(word, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-.") ==
               length;
}

static FALLIBLE compile_choices(Ctx *cx, const YamlNode *node, Field *field)
{
    const YamlNode *list = NULL;
    TRY(yaml_get_list(cx, node, "choices", &list));
    bool chooses = field->type == FIELD_CHOICE || field->type == FIELD_MULTI_CHOICE;
    if (chooses != (list != NULL && list->count > 0))
        return yaml_error(cx, node, "a choice, and nothing else, has choices");
    if (!list)
        return NULL;
    Choice *choices = NEW_ARRAY(cx->arena, Choice, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const YamlNode *item = list->items[i];
        Choice *choice = &choices[i];
        if (item->kind == YAML_SCALAR) {
            choice->value = item->text;
            choice->title = (Title){item->text, item->text};
        } else {
            TRY(yaml_map(cx, item, "a choice"));
            bool active;
            TRY(yaml_known(cx, item, "value title colour active"));
            TRY(compile_active(cx, item, &active));
            choice->inactive = !active;
            TRY(yaml_get_text(cx, item, "value", true, &choice->value));
            choice->title = (Title){choice->value, choice->value};
            TRY(compile_title(cx, item, "title", false, &choice->title));
            TRY(yaml_get_text(cx, item, "colour", false, &choice->colour));
        }
        if (!choice_word_valid(choice->value))
            return yaml_error(cx, item, "'%s' is no word for a choice", choice->value);
        if (field_choice(field, choice->value))
            return yaml_error(cx, item, "the choice '%s' stands twice", choice->value);
        field->choices = choices;
        field->choice_count = i + 1;
    }
    return NULL;
}

// What a reference leads to, and what becomes of it when that is deleted.
static FALLIBLE compile_target(Ctx *cx, const YamlNode *node, Field *field)
{
    const char *when_deleted = NULL;
    TRY(yaml_get_text(cx, node, "to", field_refers(field), &field->to));
    TRY(yaml_get_text(cx, node, "when_deleted", false, &when_deleted));
    if ((field->to || when_deleted) && !field_refers(field))
        return yaml_error(cx, node, "only a reference leads to an entity");
    field->lets_go = text_equal(when_deleted, "clear");
    if (when_deleted && !field->lets_go && !text_equal(when_deleted, "refuse"))
        return yaml_error(cx, yaml_get(node, "when_deleted"),
                          "'when_deleted' is refuse or clear, not '%s'", when_deleted);
    if (field->lets_go && field->required && field->type == FIELD_REFERENCE)
        return yaml_error(cx, node, "a reference that is required cannot be cleared");
    return NULL;
}

// Text with parts of the date and exactly one {counter:N}.
FALLIBLE compile_pattern(Ctx *cx, const YamlNode *node, const char *pattern)
{
    int counters = 0;
    for (const char *at = strchr(pattern, '{'); at; at = strchr(at + 1, '{')) {
        if (text_starts(at, "{counter:") && at[9] >= '1' && at[9] <= '9' && at[10] == '}')
            counters++;
        else if (!text_starts(at, "{year}") && !text_starts(at, "{month}") &&
                 !text_starts(at, "{day}"))
            return yaml_error(cx, node,
                              "a number knows {year}, {month}, {day} and {counter:1} to "
                              "{counter:9} only");
    }
    if (counters != 1)
        return yaml_error(cx, node, "a number needs exactly one {counter:N}");
    return NULL;
}

// The pattern must tell numbers of one period from those of the next.
static FALLIBLE check_restart(Ctx *cx, const YamlNode *node, const Field *field)
{
    static const char *const periods[] = {"year", "month", "day"};
    size_t asked = 0;
    while (asked < 3 && !text_equal(periods[asked], field->restart))
        asked++;
    if (asked == 3 && !text_equal(field->restart, "never"))
        return yaml_error(cx, node, "a counter restarts by year, month, day or never");
    for (size_t i = 0; asked < 3 && i <= asked; i++)
        if (!strstr(field->pattern, text_format(cx->arena, "{%s}", periods[i])))
            return yaml_error(cx, node, "a counter that restarts by %s needs {%s} in its pattern",
                              field->restart, periods[i]);
    return NULL;
}

static FALLIBLE compile_auto_number(Ctx *cx, const YamlNode *node, Field *field)
{
    bool drawn = field->type == FIELD_AUTO_NUMBER;
    TRY(yaml_get_text(cx, node, "pattern", drawn, &field->pattern));
    TRY(yaml_get_text(cx, node, "restart", false, &field->restart));
    if (!drawn)
        return field->pattern || field->restart
                   ? yaml_error(cx, node, "only an auto_number has a pattern")
                   : NULL;
    TRY(compile_pattern(cx, yaml_get(node, "pattern"), field->pattern));
    if (field->restart)
        TRY(check_restart(cx, yaml_get(node, "restart"), field));
    if (yaml_get(node, "default") || yaml_get(node, "computed") || yaml_get(node, "rollup"))
        return yaml_error(cx, node, "an auto_number is drawn, and neither computed nor set");
    field->number = field->unique = true;
    return NULL;
}

static FALLIBLE compile_field(Ctx *cx, const YamlNode *node, Field *field)
{
    const char *type = NULL;
    TRY(yaml_known(
        cx, node,
        "name active type title help required unique default validate message to choices scale "
        "length personal ask_reason indexed indexed_by record computed currency country read "
        "edit when_deleted rollup pattern restart live"));
    TRY(compile_get_name(cx, node, "name", &field->name));
    TRY(yaml_get_text(cx, node, "type", true, &type));
    if (!field_type_find(type, &field->type))
        return error_hint(yaml_error(cx, yaml_get(node, "type"), "unknown type '%s'", type),
                          "Known: %s.", field_type_words(cx));
    TRY(compile_title(cx, node, "title", true, &field->title));
    TRY(compile_title(cx, node, "help", false, &field->help));
    TRY(compile_title(cx, node, "message", false, &field->message));
    TRY(yaml_get_boolean(cx, node, "required", &field->required));
    TRY(yaml_get_boolean(cx, node, "unique", &field->unique));
    TRY(yaml_get_boolean(cx, node, "personal", &field->personal));
    TRY(yaml_get_boolean(cx, node, "ask_reason", &field->asks_reason));
    TRY(yaml_get_boolean(cx, node, "indexed", &field->indexed));
    TRY(yaml_get_text(cx, node, "indexed_by", false, &field->indexed_by));
    TRY(yaml_get_boolean(cx, node, "record", &field->names_record));
    if (field->names_record && field->type != FIELD_TEXT)
        return yaml_error(cx, node, "only a text names a record of any entity");
    TRY(yaml_get_text(cx, node, "currency", false, &field->currency));
    TRY(yaml_get_text(cx, node, "country", false, &field->country));
    TRY(yaml_get_text(cx, node, "read", false, &field->read_permission));
    TRY(yaml_get_text(cx, node, "edit", false, &field->edit_permission));
    TRY(compile_target(cx, node, field));
    field->length = default_length(field->type);
    TRY(yaml_get_integer(cx, node, "length", 1, 1000000, &field->length));
    if (field->type == FIELD_DECIMAL || field->type == FIELD_MONEY || field->type == FIELD_PERCENT)
        field->scale = field->type == FIELD_DECIMAL ? 4 : 2;
    else if (yaml_get(node, "scale"))
        return yaml_error(cx, node, "only decimal, money and percent have a scale");
    TRY(yaml_get_integer(cx, node, "scale", 0, 9, &field->scale));
    if (field->unique && (field_is_tree(field) || field->type == FIELD_LONG_TEXT))
        return yaml_error(cx, node, "a %s cannot be unique", type);
    TRY(yaml_get_boolean(cx, node, "live", &field->live));
    TRY(compile_auto_number(cx, node, field));
    return compile_choices(cx, node, field);
}

static void add_system_fields(Draft *draft)
{
    for (size_t i = 0; i < SYSTEM_FIELDS; i++)
        draft->fields[i] = (Field){.name = system_fields[i].name,
                                   .type = system_fields[i].type,
                                   .to = system_fields[i].to,
                                   .title = system_fields[i].title,
                                   .system = true,
                                   .length = SCHEMA_NAME_LENGTH};
}

FALLIBLE compile_fields(Ctx *cx, Draft *draft)
{
    Entity *entity = draft->entity;
    const YamlNode *list = NULL;
    TRY(yaml_get_list(cx, draft->root, "fields", &list));
    if (!list || !list->count)
        return yaml_error(cx, draft->root, "the entity '%s' has no fields", entity->name);
    size_t room = SYSTEM_FIELDS + 1 + list->count;
    if (room > SCHEMA_FIELDS)
        return yaml_error(cx, list, "an entity has at most %d fields", SCHEMA_FIELDS);
    draft->fields = NEW_ARRAY(cx->arena, Field, room);
    draft->field_nodes = NEW_ARRAY(cx->arena, const YamlNode *, room);
    add_system_fields(draft);
    size_t count = SYSTEM_FIELDS;
    if (entity->number_pattern)
        draft->fields[count++] = (Field){.name = "number",
                                         .type = FIELD_TEXT,
                                         .title = {"Number", "编号"},
                                         .number = true,
                                         .pattern = entity->number_pattern,
                                         .unique = true,
                                         .length = 60};
    for (size_t i = 0; i < list->count; i++) {
        bool active;
        TRY(yaml_map(cx, list->items[i], "a field"));
        TRY(compile_active(cx, list->items[i], &active));
        if (!active)
            continue;
        draft->field_nodes[count] = list->items[i];
        TRY(compile_field(cx, list->items[i], &draft->fields[count++]));
    }
    Map *by_name = map_new(cx->arena);
    for (size_t i = 0; i < count; i++) {
        Field *field = &draft->fields[i];
        field->entity = entity;
        field->position = (int)i;
        if (text_equal(field->name, "me")) // conditions call the reader so
            return yaml_error(cx, draft->field_nodes[i], "'me' cannot be the name of a field");
        if (map_get(by_name, field->name))
            return yaml_error(cx, draft->field_nodes[i], "the field '%s' is there already",
                              field->name);
        map_put(by_name, field->name, field);
    }
    entity->fields = draft->fields;
    entity->field_count = count;
    entity->by_name = by_name;
    return NULL;
}

// An expression's own position is within its text; the file's place is the field's.
static FALLIBLE compile_expression(Ctx *cx, const YamlNode *node, const char *key,
                                   const FeelOptions *options, const Feel **out)
{
    const YamlNode *given = yaml_get(node, key);
    const char *source = NULL;
    TRY(yaml_get_text(cx, node, key, false, &source));
    if (!source)
        return NULL;
    Error *error = feel_compile(cx, source, options, out);
    if (error) {
        Error *placed = yaml_error(cx, given, "'%s' is no expression: %s", key, error->message);
        return error->hint ? error_hint(placed, "%s", error->hint) : placed;
    }
    return NULL;
}

// For a choice the plain word will do as default.
static FALLIBLE compile_default(Ctx *cx, const YamlNode *node, Field *field)
{
    FeelOptions nothing = {.strict = true};
    const YamlNode *given = yaml_get(node, "default");
    if (given && given->kind == YAML_SCALAR && field->type == FIELD_CHOICE &&
        field_choice(field, given->text))
        return feel_compile(cx, text_format(cx->arena, "\"%s\"", given->text), &nothing,
                            &field->default_value);
    return compile_expression(cx, node, "default", &nothing, &field->default_value);
}

// remind: {at: FIELD, when: EXPRESSION}
static FALLIBLE compile_remind(Ctx *cx, Draft *draft, const FeelOptions *options)
{
    Entity *entity = draft->entity;
    const YamlNode *node = yaml_get(draft->root, "remind");
    const char *name = NULL;
    if (!node)
        return NULL;
    TRY(yaml_map(cx, node, "a reminder"));
    TRY(yaml_known(cx, node, "at when"));
    TRY(yaml_get_text(cx, node, "at", true, &name));
    entity->remind_at = entity_field(entity, name);
    if (!entity->remind_at || entity->remind_at->type != FIELD_INSTANT || entity->remind_at->live)
        return yaml_error(cx, node, "'%s' has no instant '%s'", entity->name, name);
    return compile_expression(cx, node, "when", options, &entity->remind_when);
}

static FALLIBLE check_indexed_by(Ctx *cx, const Draft *draft)
{
    for (size_t i = 0; i < draft->entity->field_count; i++) {
        const char *name = draft->fields[i].indexed_by;
        const Field *other = name ? entity_field(draft->entity, name) : NULL;
        if (name && (!other || other->live))
            return yaml_error(cx, draft->field_nodes[i], "'%s' has no field '%s'",
                              draft->entity->name, name);
    }
    return NULL;
}

// What the expression uses: the fields without whose names it does not compile.
static FALLIBLE bind_uses(Ctx *cx, const Draft *draft, const YamlNode *node, Field *field)
{
    const Entity *entity = draft->entity;
    const char **names = NEW_ARRAY(cx->arena, const char *, entity->field_count);
    int *uses = NEW_ARRAY(cx->arena, int, entity->field_count);
    for (size_t i = 0; i < entity->field_count; i++)
        names[i] = entity->fields[i].name;
    FeelOptions options = {.names = names, .name_count = entity->field_count, .strict = true};
    for (size_t i = 0; i < entity->field_count; i++) {
        const Feel *without;
        names[i] = "\x01"; // the name of nothing
        if (feel_compile(cx, feel_source(field->computed), &options, &without))
            uses[field->use_count++] = (int)i;
        names[i] = entity->fields[i].name;
    }
    field->uses = uses;
    for (size_t i = 0; i < field->use_count; i++)
        if (entity->fields[uses[i]].live && uses[i] >= field->position)
            return yaml_error(cx, node, "'%s' uses '%s', which is computed after it", field->name,
                              entity->fields[uses[i]].name);
    return NULL;
}

static FALLIBLE bind_live(Ctx *cx, const Draft *draft, const YamlNode *node, Field *field)
{
    if (!field->computed)
        return yaml_error(cx, node, "'live' goes with 'computed'");
    if (field->required || field->unique || field->indexed || field_refers(field))
        return yaml_error(cx, node,
                          "a live field is stored nowhere: it is no reference, and not required, "
                          "unique or indexed");
    draft->entity->live_count++;
    return bind_uses(cx, draft, node, field);
}

// What is stored does not follow what is not.
static FALLIBLE check_stored(Ctx *cx, const Draft *draft)
{
    for (size_t i = 0; i < draft->entity->field_count; i++) {
        Field uses = draft->fields[i];
        if (!uses.computed || uses.live)
            continue;
        uses.use_count = 0;
        TRY(bind_uses(cx, draft, draft->field_nodes[i], &uses));
        for (size_t k = 0; k < uses.use_count; k++)
            if (draft->fields[uses.uses[k]].live)
                return yaml_error(cx, draft->field_nodes[i],
                                  "'%s' is stored, and cannot use '%s', which is not", uses.name,
                                  draft->fields[uses.uses[k]].name);
    }
    return NULL;
}

FALLIBLE compile_expressions(Ctx *cx, Draft *draft)
{
    const Entity *entity = draft->entity;
    const char **names = NEW_ARRAY(cx->arena, const char *, entity->field_count);
    for (size_t i = 0; i < entity->field_count; i++)
        names[i] = entity->fields[i].name;
    FeelOptions options = {.names = names, .name_count = entity->field_count, .strict = true};
    for (size_t i = 0; i < entity->field_count; i++) {
        const YamlNode *node = draft->field_nodes[i];
        Field *field = &draft->fields[i];
        if (!node)
            continue;
        TRY(compile_default(cx, node, field));
        TRY(compile_expression(cx, node, "validate", &options, &field->validate));
        TRY(compile_expression(cx, node, "computed", &options, &field->computed));
        if (field->message.en && !field->validate)
            return yaml_error(cx, node, "'message' goes with 'validate'");
        if (field->live)
            TRY(bind_live(cx, draft, node, field));
        if (field->computed && field->default_value)
            return yaml_error(cx, node, "a computed field has no default");
    }
    TRY(check_indexed_by(cx, draft));
    if (entity->live_count)
        TRY(check_stored(cx, draft));
    return compile_remind(cx, draft, &options);
}
