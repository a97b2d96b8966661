// SPDX-License-Identifier: Apache-2.0
// Reminders: at the instant that a record says (`remind:` of its entity), its owner and its
// followers are told, by a job.
//
// The job is not taken back when the instant changes: when it comes, it looks whether the record
// still says so.
#ifndef MILLRACE_PROCESS_REMINDERS_H
#define MILLRACE_PROCESS_REMINDERS_H

#include "record/record.h"

// For the governor, behind each change; `before` is NULL for a new record.
FALLIBLE reminder_follow(Ctx *cx, const Record *before, const Record *after);

#endif
