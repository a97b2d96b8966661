// SPDX-License-Identifier: Apache-2.0
// Labels: the names behind ids, one query for each entity. Not for other rooms: see list_labels.
#ifndef MILLRACE_RECORD_LABELS_H
#define MILLRACE_RECORD_LABELS_H

#include "record/record.h"

// Sets id text -> name in `labels` for the records of the entity among `ids` (0 and doubles are
// fine). A name is shown to whoever may read what refers to it.
FALLIBLE labels_of(Ctx *cx, const Entity *entity, const Id *ids, size_t count, Value labels);

// {id, name} of a user; null for nobody.
FALLIBLE person_value(Ctx *cx, Id user, Value *out);

// Puts in the place of each id of the list what `shown` of its record says: its key, its name.
FALLIBLE labels_replace(Ctx *cx, const Field *shown, Value ids);

#endif
