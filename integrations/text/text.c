/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The domain text: texts that are written by people and machines. Service set_value.
 *
 * Configuration: a list of platforms (`text: [{platform: …}]`); the domain has no options of its own.
 * A text that breaks its own limits is logged, and the state stays what it was.
 */
#include "text.h"

#include <regex.h>
#include <string.h>

#include <hass/domain.h>
#include <hass/integration.h>

#define SCAN_INTERVAL 30.0 /* seconds; the model's for this domain */

HASS_MANIFEST(.domain = "text", .name = "Text", .version = HASS_VERSION);

static const struct text_ops *ops_of(const struct hass_entity *entity)
{
    return hass_entity_domain_ops(entity);
}

/* What the limits say, with the defaults; a longer text cannot be a state. */
static struct text_limits limits_of(struct hass_entity *entity)
{
    const struct text_ops *ops = ops_of(entity);
    const struct text_limits *own = ops->limits ? ops->limits(entity) : NULL;
    struct text_limits limits;

    HASS_READ(&limits, own);
    if (!limits.max || limits.max > HASS_MAX_STATE)
        limits.max = HASS_MAX_STATE;
    return limits;
}

static size_t count_characters(const char *text)
{
    size_t count = 0;

    for (; *text; text++)
        count += ((unsigned char)*text & 0xc0) != 0x80;
    return count;
}

/* The pattern as POSIX has it: anchored, with a class for \d. */
static void translate(const char *pattern, struct hass_buf *buf)
{
    hass_buf_add_string(buf, "^(");
    for (; *pattern; pattern++) {
        if (pattern[0] == '\\' && pattern[1] == 'd') {
            hass_buf_add_string(buf, "[0-9]");
            pattern++;
        } else {
            hass_buf_add_char(buf, *pattern);
            if (pattern[0] == '\\' && pattern[1])
                hass_buf_add_char(buf, *++pattern);
        }
    }
    hass_buf_add_char(buf, ')');
}

/* A pattern that is none matches everything: the device knows better. */
static bool matches(const char *pattern, const char *text)
{
    autobuf posix = HASS_BUF_INIT;
    regex_t regex;

    translate(pattern, &posix);
    if (regcomp(&regex, hass_buf_string(&posix), REG_EXTENDED | REG_NOSUB) != 0)
        return true;
    bool good = regexec(&regex, text, 0, NULL, 0) == 0;
    regfree(&regex);
    return good;
}

/* Appends what is wrong with @text; nothing when it is good. */
static void find_problem(struct hass_entity *entity, const char *text, struct hass_buf *problem)
{
    struct text_limits limits = limits_of(entity);
    size_t length = count_characters(text);

    if (length < limits.min)
        hass_buf_printf(problem, "is too short (minimum length %u)", limits.min);
    else if (length > limits.max)
        hass_buf_printf(problem, "is too long (maximum length %u)", limits.max);
    else if (limits.pattern && !matches(limits.pattern, text))
        hass_buf_printf(problem, "doesn't match pattern %s", limits.pattern);
}

/* state and attributes */

static HASS_CALLBACK struct hass_value state(struct hass_entity *entity)
{
    const char *text = ops_of(entity)->native_value(entity);
    const char *entity_id = hass_entity_async_entity_id(entity);
    autobuf problem = HASS_BUF_INIT;

    if (text)
        find_problem(entity, text, &problem);
    if (!problem.length)
        return hass_value_string(text);
    hass_entity_log(HASS_LOG_ERROR, entity_id, "%s: its text %s", entity_id,
                    hass_buf_string(&problem));
    return hass_entity_former_state(entity);
}

static void capability_attributes(struct hass_entity *entity, struct hass_attrs_writer *writer)
{
    struct text_limits limits = limits_of(entity);

    hass_attrs_set_string(writer, "mode", limits.password ? "password" : "text");
    hass_attrs_set(writer, "min", HASS_INT(limits.min));
    hass_attrs_set(writer, "max", HASS_INT(limits.max));
    hass_attrs_set(writer, "pattern", hass_value_string(limits.pattern));
}

static const struct hass_domain_ops domain_ops = {
    .size = sizeof(struct hass_domain_ops),
    .state = state,
    .capability_attributes = capability_attributes,
};

/* service */

HASS_ENTITY_OP(set, struct text_ops, set_value, const char *)

static HASS_COROUTINE int set_value(struct hass_entity *entity,
                                    const struct hass_service_call *call, struct hass_error *err)
{
    const char *value = hass_json_get_string(hass_service_call_data(call), "value", "");
    autobuf problem = HASS_BUF_INIT;

    find_problem(entity, value, &problem);
    if (problem.length)
        return hass_fail(err, HASS_E_SERVICE_VALIDATION, "Value %s for %s %s", value,
                         hass_entity_async_entity_id(entity), hass_buf_string(&problem));
    return set(entity, call, value, err);
}

HASS_SCHEMA(set_value_schema,
            HASS_FIELD("value", &hass_type_string, .required = true, .doc = "The new text"));

static const struct hass_entity_service_row services[] = {
    HASS_ENTITY_SERVICE("set_value", "Sets a text", .schema = &set_value_schema,
                        .async_handler = set_value),
};

int async_setup(struct hass *hass, const json_t *config, struct hass_error *err)
{
    return HASS_DOMAIN_SETUP(hass, config, services, err, .domain = "text",
                             .scan_interval = SCAN_INTERVAL, .ops = &domain_ops);
}
