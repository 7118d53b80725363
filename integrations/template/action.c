/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of actions, as far as they are service calls: data and target are templates, the steps run one after the other. Whatever
 * else a script can do is refused when the configuration is read.
 */
#include <errno.h>

#include "parts.h"

static const char *const call_keys[] = {
    "action",        "service", "service_template",  "data",
    "data_template", "target",  "entity_id",         "metadata",
    "alias",         "enabled", "continue_on_error", NULL,
};
static const char *const service_keys[] = { "action", "service", "service_template", NULL };

static const char *service_of(const json_t *step)
{
    const char *service = NULL;

    for (size_t i = 0; !service && service_keys[i]; i++)
        service = hass_json_get_string(step, service_keys[i], NULL);
    return service;
}

static int check_keys(const json_t *step, struct hass_error *err)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)step, key, value) {
        if (hass_words_find(call_keys, key) >= 0)
            continue;
        return hass_fail(err, HASS_E_INVALID,
                         "%s: steps other than service calls need the script engine, which this "
                         "version does not have",
                         key);
    }
    return 0;
}

static int check_texts(const json_t *value, struct hass_error *err)
{
    const char *key;
    json_t *member;
    size_t index;
    int r = 0;

    if (json_is_string(value) && hass_is_template_string(json_string_value(value)))
        return hass_template_check(json_string_value(value), NULL, err);
    json_array_foreach((json_t *)value, index, member)
        if (r == 0)
            r = check_texts(member, err);
    json_object_foreach((json_t *)value, key, member)
        if (r == 0)
            r = check_texts(member, err);
    return r;
}

static int check_step(const json_t *step, struct hass_error *err)
{
    if (!json_is_object(step))
        return hass_fail(err, HASS_E_INVALID,
                         "expected an action such as {action: light.turn_on, target: …}");
    const char *service = service_of(step);
    int r = check_keys(step, err);
    if (r < 0)
        return r;
    if (!service)
        return hass_fail(err, HASS_E_INVALID, "an action lacks the service that it calls: action");
    if (!hass_is_template_string(service) && !strchr(service, '.'))
        return hass_fail(err, HASS_E_INVALID, "expected a service such as light.turn_on, got '%s'",
                         service);
    return check_texts(step, err);
}

int template_action_check(const json_t *value, json_t **ret_steps, struct hass_error *err)
{
    autojson *steps = json_array();
    size_t index;
    json_t *step;

    if (json_is_array(value))
        json_array_extend(steps, (json_t *)value);
    else if (!json_is_null(value))
        json_array_append(steps, (json_t *)value);
    json_array_foreach(steps, index, step) {
        int r = check_step(step, err);
        if (r < 0)
            return r;
    }
    *ret_steps = steal(steps);
    return 0;
}

/* running */

static HASS_CALLBACK json_t *render(struct hass *hass, const json_t *value,
                                    const struct hass_template_variables *variables,
                                    struct hass_error *err)
{
    json_t *rendered = NULL;

    (void)hass_template_async_render_complex(
        hass, value, HASS_TEMPLATE_OPTIONS(.variables = variables), &rendered, err);
    return rendered;
}

/* Data, the older data_template over it, and the entity that stands beside them. */
static json_t *data_of(const json_t *step)
{
    static const char *const parts[] = { "data", "data_template", "target", NULL };
    const json_t *entity_id = hass_json_get(step, "entity_id");
    json_t *data = json_object();

    for (size_t i = 0; parts[i]; i++) {
        const json_t *part = hass_json_get(step, parts[i]);
        if (json_is_object(part))
            json_object_update(data, (json_t *)part);
    }
    if (entity_id)
        json_object_set(data, "entity_id", (json_t *)entity_id);
    return data;
}

static HASS_COROUTINE int run_step(struct hass_entity *entity, const json_t *step,
                                   const struct hass_template_variables *variables,
                                   struct hass_error *err)
{
    struct hass *hass = hass_entity_hass(entity);
    autojson *name = json_string(service_of(step));
    autojson *plain = data_of(step);
    autojson *service = render(hass, name, variables, err);
    autojson *data = service ? render(hass, plain, variables, err) : NULL;

    if (!data)
        return err->code;
    autofree char *domain = strdup(json_is_string(service) ? json_string_value(service) : "");
    char *dot = strchr(domain, '.');
    if (!dot)
        return hass_fail(err, HASS_E_INVALID, "expected a service such as light.turn_on, got '%s'",
                         domain);
    *dot = '\0';
    const struct hass_call_options options = {
        .size = sizeof(options),
        .blocking = true,
        .context = hass_entity_async_context(entity),
    };
    return hass_services_async_call(hass, domain, dot + 1, steal(data), &options, NULL, err);
}

int template_action_async_run(struct hass_entity *entity, const json_t *steps,
                              const struct hass_template_variables *variables,
                              struct hass_error *err)
{
    size_t index;
    json_t *step;

    json_array_foreach((json_t *)steps, index, step) {
        struct hass_error own = HASS_ERROR_INIT;
        if (!hass_json_get_bool(step, "enabled", true))
            continue;
        int r = run_step(entity, step, variables, &own);
        if (r >= 0)
            continue;
        if (r == -ECANCELED || !hass_json_get_bool(step, "continue_on_error", false))
            return hass_error_copy(err, &own);
        hass_warning("step %zu failed, and the next follows: %s", index + 1, own.message);
    }
    return 0;
}
