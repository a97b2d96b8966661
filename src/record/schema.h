// SPDX-License-Identifier: Apache-2.0
// Schema: the compiled entities, fields and roles of all loaded packs.
//
// Compiled from the packs' text into one arena and read-only after, but for who holds it. When
// packs change a new one is published in its place (Company.schema) while work that began before
// goes on with the one it holds (cx->schema): nobody waits, and no work sees two. Everything that
// becomes an identifier in SQL has been validated here (lower case letters, digits and "_", at most
// SCHEMA_NAME_LENGTH), and is quoted all the same.
//
// How a field's value looks as a Value, and in its column:
//   text long_text choice email url         text                                TEXT
//   phone                                   text: E.164 (base/phone.h)          TEXT
//   integer                                 number without fraction             BIGINT
//   decimal money percent                   number of at most `scale` digits    BIGINT, scaled
//   boolean                                 true or false                       BIGINT 0 or 1
//   date                                    date                                BIGINT, days since
//   1970 instant                                 date and time in UTC                BIGINT,
//   microseconds reference                               text: the id as id_text prints it   BIGINT
//   json                                    any                                 TEXT
//   multi_choice                            list of texts, as declared in order TEXT, JSON
//   multi_reference                         list of ids, in the order given     TEXT, JSON
//   address                                 context, see address.h              TEXT
//   duration                                duration of days and time           BIGINT,
//   microseconds
// Writers also take numbers, dates and instants as text, as JSON and CSV bring them.
#ifndef MILLRACE_RECORD_SCHEMA_H
#define MILLRACE_RECORD_SCHEMA_H

#include "base/ctx.h"
#include "base/map.h"
#include "base/value.h"
#include "feel/feel.h"

#define SCHEMA_NAME_LENGTH 48 // bytes of an entity's or a field's name
#define SCHEMA_ENTITIES 500
#define SCHEMA_FIELDS 300 // of one entity
#define UNIQUE_FIELDS 8   // unique together

typedef enum FieldType {
    FIELD_TEXT,
    FIELD_LONG_TEXT,
    FIELD_INTEGER,
    FIELD_DECIMAL,
    FIELD_MONEY,
    FIELD_PERCENT,
    FIELD_BOOLEAN,
    FIELD_DATE,
    FIELD_INSTANT,
    FIELD_CHOICE,
    FIELD_REFERENCE,
    FIELD_EMAIL,
    FIELD_PHONE,
    FIELD_URL,
    FIELD_JSON,
    FIELD_MULTI_CHOICE,
    FIELD_DURATION,
    FIELD_MULTI_REFERENCE,
    FIELD_ADDRESS,
    FIELD_AUTO_NUMBER,
} FieldType;

// A text in both languages; `zh` falls back to `en` when a pack does not give it.
typedef struct Title {
    const char *en;
    const char *zh;
} Title;

typedef struct Choice {
    const char *value; // the word in the column
    Title title;
    const char *colour; // NULL when there is none
    bool inactive;      // records may keep it, and none may take it
} Choice;

typedef struct Entity Entity;

typedef enum RollupFunction {
    ROLLUP_COUNT,
    ROLLUP_SUM,
    ROLLUP_AVERAGE,
    ROLLUP_MINIMUM,
    ROLLUP_MAXIMUM,
} RollupFunction;

// What a field tells of the records of one child list, see rollup.h.
typedef struct Rollup {
    const struct ChildList *children;
    RollupFunction function;
    const struct Field *field; // of the children; NULL for count
    const struct DeclaredFilter *filters;
    size_t filter_count;
    const char *definition; // differs where it is to be filled anew
} Rollup;

typedef struct Field {
    const Entity *entity;
    const char *name; // and the column
    FieldType type;
    Title title;
    Title help;  // en NULL when there is none
    bool system; // id, version, created_at, ...: written by the engine alone
    bool required;
    bool unique;
    bool personal;
    bool asks_reason; // a change by hand says why
    bool indexed;
    bool names_record;      // text: "entity/id", a record of any entity
    const char *indexed_by; // the field that follows it in its index; NULL: the id alone
    bool number;            // drawn from a counter when the record is made, see number.h
    const char *pattern;    // of the number
    const char *restart;    // what of the date begins the counter anew; NULL: as the pattern does
    int scale;              // digits after the point: decimal, money, percent
    int length;             // the most characters of a text
    int position;           // in entity->fields
    const char *to;         // reference: name of the entity it leads to
    const Entity *target;   // and the entity
    bool lets_go; // reference: it is cleared when its target is deleted, which else is not
    const Choice *choices;
    size_t choice_count;
    const char *currency; // money: the currency's code, or the field that holds it
    const char *country;  // phone: where a number without "+" is dialled, or the field that says it
    const Feel *default_value; // over {}; NULL: null
    const Feel *validate;      // over the record's fields; must be true
    Title message;             // what to say when it is not
    const Feel *computed;      // over the record's fields; stored, and written by nobody else
    bool live;                 // computed when it is read, and stored nowhere, see live.h
    const int *uses;           // live: positions of what it is computed from
    size_t use_count;
    const Rollup *rollup;        // over its children; stored, and written by nobody else
    const char *read_permission; // needed beside the entity's read; NULL: none
    const char *edit_permission;
} Field;

// A list declared in a pack, shown as a tab or a menu entry.
typedef struct DeclaredFilter {
    const char *field;
    const char *operator;
    Value value;
} DeclaredFilter;

typedef struct DeclaredSort {
    const char *field;
    bool descending;
} DeclaredSort;

typedef struct DeclaredList {
    const char *name;
    Title title;
    const DeclaredFilter *filters;
    size_t filter_count;
    const DeclaredSort *sorts;
    size_t sort_count;
    const char *const *columns;
    size_t column_count;
} DeclaredList;

// Lines and other parts: records of `entity` whose reference `by` names this record.
typedef struct ChildList {
    const char *name;
    Title title;
    const Entity *entity;
    const Field *by;
} ChildList;

// Fields that are unique together: no two records have the same in all of them.
typedef struct UniqueGroup {
    const char *name;
    const Field *const *fields;
    size_t count;
    Title message; // en NULL when there is none
} UniqueGroup;

// How two records are compared, and how sure it is that they are the same when it fits: match.h.
typedef enum MatchKind {
    MATCH_NAME,
    MATCH_PHONE,
    MATCH_EMAIL,
    MATCH_DOMAIN,
    MATCH_IDENTIFIER,
} MatchKind;

typedef struct MatchRule {
    const char *name;
    MatchKind kind;
    const Field *const *fields; // any of one record with any of the other
    size_t field_count;
    int weight;   // 1 to 100
    bool similar; // names of few other letters, or read the same, too
    bool refuse;  // a record that is the same by this rule is not taken
} MatchRule;

typedef struct Matching {
    const MatchRule *rules;
    size_t rule_count;
    int score;          // from which two records are told of
    int64_t generation; // of keys: another one when other keys are made
} Matching;

struct Entity {
    const char *name; // and the table
    const char *pack;
    Title title;
    Title plural;
    const char *icon;           // NULL when there is none
    const char *number_pattern; // "SO-{year}-{counter:6}", NULL: no number
    const Field *label;         // the field shown as the record's name
    const Field *key;           // the unique field that names it in data and imports, or NULL
    const Field *const *search;
    size_t search_count;
    const Field *const *followed; // whose changes the record's followers are told of
    size_t followed_count;
    const Field *remind_at;  // the instant at which people are reminded of the record, or NULL
    const Feel *remind_when; // over the record's fields: whether they still are; NULL: always
    const Field *fields;     // the system fields first
    size_t live_count;       // of them
    size_t field_count;
    const ChildList *children;
    size_t child_count;
    int audit_days;      // how long its audit is kept; 0: for ever
    const Field *parent; // the reference to the record this is a part of, or NULL
    const DeclaredList *lists;
    size_t list_count;
    const UniqueGroup *uniques;
    size_t unique_count;
    const Matching *matching;  // NULL: duplicates are not looked for
    const Field *const *feeds; // the roll-ups, of other entities mostly, that its records count in
    size_t feed_count;
    const Map *by_name;                  // of Field
    const struct EntityQueries *queries; // texts of the statements on one record
};

typedef struct Role {
    const char *name;
    const char *pack;
    Title title;
    const char *const *positions; // whoever holds one of them has the role
    size_t position_count;
    // Those without bounds: "sales_order.read"; "sales_order.*" and "*.read" are spelled out.
    const char *const *permissions;
    size_t permission_count;
    const struct Grant *grants; // the others
    size_t grant_count;
} Role;

typedef struct Schema {
    const Entity *const *entities; // in order of packs and files
    size_t entity_count;
    const Role *roles;
    size_t role_count;
    const Map *by_name;  // of Entity
    const char *country; // where the company is at home: "DE"; NULL: nobody said
    int keep_ended_days; // how long what has ended stays; 0: for ever
    const struct Packs *packs;
    Arena *arena;     // that all of this lies in
    int64_t revision; // of the packs that it was made from, see pack_version.h
    int holders;      // the company while it is the newest, and each work that holds it
} Schema;

// Whoever begins work on a company (a request, a job, a command) holds the newest schema first:
// sets cx->schema, which stays until the arena goes or is rewound behind this.
void schema_hold(Ctx *cx);
// Keeps the one that cx has alive as long as cx->arena, which lasts longer than the work.
void schema_keep(Ctx *cx);
// Ends a hold; a cleanup of arenas. Whoever makes a schema holds it first.
void schema_let_go(void *schema);
// Makes it the newest: the company takes over its maker's hold; NULL: none. The one before goes
// when nobody holds it any more.
void schema_publish(Company *company, Schema *schema);

// NULL when there is none.
const Entity *schema_entity(const Schema *schema, const char *name);
const Field *entity_field(const Entity *entity, const char *name);
// The same for who walks through a record, whose entries are named by their fields and stand in
// their order: *next, 0 at first, is where the walk goes on.
const Field *entity_field_next(const Entity *entity, const char *name, size_t *next);
// Whether the packs have both: what they leave out, a room that asks does without.
bool schema_has_field(const Schema *schema, const char *entity, const char *field);
const DeclaredList *entity_list(const Entity *entity, const char *name);
const Choice *field_choice(const Field *field, const char *value);

// The entity of the unit's company, or ERR_NOT_FOUND naming it.
FALLIBLE schema_find(Ctx *cx, const char *name, const Entity **out);

// The title in the unit's language.
const char *title_in(const Ctx *cx, Title title);

const char *field_type_word(FieldType type); // "long_text"
const char *field_type_words(Ctx *cx);       // all, with commas
// Whether it follows from others: by an expression, or from the children.
bool field_is_computed(const Field *field);
// Whether it leads to a record, or to several.
bool field_refers(const Field *field);
// Whether the value is a list or a tree: not sorted, grouped or unique.
bool field_is_tree(const Field *field);
bool field_type_find(const char *word, FieldType *out);

// Whether the actor may read or edit it by the rights of its roles; what the process owns is the
// gate's question.
bool field_readable(const Actor *actor, const Field *field);
bool field_editable(const Actor *actor, const Field *field);

// What a browser must know of an entity (or, NULL, of all that the actor may read): fields, types,
// titles, choices, lists, children, and what this actor may do.
FALLIBLE schema_meta(Ctx *cx, const char *entity, Value *out);

// The names of the fields that schema_meta tells as read_only, without the rest of it.
FALLIBLE schema_closed_fields(Ctx *cx, const char *entity, Value *out);

#endif
