/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One function for each kind of field. A value of a wrong type is passed over: the member keeps its default, and the row says
 * so. The keys of a row mostly stand where they stood in the row before.
 */
#include "registry/row_read.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include <hass/dt.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "registry/row_member.h"

void row_reader_init(struct row_reader *reader, const struct row_format *format)
{
    *reader = (struct row_reader){ .format = format, .draft = mem_zalloc(format->size) };
}

void row_reader_fini(struct row_reader *reader)
{
    vec_fini(&reader->texts);
    hass_buf_fini(&reader->rest);
    hass_buf_fini(&reader->defaults);
    arena_fini(&reader->arena);
    free(reader->draft);
}

/* The value is not what it should be: its member is not to be set. */
static void refuse(struct row_reader *reader, const struct row_field *field, const char *wanted)
{
    if (reader->refused)
        return;
    reader->refused = true;
    hass_buf_printf(&reader->defaults, "%s%s is not %s", reader->defaults.length ? ", " : "",
                    row_stored_key(field), wanted);
}

/* What is left of a value that is more than a scalar, @depth being that outside of it. */
static int skip_rest(struct json_pull *pull, unsigned depth, struct hass_error *err)
{
    struct json_token token;
    int type = JSON_PULL_NULL;

    while (type > JSON_PULL_MORE && pull->now.depth > depth)
        type = json_pull_next(pull, &token, err);
    return type;
}

/* Reads a scalar. Anything else is passed over: the type tells. */
static int read_scalar(struct json_pull *pull, struct json_token *token, struct hass_error *err)
{
    unsigned depth = pull->now.depth;
    int type = json_pull_next(pull, token, err);

    if (type != JSON_PULL_OBJECT && type != JSON_PULL_ARRAY)
        return type;
    int r = skip_rest(pull, depth, err);
    return r > JSON_PULL_MORE ? type : r;
}

/* scalars */

/* Numbers are texts too: files have versions such as 3. */
static const char *text_of(struct json_pull *pull, const struct json_token *token)
{
    return token->type == JSON_PULL_STRING || token->type == JSON_PULL_NUMBER
               ? json_pull_keep(pull, token)
               : NULL;
}

static void set_text(struct row_reader *reader, const struct row_field *field,
                     struct json_pull *pull, const struct json_token *token)
{
    const char *text = text_of(pull, token);

    if (text || token->type == JSON_PULL_NULL)
        *ROW_MEMBER(const char *, field, reader->draft) = text;
    else
        refuse(reader, field, "text");
}

static void set_word(struct row_reader *reader, const struct row_field *field,
                     const struct json_token *token)
{
    unsigned *member = ROW_MEMBER(unsigned, field, reader->draft);

    if (token->type == JSON_PULL_NULL)
        return;
    for (unsigned i = field->words[0] ? 0 : 1; token->type == JSON_PULL_STRING && field->words[i];
         i++) {
        if (strlen(field->words[i]) == token->length &&
            memcmp(field->words[i], token->text, token->length) == 0) {
            *member = i;
            return;
        }
    }
    refuse(reader, field, "one of the words it may be");
}

static void set_flag(struct row_reader *reader, const struct row_field *field,
                     const struct json_token *token)
{
    if (token->type != JSON_PULL_TRUE && token->type != JSON_PULL_FALSE &&
        token->type != JSON_PULL_NULL)
        refuse(reader, field, "true or false");
    *ROW_MEMBER(bool, field, reader->draft) = token->type == JSON_PULL_TRUE;
}

/* A copy of a short token's text. */
static bool copy_short(const struct json_token *token, char text[HASS_DT_TEXT])
{
    if (token->length >= HASS_DT_TEXT)
        return false;
    memcpy(text, token->text, token->length);
    text[token->length] = '\0';
    return true;
}

/* A whole number, or null, which is 0. */
static bool read_whole(const struct json_token *token, double least, double most,
                       double *ret_number)
{
    char text[HASS_DT_TEXT];
    double number = 0;

    if (token->type == JSON_PULL_NUMBER && copy_short(token, text))
        number = strtod(text, NULL);
    else if (token->type != JSON_PULL_NULL)
        return false;
    *ret_number = number;
    return number >= least && number <= most && number == floor(number);
}

static void set_number(struct row_reader *reader, const struct row_field *field,
                       const struct json_token *token)
{
    double number;

    if (read_whole(token, 0, UINT32_MAX, &number))
        *ROW_MEMBER(uint32_t, field, reader->draft) = (uint32_t)number;
    else
        refuse(reader, field, "a whole number of 32 bits");
}

static void set_int(struct row_reader *reader, const struct row_field *field,
                    const struct json_token *token)
{
    double number;

    if (read_whole(token, INT32_MIN, INT32_MAX, &number))
        row_set_int(field, reader->draft, token->type != JSON_PULL_NULL, (int)number);
    else
        refuse(reader, field, "a whole number of 32 bits");
}

/* ISO text, or seconds; null is 0. */
static bool read_time(const struct json_token *token, int64_t *ret_time)
{
    char text[HASS_DT_TEXT];

    *ret_time = 0;
    if (token->type == JSON_PULL_NULL)
        return true;
    if (!copy_short(token, text))
        return false;
    if (token->type == JSON_PULL_STRING)
        return hass_dt_parse(text, NULL, ret_time, NULL) == 0;
    double seconds = token->type == JSON_PULL_NUMBER ? strtod(text, NULL) : -1;
    if (!(seconds >= 0 && seconds < 1e12))
        return false;
    *ret_time = (int64_t)(seconds * HASS_USEC_PER_SEC + 0.5);
    return true;
}

static void set_time(struct row_reader *reader, const struct row_field *field,
                     const struct json_token *token)
{
    int64_t time;

    if (read_time(token, &time))
        *ROW_MEMBER(int64_t, field, reader->draft) = time;
    else
        refuse(reader, field, "a time");
}

static int read_scalar_field(struct row_reader *reader, const struct row_field *field,
                             struct json_pull *pull, struct hass_error *err)
{
    struct json_token token;
    int type = read_scalar(pull, &token, err);

    if (type <= JSON_PULL_MORE)
        return type;
    if (field->kind == ROW_TEXT)
        set_text(reader, field, pull, &token);
    else if (field->kind == ROW_WORD)
        set_word(reader, field, &token);
    else if (field->kind == ROW_FLAG)
        set_flag(reader, field, &token);
    else if (field->kind == ROW_NUMBER)
        set_number(reader, field, &token);
    else if (field->kind == ROW_INT)
        set_int(reader, field, &token);
    else
        set_time(reader, field, &token);
    return type;
}

static int read_json_field(struct row_reader *reader, const struct row_field *field,
                           struct json_pull *pull, struct hass_error *err)
{
    struct json_token token;
    int type = json_pull_value(pull, &token, err);

    if (type == JSON_PULL_OBJECT)
        *ROW_MEMBER(const char *, field, reader->draft) = json_pull_keep(pull, &token);
    else if (type > JSON_PULL_MORE && type != JSON_PULL_NULL)
        refuse(reader, field, "an object");
    return type;
}

/* lists */

/* Opens a list; JSON_PULL_NULL for null, or something else, which is passed over. */
static int open_list(struct row_reader *reader, const struct row_field *field,
                     struct json_pull *pull, enum json_pull_type wanted, struct hass_error *err)
{
    unsigned depth = pull->now.depth;
    struct json_token token;
    int type = json_pull_next(pull, &token, err);

    vec_clear(&reader->texts);
    if (type <= JSON_PULL_MORE || type == (int)wanted || type == JSON_PULL_NULL)
        return type;
    refuse(reader, field, wanted == JSON_PULL_OBJECT ? "an object" : "a list");
    int r = skip_rest(pull, depth, err);
    return r > JSON_PULL_MORE ? JSON_PULL_NULL : r;
}

static void add_text(struct row_reader *reader, const struct row_field *field, const char *text)
{
    size_t limit = field->kind == ROW_TEXTS ? ROW_MAX_ITEMS : 2 * ROW_MAX_ITEMS;

    if (reader->texts.length < limit)
        vec_push(&reader->texts, text);
    else
        refuse(reader, field, "a list of at most 1000 items");
}

/* The texts that were read as a list of pairs. */
static void set_pairs(struct row_reader *reader, const struct row_field *field)
{
    size_t count = reader->refused ? 0 : reader->texts.length / 2;
    struct hass_device_pair *pairs = arena_alloc(&reader->arena, (count + 1) * sizeof(*pairs));

    for (size_t i = 0; i < count; i++)
        pairs[i] =
            (struct hass_device_pair){ reader->texts.data[i * 2], reader->texts.data[i * 2 + 1] };
    pairs[count] = (struct hass_device_pair){ NULL, NULL };
    *ROW_MEMBER(const struct hass_device_pair *, field, reader->draft) = pairs;
}

/* Null among the texts is passed over: an alias that stands for the name. */
static int read_texts_field(struct row_reader *reader, const struct row_field *field,
                            struct json_pull *pull, struct hass_error *err)
{
    struct json_token token;
    int type = open_list(reader, field, pull, JSON_PULL_ARRAY, err);

    if (type != JSON_PULL_ARRAY)
        return type;
    while ((type = read_scalar(pull, &token, err)) > JSON_PULL_MORE &&
           type != JSON_PULL_ARRAY_END) {
        const char *text = text_of(pull, &token);
        if (text)
            add_text(reader, field, text);
        else if (type != JSON_PULL_NULL)
            refuse(reader, field, "a list of texts");
    }
    size_t count = reader->refused ? 0 : reader->texts.length;
    const char **texts = arena_alloc(&reader->arena, (count + 1) * sizeof(const char *));
    for (size_t i = 0; i < count; i++)
        texts[i] = reader->texts.data[i];
    texts[count] = NULL;
    *ROW_MEMBER(const char *const *, field, reader->draft) = texts;
    return type;
}

/* One pair, its bracket being read. */
static int read_pair(struct row_reader *reader, const struct row_field *field,
                     struct json_pull *pull, struct hass_error *err)
{
    struct json_token token;
    int type, count = 0;

    while ((type = read_scalar(pull, &token, err)) > JSON_PULL_MORE &&
           type != JSON_PULL_ARRAY_END) {
        const char *text = text_of(pull, &token);
        if (text && count++ < 2)
            add_text(reader, field, text);
        else
            refuse(reader, field, "a list of pairs of texts");
    }
    if (type == JSON_PULL_ARRAY_END && count != 2)
        refuse(reader, field, "a list of pairs of texts");
    return type;
}

static int read_pairs_field(struct row_reader *reader, const struct row_field *field,
                            struct json_pull *pull, struct hass_error *err)
{
    struct json_token token;
    int type = open_list(reader, field, pull, JSON_PULL_ARRAY, err);

    if (type != JSON_PULL_ARRAY)
        return type;
    while ((type = json_pull_next(pull, &token, err)) > JSON_PULL_MORE &&
           type != JSON_PULL_ARRAY_END) {
        if (type != JSON_PULL_ARRAY)
            refuse(reader, field, "a list of pairs of texts");
        type = type == JSON_PULL_ARRAY    ? read_pair(reader, field, pull, err)
               : type == JSON_PULL_OBJECT ? skip_rest(pull, pull->now.depth - 1, err)
                                          : type;
        if (type <= JSON_PULL_MORE)
            return type;
    }
    set_pairs(reader, field);
    return type;
}

/* The list behind a key of a tree. */
static int read_branch(struct row_reader *reader, const struct row_field *field,
                       struct json_pull *pull, const char *key, struct hass_error *err)
{
    unsigned depth = pull->now.depth;
    struct json_token token;
    int type = json_pull_next(pull, &token, err);

    if (type != JSON_PULL_ARRAY) {
        refuse(reader, field, "an object of lists");
        return type > JSON_PULL_MORE ? skip_rest(pull, depth, err) : type;
    }
    while ((type = read_scalar(pull, &token, err)) > JSON_PULL_MORE &&
           type != JSON_PULL_ARRAY_END) {
        const char *text = type == JSON_PULL_NULL ? "" : text_of(pull, &token);
        if (text) {
            add_text(reader, field, key);
            add_text(reader, field, text);
        } else {
            refuse(reader, field, "an object of lists of texts");
        }
    }
    return type;
}

static int read_tree_field(struct row_reader *reader, const struct row_field *field,
                           struct json_pull *pull, struct hass_error *err)
{
    struct json_token token;
    int type = open_list(reader, field, pull, JSON_PULL_OBJECT, err);

    if (type != JSON_PULL_OBJECT)
        return type;
    while ((type = json_pull_next(pull, &token, err)) == JSON_PULL_KEY) {
        type = read_branch(reader, field, pull, json_pull_keep(pull, &token), err);
        if (type <= JSON_PULL_MORE)
            return type;
    }
    set_pairs(reader, field);
    return type;
}

static int read_field(struct row_reader *reader, const struct row_field *field,
                      struct json_pull *pull, struct hass_error *err)
{
    struct json_token token;

    switch (field->kind) {
    case ROW_TEXTS:
        return read_texts_field(reader, field, pull, err);
    case ROW_PAIRS:
        return read_pairs_field(reader, field, pull, err);
    case ROW_TREE:
        return read_tree_field(reader, field, pull, err);
    case ROW_JSON:
        return read_json_field(reader, field, pull, err);
    case ROW_IGNORED:
        return read_scalar(pull, &token, err);
    default:
        return read_scalar_field(reader, field, pull, err);
    }
}

/* keys */

static bool is_key(const struct row_field *field, const struct json_token *key)
{
    const char *own = row_stored_key(field);

    return strncmp(own, key->text, key->length) == 0 && !own[key->length];
}

static const struct row_field *search(const struct row_format *format, const struct json_token *key)
{
    for (size_t i = 0; i < format->type->count; i++)
        if (format->type->fields[i].uses & format->uses && is_key(&format->type->fields[i], key))
            return &format->type->fields[i];
    for (size_t i = 0; i < format->further_count; i++)
        if (is_key(&format->further[i], key))
            return &format->further[i];
    return NULL;
}

static const struct row_field *find(struct row_reader *reader, const struct json_token *key)
{
    size_t position = reader->position++;
    const struct row_field *field = position < ROW_MAX_KEYS ? reader->order[position] : NULL;

    if (field && is_key(field, key))
        return field;
    field = search(reader->format, key);
    if (position < ROW_MAX_KEYS)
        reader->order[position] = field;
    return field;
}

static void note(struct row_reader *reader, const struct row_field *field)
{
    size_t index = (size_t)(field - reader->format->type->fields);

    if (index < reader->format->type->count)
        reader->seen |= UINT64_C(1) << index;
}

bool row_reader_saw(const struct row_reader *reader, const char *key)
{
    const struct row_field *field = row_find_field(reader->format->type, key);

    return field && reader->seen >> (field - reader->format->type->fields) & 1;
}

/* A member that we do not know is kept as it is. */
static int read_unknown(struct row_reader *reader, const struct json_token *key,
                        struct json_pull *pull, struct hass_error *err)
{
    struct json_token value;
    int type = json_pull_value(pull, &value, err);

    if (type <= JSON_PULL_MORE)
        return type;
    if (reader->rest.length)
        hass_buf_add_char(&reader->rest, ',');
    hass_buf_add_char(&reader->rest, '"');
    hass_buf_add(&reader->rest, key->text, key->length);
    hass_buf_add_string(&reader->rest, "\":");
    hass_buf_add(&reader->rest, value.text, value.length);
    return type;
}

/* rows */

static void begin(struct row_reader *reader)
{
    memset(reader->draft, 0, reader->format->size);
    arena_clear(&reader->arena);
    hass_buf_clear(&reader->rest);
    hass_buf_clear(&reader->defaults);
    hass_error_clear(&reader->problem);
    reader->problem.size = sizeof(reader->problem);
    reader->position = 0;
    reader->seen = 0;
}

int row_read(struct row_reader *reader, struct json_pull *pull, struct hass_error *err)
{
    unsigned depth = pull->now.depth;
    struct json_token token;
    int type = json_pull_next(pull, &token, err);

    begin(reader);
    if (type <= JSON_PULL_MORE || type == JSON_PULL_ARRAY_END)
        return type;
    if (type != JSON_PULL_OBJECT) {
        hass_fail(&reader->problem, HASS_E_INVALID, "it is not an object");
        type = skip_rest(pull, depth, err);
        return type > JSON_PULL_MORE ? JSON_PULL_OBJECT : type;
    }
    while ((type = json_pull_next(pull, &token, err)) == JSON_PULL_KEY) {
        const struct row_field *field = find(reader, &token);
        reader->refused = false;
        if (field)
            note(reader, field);
        type =
            field ? read_field(reader, field, pull, err) : read_unknown(reader, &token, pull, err);
        if (type <= JSON_PULL_MORE)
            return type;
    }
    return type == JSON_PULL_OBJECT_END ? JSON_PULL_OBJECT : type;
}
