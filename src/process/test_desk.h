// SPDX-License-Identifier: Apache-2.0
// The loan desk of test_packs/desk, open on a test's fresh database: people, doors, steps.
//
// anna is a clerk, bob and bea are officers, cara is officer and manager, root may everything and
// holds no position of the desk. Each desk_* call is a unit of work of its own by that person.
#ifndef MILLRACE_PROCESS_TEST_DESK_H
#define MILLRACE_PROCESS_TEST_DESK_H

#include "db/test_db.h"
#include "process/process.h"
#include "record/record.h"

// Opens the packs, deploys the models. Functions called are counted: test.reserve, test.release.
void desk_open(Ctx *cx);
void desk_close(Ctx *cx);
extern int desk_reserved;
extern bool desk_unlucky; // test.score gives the business error "no-luck"

#define DESK_TEST(identifier)                                                                      \
    static void desk_##identifier(Ctx *cx);                                                        \
    DB_TEST(identifier)                                                                            \
    {                                                                                              \
        desk_open(cx);                                                                             \
        desk_##identifier(cx);                                                                     \
        desk_close(cx);                                                                            \
    }                                                                                              \
    static void desk_##identifier([[maybe_unused]] Ctx *cx)

const char *desk_file(Ctx *cx, const char *name); // of test_packs/desk

// One unit of work by that person through that door; the error is in cx->arena.
Error *desk_do(Ctx *cx, const char *login, Door door, UnitWork work, void *state);

// A loan of that amount (as JSON: "500", "null"), made by anna; its process has started.
Id desk_loan(Ctx *cx, const char *amount);
Error *desk_create(Ctx *cx, const char *login, Door door, const char *fields, Id *loan);
Error *desk_change(Ctx *cx, const char *login, Door door, Id loan, const char *fields);
Error *desk_delete(Ctx *cx, const char *login, Id loan);
Value desk_read(Ctx *cx, Id loan); // its fields

// The open work item of the step on that loan; 0 when there is none.
Id desk_item(Ctx *cx, Id loan, const char *node);
Id desk_instance(Ctx *cx, Id loan);
Error *desk_claim(Ctx *cx, const char *login, Id item);
Error *desk_release(Ctx *cx, const char *login, Id item);
Error *desk_complete(Ctx *cx, const char *login, Id item, const char *fields);
// Completes the loan's open step, and must succeed.
void desk_step(Ctx *cx, const char *login, Id loan, const char *node, const char *fields);

Error *desk_message(Ctx *cx, const char *login, const char *name, const char *key,
                    const char *idempotency_key, Instant keep_until, int *delivered);
Error *desk_cancel(Ctx *cx, const char *login, Id instance);
int desk_jobs(Ctx *cx); // runs what is due at cx->now, at most 100; how many there were
Value desk_moves(Ctx *cx, const char *login, Id loan);
Value desk_show_item(Ctx *cx, const char *login, Id item);
Value desk_queue(Ctx *cx, const char *login, const char *request);
Value desk_show_instance(Ctx *cx, const char *login, Id instance);
Value desk_history(Ctx *cx, const char *login, Id instance);

#endif
