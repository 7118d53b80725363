/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Attributes: writing, comparing, reading. NULL is the empty set everywhere.
 */
#include "core/attrs.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/json.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "core/object.h"

enum tag {
    TAG_NONE,
    TAG_FALSE,
    TAG_TRUE,
    TAG_INT,
    TAG_DOUBLE,
    TAG_STRING,
    TAG_JSON,
    TAG_BITS = 3,
};

/* One entry, decoded in place. */
struct entry {
    const char *key;
    size_t key_length;
    struct hass_value value;
    size_t size; /* of the whole entry */
};

/* entries */

static enum tag tag_of(const struct hass_value *value)
{
    switch (value->type) {
    case HASS_VALUE_BOOL:
        return value->boolean ? TAG_TRUE : TAG_FALSE;
    case HASS_VALUE_INT:
        return TAG_INT;
    case HASS_VALUE_DOUBLE:
        return TAG_DOUBLE;
    case HASS_VALUE_STRING:
        return TAG_STRING;
    case HASS_VALUE_JSON:
        return TAG_JSON;
    default:
        return TAG_NONE;
    }
}

static size_t value_size(const struct hass_value *value)
{
    switch (value->type) {
    case HASS_VALUE_INT:
    case HASS_VALUE_DOUBLE:
        return 8;
    case HASS_VALUE_STRING:
    case HASS_VALUE_JSON:
        return sizeof(uint32_t) + value->text.length + 1;
    default:
        return 0;
    }
}

static inline uint32_t load_32(const unsigned char *at)
{
    uint32_t word;

    memcpy(&word, at, sizeof(word));
    return word;
}

/* Reads the value of @tag at @at; returns its size. */
static size_t decode_value(enum tag tag, const unsigned char *at, struct hass_value *value)
{
    switch (tag) {
    case TAG_FALSE:
    case TAG_TRUE:
        *value = HASS_BOOL(tag == TAG_TRUE);
        return 0;
    case TAG_INT:
        value->type = HASS_VALUE_INT;
        memcpy(&value->integer, at, 8);
        return 8;
    case TAG_DOUBLE:
        value->type = HASS_VALUE_DOUBLE;
        memcpy(&value->number, at, 8);
        return 8;
    case TAG_STRING:
    case TAG_JSON:
        value->type = tag == TAG_STRING ? HASS_VALUE_STRING : HASS_VALUE_JSON;
        value->text.length = load_32(at);
        value->text.data = (const char *)at + sizeof(uint32_t);
        return sizeof(uint32_t) + value->text.length + 1;
    default:
        *value = HASS_NONE;
        return 0;
    }
}

static void decode(const unsigned char *at, struct entry *entry)
{
    uint32_t head = load_32(at);

    entry->key = (const char *)at + sizeof(head);
    entry->key_length = head >> TAG_BITS;
    size_t before = sizeof(head) + entry->key_length + 1;
    entry->size = before + decode_value(head & ((1 << TAG_BITS) - 1), at + before, &entry->value);
}

static void encode(unsigned char *at, const char *key, size_t key_length,
                   const struct hass_value *value)
{
    uint32_t head = (uint32_t)key_length << TAG_BITS | tag_of(value);

    memcpy(at, &head, sizeof(head));
    at += sizeof(head);
    memcpy(at, key, key_length);
    at[key_length] = '\0';
    at += key_length + 1;
    if (value->type == HASS_VALUE_INT) {
        memcpy(at, &value->integer, 8);
    } else if (value->type == HASS_VALUE_DOUBLE) {
        memcpy(at, &value->number, 8);
    } else if (value->type == HASS_VALUE_STRING || value->type == HASS_VALUE_JSON) {
        uint32_t length = (uint32_t)value->text.length;
        memcpy(at, &length, sizeof(length));
        memcpy(at + sizeof(length), value->text.data, length);
        at[sizeof(length) + length] = '\0';
    }
}

/* writing */

void attrs_writer_init(struct hass_attrs_writer *writer, const struct attrs *base)
{
    writer->base = base;
    writer->next = base ? base->bytes : NULL;
    writer->end = base ? base->bytes + base->size : NULL;
    writer->count = 0;
    writer->differs = false;
    writer->bytes = writer->fixed;
    writer->length = 0;
    writer->capacity = sizeof(writer->fixed);
}

void attrs_writer_fini(struct hass_attrs_writer *writer)
{
    if (writer->bytes != writer->fixed)
        free(writer->bytes);
}

/* Makes room for @more bytes behind what is written. */
static void reserve(struct hass_attrs_writer *writer, size_t more)
{
    if (more <= writer->capacity - writer->length)
        return;
    size_t capacity = writer->capacity * 2;
    if (capacity < writer->length + more)
        capacity = writer->length + more;
    if (writer->bytes == writer->fixed) {
        writer->bytes = mem_alloc(capacity);
        memcpy(writer->bytes, writer->fixed, writer->length);
    } else {
        writer->bytes = mem_realloc(writer->bytes, capacity);
    }
    writer->capacity = capacity;
}

/* Bytes of base that were written again. */
static size_t matched_size(const struct hass_attrs_writer *writer)
{
    return writer->base ? (size_t)(writer->next - writer->base->bytes) : 0;
}

/* From now on entries are stored; what was equal so far is copied. */
static void begin_storing(struct hass_attrs_writer *writer)
{
    size_t matched = matched_size(writer);

    writer->differs = true;
    writer->end = writer->next;
    if (!matched)
        return;
    reserve(writer, matched);
    memcpy(writer->bytes, writer->base->bytes, matched);
    writer->length = matched;
}

/* Finds @key among what is stored. False when it is not. */
static bool find_entry(const unsigned char *bytes, size_t size, const char *key, size_t key_length,
                       size_t *ret_at, struct entry *ret_entry)
{
    for (size_t at = 0; at < size; at += ret_entry->size) {
        decode(bytes + at, ret_entry);
        if (ret_entry->key_length == key_length && memcmp(ret_entry->key, key, key_length) == 0) {
            if (ret_at)
                *ret_at = at;
            return true;
        }
    }
    return false;
}

/* Opens or closes the gap so that the entry at @at takes @size bytes instead of @former. */
static void resize_entry(struct hass_attrs_writer *writer, size_t at, size_t former, size_t size)
{
    if (size > former)
        reserve(writer, size - former);
    memmove(writer->bytes + at + size, writer->bytes + at + former, writer->length - at - former);
    writer->length += size - former;
}

static void store(struct hass_attrs_writer *writer, const char *key, const struct hass_value *value)
{
    struct entry former;
    size_t key_length = strlen(key);
    size_t size = sizeof(uint32_t) + key_length + 1 + value_size(value);
    size_t at = writer->length;

    if (find_entry(writer->bytes, writer->length, key, key_length, &at, &former)) {
        resize_entry(writer, at, former.size, size);
    } else {
        reserve(writer, size);
        writer->length += size;
        writer->count++;
    }
    encode(writer->bytes + at, key, key_length, value);
}

/* What is stored is UTF-8 without NUL, so that its end is where C sees it. */
static bool fit_to_store(const char *text, size_t length)
{
    return utf8_valid(text, length) && !memchr(text, '\0', length);
}

/*
 * While nothing differs, comparing is all the work, so it is done on plain arguments: a struct passed on costs more than the
 * comparison.
 */

/* The value of the next entry to be matched if it is one of @key and @tag, or NULL. */
static inline const unsigned char *next_match(const struct hass_attrs_writer *writer,
                                              const char *key, enum tag tag)
{
    const unsigned char *at = writer->next;

    if (at == writer->end)
        return NULL;
    uint32_t head = load_32(at);
    at += sizeof(head);
    if ((head & ((1 << TAG_BITS) - 1)) != tag || strcmp((const char *)at, key) != 0)
        return NULL;
    return at + (head >> TAG_BITS) + 1;
}

static inline bool take_match(struct hass_attrs_writer *writer, const unsigned char *end)
{
    writer->next = end;
    writer->count++;
    return true;
}

static inline bool match_text(struct hass_attrs_writer *writer, const char *key, enum tag tag,
                              const char *text, size_t length)
{
    const unsigned char *at = next_match(writer, key, tag);

    return at && load_32(at) == length && memcmp(at + sizeof(uint32_t), text, length) == 0 &&
           take_match(writer, at + sizeof(uint32_t) + length + 1);
}

static bool match_value(struct hass_attrs_writer *writer, const char *key,
                        const struct hass_value *value)
{
    enum tag tag = tag_of(value);

    if (tag == TAG_STRING || tag == TAG_JSON)
        return match_text(writer, key, tag, value->text.data, value->text.length);
    const unsigned char *at = next_match(writer, key, tag);
    size_t size = value_size(value);
    return at && (!size || memcmp(at, &value->integer, sizeof(value->integer)) == 0) &&
           take_match(writer, at + size);
}

/* Stores a value that was not matched. */
static void store_value(struct hass_attrs_writer *writer, const char *key, struct hass_value value)
{
    struct hass_buf repaired = HASS_BUF_INIT;

    if (!writer->differs)
        begin_storing(writer);
    if (value.type == HASS_VALUE_STRING && !fit_to_store(value.text.data, value.text.length)) {
        utf8_repair(value.text.data, value.text.length, &repaired);
        value.text.data = hass_buf_string(&repaired);
        value.text.length = repaired.length;
    }
    store(writer, key, &value);
    hass_buf_fini(&repaired);
}

void hass_attrs_set(struct hass_attrs_writer *writer, const char *key, struct hass_value value)
{
    if (!match_value(writer, key, &value))
        store_value(writer, key, value);
}

void hass_attrs_set_string(struct hass_attrs_writer *writer, const char *key, const char *text)
{
    const unsigned char *at = text ? next_match(writer, key, TAG_STRING) : NULL;

    if (at && strcmp((const char *)at + sizeof(uint32_t), text) == 0)
        take_match(writer, at + sizeof(uint32_t) + load_32(at) + 1);
    else
        hass_attrs_set(writer, key, hass_value_string(text));
}

static void set_container(struct hass_attrs_writer *writer, const char *key, const json_t *json)
{
    struct hass_buf text = HASS_BUF_INIT;

    hass_json_write(json, &text);
    hass_attrs_set(writer, key,
                   (struct hass_value){ .type = HASS_VALUE_JSON,
                                        .text = { hass_buf_string(&text), text.length } });
    hass_buf_fini(&text);
}

void hass_attrs_set_json(struct hass_attrs_writer *writer, const char *key, const json_t *json)
{
    switch (json ? json_typeof(json) : JSON_NULL) {
    case JSON_OBJECT:
    case JSON_ARRAY:
        set_container(writer, key, json);
        break;
    case JSON_STRING:
        hass_attrs_set(
            writer, key,
            (struct hass_value){ .type = HASS_VALUE_STRING,
                                 .text = { json_string_value(json), json_string_length(json) } });
        break;
    case JSON_INTEGER:
        hass_attrs_set(writer, key, HASS_INT(json_integer_value(json)));
        break;
    case JSON_REAL:
        hass_attrs_set(writer, key, HASS_DOUBLE(json_real_value(json)));
        break;
    case JSON_TRUE:
    case JSON_FALSE:
        hass_attrs_set(writer, key, HASS_BOOL(json_is_true(json)));
        break;
    default:
        hass_attrs_set(writer, key, HASS_NONE);
    }
}

void hass_attrs_set_all(struct hass_attrs_writer *writer, const json_t *object)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)object, key, value)
        hass_attrs_set_json(writer, key, value);
}

static const struct attrs *attrs_new(const unsigned char *bytes, size_t size, uint32_t count)
{
    if (!size)
        return NULL;
    struct attrs *attrs = mem_alloc(sizeof(*attrs) + size);
    *attrs = (struct attrs){ .refs = 1, .count = count, .size = (uint32_t)size };
    memcpy(attrs->bytes, bytes, size);
    return attrs;
}

static bool bytes_equal(const unsigned char *a, size_t a_size, uint32_t a_count,
                        const struct attrs *b);

const struct attrs *attrs_writer_finish(struct hass_attrs_writer *writer)
{
    const struct attrs *base = writer->base;
    const struct attrs *result;

    if (attrs_writer_unchanged(writer))
        result = attrs_ref(base);
    else if (!writer->differs)
        result = attrs_new(base->bytes, matched_size(writer), writer->count);
    else if (bytes_equal(writer->bytes, writer->length, writer->count, base))
        result = attrs_ref(base);
    else
        result = attrs_new(writer->bytes, writer->length, writer->count);
    attrs_writer_fini(writer);
    return result;
}

/* sharing and comparing */

const struct attrs *attrs_ref(const struct attrs *attrs)
{
    if (attrs)
        count_take(&((struct attrs *)attrs)->refs);
    return attrs;
}

const struct attrs *attrs_unref(const struct attrs *attrs)
{
    if (attrs && count_drop(&((struct attrs *)attrs)->refs))
        free((struct attrs *)attrs);
    return NULL;
}

static json_t *json_of(const struct hass_value *value)
{
    switch (value->type) {
    case HASS_VALUE_BOOL:
        return json_boolean(value->boolean);
    case HASS_VALUE_INT:
        return json_integer(value->integer);
    case HASS_VALUE_DOUBLE: {
        json_t *real = json_real(value->number); // none for NaN and the infinities
        return real ? real : json_null();
    }
    case HASS_VALUE_STRING:
        return json_stringn(value->text.data, value->text.length);
    case HASS_VALUE_JSON: {
        json_t *json = NULL;
        (void)hass_json_parse(value->text.data, value->text.length, SIZE_MAX, &json, NULL);
        return json ? json : json_null();
    }
    default:
        return json_null();
    }
}

static bool text_equal(const struct hass_value *a, const struct hass_value *b)
{
    return a->text.length == b->text.length &&
           memcmp(a->text.data, b->text.data, a->text.length) == 0;
}

static bool json_text_equal(const struct hass_value *a, const struct hass_value *b)
{
    if (text_equal(a, b))
        return true;
    autojson *left = json_of(a);
    autojson *right = json_of(b);
    return hass_json_equal(left, right);
}

static bool value_equal(const struct hass_value *a, const struct hass_value *b)
{
    double left, right;

    if (a->type == HASS_VALUE_INT && b->type == HASS_VALUE_INT)
        return a->integer == b->integer;
    if (hass_value_number(*a, &left))
        return hass_value_number(*b, &right) && left == right;
    if (a->type != b->type)
        return false;
    if (a->type == HASS_VALUE_STRING)
        return text_equal(a, b);
    return a->type != HASS_VALUE_JSON || json_text_equal(a, b);
}

static bool bytes_equal(const unsigned char *a, size_t a_size, uint32_t a_count,
                        const struct attrs *b)
{
    if (a_count != (b ? b->count : 0))
        return false;
    if (!b || (a_size == b->size && memcmp(a, b->bytes, a_size) == 0))
        return true;
    for (size_t at = 0; at < a_size;) {
        struct entry mine, theirs;
        decode(a + at, &mine);
        if (!find_entry(b->bytes, b->size, mine.key, mine.key_length, NULL, &theirs) ||
            !value_equal(&mine.value, &theirs.value))
            return false;
        at += mine.size;
    }
    return true;
}

bool attrs_equal(const struct attrs *a, const struct attrs *b)
{
    return a == b || (a ? bytes_equal(a->bytes, a->size, a->count, b) : !b);
}

/* reading */

bool attrs_get(const struct attrs *attrs, const char *key, size_t length,
               struct hass_value *ret_value)
{
    struct entry entry;

    if (!attrs || !find_entry(attrs->bytes, attrs->size, key, length, NULL, &entry))
        return false;
    *ret_value = entry.value;
    return true;
}

bool attrs_next(const struct attrs *attrs, size_t *pos, const char **ret_key,
                struct hass_value *ret_value)
{
    struct entry entry;

    if (!attrs || *pos >= attrs->size)
        return false;
    decode(attrs->bytes + *pos, &entry);
    *pos += entry.size;
    *ret_key = entry.key;
    *ret_value = entry.value;
    return true;
}

static void write_int(int64_t number, struct hass_buf *buf)
{
    char digits[24];
    char *at = digits + sizeof(digits);
    uint64_t magnitude = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;

    do
        *--at = (char)('0' + magnitude % 10);
    while ((magnitude /= 10) != 0);
    if (number < 0)
        *--at = '-';
    hass_buf_add(buf, at, (size_t)(digits + sizeof(digits) - at));
}

static void write_value(const struct hass_value *value, struct hass_buf *buf)
{
    switch (value->type) {
    case HASS_VALUE_BOOL:
        hass_buf_add_string(buf, value->boolean ? "true" : "false");
        break;
    case HASS_VALUE_INT:
        write_int(value->integer, buf);
        break;
    case HASS_VALUE_DOUBLE:
        hass_json_write_number(value->number, buf);
        break;
    case HASS_VALUE_STRING:
        hass_json_write_string(value->text.data, value->text.length, buf);
        break;
    case HASS_VALUE_JSON:
        hass_buf_add(buf, value->text.data, value->text.length);
        break;
    default:
        hass_buf_add_string(buf, "null");
    }
}

void attrs_write_json(const struct attrs *attrs, struct hass_buf *buf)
{
    struct entry entry;

    hass_buf_add_char(buf, '{');
    for (size_t at = 0; attrs && at < attrs->size; at += entry.size) {
        decode(attrs->bytes + at, &entry);
        if (at)
            hass_buf_add_char(buf, ',');
        hass_json_write_string(entry.key, entry.key_length, buf);
        hass_buf_add_char(buf, ':');
        write_value(&entry.value, buf);
    }
    hass_buf_add_char(buf, '}');
}

json_t *attrs_as_json(const struct attrs *attrs)
{
    json_t *object = json_object();
    const char *key;
    struct hass_value value;

    for (size_t pos = 0; attrs_next(attrs, &pos, &key, &value);)
        json_object_set_new(object, key, json_of(&value));
    return object;
}
