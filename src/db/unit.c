// SPDX-License-Identifier: Apache-2.0
#include "base/limits.h"
#include "db/driver.h"

#include <setjmp.h>

static Error *unit_guarded(Ctx *cx, Session *session, UnitWork work, void *state)
{
    ArenaGuard guard;
    if (setjmp(*arena_guard(cx->arena, &guard))) {
        arena_unguard(cx->arena);
        session->overflow = true;
        return NULL;
    }
    Error *error = work(cx, state);
    arena_unguard(cx->arena);
    return error;
}

FALLIBLE unit_run(Ctx *cx, Session *session, UnitWork work, void *state)
{
    cx->db = session;
    cx->step = NULL; // of a run before this one
    cx->agenda = NULL;
    Error *error = unit_guarded(cx, session, work, state);
    cx->db = NULL;
    if (!error && session->broken && !session->overflow)
        return FAIL(cx, ERR_INTERNAL, "a statement failed and its unit of work went on");
    return error;
}

FALLIBLE unit_error(Ctx *cx, const Session *session, Error *error, ArenaMark mark)
{
    if (!session->overflow)
        return error;
    arena_rewind(cx->arena, mark);
    return error_hint(FAIL(cx, ERR_LIMIT, "one unit of work needs more memory than it may have"),
                      "Do it in smaller parts.");
}
