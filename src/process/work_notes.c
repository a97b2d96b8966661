// SPDX-License-Identifier: Apache-2.0
// What people note on work items: comments, a date until which they are put off, read or not.
#include "process/deed.h"
#include "process/process.h"
#include "process/shapes.h"

FALLIBLE work_item_comment(Ctx *cx, Id id, const char *text)
{
    Deed deed;
    const char *comment;
    TRY(deed_find(cx, id, &deed));
    TRY(deed_comment(cx, text, &comment));
    if (!comment)
        return error_field(FAIL(cx, ERR_INVALID, "the comment is empty"), "comment");
    return work_event_add(cx, deed.item,
                          (WorkEvent){.kind = "commented",
                                      .acting_for = deed.candidacy.acting_for,
                                      .comment = comment});
}

FALLIBLE work_item_put_off(Ctx *cx, Id id, Instant until)
{
    Deed deed;
    TRY(deed_find(cx, id, &deed));
    if (!deed.mine)
        return error_hint(FAIL(cx, ERR_CONFLICT, "only your own work can be put off"),
                          "Claim the work item first.");
    if (until && until <= cx->now)
        return error_field(FAIL(cx, ERR_INVALID, "the follow-up date has passed"), "until");
    WorkItem after = *deed.item;
    after.follow_up_at = until;
    const char *comment = until ? instant_text(cx->arena, until) : NULL;
    return deed_store(cx, &deed, &after, (WorkEvent){.kind = "put off", .comment = comment});
}

FALLIBLE work_item_read_by_me(Ctx *cx, Id id, bool read)
{
    Deed deed;
    TRY(deed_find(cx, id, &deed));
    if (!cx->actor->user)
        return FAIL(cx, ERR_DENIED, "a person must do this step");
    return work_item_see(cx, id, cx->actor->user, read);
}
