// SPDX-License-Identifier: Apache-2.0
// The bare loop: what the same libraries reach on this machine when nothing is asked.
//
//   bench-bare DATABASE-URL          serves 127.0.0.1, prints {"url": ...}, ends on SIGTERM
//
// POST /WORK-ITEM/INSTANCE/ORDER writes the rows that completing AllocateAndPick writes, each once,
// into the same tables of the same database by the same group commit, on the same threads as
// src/http/server.c; there are no rights, no forms, no process, and the answer is short.
// bench/cases/step.mjs holds the rows against those that the server wrote.
#include "base/ids.h"
#include "base/limits.h"
#include "db/database.h"
#include "http/server.h"
#include "http/workers.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#define WORKERS 48
#define CONNECTION_THREADS 2
#define DUE_US (24L * 3600 * 1000000)

QUERY(bare_item, "UPDATE work_item SET state = 'completed', assignee = $2, completed_by = $2,"
                 " claimed_at = $3, ended_at = $3 WHERE id = $1");
QUERY(bare_hand, "INSERT INTO work_item_hand (instance, node, user_id)"
                 " VALUES ($1, 'AllocateAndPick', $2)");
QUERY(bare_deed, "INSERT INTO work_item_event (id, item, instance, node, at, kind, actor)"
                 " VALUES ($1, $2, $3, 'AllocateAndPick', $4, 'completed', $5)");
QUERY(bare_order, "UPDATE sales_order SET version = version + 1, modified_at = $2,"
                  " modified_by = $3, status = 'allocated' WHERE id = $1");
QUERY(bare_audit, "INSERT INTO audit (record, at, seq, entity, action, field, before, after, actor,"
                  " door, reason) VALUES ($1, $2, $3, 'sales_order', 'change', 'status',"
                  " '\"accepted\"', '\"allocated\"', $4, 'step', NULL)");
QUERY(bare_feed, "INSERT INTO feed (at, entity, record, version, actor, payload)"
                 " VALUES ($1, 'sales_order', $2, 6, $3,"
                 " '{\"action\":\"change\",\"fields\":[\"status\"]}')");
QUERY(bare_next, "INSERT INTO work_item (id, instance, wait, process_key, model, node, entity,"
                 " subject, state, position, department, audience, named, priority, created_at,"
                 " due_at, due_order) VALUES ($1, $2, 10, 'standard-order', $3, 'ShipOrder',"
                 " 'sales_order', $4, 'offered', 'warehouse_clerk', 'warehouse', $7, 0, 50, $5,"
                 " $6, $6)");
QUERY(bare_event, "INSERT INTO instance_event (instance, sequence, at, kind, node, actor, entries,"
                  " detail) VALUES ($1, $2, $3, 'completed', 'AllocateAndPick', $4,"
                  " 'C27 >24 E28', NULL)");
QUERY(bare_instance, "UPDATE instance SET state = 'running', row_version = row_version + 1,"
                     " events = events + 1, blob = $2, incident = NULL WHERE id = $1");
QUERY(bare_template, "SELECT model, blob, events, (SELECT MIN(id) FROM work_audience) AS audience"
                     " FROM instance WHERE id = (SELECT MIN(id) FROM instance)");

static struct {
    Company company;
    Workers *workers;
    Id actor;
    Id model;
    Id audience;
    Text blob;
    int64_t events;
} bare;

typedef struct Call {
    Job job;
    struct MHD_Connection *connection;
    char *path;
    bool done;
    bool failed;
    Id item, instance, order;
} Call;

static Error *write_rows(Ctx *cx, void *state)
{
    const Call *call = state;
    Instant now = cx->now;
    TRY(db_run(cx, NULL, bare_item, call->item, bare.actor, now));
    TRY(db_run(cx, NULL, bare_hand, call->instance, bare.actor));
    TRY(db_run(cx, NULL, bare_deed, id_new(cx), call->item, call->instance, now, bare.actor));
    TRY(db_run(cx, NULL, bare_order, call->order, now, bare.actor));
    TRY(db_run(cx, NULL, bare_audit, call->order, now, id_new(cx), bare.actor));
    TRY(db_run(cx, NULL, bare_feed, now, call->order, bare.actor));
    TRY(db_run(cx, NULL, bare_next, id_new(cx), call->instance, bare.model, call->order, now,
               now + DUE_US, bare.audience));
    TRY(db_run(cx, NULL, bare_event, call->instance, bare.events, now, bare.actor));
    return db_run(cx, NULL, bare_instance, call->instance,
                  cell_bytes(bare.blob.bytes, bare.blob.length));
}

static Error *read_template(Ctx *cx, void *state)
{
    Row *row;
    Arena *keep = state;
    TRY(db_row(cx, &row, bare_template));
    if (!row)
        return FAIL(cx, ERR_INVALID, "the database holds no instance");
    bare.model = row_integer(row, "model");
    bare.audience = row_integer(row, "audience");
    bare.events = row_integer(row, "events") + 1000; // behind all that are there
    Text blob = row_cell(row, "blob").text;
    bare.blob = (Text){text_slice(keep, blob.bytes, blob.length), blob.length};
    return NULL;
}

static void work(Job *job)
{
    Call *call = (Call *)job; // its first member
    Ctx cx = {.arena = arena_new(LIMIT_UNIT_BYTES),
              .company = &bare.company,
              .now = instant_now(),
              .language = "en"};
    Error *error = database_write(&cx, bare.company.database, write_rows, call);
    if (error)
        fprintf(stderr, "bench-bare: %s\n", error->message);
    call->failed = error != NULL;
    arena_free(cx.arena);
    call->done = true;
    MHD_resume_connection(call->connection);
}

static bool read_path(Call *call)
{
    char *rest = call->path + 1;
    const char *item = strsep(&rest, "/"), *instance = strsep(&rest, "/");
    return rest && id_parse(item, &call->item) && id_parse(instance, &call->instance) &&
           id_parse(rest, &call->order);
}

static enum MHD_Result answer(Call *call, unsigned status)
{
    static char body[] = "{\"state\":\"completed\"}";
    struct MHD_Response *response =
        MHD_create_response_from_buffer(sizeof body - 1, body, MHD_RESPMEM_PERSISTENT);
    MHD_add_response_header(response, "Content-Type", "application/json");
    enum MHD_Result queued = MHD_queue_response(call->connection, status, response);
    MHD_destroy_response(response);
    return queued;
}

static enum MHD_Result on_request(void *state, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *length, void **held)
{
    (void)state, (void)method, (void)version, (void)bytes;
    Call *call = *held;
    if (!call) {
        call = *held = calloc(1, sizeof *call);
        if (!call)
            return MHD_NO;
        call->connection = connection;
        call->path = strdup(url);
        call->job.run = work;
        return MHD_YES;
    }
    if (*length) {
        *length = 0;
        return MHD_YES;
    }
    if (call->done)
        return answer(call, call->failed ? 500 : 200);
    if (!call->path || !read_path(call))
        return answer(call, 404);
    MHD_suspend_connection(connection);
    workers_add(bare.workers, &call->job);
    return MHD_YES;
}

static void on_completed(void *state, struct MHD_Connection *connection, void **held,
                         enum MHD_RequestTerminationCode code)
{
    (void)state, (void)connection, (void)code;
    Call *call = *held;
    if (call) {
        free(call->path);
        free(call);
    }
    *held = NULL;
}

static int serve(void)
{
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct MHD_Daemon *daemon = MHD_start_daemon(
        MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC, 0, NULL, NULL,
        on_request, NULL, MHD_OPTION_SOCK_ADDR, &address, MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)CONNECTION_THREADS, MHD_OPTION_CONNECTION_MEMORY_LIMIT, SERVER_HEADER_BYTES,
        MHD_OPTION_NOTIFY_COMPLETED, on_completed, NULL, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U,
        MHD_OPTION_END);
    if (!daemon) {
        fputs("bench-bare: cannot listen\n", stderr);
        return 1;
    }
    sigset_t signals;
    int which;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    printf("{\"url\": \"http://127.0.0.1:%d\"}\n",
           MHD_get_daemon_info(daemon, MHD_DAEMON_INFO_BIND_PORT)->port);
    fflush(stdout);
    sigwait(&signals, &which);
    MHD_stop_daemon(daemon);
    return 0;
}

static FALLIBLE open_company(Ctx *cx, const char *url)
{
    int node;
    DatabaseOptions options = {.url = url};
    cx->now = instant_now();
    TRY(database_open(cx, &options, &bare.company.database));
    TRY(database_lease_node(cx, bare.company.database, &node));
    bare.company.ids = ids_new(node);
    bare.actor = id_new(cx);
    return database_read(cx, bare.company.database, read_template, cx->arena);
}

int main(int count, char **arguments)
{
    if (count != 2) {
        fputs("usage: bench-bare DATABASE-URL\n", stderr);
        return 2;
    }
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals, NULL);
    Ctx cx = {.arena = arena_new(LIMIT_UNIT_BYTES), .company = &bare.company, .language = "en"};
    Error *error = open_company(&cx, arguments[1]);
    if (error) {
        fprintf(stderr, "bench-bare: %s\n", error->message);
        return 1;
    }
    bare.workers = workers_start(WORKERS, 0);
    int code = bare.workers ? serve() : 1;
    if (bare.workers)
        workers_stop(bare.workers);
    database_close(bare.company.database);
    arena_free(cx.arena);
    return code;
}
