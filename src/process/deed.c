// SPDX-License-Identifier: Apache-2.0
#include "process/deed.h"

#include "process/offers.h"
#include "process/shapes.h"

#include <string.h>

static FALLIBLE leads(Ctx *cx, People *people, const WorkItem *item, bool *out)
{
    *out = cx->actor && actor_may(cx->actor, "work.reassign");
    if (*out || !item->department || !cx->actor || !cx->actor->user)
        return NULL;
    const char **led;
    size_t count;
    TRY(departments_led(cx, people, &led, &count));
    for (size_t i = 0; i < count && !*out; i++)
        *out = text_equal(led[i], item->department);
    return NULL;
}

FALLIBLE deed_find(Ctx *cx, Id id, Deed *out)
{
    Deed deed = {.people = people_new(cx)};
    TRY(work_item_load(cx, id, &deed.item));
    const WorkItem *item = deed.item;
    Id me = cx->actor ? cx->actor->user : 0;
    TRY(candidate_check(cx, deed.people, item, &deed.candidacy));
    TRY(leads(cx, deed.people, item, &deed.lead));
    deed.mine = me && work_item_held(item) && item->assignee == me;
    bool concerned =
        deed.candidacy.apart ||
        (me && (item->assignee == me || item->owner == me || item->completed_by == me));
    if (deed.candidacy.why && me && !concerned && !deed.lead)
        TRY(work_notice_has(cx, id, me, &concerned));
    if (deed.candidacy.why && !concerned && !deed.lead) {
        Instance *instance;
        Error *error = instance_readable(cx, item->instance, &instance);
        if (error && error->code == ERR_NOT_FOUND)
            return FAIL(cx, ERR_NOT_FOUND, "there is no such work item");
        TRY(error);
    }
    *out = deed;
    return NULL;
}

static FALLIBLE with_open_step(Ctx *cx, const WorkItem *item, Error *error)
{
    Value step;
    TRY(open_step_of_item(cx, describer_new(cx), item, &step));
    return error_about(cx, error, "open_step", step);
}

static FALLIBLE is_free(Ctx *cx, const Deed *deed)
{
    const WorkItem *item = deed->item;
    if (!work_item_open(item))
        return FAIL(cx, ERR_CONFLICT, "this work item is %s already", item->state);
    if (!work_item_held(item) || deed->mine ||
        (deed->candidacy.acting_for && deed->candidacy.acting_for == item->assignee))
        return NULL;
    Value person;
    TRY(describe_user(cx, describer_new(cx), item->assignee, &person));
    return with_open_step(
        cx, item,
        FAIL(cx, ERR_CONFLICT, "%s has claimed this work item", value_get_text(person, "name")));
}

FALLIBLE deed_admit(Ctx *cx, Id id, Deed *out)
{
    Deed deed;
    TRY(deed_find(cx, id, &deed));
    TRY(is_free(cx, &deed));
    if (deed.candidacy.why)
        return with_open_step(cx, deed.item, FAIL(cx, ERR_DENIED, "%s", deed.candidacy.why));
    const char *why;
    TRY(entry_check_item(cx, deed.item, &why));
    if (why)
        return error_hint(FAIL(cx, ERR_CONFLICT, "%s", why),
                          "The step is blocked until this holds.");
    *out = deed;
    return NULL;
}

FALLIBLE deed_admit_owner(Ctx *cx, Id id, Deed *out)
{
    Deed deed;
    TRY(deed_admit(cx, id, &deed));
    if (deed.candidacy.delegate)
        return error_hint(FAIL(cx, ERR_CONFLICT, "this step was delegated to you"),
                          "Return it with the work done; whoever delegated it completes it.");
    *out = deed;
    return NULL;
}

FALLIBLE deed_store(Ctx *cx, const Deed *deed, const WorkItem *after, WorkEvent event)
{
    TRY(work_item_move(cx, deed->item, after));
    // What has ended nobody looks for any more: work_item_forget.
    if (work_item_open(after) && after->assignee != deed->item->assignee) {
        TRY(work_item_unsee(cx, after->id));
        if (after->assignee && after->assignee == cx->actor->user)
            TRY(work_item_see(cx, after->id, after->assignee, true));
    }
    if (!event.acting_for)
        event.acting_for = deed->candidacy.acting_for;
    return work_event_add(cx, after, event);
}

FALLIBLE deed_comment(Ctx *cx, const char *given, const char **out)
{
    *out = NULL;
    if (!given)
        return NULL;
    const char *text = text_trim(cx->arena, given);
    if (strlen(text) > LIMIT_WORK_COMMENT)
        return error_field(
            FAIL(cx, ERR_LIMIT, "a comment has at most %d bytes", LIMIT_WORK_COMMENT), "comment");
    *out = *text ? text : NULL;
    return NULL;
}
