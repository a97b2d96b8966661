// SPDX-License-Identifier: Apache-2.0
// Bundle: the built web application's files, carried inside the binary.
//
// tools/embed writes the table when the binary is built, from web/dist; without web/dist it is
// empty and the server says so on its pages. Everything is constant and lives as long as the
// process. Files compress better than at run time, for they were packed with brotli 11 and gzip 9.
#ifndef MILLRACE_HTTP_BUNDLE_H
#define MILLRACE_HTTP_BUNDLE_H

#include <stdbool.h>
#include <stddef.h>

typedef struct BundleFile {
    const char *path; // "/index.html", "/assets/index-4f0aXb12.js"
    const char *type; // Content-Type, with charset for text
    const char *etag; // ready for the header: W/"..."; one for all encodings of the file
    const unsigned char *plain, *brotli, *gzip; // brotli and gzip: NULL where they gain nothing
    size_t plain_size, brotli_size, gzip_size;
    bool immutable; // its name holds its hash: may be cached for ever
} BundleFile;

// The file with exactly this path, or NULL.
const BundleFile *bundle_find(const char *path);

// All files, sorted by path.
const BundleFile *bundle_all(size_t *count);

#endif
