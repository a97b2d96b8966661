// SPDX-License-Identifier: Apache-2.0
// The search box on a real company: before a record is indexed, after, and whatever is changed.
#include "record/search.h"

#include "base/ids.h"
#include "record/test_packs.h"

#include <string.h>

// The labels that a search of one entity finds, in their order.
static const char *find(Ctx *cx, const char *entity, const char *words)
{
    SearchRequest request = {.words = words, .entity = entity};
    Value answer;
    Buffer *out = buffer_new(cx->arena);
    CHECK_OK(search_find(cx, &request, &answer));
    Value groups = *value_get(answer, "groups");
    for (size_t g = 0; g < groups.list.count; g++) {
        Value items = *value_get(groups.list.items[g], "items");
        for (size_t i = 0; i < items.list.count; i++)
            buffer_format(out, "%s%s", out->length ? ", " : "",
                          value_get_text(items.list.items[i], "label"));
    }
    return out->bytes;
}

static Record *make(Ctx *cx, const char *entity, const char *json)
{
    Record *record;
    CHECK_OK(record_create(cx, entity, test_json(cx, json), &record));
    return record;
}

static Error *make_customers(Ctx *cx, void *state)
{
    (void)state;
    make(cx, "customer", "{\"name\":\"王小明\",\"city\":\"杭州\"}");
    make(cx, "customer", "{\"name\":\"溪湾泵业有限公司\",\"city\":\"重庆\"}");
    make(cx, "customer", "{\"name\":\"Kiel Ferries\",\"city\":\"Lübeck\"}");
    make(cx, "customer", "{\"name\":\"Lübeck Mills\",\"city\":\"Kiel\"}");
    make(cx, "customer", "{\"name\":\"Bremer Küste\",\"city\":\"Kiel\"}");
    return NULL;
}

static Error *find_customers(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(find(cx, "customer", "wxm"), "王小明");
    CHECK_TEXT(find(cx, "customer", "wangxiaoming"), "王小明");
    CHECK_TEXT(find(cx, "customer", "wang xiao"), "王小明");
    CHECK_TEXT(find(cx, "customer", "小明"), "王小明");
    CHECK_TEXT(find(cx, "customer", "泵业"), "溪湾泵业有限公司");
    CHECK_TEXT(find(cx, "customer", "xiwan chongqing"), "溪湾泵业有限公司");
    CHECK_TEXT(find(cx, "customer", "lübeck"), "Lübeck Mills, Kiel Ferries");
    CHECK_TEXT(find(cx, "customer", "lubeck kiel"), "Lübeck Mills, Kiel Ferries");
    CHECK_TEXT(find(cx, "customer", "uste"), "Bremer Küste");
    CHECK_TEXT(find(cx, "customer", "c0009"), "王小明");
    CHECK_TEXT(find(cx, "customer", "nobody"), "");
    CHECK_TEXT(find(cx, "customer", " -%\"' *:& "), "");
    CHECK_TEXT(find(cx, NULL, "lübeck mills"), "Lübeck Mills");
    return NULL;
}

static void index_all(Ctx *cx)
{
    for (bool waits = true; waits;)
        CHECK_OK(search_work(cx, cx->company->database, &waits));
}

static Error *check_index(Ctx *cx, void *state)
{
    return search_check(cx, state);
}

static Error *rebuild(Ctx *cx, void *state)
{
    (void)state;
    return search_rebuild(cx);
}

static Error *change_customers(Ctx *cx, void *state)
{
    (void)state;
    Record *record;
    CHECK_OK(record_find(cx, "customer", "number", value_text("C-0009"), &record));
    CHECK_OK(record_change(cx, "customer", record->id, record->version,
                           test_json(cx, "{\"name\":\"李雷\"}"), &record));
    CHECK_OK(record_find(cx, "customer", "number", value_text("C-0012"), &record));
    return record_delete(cx, "customer", record->id, record->version);
}

static Error *find_changed(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(find(cx, "customer", "wxm"), "");
    CHECK_TEXT(find(cx, "customer", "ll"), "李雷");
    CHECK_TEXT(find(cx, "customer", "lübeck"), "Kiel Ferries");
    return NULL;
}

DB_TEST(what_is_committed_is_found_before_and_after_it_is_indexed)
{
    int64_t checked = 0;
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_customers, NULL);
    test_as(cx, "sofia", DOOR_API, find_customers, NULL);
    CHECK_FAILS(test_try_as(cx, "system", DOOR_SYSTEM, check_index, &checked), ERR_CONFLICT,
                "records wait");
    index_all(cx);
    test_as(cx, "sofia", DOOR_API, find_customers, NULL);
    test_as(cx, "system", DOOR_SYSTEM, check_index, &checked);
    CHECK(checked > 10);
    test_as(cx, "system", DOOR_SYSTEM, change_customers, NULL);
    test_as(cx, "sofia", DOOR_API, find_changed, NULL);
    index_all(cx);
    test_as(cx, "sofia", DOOR_API, find_changed, NULL);
    test_as(cx, "system", DOOR_SYSTEM, rebuild, NULL);
    index_all(cx);
    test_as(cx, "sofia", DOOR_API, find_changed, NULL);
    test_as(cx, "system", DOOR_SYSTEM, check_index, &checked);
}

// ---- a naive reader of random names ---------------------------------------------------------

static const char *const pieces[][2] = {
    // as it is written, and read aloud; NULL: a word
    {"王", "wang"}, {"小", "xiao"}, {"明", "ming"}, {"泵", "beng"},  {"溪", "xi"},
    {"水", "shui"}, {" ", NULL},    {" ", NULL},    {"mill", NULL},  {"Water", NULL},
    {"ox", NULL},   {"7341", NULL}, {"86", NULL},   {"Küste", NULL},
};
enum { PIECES = sizeof pieces / sizeof *pieces, CHINESE = 6, NAMES = 45, QUESTIONS = 150 };

typedef struct Names {
    const char *names[NAMES];
    uint64_t random;
} Names;

static size_t pick(Names *names, size_t count)
{
    names->random = names->random * 6364136223846793005ULL + 1442695040888963407ULL;
    return (names->random >> 33) % count;
}

static const char *random_text(Ctx *cx, Names *names, size_t most)
{
    Buffer *out = buffer_new(cx->arena);
    for (size_t i = 1 + pick(names, most); i; i--)
        buffer_text(out, pieces[pick(names, PIECES)][0]);
    return strlen(text_trim(cx->arena, out->bytes)) ? out->bytes : "mill";
}

static bool is_chinese(const char *at, size_t *piece)
{
    for (*piece = 0; *piece < CHINESE; ++*piece)
        if (text_starts(at, pieces[*piece][0]))
            return true;
    return false;
}

// Whether pinyin or initials of up to six characters from here on begin with the word.
static bool reads(const char *at, const char *word)
{
    char aloud[64] = "", initials[8] = "";
    size_t piece;
    for (int i = 0; i < 6 && is_chinese(at, &piece); i++, at += 3) {
        strcat(aloud, pieces[piece][1]);
        initials[i] = pieces[piece][1][0];
    }
    return text_starts(aloud, word) || text_starts(initials, word);
}

static bool naive_finds(Ctx *cx, const char *name, const char *word)
{
    size_t length = strlen(word), piece;
    bool digits = strspn(word, "0123456789") == length;
    Buffer *plain = buffer_new(cx->arena);
    for (const char *at = name; *at; at++)
        if (text_starts(at, "ü"))
            buffer_text(plain, "u"), at++;
        else
            buffer_byte(plain, *at == 'W' ? 'w' : *at == 'K' ? 'k' : *at);
    if (is_chinese(word, &piece))
        return strstr(plain->bytes, word) != NULL;
    for (const char *at = plain->bytes; *at; at++) {
        bool begins = at == plain->bytes || at[-1] == ' ' || (at[-1] & 0x80);
        const char *end = at + strcspn(at, " \xe6\xe7\xe5");
        bool number = strspn(at, "0123456789") == (size_t)(end - at);
        for (const char *back = at;
             number && back > plain->bytes && back[-1] != ' ' && !(back[-1] & 0x80);)
            number = strchr("0123456789", *--back) != NULL;
        if (text_starts(at, word) &&
            (begins || (length >= 3 && !number) || (length >= 3 && digits && at + length == end)))
            return true;
        if (is_chinese(at, &piece) && reads(at, word))
            return true;
    }
    return false;
}

static Error *make_names(Ctx *cx, void *state)
{
    Names *names = state;
    names->random = 5;
    for (int i = 0; i < NAMES; i++) {
        names->names[i] = random_text(cx, names, 6);
        Value fields = value_context(cx->arena);
        value_set(cx->arena, fields, "name", value_text(names->names[i]));
        Record *record;
        CHECK_OK(record_create(cx, "customer", fields, &record));
        names->names[i] = record_text(record, "name");
    }
    return NULL;
}

// A word that might be there: a piece of a piece, a reading of some, or their initials.
static const char *random_word(Ctx *cx, Names *names)
{
    Buffer *out = buffer_new(cx->arena);
    size_t kind = pick(names, 4);
    for (size_t i = 1 + pick(names, 3); i; i--) {
        const char *const *piece = pieces[pick(names, kind ? CHINESE : PIECES)];
        if (kind == 1)
            buffer_add(out, piece[1], 1);
        else
            buffer_text(out, kind == 2 ? piece[1] : piece[0]);
    }
    const char *word = text_slice(cx->arena, out->bytes, strcspn(out->bytes, " "));
    size_t skip = !kind && pick(names, 2) && !(*word & 0x80) && strlen(word) > 3 ? 1 : 0;
    for (const char *at = word; *at; at++) // one word, not several
        if ((*at & 0x80) != (*word & 0x80) || (*at <= '9') != (*word <= '9'))
            return "xiaom";
    return strlen(word) > 1 && !strstr(word, "ü") ? word + skip : "xm";
}

static Error *compare_names(Ctx *cx, void *state)
{
    Names *names = state;
    names->random = 77;
    int found = 0;
    for (int q = 0; q < QUESTIONS; q++) {
        ArenaMark mark = arena_mark(cx->arena);
        const char *first = random_word(cx, names),
                   *second = pick(names, 3) ? "" : random_word(cx, names);
        Buffer *wanted = buffer_new(cx->arena);
        char *small = text_copy(cx->arena, first), *other = text_copy(cx->arena, second);
        for (char *at = small; *at; at++)
            *at = *at == 'W' ? 'w' : *at == 'K' ? 'k' : *at;
        for (char *at = other; *at; at++)
            *at = *at == 'W' ? 'w' : *at == 'K' ? 'k' : *at;
        bool joins = strspn(small, "0123456789") == strlen(small) && *other &&
                     strspn(other, "0123456789") == strlen(other);
        for (int i = 0; i < NAMES && !joins; i++)
            if (naive_finds(cx, names->names[i], small) &&
                (!*other || naive_finds(cx, names->names[i], other)))
                buffer_format(wanted, "[%s]", names->names[i]);
        SearchRequest request = {.words = text_format(cx->arena, "%s %s", first, second),
                                 .entity = "customer",
                                 .limit = SEARCH_LIMIT};
        Value answer;
        CHECK_OK(search_find(cx, &request, &answer));
        Value groups = *value_get(answer, "groups");
        Buffer *got = buffer_new(cx->arena);
        for (int i = 0; i < NAMES && groups.list.count && !joins; i++) {
            Value items = *value_get(groups.list.items[0], "items");
            for (size_t k = 0; k < items.list.count; k++)
                if (text_equal(value_get_text(items.list.items[k], "label"), names->names[i])) {
                    buffer_format(got, "[%s]", names->names[i]);
                    break;
                }
        }
        CHECK_TEXT(text_format(cx->arena, "%s: %s", request.words, got->bytes),
                   text_format(cx->arena, "%s: %s", request.words, wanted->bytes));
        found += wanted->length > 0;
        arena_rewind(cx->arena, mark);
    }
    CHECK(found > QUESTIONS / 4);
    return NULL;
}

DB_TEST(the_index_and_a_naive_reader_find_the_same_random_names)
{
    Names *names = NEW(cx->arena, Names);
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_names, names);
    for (int i = 0; i < NAMES; i++)
        names->names[i] = text_copy(cx->arena, names->names[i]);
    test_as(cx, "system", DOOR_SYSTEM, compare_names, names);
    index_all(cx);
    test_as(cx, "system", DOOR_SYSTEM, compare_names, names);
}

static Error *find_with_marks(Ctx *cx, void *state)
{
    (void)state;
    SearchRequest request = {.words = "wang 杭州"};
    Value answer;
    CHECK_OK(search_find(cx, &request, &answer));
    CHECK_JSON(*value_at(answer, "/groups/0/items/0/hits"),
               "[{\"field\":\"name\",\"title\":\"Name\",\"parts\":[{\"text\":\"王\",\"hit\":true},"
               "{\"text\":\"小明\",\"hit\":false}]},{\"field\":\"city\",\"title\":\"City\","
               "\"parts\":[{\"text\":\"杭州\",\"hit\":true}]}]");
    request = (SearchRequest){.words = "s", .entity = "sale"};
    CHECK_OK(search_find(cx, &request, &answer));
    request.limit = SEARCH_LIMIT + 1;
    CHECK_FAILS(search_find(cx, &request, &answer), ERR_INVALID, "1 to 50 records");
    request = (SearchRequest){.words = "s", .entity = "nothing"};
    CHECK_FAILS(search_find(cx, &request, &answer), ERR_NOT_FOUND, "nothing");
    return NULL;
}

static Error *find_nothing_of_others(Ctx *cx, void *state)
{
    (void)state;
    CHECK_TEXT(find(cx, "sale", "ferry"), "");
    CHECK_TEXT(find(cx, NULL, "ferry"), "");
    return NULL;
}

static Error *find_note(Ctx *cx, void *state)
{
    CHECK_TEXT(find(cx, NULL, "ferry"), state);
    return NULL;
}

static Error *make_note(Ctx *cx, void *state)
{
    Record *sale = test_sale(cx, "12.50");
    Buffer *note = buffer_new(cx->arena);
    for (int i = 0; i < 40; i++)
        buffer_format(note, "word%d ", i);
    buffer_text(note, "ferry");
    Value changes = value_context(cx->arena);
    value_set(cx->arena, changes, "note", value_text(note->bytes));
    CHECK_OK(record_change(cx, "sale", sale->id, sale->version, changes, &sale));
    *(const char **)state = record_label(sale);
    return NULL;
}

DB_TEST(a_search_marks_what_it_found_and_finds_nothing_that_may_not_be_read)
{
    const char *label = NULL;
    test_packs_open(cx);
    test_as(cx, "system", DOOR_SYSTEM, make_customers, NULL);
    test_as(cx, "sofia", DOOR_API, find_with_marks, NULL);
    test_as(cx, "system", DOOR_SYSTEM, make_note, &label);
    label = text_copy(cx->arena, label);
    test_as(cx, "sofia", DOOR_API, find_note, (void *)label);
    test_as(cx, "tom", DOOR_API, find_nothing_of_others, NULL); // reads own sales only
    index_all(cx);
    test_as(cx, "sofia", DOOR_API, find_note, (void *)label);
    test_as(cx, "tom", DOOR_API, find_nothing_of_others, NULL);
}
