// SPDX-License-Identifier: Apache-2.0
// Keeper: a process beside the test program that removes a folder, and stops a server, when the
// test program ends: normally, by a crash or by a signal that cannot be caught.
#ifndef MILLRACE_DB_TEST_KEEPER_H
#define MILLRACE_DB_TEST_KEEPER_H

#include <stdbool.h>
#include <sys/types.h>

typedef struct Keeper {
    char folder[96];
    pid_t process;
    int pipe; // closes with the test program
} Keeper;

// Makes a fresh folder under `place` owned by `owner` and keeps it.
bool keeper_start(Keeper *keeper, const char *place, uid_t owner, gid_t group);
// Runs in the keeper when it ends, before the folder goes: set before keeper_start.
extern void (*keeper_last_act)(const char *folder);

#endif
