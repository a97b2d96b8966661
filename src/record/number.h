// SPDX-License-Identifier: Apache-2.0
// Numbers for people (SO-2026-000123), from a counter row in the same transaction: no gaps, no
// doubles.
#ifndef MILLRACE_RECORD_NUMBER_H
#define MILLRACE_RECORD_NUMBER_H

#include "record/record.h"

// Draws the record's number, and its fields of the type auto_number. A number that came with an
// import stays, and the counter is moved past it. The day is that of UTC.
FALLIBLE number_give(Ctx *cx, Record *record);

#endif
