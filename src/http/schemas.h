// SPDX-License-Identifier: Apache-2.0
// JSON Schemas (2020-12) that several routes share, registered under #/components/schemas.
#ifndef MILLRACE_HTTP_SCHEMAS_H
#define MILLRACE_HTTP_SCHEMAS_H

#include "base/registry.h"

typedef struct NamedSchema {
    const char *name;
    const char *schema; // JSON text
} NamedSchema;

extern Registry named_schemas;

#define NAMED_SCHEMA(identifier, schema_name, text)                                                \
    static const NamedSchema identifier = {schema_name, text};                                     \
    REGISTER(named_schemas, schema_##identifier, schema_name, &identifier)

// The text of a reference to a named schema, and of a list of them.
#define SCHEMA(name) "{\"$ref\":\"#/components/schemas/" name "\"}"
#define SCHEMA_LIST(name) "{\"type\":\"array\",\"items\":" SCHEMA(name) "}"

#endif
