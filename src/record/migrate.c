// SPDX-License-Identifier: Apache-2.0
// Generated migrations: what the packs declare and the database has not is added. What the database
// has is remembered in schema_column and schema_index, never guessed from the store's own
// catalogue; each statement is logged in schema_change.
#include "base/ids.h"
#include "db/database.h"
#include "record/field.h"
#include "record/indexes.h"
#include "record/schema.h"
#include "record/search_index.h"

MIGRATION(record_0003_schema, 20,
          "CREATE TABLE schema_column (entity TEXT NOT NULL, field TEXT NOT NULL,"
          " type TEXT NOT NULL, scale BIGINT NOT NULL, PRIMARY KEY (entity, field));\n"
          "CREATE TABLE schema_index (name TEXT NOT NULL PRIMARY KEY, entity TEXT NOT NULL);\n"
          "CREATE TABLE schema_change (id BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL,"
          " entity TEXT NOT NULL, statement TEXT NOT NULL)");

QUERY_FULL(schema_columns, "SELECT entity, field, type, scale FROM schema_column ORDER BY entity",
           NULL, "the catalogue is read whole at start");
QUERY(schema_column_insert,
      "INSERT INTO schema_column (entity, field, type, scale) VALUES ($1, $2, $3, $4)");
QUERY(schema_column_retype, "UPDATE schema_column SET type = $3 WHERE entity = $1 AND field = $2");
QUERY_FULL(schema_indexes, "SELECT name, entity FROM schema_index ORDER BY name", NULL,
           "the catalogue is read whole at start");
QUERY(schema_index_insert, "INSERT INTO schema_index (name, entity) VALUES ($1, $2)");
QUERY(schema_index_delete, "DELETE FROM schema_index WHERE name = $1");
QUERY(schema_change_insert,
      "INSERT INTO schema_change (id, at, entity, statement) VALUES ($1, $2, $3, $4)");

typedef struct Migrating {
    const Schema *schema;
    Map *columns; // "entity.field" -> Row
    Map *tables;  // entity -> anything
    Map *indexes; // name -> Row
    int changes;
} Migrating;

static FALLIBLE carry_out(Ctx *cx, Migrating *migrating, const char *entity, const char *sql)
{
    TRY(db_built_run(cx, NULL, sql, NULL, 0));
    migrating->changes++;
    return db_run(cx, NULL, schema_change_insert, id_new(cx), cx->now, entity, sql);
}

// Text compares bytewise on both; PostgreSQL must be told.
static const char *column_type(Ctx *cx, const Field *field)
{
    if (!field_in_text_column(field))
        return "BIGINT";
    return db_driver(cx) == DRIVER_POSTGRES ? "TEXT COLLATE \"C\"" : "TEXT";
}

static FALLIBLE note_column(Ctx *cx, const Field *field)
{
    return db_run(cx, NULL, schema_column_insert, field->entity->name, field->name,
                  field_type_word(field->type), field->scale);
}

static FALLIBLE create_table(Ctx *cx, Migrating *migrating, const Entity *entity)
{
    Buffer *sql = buffer_new(cx->arena);
    buffer_format(sql, "CREATE TABLE \"%s\" (", entity->name);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        const char *rule = i == 0 ? " NOT NULL PRIMARY KEY"
                           : i == 1 || text_equal(field->name, "created_at") ||
                                   text_equal(field->name, "modified_at")
                               ? " NOT NULL"
                               : "";
        // In SQLite the spelling INTEGER makes the key the row's own address.
        const char *type =
            i == 0 && db_driver(cx) == DRIVER_SQLITE ? "INTEGER" : column_type(cx, field);
        buffer_format(sql, "%s\"%s\" %s%s", i ? ", " : "", field->name, type, rule);
    }
    buffer_text(sql, ")");
    Error *error = carry_out(cx, migrating, entity->name, sql->bytes);
    if (error)
        return error_hint(error, "Does the system use a table '%s' itself?", entity->name);
    for (size_t i = 0; i < entity->field_count; i++)
        TRY(note_column(cx, &entity->fields[i]));
    return NULL;
}

// The column's bytes mean the same under both types.
static bool may_become(const char *was, int scale, const Field *field)
{
    FieldType type;
    Field old = {0};
    if (!field_type_find(was, &type) || scale != field->scale)
        return false;
    old.type = type;
    if (type == field->type)
        return true;
    if (type == FIELD_JSON || field->type == FIELD_JSON)
        return false;
    if (field_in_text_column(&old) && field_in_text_column(field))
        return true;
    bool scaled = type == FIELD_DECIMAL || type == FIELD_MONEY || type == FIELD_PERCENT;
    return scaled && (field->type == FIELD_DECIMAL || field->type == FIELD_MONEY ||
                      field->type == FIELD_PERCENT);
}

static FALLIBLE bring_column(Ctx *cx, Migrating *migrating, const Field *field)
{
    const char *entity = field->entity->name;
    const Row *row =
        map_get(migrating->columns, text_format(cx->arena, "%s.%s", entity, field->name));
    if (!row) {
        TRY(carry_out(cx, migrating, entity,
                      text_format(cx->arena, "ALTER TABLE \"%s\" ADD COLUMN \"%s\" %s", entity,
                                  field->name, column_type(cx, field))));
        return note_column(cx, field);
    }
    const char *was = row_text(row, "type");
    if (!may_become(was, (int)row_integer(row, "scale"), field))
        return error_hint(error_field(FAIL(cx, ERR_CONFLICT,
                                           "the field '%s' of '%s' is %s with scale %d in the "
                                           "database and cannot become %s with scale %d",
                                           field->name, entity, was, (int)row_integer(row, "scale"),
                                           field_type_word(field->type), field->scale),
                                      field->name),
                          "Declare a new field and carry the values over.");
    if (!text_equal(was, field_type_word(field->type)))
        return db_run(cx, NULL, schema_column_retype, entity, field->name,
                      field_type_word(field->type));
    return NULL;
}

static FALLIBLE refuse_removed(Ctx *cx, const Migrating *migrating)
{
    for (size_t i = 0; i < migrating->columns->count; i++) {
        const Row *row = migrating->columns->entries[i].value;
        const char *name = row_text(row, "entity"), *field = row_text(row, "field");
        const Entity *entity = schema_entity(migrating->schema, name);
        if (!entity)
            return error_hint(FAIL(cx, ERR_CONFLICT,
                                   "the entity '%s' is in the database and in no loaded pack",
                                   name),
                              "Removing entities is not supported: keep the pack that has it.");
        if (!entity_field(entity, field))
            return error_hint(
                error_field(FAIL(cx, ERR_CONFLICT,
                                 "the field '%s' of '%s' is in the database and in no loaded pack",
                                 field, name),
                            field),
                "Removing fields is not supported: keep its declaration.");
    }
    return NULL;
}

static FALLIBLE bring_indexes(Ctx *cx, Migrating *migrating, const Entity *entity, Map *wanted)
{
    Index *indexes;
    size_t count;
    TRY(indexes_of(cx, entity, &indexes, &count));
    for (size_t i = 0; i < count; i++) {
        map_put(wanted, indexes[i].name, &indexes[i]);
        if (map_get(migrating->indexes, indexes[i].name))
            continue;
        map_put(migrating->indexes, indexes[i].name, &indexes[i]);
        TRY(carry_out(cx, migrating, entity->name, indexes[i].sql));
        TRY(db_run(cx, NULL, schema_index_insert, indexes[i].name, entity->name));
    }
    return NULL;
}

// An index nobody declares any more only costs; it holds nothing of its own.
static FALLIBLE drop_stale(Ctx *cx, Migrating *migrating, const Rows *known, const Map *wanted)
{
    for (size_t i = 0; i < known->count; i++) {
        const char *name = row_text(&known->items[i], "name");
        if (map_get(wanted, name))
            continue;
        TRY(carry_out(cx, migrating, row_text(&known->items[i], "entity"),
                      text_format(cx->arena, "DROP INDEX \"%s\"", name)));
        TRY(db_run(cx, NULL, schema_index_delete, name));
    }
    return NULL;
}

static Error *migrate_unit(Ctx *cx, void *state)
{
    Migrating *migrating = state;
    const Schema *schema = migrating->schema;
    Rows columns, indexes;
    Map *wanted = map_new(cx->arena);
    TRY(db_rows(cx, &columns, schema_columns));
    TRY(db_rows(cx, &indexes, schema_indexes));
    *migrating = (Migrating){.schema = schema,
                             .columns = map_new(cx->arena),
                             .tables = map_new(cx->arena),
                             .indexes = map_new(cx->arena)};
    for (size_t i = 0; i < columns.count; i++) {
        Row *row = &columns.items[i];
        map_put(migrating->columns,
                text_format(cx->arena, "%s.%s", row_text(row, "entity"), row_text(row, "field")),
                row);
        map_put(migrating->tables, row_text(row, "entity"), row);
    }
    for (size_t i = 0; i < indexes.count; i++)
        map_put(migrating->indexes, row_text(&indexes.items[i], "name"), &indexes.items[i]);
    TRY(refuse_removed(cx, migrating));
    for (size_t e = 0; e < schema->entity_count; e++) {
        const Entity *entity = schema->entities[e];
        if (!map_get(migrating->tables, entity->name))
            TRY(create_table(cx, migrating, entity));
        else
            for (size_t i = 0; i < entity->field_count; i++)
                TRY(bring_column(cx, migrating, &entity->fields[i]));
        TRY(bring_indexes(cx, migrating, entity, wanted));
    }
    TRY(drop_stale(cx, migrating, &indexes, wanted));
    return search_prepare(cx, schema);
}

FALLIBLE schema_migrate(Ctx *cx, struct Database *database, const Schema *schema, int *changes)
{
    Migrating migrating = {.schema = schema};
    TRY(database_write(cx, database, migrate_unit, &migrating));
    if (changes)
        *changes = migrating.changes;
    return NULL;
}
