/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Making values and asking them: texts, undefined values, names of classes, lengths.
 */
#include "template/value.h"

#include "template/characters.h"
#include "template/object.h"
#include "template/print.h"

static struct tmpl_value text_value(const char *text, size_t length)
{
    struct tmpl_value value = tmpl_string_view(text, length);

    if (chars_are_ascii(text, length))
        value.flags = TMPL_ASCII;
    return value;
}

struct tmpl_value tmpl_string_copy(struct tmpl_heap *heap, const char *text, size_t length)
{
    char *copy = tmpl_alloc(heap, length);

    if (length)
        memcpy(copy, text, length);
    return text_value(copy, length);
}

struct tmpl_value tmpl_bytes_copy(struct tmpl_heap *heap, const void *data, size_t length)
{
    char *copy = tmpl_alloc(heap, length);

    if (length)
        memcpy(copy, data, length);
    return tmpl_bytes_view(copy, length);
}

struct tmpl_value tmpl_string_of(struct tmpl_heap *heap, const struct hass_buf *buf)
{
    return tmpl_string_copy(heap, buf->data, buf->length);
}

/* --- undefined ----------------------------------------------------------------------------------- */

static struct tmpl_value undefined_value(struct tmpl_heap *heap, struct tmpl_undefined undefined)
{
    struct tmpl_undefined *copy = tmpl_alloc(heap, sizeof(*copy));

    *copy = undefined;
    return (struct tmpl_value){ .kind = TMPL_UNDEFINED, .undefined = copy };
}

struct tmpl_value tmpl_undefined_name(struct tmpl_heap *heap, struct tmpl_value owner,
                                      const char *name, size_t length)
{
    return undefined_value(
        heap,
        (struct tmpl_undefined){ .name = name, .name_length = (uint32_t)length, .owner = owner });
}

struct tmpl_value tmpl_undefined_index(struct tmpl_heap *heap, struct tmpl_value owner,
                                       struct tmpl_value index)
{
    if (index.kind == TMPL_STRING)
        return tmpl_undefined_name(heap, owner, index.text, index.length);
    return undefined_value(heap, (struct tmpl_undefined){ .owner = owner, .index = index });
}

struct tmpl_value tmpl_undefined_text(struct tmpl_heap *heap, const char *text, bool unsafe)
{
    return undefined_value(heap, (struct tmpl_undefined){ .text = text, .unsafe = unsafe });
}

static const char *qualified_name(const struct tmpl_value *value)
{
    const char *name = NULL;

    if (value->kind == TMPL_OBJECT)
        name = value->object->type->qualified;
    else if (value->kind == TMPL_DICT && value->dict->class)
        name = value->dict->class->qualified;
    return name ? name : tmpl_class_path(value);
}

/* What Jinja calls the owner of a missing attribute: "dict object", "None". */
static void add_owner(const struct tmpl_value *owner, struct hass_buf *buf)
{
    if (owner->kind == TMPL_NONE)
        hass_buf_add_string(buf, owner->flags & TMPL_ELLIPSIS ? "Ellipsis" : "None");
    else
        hass_buf_printf(buf, "%s object", qualified_name(owner));
}

void tmpl_undefined_message(const struct tmpl_value *value, struct hass_buf *buf)
{
    const struct tmpl_undefined *undefined = value->undefined;

    if (undefined->text) {
        hass_buf_add_string(buf, undefined->text);
    } else if (undefined->quiet) {
        hass_buf_printf(buf,
                        "the inline if-expression on line %lld evaluated to false and no else "
                        "section was defined.",
                        (long long)undefined->index.integer);
    } else if (!undefined->name) {
        add_owner(&undefined->owner, buf);
        hass_buf_add_string(buf, " has no element ");
        (void)tmpl_repr(NULL, &undefined->index, buf);
    } else if (undefined->owner.kind == TMPL_ABSENT) {
        print_quoted(undefined->name, undefined->name_length, buf);
        hass_buf_add_string(buf, " is undefined");
    } else {
        hass_buf_add_char(buf, '\'');
        add_owner(&undefined->owner, buf);
        hass_buf_add_string(buf, "' has no attribute ");
        print_quoted(undefined->name, undefined->name_length, buf);
    }
}

/* --- asking -------------------------------------------------------------------------------------- */

int64_t tmpl_length(const struct tmpl_value *value)
{
    switch (value->kind) {
    case TMPL_STRING:
        return (int64_t)string_count(value);
    case TMPL_BYTES:
    case TMPL_LIST:
    case TMPL_TUPLE:
        return value->length;
    case TMPL_DICT:
    case TMPL_SET:
        return value->dict->count;
    case TMPL_RANGE:
        return value->range->count;
    default:
        return -1;
    }
}

/* By kind: the class's name, and with its module where Python's messages have that. */
static const struct class_name {
    const char *name;
    const char *path;
} class_names[] = {
    [TMPL_ABSENT] = { "NoneType", "NoneType" },
    [TMPL_UNDEFINED] = { "LoggingUndefined", "LoggingUndefined" },
    [TMPL_NONE] = { "NoneType", "NoneType" },
    [TMPL_BOOL] = { "bool", "bool" },
    [TMPL_INT] = { "int", "int" },
    [TMPL_BIG] = { "int", "int" },
    [TMPL_FLOAT] = { "float", "float" },
    [TMPL_STRING] = { "str", "str" },
    [TMPL_BYTES] = { "bytes", "bytes" },
    [TMPL_LIST] = { "list", "list" },
    [TMPL_TUPLE] = { "tuple", "tuple" },
    [TMPL_DICT] = { "dict", "dict" },
    [TMPL_SET] = { "set", "set" },
    [TMPL_RANGE] = { "range", "range" },
    [TMPL_DATETIME] = { "datetime", "datetime.datetime" },
    [TMPL_DATE] = { "date", "datetime.date" },
    [TMPL_TIME] = { "time", "datetime.time" },
    [TMPL_TIMEDELTA] = { "timedelta", "datetime.timedelta" },
};

const char *tmpl_class_name(const struct tmpl_value *value)
{
    if (value->kind == TMPL_OBJECT)
        return value->object->type->name;
    if (value->kind == TMPL_DICT && value->dict->class)
        return value->dict->class->name;
    if (value->kind == TMPL_NONE && value->flags & TMPL_ELLIPSIS)
        return "ellipsis";
    return class_names[value->kind].name;
}

const char *tmpl_class_path(const struct tmpl_value *value)
{
    if (value->kind >= TMPL_DATETIME && value->kind <= TMPL_TIMEDELTA)
        return class_names[value->kind].path;
    return tmpl_class_name(value);
}
