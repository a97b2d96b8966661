// SPDX-License-Identifier: Apache-2.0
#include "record/migrate.h"

#include "base/ids.h"
#include "record/catch_up.h"
#include "record/duplicate_keys.h"
#include "record/field.h"
#include "record/indexes.h"
#include "record/links.h"
#include "record/pack_apply.h"
#include "record/rollup.h"
#include "record/search_index.h"

#include <string.h>

MIGRATION(record_0003_schema, 20,
          "CREATE TABLE schema_column (entity TEXT NOT NULL, field TEXT NOT NULL,"
          " type TEXT NOT NULL, scale BIGINT NOT NULL, PRIMARY KEY (entity, field));\n"
          "CREATE TABLE schema_index (name TEXT NOT NULL PRIMARY KEY, entity TEXT NOT NULL);\n"
          "CREATE TABLE schema_change (id BIGINT NOT NULL PRIMARY KEY, at BIGINT NOT NULL,"
          " entity TEXT NOT NULL, statement TEXT NOT NULL)");

QUERY_FULL(schema_columns,
           "SELECT entity, field, type, scale, parked_at FROM schema_column ORDER BY entity, field",
           NULL, "the catalogue is read whole");
QUERY(schema_column_insert,
      "INSERT INTO schema_column (entity, field, type, scale) VALUES ($1, $2, $3, $4)");
QUERY(schema_column_retype, "UPDATE schema_column SET type = $3 WHERE entity = $1 AND field = $2");
QUERY(schema_column_park,
      "UPDATE schema_column SET parked_at = $3 WHERE entity = $1 AND field = $2");
QUERY(schema_column_delete, "DELETE FROM schema_column WHERE entity = $1 AND field = $2");
QUERY_FULL(schema_indexes, "SELECT name, entity FROM schema_index ORDER BY name", NULL,
           "the catalogue is read whole");
QUERY(schema_index_insert, "INSERT INTO schema_index (name, entity) VALUES ($1, $2)");
QUERY(schema_index_delete, "DELETE FROM schema_index WHERE name = $1");
QUERY(schema_change_insert,
      "INSERT INTO schema_change (id, at, entity, statement) VALUES ($1, $2, $3, $4)");

typedef struct Waiting {
    const char *entity;
    Index index;
} Waiting;

typedef struct Migrating {
    const Schema *schema;
    bool dry; // tell only
    Rows column_rows;
    Rows index_rows;
    Map *columns;            // "entity.field" -> Row
    Map *tables;             // entity -> anything
    Map *indexes;            // name -> anything, those that are there or will be
    Map *wanted;             // name -> Index, those that the schema has
    ARRAY(Value) statements; // of a dry run
    ARRAY(Waiting) waiting;  // indexes of tables that were there
    int changes, before; // so many statements were carried out, and before the last unit of work
    UnitWork finish;
    void *state;
} Migrating;

static FALLIBLE note(Ctx *cx, Migrating *migrating, const char *entity, const char *sql)
{
    migrating->changes++;
    if (!migrating->dry)
        return db_run(cx, NULL, schema_change_insert, id_new(cx), cx->now, entity, sql);
    array_push(cx->arena, migrating->statements) = value_text(sql);
    return NULL;
}

static FALLIBLE carry_out(Ctx *cx, Migrating *migrating, const char *entity, const char *sql)
{
    if (!migrating->dry)
        TRY(db_built_run(cx, NULL, sql, NULL, 0));
    return note(cx, migrating, entity, sql);
}

// ---- tables and columns ---------------------------------------------------------------------

// Text compares bytewise on both; PostgreSQL must be told.
static const char *column_type(Ctx *cx, const Field *field)
{
    if (!field_in_text_column(field))
        return "BIGINT";
    return db_driver(cx) == DRIVER_POSTGRES ? "TEXT COLLATE \"C\"" : "TEXT";
}

static FALLIBLE note_column(Ctx *cx, const Migrating *migrating, const Field *field)
{
    if (migrating->dry || field->live)
        return NULL;
    return db_run(cx, NULL, schema_column_insert, field->entity->name, field->name,
                  field_type_word(field->type), field->scale);
}

static FALLIBLE create_table(Ctx *cx, Migrating *migrating, const Entity *entity)
{
    Buffer *sql = buffer_new(cx->arena);
    buffer_format(sql, "CREATE TABLE \"%s\" (", entity->name);
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if (field->live)
            continue;
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
        TRY(note_column(cx, migrating, &entity->fields[i]));
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
    if (field_is_tree(&old) || field_is_tree(field))
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
        return note_column(cx, migrating, field);
    }
    const char *was = row_text(row, "type");
    bool parked = row_cell(row, "parked_at").kind != CELL_NULL;
    if (!may_become(was, (int)row_integer(row, "scale"), field))
        return error_hint(error_field(FAIL(cx, ERR_CONFLICT,
                                           "the field '%s' of '%s' is %s with scale %d in the "
                                           "database and cannot become %s with scale %d",
                                           field->name, entity, was, (int)row_integer(row, "scale"),
                                           field_type_word(field->type), field->scale),
                                      field->name),
                          parked ? "The column is parked: millrace pack prune drops it."
                                 : "Declare a new field and carry the values over.");
    if (!text_equal(was, field_type_word(field->type)) && !migrating->dry)
        return db_run(cx, NULL, schema_column_retype, entity, field->name,
                      field_type_word(field->type));
    return NULL;
}

// The indexes of a new, empty table are made with it; the others wait.
static FALLIBLE bring_indexes(Ctx *cx, Migrating *migrating, const Entity *entity, bool fresh)
{
    Index *indexes;
    size_t count;
    TRY(indexes_of(cx, entity, &indexes, &count));
    for (size_t i = 0; i < count; i++) {
        map_put(migrating->wanted, indexes[i].name, &indexes[i]);
        if (map_get(migrating->indexes, indexes[i].name))
            continue;
        map_put(migrating->indexes, indexes[i].name, &indexes[i]);
        if (!fresh && !migrating->dry) {
            array_push(cx->arena, migrating->waiting) = (Waiting){entity->name, indexes[i]};
            continue;
        }
        TRY(carry_out(cx, migrating, entity->name, indexes[i].sql));
        if (!migrating->dry)
            TRY(db_run(cx, NULL, schema_index_insert, indexes[i].name, entity->name));
    }
    return NULL;
}

static FALLIBLE read_catalogue(Ctx *cx, Migrating *migrating)
{
    TRY(db_rows(cx, &migrating->column_rows, schema_columns));
    TRY(db_rows(cx, &migrating->index_rows, schema_indexes));
    migrating->columns = map_new(cx->arena);
    migrating->tables = map_new(cx->arena);
    migrating->indexes = map_new(cx->arena);
    migrating->wanted = map_new(cx->arena);
    memset(&migrating->waiting, 0, sizeof migrating->waiting);
    memset(&migrating->statements, 0, sizeof migrating->statements);
    migrating->changes = 0;
    for (size_t i = 0; i < migrating->column_rows.count; i++) {
        Row *row = &migrating->column_rows.items[i];
        map_put(migrating->columns,
                text_format(cx->arena, "%s.%s", row_text(row, "entity"), row_text(row, "field")),
                row);
        map_put(migrating->tables, row_text(row, "entity"), row);
    }
    for (size_t i = 0; i < migrating->index_rows.count; i++)
        map_put(migrating->indexes, row_text(&migrating->index_rows.items[i], "name"),
                &migrating->index_rows.items[i]);
    return NULL;
}

static FALLIBLE add_missing(Ctx *cx, void *state)
{
    Migrating *migrating = state;
    const Schema *schema = migrating->schema;
    TRY(read_catalogue(cx, migrating));
    for (size_t e = 0; e < schema->entity_count; e++) {
        const Entity *entity = schema->entities[e];
        bool fresh = !map_get(migrating->tables, entity->name);
        if (fresh)
            TRY(create_table(cx, migrating, entity));
        else
            for (size_t i = 0; i < entity->field_count; i++)
                if (!entity->fields[i].live)
                    TRY(bring_column(cx, migrating, &entity->fields[i]));
        TRY(bring_indexes(cx, migrating, entity, fresh));
    }
    return NULL;
}

// ---- indexes of tables that are there -------------------------------------------------------

typedef struct Made {
    Migrating *migrating;
    const Waiting *waiting;
    const char *sql;
} Made;

static FALLIBLE note_index(Ctx *cx, void *state)
{
    const Made *made = state;
    TRY(note(cx, made->migrating, made->waiting->entity, made->sql));
    return db_run(cx, NULL, schema_index_insert, made->waiting->index.name, made->waiting->entity);
}

// One that an end of the program left half made is made anew.
static FALLIBLE make_index(Ctx *cx, Database *database, Migrating *migrating,
                           const Waiting *waiting)
{
    bool postgres = database_driver(database) == DRIVER_POSTGRES;
    const char *beside = postgres ? "CONCURRENTLY " : "";
    const char *drop =
        text_format(cx->arena, "DROP INDEX %sIF EXISTS \"%s\"", beside, waiting->index.name);
    const char *rest = strstr(waiting->index.sql, "INDEX ") + strlen("INDEX ");
    Made made = {migrating, waiting,
                 text_format(cx->arena, "CREATE %sINDEX %s%s",
                             strstr(waiting->index.sql, "UNIQUE") ? "UNIQUE " : "", beside, rest)};
    TRY(database_alone(cx, database, drop));
    Error *error = database_alone(cx, database, made.sql);
    if (error) {
        Error *second = database_alone(cx, database, drop);
        return error_hint(error, "%s",
                          second ? second->message
                                 : "Do records that are there already break the new rule?");
    }
    return database_write(cx, database, note_index, &made);
}

// ---- what nobody declares any more ----------------------------------------------------------

static bool is_declared(const Schema *schema, const Row *row)
{
    const Entity *entity = schema_entity(schema, row_text(row, "entity"));
    const Field *field = entity ? entity_field(entity, row_text(row, "field")) : NULL;
    return field && !field->live;
}

static FALLIBLE park(Ctx *cx, Migrating *migrating)
{
    for (size_t i = 0; i < migrating->column_rows.count; i++) {
        const Row *row = &migrating->column_rows.items[i];
        const char *entity = row_text(row, "entity"), *field = row_text(row, "field");
        bool parked = row_cell(row, "parked_at").kind != CELL_NULL;
        if (parked != is_declared(migrating->schema, row))
            continue;
        TRY(note(cx, migrating, entity,
                 text_format(cx->arena, "-- %s \"%s\".\"%s\"", parked ? "take up" : "park", entity,
                             field)));
        if (!migrating->dry)
            TRY(db_run(cx, NULL, schema_column_park, entity, field,
                       parked ? cell_null() : cell_integer(cx->now)));
    }
    return NULL;
}

// An index nobody declares any more only costs; it holds nothing of its own.
static FALLIBLE drop_stale(Ctx *cx, Migrating *migrating)
{
    for (size_t i = 0; i < migrating->index_rows.count; i++) {
        const Row *row = &migrating->index_rows.items[i];
        const char *name = row_text(row, "name");
        if (map_get(migrating->wanted, name))
            continue;
        TRY(carry_out(cx, migrating, row_text(row, "entity"),
                      text_format(cx->arena, "DROP INDEX \"%s\"", name)));
        if (!migrating->dry)
            TRY(db_run(cx, NULL, schema_index_delete, name));
    }
    return NULL;
}

static FALLIBLE end(Ctx *cx, void *state)
{
    Migrating *migrating = state;
    migrating->changes = migrating->before;
    TRY(park(cx, migrating));
    TRY(drop_stale(cx, migrating));
    TRY(rollups_fill(cx, migrating->schema));
    TRY(search_prepare(cx, migrating->schema));
    TRY(duplicate_prepare(cx, migrating->schema));
    TRY(catch_up_prepare(cx, migrating->schema));
    return migrating->finish(cx, migrating->state);
}

FALLIBLE schema_migrate(Ctx *cx, Database *database, const Schema *schema, UnitWork finish,
                        void *state, int *changes)
{
    Migrating migrating = {.schema = schema, .finish = finish, .state = state};
    TRY(database_write(cx, database, add_missing, &migrating));
    for (size_t i = 0; i < migrating.waiting.count; i++)
        TRY(make_index(cx, database, &migrating, &migrating.waiting.items[i]));
    migrating.before = migrating.changes;
    TRY(database_write(cx, database, end, &migrating));
    *changes = migrating.changes;
    return NULL;
}

static FALLIBLE tell(Ctx *cx, void *state)
{
    Migrating *migrating = state;
    TRY(add_missing(cx, migrating));
    TRY(park(cx, migrating));
    return drop_stale(cx, migrating);
}

FALLIBLE schema_migration(Ctx *cx, Database *database, const Schema *schema, Value *out)
{
    Migrating migrating = {.schema = schema, .dry = true};
    TRY(database_read(cx, database, tell, &migrating));
    *out = value_list(migrating.statements.items, migrating.statements.count);
    return NULL;
}

// ---- pruning --------------------------------------------------------------------------------

typedef struct Pruning {
    Migrating migrating;
    ARRAY(Value) dropped;
} Pruning;

static FALLIBLE drop_parked(Ctx *cx, Pruning *pruning, const Row *row)
{
    const char *entity = row_text(row, "entity"), *field = row_text(row, "field");
    bool whole = !schema_entity(pruning->migrating.schema, entity);
    if (!whole)
        TRY(carry_out(
            cx, &pruning->migrating, entity,
            text_format(cx->arena, "ALTER TABLE \"%s\" DROP COLUMN \"%s\"", entity, field)));
    else if (text_equal(field, "id"))
        TRY(carry_out(cx, &pruning->migrating, entity,
                      text_format(cx->arena, "DROP TABLE \"%s\"", entity)));
    array_push(cx->arena, pruning->dropped) =
        value_text(text_format(cx->arena, "%s.%s", entity, field));
    TRY(links_forget(cx, entity, field));
    return db_run(cx, NULL, schema_column_delete, entity, field);
}

static FALLIBLE prune(Ctx *cx, void *state)
{
    Pruning *pruning = state;
    memset(&pruning->dropped, 0, sizeof pruning->dropped);
    TRY(read_catalogue(cx, &pruning->migrating));
    const Rows *rows = &pruning->migrating.column_rows;
    for (size_t i = 0; i < rows->count; i++)
        if (row_cell(&rows->items[i], "parked_at").kind != CELL_NULL)
            TRY(drop_parked(cx, pruning, &rows->items[i]));
    return NULL;
}

FALLIBLE packs_prune(Ctx *cx, struct Database *database, Value *dropped)
{
    Pruning pruning = {.migrating = {.schema = cx->schema}};
    TRY(database_write(cx, database, prune, &pruning));
    *dropped = value_list(pruning.dropped.items, pruning.dropped.count);
    return NULL;
}
