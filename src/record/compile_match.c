// SPDX-License-Identifier: Apache-2.0
// The rules by which records of an entity are the same, from text to Matching.
#include "record/compile.h"

#include "record/field.h"

#include <string.h>

#define MATCH_RULES 12
#define MATCH_FIELDS 6
#define MATCH_SCORE 60  // from which score two records are told of
#define MATCH_VERSION 1 // raised when keys are made otherwise

static const char *const match_words[] = {"name", "phone", "email", "domain", "identifier"};

static const char *match_word(MatchKind kind)
{
    return match_words[kind];
}

static bool fits(MatchKind kind, FieldType type)
{
    switch (kind) {
    case MATCH_PHONE:
        return type == FIELD_PHONE;
    case MATCH_EMAIL:
        return type == FIELD_EMAIL;
    case MATCH_DOMAIN:
        return type == FIELD_EMAIL || type == FIELD_URL;
    default:
        return type == FIELD_TEXT;
    }
}

static FALLIBLE match_fields(Ctx *cx, const Entity *entity, const YamlNode *node, MatchRule *rule)
{
    const char **names = NULL;
    size_t count = 0;
    TRY(yaml_get_texts(cx, node, "fields", &names, &count));
    if (!count || count > MATCH_FIELDS)
        return yaml_error(cx, node, "a rule of duplicates compares from 1 to %d fields",
                          MATCH_FIELDS);
    const Field **fields = NEW_ARRAY(cx->arena, const Field *, count);
    for (size_t i = 0; i < count; i++) {
        fields[i] = entity_field(entity, names[i]);
        if (!fields[i])
            return yaml_error(cx, yaml_get(node, "fields"), "the entity '%s' has no field '%s'",
                              entity->name, names[i]);
        if (!fits(rule->kind, fields[i]->type) || fields[i]->live)
            return yaml_error(cx, yaml_get(node, "fields"),
                              "'%s' is a %s, which '%s' does not take", names[i],
                              field_type_word(fields[i]->type), match_word(rule->kind));
    }
    rule->fields = fields;
    rule->field_count = count;
    return NULL;
}

static FALLIBLE match_rule(Ctx *cx, const Entity *entity, const YamlNode *node, MatchRule *rule)
{
    const char *word = NULL;
    TRY(yaml_known(cx, node, "name active match fields weight similar refuse"));
    TRY(compile_get_name(cx, node, "name", &rule->name));
    TRY(yaml_get_text(cx, node, "match", true, &word));
    size_t kind = 0;
    while (kind < sizeof match_words / sizeof *match_words && !text_equal(match_words[kind], word))
        kind++;
    if (kind == sizeof match_words / sizeof *match_words)
        return error_hint(yaml_error(cx, yaml_get(node, "match"), "unknown comparison '%s'", word),
                          "Known: name, phone, email, domain, identifier.");
    rule->kind = (MatchKind)kind;
    rule->similar = rule->kind == MATCH_NAME;
    rule->weight = 50;
    TRY(yaml_get_integer(cx, node, "weight", 1, 100, &rule->weight));
    TRY(yaml_get_boolean(cx, node, "similar", &rule->similar));
    TRY(yaml_get_boolean(cx, node, "refuse", &rule->refuse));
    if (rule->similar && rule->kind != MATCH_NAME)
        return yaml_error(cx, yaml_get(node, "similar"), "only names are similar");
    return match_fields(cx, entity, node, rule);
}

// Whatever makes other keys makes another number; PostgreSQL has no unsigned integers.
static int64_t generation_of(Ctx *cx, const Entity *entity, const Matching *matching)
{
    Buffer *text = buffer_new(cx->arena);
    buffer_format(text, "%d %s", MATCH_VERSION, entity->name);
    for (size_t r = 0; r < matching->rule_count; r++) {
        const MatchRule *rule = &matching->rules[r];
        buffer_format(text, " %s:%s:%d", rule->name, match_word(rule->kind), rule->similar);
        for (size_t f = 0; f < rule->field_count; f++)
            buffer_format(text, ":%s", rule->fields[f]->name);
    }
    uint32_t hash = 0x811c9dc5U; // FNV-1a, 32 bits
    for (const char *at = text->bytes; *at; at++)
        hash = (hash ^ (unsigned char)*at) * 0x01000193U;
    return (int64_t)(hash & 0x7fffffff);
}

FALLIBLE compile_matching(Ctx *cx, Draft *draft)
{
    const YamlNode *node = yaml_get(draft->root, "duplicates"), *list = NULL;
    if (!node)
        return NULL;
    Matching *matching = NEW(cx->arena, Matching);
    bool active;
    matching->score = MATCH_SCORE;
    TRY(yaml_map(cx, node, "duplicates"));
    TRY(yaml_known(cx, node, "active score rules"));
    TRY(compile_active(cx, node, &active));
    TRY(yaml_get_integer(cx, node, "score", 1, 100, &matching->score));
    TRY(yaml_get_list(cx, node, "rules", &list));
    if (!list || list->count > MATCH_RULES)
        return yaml_error(cx, node, "'duplicates' has from 1 to %d rules", MATCH_RULES);
    MatchRule *rules = NEW_ARRAY(cx->arena, MatchRule, list->count + 1);
    matching->rules = rules;
    for (size_t i = 0; i < list->count; i++) {
        bool counts;
        MatchRule *rule = &rules[matching->rule_count];
        TRY(yaml_map(cx, list->items[i], "a rule of duplicates"));
        TRY(compile_active(cx, list->items[i], &counts));
        if (!counts)
            continue;
        TRY(match_rule(cx, draft->entity, list->items[i], rule));
        for (size_t k = 0; k < matching->rule_count; k++)
            if (text_equal(rules[k].name, rule->name))
                return yaml_error(cx, list->items[i], "the rule '%s' is there already", rule->name);
        matching->rule_count++;
    }
    matching->generation = generation_of(cx, draft->entity, matching);
    if (active && matching->rule_count)
        draft->entity->matching = matching;
    return NULL;
}
