// SPDX-License-Identifier: Apache-2.0
// Migration: running instances of one version of a process go over to another.
//
//     planned --run--> running --the last chunk--> done --undo--> undoing --> undone
//
// A plan names two versions and, where ids differ, which step becomes which. It is tried without
// changing anything, and run in chunks by jobs; an instance that cannot go over stays where it is
// with the reason. It is undone, backwards, for those instances that have not moved since. Needs
// "process.migrate"; a plan that leads a step over to one of another id, which could leap over a
// step, is run by somebody else than who made it.
#ifndef MILLRACE_PROCESS_MIGRATION_H
#define MILLRACE_PROCESS_MIGRATION_H

#include "base/value.h"

#define MIGRATION_CHUNK 50

// `asked`: {from, to: versions; mapping: {step: step}}.
FALLIBLE migration_create(Ctx *cx, const char *process, Value asked, Id *out);
// {items: [{instance, subject, state: "would", "refused", problems: [{step, message}]}], next};
// after, limit.
FALLIBLE migration_try(Ctx *cx, Id migration, Value request, Value *out);
FALLIBLE migration_run(Ctx *cx, Id migration);
FALLIBLE migration_undo(Ctx *cx, Id migration);
// The plan with its changes, the state, and how many instances were migrated, refused, undone,
// left.
FALLIBLE migration_show(Ctx *cx, Id migration, Value *out);
// {items: [{instance, subject, state, problems}], next}.
FALLIBLE migration_results(Ctx *cx, Id migration, Value request, Value *out);
// The migrations of a process, newest first: {items, next, count}; after, limit.
FALLIBLE migration_list(Ctx *cx, const char *process, Value request, Value *out);

#endif
