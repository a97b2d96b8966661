// SPDX-License-Identifier: Apache-2.0
#include "app/audit_files.h"

#include "app/company.h"
#include "base/calendar.h"

#include <errno.h>
#include <fcntl.h>
#include <sodium.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define FILE_BYTES 1024

AuditFiles audit_files_of_url(Ctx *cx, const char *url)
{
    const char *base, *folder = getenv("MILLRACE_AUDIT");
    if (text_starts(url, "sqlite:")) {
        base = url + strlen("sqlite:");
    } else {
        const char *name = strrchr(url, '/');
        name = name ? name + 1 : url;
        base = text_format(cx->arena, "data/%.*s", (int)strcspn(name, "?"), name);
    }
    if (folder) {
        const char *name = strrchr(base, '/');
        base = text_format(cx->arena, "%s/%s", folder, name ? name + 1 : base);
    }
    return (AuditFiles){.key = text_format(cx->arena, "%s.audit-key", base),
                        .head = text_format(cx->arena, "%s.audit-head", base),
                        .erasures = text_format(cx->arena, "%s.erasures", base)};
}

AuditFiles audit_files_of(Ctx *cx, const CommandLine *line)
{
    return audit_files_of_url(cx, command_option(line, "database", DEFAULT_DATABASE));
}

static FALLIBLE write_new(Ctx *cx, const char *path, const char *text)
{
    size_t length = strlen(text);
    int file = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool written = file >= 0 && write(file, text, length) == (ssize_t)length && fsync(file) == 0;
    if (file >= 0 && close(file) != 0)
        written = false;
    return written ? NULL : FAIL(cx, ERR_UNAVAILABLE, "cannot write %s: %s", path, strerror(errno));
}

static FALLIBLE key_make(Ctx *cx, const char *path)
{
    unsigned char key[crypto_sign_PUBLICKEYBYTES], secret[crypto_sign_SECRETKEYBYTES];
    char text[2 * sizeof secret + 2];
    const char *slash = strrchr(path, '/');
    if (slash && slash != path)
        mkdir(text_slice(cx->arena, path, (size_t)(slash - path)), 0750);
    crypto_sign_keypair(key, secret);
    sodium_bin2hex(text, sizeof text, secret, sizeof secret);
    strcat(text, "\n");
    Error *error = write_new(cx, path, text);
    sodium_memzero(secret, sizeof secret);
    sodium_memzero(text, sizeof text);
    return error;
}

static FALLIBLE key_load(Ctx *cx, const char *path, AuditSigner *out)
{
    struct stat status;
    Text text;
    size_t read = 0;
    unsigned char key[crypto_sign_PUBLICKEYBYTES];
    if (stat(path, &status) == 0 && (status.st_mode & 077))
        return error_hint(FAIL(cx, ERR_DENIED, "others may read the key %s", path),
                          "Say chmod 600.");
    TRY(file_read(cx, path, FILE_BYTES, &text));
    bool whole = !sodium_hex2bin(out->secret, sizeof out->secret, text.bytes, text.length, "\n",
                                 &read, NULL) &&
                 read == sizeof out->secret;
    if (!whole)
        return FAIL(cx, ERR_INVALID, "%s holds no key", path);
    crypto_sign_ed25519_sk_to_pk(key, out->secret);
    sodium_bin2hex(out->key, sizeof out->key, key, sizeof key);
    return NULL;
}

FALLIBLE audit_signer_open(Ctx *cx, const AuditFiles *files, AuditSigner *out)
{
    *out = (AuditSigner){0};
    if (sodium_init() < 0)
        return FAIL(cx, ERR_INTERNAL, "libsodium does not start");
    if (access(files->key, F_OK) != 0)
        TRY(key_make(cx, files->key));
    return key_load(cx, files->key, out);
}

FALLIBLE audit_key_read(Ctx *cx, const AuditFiles *files, const char **out)
{
    AuditSigner signer;
    *out = NULL;
    if (access(files->key, F_OK) != 0)
        return NULL;
    TRY(audit_signer_open(cx, files, &signer));
    sodium_memzero(signer.secret, sizeof signer.secret);
    *out = text_copy(cx->arena, signer.key);
    return NULL;
}

FALLIBLE audit_head_write(Ctx *cx, const AuditFiles *files, const AuditCheckpoint *head)
{
    const char *fresh = text_format(cx->arena, "%s.new", files->head);
    unlink(fresh);
    TRY(write_new(
        cx, fresh,
        text_format(cx->arena, "%s%s\n", audit_checkpoint_text(cx, head), head->signature)));
    return rename(fresh, files->head) == 0
               ? NULL
               : FAIL(cx, ERR_UNAVAILABLE, "cannot write %s: %s", files->head, strerror(errno));
}

FALLIBLE audit_head_read(Ctx *cx, const AuditFiles *files, AuditCheckpoint *out)
{
    Text text;
    char *lines[6] = {0};
    size_t count = 0;
    *out = (AuditCheckpoint){0};
    if (access(files->head, F_OK) != 0)
        return NULL;
    TRY(file_read(cx, files->head, FILE_BYTES, &text));
    char *rest = text_slice(cx->arena, text.bytes, text.length);
    for (char *line; count < 6 && (line = strsep(&rest, "\n"));)
        lines[count++] = line;
    AuditCheckpoint head = {.size = lines[2] ? strtoll(lines[2], NULL, 10) : 0,
                            .key = lines[1],
                            .root = lines[3],
                            .signature = lines[5]};
    if (count < 6 || !instant_parse(lines[4], &head.at) || head.size < 1 ||
        !audit_checkpoint_is_signed(cx, &head))
        return error_hint(FAIL(cx, ERR_INVALID, "%s is no signed checkpoint", files->head),
                          "It was changed after it was signed.");
    *out = head;
    return NULL;
}
