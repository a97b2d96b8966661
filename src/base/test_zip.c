// SPDX-License-Identifier: Apache-2.0
#include "base/test_zip.h"

#include <stdlib.h>
#include <string.h>
#include <zip.h>

#define MAIN_SPACE "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
#define RELATION "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
#define PACKAGE "http://schemas.openxmlformats.org/package/2006/relationships"

static void must(bool done)
{
    if (!done)
        abort();
}

Text test_zip(Ctx *cx, const char *const *parts)
{
    zip_source_t *memory = zip_source_buffer_create(NULL, 0, 0, NULL);
    zip_t *archive = zip_open_from_source(memory, ZIP_CREATE | ZIP_TRUNCATE, NULL);
    must(archive != NULL);
    zip_source_keep(memory);
    for (; *parts; parts += 2) {
        zip_source_t *part = zip_source_buffer(archive, parts[1], strlen(parts[1]), 0);
        must(part && zip_file_add(archive, parts[0], part, ZIP_FL_OVERWRITE) >= 0);
    }
    must(zip_close(archive) == 0 && zip_source_open(memory) == 0);
    zip_stat_t stat;
    must(zip_source_stat(memory, &stat) == 0);
    char *bytes = arena_alloc(cx->arena, stat.size + 1);
    must(zip_source_read(memory, bytes, stat.size) == (zip_int64_t)stat.size);
    zip_source_close(memory);
    zip_source_free(memory);
    return (Text){bytes, stat.size};
}

Text test_workbook(Ctx *cx, const char *workbook_properties, const char *styles, const char *texts,
                   const char *sheet)
{
    const char *workbook =
        text_format(cx->arena,
                    "<workbook xmlns=\"" MAIN_SPACE "\" xmlns:r=\"" RELATION "\">%s<sheets>"
                    "<sheet name=\"S\" sheetId=\"1\" r:id=\"r1\"/></sheets></workbook>",
                    workbook_properties ? workbook_properties : "");
    const char *parts[16] = {
        "_rels/.rels",
        "<Relationships xmlns=\"" PACKAGE "\"><Relationship Id=\"r\" Type=\"" RELATION
        "/officeDocument\" Target=\"xl/workbook.xml\"/></Relationships>",
        "xl/workbook.xml",
        workbook,
        "xl/_rels/workbook.xml.rels",
        "<Relationships xmlns=\"" PACKAGE "\"><Relationship Id=\"r1\" Type=\"" RELATION
        "/worksheet\" Target=\"/xl/worksheets/sheet1.xml\"/><Relationship Id=\"r2\" "
        "Type=\"" RELATION
        "/styles\" Target=\"styles.xml\"/><Relationship Id=\"r3\" Type=\"" RELATION
        "/sharedStrings\" Target=\"./sharedStrings.xml\"/></Relationships>",
        "xl/worksheets/sheet1.xml",
        sheet,
    };
    size_t count = 8;
    if (styles) {
        parts[count++] = "xl/styles.xml";
        parts[count++] = styles;
    }
    if (texts) {
        parts[count++] = "xl/sharedStrings.xml";
        parts[count++] = texts;
    }
    return test_zip(cx, parts);
}
