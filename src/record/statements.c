// SPDX-License-Identifier: Apache-2.0
#include "record/statements.h"

static char *insert_text(Arena *arena, const Entity *entity, const char *columns)
{
    Buffer *sql = buffer_new(arena);
    buffer_format(sql, "INSERT INTO \"%s\" (%s) VALUES (", entity->name, columns);
    for (size_t i = 0, number = 1; i < entity->field_count; i++)
        if (!entity->fields[i].live) {
            buffer_format(sql, "%s$%zu", number > 1 ? ", " : "", number);
            number++;
        }
    buffer_text(sql, ")");
    return sql->bytes;
}

EntityQueries *statements_make(Arena *arena, const Entity *entity)
{
    EntityQueries *queries = NEW(arena, EntityQueries);
    Buffer *columns = buffer_new(arena);
    for (size_t i = 0; i < entity->field_count; i++)
        buffer_format(columns, "%s%s\"%s\"", i ? ", " : "",
                      entity->fields[i].live ? "NULL AS " : "", entity->fields[i].name);
    queries->columns = columns->bytes;
    queries->get =
        text_format(arena, "SELECT %s FROM \"%s\" WHERE \"id\" = $1", columns->bytes, entity->name);
    queries->version =
        text_format(arena, "SELECT \"version\" FROM \"%s\" WHERE \"id\" = $1", entity->name);
    queries->label = text_format(arena, "SELECT \"id\", \"%s\" FROM \"%s\" WHERE \"id\" = $1",
                                 entity->label->name, entity->name);
    Buffer *stored = buffer_new(arena);
    for (size_t i = 0; i < entity->field_count; i++)
        if (!entity->fields[i].live)
            buffer_format(stored, "%s\"%s\"", i ? ", " : "", entity->fields[i].name);
    queries->insert = insert_text(arena, entity, stored->bytes);
    queries->remove = text_format(
        arena, "DELETE FROM \"%s\" WHERE \"id\" = $1 AND \"version\" = $2", entity->name);
    for (int verb = 0; verb < VERB_COUNT; verb++)
        queries->permissions[verb] =
            text_format(arena, "%s.%s", entity->name, verb_word((Verb)verb));
    return queries;
}

char *statement_update(Arena *arena, const Entity *entity, const int *positions, size_t count)
{
    Buffer *sql = buffer_new(arena);
    buffer_format(sql, "UPDATE \"%s\" SET ", entity->name);
    for (size_t i = 0; i < count; i++)
        buffer_format(sql, "%s\"%s\" = $%zu", i ? ", " : "", entity->fields[positions[i]].name,
                      i + 1);
    buffer_format(sql, " WHERE \"id\" = $%zu AND \"version\" = $%zu", count + 1, count + 2);
    return sql->bytes;
}
