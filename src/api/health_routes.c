// SPDX-License-Identifier: Apache-2.0
#include "base/log.h"
#include "db/db.h"
#include "http/http.h"
#include "http/schemas.h"
#include "http/server.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

QUERY(health_probe, "SELECT 1 AS alive");

static Value health_json(Ctx *cx, const char *status)
{
    Value json = value_context(cx->arena);
    value_set(cx->arena, json, "status", value_text(status));
    return json;
}

ROUTE(health_route, GET, "/healthz", "public", "Whether the program is alive", .unit = UNIT_NONE,
      .output = SCHEMA("Health"))
{
    response->json = health_json(cx, "alive");
    return NULL;
}

ROUTE(ready_route, GET, "/readyz", "public", "Whether the database answers",
      .output = SCHEMA("Health"))
{
    Row *row;
    TRY(db_row(cx, &row, health_probe));
    response->json = health_json(cx, "ready");
    return NULL;
}

// The second number of /proc/self/statm, in pages.
static int64_t resident_bytes(void)
{
    char line[128] = "";
    FILE *file = fopen("/proc/self/statm", "re");
    if (!file)
        return 0;
    bool read = fgets(line, sizeof line, file);
    fclose(file);
    const char *resident = read ? strchr(line, ' ') : NULL;
    return resident ? strtoll(resident, NULL, 10) * sysconf(_SC_PAGESIZE) : 0;
}

static void metric(Buffer *out, const char *name, const char *kind, const char *help, int64_t value)
{
    buffer_format(out, "# HELP millrace_%s %s\n# TYPE millrace_%s %s\nmillrace_%s %lld\n", name,
                  help, name, kind, name, (long long)value);
}

static bool is_loopback(const char *address)
{
    return address && (text_starts(address, "127.") || text_equal(address, "::1"));
}

ROUTE(metrics_route, GET, "/metrics", "public",
      "Numbers in Prometheus' text format; from this machine, or with the permission metrics.read",
      .unit = UNIT_NONE)
{
    if (!is_loopback(request->address) && !actor_may(cx->actor, "metrics.read"))
        return FAIL(cx, ERR_DENIED, "metrics are read from this machine or with metrics.read");
    Buffer *out = buffer_new(cx->arena);
    if (request->server) {
        ServerCounts counts = server_counts(request->server);
        metric(out, "http_requests_total", "counter", "Requests answered.", counts.requests);
        metric(out, "http_refused_total", "counter", "Answers 4xx.", counts.refused);
        metric(out, "http_faults_total", "counter", "Answers 5xx.", counts.faults);
        metric(out, "http_connections", "gauge", "Open connections.", counts.connections);
        metric(out, "http_answers_flowing", "gauge", "Long answers under way.", counts.flowing);
        metric(out, "http_waiting", "gauge", "Requests waiting for a worker.", counts.waiting);
    }
    metric(out, "resident_bytes", "gauge", "Resident memory.", resident_bytes());
    response->type = "text/plain; version=0.0.4; charset=utf-8";
    response->body = out->bytes;
    response->body_length = out->length;
    return NULL;
}
