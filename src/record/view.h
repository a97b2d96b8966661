// SPDX-License-Identifier: Apache-2.0
// Saved views, favourites and what somebody saw last. A view keeps a list's request under a name,
// for its owner, for the owner's team, or for everybody; it grants nothing: whoever uses it reads
// with their own rights.
#ifndef MILLRACE_RECORD_VIEW_H
#define MILLRACE_RECORD_VIEW_H

#include "record/record.h"

#define VIEWS_OF_ENTITY 500 // that one person is shown
#define MARKS_KEPT 50       // seen last, of one person
#define FAVOURITES 200      // of one person

// Those of the entity that the actor may use, by name.
FALLIBLE views_list(Ctx *cx, const char *entity, Value *out);
// {"entity", "name", "audience": "mine" | "team" | "all", "settings"}; the settings are a list's
// request as list_request_read takes it. "all" needs view.publish.
FALLIBLE view_save(Ctx *cx, Value input, Value *out);
// The same of an own view, whatever is given; and its end. A view of others is not found.
FALLIBLE view_change(Ctx *cx, Id view, Value input, Value *out);
FALLIBLE view_delete(Ctx *cx, Id view);

typedef enum MarkKind { MARK_FAVOURITE, MARK_RECENT } MarkKind;

// The record must be there for the actor.
FALLIBLE mark_set(Ctx *cx, MarkKind kind, const char *entity, Id record);
FALLIBLE mark_remove(Ctx *cx, MarkKind kind, const char *entity, Id record);
// {"items": [{entity, id, label, at}]}, the newest first, of what the actor may still read.
FALLIBLE marks_list(Ctx *cx, MarkKind kind, Value *out);

#endif
