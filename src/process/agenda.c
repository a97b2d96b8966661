// SPDX-License-Identifier: Apache-2.0
#include "process/agenda.h"

struct Agenda {
    ARRAY(Follow) items;
    size_t next;
    int runs; // that have entered and not left
};

static struct Agenda *agenda_of(Ctx *cx)
{
    if (!cx->agenda)
        cx->agenda = NEW(cx->arena, struct Agenda);
    return cx->agenda;
}

void agenda_add(Ctx *cx, const Follow *follow)
{
    struct Agenda *agenda = agenda_of(cx);
    array_push(cx->arena, agenda->items) = *follow;
}

void agenda_enter(Ctx *cx)
{
    agenda_of(cx)->runs++;
}

static FALLIBLE follow_do(Ctx *cx, const Follow *follow)
{
    switch (follow->kind) {
    case FOLLOW_MESSAGE:
        return message_follow(cx, follow);
    case FOLLOW_SIGNAL:
        return signal_follow(cx, follow);
    case FOLLOW_CALL:
        return call_start(cx, follow);
    case FOLLOW_ANSWER:
        return call_answer(cx, follow);
    case FOLLOW_CANCEL:
        return call_cancel(cx, follow);
    case FOLLOW_UNDO:
        return call_undo(cx, follow);
    case FOLLOW_FORGET:
        return call_forget(cx, follow);
    case FOLLOW_KEPT:
        return kept_follow(cx, follow);
    case FOLLOW_CHECK:
        return condition_follow(cx, follow);
    }
    return NULL;
}

static FALLIBLE agenda_do(Ctx *cx, struct Agenda *agenda)
{
    while (agenda->next < agenda->items.count) {
        if (agenda->next >= LIMIT_AGENDA)
            return error_hint(FAIL(cx, ERR_LIMIT,
                                   "more than %d messages, signals and calls follow from this step",
                                   LIMIT_AGENDA),
                              "Do processes send each other messages without end?");
        Follow follow = agenda->items.items[agenda->next++];
        TRY(follow_do(cx, &follow));
    }
    return NULL;
}

FALLIBLE agenda_leave(Ctx *cx, Error *error)
{
    struct Agenda *agenda = cx->agenda;
    if (agenda->runs > 1) {
        agenda->runs--;
        return error;
    }
    if (!error)
        error = agenda_do(cx, agenda);
    *agenda = (struct Agenda){0}; // what failed is rolled back with all that follows from it
    return error;
}
