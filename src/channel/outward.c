// SPDX-License-Identifier: Apache-2.0
#include "channel/outward.h"

#include "base/text.h"
#include "channel/networks.h"

#include <curl/curl.h>
#include <pthread.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define LIMIT_URL 2000

static const char *part_of(Ctx *cx, CURLU *url, CURLUPart part)
{
    char *text = NULL;
    if (curl_url_get(url, part, &text, 0) != CURLUE_OK)
        return NULL;
    const char *copy = text_copy(cx->arena, text);
    curl_free(text);
    return copy;
}

FALLIBLE outward_check(Ctx *cx, const char *url)
{
    CURLU *parts = curl_url();
    bool reads = parts && url && strlen(url) <= LIMIT_URL &&
                 curl_url_set(parts, CURLUPART_URL, url, 0) == CURLUE_OK;
    const char *scheme = reads ? part_of(cx, parts, CURLUPART_SCHEME) : NULL;
    bool names_somebody =
        reads && (part_of(cx, parts, CURLUPART_USER) || part_of(cx, parts, CURLUPART_PASSWORD));
    curl_url_cleanup(parts);
    if (!scheme || (!text_equal(scheme, "https") && !text_equal(scheme, "http")))
        return error_hint(FAIL(cx, ERR_INVALID, "'%s' is no address to call", url ? url : ""),
                          "Write it as https://example.com/path.");
    if (names_somebody)
        return error_hint(FAIL(cx, ERR_INVALID, "an address holds no name and password"),
                          "What is sent is signed: the other side needs no password.");
    return NULL;
}

typedef struct Call {
    const Networks *networks;
    bool refused;
    size_t received;
} Call;

// After the name is resolved and before anything is sent.
static curl_socket_t open_socket(void *state, curlsocktype purpose, struct curl_sockaddr *address)
{
    Call *call = state;
    (void)purpose;
    if (!networks_allow(call->networks, &address->addr)) {
        call->refused = true;
        return CURL_SOCKET_BAD;
    }
    return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
}

static size_t receive(char *bytes, size_t size, size_t count, void *state)
{
    Call *call = state;
    (void)bytes;
    call->received += size * count;
    return call->received > OUTWARD_ANSWER_BYTES ? 0 : size * count;
}

static struct curl_slist *headers_of(const Outward *outward)
{
    struct curl_slist *headers = NULL;
    for (const char *const *header = outward->headers; *header; header++)
        headers = curl_slist_append(headers, *header);
    return headers;
}

static void set_up(CURL *curl, const Outward *outward, struct curl_slist *headers, Call *call)
{
    curl_easy_setopt(curl, CURLOPT_URL, outward->url);
    curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
    curl_easy_setopt(curl, CURLOPT_PROXY, "");
    curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
    curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
    curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)OUTWARD_CONNECT_MS);
    curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)OUTWARD_MS);
    curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers);
    curl_easy_setopt(curl, CURLOPT_POST, 1L);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDS, outward->body);
    curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(outward->body));
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
    curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, call);
    curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, receive);
    curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
}

static void prepare_library(void)
{
    curl_global_init(CURL_GLOBAL_DEFAULT);
}

FALLIBLE outward_post(Ctx *cx, const Outward *outward, int *status)
{
    static pthread_once_t prepared = PTHREAD_ONCE_INIT;
    pthread_once(&prepared, prepare_library);
    TRY(outward_check(cx, outward->url));
    CURL *curl = curl_easy_init();
    if (!curl)
        return FAIL(cx, ERR_UNAVAILABLE, "there is no memory for a call");
    Call call = {.networks = cx->company->networks};
    long code = 0;
    struct curl_slist *headers = headers_of(outward);
    set_up(curl, outward, headers, &call);
    CURLcode result = curl_easy_perform(curl);
    curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, &code);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    if (call.refused)
        return error_hint(
            FAIL(cx, ERR_UNAVAILABLE, "the address %s is not within reach", outward->url),
            "Whoever runs the server opens a network to it with --reach.");
    // An answer longer than what is read is an answer.
    if (result != CURLE_OK && (result != CURLE_WRITE_ERROR || !code))
        return FAIL(cx, ERR_UNAVAILABLE, "%s cannot be called: %s", outward->url,
                    curl_easy_strerror(result));
    *status = (int)code;
    return NULL;
}
