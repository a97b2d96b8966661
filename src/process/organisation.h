// SPDX-License-Identifier: Apache-2.0
// The organisation: the company's departments and business calendars, which every step asks for and
// hardly anybody ever changes.
//
// Private to process/. What was read is kept for all units of work under the organisation's
// revision (record/revision.h).
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

#endif
