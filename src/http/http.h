// SPDX-License-Identifier: Apache-2.0
// HTTP as the domain sees it: a request parsed, a response to fill, and the table of routes.
//
// A route says its rights where it is written. The dispatcher finds the route, knows the actor,
// checks CSRF, opens the unit of work (a read for GET, a write otherwise) and calls the handler
// inside it; an Error becomes problem+json. The same table makes the router, OpenAPI and the
// documents. No socket is needed: tests call http_dispatch.
//
// A body of up to LIMIT_BODY_BYTES is in memory. A route that `streams` reads one of up to
// LIMIT_STREAM_BYTES by body_read; its actor, right and media type are asked before the body is
// taken. Any route may make a long answer with response_write, in constant memory.
#ifndef MILLRACE_HTTP_HTTP_H
#define MILLRACE_HTTP_HTTP_H

#include "base/registry.h"
#include "base/value.h"

typedef enum Method { METHOD_GET, METHOD_POST, METHOD_PUT, METHOD_PATCH, METHOD_DELETE } Method;

typedef struct Request {
    Method method;
    const struct Route *route; // with its parameters; NULL: not looked for yet, or unknown
    const char *path;          // decoded, without the query
    Value query;               // context of texts; a key given twice is refused
    Value headers;             // context of texts, keys in lower case
    const char *body;          // never NULL; empty when it is in the spool
    size_t body_length;
    const struct Spool *spool;   // of a route that streams, else NULL
    Value json;                  // the parsed body when its type is application/json, else null
    Value parameters;            // context: {id} of the route's pattern
    const char *address;         // of the client, behind a trusted proxy the forwarded one
    bool secure;                 // came over TLS
    const struct Server *server; // NULL in tests without a server
    int64_t waited_ms;           // since it was first asked, see Response.again_ms
} Request;

typedef struct Response {
    int status;       // 200 unless set
    const char *type; // "application/json" unless set
    Value json;       // the body when `body` is NULL; null: no body
    const char *body;
    size_t body_length;
    Value headers;     // context of texts
    bool stream;       // no body: the connection becomes a stream of events
    struct Pipe *pipe; // what response_write fills; NULL without a server: it fills `body`
    int again_ms; // this answer says that there is nothing yet: ask the same again after that time
                  // (0: it is the answer). Nobody waits for it meanwhile but the client
} Response;

typedef enum Unit {
    UNIT_BY_METHOD, // a read for GET, a write otherwise
    UNIT_READ,
    UNIT_NONE, // opens its own (imports in many units, events)
} Unit;

typedef struct Route {
    Method method;
    const char *pattern; // "/api/v1/records/{entity}/{id}"
    const char *right;   // a permission, "signed-in" (record/ checks the entity's) or "public"
    const char *about;   // one sentence for OpenAPI and the documents
    Error *(*handle)(Ctx *cx, const Request *request, Response *response);
    Unit unit;
    const char *query; // parameters of the query, "limit:integer after"; a text unless said; NULL:
                       // takes none
    bool streams;      // the body is read by body_read
    const char *accepts; // the body's media type, NULL: application/json
    const char *input;   // JSON Schema (text) of the body; NULL: none
    const char *output;  // JSON Schema (text) of the answer; NULL: no JSON
} Route;

extern Registry routes;

// ROUTE(work_item_claim_route, POST, "/api/v1/work-items/{id}/claim", "signed-in", "Claim a work
// item",
//       .output = "{...}") { ...; return NULL; }
#define ROUTE(identifier, method_name, path_pattern, right_name, sentence, ...)                    \
    static FALLIBLE identifier(Ctx *cx, const Request *request, Response *response);               \
    static const Route route_##identifier = {.method = METHOD_##method_name,                       \
                                             .pattern = (path_pattern),                            \
                                             .right = (right_name),                                \
                                             .about = (sentence),                                  \
                                             .handle = identifier,                                 \
                                             ##__VA_ARGS__};                                       \
    REGISTER(routes, route_##identifier, #identifier, &route_##identifier);                        \
    static FALLIBLE identifier([[maybe_unused]] Ctx *cx, [[maybe_unused]] const Request *request,  \
                               [[maybe_unused]] Response *response)

// Answers one request: never fails, every fault becomes a response. `cx` brings arena, company and
// instant; the actor is found here from cookie or token.
void http_dispatch(Ctx *cx, Request *request, Response *response);

// Whether the request's head alone would be admitted: actor, right, CSRF and media type of its
// route. For requests whose body is read only then.
FALLIBLE http_admit(Ctx *cx, Request *request);

// Reads the body from its start: up to `room` bytes, *got = 0 at its end. `reader` is a BodyReader.
typedef struct BodyReader {
    const Request *request;
    size_t at;
} BodyReader;
FALLIBLE body_read(Ctx *cx, char *bytes, size_t room, size_t *got, void *reader);

// Appends to the answer's body; `response` is the Response. Status, type and headers are set before
// the first write. Once the answer flows, an error of the route cuts it: the client sees an answer
// without its end. Fails when the client is gone or too slow.
FALLIBLE response_write(Ctx *cx, const char *bytes, size_t length, void *response);

// A required text parameter of the path; an id of the path ("unknown" ids are ERR_NOT_FOUND).
const char *request_parameter(const Request *request, const char *name);
FALLIBLE request_id(Ctx *cx, const Request *request, const char *name, Id *out);
// Of the query: NULL or the fallback when absent.
const char *request_query(const Request *request, const char *name);
FALLIBLE request_query_integer(Ctx *cx, const Request *request, const char *name, int64_t fallback,
                               int64_t *out);

#endif
