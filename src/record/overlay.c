// SPDX-License-Identifier: Apache-2.0
#include "record/overlay.h"

#include "base/map.h"

#include <string.h>

// Lists whose items have a name of their own, by which they are laid over each other.
static const struct {
    const char *list;
    const char *name;
} named_lists[] = {{"fields", "name"},   {"lists", "name"},  {"children", "name"},
                   {"choices", "value"}, {"unique", "name"}, {"rules", "name"},
                   {"roles", "role"}};

static const char *name_key(const char *list)
{
    for (size_t i = 0; list && i < sizeof named_lists / sizeof *named_lists; i++)
        if (text_equal(named_lists[i].list, list))
            return named_lists[i].name;
    return NULL;
}

static const char *name_of(const YamlNode *item, const char *key)
{
    if (item->kind == YAML_SCALAR)
        return item->text;
    const YamlNode *name = yaml_get(item, key);
    return name && name->kind == YAML_SCALAR ? name->text : NULL;
}

static const YamlNode *item_named(const YamlNode *list, const char *key, const char *name)
{
    for (size_t i = 0; name && list && list->kind == YAML_LIST && i < list->count; i++)
        if (text_equal(name_of(list->items[i], key), name))
            return list->items[i];
    return NULL;
}

static YamlNode *copy_with_room(Arena *arena, const YamlNode *base, size_t more)
{
    YamlNode *copy = NEW(arena, YamlNode);
    *copy = *base;
    copy->items = NEW_ARRAY(arena, YamlNode *, base->count + more);
    memcpy(copy->items, base->items, base->count * sizeof *base->items);
    if (base->kind == YAML_MAP) {
        copy->keys = NEW_ARRAY(arena, const char *, base->count + more);
        memcpy(copy->keys, base->keys, base->count * sizeof *base->keys);
    }
    return copy;
}

static YamlNode *over_list(Arena *arena, const YamlNode *base, YamlNode *over, const char *key)
{
    YamlNode *merged = copy_with_room(arena, base, over->count);
    for (size_t i = 0; i < over->count; i++) {
        const char *name = name_of(over->items[i], key);
        size_t at = 0;
        while (at < base->count && (!name || !text_equal(name_of(base->items[at], key), name)))
            at++;
        if (at < base->count)
            merged->items[at] = overlay_merge(arena, base->items[at], over->items[i], NULL);
        else
            merged->items[merged->count++] = over->items[i];
    }
    return merged;
}

static YamlNode *over_map(Arena *arena, const YamlNode *base, YamlNode *over)
{
    YamlNode *merged = copy_with_room(arena, base, over->count);
    for (size_t i = 0; i < over->count; i++) {
        const char *key = over->keys[i];
        size_t at = 0;
        while (at < base->count && !text_equal(base->keys[at], key))
            at++;
        if (at == base->count)
            merged->keys[merged->count++] = key;
        merged->items[at == base->count ? merged->count - 1 : at] =
            at == base->count ? over->items[i]
                              : overlay_merge(arena, base->items[at], over->items[i], key);
    }
    return merged;
}

YamlNode *overlay_merge(Arena *arena, const YamlNode *base, YamlNode *over, const char *list)
{
    const char *key = name_key(list);
    if (base->kind == YAML_MAP && over->kind == YAML_MAP)
        return over_map(arena, base, over);
    if (key && base->kind == YAML_LIST && over->kind == YAML_LIST)
        return over_list(arena, base, over, key);
    return over;
}

// ---- conflicts ------------------------------------------------------------------------------

typedef struct Comparing {
    Ctx *cx;
    const char *file;
    Value *items;
    size_t count;
    size_t capacity;
} Comparing;

static Value node_value(Ctx *cx, const YamlNode *node)
{
    return node ? yaml_value(cx->arena, node) : value_null();
}

static void tell(Comparing *comparing, const char *place, Value ours, Value before, Value now)
{
    Ctx *cx = comparing->cx;
    Value item = value_context(cx->arena);
    value_set(cx->arena, item, "file", value_text(comparing->file));
    value_set(cx->arena, item, "place", value_text(place));
    value_set(cx->arena, item, "company", ours);
    value_set(cx->arena, item, "before", before);
    value_set(cx->arena, item, "shipped", now);
    array_push(cx->arena, *comparing) = item;
}

static const char *below(const Comparing *comparing, const char *place, const char *name)
{
    return *place ? text_format(comparing->cx->arena, "%s.%s", place, name) : name;
}

// Where the company's text says something, and what was shipped there has changed to something
// else.
static void compare(Comparing *comparing, const char *place, const char *list, const YamlNode *ours,
                    const YamlNode *before, const YamlNode *now)
{
    Ctx *cx = comparing->cx;
    const char *key = name_key(list);
    if (ours->kind == YAML_MAP && (before || now)) {
        for (size_t i = 0; i < ours->count; i++)
            compare(comparing, below(comparing, place, ours->keys[i]), ours->keys[i],
                    ours->items[i], before ? yaml_get(before, ours->keys[i]) : NULL,
                    now ? yaml_get(now, ours->keys[i]) : NULL);
        return;
    }
    if (key && ours->kind == YAML_LIST) {
        for (size_t i = 0; i < ours->count; i++) {
            const char *name = name_of(ours->items[i], key);
            compare(comparing, below(comparing, place, name ? name : "?"), NULL, ours->items[i],
                    item_named(before, key, name), item_named(now, key, name));
        }
        return;
    }
    Value mine = node_value(cx, ours), was = node_value(cx, before), is = node_value(cx, now);
    if (!value_equal(was, is) && !value_equal(mine, is))
        tell(comparing, place, mine, was, is);
}

void overlay_conflicts(Ctx *cx, const char *file, const YamlNode *ours, const YamlNode *before,
                       const YamlNode *now, Value *out)
{
    Comparing comparing = {.cx = cx, .file = file};
    if (out->kind == VALUE_LIST && out->list.count) {
        comparing.items = NEW_ARRAY(cx->arena, Value, out->list.count);
        memcpy(comparing.items, out->list.items, out->list.count * sizeof(Value));
        comparing.count = comparing.capacity = out->list.count;
    }
    compare(&comparing, "", ours->kind == YAML_LIST ? "roles" : NULL, ours, before, now);
    *out = value_list(comparing.items, comparing.count);
}
