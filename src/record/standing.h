// SPDX-License-Identifier: Apache-2.0
// Standing: one person by whose roles an actor reaches records. The actor's own standing comes
// first; while it stands in for somebody, that person's standing gives it the same reach: what that
// one owns, that one's team and departments. Only rights on records pass on, not those of other
// rooms ("process.deploy"), and never "*". Not for other rooms.
#ifndef MILLRACE_RECORD_STANDING_H
#define MILLRACE_RECORD_STANDING_H

#include "record/grant.h"

#define LIMIT_TEAM 4096 // people of one team, departments of one reach

typedef struct Standing {
    Id user;
    const char *login;
    const char *name;
    const char *department;
    const char *const *positions; // held today, sorted
    size_t position_count;
    const Role *const *roles;
    size_t role_count;
    // As in Scope; read when a role asks for them, else empty.
    const char *const *departments;
    size_t department_count;
    const Id *team; // sorted
    size_t team_count;
} Standing;

// Fills positions, permissions and standings of an actor whose user, department and names are set.
FALLIBLE standings_read(Ctx *cx, Actor *actor);

// ERR_LIMIT when there are more than LIMIT_TEAM.
FALLIBLE standing_team(Ctx *cx, const Standing *standing, const Id **out, size_t *count);
FALLIBLE standing_departments(Ctx *cx, const Standing *standing, const char *const **out,
                              size_t *count);

// The actor's own; empty for the system and whoever is nobody.
const Standing *standing_own(const Actor *actor);

bool standing_in_team(const Standing *standing, Id user);
bool standing_in_departments(const Standing *standing, const char *department);

#endif
