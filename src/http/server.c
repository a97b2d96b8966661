// SPDX-License-Identifier: Apache-2.0
// One request's way:
//
//   request line  -> on_target: Exchange made            (connection thread)
//   headers       -> on_request, EXCHANGE_NEW            exchange_begin
//     of a streamed body: suspended, EXCHANGE_ASKING; worker: http_admit, EXCHANGE_ADMITTED
//   body          -> on_request, EXCHANGE_BODY           exchange_body
//   end of body   -> on_request: suspended, given to a worker, EXCHANGE_WORKING
//   worker        -> http_dispatch, EXCHANGE_ANSWER, connection resumed; or the answer is not there
//                    yet: parked without a thread, and then to a worker again
//   resumed       -> on_request: exchange_answer
//     or while it still works, when the answer is long: pipe.h
//   sent or lost  -> on_completed: exchange_release
#include "http/server.h"

#include "base/log.h"
#include "http/assets.h"
#include "http/exchange.h"
#include "http/problem.h"
#include "http/router.h"
#include "record/schema.h"

#include <arpa/inet.h>
#include <microhttpd.h>
#include <sodium.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define DEFAULT_WORKERS 48
#define CONNECTION_THREADS 2
#define TLS_PRIORITIES "SECURE128:-VERS-ALL:+VERS-TLS1.3:+VERS-TLS1.2"

struct Server {
    struct MHD_Daemon *daemon;
    Workers *workers;
    Watchers *watchers;
    EventHub *events;
    Parking *parking;
    Company *company;
    const char *trusted_proxy;
    const char *web_root;
    ServerLimits limits;
    SpoolRoom spools;
    PipeRoom pipes;
    int port;
    atomic_bool draining;
    atomic_long requests;
    atomic_long refused;
    atomic_long faults;
    atomic_long open; // exchanges
};

static void *on_target(void *state, const char *target, struct MHD_Connection *connection)
{
    Server *server = state;
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT);
    Watch *watch = info ? info->socket_context : NULL;
    atomic_fetch_add(&server->open, 1);
    return exchange_new(server, connection, target, watch);
}

static void respond(Exchange *exchange)
{
    Server *server = exchange->server;
    Request *request = &exchange->request;
    if (text_starts(request->path, "/api/") || router_knows(request->path) ||
        !assets_answer(&exchange->cx, request, server->web_root, &exchange->response))
        http_dispatch(&exchange->cx, request, &exchange->response);
}

static void release(Exchange *exchange)
{
    Server *server = exchange->server;
    if (exchange_release(exchange))
        atomic_fetch_sub(&server->open, 1);
}

static void begin_answer(Pipe *pipe)
{
    Exchange *exchange = (Exchange *)((char *)pipe - offsetof(Exchange, pipe));
    exchange->state = EXCHANGE_ANSWER;
    MHD_resume_connection(exchange->connection);
}

static Exchange *exchange_of(Parked *parked)
{
    return (Exchange *)((char *)parked - offsetof(Exchange, parked));
}

// The server ends: what there is, which is nothing yet, is the answer.
static void parking_closed(Parked *parked)
{
    Exchange *exchange = exchange_of(parked);
    begin_answer(&exchange->pipe);
    release(exchange);
}

static void ask_again(Parked *parked)
{
    Exchange *exchange = exchange_of(parked);
    arena_rewind(exchange->arena, exchange->asked);
    exchange->cx.now = instant_now();
    exchange->request.waited_ms = (exchange->cx.now - exchange->asked_at) / 1000;
    exchange->response = (Response){.pipe = &exchange->pipe};
    workers_add(exchange->server->workers, &exchange->job);
}

static void work(Job *job)
{
    Exchange *exchange = (Exchange *)job; // its first member
    ArenaGuard guard;
    ArenaMark mark = arena_mark(exchange->arena);
    if (setjmp(*arena_guard(exchange->arena, &guard)) == 0) {
        respond(exchange);
    } else if (pipe_flows(&exchange->pipe)) {
        pipe_end(&exchange->pipe, true);
    } else {
        arena_rewind(exchange->arena, mark);
        Ctx *cx = &exchange->cx;
        problem_answer(cx, FAIL(cx, ERR_LIMIT, "this needs more memory than one request may have"),
                       &exchange->response);
    }
    arena_unguard(exchange->arena);
    if (exchange->response.again_ms) {
        parking_add(exchange->server->parking, &exchange->parked, exchange->response.again_ms);
        return;
    }
    if (pipe_flows(&exchange->pipe))
        pipe_end(&exchange->pipe, exchange->pipe.failed);
    else
        begin_answer(&exchange->pipe);
    release(exchange);
}

// Before a body that may be large is taken.
static void ask(Job *job)
{
    Exchange *exchange = (Exchange *)job;
    exchange->refused = http_admit(&exchange->cx, &exchange->request);
    exchange->state = EXCHANGE_ADMITTED;
    MHD_resume_connection(exchange->connection);
    release(exchange);
}

static void hand_to_worker(Exchange *exchange, void (*run)(Job *job))
{
    exchange->cx.company = exchange->server->company;
    if (!exchange->cx.schema)
        schema_hold(&exchange->cx);
    exchange->job.run = run;
    atomic_fetch_add(&exchange->holders, 1);
    exchange->asked = arena_mark(exchange->arena);
    exchange->asked_at = exchange->cx.now;
    watch_set(exchange->watch, 0);
    MHD_suspend_connection(exchange->connection);
    workers_add(exchange->server->workers, &exchange->job);
}

static void hand_over(Exchange *exchange)
{
    Server *server = exchange->server;
    exchange->request.spool = exchange->spool;
    exchange->request.body = exchange->body->bytes;
    exchange->request.body_length =
        exchange->spool ? spool_length(exchange->spool) : exchange->body->length;
    exchange->events = server->events;
    exchange->pipe.room = &server->pipes;
    exchange->pipe.connection = exchange->connection;
    exchange->pipe.watch = exchange->watch;
    exchange->pipe.answer_s = server->limits.answer_s;
    exchange->pipe.begin = begin_answer;
    exchange->pipe.is_head = exchange->is_head;
    exchange->response.pipe = &exchange->pipe;
    exchange->state = EXCHANGE_WORKING;
    hand_to_worker(exchange, work);
}

static enum MHD_Result answer(Exchange *exchange)
{
    exchange->is_last |= atomic_load(&exchange->server->draining);
    bool queued = exchange_answer(exchange, exchange->server->limits.answer_s);
    atomic_fetch_add(&exchange->server->requests, 1);
    if (exchange->response.status >= 500)
        atomic_fetch_add(&exchange->server->faults, 1);
    else if (exchange->response.status >= 400)
        atomic_fetch_add(&exchange->server->refused, 1);
    return queued ? MHD_YES : MHD_NO;
}

static enum MHD_Result on_request(void *state, struct MHD_Connection *connection, const char *url,
                                  const char *method, const char *version, const char *bytes,
                                  size_t *length, void **held)
{
    (void)connection, (void)url;
    Server *server = state;
    Exchange *exchange = *held;
    if (!exchange)
        return MHD_NO;
    if (exchange->state == EXCHANGE_NEW) {
        exchange->trusted_proxy = server->trusted_proxy;
        exchange_begin(exchange, method, version, &server->spools);
        watch_set(exchange->watch, server->limits.body_s);
        // A refusal before the body is answered at once: the body is not read.
        if (exchange->refused)
            return answer(exchange);
        if (exchange->spool) {
            exchange->state = EXCHANGE_ASKING;
            hand_to_worker(exchange, ask);
        }
        return MHD_YES;
    }
    if (exchange->state == EXCHANGE_ADMITTED) {
        exchange->state = EXCHANGE_BODY;
        watch_set(exchange->watch, server->limits.body_s);
        if (!*length)
            return exchange->refused ? answer(exchange) : MHD_YES;
    }
    if (exchange->state == EXCHANGE_BODY && *length) {
        exchange_body(exchange, bytes, *length, server->limits.body_s);
        *length = 0;
        return MHD_YES;
    }
    if (exchange->state == EXCHANGE_ANSWER || exchange->refused)
        return answer(exchange);
    if (exchange->state == EXCHANGE_BODY)
        hand_over(exchange);
    return MHD_YES;
}

static void on_completed(void *state, struct MHD_Connection *connection, void **held,
                         enum MHD_RequestTerminationCode code)
{
    (void)connection, (void)code;
    Server *server = state;
    Exchange *exchange = *held;
    if (!exchange)
        return;
    watch_set(exchange->watch, server->limits.idle_s);
    pipe_leave(&exchange->pipe);
    release(exchange);
    *held = NULL;
}

static void on_connection(void *state, struct MHD_Connection *connection, void **context,
                          enum MHD_ConnectionNotificationCode code)
{
    Server *server = state;
    if (code == MHD_CONNECTION_NOTIFY_CLOSED) {
        watch_close(*context);
        *context = NULL;
        return;
    }
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(connection, MHD_CONNECTION_INFO_CONNECTION_FD);
    *context = info ? watch_open(server->watchers, info->connect_fd, server->limits.idle_s) : NULL;
}

static FALLIBLE read_address(Ctx *cx, const ServerOptions *options, struct sockaddr_in *four,
                             struct sockaddr_in6 *six, struct sockaddr **out)
{
    const char *address = options->address ? options->address : "127.0.0.1";
    *four = (struct sockaddr_in){.sin_family = AF_INET, .sin_port = htons((uint16_t)options->port)};
    *six =
        (struct sockaddr_in6){.sin6_family = AF_INET6, .sin6_port = htons((uint16_t)options->port)};
    if (inet_pton(AF_INET, address, &four->sin_addr) == 1)
        *out = (struct sockaddr *)four;
    else if (inet_pton(AF_INET6, address, &six->sin6_addr) == 1)
        *out = (struct sockaddr *)six;
    else
        return error_hint(FAIL(cx, ERR_INVALID, "'%s' is not an IP address to listen on", address),
                          "Say 127.0.0.1 for this machine only, 0.0.0.0 for every interface.");
    return NULL;
}

static FALLIBLE open_daemon(Ctx *cx, Server *server, const ServerOptions *options)
{
    struct sockaddr_in four;
    struct sockaddr_in6 six;
    struct sockaddr *address;
    TRY(read_address(cx, options, &four, &six, &address));
    bool tls = options->certificate && options->key;
    struct MHD_OptionItem security[] = {
        {MHD_OPTION_HTTPS_MEM_CERT, 0, (void *)options->certificate},
        {MHD_OPTION_HTTPS_MEM_KEY, 0, (void *)options->key},
        {MHD_OPTION_HTTPS_PRIORITIES, 0, (void *)TLS_PRIORITIES},
        {MHD_OPTION_END, 0, NULL},
    };
    unsigned flags = MHD_USE_EPOLL_INTERNAL_THREAD | MHD_ALLOW_SUSPEND_RESUME | MHD_USE_ITC |
                     (address->sa_family == AF_INET6 ? MHD_USE_IPv6 : 0) | (tls ? MHD_USE_TLS : 0);
    server->daemon = MHD_start_daemon(
        flags, (uint16_t)options->port, NULL, NULL, on_request, server, MHD_OPTION_SOCK_ADDR,
        address, MHD_OPTION_ARRAY, tls ? security : &security[3], MHD_OPTION_THREAD_POOL_SIZE,
        (unsigned)CONNECTION_THREADS, MHD_OPTION_CONNECTION_LIMIT,
        (unsigned)server->limits.connections, MHD_OPTION_PER_IP_CONNECTION_LIMIT,
        (unsigned)server->limits.connections_of_address, MHD_OPTION_CONNECTION_MEMORY_LIMIT,
        SERVER_HEADER_BYTES, MHD_OPTION_CONNECTION_TIMEOUT, (unsigned)server->limits.idle_s,
        MHD_OPTION_STRICT_FOR_CLIENT, 1, MHD_OPTION_NOTIFY_COMPLETED, on_completed, server,
        MHD_OPTION_NOTIFY_CONNECTION, on_connection, server, MHD_OPTION_URI_LOG_CALLBACK, on_target,
        server, MHD_OPTION_LISTEN_BACKLOG_SIZE, 1024U, MHD_OPTION_END);
    if (!server->daemon)
        return error_hint(FAIL(cx, ERR_UNAVAILABLE, "cannot listen on %s port %d",
                               options->address ? options->address : "127.0.0.1", options->port),
                          "Is another server running there? Choose another port.");
    const union MHD_DaemonInfo *info =
        MHD_get_daemon_info(server->daemon, MHD_DAEMON_INFO_BIND_PORT);
    server->port = info ? info->port : options->port;
    return NULL;
}

static int or_else(int value, int usual)
{
    return value ? value : usual;
}

static void set_limits(Server *server, const ServerOptions *options)
{
    const ServerLimits *told = &options->limits;
    server->limits = (ServerLimits){
        .idle_s = or_else(told->idle_s, SERVER_IDLE_S),
        .body_s = or_else(told->body_s, SERVER_BODY_S),
        .answer_s = or_else(told->answer_s, SERVER_ANSWER_S),
        .connections = or_else(told->connections, SERVER_CONNECTIONS),
        .connections_of_address =
            or_else(told->connections_of_address, SERVER_CONNECTIONS_OF_ADDRESS),
    };
    const char *temporary = getenv("TMPDIR");
    server->spools.folder =
        options->spool ? options->spool : (temporary && *temporary ? temporary : "/tmp");
}

FALLIBLE server_start(Ctx *cx, const ServerOptions *options, Server **out)
{
    if (sodium_init() < 0)
        return FAIL(cx, ERR_UNAVAILABLE, "the system gives no random numbers");
    Server *server = calloc(1, sizeof *server);
    if (!server)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for the server");
    server->company = options->company;
    server->trusted_proxy = options->trusted_proxy;
    server->web_root = options->web_root;
    set_limits(server, options);
    server->watchers = watchers_start();
    server->workers = workers_start(options->workers ? options->workers : DEFAULT_WORKERS, 0);
    server->events = events_start(options->company);
    server->parking = parking_start(ask_again, parking_closed);
    Error *error = server->watchers && server->workers && server->events && server->parking
                       ? open_daemon(cx, server, options)
                       : FAIL(cx, ERR_UNAVAILABLE, "the system gives no threads");
    if (error) {
        if (server->events) {
            events_stop(server->events);
            events_free(server->events);
        }
        if (server->parking) {
            parking_stop(server->parking);
            parking_free(server->parking);
        }
        if (server->workers)
            workers_stop(server->workers);
        if (server->watchers)
            watchers_stop(server->watchers);
        free(server);
        return error;
    }
    *out = server;
    return NULL;
}

bool server_gives_up(const Server *server)
{
    return server && atomic_load(&((Server *)server)->pipes.stopping);
}

const char *server_spool(const Server *server)
{
    return server ? server->spools.folder : "/tmp";
}

int server_port(const Server *server)
{
    return server->port;
}

void server_stop(Server *server, int seconds)
{
    MHD_socket listening = MHD_quiesce_daemon(server->daemon);
    if (listening != MHD_INVALID_SOCKET)
        shutdown(listening, SHUT_RDWR); // who comes now is refused at once, not left to wait
    atomic_store(&server->draining, true);
    events_stop(server->events);
    parking_stop(server->parking);
    struct timespec tick = {.tv_nsec = 10 * 1000 * 1000};
    for (int i = 0; i < seconds * 100 && atomic_load(&server->open) > 0; i++)
        nanosleep(&tick, NULL);
    atomic_store(&server->pipes.stopping, true);
    workers_stop(server->workers);
    MHD_stop_daemon(server->daemon);
    if (listening != MHD_INVALID_SOCKET)
        close(listening);
    watchers_stop(server->watchers);
    events_free(server->events);
    parking_free(server->parking);
    free(server);
}

ServerCounts server_counts(const Server *server)
{
    Server *counted = (Server *)server;
    return (ServerCounts){
        .requests = atomic_load(&counted->requests),
        .refused = atomic_load(&counted->refused),
        .faults = atomic_load(&counted->faults),
        .connections = watchers_count(counted->watchers),
        .flowing = atomic_load(&counted->pipes.flowing),
        .waiting = workers_waiting(counted->workers),
    };
}
