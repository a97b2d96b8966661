// SPDX-License-Identifier: Apache-2.0
#include "http/exchange.h"

#include "base/json.h"
#include "base/limits.h"
#include "http/problem.h"
#include "http/query.h"
#include "http/router.h"

#include <arpa/inet.h>
#include <ctype.h>
#include <microhttpd.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

Exchange *exchange_new(Server *server, struct MHD_Connection *connection, const char *target,
                       Watch *watch)
{
    Arena *arena = arena_new(LIMIT_UNIT_BYTES);
    Exchange *exchange = NEW(arena, Exchange);
    exchange->arena = arena;
    exchange->server = server;
    exchange->connection = connection;
    exchange->watch = watch;
    exchange->target = text_copy(arena, target);
    exchange->cx = (Ctx){.arena = arena, .language = "en"};
    atomic_init(&exchange->holders, 1);
    pipe_open(&exchange->pipe);
    return exchange;
}

bool exchange_release(Exchange *exchange)
{
    if (atomic_fetch_sub(&exchange->holders, 1) > 1)
        return false;
    pipe_close(&exchange->pipe);
    arena_free(exchange->arena);
    return true;
}

static bool has_control_bytes(const char *text)
{
    for (; *text; text++)
        if (((unsigned char)*text < 0x20 && *text != '\t') || *text == 0x7f)
            return true;
    return false;
}

static char *lower_copy(Arena *arena, const char *name)
{
    char *lower = text_copy(arena, name);
    for (char *at = lower; *at; at++)
        *at = (char)tolower((unsigned char)*at);
    return lower;
}

static bool is_token(const char *name)
{
    static const char others[] = "!#$%&'*+-.^_`|~";
    for (const char *at = name; *at; at++)
        if (!isalnum((unsigned char)*at) && !strchr(others, *at))
            return false;
    return *name != '\0';
}

// libmicrohttpd takes folded lines (and then joins the fold to the header's *name*), bare LF and
// spaces before the colon: each a way to smuggle a header past a proxy. Its texts lie in place in
// what was received, so that where the next one begins tells how the line was written.
static bool is_well_formed(Exchange *exchange, const char *name, const char *value)
{
    const char *colon = name + strlen(name), *before = exchange->line_end;
    bool in_place = name == before + strlen("\r\n") && value > colon && value <= colon + 32;
    exchange->line_end = value + strlen(value);
    return in_place && is_token(name);
}

static enum MHD_Result read_header(void *state, enum MHD_ValueKind kind, const char *name,
                                   const char *value)
{
    (void)kind;
    Exchange *exchange = state;
    Ctx *cx = &exchange->cx;
    const char *key = lower_copy(exchange->arena, name);
    const char *text = text_copy(exchange->arena, value ? value : "");
    if (!value || !is_well_formed(exchange, name, value)) {
        exchange->refused = FAIL(cx, ERR_INVALID, "a header line is not well formed");
        return MHD_NO;
    }
    if (has_control_bytes(text))
        exchange->refused = FAIL(cx, ERR_INVALID, "the header %s holds a control byte", key);
    const Value *before = value_get(exchange->request.headers, key);
    if (before && text_equal(key, "cookie"))
        text = text_format(exchange->arena, "%s; %s", before->text.bytes, text);
    else if (before && (text_equal(key, "content-length") || text_equal(key, "host") ||
                        text_equal(key, "transfer-encoding") || text_equal(key, "content-type") ||
                        text_equal(key, "authorization") || text_equal(key, "x-csrf-token")))
        exchange->refused = FAIL(cx, ERR_INVALID, "the header %s stands twice", key);
    value_set(exchange->arena, exchange->request.headers, key, value_text(text));
    return MHD_YES;
}

static Error *too_long(Exchange *exchange)
{
    Ctx *cx = &exchange->cx;
    return FAIL(cx, ERR_LIMIT, "a body has at most %zu bytes", exchange->body_most);
}

static void check_framing(Exchange *exchange)
{
    Ctx *cx = &exchange->cx;
    const char *length = value_get_text(exchange->request.headers, "content-length");
    const char *coding = value_get_text(exchange->request.headers, "transfer-encoding");
    if (length && coding)
        exchange->refused = FAIL(cx, ERR_INVALID, "a request has a length or chunks, not both");
    else if (coding && strcasecmp(coding, "chunked") != 0)
        exchange->refused = FAIL(cx, ERR_INVALID, "the only transfer coding here is chunked");
    else if (length && (strspn(length, "0123456789") != strlen(length) || !*length))
        exchange->refused = FAIL(cx, ERR_INVALID, "the header content-length is not a number");
    else if (length && (strlen(length) > 12 || strtoull(length, NULL, 10) > exchange->body_most))
        exchange->refused = too_long(exchange);
}

static const char *peer_address(Exchange *exchange)
{
    const union MHD_ConnectionInfo *info =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_CLIENT_ADDRESS);
    char text[INET6_ADDRSTRLEN] = "";
    if (info && info->client_addr->sa_family == AF_INET)
        inet_ntop(AF_INET, &((struct sockaddr_in *)info->client_addr)->sin_addr, text, sizeof text);
    else if (info && info->client_addr->sa_family == AF_INET6)
        inet_ntop(AF_INET6, &((struct sockaddr_in6 *)info->client_addr)->sin6_addr, text,
                  sizeof text);
    return text_copy(exchange->arena, text);
}

// Only what the trusted proxy says counts, and of a list only its own, last entry.
static void read_origin(Exchange *exchange)
{
    const char *trusted_proxy = exchange->trusted_proxy;
    Request *request = &exchange->request;
    request->address = peer_address(exchange);
    const union MHD_ConnectionInfo *tls =
        MHD_get_connection_info(exchange->connection, MHD_CONNECTION_INFO_GNUTLS_SESSION);
    request->secure = tls && tls->tls_session;
    if (!trusted_proxy || !text_equal(trusted_proxy, request->address))
        return;
    const char *forwarded = value_get_text(request->headers, "x-forwarded-for");
    const char *comma = forwarded ? strrchr(forwarded, ',') : NULL;
    if (forwarded)
        request->address = text_trim(exchange->arena, comma ? comma + 1 : forwarded);
    request->secure = text_equal(value_get_text(request->headers, "x-forwarded-proto"), "https");
}

static FALLIBLE read_target(Exchange *exchange, const char *method)
{
    Ctx *cx = &exchange->cx;
    if (!method_read(method, &exchange->request.method))
        return FAIL(cx, ERR_METHOD, "this method is not known here");
    exchange->is_head = text_equal(method, "HEAD");
    return query_split(cx, exchange->target, &exchange->request.path, &exchange->request.query);
}

// A route that streams has a limit of its own. An unknown address is told by the dispatcher.
static void choose_body(Exchange *exchange, SpoolRoom *room)
{
    Request *request = &exchange->request;
    exchange->body_most = LIMIT_BODY_BYTES;
    Error *unknown = router_find(&exchange->cx, request->method, request->path, &request->route,
                                 &request->parameters);
    if (unknown || !request->route->streams)
        return;
    exchange->body_most = LIMIT_STREAM_BYTES;
    exchange->spool = spool_new(exchange->arena, room);
}

void exchange_begin(Exchange *exchange, const char *method, const char *version, SpoolRoom *room)
{
    Request *request = &exchange->request;
    exchange->cx.now = instant_now();
    exchange->body = buffer_new(exchange->arena);
    request->headers = value_context(exchange->arena);
    request->query = request->parameters = value_context(exchange->arena);
    request->path = "/";
    request->server = exchange->server;
    exchange->line_end = version + strlen(version);
    MHD_get_connection_values(exchange->connection, MHD_HEADER_KIND, read_header, exchange);
    if (!exchange->refused && exchange->line_end[1] != '\0') // not CR LF: a NUL within the value
        exchange->refused = FAIL(&exchange->cx, ERR_INVALID, "a header line is not well formed");
    read_origin(exchange);
    Error *target = read_target(exchange, method);
    choose_body(exchange, room);
    if (!exchange->refused)
        check_framing(exchange);
    if (!exchange->refused)
        exchange->refused = target;
    exchange->state = EXCHANGE_BODY;
}

void exchange_body(Exchange *exchange, const char *bytes, size_t length, int body_s)
{
    Spool *spool = exchange->spool;
    size_t before = spool ? spool_length(spool) : exchange->body->length;
    if (exchange->refused)
        return;
    if (before + length > exchange->body_most) {
        exchange->refused = too_long(exchange);
    } else if (spool) {
        exchange->refused = spool_add(&exchange->cx, spool, bytes, length);
        exchange->spare += length; // a second more for each 10 KB
        watch_grant(exchange->watch, (int)(exchange->spare / 10240), body_s);
        exchange->spare %= 10240;
    } else {
        buffer_add(exchange->body, bytes, length);
    }
}

static void add_headers(Exchange *exchange, struct MHD_Response *answer, bool is_page)
{
    static const char *const always[][2] = {
        {"X-Content-Type-Options", "nosniff"},
        {"Referrer-Policy", "no-referrer"},
        {"X-Frame-Options", "DENY"},
        {"Cross-Origin-Opener-Policy", "same-origin"},
        {"Cross-Origin-Resource-Policy", "same-origin"},
    };
    for (size_t i = 0; i < sizeof always / sizeof *always; i++)
        MHD_add_response_header(answer, always[i][0], always[i][1]);
    if (exchange->request.secure)
        MHD_add_response_header(answer, "Strict-Transport-Security", "max-age=31536000");
    if (!is_page) {
        MHD_add_response_header(answer, "Content-Security-Policy",
                                "default-src 'none'; frame-ancestors 'none'");
        MHD_add_response_header(answer, "Cache-Control", "no-store");
    }
    const Value headers = exchange->response.headers;
    for (size_t i = 0; headers.kind == VALUE_CONTEXT && i < headers.context->count; i++)
        MHD_add_response_header(answer, headers.context->entries[i].key,
                                headers.context->entries[i].value.text.bytes);
    if (exchange->refused || exchange->is_last)
        MHD_add_response_header(answer, "Connection", "close");
}

// The arena outlives the answer: exchange_free comes when it is sent.
static struct MHD_Response *make_answer(Exchange *exchange)
{
    const Response *response = &exchange->response;
    if (response->pipe)
        return pipe_response(response->pipe);
    if (response->stream)
        return events_open(exchange->events, exchange->connection, exchange->cx.actor);
    return MHD_create_response_from_buffer(response->body_length,
                                           (void *)(response->body ? response->body : ""),
                                           MHD_RESPMEM_PERSISTENT);
}

// A long answer that never came to flow is short: it has a length.
static void take_gathered(Exchange *exchange)
{
    Response *response = &exchange->response;
    Pipe *pipe = response->pipe;
    if (!pipe || pipe_flows(pipe))
        return;
    if (pipe->bytes) {
        response->body = pipe->bytes;
        response->body_length = pipe->length;
    }
    response->pipe = NULL;
}

bool exchange_answer(Exchange *exchange, int answer_s)
{
    Response *response = &exchange->response;
    take_gathered(exchange);
    if (exchange->refused)
        problem_answer(&exchange->cx, exchange->refused, response);
    if (!response->body && response->json.kind != VALUE_NULL) {
        Buffer *json = buffer_new(exchange->arena);
        json_write(json, response->json);
        response->body = json->bytes;
        response->body_length = json->length;
        if (!response->type)
            response->type = "application/json";
    }
    struct MHD_Response *answer = make_answer(exchange);
    if (!answer)
        return false;
    bool own_caching = value_get(response->headers, "Cache-Control") != NULL;
    add_headers(exchange, answer, own_caching);
    if (response->body || response->stream || response->pipe)
        MHD_add_response_header(answer, "Content-Type", response->type);
    watch_set(exchange->watch,
              response->stream ? 0 : answer_s + (int)(response->body_length / 10240));
    int status = response->status ? response->status : 200;
    enum MHD_Result queued = MHD_queue_response(exchange->connection, (unsigned)status, answer);
    MHD_destroy_response(answer);
    if (response->pipe)
        pipe_taken(response->pipe);
    return queued == MHD_YES;
}
