// SPDX-License-Identifier: Apache-2.0
// Files: uploaded as a stream, read as a download that no browser runs.
#include "base/ids.h"
#include "db/database.h"
#include "http/http.h"
#include "http/schemas.h"
#include "record/file.h"

#define RECORD_FILES "/api/v1/records/{entity}/{id}/files"
#define FILE_ROUTE "/api/v1/files/{id}"

typedef struct Upload {
    const char *entity; // NULL: for a field to take
    Id record;
    const char *name;
    Content content;
    Value shown;
} Upload;

static Error *admit_upload(Ctx *cx, void *state)
{
    const Upload *upload = state;
    TRY(file_name_check(cx, upload->name));
    return upload->entity ? file_attach_admit(cx, upload->entity, upload->record) : NULL;
}

static Error *keep_upload(Ctx *cx, void *state)
{
    Upload *upload = state;
    if (upload->entity)
        return file_attach(cx, upload->entity, upload->record, upload->name, &upload->content,
                           &upload->shown);
    return file_upload(cx, upload->name, &upload->content, &upload->shown);
}

static FALLIBLE take_upload(Ctx *cx, const Request *request, Upload *upload, Response *response)
{
    struct Database *database = cx->company->database;
    BodyReader body = {.request = request};
    upload->name = request_query(request, "name");
    TRY(database_read(cx, database, admit_upload, upload));
    TRY(content_take(cx, database, body_read, &body, upload->name, &upload->content));
    TRY(database_write(cx, database, keep_upload, upload));
    response->status = 201;
    response->json = upload->shown;
    return NULL;
}

ROUTE(record_files_route, GET, RECORD_FILES, "signed-in", "The files on a record, newest first",
      .output = SCHEMA("Files"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return files_of_record(cx, request_parameter(request, "entity"), id, &response->json);
}

ROUTE(record_attach_route, POST, RECORD_FILES, "signed-in",
      "Attach a file to a record; name= tells what it is called, and its ending what it is",
      .unit = UNIT_NONE, .streams = true, .query = "name", .accepts = "application/octet-stream",
      .output = SCHEMA("File"))
{
    Upload upload = {.entity = request_parameter(request, "entity")};
    TRY(request_id(cx, request, "id", &upload.record));
    return take_upload(cx, request, &upload, response);
}

ROUTE(file_upload_route, POST, "/api/v1/files", "signed-in",
      "Upload a file for a field of a record to take, within a day", .unit = UNIT_NONE,
      .streams = true, .query = "name", .accepts = "application/octet-stream",
      .output = SCHEMA("File"))
{
    Upload upload = {0};
    return take_upload(cx, request, &upload, response);
}

ROUTE(file_rename_route, PATCH, FILE_ROUTE, "signed-in", "Give an attached file another name",
      .input = SCHEMA("FileName"), .output = SCHEMA("File"))
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    return file_rename(cx, id, value_get_text(request->json, "name"), &response->json);
}

ROUTE(file_remove_route, DELETE, FILE_ROUTE, "signed-in", "Take an attached file away")
{
    Id id;
    TRY(request_id(cx, request, "id", &id));
    TRY(file_remove(cx, id));
    response->status = 204;
    return NULL;
}

typedef struct Download {
    Id id;
    File file;
} Download;

static Error *find_file(Ctx *cx, void *state)
{
    Download *download = state;
    return file_get(cx, download->id, &download->file);
}

// RFC 6266 and 8187: the name in ASCII for old clients, and in UTF-8.
static const char *disposition(Ctx *cx, const char *name)
{
    static const char digits[] = "0123456789ABCDEF";
    Buffer *plain = buffer_new(cx->arena), *whole = buffer_new(cx->arena);
    for (const char *at = name; *at; at++) {
        unsigned char byte = (unsigned char)*at;
        bool simple = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') ||
                      (byte >= '0' && byte <= '9') || byte == '.' || byte == '-' || byte == '_';
        if (simple || byte == ' ' || byte < 0x80)
            buffer_byte(plain, simple || byte == ' ' ? (char)byte : '_');
        if (simple) {
            buffer_byte(whole, (char)byte);
        } else {
            const char code[] = {'%', digits[byte >> 4], digits[byte & 15]};
            buffer_add(whole, code, sizeof code);
        }
    }
    return text_format(cx->arena, "attachment; filename=\"%s\"; filename*=UTF-8''%s",
                       plain->length ? plain->bytes : "file", whole->bytes);
}

// A page or a drawing with a script in it is shown by nobody as one of ours: it is saved, never
// guessed at, and where it is opened all the same it has no origin and runs nothing.
static void guard(Ctx *cx, const File *file, Response *response)
{
    const char *const headers[][2] = {
        {"Content-Disposition", disposition(cx, file->name)},
        {"Content-Security-Policy", "default-src 'none'; sandbox; frame-ancestors 'none'"},
        {"Cache-Control", "private, no-cache"},
        {"ETag", text_format(cx->arena, "\"%s\"", file->content.hash)},
    };
    for (size_t i = 0; i < sizeof headers / sizeof *headers; i++)
        value_set(cx->arena, response->headers, headers[i][0], value_text(headers[i][1]));
    response->type = file->content.type;
}

ROUTE(file_download_route, GET, FILE_ROUTE, "signed-in", "Download a file", .unit = UNIT_NONE)
{
    Download download = {0};
    OpenContent *content;
    TRY(request_id(cx, request, "id", &download.id));
    TRY(database_read(cx, cx->company->database, find_file, &download));
    guard(cx, &download.file, response);
    const char *known = value_get_text(request->headers, "if-none-match");
    if (text_equal(known, value_get_text(response->headers, "ETag"))) {
        response->status = 304;
        return NULL;
    }
    TRY(content_open(cx, download.file.content.hash, &content));
    return content_send(cx, content, response_write, response);
}
