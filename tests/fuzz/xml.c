// SPDX-License-Identifier: Apache-2.0
// XML: the tree that was read is written and read again as the same.
#include "base/xml.h"
#include "fuzz.h"

#include <string.h>

static void walk(Ctx *cx, const XmlNode *node)
{
    for (const XmlNode *child = node->first; child; child = child->next) {
        FUZZ_HOLDS(child->parent == node);
        FUZZ_HOLDS(child->next || node->last == child);
        if (child->kind == XML_ELEMENT)
            walk(cx, child);
    }
    for (size_t i = 0; i < node->attribute_count; i++) {
        const char *space, *local;
        const XmlAttribute *attribute = &node->attributes[i];
        xml_qname(cx->arena, node, attribute->value, &space, &local);
        FUZZ_HOLDS(xml_attribute_in(node, attribute->space, attribute->name) != NULL);
        FUZZ_HOLDS(utf8_valid(attribute->value, strlen(attribute->value)));
    }
}

static void run(Ctx *cx, const char *bytes, size_t length)
{
    const XmlNode *root, *again;
    if (!fuzz_fine(xml_read(cx, bytes, length, &root)))
        return;
    walk(cx, root);
    Buffer *first = buffer_new(cx->arena), *second = buffer_new(cx->arena);
    xml_write(first, root);
    FUZZ_HOLDS(utf8_valid(first->bytes, first->length));
    if (first->length > LIMIT_XML_BYTES)
        return;
    fuzz_needs(xml_read(cx, first->bytes, first->length, &again));
    xml_write(second, again);
    FUZZ_HOLDS(strcmp(first->bytes, second->bytes) == 0);
    FUZZ_HOLDS(strcmp(xml_text(cx->arena, root), xml_text(cx->arena, again)) == 0);
}

static const char *const seeds[] = {
    "<a xmlns='u:1' xmlns:p='u:2' p:x='1'><!-- c --><?t d?><p:b>&lt;&#x41;<![CDATA[<]]></p:b></a>",
    "<!DOCTYPE a [<!ENTITY b 'c'><!ENTITY d SYSTEM 'file:///etc/passwd'>]><a>&b;&d;</a>",
    "<?xml version='1.0' encoding='ISO-8859-1'?><a>\xe9</a>",
    "<?xml version='1.0' encoding='UTF-16'?><a/>",
    "<a><a><a><a><a b=''>\r\n\t</a></a></a></a></a>",
    NULL,
};
static const char *const files[] = {"packs/*/*.dmn", "src/process/test_packs/*/*.bpmn", NULL};

const FuzzTarget fuzz_target = {.run = run, .seeds = seeds, .files = files};
