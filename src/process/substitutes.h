// SPDX-License-Identifier: Apache-2.0
// Substitutes that a person enters for himself: who does his work, and from which day to which.
//
// They are records of `substitute` as the administrator's are, checked by the rules of that entity
// and audited; but whose place is taken is always the actor's own, whatever his roles say of such
// records. A company whose packs know no substitutes answers ERR_NOT_FOUND.
#ifndef MILLRACE_PROCESS_SUBSTITUTES_H
#define MILLRACE_PROCESS_SUBSTITUTES_H

#include "base/value.h"

#define LIMIT_OWN_SUBSTITUTES 50 // that are not over

// {items: [{id, substitute: {id, name}, first_day, last_day, reason}], people: [{id, name}]}: those
// that are not over, the earliest first, and who can be chosen.
FALLIBLE own_substitutes(Ctx *cx, Value *out);
// {substitute: an id, first_day, last_day, reason?}; a period that is over is ERR_INVALID.
FALLIBLE own_substitute_enter(Ctx *cx, Value asked);
// One of the actor's own; any other is ERR_NOT_FOUND.
FALLIBLE own_substitute_withdraw(Ctx *cx, Id id);

#endif
