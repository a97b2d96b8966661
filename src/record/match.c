// SPDX-License-Identifier: Apache-2.0
#include "record/match.h"

#include "base/phone.h"
#include "record/row.h"
#include "search/letter.h"

#include <stdlib.h>
#include <string.h>

#define IDENTIFIER_LETTERS 4 // fewer say nothing

// ---- values ---------------------------------------------------------------------------------

// Whoever has an address there has nothing in common with the others.
static bool is_public_domain(const char *domain)
{
    static const char *const domains[] = {
        "gmail.com",  "googlemail.com", "outlook.com", "hotmail.com", "live.com",    "yahoo.com",
        "icloud.com", "gmx.de",         "gmx.net",     "web.de",      "t-online.de", "aol.com",
        "qq.com",     "163.com",        "126.com",     "sina.com",    "sohu.com",    "foxmail.com",
        "proton.me",  "protonmail.com", "yandex.ru",   "mail.ru",     NULL};
    for (const char *const *at = domains; *at; at++)
        if (text_equal(domain, *at))
            return true;
    return false;
}

static char *lower(Arena *arena, const char *text, size_t length)
{
    char *copy = text_slice(arena, text, length);
    for (char *at = copy; *at; at++)
        if (*at >= 'A' && *at <= 'Z')
            *at = (char)(*at + ('a' - 'A'));
    return copy;
}

// Of an e-mail address or a web address.
static const char *domain_of(Arena *arena, const char *text)
{
    const char *at = strchr(text, '@'), *scheme = strstr(text, "://");
    const char *host = scheme ? scheme + 3 : at ? at + 1 : text;
    if (text_starts(host, "www."))
        host += 4;
    const char *domain = lower(arena, host, strcspn(host, "/:?#"));
    return !strchr(domain, '.') || is_public_domain(domain) ? NULL : domain;
}

// Letters and digits only: "DE 123.456-7" is "de1234567".
static const char *identifier_of(Arena *arena, const char *text)
{
    Buffer *letters = buffer_new(arena);
    Runs runs = letter_runs(arena, text);
    for (size_t r = 0; r < runs.count; r++)
        for (size_t i = 0; i < runs.items[r].count; i++)
            buffer_add(letters, runs.items[r].letters[i].bytes, runs.items[r].letters[i].length);
    return letters->length >= IDENTIFIER_LETTERS ? letters->bytes : NULL;
}

static const char *compared_text(Arena *arena, MatchKind kind, const char *text)
{
    switch (kind) {
    case MATCH_PHONE:
        return phone_is_e164(text) ? text_slice(arena, text, strcspn(text, ";")) : NULL;
    case MATCH_EMAIL:
        return lower(arena, text, strlen(text));
    case MATCH_DOMAIN:
        return domain_of(arena, text);
    case MATCH_IDENTIFIER:
        return identifier_of(arena, text);
    case MATCH_NAME:
        break;
    }
    return NULL;
}

static void add_value(Ctx *cx, const MatchRule *rule, const Field *field, const char *text,
                      MatchValues *values)
{
    MatchValue *value = &values->items[values->count];
    *value = (MatchValue){.field = field};
    if (rule->kind == MATCH_NAME)
        value->name = name_core(cx->arena, text);
    else
        value->text = compared_text(cx->arena, rule->kind, text);
    values->count += value->text || value->name.count;
}

MatchSide match_side(Ctx *cx, const Entity *entity, Value fields, bool reader)
{
    const Matching *matching = entity->matching;
    MatchSide side = {entity, NEW_ARRAY(cx->arena, MatchValues, matching->rule_count)};
    for (size_t r = 0; r < matching->rule_count; r++) {
        const MatchRule *rule = &matching->rules[r];
        side.rules[r].items = NEW_ARRAY(cx->arena, MatchValue, rule->field_count);
        for (size_t f = 0; f < rule->field_count; f++) {
            const Value *value = value_get(fields, rule->fields[f]->name);
            if (value && value->kind == VALUE_TEXT && value->text.length &&
                (!reader || field_readable(cx->actor, rule->fields[f])))
                add_value(cx, rule, rule->fields[f], value->text.bytes, &side.rules[r]);
        }
    }
    return side;
}

// ---- keys -----------------------------------------------------------------------------------

// FNV-1a, 64 bits (Fowler, Noll, Vo).
static int64_t hash_of(const char *rule, const char *key)
{
    uint64_t hash = 0xcbf29ce484222325ULL;
    for (; *rule; rule++)
        hash = (hash ^ (unsigned char)*rule) * 0x100000001b3ULL;
    for (hash = (hash ^ ':') * 0x100000001b3ULL; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 0x100000001b3ULL;
    return (int64_t)hash;
}

static void add_keys(Ctx *cx, const MatchRule *rule, const MatchValue *value, bool asks,
                     MatchKeys *out)
{
    NameKeys keys = {0};
    if (value->text)
        array_push(cx->arena, keys) = value->text;
    else if (asks)
        name_questions(cx->arena, &value->name, rule->similar, &keys);
    else
        name_keys(cx->arena, &value->name, rule->similar, &keys);
    for (size_t i = 0; i < keys.count; i++)
        array_push(cx->arena, *out) = hash_of(rule->name, keys.items[i]);
}

static int by_number(const void *a, const void *b)
{
    int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;
    return (left > right) - (left < right);
}

// In order, each once.
static void keys_sort(MatchKeys *keys)
{
    size_t kept = 0;
    if (keys->count)
        qsort(keys->items, keys->count, sizeof *keys->items, by_number);
    for (size_t i = 0; i < keys->count; i++)
        if (!i || keys->items[i] != keys->items[i - 1])
            keys->items[kept++] = keys->items[i];
    keys->count = kept;
}

static void all_keys(Ctx *cx, const MatchSide *side, bool asks, bool refusing, MatchKeys *out)
{
    const Matching *matching = side->entity->matching;
    for (size_t r = 0; r < matching->rule_count; r++)
        for (size_t i = 0; i < side->rules[r].count; i++)
            if (!refusing || matching->rules[r].refuse)
                add_keys(cx, &matching->rules[r], &side->rules[r].items[i], asks, out);
    keys_sort(out);
}

void match_keys(Ctx *cx, const MatchSide *side, MatchKeys *out)
{
    all_keys(cx, side, false, false, out);
}

void match_questions(Ctx *cx, const MatchSide *side, bool refusing, MatchKeys *out)
{
    all_keys(cx, side, true, refusing, out);
}

// ---- two records ----------------------------------------------------------------------------

static MatchReason compare_rule(const MatchRule *rule, const MatchValues *a, const MatchValues *b)
{
    MatchReason best = {.rule = rule};
    for (size_t i = 0; i < a->count; i++)
        for (size_t j = 0; j < b->count; j++) {
            const MatchValue *left = &a->items[i], *right = &b->items[j];
            int closeness = left->text ? 100 * text_equal(left->text, right->text)
                                       : name_closeness(&left->name, &right->name, rule->similar);
            if (closeness > best.closeness)
                best = (MatchReason){rule, left->field, closeness};
        }
    return best;
}

static int sureness(const MatchReason *reason)
{
    return reason->rule->weight * reason->closeness;
}

static int by_sureness(const void *a, const void *b)
{
    return sureness(b) - sureness(a);
}

MatchResult match_compare(Ctx *cx, const MatchSide *a, const MatchSide *b)
{
    const Matching *matching = a->entity->matching;
    MatchReason *found = NEW_ARRAY(cx->arena, MatchReason, matching->rule_count);
    MatchResult result = {.reasons = NEW_ARRAY(cx->arena, MatchReason, matching->rule_count)};
    size_t count = 0;
    int64_t unsure = 100000000; // of 100,000,000
    for (size_t r = 0; r < matching->rule_count; r++) {
        MatchReason reason = compare_rule(&matching->rules[r], &a->rules[r], &b->rules[r]);
        if (reason.closeness)
            found[count++] = reason;
    }
    if (count)
        qsort(found, count, sizeof *found, by_sureness);
    for (size_t i = 0; i < count; i++) {
        bool counted = false;
        for (size_t k = 0; k < result.reason_count && !counted; k++)
            counted = result.reasons[k].field == found[i].field;
        if (counted)
            continue;
        result.reasons[result.reason_count++] = found[i];
        unsure = unsure * (10000 - sureness(&found[i])) / 10000;
    }
    result.score = 100 - (int)((unsure + 500000) / 1000000);
    return result;
}
