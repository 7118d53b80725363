/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The types of <hass/schema.h> that name things: slugs, entities, services, icons, times of day, files, addresses, zones.
 */
#include <errno.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <unistd.h>

#include <hass/buf.h>
#include <hass/dt.h>
#include <hass/schema.h>
#include <hass/states.h>

#include "base/mem.h"
#include "base/utf8.h"
#include "data/schema_text.h"

/* slugs */

bool schema_is_slug(const char *text)
{
    bool separator = true; // none may stand in front, nor two together

    for (; *text; text++) {
        if (*text == '_' ? separator : !ascii_is_lower(*text) && !ascii_is_digit(*text))
            return false;
        separator = *text == '_';
        if (separator && !text[1])
            return false;
    }
    return true;
}

static int check_slug(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    char buffer[SCHEMA_SCALAR_TEXT];
    const char *text = schema_scalar_text(value, buffer);

    if (!text)
        return schema_fail("a slug", value, err);
    if (!schema_is_slug(text)) {
        autobuf slug = HASS_BUF_INIT;
        hass_slugify(text, "_", &slug);
        autofree char *wanted = mem_printf("a slug such as '%s'", hass_buf_string(&slug));
        return schema_fail(wanted, value, err);
    }
    *ret_value = json_string(text);
    return 0;
}

const struct hass_field_type hass_type_slug = {
    .size = sizeof(struct hass_field_type),
    .name = "a slug",
    .check = check_slug,
    .json_type = "string",
    .selector = "text",
};

/* entities */

/* The lower-cased id of one entity, or NULL. */
static json_t *read_entity_id(const char *text, size_t length)
{
    while (length > 0 && ascii_is_space(text[length - 1]))
        length--;
    for (; length > 0 && ascii_is_space(*text); length--)
        text++;
    if (length > 255)
        return NULL;
    char id[256];
    memcpy(id, text, length);
    id[length] = 0;
    ascii_lower(id);
    return strlen(id) == length && hass_valid_entity_id(id) ? json_stringn(id, length) : NULL;
}

static int check_entity_id(const struct hass_field *field, const json_t *value, json_t **ret_value,
                           struct hass_error *err)
{
    json_t *id = json_is_string(value)
                     ? read_entity_id(json_string_value(value), json_string_length(value))
                     : NULL;

    if (!id)
        return schema_fail("an entity id such as light.kitchen", value, err);
    *ret_value = id;
    return 0;
}

const struct hass_field_type hass_type_entity_id = {
    .size = sizeof(struct hass_field_type),
    .name = "an entity id",
    .check = check_entity_id,
    .json_type = "string",
    .selector = "entity",
};

static int fail_entity_ids(const json_t *value, struct hass_error *err)
{
    return schema_fail("entity ids such as light.kitchen, 'all' or 'none'", value, err);
}

/* Reads "light.a, light.b". */
static int read_id_list(const json_t *value, json_t *ids, struct hass_error *err)
{
    const char *text = json_string_value(value);

    for (;;) {
        size_t length = strcspn(text, ",");
        json_t *id = read_entity_id(text, length);
        if (!id)
            return fail_entity_ids(value, err);
        json_array_append_new(ids, id);
        if (!text[length])
            return 0;
        text += length + 1;
    }
}

static int check_entity_ids(const struct hass_field *field, const json_t *value, json_t **ret_value,
                            struct hass_error *err)
{
    const char *text = json_string_value(value);

    if (text && (strcasecmp(text, "all") == 0 || strcasecmp(text, "none") == 0)) {
        *ret_value = json_string(strcasecmp(text, "all") == 0 ? "all" : "none");
        return 0;
    }
    autojson *ids = json_array();
    int r = 0;
    if (text)
        r = read_id_list(value, ids, err);
    else if (!json_is_array(value))
        r = fail_entity_ids(value, err);
    for (size_t i = 0; r >= 0 && i < json_array_size(value); i++) {
        json_t *id = NULL;
        r = check_entity_id(field, json_array_get(value, i), &id, err);
        if (id)
            json_array_append_new(ids, id);
    }
    if (r < 0)
        return r;
    *ret_value = steal(ids);
    return 0;
}

const struct hass_field_type hass_type_entity_ids = {
    .size = sizeof(struct hass_field_type),
    .name = "entity ids",
    .check = check_entity_ids,
    .selector = "entity",
};

/* services, icons */

static int check_service(const struct hass_field *field, const json_t *value, json_t **ret_value,
                         struct hass_error *err)
{
    const char *text = json_string_value(value);
    size_t length = text ? json_string_length(value) : 0;
    char name[256];

    if (!text || length >= sizeof(name))
        return schema_fail("an action such as light.turn_on", value, err);
    memcpy(name, text, length + 1);
    ascii_lower(name);
    // The rule is the one of entity ids: <domain>.<name>.
    if (strlen(name) != length || !hass_valid_entity_id(name))
        return schema_fail("an action such as light.turn_on", value, err);
    *ret_value = json_stringn(name, length);
    return 0;
}

const struct hass_field_type hass_type_service = {
    .size = sizeof(struct hass_field_type),
    .name = "an action",
    .check = check_service,
    .json_type = "string",
    .selector = "text",
};

static int check_icon(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    const char *text = json_string_value(value);

    if (!text || !strchr(text, ':'))
        return schema_fail("an icon such as mdi:home", value, err);
    *ret_value = hass_json_ref(value);
    return 0;
}

const struct hass_field_type hass_type_icon = {
    .size = sizeof(struct hass_field_type),
    .name = "an icon",
    .check = check_icon,
    .json_type = "string",
    .selector = "icon",
};

/* times of day */

/* Reads one or two digits up to @limit. Returns what follows, or NULL. */
static const char *read_two_digits(const char *text, int limit, int *ret_number)
{
    if (!ascii_is_digit(*text))
        return NULL;
    int number = *text++ - '0';
    if (ascii_is_digit(*text))
        number = 10 * number + (*text++ - '0');
    *ret_number = number;
    return number <= limit ? text : NULL;
}

static bool read_time(const char *text, int parts[3])
{
    static const int limits[] = { 23, 59, 59 };

    for (int i = 0; i < 3; i++) {
        text = read_two_digits(text, limits[i], &parts[i]);
        if (!text)
            return false;
        if (!*text)
            return i > 0;
        if (*text++ != ':')
            return false;
    }
    return false;
}

static int check_time(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    int parts[3] = { 0 };

    if (json_is_integer(value))
        return schema_fail("a time such as \"07:30\", in quotes", value, err);
    if (!json_is_string(value) || !read_time(json_string_value(value), parts))
        return schema_fail("a time such as 07:30 or 07:30:00", value, err);
    autofree char *text = mem_printf("%02d:%02d:%02d", parts[0], parts[1], parts[2]);
    *ret_value = json_string(text);
    return 0;
}

const struct hass_field_type hass_type_time = {
    .size = sizeof(struct hass_field_type),
    .name = "a time of day",
    .check = check_time,
    .json_type = "string",
    .selector = "time",
};

/* files, addresses, zones */

static int check_path(const struct hass_field *field, const json_t *value, json_t **ret_value,
                      struct hass_error *err)
{
    const char *path = json_string_value(value);
    struct stat status;

    if (!path || !*path)
        return schema_fail("the path of a file", value, err);
    if (stat(path, &status) < 0)
        return hass_fail(err, HASS_E_INVALID, "cannot find the file '%s': %s", path,
                         strerrordesc_np(errno));
    if (!S_ISREG(status.st_mode))
        return schema_fail("the path of a file, not of a folder or device", value, err);
    if (access(path, R_OK) < 0)
        return hass_fail(err, HASS_E_INVALID, "cannot read the file '%s': %s", path,
                         strerrordesc_np(errno));
    *ret_value = hass_json_ref(value);
    return 0;
}

const struct hass_field_type hass_type_path = {
    .size = sizeof(struct hass_field_type),
    .name = "the path of a file",
    .check = check_path,
    .json_type = "string",
    .selector = "text",
};

static int check_url(const struct hass_field *field, const json_t *value, json_t **ret_value,
                     struct hass_error *err)
{
    const char *text = json_string_value(value);
    size_t scheme = !text                                   ? 0
                    : strncasecmp(text, "http://", 7) == 0  ? 7
                    : strncasecmp(text, "https://", 8) == 0 ? 8
                                                            : 0;

    if (scheme == 0 || strcspn(text + scheme, "/?#") == 0 || strpbrk(text, " \t\r\n"))
        return schema_fail("a URL such as https://example.com", value, err);
    *ret_value = hass_json_ref(value);
    return 0;
}

const struct hass_field_type hass_type_url = {
    .size = sizeof(struct hass_field_type),
    .name = "a URL",
    .check = check_url,
    .json_type = "string",
    .selector = "text",
};

static int check_time_zone(const struct hass_field *field, const json_t *value, json_t **ret_value,
                           struct hass_error *err)
{
    struct hass_zone *zone = NULL;

    if (!json_is_string(value) || hass_zone_new(json_string_value(value), &zone, NULL) < 0)
        return schema_fail("a time zone such as Europe/Berlin", value, err);
    hass_zone_unref(zone);
    *ret_value = hass_json_ref(value);
    return 0;
}

const struct hass_field_type hass_type_time_zone = {
    .size = sizeof(struct hass_field_type),
    .name = "a time zone",
    .check = check_time_zone,
    .json_type = "string",
    .selector = "text",
};
