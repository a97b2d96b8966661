// SPDX-License-Identifier: Apache-2.0
#include "record/list_path.h"

#include "record/live.h"
#include "record/rights.h"

#include <string.h>

FALLIBLE list_path_read(Ctx *cx, const Entity *entity, const char *name, ListPath *out)
{
    ListPath path = {.name = name};
    const char *dot = strchr(name, '.');
    if (!dot) {
        TRY(query_field(cx, entity, name, &path.field));
        *out = path;
        return NULL;
    }
    TRY(query_field(cx, entity, text_slice(cx->arena, name, (size_t)(dot - name)),
                    &path.reference));
    const Entity *target = path.reference->target;
    if (path.reference->type != FIELD_REFERENCE || !target ||
        !rights_on_some(cx->actor, target, VERB_READ))
        return error_field(FAIL(cx, ERR_INVALID, "'%s' has no field '%.80s'", entity->name, name),
                           name);
    TRY(query_field(cx, target, dot + 1, &path.field));
    TRY(live_refuse(cx, path.field)); // of its own record alone
    *out = path;
    return NULL;
}

FALLIBLE list_path_sql(Ctx *cx, Querying *querying, const ListPath *path, const char **out)
{
    if (path->reference)
        return query_path(cx, querying, path->reference, path->field, true, out);
    *out = query_column(cx, querying, path->field);
    return NULL;
}

const Field *list_path_field(Ctx *cx, const Entity *entity, const char *name)
{
    const char *dot = strchr(name, '.');
    if (!dot)
        return entity_field(entity, name);
    const Field *reference =
        entity_field(entity, text_slice(cx->arena, name, (size_t)(dot - name)));
    return reference && reference->target ? entity_field(reference->target, dot + 1) : NULL;
}

Querying query_of_ids(Ctx *cx, const Entity *entity, const Id *ids, size_t count)
{
    Querying kept = querying_new(cx, entity);
    Buffer *numbers = buffer_new(cx->arena);
    for (size_t i = 0; i < count; i++)
        buffer_format(numbers, "%s$%zu", i ? ", " : "",
                      query_parameter(cx, &kept, cell_integer(ids[i])));
    query_condition(cx, &kept, "\"id\" IN (%s)", numbers->bytes);
    return kept;
}
