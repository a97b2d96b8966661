// SPDX-License-Identifier: Apache-2.0
// Work items from hand to hand: delegate and return, forward, reassign.
//
//     held --delegate(D)--> held by D, owned by the delegator --return--> held by the owner again
//     open --forward(person)--> held by that person; --forward(group)--> offered to that group
//     open --reassign(person), by a lead--> held by that person
//
// Nobody gets an item whom the model does not allow it: a receiver is a candidate and not kept
// apart. A delegate only helps and need not be a candidate, but is not kept apart either.
#include "base/json.h"
#include "base/messages.h"
#include "process/deed.h"
#include "process/distribute.h"
#include "process/form.h"
#include "process/process.h"
#include "process/runner.h"
#include "process/shapes.h"

static FALLIBLE receiver_read(Ctx *cx, const Deed *deed, Id to, Person **out)
{
    TRY(people_person(cx, deed->people, to, out));
    if (!(*out)->active)
        return error_field(FAIL(cx, ERR_INVALID, "there is no such active user"), "to");
    if (to == deed->item->assignee)
        return error_field(FAIL(cx, ERR_CONFLICT, "this person has the work item already"), "to");
    return NULL;
}

static FALLIBLE receiver_check(Ctx *cx, const Deed *deed, Person *receiver)
{
    const char *why;
    TRY(candidate_receiver(cx, deed->people, deed->item, receiver, &why));
    if (!why)
        return NULL;
    return error_detail(error_field(FAIL(cx, ERR_DENIED, "%s", why), "to"),
                        "It cannot be given to %s.", receiver->actor->name);
}

// Held by the receiver, for everybody else as the model has it.
static FALLIBLE given_to(Ctx *cx, const Deed *deed, const Person *receiver, WorkItem *out)
{
    WorkGroups groups;
    *out = *deed->item;
    TRY(groups_of_item(cx, deed->item, &groups));
    TRY(audience_of(cx, &groups, &out->groups));
    out->named = out->named == NAMED_ONLY ? NAMED_NONE : out->named;
    out->state = "claimed";
    out->assignee = receiver->id;
    out->claimed_at = cx->now;
    out->started_at = 0;
    out->acting_for = 0;
    out->owner = 0;
    out->follow_up_at = 0;
    out->pushing = false;
    return NULL;
}

FALLIBLE work_item_delegate(Ctx *cx, Id id, Id to, const char *comment)
{
    Deed deed;
    Person *receiver;
    const GraphNode *other;
    const char *said;
    TRY(deed_admit_owner(cx, id, &deed));
    TRY(receiver_read(cx, &deed, to, &receiver));
    TRY(deed_comment(cx, comment, &said));
    if (to == cx->actor->user)
        return error_field(FAIL(cx, ERR_INVALID, "nobody delegates to themselves"), "to");
    TRY(separate_check(cx, deed.item, to, &other));
    if (other)
        return error_field(FAIL(cx, ERR_DENIED,
                                "%s did the step '%s', and this step must be done by somebody else",
                                receiver->actor->name, graph_node_name(other, cx->language)),
                           "to");
    WorkItem after = *deed.item;
    after.state = "claimed";
    after.claimed_at = cx->now;
    after.started_at = 0;
    after.owner = cx->actor->user;
    after.acting_for = deed.candidacy.acting_for;
    after.assignee = to;
    after.follow_up_at = 0;
    after.pushing = false;
    return deed_store(cx, &deed, &after,
                      (WorkEvent){.kind = "delegated", .receiver = to, .comment = said});
}

// The form as the delegate filled it is checked now, and written when the owner completes it.
static FALLIBLE draft_of(Ctx *cx, const WorkItem *item, Value fields, const char **out)
{
    const ProcessModel *model;
    Value subject;
    Filled filled;
    *out = item->draft;
    if (fields.kind == VALUE_NULL)
        return NULL;
    TRY(model_by_id(cx, item->model, &model));
    TRY(subject_read(cx, item->entity, item->subject, &subject));
    TRY(form_read(cx, model, graph_node(model->graph, item->node), fields, subject, &filled));
    *out = json_text(cx->arena, fields);
    return NULL;
}

FALLIBLE work_item_return(Ctx *cx, Id id, Value fields, const char *comment)
{
    Deed deed;
    const char *said;
    TRY(deed_find(cx, id, &deed));
    WorkItem *item = deed.item;
    bool takes_back = item->owner && item->owner == cx->actor->user;
    if (!work_item_held(item) || !item->owner || (!deed.mine && !takes_back))
        return FAIL(cx, ERR_CONFLICT, "this work item was not delegated to you");
    if (deed.mine && deed.candidacy.why && fields.kind != VALUE_NULL)
        return FAIL(cx, ERR_DENIED, "%s", deed.candidacy.why);
    TRY(deed_comment(cx, comment, &said));
    WorkItem after = *item;
    if (deed.mine)
        TRY(draft_of(cx, item, fields, &after.draft));
    after.state = "claimed";
    after.assignee = item->owner;
    after.owner = 0;
    after.started_at = 0;
    after.claimed_at = cx->now;
    TRY(deed_store(cx, &deed, &after,
                   (WorkEvent){.kind = "returned", .receiver = item->owner, .comment = said}));
    // Whoever did the work has had a hand in it, as much as who signs it.
    return deed.mine && fields.kind != VALUE_NULL ? work_hand_add(cx, item, cx->actor->user) : NULL;
}

static FALLIBLE forward_to_group(Ctx *cx, const Deed *deed, const WorkReceiver *to,
                                 const char *comment)
{
    WorkGroups groups;
    TRY(groups_of_item(cx, deed->item, &groups));
    size_t kept = 0;
    for (size_t i = 0; i < groups.count; i++)
        if ((!to->position || text_equal(groups.items[i].position, to->position)) &&
            (!to->department || text_equal(groups.items[i].department, to->department)))
            groups.items[kept++] = groups.items[i];
    groups.count = kept;
    if (!kept)
        return error_hint(error_field(FAIL(cx, ERR_DENIED, "this step is not for '%s'",
                                           to->position ? to->position : to->department),
                                      to->position ? "position" : "department"),
                          "It can be forwarded to those whom the process names for it.");
    WorkItem after = *deed->item;
    TRY(audience_of(cx, &groups, &after.groups));
    after.named = NAMED_NONE;
    after.state = "offered";
    after.assignee = 0;
    after.owner = 0;
    after.acting_for = 0;
    after.claimed_at = 0;
    after.started_at = 0;
    after.follow_up_at = 0;
    after.pushing = false;
    return deed_store(cx, deed, &after,
                      (WorkEvent){.kind = "forwarded",
                                  .position = to->position,
                                  .department = to->department,
                                  .comment = comment});
}

FALLIBLE work_item_forward(Ctx *cx, Id id, const WorkReceiver *to, const char *comment)
{
    Deed deed;
    Person *receiver;
    WorkItem after;
    const char *said;
    TRY(deed_admit_owner(cx, id, &deed));
    TRY(deed_comment(cx, comment, &said));
    if (!to->user && !to->position && !to->department)
        return error_field(FAIL(cx, ERR_INVALID, "say to whom: a person, a position, a department"),
                           "to");
    if (!to->user)
        return forward_to_group(cx, &deed, to, said);
    TRY(receiver_read(cx, &deed, to->user, &receiver));
    TRY(receiver_check(cx, &deed, receiver));
    TRY(given_to(cx, &deed, receiver, &after));
    return deed_store(cx, &deed, &after,
                      (WorkEvent){.kind = "forwarded", .receiver = to->user, .comment = said});
}

FALLIBLE work_item_reassign(Ctx *cx, Id id, Id to, const char *comment)
{
    Deed deed;
    Person *receiver;
    WorkItem after;
    const char *said;
    TRY(deed_find(cx, id, &deed));
    if (!deed.lead)
        return error_hint(
            FAIL(cx, ERR_DENIED, "only a lead of the department gives work to others"),
            "Forward what is yours, or ask the lead.");
    if (!work_item_open(deed.item))
        return FAIL(cx, ERR_CONFLICT, "this work item is %s already", deed.item->state);
    TRY(receiver_read(cx, &deed, to, &receiver));
    TRY(receiver_check(cx, &deed, receiver));
    TRY(deed_comment(cx, comment, &said));
    TRY(given_to(cx, &deed, receiver, &after));
    deed.candidacy.acting_for = 0;
    TRY(deed_store(cx, &deed, &after,
                   (WorkEvent){.kind = "reassigned", .receiver = to, .comment = said}));
    return distribute_waiting(cx);
}
