/* SPDX-License-Identifier: Apache-2.0 */
/* The owner of triggers. What it keeps goes with the home. */
#include "support/triggers.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static HASS_CALLBACK int on_fired(struct hass *hass, struct hass_variables *variables,
                                  const struct hass_context *context, void *userdata,
                                  struct hass_error *err)
{
    struct fired *fired = userdata;

    json_array_append_new(fired->seen, hass_variables_as_json(variables));
    json_array_append_new(fired->times, json_real((double)(hass_now(hass) - fired->began) / 1e6));
    hass_context_unref(fired->context);
    fired->context = context ? hass_context_ref(context) : NULL;
    if (fired->detach)
        triggers_detach(fired);
    return 0;
}

static HASS_CALLBACK void on_nearly(struct hass *hass, size_t index, const char *reason,
                                    void *userdata)
{
    struct fired *fired = userdata;

    json_array_append_new(fired->nearly, json_string(reason));
}

/* With the home it was made for. */
static void fired_destroy(void *object)
{
    struct fired *fired = object;

    hass__assert_loop();
    triggers_detach(fired);
    json_decref(fired->seen);
    json_decref(fired->times);
    json_decref(fired->nearly);
    hass_context_unref(fired->context);
    free(fired);
}

static HASS_CALLBACK struct fired *fired_new(struct hass *hass)
{
    static unsigned count;
    struct fired *fired = calloc(1, sizeof(*fired));
    char key[32];

    fired->seen = json_array();
    fired->times = json_array();
    fired->nearly = json_array();
    fired->began = hass_now(hass);
    snprintf(key, sizeof(key), "test.fired.%u", count++);
    test_require(hass_async_set_data(hass, key, fired, fired_destroy, NULL) == 0, "no place");
    return fired;
}

struct fired *triggers_attach_with(struct hass *hass, const char *config,
                                   const struct hass_triggers_options *given)
{
    struct hass_triggers_options options;
    autojson *written = test_json(config), *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;
    struct fired *fired = fired_new(hass);

    HASS_READ(&options, given);
    test_require(hass_triggers_check(hass, written, &checked, &err) == 0, "%s", err.message);
    options.size = sizeof(options);
    options.config = checked;
    options.name = "test.owner";
    options.fired = on_fired;
    options.nearly = on_nearly;
    options.userdata = fired;
    test_require(hass_triggers_async_attach(hass, &options, &fired->triggers, &err) >= 0, "%s",
                 err.message);
    return fired;
}

struct fired *triggers_attach(struct hass *hass, const char *config)
{
    return triggers_attach_with(hass, config, HASS_TRIGGERS_OPTIONS(.at_start = false));
}

void triggers_detach(struct fired *fired)
{
    fired->triggers = hass_triggers_async_detach(fired->triggers);
}

size_t fired_count(const struct fired *fired)
{
    return json_array_size(fired->seen);
}

size_t fired_pending(const struct fired *fired)
{
    hass__assert_loop();
    autojson *pending = hass_triggers_async_pending(fired->triggers);

    return json_array_size(pending);
}

const json_t *fired_field(const struct fired *fired, size_t index, const char *path)
{
    const json_t *at = hass_json_get(json_array_get(fired->seen, index), "trigger");
    char *copy = strdup(path), *rest = copy;

    for (char *name; at && (name = strsep(&rest, ".")) != NULL;)
        at = hass_json_get(at, name);
    free(copy);
    return at;
}

const char *fired_text(const struct fired *fired, size_t index, const char *path)
{
    const char *text = json_string_value(fired_field(fired, index, path));

    return text ? text : "(none)";
}

double fired_at(const struct fired *fired, size_t index)
{
    return json_number_value(json_array_get(fired->times, index));
}

static int by_text(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

char *fired_keys(const struct fired *fired, size_t index)
{
    const json_t *trigger = hass_json_get(json_array_get(fired->seen, index), "trigger");
    size_t count = 0;
    const char *names[32], *key;
    json_t *value;
    struct hass_buf buf = HASS_BUF_INIT;

    json_object_foreach((json_t *)trigger, key, value)
        names[count++] = key;
    qsort(names, count, sizeof(names[0]), by_text);
    for (size_t i = 0; i < count; i++)
        hass_buf_printf(&buf, "%s%s", i ? "," : "", names[i]);
    return hass_buf_steal(&buf);
}

const char *fired_nearly(const struct fired *fired, size_t index)
{
    const char *text = json_string_value(json_array_get(fired->nearly, index));

    return text ? text : "(none)";
}

void set_state(struct hass *hass, const char *entity_id, const char *state, const char *attributes)
{
    struct hass_error err = HASS_ERROR_INIT;

    test_require(hass_states_async_set(hass, entity_id, state,
                                       attributes ? test_json(attributes) : NULL, NULL, &err) == 0,
                 "%s", err.message);
}

void triggers_assert_refused(const char *config, const char *message)
{
    autojson *written = test_json(config), *checked = NULL;
    struct hass_error err = HASS_ERROR_INIT;

    ck_assert_int_eq(hass_triggers_check(NULL, written, &checked, &err), HASS_E_INVALID);
    ck_assert_ptr_null(checked);
    ck_assert_str_eq(err.message, message);
}
