// SPDX-License-Identifier: Apache-2.0
#include "record/follow.h"

#include "base/ids.h"
#include "db/database.h"
#include "record/labels.h"

MIGRATION(record_0033_follower, 20,
          "CREATE TABLE record_follower (record BIGINT NOT NULL, entity TEXT NOT NULL,"
          " user_id BIGINT NOT NULL, PRIMARY KEY (record, entity, user_id))");

QUERY(follower_put, "INSERT INTO record_follower (record, entity, user_id) VALUES ($1, $2, $3)"
                    " ON CONFLICT (record, entity, user_id) DO NOTHING");
QUERY(follower_delete, "DELETE FROM record_follower WHERE record = $1 AND entity = $2"
                       " AND user_id = $3");
QUERY(followers_of, "SELECT user_id FROM record_follower WHERE record = $1 AND entity = $2"
                    " ORDER BY user_id LIMIT $3");
QUERY(followers_delete, "DELETE FROM record_follower WHERE record = $1 AND entity = $2");

FALLIBLE record_follow(Ctx *cx, const char *entity, Id id)
{
    Record *record;
    TRY(record_get(cx, entity, id, &record));
    if (!cx->actor->user)
        return NULL;
    return db_run(cx, NULL, follower_put, id, entity, cx->actor->user);
}

FALLIBLE record_unfollow(Ctx *cx, const char *entity, Id id)
{
    Record *record;
    TRY(record_get(cx, entity, id, &record));
    return db_run(cx, NULL, follower_delete, id, entity, cx->actor->user);
}

FALLIBLE record_followers(Ctx *cx, const char *entity, Id id, Value *out)
{
    Record *record;
    Rows rows;
    bool following = false;
    TRY(record_get(cx, entity, id, &record));
    TRY(db_rows(cx, &rows, followers_of, id, entity, FOLLOWERS_SHOWN));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count + 1);
    for (size_t i = 0; i < rows.count; i++) {
        Id user = row_integer(&rows.items[i], "user_id");
        following = following || user == cx->actor->user;
        TRY(person_value(cx, user, &items[i]));
    }
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "items", value_list(items, rows.count));
    value_set(cx->arena, *out, "following", value_boolean(following));
    return NULL;
}

FALLIBLE followers_tell(Ctx *cx, const Notice *notice, const Id *told, size_t told_count)
{
    Rows rows;
    TRY(db_rows(cx, &rows, followers_of, notice->record, notice->entity, FOLLOWERS_SHOWN));
    for (size_t i = 0; i < rows.count; i++) {
        Id user = row_integer(&rows.items[i], "user_id");
        bool again = false, reached;
        for (size_t t = 0; t < told_count && !again; t++)
            again = told[t] == user;
        if (!again)
            TRY(notice_give(cx, notice, user, &reached));
    }
    return NULL;
}

FALLIBLE follow_changed(Ctx *cx, const Record *after, Value changed)
{
    const Entity *entity = after->entity;
    Notice notice = {NOTICE_CHANGE, entity->name, after->id, 0};
    for (size_t i = 0; i < entity->followed_count; i++)
        if (value_get(changed, entity->followed[i]->name))
            return followers_tell(cx, &notice, NULL, 0);
    return NULL;
}

FALLIBLE followers_forget(Ctx *cx, const char *entity, Id record)
{
    return db_run(cx, NULL, followers_delete, record, entity);
}
