// SPDX-License-Identifier: Apache-2.0
// Why somebody can, or cannot: each grant, share and role that speaks of the right, asked apart.
#include "base/ids.h"
#include "base/messages.h"
#include "record/condition.h"
#include "record/rights.h"
#include "record/row.h"
#include "record/share.h"
#include "record/share_query.h"

typedef struct Explaining {
    const Record *record;
    const Actor *actor; // who is asked about
    Verb verb;
    bool holds;
    ARRAY(Value) reasons;
} Explaining;

static const char *scope_phrase(const Ctx *cx, Scope scope)
{
    switch (scope) {
    case SCOPE_DEPARTMENT:
        return message_in(
            cx->language,
            "what belongs to the own departments and all below them, and what is owned");
    case SCOPE_TEAM:
        return message_in(cx->language, "what somebody of the team owns");
    case SCOPE_OWN:
        return message_in(cx->language, "what is owned");
    case SCOPE_QUEUE:
        return message_in(cx->language,
                          "what nobody owns yet in the own departments and all below them");
    default:
        return message_in(cx->language, "all records");
    }
}

static const char *answer(const Ctx *cx, const Explaining *about)
{
    const char *name = about->actor->name;
    bool holds = about->holds;
    switch (about->verb) {
    case VERB_EDIT:
        return text_format(cx->arena,
                           holds ? message_in(cx->language, "%s may edit this record")
                                 : message_in(cx->language, "%s may not edit this record"),
                           name);
    case VERB_DELETE:
        return text_format(cx->arena,
                           holds ? message_in(cx->language, "%s may delete this record")
                                 : message_in(cx->language, "%s may not delete this record"),
                           name);
    case VERB_EXPORT:
        return text_format(cx->arena,
                           holds ? message_in(cx->language, "%s may export this record")
                                 : message_in(cx->language, "%s may not export this record"),
                           name);
    default:
        return text_format(cx->arena,
                           holds ? message_in(cx->language, "%s may read this record")
                                 : message_in(cx->language, "%s may not read this record"),
                           name);
    }
}

// The first of the role's positions that the standing holds.
static const char *position_of(const Standing *standing, const Role *role)
{
    for (size_t i = 0; i < role->position_count; i++)
        for (size_t p = 0; p < standing->position_count; p++)
            if (text_equal(role->positions[i], standing->positions[p]))
                return role->positions[i];
    return NULL;
}

static Value *reason_add(Ctx *cx, Explaining *about, const Standing *standing, bool holds,
                         const char *text)
{
    Value *reason = &array_push(cx->arena, about->reasons);
    bool stands_in = standing && standing->user != about->actor->user;
    *reason = value_context(cx->arena);
    if (stands_in)
        text = text_format(cx->arena, message_in(cx->language, "Standing in for %s: %s"),
                           standing->name, text);
    value_set(cx->arena, *reason, "holds", value_boolean(holds));
    value_set(cx->arena, *reason, "text", value_text(text));
    value_set(cx->arena, *reason, "stands_in_for", value_text(stands_in ? standing->name : NULL));
    about->holds = about->holds || holds;
    return reason;
}

static void add_role(Ctx *cx, Value reason, const Standing *standing, const Role *role, Scope scope,
                     const Condition *rule)
{
    Value given = value_context(cx->arena);
    value_set(cx->arena, given, "name", value_text(role->name));
    value_set(cx->arena, given, "title", value_text(title_in(cx, role->title)));
    value_set(cx->arena, reason, "role", given);
    value_set(cx->arena, reason, "position", value_text(position_of(standing, role)));
    value_set(cx->arena, reason, "scope", value_text(scope_word(scope)));
    value_set(cx->arena, reason, "rule", value_text(rule ? rule->source : NULL));
}

static bool gives_all(const Role *role, const char *permission)
{
    for (size_t i = 0; i < role->permission_count; i++)
        if (text_equal(role->permissions[i], permission))
            return true;
    return false;
}

// Rights without bounds; "*" does not pass on to a substitute.
static void explain_roles(Ctx *cx, Explaining *about)
{
    const char *permission = about->record->entity->queries->permissions[about->verb];
    for (size_t s = 0; s < about->actor->standing_count; s++) {
        const Standing *standing = &about->actor->standings[s];
        for (size_t r = 0; r < standing->role_count; r++) {
            const Role *role = standing->roles[r];
            if (!gives_all(role, permission) && !(s == 0 && gives_all(role, "*")))
                continue;
            const char *text =
                text_format(cx->arena, message_in(cx->language, "The role '%s' gives it on %s"),
                            title_in(cx, role->title), scope_phrase(cx, SCOPE_ALL));
            add_role(cx, *reason_add(cx, about, standing, true, text), standing, role, SCOPE_ALL,
                     NULL);
        }
    }
}

static const char *outcome(const Ctx *cx, bool in_scope, bool met)
{
    return !in_scope ? message_in(cx->language, "this record is not among it")
           : !met    ? message_in(cx->language, "this record does not meet the condition")
                     : message_in(cx->language, "this record is among it");
}

static FALLIBLE explain_grant(Ctx *cx, Explaining *about, const Standing *standing,
                              const Role *role, const Grant *grant)
{
    bool met = true;
    const Record *record = about->record;
    bool in_scope = scope_covers(grant->scope, standing, record_reference(record, "owner"),
                                 record_text(record, "department"));
    if (in_scope && grant->rule)
        TRY(condition_holds(cx, grant->rule, standing, record, value_null(), &met));
    const char *where = grant->rule ? text_format(cx->arena, message_in(cx->language, ", where %s"),
                                                  grant->rule->source)
                                    : "";
    const char *text =
        text_format(cx->arena, message_in(cx->language, "The role '%s' gives it on %s%s; %s"),
                    title_in(cx, role->title), scope_phrase(cx, grant->scope), where,
                    outcome(cx, in_scope, met));
    add_role(cx, *reason_add(cx, about, standing, in_scope && met, text), standing, role,
             grant->scope, grant->rule);
    return NULL;
}

static FALLIBLE explain_shares(Ctx *cx, Explaining *about, const Standing *standing)
{
    Value shares;
    if (!share_counts(about->verb))
        return NULL;
    TRY(shares_covering(cx, about->record, about->verb, standing, &shares));
    for (size_t i = 0; i < shares.list.count; i++) {
        Value share = shares.list.items[i], with = *value_get(share, "with");
        const Value *by = value_get(share, "shared_by");
        const char *text = text_format(cx->arena, message_in(cx->language, "%s shared it with %s"),
                                       by->kind == VALUE_CONTEXT ? value_get_text(*by, "name")
                                                                 : actor_system()->name,
                                       value_get_text(with, "name"));
        value_set(cx->arena, *reason_add(cx, about, standing, true, text), "share", share);
    }
    return NULL;
}

// Where no role gives anything: those that would.
static void explain_nothing(Ctx *cx, Explaining *about)
{
    const Schema *schema = cx->schema;
    const Entity *entity = about->record->entity;
    Buffer *titles = buffer_new(cx->arena);
    for (size_t r = 0; r < schema->role_count; r++) {
        const Role *role = &schema->roles[r];
        bool gives = gives_all(role, entity->queries->permissions[about->verb]);
        for (size_t g = 0; g < role->grant_count && !gives; g++)
            gives = role->grants[g].entity == entity && role->grants[g].verb == about->verb;
        if (gives || gives_all(role, "*"))
            buffer_format(titles, "%s'%s'", titles->length ? ", " : "", title_in(cx, role->title));
    }
    reason_add(cx, about, NULL, false,
               text_format(cx->arena,
                           message_in(cx->language, "No role of %s gives it; these would: %s"),
                           about->actor->name, titles->length ? titles->bytes : "-"));
}

static FALLIBLE explain(Ctx *cx, Explaining *about, Value *out)
{
    const Standing *standing, *shared = NULL;
    const Role *role;
    const Grant *grant;
    GrantWalk at = {0};
    explain_roles(cx, about);
    while (grants_next(about->actor, about->record->entity, about->verb, &at, &standing, &role,
                       &grant)) {
        TRY(explain_grant(cx, about, standing, role, grant));
        if (standing != shared)
            TRY(explain_shares(cx, about, standing));
        shared = standing;
    }
    if (!about->reasons.count)
        explain_nothing(cx, about);
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "right", value_text(verb_word(about->verb)));
    value_set(cx->arena, *out, "allowed", value_boolean(about->holds));
    value_set(cx->arena, *out, "text", value_text(answer(cx, about)));
    value_set(cx->arena, *out, "reasons", value_list(about->reasons.items, about->reasons.count));
    return NULL;
}

// Fields that need a permission of their own, of those that the reader knows.
static Value explain_fields(Ctx *cx, const Entity *entity, const Actor *actor)
{
    ARRAY(Value) fields = {0};
    for (size_t i = 0; i < entity->field_count; i++) {
        const Field *field = &entity->fields[i];
        if ((!field->read_permission && !field->edit_permission) ||
            !field_readable(cx->actor, field))
            continue;
        Value one = value_context(cx->arena);
        value_set(cx->arena, one, "name", value_text(field->name));
        value_set(cx->arena, one, "title", value_text(title_in(cx, field->title)));
        value_set(cx->arena, one, "read", value_boolean(field_readable(actor, field)));
        value_set(cx->arena, one, "edit", value_boolean(field_editable(actor, field)));
        array_push(cx->arena, fields) = one;
    }
    return value_list(fields.items, fields.count);
}

static FALLIBLE person_asked_about(Ctx *cx, const char *login, const Actor **out)
{
    Record *user;
    Actor *actor;
    *out = cx->actor;
    if (!login || text_equal(login, cx->actor->login))
        return NULL;
    TRY(record_find(cx, "user", "login", value_text(login), &user));
    if (!user)
        return error_field(FAIL(cx, ERR_INVALID, "there is no active user '%s'", login), "user");
    TRY(actor_load(cx, login, cx->actor->door, &actor));
    *out = actor;
    return NULL;
}

FALLIBLE record_rights(Ctx *cx, const char *entity_name, Id id, const char *login, Value *out)
{
    static const Verb verbs[] = {VERB_READ, VERB_EDIT, VERB_DELETE, VERB_EXPORT};
    Record *readable, *record;
    const Actor *actor;
    TRY(record_get(cx, entity_name, id, &readable));
    TRY(row_load(cx, readable->entity, id, &record));
    TRY(person_asked_about(cx, login, &actor));
    size_t count = sizeof verbs / sizeof *verbs;
    Value *rights = NEW_ARRAY(cx->arena, Value, count), user = value_context(cx->arena);
    for (size_t i = 0; i < count; i++) {
        Explaining about = {.record = record, .actor = actor, .verb = verbs[i]};
        TRY(explain(cx, &about, &rights[i]));
    }
    value_set(cx->arena, user, "id", value_text(id_text(cx->arena, actor->user)));
    value_set(cx->arena, user, "name", value_text(actor->name));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "user", user);
    value_set(cx->arena, *out, "rights", value_list(rights, count));
    value_set(cx->arena, *out, "fields", explain_fields(cx, readable->entity, actor));
    return NULL;
}
