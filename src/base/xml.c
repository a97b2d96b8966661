// SPDX-License-Identifier: Apache-2.0
#include "base/xml.h"

#include "base/map.h"

#include <libxml/SAX2.h>
#include <libxml/parser.h>
#include <libxml/parserInternals.h>
#include <pthread.h>
#include <string.h>

// What the call-backs of one reading share. The first error stops the parser and is kept.
typedef struct Reading {
    Ctx *cx;
    xmlParserCtxtPtr parser;
    xmlSAXHandler handler;
    Map *names; // interned names and namespaces: a model repeats a few hundred of them
    XmlNode *root;
    XmlNode *open;
    size_t depth;
    size_t nodes;
    Buffer *text; // gathered since the last tag
    int text_line;
    Error *error;
} Reading;

static pthread_once_t library_once = PTHREAD_ONCE_INIT;

static void reading_stop(Reading *reading, Error *error)
{
    if (!reading->error)
        reading->error = error_at(error, xmlSAX2GetLineNumber(reading->parser),
                                  xmlSAX2GetColumnNumber(reading->parser));
    xmlStopParser(reading->parser);
}

static const char *intern(Reading *reading, const xmlChar *text)
{
    if (!text)
        return "";
    const char *known = map_get(reading->names, (const char *)text);
    if (known)
        return known;
    char *copy = text_copy(reading->cx->arena, (const char *)text);
    map_put(reading->names, copy, copy);
    return copy;
}

static XmlNode *node_add(Reading *reading, XmlKind kind)
{
    Ctx *cx = reading->cx;
    if (++reading->nodes > LIMIT_XML_NODES)
        reading_stop(reading,
                     FAIL(cx, ERR_LIMIT, "the XML has more than %d nodes", LIMIT_XML_NODES));
    XmlNode *node = NEW(cx->arena, XmlNode);
    node->kind = kind;
    node->line = xmlSAX2GetLineNumber(reading->parser);
    node->space = node->prefix = node->name = "";
    node->parent = reading->open;
    if (node->parent) {
        if (node->parent->last)
            node->parent->last->next = node;
        else
            node->parent->first = node;
        node->parent->last = node;
    }
    return node;
}

// Texts arrive in pieces; they become one node when the next tag comes.
static void text_finish(Reading *reading)
{
    if (!reading->text->length)
        return;
    XmlNode *node = node_add(reading, XML_TEXT);
    node->line = reading->text_line;
    node->text = text_slice(reading->cx->arena, reading->text->bytes, reading->text->length);
    reading->text->length = 0;
}

static void attributes_read(Reading *reading, XmlNode *node, int count, const xmlChar **attributes)
{
    Arena *arena = reading->cx->arena;
    node->attributes = NEW_ARRAY(arena, XmlAttribute, (size_t)count);
    node->attribute_count = (size_t)count;
    for (int i = 0; i < count; i++, attributes += 5) {
        XmlAttribute *attribute = &node->attributes[i];
        attribute->name = intern(reading, attributes[0]);
        attribute->prefix = intern(reading, attributes[1]);
        attribute->space = intern(reading, attributes[2]);
        attribute->value =
            text_slice(arena, (const char *)attributes[3], (size_t)(attributes[4] - attributes[3]));
    }
}

static void on_start(void *context, const xmlChar *name, const xmlChar *prefix,
                     const xmlChar *space, int space_count, const xmlChar **spaces,
                     int attribute_count, [[maybe_unused]] int defaulted,
                     const xmlChar **attributes)
{
    Reading *reading = ((xmlParserCtxtPtr)context)->_private;
    Ctx *cx = reading->cx;
    if (reading->error)
        return;
    if (++reading->depth > LIMIT_XML_DEPTH) {
        reading_stop(reading, FAIL(cx, ERR_LIMIT, "the XML is nested deeper than %d elements",
                                   LIMIT_XML_DEPTH));
        return;
    }
    if (attribute_count + space_count > LIMIT_XML_ATTRIBUTES) {
        reading_stop(reading, FAIL(cx, ERR_LIMIT, "element '%s' has more than %d attributes",
                                   (const char *)name, LIMIT_XML_ATTRIBUTES));
        return;
    }
    text_finish(reading);
    XmlNode *node = node_add(reading, XML_ELEMENT);
    node->name = intern(reading, name);
    node->prefix = intern(reading, prefix);
    node->space = intern(reading, space);
    node->declarations = NEW_ARRAY(cx->arena, XmlDeclaration, (size_t)space_count);
    node->declaration_count = (size_t)space_count;
    for (int i = 0; i < space_count; i++) {
        node->declarations[i].prefix = intern(reading, spaces[2 * i]);
        node->declarations[i].space = intern(reading, spaces[2 * i + 1]);
    }
    attributes_read(reading, node, attribute_count, attributes);
    if (!reading->root)
        reading->root = node;
    reading->open = node;
}

static void on_end(void *context, [[maybe_unused]] const xmlChar *name,
                   [[maybe_unused]] const xmlChar *prefix, [[maybe_unused]] const xmlChar *space)
{
    Reading *reading = ((xmlParserCtxtPtr)context)->_private;
    if (reading->error || !reading->open)
        return;
    text_finish(reading);
    reading->depth--;
    reading->open = reading->open->parent;
}

static void on_text(void *context, const xmlChar *bytes, int length)
{
    Reading *reading = ((xmlParserCtxtPtr)context)->_private;
    if (reading->error || !reading->open)
        return;
    if (!reading->text->length)
        reading->text_line = xmlSAX2GetLineNumber(reading->parser);
    buffer_add(reading->text, bytes, (size_t)length);
}

static void on_comment(void *context, const xmlChar *text)
{
    Reading *reading = ((xmlParserCtxtPtr)context)->_private;
    if (reading->error || !reading->open)
        return;
    text_finish(reading);
    node_add(reading, XML_COMMENT)->text = text_copy(reading->cx->arena, (const char *)text);
}

static void on_instruction(void *context, const xmlChar *target, const xmlChar *data)
{
    Reading *reading = ((xmlParserCtxtPtr)context)->_private;
    if (reading->error || !reading->open)
        return;
    text_finish(reading);
    XmlNode *node = node_add(reading, XML_INSTRUCTION);
    node->name = intern(reading, target);
    node->text = text_copy(reading->cx->arena, data ? (const char *)data : "");
}

// Called at the start of <!DOCTYPE, before any declaration inside it is read.
static void on_document_type(void *context, [[maybe_unused]] const xmlChar *name,
                             [[maybe_unused]] const xmlChar *external,
                             [[maybe_unused]] const xmlChar *system)
{
    Reading *reading = ((xmlParserCtxtPtr)context)->_private;
    Ctx *cx = reading->cx;
    reading_stop(reading, error_hint(FAIL(cx, ERR_INVALID,
                                          "the XML holds a document type declaration (DTD)"),
                                     "Remove <!DOCTYPE ...>: entities are not read."));
}

static void on_error(void *context, xmlErrorPtr problem)
{
    Reading *reading = ((xmlParserCtxtPtr)context)->_private;
    Ctx *cx = reading->cx;
    // A relative namespace URI is only a warning to libxml2, and to us nothing.
    if (reading->error || problem->level < XML_ERR_ERROR)
        return;
    const char *said = problem->message ? problem->message : "broken"; // its first line
    char *message = text_trim(cx->arena, text_slice(cx->arena, said, strcspn(said, "\n")));
    Error *error = FAIL(cx, ERR_INVALID, "the XML is not well-formed: %s", message);
    reading->error = error_at(error, problem->line, problem->int2);
    xmlStopParser(reading->parser);
}

static void parser_free(void *handle)
{
    Reading *reading = handle;
    if (!reading->parser)
        return;
    xmlParserCtxtPtr parser = reading->parser;
    reading->parser = NULL;
    if (parser->myDoc)
        xmlFreeDoc(parser->myDoc);
    parser->myDoc = NULL;
    parser->sax = NULL; // ours, in the arena
    xmlFreeParserCtxt(parser);
}

static void handler_fill(xmlSAXHandler *handler)
{
    handler->initialized = XML_SAX2_MAGIC;
    handler->startElementNs = on_start;
    handler->endElementNs = on_end;
    handler->characters = on_text;
    handler->ignorableWhitespace = on_text;
    handler->cdataBlock = on_text;
    handler->comment = on_comment;
    handler->processingInstruction = on_instruction;
    handler->internalSubset = on_document_type;
    handler->serror = (xmlStructuredErrorFunc)on_error;
}

static const char *skip_past(const char *at, const char *end, const char *mark)
{
    const char *found = memmem(at, (size_t)(end - at), mark, strlen(mark));
    return found ? found + strlen(mark) : end;
}

// libxml2 compares each attribute of an element with all others before it shows them to us, so the
// count is taken from the bytes first: quoted values within one tag. In UTF-16 this is near enough,
// for the NULs between its bytes stand in nobody's way.
static bool too_many_attributes(const char *at, const char *end)
{
    while ((at = memchr(at, '<', (size_t)(end - at)))) {
        if (end - at >= 4 && memcmp(at, "<!--", 4) == 0)
            at = skip_past(at + 4, end, "-->");
        else if (end - at >= 9 && memcmp(at, "<![CDATA[", 9) == 0)
            at = skip_past(at + 9, end, "]]>");
        else if (end - at >= 2 && at[1] == '?')
            at = skip_past(at + 2, end, "?>");
        else
            for (int count = 0; at < end && *at != '>'; at++) {
                if (*at != '"' && *at != '\'')
                    continue;
                const char *close = memchr(at + 1, *at, (size_t)(end - at - 1));
                if (++count > LIMIT_XML_ATTRIBUTES)
                    return true;
                if (!close)
                    return false; // not well-formed, as libxml2 will say
                at = close;
            }
    }
    return false;
}

// Without a handler libxml2 writes what its converters find to the standard error.
static void on_library_error([[maybe_unused]] void *context, [[maybe_unused]] const char *format,
                             ...)
{
}

FALLIBLE xml_read(Ctx *cx, const char *bytes, size_t length, const XmlNode **root)
{
    if (length > LIMIT_XML_BYTES)
        return FAIL(cx, ERR_LIMIT, "the XML is bigger than %lu MiB", LIMIT_XML_BYTES >> 20);
    if (length == 0)
        return error_at(FAIL(cx, ERR_INVALID, "the XML is empty"), 1, 1);
    if (too_many_attributes(bytes, bytes + length))
        return FAIL(cx, ERR_LIMIT, "an element has more than %d attributes", LIMIT_XML_ATTRIBUTES);
    pthread_once(&library_once, xmlInitParser);
    xmlSetGenericErrorFunc(NULL, on_library_error); // of this thread
    Reading *reading = NEW(cx->arena, Reading);
    reading->cx = cx;
    reading->names = map_new(cx->arena);
    reading->text = buffer_new(cx->arena);
    handler_fill(&reading->handler);
    reading->parser = xmlCreateMemoryParserCtxt(bytes, (int)length);
    if (!reading->parser)
        return FAIL(cx, ERR_INTERNAL, "out of memory for the XML parser");
    arena_defer(cx->arena, parser_free, reading);
    // The context brings its own handler, which must not leak when ours takes its place.
    xmlFree(reading->parser->sax);
    reading->parser->sax = &reading->handler;
    reading->parser->_private = reading;
    xmlCtxtUseOptions(reading->parser, XML_PARSE_NONET);
    xmlParseDocument(reading->parser);
    bool well_formed = reading->parser->wellFormed;
    parser_free(reading);
    if (reading->error)
        return reading->error;
    if (!well_formed || !reading->root)
        return error_at(FAIL(cx, ERR_INVALID, "the XML is not well-formed"), 1, 1);
    *root = reading->root;
    return NULL;
}

bool xml_is(const XmlNode *node, const char *space, const char *name)
{
    return node && node->kind == XML_ELEMENT && (!space || strcmp(node->space, space) == 0) &&
           (!name || strcmp(node->name, name) == 0);
}

static const XmlNode *first_match(const XmlNode *node, const char *space, const char *name)
{
    while (node && !xml_is(node, space, name))
        node = node->next;
    return node;
}

const XmlNode *xml_child(const XmlNode *node, const char *space, const char *name)
{
    return node ? first_match(node->first, space, name) : NULL;
}

const XmlNode *xml_next(const XmlNode *node, const char *space, const char *name)
{
    return node ? first_match(node->next, space, name) : NULL;
}

const char *xml_attribute_in(const XmlNode *node, const char *space, const char *name)
{
    for (size_t i = 0; node && i < node->attribute_count; i++) {
        const XmlAttribute *attribute = &node->attributes[i];
        if (strcmp(attribute->name, name) == 0 && strcmp(attribute->space, space) == 0)
            return attribute->value;
    }
    return NULL;
}

const char *xml_attribute(const XmlNode *node, const char *name)
{
    return xml_attribute_in(node, "", name);
}

// The depth is limited by the reader, so is the recursion.
static void text_gather(Buffer *out, const XmlNode *node)
{
    for (const XmlNode *child = node->first; child; child = child->next)
        if (child->kind == XML_TEXT)
            buffer_text(out, child->text);
        else if (child->kind == XML_ELEMENT)
            text_gather(out, child);
}

const char *xml_text(Arena *arena, const XmlNode *node)
{
    if (!node || !node->first)
        return "";
    if (node->first == node->last && node->first->kind == XML_TEXT)
        return node->first->text;
    Buffer *out = buffer_new(arena);
    text_gather(out, node);
    return out->length ? out->bytes : "";
}

bool xml_qname(Arena *arena, const XmlNode *node, const char *value, const char **space,
               const char **local)
{
    const char *colon = strchr(value, ':');
    const char *prefix = colon ? text_slice(arena, value, (size_t)(colon - value)) : "";
    *local = colon ? colon + 1 : value;
    *space = "";
    for (; node; node = node->parent)
        for (size_t i = 0; i < node->declaration_count; i++)
            if (strcmp(node->declarations[i].prefix, prefix) == 0) {
                *space = node->declarations[i].space;
                return true;
            }
    return !colon;
}

static void write_escaped(Buffer *out, const char *text, bool in_attribute)
{
    for (; *text; text++)
        if (*text == '&')
            buffer_text(out, "&amp;");
        else if (*text == '<')
            buffer_text(out, "&lt;");
        else if (*text == '>')
            buffer_text(out, "&gt;");
        else if (*text == '\r')
            buffer_text(out, "&#13;");
        else if (in_attribute && *text == '"')
            buffer_text(out, "&quot;");
        else if (in_attribute && *text == '\n')
            buffer_text(out, "&#10;");
        else if (in_attribute && *text == '\t')
            buffer_text(out, "&#9;");
        else
            buffer_byte(out, *text);
}

static void write_name(Buffer *out, const char *prefix, const char *name)
{
    if (*prefix) {
        buffer_text(out, prefix);
        buffer_byte(out, ':');
    }
    buffer_text(out, name);
}

static void write_start(Buffer *out, const XmlNode *node)
{
    buffer_byte(out, '<');
    write_name(out, node->prefix, node->name);
    for (size_t i = 0; i < node->declaration_count; i++) {
        const XmlDeclaration *declaration = &node->declarations[i];
        buffer_text(out, *declaration->prefix ? " xmlns:" : " xmlns");
        buffer_text(out, declaration->prefix);
        buffer_text(out, "=\"");
        write_escaped(out, declaration->space, true);
        buffer_byte(out, '"');
    }
    for (size_t i = 0; i < node->attribute_count; i++) {
        buffer_byte(out, ' ');
        write_name(out, node->attributes[i].prefix, node->attributes[i].name);
        buffer_text(out, "=\"");
        write_escaped(out, node->attributes[i].value, true);
        buffer_byte(out, '"');
    }
    buffer_text(out, node->first ? ">" : "/>");
}

void xml_write(Buffer *out, const XmlNode *node)
{
    switch (node->kind) {
    case XML_TEXT:
        write_escaped(out, node->text, false);
        return;
    case XML_COMMENT:
        buffer_text(out, "<!--");
        buffer_text(out, node->text);
        buffer_text(out, "-->");
        return;
    case XML_INSTRUCTION:
        buffer_format(out, "<?%s %s?>", node->name, node->text);
        return;
    case XML_ELEMENT:
        break;
    }
    write_start(out, node);
    if (!node->first)
        return;
    for (const XmlNode *child = node->first; child; child = child->next)
        xml_write(out, child);
    buffer_text(out, "</");
    write_name(out, node->prefix, node->name);
    buffer_byte(out, '>');
}
