// SPDX-License-Identifier: Apache-2.0
// Registry: what registers itself where it is written: tests, queries, routes, commands, function
// points.
//
// Constructors link entries into a list before main runs, so that neither the linker's order,
// padding under sanitizers nor LTO matter. Readers always see entries sorted by name. Two entries
// of one name in one registry are our own mistake and abort at the first reading. All objects are
// linked whole.
#ifndef MILLRACE_BASE_REGISTRY_H
#define MILLRACE_BASE_REGISTRY_H

#include <stddef.h>

typedef struct Registered {
    const char *name;
    const void *entry;
    struct Registered *next;
} Registered;

typedef struct Registry {
    const char *what; // "route", for messages
    Registered *first;
    const void **sorted;
    size_t count;
} Registry;

void registry_add(Registry *registry, Registered *registered);

// All entries by name. Owned by the registry; complete once main runs.
const void *const *registry_all(Registry *registry, size_t *count);
const void *registry_find(Registry *registry, const char *name); // NULL when absent

// Registers the static object `object` under `name_text` in `registry` before main.
#define REGISTER(registry, identifier, name_text, object)                                          \
    __attribute__((constructor)) static void register_##identifier(void)                           \
    {                                                                                              \
        static Registered registered;                                                              \
        registered.name = (name_text);                                                             \
        registered.entry = (object);                                                               \
        registry_add(&(registry), &registered);                                                    \
    }                                                                                              \
    struct registered_semicolon_##identifier

#endif
