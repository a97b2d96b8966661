// SPDX-License-Identifier: Apache-2.0
#include "base/registry.h"

#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static pthread_mutex_t sorting = PTHREAD_MUTEX_INITIALIZER;

void registry_add(Registry *registry, Registered *registered)
{
    registered->next = registry->first;
    registry->first = registered;
    registry->count++;
}

static int by_name(const void *a, const void *b)
{
    const Registered *const *left = a, *const *right = b;
    return strcmp((*left)->name, (*right)->name);
}

static void registry_sort(Registry *registry)
{
    Registered **order = calloc(registry->count + 1, sizeof(Registered *));
    const void **sorted = calloc(registry->count + 1, sizeof *sorted);
    if (!order || !sorted)
        abort();
    size_t count = 0;
    for (Registered *entry = registry->first; entry; entry = entry->next)
        order[count++] = entry;
    qsort(order, count, sizeof *order, by_name);
    for (size_t i = 0; i < count; i++) {
        if (i && strcmp(order[i - 1]->name, order[i]->name) == 0) {
            fprintf(stderr, "millrace: two entries named '%s' in the registry of %s\n",
                    order[i]->name, registry->what);
            abort();
        }
        sorted[i] = order[i]->entry;
    }
    free(order);
    registry->sorted = sorted;
}

const void *const *registry_all(Registry *registry, size_t *count)
{
    pthread_mutex_lock(&sorting);
    if (!registry->sorted)
        registry_sort(registry);
    pthread_mutex_unlock(&sorting);
    *count = registry->count;
    return registry->sorted;
}

const void *registry_find(Registry *registry, const char *name)
{
    for (Registered *entry = registry->first; entry; entry = entry->next)
        if (strcmp(entry->name, name) == 0)
            return entry->entry;
    return NULL;
}
