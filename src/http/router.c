// SPDX-License-Identifier: Apache-2.0
#include "http/router.h"

#include "base/ids.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

Registry routes = {.what = "routes"};

static const char *const methods[] = {"GET", "POST", "PUT", "PATCH", "DELETE"};

const char *method_word(Method method)
{
    return methods[method];
}

bool method_read(const char *word, Method *out)
{
    for (size_t i = 0; i < sizeof methods / sizeof *methods; i++)
        if (text_equal(word, methods[i])) {
            *out = (Method)i;
            return true;
        }
    // HEAD is a GET whose body is not sent.
    *out = METHOD_GET;
    return text_equal(word, "HEAD");
}

// The number of fixed segments when the path fits the pattern, -1 when it does not.
static int pattern_fit(const char *pattern, const char *path)
{
    int fixed = 0;
    while (*pattern && *path) {
        if (*pattern == '{') {
            size_t length = strcspn(path, "/");
            if (!length)
                return -1;
            pattern += strcspn(pattern, "/");
            path += length;
            continue;
        }
        if (*pattern != *path)
            return -1;
        fixed += *pattern == '/';
        pattern++;
        path++;
    }
    return *pattern || *path ? -1 : fixed + 1;
}

static int fixed_segments(const char *pattern)
{
    int count = 0;
    for (const char *at = pattern; (at = strchr(at, '/')); at++)
        count += at[1] != '{';
    return count;
}

static Value read_parameters(Ctx *cx, const char *pattern, const char *path)
{
    Value parameters = value_context(cx->arena);
    while (*pattern) {
        if (*pattern != '{') {
            pattern++;
            path++;
            continue;
        }
        size_t name = strcspn(pattern, "}") - 1, length = strcspn(path, "/");
        value_set(cx->arena, parameters, text_slice(cx->arena, pattern + 1, name),
                  value_text_of(text_slice(cx->arena, path, length), length));
        pattern += name + 2;
        path += length;
    }
    return parameters;
}

// The routes of one depth: only they can fit a path of that depth.
#define DEPTHS 16
static struct {
    const Route **routes;
    size_t count;
} depths[DEPTHS];
static pthread_once_t depths_once = PTHREAD_ONCE_INIT;

static size_t depth_of(const char *path)
{
    size_t slashes = 0;
    for (; (path = strchr(path, '/')); path++)
        slashes++;
    return slashes < DEPTHS ? slashes : DEPTHS - 1;
}

static void sort_by_depth(void)
{
    size_t count;
    const void *const *all = registry_all(&routes, &count);
    for (size_t i = 0; i < count; i++)
        depths[depth_of(((const Route *)all[i])->pattern)].count++;
    for (size_t d = 0; d < DEPTHS; d++) {
        depths[d].routes = calloc(depths[d].count + 1, sizeof *depths[d].routes);
        if (!depths[d].routes)
            abort();
        depths[d].count = 0;
    }
    for (size_t i = 0; i < count; i++) {
        size_t depth = depth_of(((const Route *)all[i])->pattern);
        depths[depth].routes[depths[depth].count++] = all[i];
    }
}

static const Route *const *routes_like(const char *path, size_t *count)
{
    pthread_once(&depths_once, sort_by_depth);
    size_t depth = depth_of(path);
    *count = depths[depth].count;
    return depths[depth].routes;
}

bool router_knows(const char *path)
{
    size_t count;
    const Route *const *like = routes_like(path, &count);
    for (size_t i = 0; i < count; i++)
        if (pattern_fit(like[i]->pattern, path) >= 0)
            return true;
    return false;
}

static const char *methods_of(Ctx *cx, const char *path)
{
    size_t count;
    const Route *const *like = routes_like(path, &count);
    Buffer *allowed = buffer_new(cx->arena);
    for (size_t i = 0; i < count; i++)
        if (pattern_fit(like[i]->pattern, path) >= 0)
            buffer_format(allowed, "%s%s", allowed->length ? ", " : "", methods[like[i]->method]);
    return allowed->bytes;
}

FALLIBLE router_find(Ctx *cx, Method method, const char *path, const Route **out, Value *parameters)
{
    size_t count;
    const Route *const *like = routes_like(path, &count);
    const Route *best = NULL;
    for (size_t i = 0; i < count; i++) {
        const Route *route = like[i];
        if (route->method == method && pattern_fit(route->pattern, path) >= 0 &&
            (!best || fixed_segments(route->pattern) > fixed_segments(best->pattern)))
            best = route;
    }
    if (best) {
        *out = best;
        *parameters = read_parameters(cx, best->pattern, path);
        return NULL;
    }
    const char *allowed = methods_of(cx, path);
    if (*allowed)
        return error_hint(FAIL(cx, ERR_METHOD, "%s is not possible here", methods[method]),
                          "Possible: %s.", allowed);
    return FAIL(cx, ERR_NOT_FOUND, "there is nothing at this address");
}

static bool query_names(const char *names, const char *name)
{
    size_t length = strlen(name);
    for (const char *at = names; *at; at += strcspn(at, " "), at += strspn(at, " "))
        if (strcspn(at, ": ") == length && strncmp(at, name, length) == 0)
            return true;
    return false;
}

FALLIBLE router_check_query(Ctx *cx, const Route *route, const Request *request)
{
    const ValueContext *query = request->query.context;
    for (size_t i = 0; route->query && i < query->count; i++)
        if (!query_names(route->query, query->entries[i].key))
            return error_field(
                FAIL(cx, ERR_INVALID, "there is no parameter '%s' here", query->entries[i].key),
                query->entries[i].key);
    return NULL;
}

const char *request_parameter(const Request *request, const char *name)
{
    return value_get_text(request->parameters, name);
}

const char *request_query(const Request *request, const char *name)
{
    return value_get_text(request->query, name);
}

FALLIBLE request_id(Ctx *cx, const Request *request, const char *name, Id *out)
{
    if (!id_parse(request_parameter(request, name), out))
        return FAIL(cx, ERR_NOT_FOUND, "there is no such %s", name);
    return NULL;
}

FALLIBLE request_query_integer(Ctx *cx, const Request *request, const char *name, int64_t fallback,
                               int64_t *out)
{
    const char *text = request_query(request, name);
    Decimal number;
    if (!text)
        *out = fallback;
    else if (!decimal_parse(text, strlen(text), &number) || !decimal_to_integer(number, out))
        return error_field(FAIL(cx, ERR_INVALID, "%s is not a whole number", name), name);
    return NULL;
}
