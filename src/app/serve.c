// SPDX-License-Identifier: Apache-2.0
#include "app/command.h"
#include "app/company.h"
#include "app/demo.h"
#include "app/executor.h"
#include "app/importer.h"
#include "app/indexer.h"
#include "app/prover.h"
#include "app/sealer.h"
#include "base/limits.h"
#include "base/log.h"
#include "channel/networks.h"
#include "http/server.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define DRAIN_S 10
#define PEM_BYTES (1024UL * 1024)

static const CommandOption options[] = {
    {"listen", "ADDRESS:PORT", "where to listen (the default is 127.0.0.1:8080; port 0: any)"},
    {"tls-certificate", "FILE", "PEM certificate chain, for HTTPS without a proxy"},
    {"tls-key", "FILE", "PEM private key"},
    {"trusted-proxy", "ADDRESS", "believe X-Forwarded-For and X-Forwarded-Proto from there"},
    {"web-root", "FOLDER", "serve the browser application from a folder (development)"},
    {"workers", "COUNT", "threads that run units of work"},
    {"file-bytes", "N", "the most of one file on a record (the default is 100 MiB)"},
    {"files-bytes", "N", "the most of all files of the company (the default is 100 GiB)"},
    {"reach", "NETWORKS", "that webhooks may call besides public ones: 10.1.0.0/16,192.0.2.7"},
    {"spool", "FOLDER", "for uploads under way (the default is $TMPDIR, else /tmp)"},
    {"idle-seconds", "N", "until a whole header must be there (the default is 75)"},
    {"body-seconds", "N", "for a body, and a second more by each 10 KB of a long one (60)"},
    {"answer-seconds", "N", "to take an answer, and a second more for each 10 KB (120)"},
    {"connections", "N", "in all (4096)"},
    {"connections-per-address", "N", "for one address (1024)"},
    {"log", "FORM", "text or json"},
    {0},
};

static FALLIBLE read_listen(Ctx *cx, const CommandLine *line, ServerOptions *out)
{
    const char *listen = command_option(line, "listen", "127.0.0.1:8080");
    const char *colon = strrchr(listen, ':');
    char *end;
    long port = colon ? strtol(colon + 1, &end, 10) : -1;
    if (!colon || *end || colon[1] == '\0' || port < 0 || port > 65535)
        return FAIL(cx, ERR_INVALID, "--listen needs ADDRESS:PORT, not '%s'", listen);
    const char *start = *listen == '[' ? listen + 1 : listen;
    size_t length = (size_t)(colon - start) - (*listen == '[');
    out->address = text_slice(cx->arena, start, length);
    out->port = (int)port;
    return NULL;
}

static FALLIBLE read_limits(Ctx *cx, const CommandLine *line, ServerLimits *out)
{
    const struct {
        const char *name;
        int *value;
    } limits[] = {
        {"idle-seconds", &out->idle_s},
        {"body-seconds", &out->body_s},
        {"answer-seconds", &out->answer_s},
        {"connections", &out->connections},
        {"connections-per-address", &out->connections_of_address},
    };
    for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
        int64_t value;
        TRY(command_integer(cx, line, limits[i].name, 0, &value));
        if (value < 0 || value > 1000000)
            return FAIL(cx, ERR_INVALID, "--%s is a number from 1 to 1000000", limits[i].name);
        *limits[i].value = (int)value;
    }
    return NULL;
}

static FALLIBLE read_file_limits(Ctx *cx, const CommandLine *line)
{
    ContentRoom *contents = &cx->company->contents;
    TRY(command_integer(cx, line, "file-bytes", contents->one_bytes, &contents->one_bytes));
    TRY(command_integer(cx, line, "files-bytes", contents->all_bytes, &contents->all_bytes));
    if (contents->one_bytes < 1 || contents->one_bytes > (int64_t)LIMIT_STREAM_BYTES)
        return FAIL(cx, ERR_INVALID, "--file-bytes is a number from 1 to %lu", LIMIT_STREAM_BYTES);
    if (contents->all_bytes < 1)
        return FAIL(cx, ERR_INVALID, "--files-bytes is a number from 1 on");
    return NULL;
}

static FALLIBLE read_tls(Ctx *cx, const CommandLine *line, ServerOptions *out)
{
    const char *certificate = command_option(line, "tls-certificate", NULL);
    const char *key = command_option(line, "tls-key", NULL);
    Text text;
    if (!certificate && !key)
        return NULL;
    if (!certificate || !key)
        return FAIL(cx, ERR_INVALID, "HTTPS needs both --tls-certificate and --tls-key");
    TRY(file_read(cx, certificate, PEM_BYTES, &text));
    out->certificate = text.bytes;
    TRY(file_read(cx, key, PEM_BYTES, &text));
    out->key = text.bytes;
    return NULL;
}

static void say_where(Ctx *cx, const CommandLine *line, const ServerOptions *server_options,
                      int port)
{
    const char *scheme = server_options->certificate ? "https" : "http";
    const char *shown =
        text_equal(server_options->address, "127.0.0.1") ? "localhost" : server_options->address;
    Value json = value_context(cx->arena);
    const char *url = text_format(cx->arena, "%s://%s:%d", scheme, shown, port);
    value_set(cx->arena, json, "url", value_text(url));
    command_say(cx, line, json,
                "Millrace serves %s  (API: %s/api/v1, description: %s/openapi.json)", url, url,
                url);
    if (!command_switch(line, "json"))
        demo_say_sign_ins(cx);
    fflush(stdout);
}

// Before the first thread, for each inherits it: a signal must find nobody but who waits for it.
static void signals_hold(sigset_t *signals)
{
    sigemptyset(signals);
    sigaddset(signals, SIGTERM);
    sigaddset(signals, SIGINT);
    signal(SIGPIPE, SIG_IGN);
    pthread_sigmask(SIG_BLOCK, signals, NULL);
}

static FALLIBLE answer_until_told(Ctx *cx, const CommandLine *line, ServerOptions *server_options,
                                  const sigset_t *signals)
{
    Server *server;
    int which;
    TRY(server_start(cx, server_options, &server));
    say_where(cx, line, server_options, server_port(server));
    sigwait(signals, &which);
    log_event(LOG_INFO, "stopping", "signal", strsignal(which), NULL);
    server_stop(server, DRAIN_S);
    return NULL;
}

static FALLIBLE serve_until_told(Ctx *cx, const CommandLine *line, ServerOptions *server_options,
                                 const sigset_t *signals)
{
    Executor *executor;
    Importer *importer = NULL;
    Indexer *indexer = NULL;
    Prover *prover = NULL;
    Sealer *sealer = NULL;
    TRY(executor_start(cx, cx->company, &executor));
    server_options->company = cx->company;
    Error *error = importer_start(cx, cx->company, &importer);
    if (!error)
        error = indexer_start(cx, cx->company, &indexer);
    if (!error)
        error = prover_start(cx, line, &prover);
    if (!error)
        error = sealer_start(cx, line, &sealer);
    if (!error)
        error = answer_until_told(cx, line, server_options, signals);
    if (prover)
        prover_stop(prover);
    if (indexer)
        indexer_stop(indexer);
    if (importer)
        importer_stop(importer);
    executor_stop(executor);
    if (sealer) // last, for it seals what the others did
        sealer_stop(sealer);
    return error;
}

COMMAND(serve_command, "serve", "Serve the browser application and the API", "", options)
{
    int64_t workers;
    sigset_t signals;
    Networks networks;
    ServerOptions server_options = {.trusted_proxy = command_option(line, "trusted-proxy", NULL),
                                    .web_root = command_option(line, "web-root", NULL),
                                    .spool = command_option(line, "spool", NULL)};
    log_configure(LOG_INFO,
                  text_equal(command_option(line, "log", "text"), "json") ? LOG_JSON : LOG_TEXT);
    TRY(command_integer(cx, line, "workers", 0, &workers));
    server_options.workers = (int)workers;
    TRY(read_limits(cx, line, &server_options.limits));
    TRY(read_listen(cx, line, &server_options));
    TRY(read_tls(cx, line, &server_options));
    TRY(networks_parse(cx, command_option(line, "reach", NULL), &networks));
    signals_hold(&signals);
    TRY(company_open(cx, line, COMPANY_CREATE));
    cx->company->networks = &networks;
    Error *error = read_file_limits(cx, line);
    if (!error)
        error = serve_until_told(cx, line, &server_options, &signals);
    company_close(cx);
    return error;
}
