// SPDX-License-Identifier: Apache-2.0
// The schemas of the API's answers: schemas.json, carried in the binary.
#include "http/schemas.h"

extern const char api_schemas_text[];

SCHEMA_DOCUMENT(api_schemas, api_schemas_text);
