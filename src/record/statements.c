// SPDX-License-Identifier: Apache-2.0
#include "record/statements.h"

static const char *const verb_words[VERB_COUNT] = {"read",   "create", "edit",
                                                   "delete", "export", "import"};

const char *verb_word(Verb verb)
{
    return verb_words[verb];
}

static char *insert_text(Arena *arena, const Entity *entity, const char *columns)
{
    Buffer *sql = buffer_new(arena);
    buffer_format(sql, "INSERT INTO \"%s\" (%s) VALUES (", entity->name, columns);
    for (size_t i = 0; i < entity->field_count; i++)
        buffer_format(sql, "%s$%zu", i ? ", " : "", i + 1);
    buffer_text(sql, ")");
    return sql->bytes;
}

EntityQueries *statements_make(Arena *arena, const Entity *entity)
{
    EntityQueries *queries = NEW(arena, EntityQueries);
    Buffer *columns = buffer_new(arena);
    for (size_t i = 0; i < entity->field_count; i++)
        buffer_format(columns, "%s\"%s\"", i ? ", " : "", entity->fields[i].name);
    queries->columns = columns->bytes;
    queries->get =
        text_format(arena, "SELECT %s FROM \"%s\" WHERE \"id\" = $1", columns->bytes, entity->name);
    queries->standing = text_format(
        arena, "SELECT \"owner\", \"department\" FROM \"%s\" WHERE \"id\" = $1", entity->name);
    queries->version =
        text_format(arena, "SELECT \"version\" FROM \"%s\" WHERE \"id\" = $1", entity->name);
    queries->insert = insert_text(arena, entity, columns->bytes);
    queries->remove = text_format(
        arena, "DELETE FROM \"%s\" WHERE \"id\" = $1 AND \"version\" = $2", entity->name);
    for (int verb = 0; verb < VERB_COUNT; verb++) {
        const char **permissions = queries->permissions[verb];
        permissions[0] = text_format(arena, "%s.%s", entity->name, verb_words[verb]);
        permissions[1] = text_format(arena, "%s.department", permissions[0]);
        permissions[2] = text_format(arena, "%s.own", permissions[0]);
    }
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

Reach reach_of(const Actor *actor, const Entity *entity, Verb verb)
{
    const char *const *permissions = entity->queries->permissions[verb];
    if (actor_may(actor, permissions[0]))
        return REACH_ALL;
    if (actor->department && actor_may(actor, permissions[1]))
        return REACH_DEPARTMENT;
    if (actor->user && actor_may(actor, permissions[2]))
        return REACH_OWN;
    return REACH_NONE;
}

bool reach_covers(Reach reach, const Actor *actor, Id owner, const char *department)
{
    if (reach == REACH_ALL)
        return true;
    if (reach == REACH_DEPARTMENT && text_equal(actor->department, department) && department)
        return true;
    // What somebody owns is within a department's reach too.
    return reach != REACH_NONE && owner && owner == actor->user;
}
