// SPDX-License-Identifier: Apache-2.0
#include "record/merge_side.h"

#include "base/ids.h"
#include "db/database.h"

MIGRATION(record_0024_mark_of, 20, "CREATE INDEX record_mark_of ON record_mark (entity, record)");

#define SHARE_COLUMNS "id, grantee, may_edit, until, shared_by, shared_at"
QUERY(side_shares, "SELECT " SHARE_COLUMNS " FROM record_share WHERE record = $1 AND entity = $2"
                   " ORDER BY id");
QUERY(side_share_of,
      "SELECT id FROM record_share WHERE record = $1 AND entity = $2 AND grantee = $3");
QUERY(side_share_move, "UPDATE record_share SET record = $3 WHERE id = $1 AND record = $2");
QUERY(side_share_put, "INSERT INTO record_share (id, entity, record, grantee, may_edit, until,"
                      " shared_by, shared_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)");
QUERY(side_marks, "SELECT user_id, kind, at FROM record_mark WHERE entity = $1 AND record = $2"
                  " ORDER BY user_id, kind");
QUERY(side_mark_of, "SELECT at FROM record_mark WHERE user_id = $1 AND kind = $2 AND entity = $3"
                    " AND record = $4");
QUERY(side_mark_move, "UPDATE record_mark SET record = $5 WHERE user_id = $1 AND kind = $2"
                      " AND entity = $3 AND record = $4");
QUERY(side_mark_delete, "DELETE FROM record_mark WHERE user_id = $1 AND kind = $2 AND entity = $3"
                        " AND record = $4");
QUERY(side_mark_put, "INSERT INTO record_mark (user_id, kind, entity, record, at)"
                     " VALUES ($1, $2, $3, $4, $5)"
                     " ON CONFLICT (user_id, kind, entity, record) DO NOTHING");

QUERY(side_files, "SELECT id FROM record_file WHERE record = $1 AND entity = $2 AND field IS NULL"
                  " ORDER BY id");
QUERY(side_file_move, "UPDATE record_file SET record = $3 WHERE id = $1 AND record = $2");
QUERY(side_comments, "SELECT id FROM record_comment WHERE record = $1 AND entity = $2 ORDER BY id");
QUERY(side_comment_move, "UPDATE record_comment SET record = $3 WHERE id = $1 AND record = $2");
QUERY(side_followers,
      "SELECT user_id AS id FROM record_follower l WHERE record = $1 AND entity = $2"
      " AND NOT EXISTS (SELECT 1 FROM record_follower w WHERE w.record = $3"
      " AND w.entity = $2 AND w.user_id = l.user_id) ORDER BY user_id");
QUERY(side_follower_move, "UPDATE record_follower SET record = $3 WHERE user_id = $1"
                          " AND record = $2");

static void put_integer(Ctx *cx, Value value, const Row *row, const char *column)
{
    value_set(cx->arena, value, column,
              row_cell(row, column).kind == CELL_NULL ? value_null()
                                                      : value_integer(row_integer(row, column)));
}

static Cell kept_integer(Value value, const char *key)
{
    int64_t integer;
    const Value *kept = value_get(value, key);
    return kept && kept->kind == VALUE_NUMBER && decimal_to_integer(kept->number, &integer)
               ? cell_integer(integer)
               : cell_null();
}

static bool was_moved(Value value)
{
    const Value *moved = value_get(value, "moved");
    return moved && moved->kind == VALUE_BOOLEAN && moved->boolean;
}

// ---- there ----------------------------------------------------------------------------------

static FALLIBLE move_shares(Ctx *cx, const char *entity, Id loser, Id winner, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, side_shares, loser, entity));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        Row *same;
        TRY(db_row(cx, &same, side_share_of, winner, entity, row_text(row, "grantee")));
        items[i] = value_context(cx->arena);
        put_integer(cx, items[i], row, "id");
        put_integer(cx, items[i], row, "may_edit");
        put_integer(cx, items[i], row, "until");
        put_integer(cx, items[i], row, "shared_by");
        put_integer(cx, items[i], row, "shared_at");
        value_set(cx->arena, items[i], "grantee", value_text(row_text(row, "grantee")));
        value_set(cx->arena, items[i], "moved", value_boolean(!same));
        if (!same)
            TRY(db_run(cx, NULL, side_share_move, row_integer(row, "id"), loser, winner));
    }
    *out = value_list(items, rows.count);
    return NULL;
}

static FALLIBLE move_marks(Ctx *cx, const char *entity, Id loser, Id winner, Value *out)
{
    Rows rows;
    TRY(db_rows(cx, &rows, side_marks, entity, loser));
    Value *items = NEW_ARRAY(cx->arena, Value, rows.count);
    for (size_t i = 0; i < rows.count; i++) {
        const Row *row = &rows.items[i];
        Id user = row_integer(row, "user_id");
        const char *kind = row_text(row, "kind");
        Row *same;
        TRY(db_row(cx, &same, side_mark_of, user, kind, entity, winner));
        items[i] = value_context(cx->arena);
        put_integer(cx, items[i], row, "user_id");
        put_integer(cx, items[i], row, "at");
        value_set(cx->arena, items[i], "kind", value_text(kind));
        value_set(cx->arena, items[i], "moved", value_boolean(!same));
        if (same)
            TRY(db_run(cx, NULL, side_mark_delete, user, kind, entity, loser));
        else
            TRY(db_run(cx, NULL, side_mark_move, user, kind, entity, loser, winner));
    }
    *out = value_list(items, rows.count);
    return NULL;
}

// Their ids, which are enough for the way back.
static FALLIBLE move_rows(Ctx *cx, const Rows *rows, const Query *move, const Id ends[static 2],
                          Value *out)
{
    Value *ids = NEW_ARRAY(cx->arena, Value, rows->count + 1);
    for (size_t i = 0; i < rows->count; i++) {
        Id id = row_integer(&rows->items[i], "id");
        Cell cells[] = {cell_integer(id), cell_integer(ends[0]), cell_integer(ends[1])};
        TRY(db_run_cells(cx, NULL, move, cells, 3));
        ids[i] = value_text(id_text(cx->arena, id));
    }
    *out = value_list(ids, rows->count);
    return NULL;
}

static FALLIBLE move_beside(Ctx *cx, const char *entity, Id loser, Id winner, Value out)
{
    Rows rows;
    Value files, comments, followers;
    const Id ends[] = {loser, winner};
    TRY(db_rows(cx, &rows, side_files, loser, entity));
    TRY(move_rows(cx, &rows, &side_file_move, ends, &files));
    TRY(db_rows(cx, &rows, side_comments, loser, entity));
    TRY(move_rows(cx, &rows, &side_comment_move, ends, &comments));
    TRY(db_rows(cx, &rows, side_followers, loser, entity, winner));
    TRY(move_rows(cx, &rows, &side_follower_move, ends, &followers));
    value_set(cx->arena, out, "files", files);
    value_set(cx->arena, out, "comments", comments);
    value_set(cx->arena, out, "followers", followers);
    return NULL;
}

FALLIBLE side_move(Ctx *cx, const char *entity, Id loser, Id winner, Value *out)
{
    Value shares, marks;
    TRY(move_shares(cx, entity, loser, winner, &shares));
    TRY(move_marks(cx, entity, loser, winner, &marks));
    *out = value_context(cx->arena);
    value_set(cx->arena, *out, "shares", shares);
    value_set(cx->arena, *out, "marks", marks);
    return move_beside(cx, entity, loser, winner, *out);
}

// ---- and back -------------------------------------------------------------------------------

static FALLIBLE return_share(Ctx *cx, const char *entity, Id loser, Id winner, Value share)
{
    Cell id = kept_integer(share, "id");
    if (was_moved(share))
        return db_run(cx, NULL, side_share_move, id, winner, loser);
    return db_run(cx, NULL, side_share_put, id, entity, loser, value_get_text(share, "grantee"),
                  kept_integer(share, "may_edit"), kept_integer(share, "until"),
                  kept_integer(share, "shared_by"), kept_integer(share, "shared_at"));
}

static FALLIBLE return_mark(Ctx *cx, const char *entity, Id loser, Id winner, Value mark)
{
    Cell user = kept_integer(mark, "user_id");
    const char *kind = value_get_text(mark, "kind");
    if (was_moved(mark))
        TRY(db_run(cx, NULL, side_mark_delete, user, kind, entity, winner));
    return db_run(cx, NULL, side_mark_put, user, kind, entity, loser, kept_integer(mark, "at"));
}

static FALLIBLE return_rows(Ctx *cx, const Value *ids, const Query *move, Id loser, Id winner)
{
    Id id;
    for (size_t i = 0; ids && i < ids->list.count; i++) {
        if (!id_parse(ids->list.items[i].text.bytes, &id))
            continue;
        Cell cells[] = {cell_integer(id), cell_integer(winner), cell_integer(loser)};
        TRY(db_run_cells(cx, NULL, move, cells, 3));
    }
    return NULL;
}

FALLIBLE side_return(Ctx *cx, const char *entity, Id loser, Id winner, Value moved)
{
    const Value *shares = value_get(moved, "shares"), *marks = value_get(moved, "marks");
    for (size_t i = 0; shares && i < shares->list.count; i++)
        TRY(return_share(cx, entity, loser, winner, shares->list.items[i]));
    for (size_t i = 0; marks && i < marks->list.count; i++)
        TRY(return_mark(cx, entity, loser, winner, marks->list.items[i]));
    TRY(return_rows(cx, value_get(moved, "files"), &side_file_move, loser, winner));
    TRY(return_rows(cx, value_get(moved, "comments"), &side_comment_move, loser, winner));
    return return_rows(cx, value_get(moved, "followers"), &side_follower_move, loser, winner);
}
