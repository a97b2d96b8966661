// SPDX-License-Identifier: Apache-2.0
// A small company for targets that need one: tests/packs with a few sales on a SQLite database
// beside the programs, which is removed at the end.
#ifndef MILLRACE_TESTS_FUZZ_DESK_H
#define MILLRACE_TESTS_FUZZ_DESK_H

#include "db/database.h"
#include "fuzz.h"
#include "record/record.h"

// Once, with the Ctx of the set-up, whose arena the company lives in.
void desk_open(Ctx *cx);
// Gives the unit of work the company and an actor: the system, or a user with fewer rights.
void desk_enter(Ctx *cx, bool system);

#endif
