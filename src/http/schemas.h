// SPDX-License-Identifier: Apache-2.0
// JSON Schemas (2020-12) that routes share, registered as documents {name: schema}; all of them
// together are #/components/schemas of the description.
#ifndef MILLRACE_HTTP_SCHEMAS_H
#define MILLRACE_HTTP_SCHEMAS_H

#include "base/registry.h"
#include "base/value.h"

extern Registry schema_documents; // of JSON texts, NUL-terminated

#define SCHEMA_DOCUMENT(identifier, text)                                                          \
    REGISTER(schema_documents, schemas_##identifier, #identifier, text)

// The text of a reference to a named schema.
#define SCHEMA(name) "{\"$ref\":\"#/components/schemas/" name "\"}"

// The whole description, as /openapi.json answers it.
FALLIBLE openapi_value(Ctx *cx, Value *out);

#endif
