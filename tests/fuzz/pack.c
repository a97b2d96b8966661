// SPDX-License-Identifier: Apache-2.0
// Packs: a stranger's entity file beside the base pack is compiled into a schema, as entity, as
// roles and as texts.
#include "record/pack.h"
#include "fuzz.h"

static Packs *base;

static void setup(Ctx *cx)
{
    static const char *const names[] = {"base"};
    fuzz_needs(packs_read(cx, FUZZ_SOURCE_ROOT "/packs", names, 1, &base));
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    static const char *const places[] = {"entities/one.yaml", "roles.yaml", "texts/one.yaml"};
    static const char *const requires[] = {"base"};
    FuzzBytes in = {bytes, bytes + length};
    const char *text = text_slice(cx->arena, bytes, length);
    // The kind of file is told by the input itself, so that seeds are plain files.
    size_t place = text_starts(text, "roles") || text_starts(text, "- ") ? 1 : *text == '#' ? 2 : 0;
    (void)in;
    PackFile file = {places[place], places[place], text, length};
    Pack *items = NEW_ARRAY(cx->arena, Pack, base->count + 1);
    for (size_t i = 0; i < base->count; i++)
        items[i] = base->items[i];
    items[base->count] = (Pack){.name = "one",
                                .version = "1",
                                .requires = requires,
                                .require_count = 1,
                                .files = &file,
                                .file_count = 1};
    Packs packs = {items, base->count + 1};
    Schema *schema;
    Value texts;
    if (fuzz_fine(schema_compile(cx, &packs, &schema)))
        FUZZ_HOLDS(schema_entity(schema, "user") != NULL);
    if (place == 2)
        fuzz_fine(packs_texts(cx, &packs, &texts));
}

static const char *const files[] = {"packs/*/entities/*.yaml", "tests/packs/*/entities/*.yaml",
                                    "packs/*/roles.yaml", "tests/packs/*/texts/*.yaml", NULL};

const FuzzTarget fuzz_target = {.setup = setup, .run = run, .files = files};
