// SPDX-License-Identifier: Apache-2.0
// Archives made by hand, for tests and fuzzers of what reads them.
#ifndef MILLRACE_BASE_TEST_ZIP_H
#define MILLRACE_BASE_TEST_ZIP_H

#include "base/ctx.h"
#include "base/text.h"

// A ZIP archive of parts: path, content, path, content, NULL.
Text test_zip(Ctx *cx, const char *const *parts);
// A workbook of one sheet "S" with these parts in it; a part that is NULL is left out.
Text test_workbook(Ctx *cx, const char *workbook_properties, const char *styles, const char *texts,
                   const char *sheet);

#endif
