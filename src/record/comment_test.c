// SPDX-License-Identifier: Apache-2.0
#include "record/comment.h"

#include "base/ids.h"
#include "record/beside.h"
#include "record/follow.h"
#include "record/test_packs.h"

typedef struct Talk {
    Id sale;
    Id comment;
    const char *input;
    const char *text;
    Value shown;
    int done;
} Talk;

static Error *make_sale(Ctx *cx, void *state)
{
    ((Talk *)state)->sale = test_sale(cx, "5")->id;
    return NULL;
}

static Error *add(Ctx *cx, void *state)
{
    Talk *talk = state;
    TRY(comment_add(cx, "sale", talk->sale, test_json(cx, talk->input), &talk->shown));
    CHECK(id_parse(value_get_text(talk->shown, "id"), &talk->comment));
    return NULL;
}

static Error *change(Ctx *cx, void *state)
{
    Talk *talk = state;
    return comment_change(cx, "sale", talk->sale, talk->comment, talk->text, &talk->shown);
}

static Error *take_back(Ctx *cx, void *state)
{
    const Talk *talk = state;
    return comment_remove(cx, "sale", talk->sale, talk->comment);
}

static Error *follow(Ctx *cx, void *state)
{
    return record_follow(cx, "sale", ((Talk *)state)->sale);
}

static Error *followers(Ctx *cx, void *state)
{
    Talk *talk = state;
    return record_followers(cx, "sale", talk->sale, &talk->shown);
}

static Error *notices(Ctx *cx, void *state)
{
    return notices_of_actor(cx, 0, 50, &((Talk *)state)->shown);
}

static Error *set_amount(Ctx *cx, void *state)
{
    Talk *talk = state;
    Record *sale;
    return record_change(cx, "sale", talk->sale, 0, test_json(cx, talk->input), &sale);
}

static Error *drop_sale(Ctx *cx, void *state)
{
    return record_delete(cx, "sale", ((Talk *)state)->sale, 0);
}

static Error *forget(Ctx *cx, void *state)
{
    return beside_forget(cx, 10, &((Talk *)state)->done);
}

static Error *comments(Ctx *cx, void *state)
{
    Talk *talk = state;
    const Entity *entity;
    Value *items;
    size_t count;
    TRY(schema_find(cx, "sale", &entity));
    Record record = {.entity = entity, .id = talk->sale};
    TRY(comments_before(cx, &record, "comment", INT64_MAX, 10, &items, &count));
    talk->done = (int)count;
    return NULL;
}

// "mention comment" of the notices of a person, newest first.
static const char *told(Ctx *cx, const char *login)
{
    Talk talk = {0};
    Buffer *kinds = buffer_new(cx->arena);
    test_as(cx, login, DOOR_API, notices, &talk);
    const Value *items = value_get(talk.shown, "items");
    for (size_t i = 0; i < items->list.count; i++)
        buffer_format(kinds, "%s%s", i ? " " : "", value_get_text(items->list.items[i], "kind"));
    return kinds->bytes;
}

static Talk begin(Ctx *cx)
{
    Talk talk = {.input = "{\"kind\":\"comment\",\"text\":\" Ask @ben and @tom, not a@mia.de. \"}"};
    test_packs_open(cx);
    test_as(cx, "sofia", DOOR_API, make_sale, &talk);
    return talk;
}

DB_TEST(whoever_is_mentioned_is_told_if_the_record_is_theirs_to_read)
{
    Talk talk = begin(cx);
    test_as(cx, "sofia", DOOR_API, add, &talk);
    CHECK_TEXT(value_get_text(talk.shown, "text"), "Ask @ben and @tom, not a@mia.de.");
    CHECK_JSON(*value_get(talk.shown, "mentions"), "[{\"login\":\"ben\",\"name\":\"Ben Ford\"},"
                                                   "{\"login\":\"tom\",\"name\":\"Tom Reed\"}]");
    CHECK_JSON(*value_get(talk.shown, "unreached"), "[\"tom\"]"); // reads own sales only
    CHECK_TEXT(told(cx, "ben"), "mention");
    CHECK_TEXT(told(cx, "tom"), "");
    CHECK_TEXT(told(cx, "sofia"), "");
    // Who has been told is not told again of the same text; who is new in it is.
    talk.text = "Ask @ben and @admin";
    test_as(cx, "sofia", DOOR_API, change, &talk);
    CHECK(value_get(talk.shown, "edited_at")->kind == VALUE_TEXT);
    CHECK_TEXT(told(cx, "ben"), "mention");
    CHECK_TEXT(told(cx, "admin"), "mention");
}

DB_TEST(a_comment_is_changed_by_whoever_wrote_it_and_hidden_with_its_record)
{
    Talk talk = begin(cx);
    talk.text = "other";
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, add, &talk), ERR_NOT_FOUND, "no sale");
    test_as(cx, "ben", DOOR_API, add, &talk);
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, change, &talk), ERR_NOT_FOUND, "no sale");
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, change, &talk), ERR_DENIED, "somebody else");
    CHECK_FAILS(test_try_as(cx, "sofia", DOOR_API, take_back, &talk), ERR_DENIED, "somebody else");
    talk.text = "  ";
    CHECK_FAILS(test_try_as(cx, "ben", DOOR_API, change, &talk), ERR_INVALID, "1 to 10000");
    test_as(cx, "ben", DOOR_API, take_back, &talk);
    CHECK_FAILS(test_try_as(cx, "ben", DOOR_API, take_back, &talk), ERR_NOT_FOUND, "no such");
    talk.input = "{\"kind\":\"comment\",\"text\":\"again\"}";
    test_as(cx, "ben", DOOR_API, add, &talk);
    test_as(cx, "admin", DOOR_API, take_back, &talk); // comment.moderate
    talk.input = "{\"kind\":\"shout\",\"text\":\"again\"}";
    CHECK_FAILS(test_try_as(cx, "ben", DOOR_API, add, &talk), ERR_INVALID, "comment or note");
}

DB_TEST(followers_are_told_of_comments_and_of_declared_changes)
{
    Talk talk = begin(cx);
    test_as(cx, "admin", DOOR_API, follow, &talk);
    talk.input = "{\"kind\":\"comment\",\"text\":\"Hello\"}";
    test_as(cx, "ben", DOOR_API, add, &talk); // follows from now on
    CHECK_TEXT(told(cx, "admin"), "comment");
    talk.input = "{\"kind\":\"note\",\"text\":\"For myself\"}";
    test_as(cx, "sofia", DOOR_API, add, &talk);
    CHECK_TEXT(told(cx, "admin"), "comment");
    talk.input = "{\"note\":\"no followed field\"}";
    test_as(cx, "sofia", DOOR_API, set_amount, &talk);
    CHECK_TEXT(told(cx, "admin"), "comment");
    talk.input = "{\"amount\":6}";
    test_as(cx, "sofia", DOOR_API, set_amount, &talk);
    talk.input = "{\"amount\":7}";
    test_as(cx, "sofia", DOOR_API, set_amount, &talk); // one notice until it is read
    CHECK_TEXT(told(cx, "admin"), "change comment");
    CHECK_TEXT(told(cx, "ben"), "change");
    CHECK_TEXT(told(cx, "sofia"), "comment"); // the owner
    CHECK_FAILS(test_try_as(cx, "tom", DOOR_API, followers, &talk), ERR_NOT_FOUND, "no sale");
    test_as(cx, "ben", DOOR_API, followers, &talk);
    CHECK_INT((int)value_get(talk.shown, "items")->list.count, 2);
    CHECK(value_get(talk.shown, "following")->boolean);
}

DB_TEST(what_stands_beside_a_deleted_record_is_forgotten_later_and_not_shown)
{
    Talk talk = begin(cx);
    test_as(cx, "sofia", DOOR_API, add, &talk);
    CHECK_TEXT(told(cx, "ben"), "mention");
    test_as(cx, "sofia", DOOR_API, drop_sale, &talk);
    CHECK_TEXT(told(cx, "ben"), "");
    test_as(cx, "system", DOOR_SYSTEM, forget, &talk);
    CHECK_INT(talk.done, 0);
    test_as(cx, "system", DOOR_SYSTEM, comments, &talk);
    CHECK_INT(talk.done, 1);
    cx->now += BESIDE_KEPT + 1;
    test_as(cx, "system", DOOR_SYSTEM, forget, &talk);
    CHECK_INT(talk.done, 1);
    test_as(cx, "system", DOOR_SYSTEM, comments, &talk);
    CHECK_INT(talk.done, 0);
}
