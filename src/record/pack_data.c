// SPDX-License-Identifier: Apache-2.0
// The records a pack brings along.
#include "base/ids.h"
#include "db/db.h"
#include "record/field.h"
#include "record/pack.h"
#include "record/record.h"
#include "record/yaml.h"

typedef struct DataFile {
    const Entity *entity;
    const Field **keys;
    size_t key_count;
    const YamlNode *records;
} DataFile;

// One field, or several that are unique together.
static FALLIBLE data_keys(Ctx *cx, const YamlNode *root, DataFile *data)
{
    const YamlNode *node = yaml_get(root, "key");
    const char *single = NULL;
    const char **names = &single;
    data->key_count = 1;
    if (!node && !data->entity->key)
        return yaml_error(cx, root, "'%s' has no key: name one", data->entity->name);
    if (node && node->kind == YAML_LIST)
        TRY(yaml_get_texts(cx, root, "key", &names, &data->key_count));
    else if (node)
        TRY(yaml_get_text(cx, root, "key", true, &single));
    else
        single = data->entity->key->name;
    data->keys = NEW_ARRAY(cx->arena, const Field *, data->key_count);
    for (size_t i = 0; i < data->key_count; i++) {
        data->keys[i] = entity_field(data->entity, names[i]);
        if (!data->keys[i])
            return yaml_error(cx, node, "the entity '%s' has no field '%s'", data->entity->name,
                              names[i]);
    }
    return data->key_count ? NULL : yaml_error(cx, root, "'key' names no field");
}

static FALLIBLE data_read(Ctx *cx, const PackFile *file, DataFile *out)
{
    YamlNode *root;
    const char *name = NULL;
    DataFile data = {0};
    TRY(yaml_read(cx, file->path, file->bytes, file->length, &root));
    TRY(yaml_map(cx, root, "data"));
    TRY(yaml_known(cx, root, "entity key records"));
    TRY(yaml_get_text(cx, root, "entity", true, &name));
    data.entity = schema_entity(cx->schema, name);
    if (!data.entity)
        return yaml_error(cx, root, "no loaded pack declares the entity '%s'", name);
    TRY(data_keys(cx, root, &data));
    TRY(yaml_get_list(cx, root, "records", &data.records));
    *out = data;
    return NULL;
}

FALLIBLE record_key_find(Ctx *cx, const Entity *entity, const char *key, Id *out)
{
    Rows rows;
    Value value;
    const Field *field = entity->key;
    if (!field)
        return FAIL(cx, ERR_INVALID, "the records of '%s' have no key", entity->name);
    TRY(field_coerce(cx, field, value_text(key), &value));
    Cell cell = field_cell(cx, field, value);
    const char *sql = text_format(cx->arena, "SELECT \"id\" FROM \"%s\" WHERE \"%s\" = $1",
                                  entity->name, field->name);
    TRY(db_built_rows(cx, &rows, sql, &cell, 1));
    if (!rows.count)
        return FAIL(cx, ERR_INVALID, "there is no %s '%s'", entity->name, key);
    *out = rows.items[0].cells[0].integer;
    return NULL;
}

static Error *placed(Ctx *cx, Error *error, const YamlNode *node)
{
    error->line = node->line;
    error->column = node->column;
    return error_detail(error, "%s", node->file);
}

// Each by its key.
static FALLIBLE data_references(Ctx *cx, const Field *field, const YamlNode *node, Value *out)
{
    Value *items = NEW_ARRAY(cx->arena, Value, node->count);
    for (size_t i = 0; i < node->count; i++) {
        Id id = 0;
        if (node->items[i]->kind != YAML_SCALAR)
            return yaml_error(cx, node->items[i], "'%s' is a list of keys", field->name);
        TRY(record_key_find(cx, field->target, node->items[i]->text, &id));
        items[i] = value_text(id_text(cx->arena, id));
    }
    *out = value_list(items, node->count);
    return NULL;
}

static FALLIBLE data_value(Ctx *cx, const Field *field, const YamlNode *node, Value *out)
{
    *out = yaml_value(cx->arena, node);
    if (node->kind == YAML_LIST && field->type == FIELD_MULTI_REFERENCE)
        return data_references(cx, field, node, out);
    if (node->kind != YAML_SCALAR || out->kind == VALUE_NULL || field->type == FIELD_JSON)
        return NULL;
    if (field->type == FIELD_REFERENCE) {
        Id id = 0;
        TRY(record_key_find(cx, field->target ? field->target : field->entity, node->text, &id));
        *out = value_text(id_text(cx->arena, id));
    } else if (out->kind != VALUE_BOOLEAN) {
        *out = value_text(node->text); // the text as it stands: a plain 12345 may be a postcode
    }
    return NULL;
}

static FALLIBLE data_fields(Ctx *cx, const DataFile *data, const YamlNode *node, Value *out)
{
    Value fields = value_context(cx->arena);
    TRY(yaml_map(cx, node, "a record"));
    for (size_t i = 0; i < node->count; i++) {
        const Field *field = entity_field(data->entity, node->keys[i]);
        Value value;
        if (!field)
            return yaml_error(cx, node->items[i], "the entity '%s' has no field '%s'",
                              data->entity->name, node->keys[i]);
        Error *error = data_value(cx, field, node->items[i], &value);
        if (error)
            return placed(cx, error, node->items[i]);
        value_set(cx->arena, fields, field->name, value);
    }
    *out = fields;
    return NULL;
}

static FALLIBLE data_exists(Ctx *cx, const DataFile *data, const YamlNode *node, Value fields,
                            bool *exists)
{
    Buffer *sql = buffer_new(cx->arena);
    Cell *cells = NEW_ARRAY(cx->arena, Cell, data->key_count);
    buffer_format(sql, "SELECT \"id\" FROM \"%s\" WHERE ", data->entity->name);
    for (size_t i = 0; i < data->key_count; i++) {
        const Field *field = data->keys[i];
        const Value *given = value_get(fields, field->name);
        Value value;
        if (!given || given->kind == VALUE_NULL)
            return yaml_error(cx, node, "the record lacks its key '%s'", field->name);
        TRY(field_coerce(cx, field, *given, &value));
        cells[i] = field_cell(cx, field, value);
        buffer_format(sql, "%s\"%s\" = $%zu", i ? " AND " : "", field->name, i + 1);
    }
    Rows rows;
    TRY(db_built_rows(cx, &rows, sql->bytes, cells, data->key_count));
    *exists = rows.count > 0;
    return NULL;
}

static FALLIBLE data_load(Ctx *cx, const DataFile *data, int *created)
{
    for (size_t i = 0; data->records && i < data->records->count; i++) {
        const YamlNode *node = data->records->items[i];
        Value fields;
        bool exists = false;
        TRY(data_fields(cx, data, node, &fields));
        Error *error = data_exists(cx, data, node, fields, &exists);
        if (error)
            return placed(cx, error, node);
        if (exists)
            continue;
        Record *record;
        error = record_create(cx, data->entity->name, fields, &record);
        if (error)
            return placed(cx, error, node);
        ++*created;
    }
    return NULL;
}

FALLIBLE pack_data_load(Ctx *cx, const Pack *pack, int *created)
{
    const Actor *actor = cx->actor;
    Error *error = NULL;
    int count = 0;
    cx->actor = actor_system();
    for (size_t i = 0; i < pack->file_count && !error; i++) {
        DataFile data;
        if (!text_starts(pack->files[i].name, "data/"))
            continue;
        error = data_read(cx, &pack->files[i], &data);
        if (!error)
            error = data_load(cx, &data, &count);
    }
    cx->actor = actor;
    if (error)
        return error;
    if (created)
        *created = count;
    return NULL;
}
