// SPDX-License-Identifier: Apache-2.0
// Ctx: one unit of work = one arena = one transaction = one actor = one clock.
//
// Whoever opens a unit of work (HTTP, command line, job executor, importer, simulator, test) fills
// a Ctx and calls the same domain functions. They never look for anything elsewhere.
#ifndef MILLRACE_BASE_CTX_H
#define MILLRACE_BASE_CTX_H

#include "base/arena.h"
#include "base/error.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef int64_t Id;      // 64-bit, time-ordered, made by ids_next; 0 is nobody and nothing
typedef int64_t Instant; // microseconds since 1970-01-01T00:00:00Z

// The doors through which a change can come; audited with each change, and none of them is a way
// past the gate.
typedef enum Door {
    DOOR_STEP,    // the form of a work item
    DOOR_API,     // REST on a record
    DOOR_BULK,    // a bulk edit
    DOOR_IMPORT,  // CSV and other imports
    DOOR_COMMAND, // the command line
    DOOR_SYSTEM,  // the process engine and its jobs
} Door;

// Who acts. Lists are sorted bytewise and live as long as the unit of work.
typedef struct Actor {
    Id user; // 0: the system itself, or nobody signed in
    const char *login;
    const char *name;
    const char *language;   // "en" or "zh-CN", NULL when none is chosen
    const char *department; // key of the department, NULL when none
    const char *const *positions;
    size_t position_count;
    const char *const *permissions; // "order.edit", "process.deploy"; "*" stands for all
    size_t permission_count;
    // record/: by whose roles the actor reaches records: its own first, then those of everybody
    // whom it stands in for now.
    const struct Standing *standings;
    size_t standing_count;
    Door door;
} Actor;

// record/: where the contents of files lie, and how much they may be (record/content.h).
typedef struct ContentRoom {
    const char *folder; // NULL: nowhere, files are refused
    int64_t one_bytes;  // the most of one file
    int64_t all_bytes;  // and of all of a company
} ContentRoom;

// A company is a database. Each room that compiles something from it keeps it here, swapped whole.
typedef struct Company {
    struct Database *database;
    struct IdMaker *ids;
    struct Schema *schema;           // record/: the newest one; work reads cx->schema
    struct Deployments *deployments; // process/: the compiled process versions and decisions
    // process/: what shall go wrong in a scratch company, for its proof; NULL everywhere else
    const struct Rehearsal *rehearsal;
    struct Keep *keep; // base/keep.h
    ContentRoom contents;
    const struct Networks *networks; // channel/: which addresses may be called; NULL: public ones
} Company;

typedef struct Ctx {
    Arena *arena;
    struct Session *db; // the open transaction; NULL in the pure rooms
    Company *company;   // NULL in the pure rooms
    // The company's schema as it was when this work began; schema_hold sets it and keeps it alive
    // as long as the arena. NULL where no packs are open.
    const struct Schema *schema;
    const Actor *actor;
    Instant now;                               // one instant for the whole unit of work
    const char *language;                      // "en" or "zh-CN"; never NULL in a unit of work
    const struct BusinessCalendars *calendars; // of the company, by name; NULL: none
    // The step on whose behalf the process engine changes records now; set by process/ alone and
    // read by its governor behind the gate. NULL everywhere else.
    const struct ActiveStep *step;
    // What follows from the steps of this unit of work and is still to be done; process/ alone.
    struct Agenda *agenda;
} Ctx;

// True when the actor has the permission, or "*".
bool actor_may(const Actor *actor, const char *permission);
bool actor_holds(const Actor *actor, const char *position);

#endif
