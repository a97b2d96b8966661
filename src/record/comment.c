// SPDX-License-Identifier: Apache-2.0
#include "record/comment.h"

#include "base/ids.h"
#include "db/database.h"
#include "record/audit.h"
#include "record/feed.h"
#include "record/follow.h"
#include "record/labels.h"

#include <string.h>

MIGRATION(record_0034_comment, 20,
          "CREATE TABLE record_comment (id BIGINT NOT NULL PRIMARY KEY, entity TEXT NOT NULL,"
          " record BIGINT NOT NULL, kind TEXT NOT NULL, text TEXT NOT NULL, author BIGINT NOT NULL,"
          " edited_at BIGINT);\n"
          "CREATE INDEX record_comment_of ON record_comment (record, entity, kind, id)");

#define COMMENT_COLUMNS "id, kind, text, author, edited_at"

QUERY(comment_insert, "INSERT INTO record_comment (id, entity, record, kind, text, author)"
                      " VALUES ($1, $2, $3, $4, $5, $6)");
QUERY(comment_get, "SELECT " COMMENT_COLUMNS " FROM record_comment WHERE id = $1 AND record = $2"
                   " AND entity = $3");
QUERY(comments_page, "SELECT " COMMENT_COLUMNS " FROM record_comment WHERE record = $1"
                     " AND entity = $2 AND kind = $3 AND id < $4 ORDER BY id DESC LIMIT $5");
QUERY(comment_update, "UPDATE record_comment SET text = $2, edited_at = $3 WHERE id = $1");
QUERY(comment_delete, "DELETE FROM record_comment WHERE id = $1");
QUERY(comments_delete, "DELETE FROM record_comment WHERE record = $1 AND entity = $2");

// ---- mentions -------------------------------------------------------------------------------

typedef struct Mentioned {
    Id users[COMMENT_MENTIONS];
    const char *logins[COMMENT_MENTIONS];
    const char *names[COMMENT_MENTIONS];
    size_t count;
} Mentioned;

static bool is_login(char byte)
{
    return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
           (byte >= '0' && byte <= '9') || byte == '_' || byte == '-' || byte == '.';
}

static FALLIBLE mention_add(Ctx *cx, const char *login, Mentioned *out)
{
    Record *user = NULL;
    const Actor *asking = cx->actor;
    for (size_t i = 0; i < out->count; i++)
        if (text_equal(out->logins[i], login))
            return NULL;
    cx->actor = actor_system(); // a login in a text is no secret of the organisation
    Error *error = record_find(cx, "user", "login", value_text(login), &user);
    cx->actor = asking;
    TRY(error);
    if (!user)
        return NULL;
    out->users[out->count] = user->id;
    out->logins[out->count] = login;
    out->names[out->count++] = record_label(user);
    return NULL;
}

// "@login", not within a word: no address of e-mail. The point that ends a sentence is no part.
static FALLIBLE mentions_find(Ctx *cx, const char *text, Mentioned *out)
{
    *out = (Mentioned){0};
    if (!schema_has_field(cx->schema, "user", "login"))
        return NULL;
    for (const char *at = text; (at = strchr(at, '@')) && out->count < COMMENT_MENTIONS;) {
        bool within = at > text && is_login(at[-1]);
        size_t length = 0;
        at++;
        while (is_login(at[length]))
            length++;
        size_t whole = length;
        while (length && (at[length - 1] == '.' || at[length - 1] == '-'))
            length--;
        if (length && !within)
            TRY(mention_add(cx, text_slice(cx->arena, at, length), out));
        at += whole;
    }
    return NULL;
}

static Value mentions_value(Ctx *cx, const Mentioned *mentioned)
{
    Value *items = NEW_ARRAY(cx->arena, Value, mentioned->count + 1);
    for (size_t i = 0; i < mentioned->count; i++) {
        items[i] = value_context(cx->arena);
        value_set(cx->arena, items[i], "login", value_text(mentioned->logins[i]));
        value_set(cx->arena, items[i], "name", value_text(mentioned->names[i]));
    }
    return value_list(items, mentioned->count);
}

// Each is told once, as mentioned; the owner and the followers hear of a comment, and nobody of a
// note.
static FALLIBLE tell(Ctx *cx, const Record *record, Id comment, bool to_all,
                     const Mentioned *mentioned, Value *unreached)
{
    Notice notice = {NOTICE_MENTION, record->entity->name, record->id, comment};
    Value *logins = NEW_ARRAY(cx->arena, Value, mentioned->count + 1);
    Id *told = NEW_ARRAY(cx->arena, Id, mentioned->count + 1);
    size_t count = 0, told_count = 0;
    for (size_t i = 0; i < mentioned->count; i++) {
        bool reached;
        TRY(notice_give(cx, &notice, mentioned->users[i], &reached));
        told[told_count++] = mentioned->users[i];
        if (!reached && mentioned->users[i] != cx->actor->user)
            logins[count++] = value_text(mentioned->logins[i]);
    }
    *unreached = value_list(logins, count);
    if (!to_all)
        return NULL;
    notice.kind = NOTICE_COMMENT;
    Id owner = 0;
    const char *owner_text = value_get_text(record->fields, "owner");
    bool named = !owner_text || !id_parse(owner_text, &owner), reached;
    for (size_t i = 0; i < told_count; i++)
        named = named || told[i] == owner;
    if (!named) {
        TRY(notice_give(cx, &notice, owner, &reached));
        told[told_count++] = owner;
    }
    return followers_tell(cx, &notice, told, told_count);
}

// ---- read -----------------------------------------------------------------------------------

static FALLIBLE comment_value(Ctx *cx, const Row *row, Value *out)
{
    Mentioned mentioned;
    Value by;
    Id id = row_integer(row, "id"), author = row_integer(row, "author");
    Cell edited = row_cell(row, "edited_at");
    TRY(mentions_find(cx, row_text(row, "text"), &mentioned));
    TRY(person_value(cx, author, &by));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "id", value_text(id_text(cx->arena, id)));
    value_set(cx->arena, *out, "kind", value_text(row_text(row, "kind")));
    value_set(cx->arena, *out, "text", value_text(row_text(row, "text")));
    value_set(cx->arena, *out, "at", value_text(instant_text(cx->arena, id_instant(id))));
    value_set(
        cx->arena, *out, "edited_at",
        value_text(edited.kind == CELL_NULL ? NULL : instant_text(cx->arena, edited.integer)));
    value_set(cx->arena, *out, "by", by);
    value_set(cx->arena, *out, "mentions", mentions_value(cx, &mentioned));
    value_set(cx->arena, *out, "mine", value_boolean(author && author == cx->actor->user));
    return NULL;
}

FALLIBLE comments_before(Ctx *cx, const Record *record, const char *kind, Id before, int limit,
                         Value **out, size_t *count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, comments_page, record->id, record->entity->name, kind, before, limit));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++)
        TRY(comment_value(cx, &rows.items[i], &items[i]));
    *out = items;
    *count = rows.count;
    return NULL;
}

FALLIBLE comment_text(Ctx *cx, const Record *record, Id comment, const char **out)
{
    Row *row;
    TRY(db_row(cx, &row, comment_get, comment, record->id, record->entity->name));
    *out = row ? row_text(row, "text") : NULL;
    return NULL;
}

// ---- written --------------------------------------------------------------------------------

static FALLIBLE check_text(Ctx *cx, const char *text, const char **out)
{
    const char *trimmed = text ? text_trim(cx->arena, text) : "";
    size_t length = utf8_length(trimmed, strlen(trimmed));
    if (!length || length > COMMENT_LENGTH)
        return error_field(FAIL(cx, ERR_INVALID, "a text has 1 to %d characters", COMMENT_LENGTH),
                           "text");
    *out = trimmed;
    return NULL;
}

FALLIBLE comment_add(Ctx *cx, const char *entity, Id id, Value input, Value *out)
{
    Record *record;
    Mentioned mentioned;
    Row *row;
    Value unreached;
    const char *text, *kind = value_get_text(input, "kind");
    bool says = text_equal(kind, "comment");
    TRY(record_get(cx, entity, id, &record));
    if (!says && !text_equal(kind, "note"))
        return error_field(FAIL(cx, ERR_INVALID, "'kind' is comment or note"), "kind");
    TRY(check_text(cx, value_get_text(input, "text"), &text));
    TRY(mentions_find(cx, text, &mentioned));
    Id comment = id_new(cx);
    TRY(db_run(cx, NULL, comment_insert, comment, entity, id, kind, text, cx->actor->user));
    if (says)
        TRY(record_follow(cx, entity, id));
    TRY(tell(cx, record, comment, says, &mentioned, &unreached));
    TRY(db_row(cx, &row, comment_get, comment, id, entity));
    TRY(comment_value(cx, row, out));
    value_set(cx->arena, *out, "unreached", unreached);
    Value payload = value_context(cx->arena);
    value_set(cx->arena, payload, "action", value_text(kind));
    return feed_add(cx, record, payload);
}

static FALLIBLE find_own(Ctx *cx, const char *entity, Id id, Id comment, Record **record, Row **row)
{
    TRY(record_get(cx, entity, id, record));
    TRY(db_row(cx, row, comment_get, comment, id, entity));
    if (!*row)
        return FAIL(cx, ERR_NOT_FOUND, "there is no such comment");
    bool own = cx->actor->user && row_integer(*row, "author") == cx->actor->user;
    return own || actor_may(cx->actor, "comment.moderate")
               ? NULL
               : error_hint(FAIL(cx, ERR_DENIED, "somebody else has written this"),
                            "Its writer changes it, or whoever has comment.moderate.");
}

FALLIBLE comment_change(Ctx *cx, const char *entity, Id id, Id comment, const char *given,
                        Value *out)
{
    Record *record;
    Row *row;
    Mentioned before, after;
    Value unreached;
    const char *text;
    TRY(find_own(cx, entity, id, comment, &record, &row));
    TRY(check_text(cx, given, &text));
    TRY(mentions_find(cx, row_text(row, "text"), &before));
    TRY(mentions_find(cx, text, &after));
    // Whom the text mentioned before has been told.
    Mentioned fresh = {0};
    for (size_t i = 0; i < after.count; i++) {
        bool known = false;
        for (size_t b = 0; b < before.count && !known; b++)
            known = before.users[b] == after.users[i];
        if (known)
            continue;
        fresh.users[fresh.count] = after.users[i];
        fresh.logins[fresh.count++] = after.logins[i];
    }
    TRY(db_run(cx, NULL, comment_update, comment, text, cx->now));
    TRY(tell(cx, record, comment, false, &fresh, &unreached));
    TRY(audit_event(cx, record, row_text(row, "kind"), value_text(row_text(row, "text")),
                    value_text(text)));
    TRY(db_row(cx, &row, comment_get, comment, id, entity));
    TRY(comment_value(cx, row, out));
    value_set(cx->arena, *out, "unreached", unreached);
    return NULL;
}

FALLIBLE comment_remove(Ctx *cx, const char *entity, Id id, Id comment)
{
    Record *record;
    Row *row;
    TRY(find_own(cx, entity, id, comment, &record, &row));
    TRY(db_run(cx, NULL, comment_delete, comment));
    return audit_event(cx, record, row_text(row, "kind"), value_text(row_text(row, "text")),
                       value_null());
}

FALLIBLE comments_forget(Ctx *cx, const char *entity, Id record)
{
    return db_run(cx, NULL, comments_delete, record, entity);
}
