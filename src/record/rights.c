// SPDX-License-Identifier: Apache-2.0
#include "record/rights.h"

#include "base/ids.h"
#include "record/condition.h"
#include "record/row.h"
#include "record/share_query.h"

bool rights_on_all(const Actor *actor, const Entity *entity, Verb verb)
{
    return actor_may(actor, entity->queries->permissions[verb]);
}

bool grants_next(const Actor *actor, const Entity *entity, Verb verb, GrantWalk *at,
                 const Standing **standing, const Role **role, const Grant **grant)
{
    for (; at->standing < actor->standing_count; at->standing++, at->role = 0) {
        const Standing *one = &actor->standings[at->standing];
        for (; at->role < one->role_count; at->role++, at->grant = 0)
            while (at->grant < one->roles[at->role]->grant_count) {
                const Grant *next = &one->roles[at->role]->grants[at->grant++];
                if (next->entity != entity || next->verb != verb)
                    continue;
                *standing = one;
                *role = one->roles[at->role];
                *grant = next;
                return true;
            }
    }
    return false;
}

bool rights_on_some(const Actor *actor, const Entity *entity, Verb verb)
{
    const Standing *standing;
    const Role *role;
    const Grant *grant;
    GrantWalk at = {0};
    return rights_on_all(actor, entity, verb) ||
           grants_next(actor, entity, verb, &at, &standing, &role, &grant);
}

FALLIBLE rights_need(Ctx *cx, const Entity *entity, Verb verb)
{
    if (rights_on_some(cx->actor, entity, verb))
        return NULL;
    return error_hint(
        FAIL(cx, ERR_DENIED, "you may not %s records of '%s'", verb_word(verb), entity->name),
        "It needs the permission %s.%s.", entity->name, verb_word(verb));
}

bool scope_covers(Scope scope, const Standing *standing, Id owner, const char *department)
{
    bool own = owner && owner == standing->user;
    switch (scope) {
    case SCOPE_ALL:
        return true;
    case SCOPE_DEPARTMENT:
        return own || standing_in_departments(standing, department);
    case SCOPE_TEAM:
        return own || standing_in_team(standing, owner);
    case SCOPE_OWN:
        return own;
    case SCOPE_QUEUE:
        return !owner && standing_in_departments(standing, department);
    }
    return false;
}

static FALLIBLE grant_covers(Ctx *cx, const Grant *grant, const Standing *standing,
                             const Record *record, Value known, bool *out)
{
    *out = scope_covers(grant->scope, standing, record_reference(record, "owner"),
                        record_text(record, "department"));
    return *out && grant->rule ? condition_holds(cx, grant->rule, standing, record, known, out)
                               : NULL;
}

FALLIBLE rights_cover_by_roles(Ctx *cx, const Record *record, Verb verb, Value known, bool *out)
{
    const Standing *standing;
    const Role *role;
    const Grant *grant;
    GrantWalk at = {0};
    *out = rights_on_all(cx->actor, record->entity, verb);
    while (!*out && grants_next(cx->actor, record->entity, verb, &at, &standing, &role, &grant))
        TRY(grant_covers(cx, grant, standing, record, known, out));
    return NULL;
}

// Shares widen what a standing has already: one that has nothing on the entity gets nothing.
static FALLIBLE shared_with(Ctx *cx, const Record *record, Verb verb, bool *out)
{
    const Standing *standing, *asked = NULL;
    const Role *role;
    const Grant *grant;
    GrantWalk at = {0};
    *out = false;
    while (!*out && share_counts(verb) && record->id &&
           grants_next(cx->actor, record->entity, verb, &at, &standing, &role, &grant)) {
        if (standing != asked)
            TRY(share_covers(cx, record, verb, standing, out));
        asked = standing;
    }
    return NULL;
}

FALLIBLE rights_cover(Ctx *cx, const Record *record, Verb verb, Value known, bool *out)
{
    TRY(rights_cover_by_roles(cx, record, verb, known, out));
    return *out ? NULL : shared_with(cx, record, verb, out);
}

FALLIBLE rights_cover_change(Ctx *cx, const Record *before, const Record *after, bool *out)
{
    const Entity *entity = before->entity;
    const Standing *standing;
    const Role *role;
    const Grant *grant;
    GrantWalk at = {0};
    *out = rights_on_all(cx->actor, entity, VERB_EDIT);
    while (!*out && grants_next(cx->actor, entity, VERB_EDIT, &at, &standing, &role, &grant)) {
        TRY(grant_covers(cx, grant, standing, before, value_null(), out));
        if (*out && grant->rule)
            TRY(condition_holds(cx, grant->rule, standing, after, value_null(), out));
    }
    return *out ? NULL : shared_with(cx, before, VERB_EDIT, out);
}

FALLIBLE record_visible(Ctx *cx, const Actor *reader, const char *entity_name, Id id, bool *out)
{
    const Entity *entity = schema_entity(cx->schema, entity_name);
    const Actor *asking = cx->actor;
    *out = false;
    if (!entity)
        return NULL;
    cx->actor = reader;
    Error *error = rights_reached(cx, entity, id, out);
    cx->actor = asking;
    return error;
}

FALLIBLE rights_reached(Ctx *cx, const Entity *entity, Id id, bool *out)
{
    Record *record;
    Rows rows;
    Cell cell = cell_integer(id);
    *out = false;
    if (rights_on_all(cx->actor, entity, VERB_READ)) {
        TRY(db_built_rows(cx, &rows, entity->queries->version, &cell, 1));
        *out = rows.count > 0;
        return NULL;
    }
    if (!rights_on_some(cx->actor, entity, VERB_READ))
        return NULL;
    TRY(row_load(cx, entity, id, &record));
    return record ? rights_cover(cx, record, VERB_READ, value_null(), out) : NULL;
}
