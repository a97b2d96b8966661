// SPDX-License-Identifier: Apache-2.0
#include "http/assets.h"

#include "http/bundle.h"

#include <limits.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define NONCE_PLACE "__CSP_NONCE__"
#define FILE_BYTES (32UL * 1024 * 1024)

static const char not_built[] =
    "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><title>Millrace</title>"
    "<h1>The interface is not built</h1><p>The API works at <a href=\"/openapi.json\">"
    "/openapi.json</a>. Run <code>make</code> with Node.js to build the browser application.</p>"
    "<p lang=\"zh-CN\">界面尚未构建。API 可用；安装 Node.js 后运行 <code>make</code> "
    "即可构建界面。</p>"
    "</html>";

static void set(Ctx *cx, Response *response, const char *name, const char *value)
{
    value_set(cx->arena, response->headers, name, value_text(value));
}

static bool takes(const Request *request, const char *header, const char *word)
{
    const char *value = value_get_text(request->headers, header);
    return value && strstr(value, word);
}

static void policy(Ctx *cx, Response *response, const char *nonce)
{
    set(cx, response, "Content-Security-Policy",
        text_format(cx->arena,
                    "default-src 'none'; script-src 'self'; style-src 'self'; "
                    "style-src-elem 'self' 'nonce-%s'; style-src-attr 'unsafe-inline'; "
                    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
                    "worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
                    "frame-ancestors 'none'; form-action 'self'",
                    nonce));
}

static void page(Ctx *cx, Response *response, const char *html, size_t length)
{
    unsigned char bytes[16];
    randombytes_buf(bytes, sizeof bytes);
    char nonce[32];
    sodium_bin2base64(nonce, sizeof nonce, bytes, sizeof bytes,
                      sodium_base64_VARIANT_URLSAFE_NO_PADDING);
    Buffer *out = buffer_new(cx->arena);
    const char *end = html + length;
    for (const char *at = html, *place; at < end; at = place) {
        place = memmem(at, (size_t)(end - at), NONCE_PLACE, strlen(NONCE_PLACE));
        buffer_add(out, at, (size_t)((place ? place : end) - at));
        if (!place)
            break;
        buffer_text(out, nonce);
        place += strlen(NONCE_PLACE);
    }
    response->type = "text/html; charset=utf-8";
    response->body = out->bytes;
    response->body_length = out->length;
    set(cx, response, "Cache-Control", "no-cache");
    policy(cx, response, nonce);
}

static void bundled(Ctx *cx, const Request *request, const BundleFile *file, Response *response)
{
    response->type = file->type;
    set(cx, response, "ETag", file->etag);
    set(cx, response, "Vary", "Accept-Encoding");
    set(cx, response, "Cache-Control",
        file->immutable ? "public, max-age=31536000, immutable" : "no-cache");
    if (takes(request, "if-none-match", file->etag)) {
        response->status = 304;
        return;
    }
    response->body = (const char *)file->plain;
    response->body_length = file->plain_size;
    if (file->brotli && takes(request, "accept-encoding", "br")) {
        response->body = (const char *)file->brotli;
        response->body_length = file->brotli_size;
        set(cx, response, "Content-Encoding", "br");
    } else if (file->gzip && takes(request, "accept-encoding", "gzip")) {
        response->body = (const char *)file->gzip;
        response->body_length = file->gzip_size;
        set(cx, response, "Content-Encoding", "gzip");
    }
}

static const char *type_of(const char *path)
{
    static const struct {
        const char *ending, *type;
    } types[] = {{".js", "text/javascript; charset=utf-8"},
                 {".css", "text/css; charset=utf-8"},
                 {".svg", "image/svg+xml"},
                 {".json", "application/json"},
                 {".png", "image/png"},
                 {".woff2", "font/woff2"},
                 {".html", "text/html; charset=utf-8"}};
    for (size_t i = 0; i < sizeof types / sizeof *types; i++)
        if (text_ends(path, types[i].ending))
            return types[i].type;
    return "application/octet-stream";
}

// A file below the folder; a path that leads out of it is not found.
static bool folder_file(Ctx *cx, const char *root, const char *path, Text *out)
{
    char whole[PATH_MAX], base[PATH_MAX];
    if (!realpath(root, base) || !realpath(text_format(cx->arena, "%s%s", root, path), whole) ||
        !text_starts(whole, text_format(cx->arena, "%s/", base)))
        return false;
    FILE *file = fopen(whole, "rbe");
    if (!file)
        return false;
    bool read = fseek(file, 0, SEEK_END) == 0;
    long size = ftell(file);
    read = read && size >= 0 && (size_t)size < FILE_BYTES && fseek(file, 0, SEEK_SET) == 0;
    char *bytes = read ? arena_alloc(cx->arena, (size_t)size + 1) : NULL;
    read = read && fread(bytes, 1, (size_t)size, file) == (size_t)size;
    fclose(file);
    if (read)
        *out = (Text){bytes, (size_t)size};
    return read;
}

static bool is_application_address(const Request *request)
{
    const char *last = strrchr(request->path, '/');
    return !text_starts(request->path, "/api/") && last && !strchr(last, '.') &&
           (takes(request, "accept", "text/html") || takes(request, "accept", "*/*"));
}

static bool answer_folder(Ctx *cx, const Request *request, const char *root, Response *response)
{
    Text file;
    if (is_application_address(request)) {
        if (!folder_file(cx, root, "/index.html", &file))
            return false;
        page(cx, response, file.bytes, file.length);
        return true;
    }
    if (!folder_file(cx, root, request->path, &file))
        return false;
    response->type = type_of(request->path);
    response->body = file.bytes;
    response->body_length = file.length;
    return true;
}

bool assets_answer(Ctx *cx, const Request *request, const char *web_root, Response *response)
{
    if (request->method != METHOD_GET)
        return false;
    *response = (Response){.status = 200, .headers = value_context(cx->arena)};
    if (web_root)
        return answer_folder(cx, request, web_root, response);
    if (is_application_address(request)) {
        const BundleFile *index = bundle_find("/index.html");
        if (index)
            page(cx, response, (const char *)index->plain, index->plain_size);
        else
            page(cx, response, not_built, sizeof not_built - 1);
        return true;
    }
    const BundleFile *file = bundle_find(request->path);
    if (file)
        bundled(cx, request, file, response);
    return file;
}
