// SPDX-License-Identifier: Apache-2.0
// What the parts of the proof share: the certificate (prove.c), the walk (prove_walk.c) and its way
// (prove_way.h), the people who walk (prove_people.c), the doors (prove_doors.c), and the values
// that are made up (prove_values.c) from the words of the model (prove_words.c).
//
// Private to process/.
#ifndef MILLRACE_PROCESS_PROVE_ROOM_H
#define MILLRACE_PROCESS_PROVE_ROOM_H

#include "db/database.h"
#include "process/deployments.h"
#include "process/prove_move.h"
#include "process/prove_way.h"
#include "process/work_item.h"
#include "record/record.h"

// One kind of attempt and its outcome. It was refused when nothing changed.
typedef struct Tried {
    const char *step; // the open steps
    const char *door;
    const char *who;
    const char *move;
    const char *why;     // the refusal; NULL: it was let through
    const char *changed; // the tables that it changed; NULL: none
    Value named;         // the open step that the refusal names: {key, name, who, where}
    bool open;           // a step was open that it could name
    int count;
} Tried;

// What the tables of the company hold.
typedef struct Content {
    const char **tables;
    uint64_t *sums;
    size_t count;
} Content;
FALLIBLE proof_content(Ctx *cx, void *content); // a unit of work
// The tables that differ, NULL when none does.
const char *proof_content_changed(Ctx *cx, const Content *before, const Content *after);

#define PROBER "proof"    // the login of whoever tries everything
#define PEOPLE_FOR_EACH 3 // so that separation of duties finds somebody

typedef ARRAY(const char *) Names;

// What the expressions of the model compare with and ask for.
typedef struct Words {
    ARRAY(Value) numbers;
    Names texts;
    Names parts; // names behind a dot
    Names free;  // names that nothing in the model writes
    Names lists; // names of collections
} Words;

typedef struct Proof {
    const ProcessModel *model;
    Words words;
    Compass *compass;
    Arena *kept; // what outlives a walk
    uint64_t seed;
    Map *seen;    // sets of open steps that were tried
    Map *reached; // nodes of steps that were open
    ARRAY(Tried *) tried;
    Map *tried_by;        // the same, by what it is
    ARRAY(Value) untried; // {move, why}
    Map *untried_by;
    int attempts;
    const ProveDoors *doors;
    Content content; // as it was left
    Id prober;       // a user with every permission who is no candidate
    // Of the walk that goes on:
    Id subject;
    Id instance;
    Id last_done; // the item that was completed last; 0: none
    Id last_user;
    const char *last_login;
} Proof;

int proof_pick(Proof *proof, int count);

// A unit of work by that user, with every permission.
Error *proof_unit(Ctx *cx, Id user, Door door, UnitWork work, void *state);
// The same with the rights that the user has.
Error *proof_unit_plain(Ctx *cx, Id user, Door door, UnitWork work, void *state);

// What the company holds now is what attempts are compared with.
FALLIBLE proof_content_take(Ctx *cx, Proof *proof);
// Tries everything at the open steps `items`; `where` names them. *spoiled: something got through
// after which it makes no sense to go on from there.
FALLIBLE proof_doors(Ctx *cx, Proof *proof, const char *where, WorkItem **items, size_t count,
                     bool *spoiled);

// Units of work: the people who are needed are made; the words of the model are read.
FALLIBLE proof_people(Ctx *cx, void *proof);
FALLIBLE proof_words(Ctx *cx, void *proof);
// A unit of work: one of those who may do the step, by number; the prober when nobody was made.
typedef struct Person {
    const Proof *proof;
    const WorkItem *item;
    int number;
    Id user;
    const char *login;
} Person;
FALLIBLE proof_person(Ctx *cx, void *person);
bool proof_word_list(const Proof *proof, const char *name);

// A record is taken from its start through the process, as far as there is something new to see.
// The clock of `cx` goes on with it.
FALLIBLE proof_walk(Ctx *cx, Proof *proof);

// A value that fits the field; null when none can be made. Records that are needed are made.
FALLIBLE proof_value(Ctx *cx, Proof *proof, const Field *field, Value *out);
FALLIBLE proof_record(Ctx *cx, Proof *proof, const Entity *entity, int depth, Id *out);
// The fields of a record as it could be made.
FALLIBLE proof_fields(Ctx *cx, Proof *proof, const Entity *entity, int depth, Value *out);
// A form of work_item_show filled in.
FALLIBLE proof_form(Ctx *cx, Proof *proof, const char *entity, Value form, Value *out);
// Any value for a name of which nothing is known; a payload or the variables of a start with one
// for each of the names.
Value proof_any(Ctx *cx, Proof *proof, const char *name);
Value proof_context(Ctx *cx, Proof *proof, const Names *names);

// What should come out of conditions, by the values of a form and of those further on.
typedef struct Wish {
    Value scope; // what the expressions see
    const Graph *graph;
    const char *entity;
    const MapChoice *choices;
    size_t count;
    size_t near; // those in front that the form itself decides
    Value ahead; // the fields of the forms further on, as a form
} Wish;
// Changes values of `made`, a form filled in, until as many of the wishes as possible come true.
FALLIBLE proof_wish(Ctx *cx, Proof *proof, const Wish *wish, Value form, Value *made);

#endif
