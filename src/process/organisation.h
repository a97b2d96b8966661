// SPDX-License-Identifier: Apache-2.0
// The organisation: the company's departments and business calendars, which every step asks for and
// hardly anybody ever changes.
//
// Private to process/. What was read is kept for all units of work, until a row that is written in
// the transaction of each change of such a record says that it is another one now: so it is right
// at once on every node, and within the unit of work that makes the change. Read as the system.
#ifndef MILLRACE_PROCESS_ORGANISATION_H
#define MILLRACE_PROCESS_ORGANISATION_H

#include "base/business_calendar.h"
#include "base/ctx.h"

typedef struct Department {
    const char *key;
    Id id;
    Id parent; // 0: none
    const char *calendar;
} Department;

typedef struct Organisation {
    const Department *departments; // by id
    size_t department_count;
    const BusinessCalendar *calendars; // by their keys; without those that are broken
    size_t calendar_count;
} Organisation;

// Read-only; it lives as long as the arena of the unit of work.
FALLIBLE organisation_read(Ctx *cx, const Organisation **out);
// After a record of the entity was created, changed or deleted.
FALLIBLE organisation_changed(Ctx *cx, const char *entity);
// Ends what is kept of the company; no unit of work runs any more.
void organisation_close(Company *company);

#endif
