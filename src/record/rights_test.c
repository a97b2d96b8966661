// SPDX-License-Identifier: Apache-2.0
// The rights in SQL, those asked of one record, and a naive reading of the same roles in C agree on
// every user, record, right and field of a random company, on both databases.
#include "base/calendar.h"
#include "base/ids.h"
#include "record/query.h"
#include "record/rights.h"
#include "record/row.h"
#include "record/search.h"
#include "record/share.h"
#include "record/summary.h"
#include "record/test_packs.h"

#include <string.h>

enum {
    USERS = 48,
    DEPARTMENTS = 9,
    DEALS = 400,
    ACCOUNTS = 24,
    HELD = 120,
    AWAY = 14,
    LEADS = 6,
    SHARES = 60
};
enum { ROOT, READER, OWNER, MATE, MEMBER, TAKER, LOCAL, NOTER, KEEPER, EXPORTER, POSITIONS };
static const char *const positions[] = {"root",  "reader", "owner", "mate",   "member",
                                        "taker", "local",  "noter", "keeper", "exporter"};
#define NOBODY (-1)

typedef struct Held {
    int user;
    int position;
    int first; // days from today; NOBODY - 1000: no bound
    int last;
} Held;

typedef struct Deal {
    Id id;
    int owner; // NOBODY
    int department;
    int account;
    int amount; // NOBODY: null
    int stage;  // of stages; 3: null
    int open;   // 2: null
    const char *note;
} Deal;

typedef struct Account {
    Id id;
    int owner;
    bool kiel;
    int vip; // 2: null
} Account;

typedef enum Kind { KIND_USER, KIND_POSITION, KIND_DEPARTMENT } Kind;

typedef struct Share {
    int deal;
    Kind kind;
    int with;
    bool edits;
    bool over;
} Share;

// The company as the test knows it.
typedef struct World {
    uint64_t random;
    Id users[USERS];
    int manager[USERS];
    int department[USERS]; // NOBODY
    int above[DEPARTMENTS];
    Id departments[DEPARTMENTS];
    Id positions[POSITIONS];
    Held held[HELD];
    Held away[AWAY]; // `position` is the substitute
    int leads[LEADS][2];
    Account accounts[ACCOUNTS];
    Deal deals[DEALS];
    Share shares[SHARES];
} World;

#define UNBOUND (-1000)

static int pick(World *world, int count)
{
    world->random = world->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (int)((world->random >> 33) % (uint64_t)count);
}

// ---- the naive reading ----------------------------------------------------------------------

static bool today(const Held *held)
{
    return (held->first == UNBOUND || held->first <= 0) &&
           (held->last == UNBOUND || held->last >= 0);
}

static bool holds(const World *world, int user, int position)
{
    for (int i = 0; i < HELD; i++)
        if (world->held[i].user == user && world->held[i].position == position &&
            today(&world->held[i]))
            return true;
    return false;
}

static bool is_below(const World *world, int user, int chief)
{
    for (int steps = 0; user != NOBODY && steps <= USERS; steps++, user = world->manager[user])
        if (user == chief)
            return true;
    return false;
}

static bool same_team(const World *world, int user, int owner)
{
    if (owner == NOBODY)
        return false;
    int manager = world->manager[user];
    return is_below(world, owner, user) ||
           (manager != NOBODY && (owner == manager || world->manager[owner] == manager));
}

static bool same_department(const World *world, int user, int department)
{
    for (; department != NOBODY; department = world->above[department]) {
        if (department == world->department[user])
            return true;
        for (int i = 0; i < LEADS; i++)
            if (world->leads[i][0] == department && world->leads[i][1] == user)
                return true;
    }
    return false;
}

static bool is_shared_with(const World *world, const Share *share, int user)
{
    if (share->kind == KIND_USER)
        return share->with == user;
    if (share->kind == KIND_POSITION)
        return holds(world, user, share->with);
    for (int d = world->department[user]; d != NOBODY; d = world->above[d])
        if (d == share->with)
            return true;
    return false;
}

// A share widens a right that a role gives on some deals.
static bool shared(const World *world, int user, int verb, const Deal *deal)
{
    bool has = holds(world, user, OWNER) || holds(world, user, MATE) || holds(world, user, TAKER) ||
               holds(world, user, NOTER);
    if (verb == VERB_READ)
        has = has || holds(world, user, MEMBER) || holds(world, user, LOCAL) ||
              holds(world, user, KEEPER) || holds(world, user, EXPORTER);
    for (int i = 0; i < SHARES && has && (verb == VERB_READ || verb == VERB_EDIT); i++)
        if (deal == &world->deals[world->shares[i].deal] && !world->shares[i].over &&
            (verb == VERB_READ || world->shares[i].edits) &&
            is_shared_with(world, &world->shares[i], user))
            return true;
    return false;
}

// What the roles of one person give on a deal.
static bool gives(const World *world, int user, int verb, const Deal *deal)
{
    bool own = deal->owner == user, team = same_team(world, user, deal->owner);
    bool department = own || same_department(world, user, deal->department);
    bool queue = deal->owner == NOBODY && same_department(world, user, deal->department);
    const Account *account = deal->account == NOBODY ? NULL : &world->accounts[deal->account];
    bool lost = deal->stage == 2, won = deal->stage == 1;
#define HOLDS(position) holds(world, user, position)
    switch (verb) {
    case VERB_READ:
        return HOLDS(READER) || (HOLDS(OWNER) && own) || (HOLDS(MATE) && team) ||
               (HOLDS(MEMBER) && department) || (HOLDS(TAKER) && queue) ||
               (HOLDS(LOCAL) && account && account->kiel && deal->amount >= 5) ||
               (HOLDS(NOTER) && strchr(deal->note, 'x')) ||
               (HOLDS(KEEPER) && account && account->owner == user) || (HOLDS(EXPORTER) && own);
    case VERB_EDIT:
        return (HOLDS(OWNER) && own) || (HOLDS(MATE) && team && !lost) || (HOLDS(TAKER) && queue) ||
               (HOLDS(NOTER) && department &&
                (strchr(deal->note, 'y') || (account && account->vip == 1)));
    case VERB_DELETE:
        return (HOLDS(OWNER) && own) ||
               (HOLDS(MEMBER) && department && deal->amount != NOBODY && deal->amount < 10) ||
               (HOLDS(KEEPER) && HOLDS(MATE) && deal->open == 0);
    case VERB_EXPORT: // null > 7 is null, and null with true is neither
        return HOLDS(EXPORTER) && (!won || (deal->amount != NOBODY && deal->amount <= 7));
    default:
        return (HOLDS(EXPORTER) && own);
    }
}

static bool expected(const World *world, int user, int verb, const Deal *deal)
{
    if (holds(world, user, ROOT) || gives(world, user, verb, deal) ||
        shared(world, user, verb, deal))
        return true;
    for (int i = 0; i < AWAY; i++)
        if (world->away[i].position == user && today(&world->away[i]) &&
            (gives(world, world->away[i].user, verb, deal) ||
             shared(world, world->away[i].user, verb, deal)))
            return true;
    return false;
}

static bool holds_for_fields(const World *world, int user, int first, int second)
{
    bool held = holds(world, user, ROOT) || holds(world, user, first) || holds(world, user, second);
    for (int i = 0; i < AWAY; i++)
        if (world->away[i].position == user && today(&world->away[i]))
            held = held || holds(world, world->away[i].user, first) ||
                   holds(world, world->away[i].user, second);
    return held;
}

// ---- a random company -----------------------------------------------------------------------

static void put_id(Ctx *cx, Value fields, const char *name, Id id)
{
    value_set(cx->arena, fields, name, value_text(id_text(cx->arena, id)));
}

static void put_days(Ctx *cx, Value fields, const Held *held)
{
    int64_t now = date_to_days(instant_in(cx->now, zone_utc()).date);
    if (held->first != UNBOUND)
        value_set(cx->arena, fields, "first_day", value_date(date_from_days(now + held->first)));
    if (held->last != UNBOUND)
        value_set(cx->arena, fields, "last_day", value_date(date_from_days(now + held->last)));
}

static Id make(Ctx *cx, const char *entity, Value fields)
{
    Record *record;
    CHECK_OK(record_create(cx, entity, fields, &record));
    return record->id;
}

static const char *department_key(Ctx *cx, int department)
{
    return department == NOBODY ? NULL : text_format(cx->arena, "d%d", department);
}

static void make_people(Ctx *cx, World *world)
{
    for (int i = 0; i < DEPARTMENTS; i++) {
        Value fields = value_context(cx->arena);
        world->above[i] = i < 2 ? NOBODY : pick(world, i);
        value_set(cx->arena, fields, "key", value_text(department_key(cx, i)));
        if (world->above[i] != NOBODY)
            put_id(cx, fields, "parent", world->departments[world->above[i]]);
        world->departments[i] = make(cx, "department", fields);
    }
    for (int i = 0; i < POSITIONS; i++) {
        Value fields = value_context(cx->arena);
        value_set(cx->arena, fields, "key", value_text(positions[i]));
        world->positions[i] = make(cx, "position", fields);
    }
    for (int i = 0; i < USERS; i++) {
        Value fields = value_context(cx->arena);
        world->manager[i] = i < 3 || !pick(world, 5) ? NOBODY : pick(world, i);
        world->department[i] = pick(world, 6) ? pick(world, DEPARTMENTS) : NOBODY;
        value_set(cx->arena, fields, "login", value_text(text_format(cx->arena, "u%d", i)));
        value_set(cx->arena, fields, "name", value_text(text_format(cx->arena, "User %d", i)));
        value_set(cx->arena, fields, "department",
                  value_text(department_key(cx, world->department[i])));
        if (world->manager[i] != NOBODY)
            put_id(cx, fields, "manager", world->users[world->manager[i]]);
        world->users[i] = make(cx, "user", fields);
    }
}

// Yesterday, today and tomorrow are the days that decide.
static Held period(World *world, bool bounded)
{
    Held held = {.first = pick(world, 5) - 3, .last = pick(world, 5) - 1};
    if (!bounded && pick(world, 3))
        held.first = UNBOUND;
    if (!bounded && pick(world, 3))
        held.last = UNBOUND;
    return held;
}

static void make_roles(Ctx *cx, World *world)
{
    for (int i = 0; i < HELD; i++) {
        Value fields = value_context(cx->arena);
        Held held = period(world, false);
        held.user = pick(world, USERS);
        held.position = pick(world, 20) ? 2 + pick(world, POSITIONS - 2) : pick(world, 2);
        world->held[i] = held;
        put_id(cx, fields, "user", world->users[held.user]);
        put_id(cx, fields, "position", world->positions[held.position]);
        put_days(cx, fields, &held);
        make(cx, "user_position", fields);
    }
    for (int i = 0; i < AWAY; i++) {
        Value fields = value_context(cx->arena);
        Held away = period(world, true);
        away.user = pick(world, USERS);
        away.position = (away.user + 1 + pick(world, USERS - 1)) % USERS;
        world->away[i] = away;
        put_id(cx, fields, "user", world->users[away.user]);
        put_id(cx, fields, "substitute", world->users[away.position]);
        put_days(cx, fields, &away);
        make(cx, "substitute", fields);
    }
    for (int i = 0; i < LEADS; i++) {
        Value fields = value_context(cx->arena);
        world->leads[i][0] = pick(world, DEPARTMENTS);
        world->leads[i][1] = pick(world, USERS);
        put_id(cx, fields, "leads", world->departments[world->leads[i][0]]);
        put_id(cx, fields, "user", world->users[world->leads[i][1]]);
        make(cx, "department_lead", fields);
    }
}

static void make_accounts(Ctx *cx, World *world)
{
    for (int i = 0; i < ACCOUNTS; i++) {
        Value fields = value_context(cx->arena);
        Account *account = &world->accounts[i];
        *account =
            (Account){.owner = pick(world, USERS), .kiel = pick(world, 2), .vip = pick(world, 3)};
        value_set(cx->arena, fields, "name", value_text("Account"));
        value_set(cx->arena, fields, "city", value_text(account->kiel ? "Kiel" : NULL));
        if (account->vip < 2)
            value_set(cx->arena, fields, "vip", value_boolean(account->vip));
        put_id(cx, fields, "owner", world->users[account->owner]);
        account->id = make(cx, "account", fields);
    }
}

static void make_deals(Ctx *cx, World *world)
{
    static const char *const stages[] = {"open", "won", "lost", NULL};
    static const char *const notes[] = {"", "x", "y", "xy", "z", "", "", ""};
    for (int i = 0; i < DEALS; i++) {
        Value fields = value_context(cx->arena);
        Deal *deal = &world->deals[i];
        *deal = (Deal){.owner = pick(world, 4) ? pick(world, USERS) : NOBODY,
                       .department = pick(world, 5) ? pick(world, DEPARTMENTS) : NOBODY,
                       .account = pick(world, 5) ? pick(world, ACCOUNTS) : NOBODY,
                       .amount = pick(world, 5) ? pick(world, 14) : NOBODY,
                       .stage = pick(world, 4),
                       .open = pick(world, 3),
                       .note = notes[pick(world, 8)]};
        value_set(cx->arena, fields, "name", value_text(text_format(cx->arena, "Deal n%03d", i)));
        value_set(cx->arena, fields, "code", value_text(text_format(cx->arena, "c%03d", i)));
        value_set(cx->arena, fields, "stage", value_text(stages[deal->stage]));
        value_set(cx->arena, fields, "note", value_text(deal->note));
        value_set(cx->arena, fields, "margin", value_integer(5));
        value_set(cx->arena, fields, "department",
                  value_text(department_key(cx, deal->department)));
        if (deal->amount != NOBODY)
            value_set(cx->arena, fields, "amount", value_integer(deal->amount));
        if (deal->open < 2)
            value_set(cx->arena, fields, "open", value_boolean(deal->open));
        if (deal->owner != NOBODY)
            put_id(cx, fields, "owner", world->users[deal->owner]);
        if (deal->account != NOBODY)
            put_id(cx, fields, "account", world->accounts[deal->account].id);
        deal->id = make(cx, "deal", fields);
    }
}

// Each deal is shared once, so that none replaces another.
static void make_shares(Ctx *cx, World *world)
{
    static const char *const kinds[] = {"user", "position", "department"};
    for (int i = 0; i < SHARES; i++) {
        Share *share = &world->shares[i];
        Value input = value_context(cx->arena), with = value_context(cx->arena), out;
        *share = (Share){.deal = i * 6, .kind = pick(world, 3), .edits = pick(world, 2)};
        share->with = pick(world, share->kind == KIND_USER       ? USERS
                                  : share->kind == KIND_POSITION ? POSITIONS
                                                                 : DEPARTMENTS);
        share->over = !pick(world, 4);
        value_set(cx->arena, with, "kind", value_text(kinds[share->kind]));
        value_set(cx->arena, with, "key",
                  value_text(share->kind == KIND_POSITION
                                 ? positions[share->with]
                                 : text_format(cx->arena, share->kind == KIND_USER ? "u%d" : "d%d",
                                               share->with)));
        value_set(cx->arena, input, "with", with);
        value_set(cx->arena, input, "may", value_text(share->edits ? "edit" : "read"));
        if (share->over || pick(world, 2))
            value_set(
                cx->arena, input, "until",
                value_text(instant_text(cx->arena, cx->now + (share->over ? 1000000 : 9000000))));
        CHECK_OK(record_share(cx, "deal", world->deals[share->deal].id, input, &out));
    }
}

// ---- all three agree ------------------------------------------------------------------------

typedef struct Agreement {
    World *world;
    int user;
    long decisions;
    long granted;
} Agreement;

static void disagree(Ctx *cx, const Agreement *agreement, Verb verb, int deal, const char *who)
{
    CHECK_TEXT(
        text_format(cx->arena, "u%d, %s, deal %d, %s", agreement->user, verb_word(verb), deal, who),
        "as the roles say");
}

// Which deals the one query keeps.
static void by_query(Ctx *cx, const World *world, Verb verb, bool *kept)
{
    Querying querying;
    Rows rows;
    const Entity *entity = schema_entity(cx->schema, "deal");
    memset(kept, 0, DEALS * sizeof *kept);
    Error *error = query_open(cx, entity, verb, &querying);
    if (error) {
        CHECK_FAILS(error, ERR_DENIED, "you may not");
        return;
    }
    const char *sql = text_format(cx->arena, "SELECT %s FROM \"deal\"%s",
                                  query_probe_columns(cx, &querying), query_where(cx, &querying));
    CHECK_OK(db_built_rows(cx, &rows, sql, querying.cells, querying.count));
    for (size_t i = 0; i < rows.count; i++) {
        bool keeps = true;
        if (!query_is_exact(&querying))
            CHECK_OK(query_probe(cx, &querying, rows.items[i].cells, &keeps));
        for (int d = 0; d < DEALS && keeps; d++)
            if (world->deals[d].id == rows.items[i].cells[0].integer)
                kept[d] = true;
    }
}

// Fields of a record that is read, and those that may be changed.
static void check_fields(Ctx *cx, Agreement *agreement)
{
    const World *world = agreement->world;
    const Entity *entity = schema_entity(cx->schema, "deal");
    for (size_t f = 0; f < entity->field_count; f++) {
        const Field *field = &entity->fields[f];
        bool margin = text_equal(field->name, "margin") || text_equal(field->name, "code"),
             amount = text_equal(field->name, "amount");
        bool sees = !margin || holds_for_fields(world, agreement->user, READER, TAKER);
        bool edits = sees && (!amount || holds_for_fields(world, agreement->user, OWNER, KEEPER));
        CHECK_INT(field_readable(cx->actor, field), sees);
        CHECK_INT(field_editable(cx->actor, field), edits);
    }
}

static void check_verb(Ctx *cx, Agreement *agreement, Verb verb)
{
    World *world = agreement->world;
    bool kept[DEALS];
    by_query(cx, world, verb, kept);
    for (int d = 0; d < DEALS; d++) {
        const Deal *deal = &world->deals[d];
        bool right = expected(world, agreement->user, verb, deal), covered = false;
        agreement->decisions++;
        agreement->granted += right;
        if (kept[d] != right)
            disagree(cx, agreement, verb, d, kept[d] ? "the query keeps it" : "the query does not");
        if ((d + agreement->user) % 5)
            continue;
        Record *record;
        ArenaMark mark = arena_mark(cx->arena);
        CHECK_OK(row_load(cx, schema_entity(cx->schema, "deal"), deal->id, &record));
        CHECK_OK(rights_cover(cx, record, verb, value_null(), &covered));
        arena_rewind(cx->arena, mark);
        if (covered != right)
            disagree(cx, agreement, verb, d, covered ? "one is covered" : "one is not");
    }
}

// The list, walked page by page, and its count; and each field on it.
static void check_list(Ctx *cx, Agreement *agreement)
{
    World *world = agreement->world;
    ListRequest request = {.entity = "deal", .limit = 37, .count = true};
    ListPage page = {0};
    int64_t wanted = 0, seen = 0;
    bool margin = holds_for_fields(world, agreement->user, READER, TAKER);
    for (int d = 0; d < DEALS; d++)
        wanted += expected(world, agreement->user, VERB_READ, &world->deals[d]);
    Error *error = list_read(cx, &request, &page);
    if (error) {
        CHECK_FAILS(error, ERR_DENIED, "you may not");
        CHECK_INT(wanted, 0);
        return;
    }
    CHECK_INT(page.total, wanted);
    for (;; request.after = page.next) {
        CHECK_OK(list_read(cx, &request, &page));
        seen += (int64_t)page.count;
        for (size_t i = 0; i < page.count; i++) {
            agreement->decisions += (long)page.records[i]->entity->field_count;
            CHECK_INT(value_get(page.records[i]->fields, "margin") != NULL, margin);
        }
        if (!page.next)
            break;
    }
    CHECK_INT(seen, wanted);
}

// A filter in FEEL within the rights: one that SQL says whole, one that it says in part, one
// through a reference, whose record this reader may not read.
static void check_where(Ctx *cx, const Agreement *agreement)
{
    const World *world = agreement->world;
    bool root = holds(world, agreement->user, ROOT);
    ListRequest request = {.entity = "deal", .limit = 5, .count = true};
    ListPage page;
    int64_t whole = 0, part = 0;
    for (int d = 0; d < DEALS; d++) {
        const Deal *deal = &world->deals[d];
        bool right = expected(world, agreement->user, VERB_READ, deal);
        bool five = deal->amount >= 5;
        whole += right && five;
        part += right && five && strchr(deal->note, 'x');
    }
    request.where = "amount >= 5";
    CHECK_OK(list_read(cx, &request, &page));
    CHECK_INT(page.total, whole);
    CHECK_TEXT(page.pushed, "amount >= 5");
    CHECK(!page.asked);
    request.where = "amount >= 5 and contains(note, \"x\")";
    CHECK_OK(list_read(cx, &request, &page));
    CHECK_INT(page.total, part);
    CHECK_TEXT(page.pushed, "amount >= 5");
    CHECK(page.asked);
    request.where = "account.city = \"Kiel\"";
    Error *error = list_read(cx, &request, &page);
    if (root)
        CHECK_OK(error);
    else if (!rights_on_some(cx->actor, schema_entity(cx->schema, "account"), VERB_READ))
        CHECK_FAILS(error, ERR_INVALID, "account");
}

static size_t found_by(Ctx *cx, const char *words)
{
    SearchRequest request = {.words = words, .entity = "deal", .limit = SEARCH_LIMIT};
    Value answer;
    CHECK_OK(search_find(cx, &request, &answer));
    Value groups = *value_get(answer, "groups");
    return groups.list.count ? value_get(groups.list.items[0], "items")->list.count : 0;
}

// The search finds a deal by its name when it may be read, and by its code when the code may, too.
static void check_search(Ctx *cx, const Agreement *agreement)
{
    const World *world = agreement->world;
    bool code = holds_for_fields(world, agreement->user, READER, TAKER);
    size_t wanted = 0;
    for (int d = agreement->user; d < DEALS; d += 97) {
        ArenaMark mark = arena_mark(cx->arena);
        bool right = expected(world, agreement->user, VERB_READ, &world->deals[d]);
        CHECK_INT(found_by(cx, text_format(cx->arena, "n%03d", d)), right);
        CHECK_INT(found_by(cx, text_format(cx->arena, "deal c%03d", d)), right && code);
        arena_rewind(cx->arena, mark);
    }
    for (int d = 0; d < 10; d++)
        wanted += expected(world, agreement->user, VERB_READ, &world->deals[d]);
    CHECK_INT(found_by(cx, "eal n00"), wanted);
}

// Sums of the amounts by stage, over what the reader may read.
static void check_summary(Ctx *cx, const Agreement *agreement)
{
    static const char *const stages[] = {"open", "won", "lost", NULL};
    static const char *const group = "stage", *const measure = "sum:amount";
    const World *world = agreement->world;
    SummaryRequest request = {.list = {.entity = "deal"},
                              .groups = &group,
                              .group_count = 1,
                              .measures = &measure,
                              .measure_count = 1};
    int64_t counts[4] = {0}, sums[4] = {0}, found = 0, groups = 0;
    Value summary;
    for (int d = 0; d < DEALS; d++) {
        const Deal *deal = &world->deals[d];
        if (!expected(world, agreement->user, VERB_READ, deal))
            continue;
        counts[deal->stage]++;
        sums[deal->stage] += deal->amount == NOBODY ? 0 : deal->amount;
    }
    CHECK_OK(list_summary(cx, &request, &summary));
    Value items = *value_get(summary, "groups");
    for (int stage = 0; stage < 4; stage++)
        groups += counts[stage] > 0;
    CHECK_INT(items.list.count, groups);
    for (size_t i = 0; i < items.list.count; i++) {
        Value by = *value_get(*value_get(items.list.items[i], "by"), "stage");
        const char *value = value_get_text(by, "value");
        int64_t count = 0, sum = 0;
        CHECK(decimal_to_integer(value_get(items.list.items[i], "count")->number, &count));
        Value measures = *value_get(items.list.items[i], "measures");
        CHECK(decimal_to_integer(value_get(measures, measure)->number, &sum));
        for (int stage = 0; stage < 4; stage++)
            if (text_equal(stages[stage], value) || (!stages[stage] && !value)) {
                CHECK_INT(count, counts[stage]);
                CHECK_INT(sum, sums[stage]);
                found++;
            }
    }
    CHECK_INT(found, groups);
}

static Error *compare(Ctx *cx, void *state)
{
    Agreement *agreement = state;
    check_fields(cx, agreement);
    for (Verb verb = 0; verb < VERB_COUNT; verb++)
        check_verb(cx, agreement, verb);
    check_list(cx, agreement);
    if (rights_on_some(cx->actor, schema_entity(cx->schema, "deal"), VERB_READ)) {
        check_where(cx, agreement);
        check_summary(cx, agreement);
        check_search(cx, agreement);
    }
    return NULL;
}

static Error *make_world(Ctx *cx, void *state)
{
    World *world = state;
    make_people(cx, world);
    make_roles(cx, world);
    make_accounts(cx, world);
    make_deals(cx, world);
    make_shares(cx, world);
    return NULL;
}

DB_TEST(the_query_and_the_single_record_agree_with_the_roles_read_naively)
{
    World *world = NEW(cx->arena, World);
    Agreement agreement = {.world = world};
    world->random = 20260921;
    test_open_packs(cx, "tests/rights");
    test_as(cx, "system", DOOR_SYSTEM, make_world, world);
    cx->now += 2000000; // what lasted a second is over
    for (int user = 0; user < USERS; user++) {
        agreement.user = user;
        for (bool waits = user == USERS / 2; waits;) // the others search what is not indexed yet
            CHECK_OK(search_work(cx, cx->company->database, &waits));
        ArenaMark mark = arena_mark(cx->arena);
        test_as(cx, text_format(cx->arena, "u%d", user), DOOR_API, compare, &agreement);
        arena_rewind(cx->arena, mark);
    }
    CHECK(agreement.decisions > 200000);
    CHECK(agreement.granted > agreement.decisions / 50);
}
