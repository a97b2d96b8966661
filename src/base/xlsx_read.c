// SPDX-License-Identifier: Apache-2.0
// Reads workbooks: libzip unpacks a part in pieces, expat walks it, and stops behind each row.
#include "base/xlsx_parts.h"

#include "base/map.h"
#include "base/messages.h"
#include "base/xml.h"

#include <errno.h>
#include <expat.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zip.h>

#define PIECE_BYTES 65536

typedef struct Sheet {
    const char *name;
    const char *path; // of its part
    bool hidden;
} Sheet;

// One part being unpacked and walked.
typedef struct Part {
    Ctx *cx;
    zip_file_t *file;
    XML_Parser parser;
    uint64_t packed, unpacked;
    bool suspended, ended;
    Error *error;
} Part;

typedef struct Cell {
    int column; // from 1
    XlsxKind kind;
    bool shared, number;
    long style;
} Cell;

struct Xlsx {
    zip_t *archive;
    ARRAY(Sheet) sheets;
    const Sheet *open;
    bool from_1904;
    unsigned *formats; // by the number of a cell's style
    size_t format_count;
    Buffer *texts; // the shared ones, each with a NUL
    ARRAY(uint32_t) text_starts;
    Part part;
    int phonetic; // inside a reading aid, which is no part of the text
    bool in_text;
    Cell cell;
    bool row_open, row_full;
    int line;
    char *row; // CSV_ROW_BYTES and the NULs
    size_t row_length;
    Text fields[CSV_COLUMNS];
    XlsxKind kinds[CSV_COLUMNS];
    CsvRow view;
};

bool xlsx_looks_like(const char *bytes, size_t length)
{
    return length >= 4 && memcmp(bytes, "PK\3\4", 4) == 0;
}

const char *xlsx_sheet(const Xlsx *xlsx)
{
    return xlsx->open->name;
}

size_t xlsx_sheet_count(const Xlsx *xlsx)
{
    return xlsx->sheets.count;
}

const char *xlsx_sheet_name(const Xlsx *xlsx, size_t index)
{
    return xlsx->sheets.items[index].name;
}

XlsxKind xlsx_kind(const Xlsx *xlsx, size_t column)
{
    return column < xlsx->view.count ? xlsx->kinds[column] : XLSX_EMPTY;
}

char *xlsx_cell_name(Arena *arena, int column, int row)
{
    char letters[8];
    size_t at = sizeof letters - 1;
    letters[at] = '\0';
    for (; column > 0 && at > 0; column = (column - 1) / 26)
        letters[--at] = (char)('A' + (column - 1) % 26);
    return text_format(arena, "%s%d", letters + at, row);
}

// --- A part --------------------------------------------------------------------------------------

static void part_stop(Part *part, Error *error)
{
    if (!part->error)
        part->error = error;
    XML_StopParser(part->parser, XML_FALSE);
}

static void on_document_type(void *data, const char *name, const char *system, const char *public,
                             int internal)
{
    Xlsx *xlsx = data;
    Ctx *cx = xlsx->part.cx;
    (void)name, (void)system, (void)public, (void)internal;
    part_stop(&xlsx->part,
              FAIL(cx, ERR_INVALID, "the XML holds a document type declaration (DTD)"));
}

static void close_file(void *handle)
{
    Part *part = handle;
    if (part->file)
        zip_fclose(part->file);
    if (part->parser)
        XML_ParserFree(part->parser);
    part->file = NULL;
    part->parser = NULL;
}

static FALLIBLE broken_archive(Ctx *cx)
{
    return error_hint(FAIL(cx, ERR_INVALID, "the file is not a workbook (.xlsx), or it is broken"),
                      "Save it again as .xlsx.");
}

// *file = NULL when the archive has no such part.
static FALLIBLE open_file(Ctx *cx, Xlsx *xlsx, const char *path, Part *part)
{
    zip_stat_t stat;
    zip_stat_init(&stat);
    if (zip_stat(xlsx->archive, path, 0, &stat) != 0)
        return NULL;
    if (stat.valid & ZIP_STAT_ENCRYPTION_METHOD && stat.encryption_method != ZIP_EM_NONE)
        return error_hint(FAIL(cx, ERR_INVALID, "the workbook is encrypted"),
                          "Save it without a password.");
    part->packed = stat.valid & ZIP_STAT_COMP_SIZE ? stat.comp_size : 0;
    part->file = zip_fopen(xlsx->archive, path, 0);
    return part->file ? NULL : broken_archive(cx);
}

static FALLIBLE read_piece(Ctx *cx, Part *part, char *bytes, size_t room, size_t *got)
{
    zip_int64_t count = zip_fread(part->file, bytes, room);
    if (count < 0)
        return broken_archive(cx);
    part->unpacked += (uint64_t)count;
    if (part->unpacked > LIMIT_XLSX_PART_BYTES ||
        (part->unpacked > LIMIT_XLSX_FREE_BYTES &&
         part->unpacked / LIMIT_XLSX_RATIO > part->packed))
        return FAIL(cx, ERR_LIMIT, "the workbook unpacks to too many bytes");
    *got = (size_t)count;
    return NULL;
}

static const char *local_name(const char *name)
{
    const char *bar = strrchr(name, '|');
    return bar ? bar + 1 : name;
}

static FALLIBLE part_open(Ctx *cx, Xlsx *xlsx, const char *path, XML_StartElementHandler start,
                          XML_EndElementHandler end, XML_CharacterDataHandler text)
{
    Part *part = &xlsx->part;
    *part = (Part){.cx = cx};
    TRY(open_file(cx, xlsx, path, part));
    if (!part->file)
        return broken_archive(cx);
    part->parser = XML_ParserCreateNS(NULL, '|');
    if (!part->parser)
        return FAIL(cx, ERR_INTERNAL, "out of memory for the XML parser");
    XML_SetUserData(part->parser, xlsx);
    XML_SetElementHandler(part->parser, start, end);
    XML_SetCharacterDataHandler(part->parser, text);
    XML_SetStartDoctypeDeclHandler(part->parser, on_document_type);
    return NULL;
}

static FALLIBLE part_status(Ctx *cx, Part *part, enum XML_Status status)
{
    if (part->error)
        return part->error;
    part->suspended = status == XML_STATUS_SUSPENDED;
    if (status != XML_STATUS_ERROR)
        return NULL;
    return error_at(FAIL(cx, ERR_INVALID, "the XML is not well-formed: %s",
                         XML_ErrorString(XML_GetErrorCode(part->parser))),
                    (int)XML_GetCurrentLineNumber(part->parser), 1);
}

// Walks on, until a handler suspends or the part ends.
static FALLIBLE part_walk(Ctx *cx, Part *part)
{
    part->cx = cx;
    if (part->suspended)
        TRY(part_status(cx, part, XML_ResumeParser(part->parser)));
    while (!part->suspended && !part->ended) {
        size_t got = 0;
        char *bytes = XML_GetBuffer(part->parser, PIECE_BYTES);
        if (!bytes)
            return FAIL(cx, ERR_INTERNAL, "out of memory for the XML parser");
        TRY(read_piece(cx, part, bytes, PIECE_BYTES, &got));
        part->ended = got == 0;
        TRY(part_status(cx, part, XML_ParseBuffer(part->parser, (int)got, part->ended)));
    }
    return NULL;
}

// A small part as a tree; *root = NULL when there is none.
static FALLIBLE read_tree(Ctx *cx, Xlsx *xlsx, const char *path, const XmlNode **root)
{
    Part *part = &xlsx->part;
    Buffer *bytes = buffer_new(cx->arena);
    char *piece = arena_alloc(cx->arena, PIECE_BYTES);
    size_t got = 1;
    *root = NULL;
    *part = (Part){.cx = cx};
    TRY(open_file(cx, xlsx, path, part));
    if (!part->file)
        return NULL;
    while (got) {
        TRY(read_piece(cx, part, piece, PIECE_BYTES, &got));
        buffer_add(bytes, piece, got);
        if (bytes->length > LIMIT_XML_BYTES)
            return FAIL(cx, ERR_LIMIT, "the workbook unpacks to too many bytes");
    }
    close_file(part);
    Error *error = xml_read(cx, bytes->bytes, bytes->length, root);
    return error ? error_detail(error, "%s", path) : NULL;
}

// --- The workbook --------------------------------------------------------------------------------

// The first child of that name, in whatever namespace: strict and transitional workbooks differ.
static const XmlNode *child(const XmlNode *node, const char *name)
{
    return xml_child(node, NULL, name);
}

// "worksheets/sheet1.xml" as seen from "xl/workbook.xml"; "/xl/..." is from the root.
static char *resolve_path(Arena *arena, const char *from, const char *target)
{
    if (*target == '/')
        return text_copy(arena, target + 1);
    const char *slash = strrchr(from, '/');
    size_t folder = slash ? (size_t)(slash - from) : 0;
    while (text_starts(target, "../") || text_starts(target, "./")) {
        if (target[1] == '.')
            while (folder > 0 && from[--folder] != '/')
                ;
        target += target[1] == '.' ? 3 : 2;
    }
    return folder ? text_format(arena, "%.*s/%s", (int)folder, from, target)
                  : text_copy(arena, target);
}

// "xl/workbook.xml" -> "xl/_rels/workbook.xml.rels"
static char *relations_path(Arena *arena, const char *path)
{
    const char *slash = strrchr(path, '/');
    return text_format(arena, "%.*s_rels/%s.rels", slash ? (int)(slash - path + 1) : 0, path,
                       slash ? slash + 1 : path);
}

// The target of the relation with that id, or of the first whose type ends so; NULL: none.
static char *relation(Arena *arena, const XmlNode *relations, const char *from, const char *id,
                      const char *type)
{
    for (const XmlNode *at = child(relations, "Relationship"); at;
         at = xml_next(at, NULL, "Relationship")) {
        const char *target = xml_attribute(at, "Target");
        const char *its_type = xml_attribute(at, "Type");
        if (target &&
            (id ? text_equal(xml_attribute(at, "Id"), id) : its_type && text_ends(its_type, type)))
            return resolve_path(arena, from, target);
    }
    return NULL;
}

static const char *any_attribute(const XmlNode *node, const char *name)
{
    for (size_t i = 0; i < node->attribute_count; i++)
        if (*node->attributes[i].space && strcmp(node->attributes[i].name, name) == 0)
            return node->attributes[i].value;
    return NULL;
}

static bool is_true(const char *value)
{
    return value && (strcmp(value, "1") == 0 || strcmp(value, "true") == 0);
}

static FALLIBLE read_sheets(Ctx *cx, Xlsx *xlsx, const XmlNode *workbook, const XmlNode *relations,
                            const char *path)
{
    const XmlNode *properties = child(workbook, "workbookPr");
    xlsx->from_1904 = properties && is_true(xml_attribute(properties, "date1904"));
    for (const XmlNode *at = child(child(workbook, "sheets"), "sheet"); at;
         at = xml_next(at, NULL, "sheet")) {
        const char *name = xml_attribute(at, "name");
        const char *id = any_attribute(at, "id");
        const char *state = xml_attribute(at, "state");
        char *target = id ? relation(cx->arena, relations, path, id, NULL) : NULL;
        if (xlsx->sheets.count >= LIMIT_XLSX_SHEETS)
            return FAIL(cx, ERR_LIMIT, "the workbook has more than %d sheets", LIMIT_XLSX_SHEETS);
        if (name && target)
            array_push(cx->arena, xlsx->sheets) =
                (Sheet){name, target, state && strcmp(state, "visible") != 0};
    }
    return xlsx->sheets.count ? NULL : broken_archive(cx);
}

static FALLIBLE read_styles(Ctx *cx, Xlsx *xlsx, const char *path)
{
    const XmlNode *root;
    TRY(read_tree(cx, xlsx, path, &root));
    Map *codes = map_new(cx->arena);
    for (const XmlNode *at = child(child(root, "numFmts"), "numFmt"); at;
         at = xml_next(at, NULL, "numFmt"))
        if (xml_attribute(at, "numFmtId") && xml_attribute(at, "formatCode"))
            map_put(codes, xml_attribute(at, "numFmtId"), (void *)xml_attribute(at, "formatCode"));
    ARRAY(unsigned) formats = {0};
    for (const XmlNode *at = child(child(root, "cellXfs"), "xf"); at;
         at = xml_next(at, NULL, "xf")) {
        const char *id = xml_attribute(at, "numFmtId");
        const char *code = id ? map_get(codes, id) : NULL;
        array_push(cx->arena, formats) = code ? xlsx_format_of(code)
                                         : id ? xlsx_format_builtin(strtol(id, NULL, 10))
                                              : 0;
    }
    xlsx->formats = formats.items;
    xlsx->format_count = formats.count;
    return NULL;
}

// --- Texts ---------------------------------------------------------------------------------------

// "_x000D_" stands for the character; in place. What would be a NUL or no character stays.
static void decode(char *text)
{
    char *to = text;
    for (char *at = text; *at;) {
        char digits[5] = "";
        if (at[0] == '_' && at[1] == 'x' && strspn(at + 2, "0123456789ABCDEFabcdef") >= 4 &&
            at[6] == '_') {
            memcpy(digits, at + 2, 4);
            size_t length = utf8_encode((int32_t)strtol(digits, NULL, 16), to);
            if (length && *to) {
                to += length;
                at += 7;
                continue;
            }
        }
        *to++ = *at++;
    }
    *to = '\0';
}

static void texts_start(void *data, const char *name, const char **attributes)
{
    Xlsx *xlsx = data;
    (void)attributes;
    name = local_name(name);
    if (strcmp(name, "si") == 0) {
        if (xlsx->text_starts.count >= LIMIT_XLSX_TEXTS) {
            Ctx *cx = xlsx->part.cx;
            part_stop(&xlsx->part,
                      FAIL(cx, ERR_LIMIT, "the workbook has more than %d texts", LIMIT_XLSX_TEXTS));
            return;
        }
        array_push(xlsx->part.cx->arena, xlsx->text_starts) = (uint32_t)xlsx->texts->length;
    }
    xlsx->phonetic += strcmp(name, "rPh") == 0;
    xlsx->in_text = strcmp(name, "t") == 0 && xlsx->phonetic == 0;
}

static void texts_end(void *data, const char *name)
{
    Xlsx *xlsx = data;
    name = local_name(name);
    xlsx->in_text = false;
    xlsx->phonetic -= strcmp(name, "rPh") == 0;
    if (strcmp(name, "si") != 0 || !xlsx->text_starts.count)
        return;
    char *text = xlsx->texts->bytes + xlsx->text_starts.items[xlsx->text_starts.count - 1];
    decode(text);
    xlsx->texts->length = (size_t)(text - xlsx->texts->bytes) + strlen(text);
    buffer_byte(xlsx->texts, '\0');
}

static void texts_text(void *data, const char *bytes, int length)
{
    Xlsx *xlsx = data;
    if (!xlsx->in_text)
        return;
    buffer_add(xlsx->texts, bytes, (size_t)length);
    if (xlsx->texts->length > LIMIT_XLSX_TEXT_BYTES) {
        Ctx *cx = xlsx->part.cx;
        part_stop(&xlsx->part,
                  FAIL(cx, ERR_LIMIT, "the texts of the workbook have more than %lu MiB",
                       LIMIT_XLSX_TEXT_BYTES >> 20));
    }
}

static FALLIBLE read_texts(Ctx *cx, Xlsx *xlsx, const char *path)
{
    xlsx->texts = buffer_new(cx->arena);
    if (!path || zip_name_locate(xlsx->archive, path, 0) < 0)
        return NULL;
    TRY(part_open(cx, xlsx, path, texts_start, texts_end, texts_text));
    TRY(part_walk(cx, &xlsx->part));
    close_file(&xlsx->part);
    return NULL;
}

// --- Rows ----------------------------------------------------------------------------------------

static Error *at_cell(const Xlsx *xlsx, Error *error, int column)
{
    Ctx *cx = xlsx->part.cx;
    error_at(error, xlsx->line, column);
    return error_detail(error, message_in(cx->language, "sheet \"%s\", cell %s"), xlsx->open->name,
                        xlsx_cell_name(cx->arena, column, xlsx->line));
}

static const char *attribute(const char **attributes, const char *name)
{
    for (; *attributes; attributes += 2)
        if (strcmp(attributes[0], name) == 0)
            return attributes[1];
    return NULL;
}

// The column of "BC12"; 0 when there is none.
static int column_of(const char *reference)
{
    int column = 0;
    for (; *reference >= 'A' && *reference <= 'Z' && column <= CSV_COLUMNS; reference++)
        column = column * 26 + (*reference - 'A' + 1);
    return column;
}

static void start_row(Xlsx *xlsx, const char **attributes)
{
    Ctx *cx = xlsx->part.cx;
    const char *number = attribute(attributes, "r");
    long line = number ? strtol(number, NULL, 10) : xlsx->line + 1;
    if (line <= xlsx->line || line > LIMIT_XLSX_ROWS) {
        part_stop(&xlsx->part,
                  error_detail(FAIL(cx, ERR_INVALID, "the rows are not in their order"), "%s",
                               xlsx->open->name));
        return;
    }
    xlsx->line = (int)line;
    xlsx->row_open = true;
    xlsx->row_length = 0;
    xlsx->view = (CsvRow){xlsx->fields, 0, xlsx->line};
    xlsx->cell.column = 0;
}

static void start_cell(Xlsx *xlsx, const char **attributes)
{
    Ctx *cx = xlsx->part.cx;
    const char *reference = attribute(attributes, "r");
    const char *type = attribute(attributes, "t");
    const char *style = attribute(attributes, "s");
    int column = reference ? column_of(reference) : xlsx->cell.column + 1;
    if (column <= xlsx->cell.column || column > CSV_COLUMNS) {
        bool order = column <= xlsx->cell.column;
        part_stop(&xlsx->part,
                  at_cell(xlsx,
                          order
                              ? FAIL(cx, ERR_INVALID, "the cells are not in their order")
                              : FAIL(cx, ERR_LIMIT, "a row has more than %d columns", CSV_COLUMNS),
                          column));
        return;
    }
    type = type ? type : "n";
    xlsx->cell = (Cell){.column = column,
                        .kind = strcmp(type, "b") == 0   ? XLSX_BOOLEAN
                                : strcmp(type, "e") == 0 ? XLSX_ERROR
                                                         : XLSX_TEXT,
                        .shared = strcmp(type, "s") == 0,
                        .number = strcmp(type, "n") == 0,
                        .style = style ? strtol(style, NULL, 10) : 0};
    for (size_t i = xlsx->view.count; i < (size_t)column; i++) {
        xlsx->fields[i] = (Text){"", 0};
        xlsx->kinds[i] = XLSX_EMPTY;
    }
    xlsx->view.count = (size_t)column;
    xlsx->fields[column - 1].bytes = xlsx->row + xlsx->row_length;
}

static void on_start(void *data, const char *name, const char **attributes)
{
    Xlsx *xlsx = data;
    name = local_name(name);
    xlsx->in_text = false;
    if (strcmp(name, "row") == 0)
        start_row(xlsx, attributes);
    else if (strcmp(name, "c") == 0 && xlsx->row_open)
        start_cell(xlsx, attributes);
    else if (strcmp(name, "rPh") == 0)
        xlsx->phonetic++;
    else if (xlsx->cell.column && (strcmp(name, "v") == 0 || strcmp(name, "t") == 0))
        xlsx->in_text = xlsx->phonetic == 0;
}

static void on_text(void *data, const char *bytes, int length)
{
    Xlsx *xlsx = data;
    Ctx *cx = xlsx->part.cx;
    if (!xlsx->in_text)
        return;
    if (xlsx->row_length + (size_t)length + 1 > CSV_ROW_BYTES) {
        part_stop(&xlsx->part,
                  at_cell(xlsx, FAIL(cx, ERR_LIMIT, "the row is too long"), xlsx->cell.column));
        return;
    }
    memcpy(xlsx->row + xlsx->row_length, bytes, (size_t)length);
    xlsx->row_length += (size_t)length;
}

static const char *shared_text(const Xlsx *xlsx, const char *number)
{
    char *end;
    unsigned long index = strtoul(number, &end, 10);
    if (end == number || *end || index >= xlsx->text_starts.count)
        return NULL;
    return xlsx->texts->bytes + xlsx->text_starts.items[index];
}

// What the cell holds, from what stands in it: false when it cannot be understood.
static bool finish_number(Xlsx *xlsx, char *raw, Text *field)
{
    Cell *cell = &xlsx->cell;
    unsigned format = cell->style >= 0 && (size_t)cell->style < xlsx->format_count
                          ? xlsx->formats[cell->style]
                          : 0;
    char text[XLSX_NUMBER_SIZE];
    if (!xlsx_number(raw, format, xlsx->from_1904, &cell->kind, text))
        return false;
    size_t length = strlen(text);
    if ((size_t)(raw - xlsx->row) + length + 1 > CSV_ROW_BYTES)
        return false;
    memcpy(raw, text, length + 1);
    *field = (Text){raw, length};
    return true;
}

static void finish_cell(Xlsx *xlsx)
{
    Ctx *cx = xlsx->part.cx;
    Cell *cell = &xlsx->cell;
    Text *field = &xlsx->fields[cell->column - 1];
    char *raw = (char *)field->bytes;
    bool fine = true;
    xlsx->row[xlsx->row_length] = '\0';
    if (cell->shared && *raw) {
        const char *text = shared_text(xlsx, raw);
        fine = text != NULL;
        *field = (Text){text, text ? strlen(text) : 0};
    } else if (cell->number && *raw) {
        fine = finish_number(xlsx, raw, field);
    } else {
        if (cell->kind == XLSX_BOOLEAN && *raw)
            strcpy(raw, *raw == '1' || *raw == 't' ? "true" : "false");
        decode(raw);
        *field = (Text){raw, strlen(raw)};
    }
    if (!fine) {
        part_stop(&xlsx->part, at_cell(xlsx, FAIL(cx, ERR_INVALID, "the cell cannot be understood"),
                                       cell->column));
        *field = (Text){"", 0};
        return;
    }
    xlsx->row_length = (size_t)(raw - xlsx->row) + strlen(raw) + 1;
    xlsx->kinds[cell->column - 1] = field->length ? cell->kind : XLSX_EMPTY;
    xlsx->row_full |= field->length > 0;
}

static void on_end(void *data, const char *name)
{
    Xlsx *xlsx = data;
    name = local_name(name);
    xlsx->in_text = false;
    if (strcmp(name, "rPh") == 0) {
        xlsx->phonetic--;
    } else if (strcmp(name, "c") == 0 && xlsx->row_open && xlsx->cell.column && !xlsx->part.error) {
        finish_cell(xlsx);
    } else if (strcmp(name, "row") == 0) {
        xlsx->row_open = false;
        if (xlsx->row_full && !xlsx->part.error)
            XML_StopParser(xlsx->part.parser, XML_TRUE);
    }
}

FALLIBLE xlsx_next(Ctx *cx, Xlsx *xlsx, const CsvRow **row)
{
    xlsx->row_full = false;
    TRY(part_walk(cx, &xlsx->part));
    *row = xlsx->row_full ? &xlsx->view : NULL;
    return NULL;
}

// --- Opening -------------------------------------------------------------------------------------

static void close_archive(void *handle)
{
    Xlsx *xlsx = handle;
    close_file(&xlsx->part);
    zip_discard(xlsx->archive);
}

static FALLIBLE choose_sheet(Ctx *cx, Xlsx *xlsx, const char *sheet)
{
    Buffer *names = buffer_new(cx->arena);
    for (size_t i = 0; i < xlsx->sheets.count; i++) {
        const Sheet *candidate = &xlsx->sheets.items[i];
        buffer_format(names, "%s%s", i ? ", " : "", candidate->name);
        if (!xlsx->open && (sheet ? strcmp(candidate->name, sheet) == 0 : !candidate->hidden))
            xlsx->open = candidate;
    }
    if (!sheet && !xlsx->open)
        xlsx->open = &xlsx->sheets.items[0];
    if (!xlsx->open)
        return error_hint(FAIL(cx, ERR_NOT_FOUND, "the workbook has no sheet \"%s\"", sheet),
                          "Its sheets: %s.", names->bytes);
    return NULL;
}

static FALLIBLE open_archive(Ctx *cx, Xlsx *xlsx, const char *sheet)
{
    const XmlNode *root, *relations, *workbook;
    arena_defer(cx->arena, close_archive, xlsx);
    TRY(read_tree(cx, xlsx, "_rels/.rels", &root));
    char *path = relation(cx->arena, root, "", NULL, "/officeDocument");
    if (!path)
        return broken_archive(cx);
    TRY(read_tree(cx, xlsx, path, &workbook));
    TRY(read_tree(cx, xlsx, relations_path(cx->arena, path), &relations));
    TRY(read_sheets(cx, xlsx, workbook, relations, path));
    char *styles = relation(cx->arena, relations, path, NULL, "/styles");
    if (styles)
        TRY(read_styles(cx, xlsx, styles));
    TRY(read_texts(cx, xlsx, relation(cx->arena, relations, path, NULL, "/sharedStrings")));
    TRY(choose_sheet(cx, xlsx, sheet));
    xlsx->row = arena_alloc(cx->arena, CSV_ROW_BYTES + CSV_COLUMNS + XLSX_NUMBER_SIZE);
    return part_open(cx, xlsx, xlsx->open->path, on_start, on_end, on_text);
}

static FALLIBLE refuse(Ctx *cx, const char *bytes, size_t length)
{
    if (length >= 4 && memcmp(bytes, "\xd0\xcf\x11\xe0", 4) == 0)
        return error_hint(FAIL(cx, ERR_INVALID, "the workbook is of the old kind, or encrypted"),
                          "Save it as .xlsx without a password.");
    return broken_archive(cx);
}

FALLIBLE xlsx_open_bytes(Ctx *cx, const char *bytes, size_t length, const char *sheet, Xlsx **out)
{
    Xlsx *xlsx = NEW(cx->arena, Xlsx);
    if (length > LIMIT_XLSX_BYTES)
        return FAIL(cx, ERR_LIMIT, "the workbook is bigger than %lu MiB", LIMIT_XLSX_BYTES >> 20);
    if (!xlsx_looks_like(bytes, length))
        return refuse(cx, bytes, length);
    zip_source_t *source = zip_source_buffer_create(bytes, length, 0, NULL);
    xlsx->archive = source ? zip_open_from_source(source, ZIP_RDONLY, NULL) : NULL;
    if (!xlsx->archive) {
        zip_source_free(source);
        return broken_archive(cx);
    }
    TRY(open_archive(cx, xlsx, sheet));
    *out = xlsx;
    return NULL;
}

static void close_stream(void *handle)
{
    fclose(handle);
}

FALLIBLE xlsx_open(Ctx *cx, const char *path, const char *sheet, Xlsx **out)
{
    Xlsx *xlsx = NEW(cx->arena, Xlsx);
    char start[8];
    FILE *file = fopen(path, "rb");
    if (!file)
        return FAIL(cx, ERR_NOT_FOUND, "%s cannot be read: %s", path, strerror(errno));
    arena_defer(cx->arena, close_stream, file);
    size_t length = fread(start, 1, sizeof start, file);
    if (!xlsx_looks_like(start, length))
        return refuse(cx, start, length);
    if (fseeko(file, 0, SEEK_END) != 0 || ftello(file) > (off_t)LIMIT_XLSX_BYTES)
        return FAIL(cx, ERR_LIMIT, "the workbook is bigger than %lu MiB", LIMIT_XLSX_BYTES >> 20);
    xlsx->archive = zip_open(path, ZIP_RDONLY, NULL);
    if (!xlsx->archive)
        return broken_archive(cx);
    TRY(open_archive(cx, xlsx, sheet));
    *out = xlsx;
    return NULL;
}
