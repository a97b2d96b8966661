// SPDX-License-Identifier: Apache-2.0
// Opening a company: its database, its packs, its processes. What each command and the server do
// first.
#ifndef MILLRACE_APP_COMPANY_H
#define MILLRACE_APP_COMPANY_H

#include "app/command.h"

#define DEFAULT_DATABASE "sqlite:data/millrace.db"

typedef enum CompanyMode {
    COMPANY_CREATE, // makes a missing SQLite file
    COMPANY_DEMO,   // the same, with the pack of the demo
    COMPANY_OPEN,   // the database must be there
    COMPANY_READ,   // reads only, also beside a running server
} CompanyMode;

// Opens --database with --packs into cx->company: migrates, leases a node number, compiles
// entities, loads the packs' data, deploys their models, compiles what is deployed. Closes all of
// it on failure.
FALLIBLE company_open(Ctx *cx, const CommandLine *line, CompanyMode mode);
void company_close(Ctx *cx);

// The folder of a company's files: --files, else MILLRACE_FILES, else beside the file of a SQLite
// database; NULL: none.
const char *company_files(Ctx *cx, const CommandLine *line, const char *url);

// A whole file; ERR_NOT_FOUND or ERR_LIMIT name it. "-" is standard input.
FALLIBLE file_read(Ctx *cx, const char *path, size_t most, Text *out);

#endif
