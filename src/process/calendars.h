// SPDX-License-Identifier: Apache-2.0
// The company's business calendars, from the records of `calendar` and `calendar_day`.
//
// Private to process/. They are asked of the organisation when they are needed, so a change counts
// from then on.
#ifndef MILLRACE_PROCESS_CALENDARS_H
#define MILLRACE_PROCESS_CALENDARS_H

#include "base/business_calendar.h"
#include "bpmn/graph.h"

// All that can be read, from the database: for process/organisation.c.
FALLIBLE calendars_read(Ctx *cx, const BusinessCalendar **out, size_t *count);
// ERR_INVALID when there is none of that key, or when its zone or a shift cannot be read. Of
// CALENDAR_OF_DEPARTMENT and a key: that of the department or of the nearest one above it; where
// none has one, all time is working time.
FALLIBLE calendar_read(Ctx *cx, const char *key, BusinessCalendar *out);
// Those that the graph names, in cx->calendars; the caller puts back what was there.
FALLIBLE calendars_use(Ctx *cx, const Graph *graph);
// Its zone; UTC without a calendar.
FALLIBLE calendar_zone(Ctx *cx, const char *key, const Zone **out);

#endif
