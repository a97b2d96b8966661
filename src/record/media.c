// SPDX-License-Identifier: Apache-2.0
#include "record/media.h"

#include "base/text.h"

#include <magic.h>
#include <pthread.h>
#include <string.h>
#include <strings.h>

#define TEXT "text/"
#define ZIPPED "application/zip"
#define OLE "application/x-ole-storage"

// What the ending of a name promises, and what libmagic may call it: beginnings of types, parted by
// spaces. An office file is an archive, or what archives were before, and is not always known for
// more; text looks like many things.
static const struct {
    const char *ending;
    const char *type;
    const char *found;
} promises[] = {
    {"pdf", "application/pdf", "application/pdf"},
    {"png", "image/png", "image/png"},
    {"jpg", "image/jpeg", "image/jpeg"},
    {"jpeg", "image/jpeg", "image/jpeg"},
    {"gif", "image/gif", "image/gif"},
    {"webp", "image/webp", "image/webp"},
    {"svg", "image/svg+xml", "image/svg " TEXT "xml " TEXT "plain application/xml"},
    {"docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
     ZIPPED " application/vnd.openxmlformats-officedocument.wordprocessingml application/oct"},
    {"xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
     ZIPPED " application/vnd.openxmlformats-officedocument.spreadsheetml application/oct"},
    {"pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation",
     ZIPPED " application/vnd.openxmlformats-officedocument.presentationml application/oct"},
    {"odt", "application/vnd.oasis.opendocument.text",
     ZIPPED " application/vnd.oasis.opendocument.text"},
    {"ods", "application/vnd.oasis.opendocument.spreadsheet",
     ZIPPED " application/vnd.oasis.opendocument.spreadsheet"},
    {"odp", "application/vnd.oasis.opendocument.presentation",
     ZIPPED " application/vnd.oasis.opendocument.presentation"},
    {"doc", "application/msword", OLE " application/msword application/CDFV2"},
    {"xls", "application/vnd.ms-excel", OLE " application/vnd.ms-excel application/CDFV2"},
    {"ppt", "application/vnd.ms-powerpoint",
     OLE " application/vnd.ms-powerpoint application/CDFV2"},
    {"zip", "application/zip", ZIPPED " application/vnd. application/java application/epub"},
    {"gz", "application/gzip", "application/gzip application/x-gzip"},
    {"mp3", "audio/mpeg", "audio/mpeg"},
    {"wav", "audio/wav", "audio/x-wav audio/wav"},
    {"mp4", "video/mp4", "video/"},
    {"mov", "video/quicktime", "video/"},
    {"txt", "text/plain", TEXT " application/ message/"},
    {"log", "text/plain", TEXT " application/ message/"},
    {"md", "text/markdown", TEXT " application/ message/"},
    {"csv", "text/csv", TEXT " application/csv application/json"},
    {"json", "application/json", TEXT " application/json application/x-ndjson"},
    {"xml", "application/xml", TEXT " application/xml application/ image/svg"},
    {"html", "text/html", TEXT " application/xml"},
    {"eml", "message/rfc822", TEXT " message/"},
    {"ics", "text/calendar", TEXT},
    {"vcf", "text/vcard", TEXT},
};

static const char *const programs[] = {
    "application/x-executable",
    "application/x-pie-executable",
    "application/x-sharedlib",
    "application/x-object",
    "application/x-dosexec",
    "application/x-mach-binary",
    "application/x-msdownload",
    "application/x-msi",
    "application/vnd.microsoft.portable-executable",
    "application/java-archive",
    "application/x-java-applet",
    "text/x-shellscript",
    "text/x-msdos-batch",
};

// One for the program: its database takes some milliseconds to open, and it is not for threads.
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static magic_t cookie;

static FALLIBLE look(Ctx *cx, const char *bytes, size_t length, const char **found)
{
    const char *type = NULL;
    pthread_mutex_lock(&lock);
    if (!cookie) {
        cookie = magic_open(MAGIC_MIME_TYPE);
        if (cookie && magic_load(cookie, NULL) != 0) {
            magic_close(cookie);
            cookie = NULL;
        }
    }
    if (cookie)
        type = magic_buffer(cookie, bytes, length);
    *found = type ? text_copy(cx->arena, type) : NULL;
    pthread_mutex_unlock(&lock);
    return *found ? NULL
                  : FAIL(cx, ERR_UNAVAILABLE,
                         "what the file is cannot be told: libmagic does not "
                         "find its database");
}

static bool is_among(Ctx *cx, const char *beginnings, const char *found)
{
    const char *at = beginnings;
    while (*at) {
        size_t length = strcspn(at, " ");
        if (text_starts(found, text_slice(cx->arena, at, length)))
            return true;
        at += length + (at[length] == ' ');
    }
    return false;
}

FALLIBLE media_check(Ctx *cx, const char *bytes, size_t length, const char *name, const char **type)
{
    const char *found;
    const char *point = strrchr(name, '.');
    TRY(look(cx, bytes, length, &found));
    for (size_t i = 0; i < sizeof programs / sizeof *programs; i++)
        if (text_equal(found, programs[i]))
            return error_field(
                error_hint(FAIL(cx, ERR_INVALID, "a program (%s) is not kept", found),
                           "Pack it into an archive, if it must be kept."),
                "name");
    for (size_t i = 0; point && i < sizeof promises / sizeof *promises; i++) {
        if (strcasecmp(point + 1, promises[i].ending) != 0)
            continue;
        if (!is_among(cx, promises[i].found, found))
            return error_field(
                error_hint(
                    FAIL(cx, ERR_INVALID, "'%s' is not what its name says, but %s", name, found),
                    "Give it the ending that fits."),
                "name");
        *type = promises[i].type;
        return NULL;
    }
    *type = found;
    return NULL;
}
