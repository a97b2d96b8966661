// SPDX-License-Identifier: Apache-2.0
// What runs on a record that is merged goes on on the other, unless it holds the record's fields.
#include "base/ids.h"
#include "process/test_flow.h"
#include "record/merge.h"

typedef struct Two {
    Id winner, loser, merge;
} Two;

static Error *make_two(Ctx *cx, void *state)
{
    Two *two = state;
    Record *record;
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "note", value_text("Alder"));
    CHECK_OK(record_create(cx, "job", fields, &record));
    two->winner = record->id;
    CHECK_OK(record_create(cx, "job", fields, &record));
    two->loser = record->id;
    return NULL;
}

static Error *merge_two(Ctx *cx, void *state)
{
    Two *two = state;
    Record *record;
    MergeRequest request = {.entity = "job", .winner = two->winner, .loser = two->loser};
    return record_merge(cx, &request, &two->merge, &record);
}

static Error *undo_merge(Ctx *cx, void *state)
{
    const Two *two = state;
    Record *record;
    return record_merge_undo(cx, two->merge, &record);
}

static void check_subject(Ctx *cx, Id instance, Id record)
{
    Value subject = *value_get(flow_show(cx, instance), "subject");
    CHECK_TEXT(value_get_text(subject, "id"), id_text(cx->arena, record));
    Value item = desk_show_item(cx, "root", flow_item(cx, instance, "t"));
    CHECK_TEXT(value_get_text(*value_get(item, "subject"), "id"), id_text(cx->arena, record));
}

static Error *get_ready(Ctx *cx, void *state)
{
    const Two *two = state;
    Record *record;
    Value fields = value_context(cx->arena);
    value_set(cx->arena, fields, "ready", value_boolean(true));
    return record_change(cx, "job", two->winner, 0, fields, &record);
}

DESK_TEST(a_process_goes_on_on_the_record_that_stays_and_back)
{
    Two two;
    Id instances[2];
    flow_deploy(cx, "tour",
                "process | <m:governs entity=\"job\"/><m:starts on=\"create\"/>\n"
                "startEvent s -> t\n"
                "userTask t -> e\n"
                "endEvent e\n");
    CHECK_OK(desk_do(cx, "root", DOOR_API, make_two, &two));
    CHECK_INT(flow_instances(cx, "tour", instances, 2), 2);
    Id own = instances[0], moved = instances[1];
    CHECK_OK(desk_do(cx, "root", DOOR_API, merge_two, &two));
    check_subject(cx, moved, two.winner);
    CHECK_OK(desk_do(cx, "root", DOOR_API, undo_merge, &two));
    check_subject(cx, moved, two.loser);
    check_subject(cx, own, two.winner);
}

DESK_TEST(a_condition_on_a_merged_record_is_asked_of_the_one_that_stays)
{
    Two two;
    Id instances[2];
    flow_deploy(cx, "tour",
                "process | <m:governs entity=\"job\" variable=\"job\"/><m:starts on=\"create\"/>\n"
                "startEvent s -> w\n"
                "intermediateCatchEvent w -> t\n"
                "  | <conditionalEventDefinition><condition>job.ready</condition>"
                "</conditionalEventDefinition>\n"
                "userTask t -> e\n"
                "endEvent e\n");
    CHECK_OK(desk_do(cx, "root", DOOR_API, make_two, &two));
    CHECK_INT(flow_instances(cx, "tour", instances, 2), 2);
    Id moved = instances[1];
    CHECK_OK(desk_do(cx, "root", DOOR_API, merge_two, &two));
    CHECK(flow_item(cx, moved, "t") == 0);
    CHECK_OK(desk_do(cx, "root", DOOR_API, get_ready, &two));
    check_subject(cx, moved, two.winner);
}

DESK_TEST(a_process_that_holds_fields_of_a_record_lets_it_not_be_merged)
{
    Two two;
    Id instances[2];
    flow_deploy(cx, "tour",
                "process | <m:governs entity=\"job\"><m:owns "
                "field=\"ready\"/></m:governs><m:starts on=\"create\"/>\n"
                "startEvent s -> t\n"
                "userTask t name=\"Look\" -> e\n"
                "endEvent e\n");
    CHECK_OK(desk_do(cx, "root", DOOR_API, make_two, &two));
    CHECK_INT(flow_instances(cx, "tour", instances, 2), 2);
    Id instance = instances[1];
    check_subject(cx, instance, two.loser);
    Error *error = desk_do(cx, "root", DOOR_API, merge_two, &two);
    CHECK_FAILS(error, ERR_CONFLICT, "holds fields of it");
    CHECK_TEXT(value_get_text(*value_get(*error->about, "open_step"), "name"), "Look");
    check_subject(cx, instance, two.loser);
    flow_complete(cx, instance, "t", "{}");
    CHECK_OK(desk_do(cx, "root", DOOR_API, merge_two, &two));
    CHECK_TEXT(value_get_text(*value_get(flow_show(cx, instance), "subject"), "id"),
               id_text(cx->arena, two.winner));
}
