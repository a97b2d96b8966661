// SPDX-License-Identifier: Apache-2.0
// Packs to schema: entities are parsed first, then bound to each other.
#include "record/compile.h"

#include "base/phone.h"
#include "record/audit_retention.h"
#include "record/field.h"
#include "record/overlay.h"
#include "record/pack_version.h"
#include "record/statements.h"

#include <stdlib.h>
#include <string.h>

bool compile_name_valid(const char *name)
{
    size_t length = strlen(name);
    return length > 0 && length <= SCHEMA_NAME_LENGTH && *name >= 'a' && *name <= 'z' &&
           strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

FALLIBLE compile_get_name(Ctx *cx, const YamlNode *map, const char *key, const char **out)
{
    const char *name = NULL;
    TRY(yaml_get_text(cx, map, key, true, &name));
    if (!compile_name_valid(name))
        return error_hint(yaml_error(cx, yaml_get(map, key), "'%s' is no name", name),
                          "Lower case letters, digits and _, at most %d.", SCHEMA_NAME_LENGTH);
    *out = name;
    return NULL;
}

FALLIBLE compile_title(Ctx *cx, const YamlNode *map, const char *key, bool needed, Title *out)
{
    const YamlNode *node = yaml_get(map, key);
    Title title = {0};
    if (node && node->kind == YAML_MAP) {
        TRY(yaml_known(cx, node, "en zh-CN"));
        TRY(yaml_get_text(cx, node, "en", true, &title.en));
        TRY(yaml_get_text(cx, node, "zh-CN", false, &title.zh));
    } else {
        TRY(yaml_get_text(cx, map, key, needed, &title.en));
        if (!title.en)
            return NULL;
    }
    if (!title.zh)
        title.zh = title.en;
    *out = title;
    return NULL;
}

FALLIBLE compile_entity_parse(Ctx *cx, const char *pack, const YamlNode *root, Draft *draft)
{
    Entity *entity = NEW(cx->arena, Entity);
    draft->entity = entity;
    draft->root = root;
    TRY(yaml_map(cx, root, "an entity"));
    TRY(yaml_known(
        cx, root,
        "entity active title plural icon number label key search fields unique children lists "
        "follow remind audit_days duplicates"));
    TRY(compile_get_name(cx, root, "entity", &entity->name));
    entity->pack = pack;
    TRY(compile_title(cx, root, "title", true, &entity->title));
    entity->plural = entity->title;
    TRY(yaml_get_integer(cx, root, "audit_days", 1, AUDIT_DAYS, &entity->audit_days));
    TRY(compile_title(cx, root, "plural", false, &entity->plural));
    TRY(yaml_get_text(cx, root, "icon", false, &entity->icon));
    TRY(yaml_get_text(cx, root, "number", false, &entity->number_pattern));
    if (entity->number_pattern)
        TRY(compile_pattern(cx, yaml_get(root, "number"), entity->number_pattern));
    return compile_fields(cx, draft);
}

static FALLIBLE named_field(Ctx *cx, const Entity *entity, const YamlNode *node, const char *name,
                            const Field **out)
{
    const Field *field = entity_field(entity, name);
    if (!field)
        return yaml_error(cx, node, "the entity '%s' has no field '%s'", entity->name, name);
    *out = field;
    return NULL;
}

static FALLIBLE bind_followed(Ctx *cx, Draft *draft)
{
    Entity *entity = draft->entity;
    const char **names = NULL;
    TRY(yaml_get_texts(cx, draft->root, "follow", &names, &entity->followed_count));
    const Field **fields = NEW_ARRAY(cx->arena, const Field *, entity->followed_count);
    for (size_t i = 0; i < entity->followed_count; i++)
        TRY(named_field(cx, entity, yaml_get(draft->root, "follow"), names[i], &fields[i]));
    entity->followed = fields;
    return NULL;
}

// One that is asked of the database.
static FALLIBLE stored_field(Ctx *cx, const Entity *entity, const YamlNode *node, const char *name,
                             const Field **out)
{
    TRY(named_field(cx, entity, node, name, out));
    return (*out)->live ? yaml_error(cx, node, "'%s' is computed when it is read", name) : NULL;
}

// What the search box looks into; where nothing is said, what names a record or its people.
static FALLIBLE bind_search(Ctx *cx, Draft *draft)
{
    Entity *entity = draft->entity;
    const YamlNode *node = yaml_get(draft->root, "search");
    const char **names = NULL;
    size_t count = 0;
    TRY(yaml_get_texts(cx, draft->root, "search", &names, &count));
    const Field **fields = NEW_ARRAY(cx->arena, const Field *, count + entity->field_count);
    for (size_t i = 0; i < count; i++) {
        TRY(stored_field(cx, entity, node, names[i], &fields[i]));
        if (!field_is_searchable(fields[i]))
            return yaml_error(cx, node, "'%s' is no text", names[i]);
    }
    for (size_t i = 0; i < entity->field_count && !node; i++) {
        const Field *field = &entity->fields[i];
        if (!field->system && field_is_text(field) &&
            (field == entity->label || field == entity->key || field->number ||
             field->type == FIELD_EMAIL || field->type == FIELD_PHONE))
            fields[count++] = field;
    }
    entity->search = fields;
    entity->search_count = count;
    return NULL;
}

static FALLIBLE bind_names(Ctx *cx, Draft *draft)
{
    Entity *entity = draft->entity;
    const char *label = NULL, *key = NULL;
    TRY(yaml_get_text(cx, draft->root, "label", false, &label));
    TRY(yaml_get_text(cx, draft->root, "key", false, &key));
    if (label)
        TRY(stored_field(cx, entity, yaml_get(draft->root, "label"), label, &entity->label));
    if (!entity->label)
        entity->label = entity_field(entity, "number");
    if (!entity->label)
        entity->label = entity_field(entity, "name");
    for (size_t i = 0; i < entity->field_count && !entity->label; i++)
        if (!entity->fields[i].system && entity->fields[i].type == FIELD_TEXT)
            entity->label = &entity->fields[i];
    if (!entity->label)
        entity->label = entity_field(entity, "id");
    if (key)
        TRY(stored_field(cx, entity, yaml_get(draft->root, "key"), key, &entity->key));
    else if (entity->number_pattern)
        entity->key = entity_field(entity, "number");
    else
        entity->key = entity_field(entity, "key");
    if (entity->key && !entity->key->unique) {
        if (key)
            return yaml_error(cx, yaml_get(draft->root, "key"), "the key '%s' is not unique", key);
        entity->key = NULL;
    }
    TRY(bind_followed(cx, draft));
    return bind_search(cx, draft);
}

static FALLIBLE bind_references(Ctx *cx, const Schema *schema, Draft *draft)
{
    for (size_t i = 0; i < draft->entity->field_count; i++) {
        Field *field = &draft->fields[i];
        if (text_equal(field->name, "id"))
            field->to = draft->entity->name;
        if (!field->to)
            continue;
        field->target = schema_entity(schema, field->to);
        if (!field->target && !field->system)
            return yaml_error(cx, draft->field_nodes[i],
                              "the field '%s' leads to '%s', which no loaded pack declares",
                              field->name, field->to);
    }
    for (size_t i = 0; i < draft->entity->field_count; i++) {
        const char *currency = draft->fields[i].currency;
        if (!currency)
            continue;
        bool code = strlen(currency) == 3 && strspn(currency, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 3;
        if (draft->fields[i].type != FIELD_MONEY ||
            (!code && !entity_field(draft->entity, currency)))
            return yaml_error(cx, draft->field_nodes[i],
                              "'currency' is a code or a field, and of money only");
    }
    return NULL;
}

static FALLIBLE bind_countries(Ctx *cx, Draft *draft)
{
    for (size_t i = 0; i < draft->entity->field_count; i++) {
        const char *country = draft->fields[i].country;
        if (!country)
            continue;
        const Field *field = entity_field(draft->entity, country);
        if (draft->fields[i].type != FIELD_PHONE ||
            !(phone_region_known(country) || (field && field_in_text_column(field))))
            return yaml_error(
                cx, draft->field_nodes[i],
                "'country' is a country such as DE or a text field, and of phones only");
    }
    return NULL;
}

static FALLIBLE bind_children(Ctx *cx, const Schema *schema, Draft *draft)
{
    Entity *entity = draft->entity;
    const YamlNode *list = NULL;
    TRY(yaml_get_list(cx, draft->root, "children", &list));
    if (!list)
        return NULL;
    ChildList *children = NEW_ARRAY(cx->arena, ChildList, list->count);
    size_t count = 0;
    for (size_t n = 0; n < list->count; n++) {
        const YamlNode *node = list->items[n];
        const char *name = NULL, *by = NULL;
        bool active;
        size_t i = count;
        TRY(yaml_map(cx, node, "a child list"));
        TRY(yaml_known(cx, node, "name active title entity by"));
        TRY(compile_active(cx, node, &active));
        if (!active)
            continue;
        count++;
        TRY(compile_get_name(cx, node, "name", &children[i].name));
        TRY(yaml_get_text(cx, node, "entity", true, &name));
        TRY(yaml_get_text(cx, node, "by", true, &by));
        const Entity *child = schema_entity(schema, name);
        if (!child)
            return yaml_error(cx, node, "no loaded pack declares the entity '%s'", name);
        children[i].entity = child;
        children[i].title = child->plural;
        TRY(compile_title(cx, node, "title", false, &children[i].title));
        TRY(named_field(cx, child, node, by, &children[i].by));
        if (!field_refers(children[i].by) || !text_equal(children[i].by->to, entity->name))
            return yaml_error(cx, node, "'%s' of '%s' does not lead to '%s'", by, name,
                              entity->name);
    }
    entity->children = draft->children = children;
    entity->child_count = count;
    return NULL;
}

static FALLIBLE bind_unique(Ctx *cx, const Entity *entity, const YamlNode *node, UniqueGroup *out)
{
    const char **names = NULL;
    TRY(yaml_map(cx, node, "a rule of uniqueness"));
    TRY(yaml_known(cx, node, "name active fields message"));
    TRY(compile_get_name(cx, node, "name", &out->name));
    TRY(compile_title(cx, node, "message", false, &out->message));
    TRY(yaml_get_texts(cx, node, "fields", &names, &out->count));
    if (out->count < 2 || out->count > UNIQUE_FIELDS)
        return yaml_error(cx, node, "from 2 to %d fields are unique together", UNIQUE_FIELDS);
    const Field **fields = NEW_ARRAY(cx->arena, const Field *, out->count);
    for (size_t i = 0; i < out->count; i++) {
        TRY(stored_field(cx, entity, yaml_get(node, "fields"), names[i], &fields[i]));
        if (field_is_tree(fields[i]) || fields[i]->type == FIELD_LONG_TEXT)
            return yaml_error(cx, yaml_get(node, "fields"), "a %s cannot be unique",
                              field_type_word(fields[i]->type));
    }
    out->fields = fields;
    return NULL;
}

static FALLIBLE bind_uniques(Ctx *cx, Draft *draft)
{
    const YamlNode *list = NULL;
    TRY(yaml_get_list(cx, draft->root, "unique", &list));
    if (!list)
        return NULL;
    UniqueGroup *groups = NEW_ARRAY(cx->arena, UniqueGroup, list->count);
    for (size_t i = 0; i < list->count; i++) {
        bool active;
        TRY(compile_active(cx, list->items[i], &active));
        if (active)
            TRY(bind_unique(cx, draft->entity, list->items[i],
                            &groups[draft->entity->unique_count++]));
    }
    draft->entity->uniques = groups;
    return NULL;
}

FALLIBLE compile_filters(Ctx *cx, const Entity *entity, const YamlNode *node,
                         const DeclaredFilter **out, size_t *count)
{
    const YamlNode *list = NULL;
    TRY(yaml_get_list(cx, node, "filter", &list));
    if (!list)
        return NULL;
    DeclaredFilter *filters = NEW_ARRAY(cx->arena, DeclaredFilter, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const YamlNode *item = list->items[i], *value = yaml_get(item, "value");
        const Field *field;
        TRY(yaml_map(cx, item, "a filter"));
        TRY(yaml_known(cx, item, "field operator value"));
        TRY(yaml_get_text(cx, item, "field", true, &filters[i].field));
        filters[i].operator= "=";
        TRY(yaml_get_text(cx, item, "operator", false, &filters[i].operator));
        TRY(stored_field(cx, entity, item, filters[i].field, &field));
        if (value)
            filters[i].value = yaml_value(cx->arena, value);
    }
    *out = filters;
    *count = list->count;
    return NULL;
}

// "created_at desc", or {field, descending}.
static FALLIBLE list_sorts(Ctx *cx, const Entity *entity, const YamlNode *node,
                           DeclaredList *declared)
{
    const YamlNode *list = NULL;
    TRY(yaml_get_list(cx, node, "sort", &list));
    if (!list)
        return NULL;
    DeclaredSort *sorts = NEW_ARRAY(cx->arena, DeclaredSort, list->count);
    for (size_t i = 0; i < list->count; i++) {
        const YamlNode *item = list->items[i];
        const Field *field;
        if (item->kind == YAML_SCALAR) {
            sorts[i].descending = text_ends(item->text, " desc");
            sorts[i].field = text_slice(cx->arena, item->text,
                                        strlen(item->text) - (sorts[i].descending ? 5 : 0));
        } else {
            TRY(yaml_map(cx, item, "a sort"));
            TRY(yaml_known(cx, item, "field descending"));
            TRY(yaml_get_text(cx, item, "field", true, &sorts[i].field));
            TRY(yaml_get_boolean(cx, item, "descending", &sorts[i].descending));
        }
        TRY(stored_field(cx, entity, item, sorts[i].field, &field));
    }
    declared->sorts = sorts;
    declared->sort_count = list->count;
    return NULL;
}

static FALLIBLE bind_lists(Ctx *cx, Draft *draft)
{
    Entity *entity = draft->entity;
    const YamlNode *list = NULL;
    TRY(yaml_get_list(cx, draft->root, "lists", &list));
    if (!list)
        return NULL;
    DeclaredList *lists = NEW_ARRAY(cx->arena, DeclaredList, list->count);
    size_t count = 0;
    for (size_t n = 0; n < list->count; n++) {
        const YamlNode *node = list->items[n];
        const char **columns = NULL;
        const Field *field;
        bool active;
        size_t i = count;
        TRY(yaml_map(cx, node, "a list"));
        TRY(yaml_known(cx, node, "name active title filter sort columns"));
        TRY(compile_active(cx, node, &active));
        if (!active)
            continue;
        TRY(compile_get_name(cx, node, "name", &lists[i].name));
        TRY(compile_title(cx, node, "title", true, &lists[i].title));
        TRY(compile_filters(cx, entity, node, &lists[i].filters, &lists[i].filter_count));
        TRY(list_sorts(cx, entity, node, &lists[i]));
        TRY(yaml_get_texts(cx, node, "columns", &columns, &lists[i].column_count));
        for (size_t c = 0; c < lists[i].column_count; c++)
            TRY(named_field(cx, entity, yaml_get(node, "columns"), columns[c], &field));
        lists[i].columns = columns;
        if (entity_list(entity, lists[i].name))
            return yaml_error(cx, node, "the list '%s' is there already", lists[i].name);
        entity->lists = lists;
        entity->list_count = ++count;
    }
    return NULL;
}

FALLIBLE compile_entity_bind(Ctx *cx, const Schema *schema, Draft *draft)
{
    TRY(bind_references(cx, schema, draft));
    TRY(bind_countries(cx, draft));
    TRY(bind_names(cx, draft));
    TRY(bind_children(cx, schema, draft));
    TRY(bind_lists(cx, draft));
    TRY(bind_uniques(cx, draft));
    TRY(compile_matching(cx, draft));
    TRY(compile_expressions(cx, draft));
    TRY(compile_rollups(cx, draft));
    draft->entity->queries = statements_make(cx->arena, draft->entity);
    return NULL;
}

typedef struct Drafts {
    Draft *items;
    size_t count;
    size_t capacity;
} Drafts;

// A declaration that stands by itself: of an entity or of a role.
typedef struct Declared {
    const char *pack;
    const char *name;
    YamlNode *root;
} Declared;

typedef struct Declarations {
    Declared *items;
    size_t count;
    size_t capacity;
} Declarations;

// What the company declares is laid over a shipped declaration of the same name.
static FALLIBLE declare(Ctx *cx, Declarations *all, const char *pack, const char *key,
                        YamlNode *root)
{
    const char *name = NULL;
    TRY(yaml_map(cx, root, text_equal(key, "role") ? "a role" : "an entity"));
    TRY(compile_get_name(cx, root, key, &name));
    for (size_t i = 0; i < all->count; i++) {
        Declared *other = &all->items[i];
        if (!text_equal(other->name, name))
            continue;
        if (text_equal(pack, COMPANY_PACK) && !text_equal(other->pack, COMPANY_PACK)) {
            other->root = overlay_merge(cx->arena, other->root, root, NULL);
            return NULL;
        }
        return text_equal(key, "role")
                   ? yaml_error(cx, root, "the role '%s' is in the pack '%s' already", name,
                                other->pack)
                   : yaml_error(cx, root, "the entity '%s' is in the pack '%s' already", name,
                                other->pack);
    }
    array_push(cx->arena, *all) = (Declared){pack, name, root};
    return NULL;
}

static bool declares(const PackFile *file, const char *key)
{
    if (text_equal(key, "role"))
        return text_equal(file->name, "roles.yaml");
    return text_starts(file->name, "entities/") && text_ends(file->name, ".yaml");
}

static FALLIBLE read_declarations(Ctx *cx, const Packs *packs, const char *key, Declarations *all)
{
    for (size_t p = 0; p < packs->count; p++)
        for (size_t f = 0; f < packs->items[p].file_count; f++) {
            const PackFile *file = &packs->items[p].files[f];
            if (!declares(file, key))
                continue;
            YamlNode *root;
            const char *pack = packs->items[p].name;
            TRY(yaml_read(cx, file->path, file->bytes, file->length, &root));
            if (text_equal(key, "entity")) {
                TRY(declare(cx, all, pack, key, root));
                continue;
            }
            if (root->kind != YAML_LIST)
                return yaml_error(cx, root, "roles are a list");
            for (size_t i = 0; i < root->count; i++)
                TRY(declare(cx, all, pack, key, root->items[i]));
        }
    return NULL;
}

FALLIBLE compile_active(Ctx *cx, const YamlNode *node, bool *active)
{
    *active = true;
    return yaml_get_boolean(cx, node, "active", active);
}

static FALLIBLE parse_entities(Ctx *cx, const Packs *packs, Drafts *drafts, Map *by_name)
{
    Declarations all = {0};
    TRY(read_declarations(cx, packs, "entity", &all));
    for (size_t i = 0; i < all.count; i++) {
        Draft draft = {0};
        bool active;
        TRY(compile_active(cx, all.items[i].root, &active));
        if (!active)
            continue;
        TRY(compile_entity_parse(cx, all.items[i].pack, all.items[i].root, &draft));
        if (drafts->count >= SCHEMA_ENTITIES)
            return yaml_error(cx, all.items[i].root, "more than %d entities", SCHEMA_ENTITIES);
        map_put(by_name, draft.entity->name, draft.entity);
        array_push(cx->arena, *drafts) = draft;
    }
    return NULL;
}

static FALLIBLE compile_all_roles(Ctx *cx, const Packs *packs, Schema *schema)
{
    Declarations all = {0};
    TRY(read_declarations(cx, packs, "role", &all));
    Role *roles = NEW_ARRAY(cx->arena, Role, all.count);
    for (size_t i = 0; i < all.count; i++) {
        bool active;
        TRY(compile_active(cx, all.items[i].root, &active));
        if (!active)
            continue;
        roles[schema->role_count].pack = all.items[i].pack;
        TRY(compile_role(cx, schema, all.items[i].root, &roles[schema->role_count++]));
    }
    schema->roles = roles;
    return NULL;
}

// What a pack says later counts; the company's own is the last.
static FALLIBLE compile_settings(Ctx *cx, const Packs *packs, Schema *schema)
{
    for (size_t p = 0; p < packs->count; p++)
        for (size_t f = 0; f < packs->items[p].file_count; f++) {
            const PackFile *file = &packs->items[p].files[f];
            YamlNode *root;
            if (!text_equal(file->name, "settings.yaml"))
                continue;
            TRY(yaml_read(cx, file->path, file->bytes, file->length, &root));
            TRY(yaml_map(cx, root, "settings"));
            TRY(yaml_known(cx, root, "country keep_ended_days"));
            TRY(yaml_get_integer(cx, root, "keep_ended_days", 1, 36500, &schema->keep_ended_days));
            TRY(yaml_get_text(cx, root, "country", false, &schema->country));
            if (schema->country && !phone_region_known(schema->country))
                return error_hint(yaml_error(cx, yaml_get(root, "country"), "'%s' is no country",
                                             schema->country),
                                  "It is two capital letters, such as DE or CN.");
        }
    return NULL;
}

// A part's way to its whole: the field `by` of the child list that declares it. What leads to
// several is a part of none.
static void bind_parents(const Drafts *drafts)
{
    for (size_t i = 0; i < drafts->count; i++)
        for (size_t c = 0; c < drafts->items[i].entity->child_count; c++)
            for (size_t other = 0; other < drafts->count; other++)
                if (drafts->items[other].entity == drafts->items[i].children[c].entity &&
                    drafts->items[i].children[c].by->type == FIELD_REFERENCE)
                    drafts->items[other].entity->parent = drafts->items[i].children[c].by;
}

// The roll-ups that the records of each entity count in.
static void bind_feeds(Ctx *cx, const Drafts *drafts)
{
    for (size_t i = 0; i < drafts->count; i++) {
        Entity *entity = drafts->items[i].entity;
        ARRAY(const Field *) feeds = {0};
        for (size_t other = 0; other < drafts->count; other++)
            for (size_t f = 0; f < drafts->items[other].entity->field_count; f++) {
                const Field *field = &drafts->items[other].entity->fields[f];
                if (field->rollup && field->rollup->children->entity == entity)
                    array_push(cx->arena, feeds) = field;
            }
        entity->feeds = feeds.items;
        entity->feed_count = feeds.count;
    }
}

FALLIBLE schema_compile(Ctx *cx, const Packs *packs, Schema **out)
{
    Drafts drafts = {0};
    Map *by_name = map_new(cx->arena);
    Schema *schema = NEW(cx->arena, Schema);
    TRY(compile_settings(cx, packs, schema));
    TRY(parse_entities(cx, packs, &drafts, by_name));
    const Entity **entities = NEW_ARRAY(cx->arena, const Entity *, drafts.count);
    for (size_t i = 0; i < drafts.count; i++)
        entities[i] = drafts.items[i].entity;
    schema->by_name = by_name;
    schema->entities = entities;
    schema->entity_count = drafts.count;
    schema->packs = packs;
    for (size_t i = 0; i < drafts.count; i++)
        TRY(compile_entity_bind(cx, schema, &drafts.items[i]));
    bind_parents(&drafts);
    bind_feeds(cx, &drafts);
    TRY(compile_all_roles(cx, packs, schema));
    *out = schema;
    return NULL;
}
