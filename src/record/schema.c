// SPDX-License-Identifier: Apache-2.0
#include "record/grant.h"

#include <pthread.h>
#include <string.h>

static const char *const type_words[] = {
    [FIELD_TEXT] = "text",           [FIELD_LONG_TEXT] = "long_text",
    [FIELD_INTEGER] = "integer",     [FIELD_DECIMAL] = "decimal",
    [FIELD_MONEY] = "money",         [FIELD_PERCENT] = "percent",
    [FIELD_BOOLEAN] = "boolean",     [FIELD_DATE] = "date",
    [FIELD_INSTANT] = "instant",     [FIELD_CHOICE] = "choice",
    [FIELD_REFERENCE] = "reference", [FIELD_EMAIL] = "email",
    [FIELD_PHONE] = "phone",         [FIELD_URL] = "url",
    [FIELD_JSON] = "json",           [FIELD_MULTI_CHOICE] = "multi_choice",
    [FIELD_DURATION] = "duration",   [FIELD_MULTI_REFERENCE] = "multi_reference",
    [FIELD_ADDRESS] = "address",     [FIELD_AUTO_NUMBER] = "auto_number",
};
#define TYPE_COUNT (sizeof type_words / sizeof *type_words)

static pthread_mutex_t holding = PTHREAD_MUTEX_INITIALIZER;

void schema_let_go(void *handle)
{
    Schema *schema = handle;
    pthread_mutex_lock(&holding);
    bool last = --schema->holders == 0;
    pthread_mutex_unlock(&holding);
    if (last)
        arena_free(schema->arena);
}

void schema_hold(Ctx *cx)
{
    pthread_mutex_lock(&holding);
    Schema *schema = cx->company->schema;
    if (schema)
        schema->holders++;
    pthread_mutex_unlock(&holding);
    cx->schema = schema;
    if (schema)
        arena_defer(cx->arena, schema_let_go, schema);
}

void schema_keep(Ctx *cx)
{
    Schema *schema = (Schema *)cx->schema;
    if (!schema)
        return;
    pthread_mutex_lock(&holding);
    schema->holders++;
    pthread_mutex_unlock(&holding);
    arena_defer(cx->arena, schema_let_go, schema);
}

void schema_publish(Company *company, Schema *schema)
{
    pthread_mutex_lock(&holding);
    Schema *before = company->schema;
    company->schema = schema;
    pthread_mutex_unlock(&holding);
    if (before)
        schema_let_go(before);
}

const char *field_type_word(FieldType type)
{
    return type_words[type];
}

const char *field_type_words(Ctx *cx)
{
    Buffer *words = buffer_new(cx->arena);
    for (size_t i = 0; i < TYPE_COUNT; i++)
        buffer_format(words, "%s%s", i ? ", " : "", type_words[i]);
    return words->bytes;
}

bool field_is_tree(const Field *field)
{
    return field->type == FIELD_JSON || field->type == FIELD_MULTI_CHOICE ||
           field->type == FIELD_MULTI_REFERENCE || field->type == FIELD_ADDRESS;
}

bool field_is_computed(const Field *field)
{
    return field->computed || field->rollup;
}

bool field_refers(const Field *field)
{
    return field->type == FIELD_REFERENCE || field->type == FIELD_MULTI_REFERENCE;
}

bool field_type_find(const char *word, FieldType *out)
{
    for (size_t i = 0; i < TYPE_COUNT; i++)
        if (text_equal(type_words[i], word)) {
            *out = (FieldType)i;
            return true;
        }
    return false;
}

const Entity *schema_entity(const Schema *schema, const char *name)
{
    return schema && name ? map_get(schema->by_name, name) : NULL;
}

const Field *entity_field(const Entity *entity, const char *name)
{
    return name ? map_get(entity->by_name, name) : NULL;
}

const Field *entity_field_next(const Entity *entity, const char *name, size_t *next)
{
    for (size_t i = *next; i < entity->field_count; i++)
        if (entity->fields[i].name == name) {
            *next = i + 1;
            return &entity->fields[i];
        }
    return entity_field(entity, name);
}

bool schema_has_field(const Schema *schema, const char *entity, const char *field)
{
    const Entity *found = schema_entity(schema, entity);
    return found && entity_field(found, field);
}

const DeclaredList *entity_list(const Entity *entity, const char *name)
{
    for (size_t i = 0; i < entity->list_count; i++)
        if (text_equal(entity->lists[i].name, name))
            return &entity->lists[i];
    return NULL;
}

const Choice *field_choice(const Field *field, const char *value)
{
    for (size_t i = 0; i < field->choice_count; i++)
        if (text_equal(field->choices[i].value, value))
            return &field->choices[i];
    return NULL;
}

FALLIBLE schema_find(Ctx *cx, const char *name, const Entity **out)
{
    const Entity *entity = schema_entity(cx->schema, name);
    if (!entity)
        return FAIL(cx, ERR_NOT_FOUND, "there is no entity '%s'", name ? name : "");
    *out = entity;
    return NULL;
}

const char *title_in(const Ctx *cx, Title title)
{
    return text_equal(cx->language, "zh-CN") && title.zh ? title.zh : title.en;
}

const char *verb_word(Verb verb)
{
    static const char *const words[VERB_COUNT] = {"read",   "create", "edit",
                                                  "delete", "export", "import"};
    return words[verb];
}

const char *scope_word(Scope scope)
{
    static const char *const words[SCOPE_COUNT] = {"all", "department", "team", "own", "queue"};
    return words[scope];
}

bool field_readable(const Actor *actor, const Field *field)
{
    return !field->read_permission || actor_may(actor, field->read_permission);
}

bool field_editable(const Actor *actor, const Field *field)
{
    return field_readable(actor, field) &&
           (!field->edit_permission || actor_may(actor, field->edit_permission));
}
