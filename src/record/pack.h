// SPDX-License-Identifier: Apache-2.0
// Packs: folders of text that declare entities, roles, data, texts and models. The format is in
// docs/packs.md.
//
// Reading checks everything and touches no database: schema_compile needs the files only. Models
// (.bpmn, .dmn) are listed for the process room, which is above. Errors name the file and the line.
#ifndef MILLRACE_RECORD_PACK_H
#define MILLRACE_RECORD_PACK_H

#include "record/schema.h"

#define PACK_FILE_BYTES (8UL * 1024 * 1024)
#define PACK_FILES 2000

typedef struct PackFile {
    const char *name; // within the pack: "entities/sales_order.yaml"
    const char *path; // to open it
    const char *bytes;
    size_t length;
} PackFile;

typedef struct Pack {
    const char *name;
    const char *version;
    Title title;
    const char *const *requires;
    size_t require_count;
    const PackFile *files; // sorted by name
    size_t file_count;
} Pack;

typedef struct Packs {
    const Pack *items; // each after what it requires
    size_t count;
} Packs;

// Reads the named packs under `folder`, and what they require; `names` NULL: all that are there.
FALLIBLE packs_read(Ctx *cx, const char *folder, const char *const *names, size_t count,
                    Packs **out);
// Compiles entities and roles. The schema lives in cx->arena, which must live as long as it is
// used.
FALLIBLE schema_compile(Ctx *cx, const Packs *packs, Schema **out);

// The pack's files whose names end so (".bpmn", ".dmn"), in order.
FALLIBLE pack_models(Ctx *cx, const Pack *pack, const char *ending, const PackFile ***out,
                     size_t *count);

// The texts of texts/*.yaml of all packs: a context {key: {en, zh-CN}}.
FALLIBLE packs_texts(Ctx *cx, const Packs *packs, Value *out);

// Creates the records of data/*.yaml that are not there yet (by the entity's key), through the gate
// as the system, in the open unit of work. What is there stays as the company changed it.
FALLIBLE pack_data_load(Ctx *cx, const Pack *pack, int *created);

// The packs with the company's own layer over them (pack_version.h), compiled into an arena of
// its own (schema->arena).
struct Database;
FALLIBLE packs_compile(Ctx *cx, struct Database *database, const char *folder,
                       const char *const *names, size_t count, Schema **out);
// All of it at start: reads the packs (`names` NULL: all under the folder), compiles, migrates,
// publishes the schema, loads the data of each pack in its own unit of work. Where what is shipped
// has changed, that is a new version of the packs.
FALLIBLE packs_open(Ctx *cx, struct Database *database, const char *folder,
                    const char *const *names, size_t count);
// Gives the schema back; nobody may use it any more.
void packs_close(Company *company);

#endif
