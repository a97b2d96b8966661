// SPDX-License-Identifier: Apache-2.0
// People as work sees them: where they belong, what they can, whom they stand in for, what they
// lead, how much they hold. From the records of the packs (docs/packs.md).
//
// Private to process/. A People remembers what it read, for the unit of work; it lives in the
// arena. It reads as the system. A pack without skills, substitutes or leads has none of them.
#ifndef MILLRACE_PROCESS_PEOPLE_H
#define MILLRACE_PROCESS_PEOPLE_H

#include "base/map.h"
#include "base/value.h"
#include "process/organisation.h"

typedef struct PersonSkill {
    const char *key;
    int level;
} PersonSkill;

typedef struct Person {
    Id id;
    bool active;
    const Actor *actor; // NULL when not active
    bool skills_read;
    PersonSkill *skills;
    size_t skill_count;
} Person;

typedef struct People {
    Map *persons;
    const Organisation *organisation; // NULL until it is asked for
    Person **stood_in;                // whom the actor stands in for now
    size_t stood_in_count;
    bool stood_in_read;
    const char **led; // the departments that the actor leads, with all below them
    size_t led_count;
    bool led_read;
} People;

// One group of candidates: all that is asked for must hold.
typedef struct WorkGroup {
    const char *position; // NULL: not asked
    const char *department;
    const char *skill;
    int level;
} WorkGroup;

typedef struct WorkGroups {
    WorkGroup *items;
    size_t count;
} WorkGroups;

People *people_new(Ctx *cx);
// The unit's own actor; NULL when that is no person.
Person *people_me(Ctx *cx, People *people);
// Never NULL; one that is not there, or not any more, is not active.
FALLIBLE people_person(Ctx *cx, People *people, Id user, Person **out);
FALLIBLE people_by_login(Ctx *cx, People *people, const char *login, Person **out);

FALLIBLE person_fits(Ctx *cx, People *people, Person *person, const WorkGroup *group, bool *fits);
// The level of the skill, 0: none.
FALLIBLE person_level(Ctx *cx, Person *person, const char *skill, int *level);
// Whether the person is away now, with or without a substitute.
FALLIBLE person_absent(Ctx *cx, People *people, const Person *person, bool *absent);
// How many items it may hold at once; -1: as many as come.
FALLIBLE person_capacity(Ctx *cx, const Person *person, int *capacity);
// How many items it holds.
FALLIBLE person_load(Ctx *cx, Id user, int *load);

// Whom the actor stands in for now.
FALLIBLE people_stood_in(Ctx *cx, People *people, Person ***out, size_t *count);

// `department` and all above it, or all below it, itself first.
FALLIBLE departments_above(Ctx *cx, People *people, const char *department, const char ***out,
                           size_t *count);
FALLIBLE departments_below(Ctx *cx, People *people, const char *department, const char ***out,
                           size_t *count);
// The departments that the actor leads, with all below them.
FALLIBLE departments_led(Ctx *cx, People *people, const char ***out, size_t *count);
// The lead of the department, or of the nearest one above it: the first who is active and not away
// now; NULL: nobody.
FALLIBLE department_lead(Ctx *cx, People *people, const char *department, Person **out);
// Whether the person leads the department or one above it.
FALLIBLE department_is_led(Ctx *cx, People *people, const char *department, Id user, bool *led);
// Key of the department's calendar, or of the nearest one above it; NULL: none.
FALLIBLE department_calendar(Ctx *cx, People *people, const char *department, const char **out);

// Active people who fit one of the groups, by id, at most LIMIT_CANDIDATES.
#define LIMIT_CANDIDATES 500
FALLIBLE people_fitting(Ctx *cx, People *people, const WorkGroups *groups, Person ***out,
                        size_t *count);

#endif
