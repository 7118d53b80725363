/* SPDX-License-Identifier: Apache-2.0 */
/* What keys each kind of action has, and of what type they are. */
#include <string.h>

#include "data/schema_text.h"
#include "helpers/check_types.h"
#include "helpers/script_check.h"

/* types */

static bool is_template(const json_t *value)
{
    return json_is_string(value) && hass_is_template_string(json_string_value(value));
}

static int check_action(const struct hass_field *field, const json_t *value, json_t **ret_value,
                        struct hass_error *err)
{
    return is_template(value) ? hass_type_template.check(field, value, ret_value, err)
                              : hass_type_service.check(field, value, ret_value, err);
}

static const struct hass_field_type type_action = {
    .size = sizeof(struct hass_field_type),
    .name = "an action or a template",
    .check = check_action,
    .json_type = "string",
    .selector = "text",
};

static int check_map(const struct hass_field *field, const json_t *value, json_t **ret_value,
                     struct hass_error *err)
{
    if (is_template(value))
        return hass_type_template.check(field, value, ret_value, err);
    if (!json_is_object(value))
        return schema_fail("a map, or a template that gives one", value, err);
    return hass_type_template_complex.check(field, value, ret_value, err);
}

static const struct hass_field_type type_map = {
    .size = sizeof(struct hass_field_type),
    .name = "a map or a template",
    .check = check_map,
    .selector = "object",
};

static int check_variables(const struct hass_field *field, const json_t *value, json_t **ret_value,
                           struct hass_error *err)
{
    if (!json_is_object(value))
        return schema_fail("a map of names and values", value, err);
    return hass_type_template_complex.check(field, value, ret_value, err);
}

static const struct hass_field_type type_variables = {
    .size = sizeof(struct hass_field_type),
    .name = "a map of names and values",
    .check = check_variables,
    .selector = "object",
};

static int check_items(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    if (is_template(value))
        return hass_type_template.check(field, value, ret_value, err);
    if (!json_is_array(value))
        return schema_fail("a list, or a template that gives one", value, err);
    return hass_type_template_complex.check(field, value, ret_value, err);
}

static const struct hass_field_type type_items = {
    .size = sizeof(struct hass_field_type),
    .name = "a list or a template",
    .check = check_items,
    .selector = "object",
};

static int check_count(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    return is_template(value) ? hass_type_template.check(field, value, ret_value, err)
                              : hass_type_int.check(field, value, ret_value, err);
}

static const struct hass_field_type type_count = {
    .size = sizeof(struct hass_field_type),
    .name = "a whole number or a template",
    .check = check_count,
    .selector = "number",
};

static int check_scene(const struct hass_field *field, const json_t *value, json_t **ret_value,
                       struct hass_error *err)
{
    json_t *id = NULL;

    if (hass_type_entity_id.check(field, value, &id, NULL) < 0 ||
        strncmp(json_string_value(id), "scene.", 6) != 0) {
        json_decref(id);
        return schema_fail("a scene such as scene.evening", value, err);
    }
    *ret_value = id;
    return 0;
}

static const struct hass_field_type type_scene = {
    .size = sizeof(struct hass_field_type),
    .name = "a scene",
    .check = check_scene,
    .json_type = "string",
    .selector = "entity",
};

/* targets */

/* Ids that need not be of a form, or templates: one or a list → a list; a template alone stays one. */
static int check_ids(const struct hass_field *field, const json_t *value, json_t **ret_value,
                     struct hass_error *err)
{
    autojson *list = json_is_array(value) ? hass_json_ref(value) : json_pack("[O]", value);
    const json_t *item;
    size_t i;

    if (is_template(value))
        return hass_type_template.check(field, value, ret_value, err);
    json_array_foreach(list, i, item)
        if (!json_is_string(item))
            return schema_fail("an id or a list of ids", item, err);
    int r = hass_type_template_complex.check(field, list, ret_value, err);
    return r < 0 ? r : 0;
}

static const struct hass_field_type type_ids = {
    .size = sizeof(struct hass_field_type),
    .name = "ids or a template",
    .check = check_ids,
    .selector = "object",
};

static bool has_template(const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++)
        if (is_template(json_array_get(list, i)))
            return true;
    return false;
}

static int check_entities(const struct hass_field *field, const json_t *value, json_t **ret_value,
                          struct hass_error *err)
{
    if (is_template(value) || has_template(value))
        return check_ids(field, value, ret_value, err);
    if (hass_type_entity_ids.check(field, value, ret_value, err) == 0)
        return 0;
    /* Ids of the registry, which the editor writes, are good, too. */
    struct hass_error other = HASS_ERROR_INIT;
    if (check_type_entities.check(field, value, ret_value, &other) < 0)
        return HASS_E_INVALID;
    hass_error_clear(err);
    return 0;
}

static const struct hass_field_type type_entities = {
    .size = sizeof(struct hass_field_type),
    .name = "entity ids or a template",
    .check = check_entities,
    .selector = "entity",
};

static const struct hass_field target_fields[] = {
    HASS_FIELD("entity_id", &type_entities, .doc = "Entities, all or none"),
    HASS_FIELD("device_id", &type_ids, .doc = "Devices, whose entities are meant"),
    HASS_FIELD("area_id", &type_ids, .doc = "Areas, whose entities are meant"),
    HASS_FIELD("floor_id", &type_ids, .doc = "Floors, whose areas are meant"),
    HASS_FIELD("label_id", &type_ids, .doc = "Labels, and what has them"),
};

const struct hass_schema script_target_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(target_fields) / sizeof(*target_fields),
    .fields = target_fields,
};

/* A template instead of the map. */
static int check_target(const struct hass_field *field, const json_t *value, json_t **ret_value,
                        struct hass_error *err)
{
    return json_is_string(value) ? hass_type_template.check(field, value, ret_value, err)
                                 : hass_type_any.check(field, value, ret_value, err);
}

static const struct hass_field_type type_target = {
    .size = sizeof(struct hass_field_type),
    .name = "a target or a template",
    .check = check_target,
    .selector = "target",
};

/* kinds */

#define COMMON                                                                                     \
    HASS_FIELD("alias", &hass_type_string, .doc = "What people call this step"),                   \
        HASS_FIELD("enabled", &check_type_enabled, .doc = "False leaves it out"),                  \
        HASS_FIELD("continue_on_error", &hass_type_bool, .doc = "An error of it ends nothing")

#define TIMEOUT                                                                                    \
    HASS_FIELD("timeout", &check_type_period, .doc = "How long to wait at most"),                  \
        HASS_FIELD("continue_on_timeout", &hass_type_bool,                                         \
                   .doc = "False ends the script when the time is over")

HASS_SCHEMA(call_schema, COMMON,
            HASS_FIELD("action", &type_action, .exclusive = "action", .doc = "What is called"),
            HASS_FIELD("service", &type_action, .exclusive = "action", .doc = "The same"),
            HASS_FIELD("service_template", &type_action, .exclusive = "action", .doc = "The same"),
            HASS_FIELD("data", &type_map, .doc = "What is handed over"),
            HASS_FIELD("data_template", &type_map, .doc = "The same, put in after data"),
            HASS_FIELD("target", &type_target, .doc = "On what it acts"),
            HASS_FIELD("entity_id", &type_entities, .doc = "The entities of the target"),
            HASS_FIELD("response_variable", &hass_type_string,
                       .doc = "The variable that gets the answer"),
            HASS_FIELD("metadata", &hass_type_any, .doc = "The editor's own"));

static const struct script_member call_members[] = {
    { "target", script_check_target },
    { NULL },
};

HASS_SCHEMA(delay_schema, COMMON,
            HASS_FIELD("delay", &check_type_period, .required = true, .doc = "How long to wait"));

HASS_SCHEMA(wait_template_schema, COMMON, TIMEOUT,
            HASS_FIELD("wait_template", &hass_type_template, .required = true,
                       .doc = "Waits until it is true"));

HASS_SCHEMA(wait_for_trigger_schema, COMMON, TIMEOUT,
            HASS_FIELD("wait_for_trigger", &hass_type_any, .required = true, .nullable = true,
                       .doc = "Waits until one of these triggers fires"));

static const struct script_member wait_for_trigger_members[] = {
    { "wait_for_trigger", script_check_triggers },
    { NULL },
};

HASS_SCHEMA(event_schema, COMMON,
            HASS_FIELD("event", &hass_type_string, .required = true, .doc = "The event to fire"),
            HASS_FIELD("event_data", &type_variables, .doc = "Its data"),
            HASS_FIELD("event_data_template", &type_variables,
                       .doc = "The same, put in after event_data"));

HASS_SCHEMA_WITH(device_schema, (.extra = true), COMMON,
                 HASS_FIELD("device_id", &hass_type_string, .required = true,
                            .doc = "The device that does it"),
                 HASS_FIELD("domain", &hass_type_string, .required = true,
                            .doc = "The integration that knows how"));

HASS_SCHEMA(scene_schema, COMMON,
            HASS_FIELD("scene", &type_scene, .required = true, .doc = "The scene to turn on"),
            HASS_FIELD("metadata", &hass_type_any, .doc = "The editor's own"));

HASS_SCHEMA(repeat_schema, COMMON,
            HASS_FIELD("repeat", &hass_type_any, .required = true, .doc = "What, and how often"));

static const struct script_member repeat_members[] = {
    { "repeat", script_check_repeat },
    { NULL },
};

HASS_SCHEMA(choose_schema, COMMON,
            HASS_FIELD("choose", &hass_type_any, .required = true, .nullable = true,
                       .doc = "The first option whose conditions hold is run"),
            HASS_FIELD("default", &hass_type_any, .nullable = true,
                       .doc = "What is run when none holds"));

static const struct script_member choose_members[] = {
    { "choose", script_check_options },
    { "default", script_check_sequence },
    { NULL },
};

HASS_SCHEMA(if_schema, COMMON,
            HASS_FIELD("if", &hass_type_any, .required = true, .doc = "The conditions"),
            HASS_FIELD("then", &hass_type_any, .required = true, .nullable = true,
                       .doc = "What is run when they hold"),
            HASS_FIELD("else", &hass_type_any, .nullable = true,
                       .doc = "What is run when they do not"));

static const struct script_member if_members[] = {
    { "if", script_check_conditions },
    { "then", script_check_sequence },
    { "else", script_check_sequence },
    { NULL },
};

HASS_SCHEMA(parallel_schema, COMMON,
            HASS_FIELD("parallel", &hass_type_any, .required = true, .nullable = true,
                       .doc = "Sequences that run at the same time"));

static const struct script_member parallel_members[] = {
    { "parallel", script_check_branches },
    { NULL },
};

HASS_SCHEMA(sequence_schema, COMMON,
            HASS_FIELD("sequence", &hass_type_any, .required = true, .nullable = true,
                       .doc = "Steps that belong together"),
            HASS_FIELD("metadata", &hass_type_any, .doc = "The editor's own"));

static const struct script_member sequence_members[] = {
    { "sequence", script_check_sequence },
    { NULL },
};

HASS_SCHEMA(variables_schema, COMMON,
            HASS_FIELD("variables", &type_variables, .required = true,
                       .doc = "Names and what they mean from here on"));

HASS_SCHEMA(stop_schema, COMMON,
            HASS_FIELD("stop", &hass_type_string, .required = true, .nullable = true,
                       .doc = "Why it ends here"),
            HASS_FIELD("error", &hass_type_bool, .exclusive = "end", .doc = "It ends as aborted"),
            HASS_FIELD("response_variable", &hass_type_string, .exclusive = "end",
                       .doc = "The variable that is the script's answer"));

HASS_SCHEMA(response_schema, COMMON,
            HASS_FIELD("set_conversation_response", &hass_type_template, .required = true,
                       .nullable = true, .doc = "What is said in answer"));

const struct script_kind script_kinds[] = {
    { "delay", .schema = &delay_schema },
    { "wait_template", .schema = &wait_template_schema },
    { "condition" },
    { "and" },
    { "or" },
    { "not" },
    { "event", .schema = &event_schema },
    { "device_id", .schema = &device_schema },
    { "scene", .schema = &scene_schema },
    { "repeat", .schema = &repeat_schema, .members = repeat_members },
    { "choose", .schema = &choose_schema, .members = choose_members },
    { "wait_for_trigger", .schema = &wait_for_trigger_schema, .members = wait_for_trigger_members },
    { "variables", .schema = &variables_schema },
    { "if", .schema = &if_schema, .members = if_members },
    { "action", .schema = &call_schema, .members = call_members },
    { "service", "action", .schema = &call_schema, .members = call_members },
    { "service_template", "action", .schema = &call_schema, .members = call_members },
    { "stop", .schema = &stop_schema },
    { "parallel", .schema = &parallel_schema, .members = parallel_members },
    { "set_conversation_response", .schema = &response_schema },
    { "sequence", .schema = &sequence_schema, .members = sequence_members },
    { NULL },
};

/* parts of them */

static const struct hass_field option_fields[] = {
    HASS_FIELD("alias", &hass_type_string, .doc = "What people call it"),
    HASS_FIELD("enabled", &check_type_enabled, .doc = "False leaves it out"),
    HASS_FIELD("conditions", &hass_type_any, .required = true,
               .doc = "When it is chosen: all of these hold"),
    HASS_FIELD("sequence", &hass_type_any, .required = true, .nullable = true,
               .doc = "What is run then"),
};

const struct hass_schema script_option_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(option_fields) / sizeof(*option_fields),
    .fields = option_fields,
};

const struct script_member script_option_members[] = {
    { "conditions", script_check_conditions },
    { "sequence", script_check_sequence },
    { NULL },
};

static int check_loop(const json_t *repeat, struct hass_error *err)
{
    static const char *const loops[] = { "count", "for_each", "while", "until" };

    for (size_t i = 0; i < sizeof(loops) / sizeof(*loops); i++)
        if (hass_json_get(repeat, loops[i]))
            return 0;
    return hass_fail(err, HASS_E_INVALID,
                     "expected one of count, for_each, while and until beside the sequence");
}

static const struct hass_field loop_fields[] = {
    HASS_FIELD("count", &type_count, .exclusive = "loop", .doc = "How often"),
    HASS_FIELD("for_each", &type_items, .exclusive = "loop", .doc = "Once for each of these"),
    HASS_FIELD("while", &hass_type_any, .exclusive = "loop",
               .doc = "As long as these hold, tested before"),
    HASS_FIELD("until", &hass_type_any, .exclusive = "loop",
               .doc = "Until these hold, tested after"),
    HASS_FIELD("sequence", &hass_type_any, .required = true, .nullable = true,
               .doc = "What is repeated"),
};

const struct hass_schema script_repeat_schema = {
    .size = sizeof(struct hass_schema),
    .count = sizeof(loop_fields) / sizeof(*loop_fields),
    .fields = loop_fields,
    .check = check_loop,
};

const struct script_member script_repeat_members[] = {
    { "while", script_check_conditions },
    { "until", script_check_conditions },
    { "sequence", script_check_sequence },
    { NULL },
};
