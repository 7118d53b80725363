/* SPDX-License-Identifier: Apache-2.0 */
/* The conditions that look at states: `state` compares texts and attributes, `numeric_state` numbers. */
#include <math.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/dt.h>
#include <hass/loop.h>
#include <hass/states.h>

#include "base/mem.h"
#include "helpers/condition.h"
#include "helpers/numeric_state.h"

static HASS_CALLBACK void detail(struct hass_trace *trace, const char *key, json_t *value)
{
    if (trace)
        hass_trace_async_detail(trace, NULL, key, value);
    else
        json_decref(value);
}

static HASS_CALLBACK void HASS_PRINTF(2, 3)
    explain(struct hass_trace *trace, const char *format, ...)
{
    va_list args;

    if (!trace)
        return;
    va_start(args, format);
    detail(trace, "message", json_vsprintf(format, args));
    va_end(args);
}

/* What is compared: the state's text, or an attribute. Owned by the caller; NULL: there is no such attribute. */
static HASS_CALLBACK json_t *value_of(const struct hass_state *state, const json_t *config,
                                      struct hass_trace *trace)
{
    const char *attribute = hass_json_get_string(config, "attribute", NULL);
    struct hass_value value;

    if (!attribute)
        return json_string_nocheck(hass_state_state(state));
    if (hass_state_attr(state, attribute, &value))
        return condition_value_as_json(value);
    explain(trace, "%s has no attribute '%s'", hass_state_entity_id(state), attribute);
    return NULL;
}

/* state */

static int check_state(const json_t *config, struct hass_error *err)
{
    const json_t *wanted = json_object_get(config, "state");
    bool strict = !json_object_get(config, "attribute");

    for (size_t i = 0; strict && i < json_array_size(wanted); i++) {
        autojson *text = NULL;
        if (check_type_text.check(NULL, json_array_get(wanted, i), &text, err) < 0)
            return hass_error_prefix(err, "state");
    }
    return 0;
}

HASS_SCHEMA(state_schema,
            HASS_FIELD("entity_id", &check_type_entities, .required = true,
                       .doc = "The entities, of which all must match"),
            HASS_FIELD("state", &hass_type_any, .required = true, .list = true,
                       .doc = "What the state, or attribute, must be: one of these"),
            HASS_FIELD("attribute", &hass_type_string,
                       .doc = "The attribute that is compared instead of the state"),
            HASS_FIELD("for", &check_type_period,
                       .doc = "How long the state must not have changed"),
            HASS_FIELD("match", &hass_type_enum, .words = HASS_WORDS("all", "any"),
                       .fallback = "\"all\"", .doc = "Whether one matching entity is enough"));

/* A wanted text that names one of these is what that entity says. */
static bool is_input(const char *text)
{
    static const char *const domains[] = { "input_select.", "input_text.", "input_number.",
                                           "input_boolean.", "input_datetime." };

    for (size_t i = 0; i < sizeof(domains) / sizeof(domains[0]); i++) {
        if (strncmp(text, domains[i], strlen(domains[i])) == 0)
            return hass_valid_entity_id(text);
    }
    return false;
}

/* What @wanted stands for, owned by the caller; NULL: an entity that is not there. */
static HASS_CALLBACK json_t *resolve(struct hass *hass, const json_t *wanted,
                                     struct hass_error *err)
{
    const char *text = json_string_value(wanted);

    if (!text || !is_input(text))
        return hass_json_ref(wanted);
    const struct hass_state *state = hass_states_async_get(hass, text);
    if (state)
        return json_string_nocheck(hass_state_state(state));
    hass_fail(err, HASS_E_CONDITION, "there is no entity %s, whose state is wanted", text);
    return NULL;
}

/* 1 when @value is one of those wanted. */
static HASS_CALLBACK int is_wanted(struct hass *hass, const json_t *value, const json_t *config,
                                   struct hass_trace *trace, struct hass_error *err)
{
    const json_t *all = json_object_get(config, "state");
    autojson *wanted = NULL;

    for (size_t i = 0; i < json_array_size(all); i++) {
        json_decref(wanted);
        wanted = resolve(hass, json_array_get(all, i), err);
        if (!wanted)
            return HASS_E_CONDITION;
        if (!hass_json_equal(value, wanted))
            continue;
        detail(trace, "wanted_state", steal(wanted));
        return 1;
    }
    if (wanted)
        detail(trace, "wanted_state", steal(wanted));
    return 0;
}

static HASS_CALLBACK int has_lasted(struct hass *hass, const struct hass_state *state,
                                    const json_t *config, struct hass_variables *variables,
                                    struct hass_trace *trace, struct hass_error *err)
{
    const json_t *period = json_object_get(config, "for");
    double seconds = 0;
    char since[HASS_DT_TEXT];

    if (!period)
        return 1;
    int r = check_period_async_render(hass, period, HASS_TEMPLATE_OPTIONS(.scope = variables),
                                      &seconds, err);
    if (r < 0) {
        hass_error_prefix(err, "for");
        return r;
    }
    int64_t must = hass_now(hass) - (int64_t)(seconds * HASS_USEC_PER_SEC);
    hass_dt_iso(must, NULL, since);
    detail(trace, "duration", json_string(since));
    return must > hass_state_last_changed(state);
}

static HASS_CALLBACK int test_state(struct hass *hass, const struct hass_state *state,
                                    const json_t *config, void *data,
                                    struct hass_variables *variables, struct hass_trace *trace,
                                    struct hass_error *err)
{
    autojson *value = value_of(state, config, trace);

    if (!value)
        return 0;
    detail(trace, "state", hass_json_ref(value));
    int r = is_wanted(hass, value, config, trace, err);
    return r <= 0 ? r : has_lasted(hass, state, config, variables, trace, err);
}

static HASS_CALLBACK int test_states(struct hass *hass, const json_t *config, void *data,
                                     struct hass_variables *variables, struct hass_trace *trace,
                                     struct hass_error *err)
{
    bool any = strcmp(hass_json_get_string(config, "match", "all"), "any") == 0;

    return condition_async_test_entities(hass, config, data, any, test_state, variables, trace,
                                         err);
}

const struct hass_condition_kind condition_state =
    HASS_CONDITION_KIND(.name = "state", .schema = &state_schema, .check = check_state,
                        .async_test = test_states);

/* numeric_state */

static int check_numeric(const json_t *config, struct hass_error *err)
{
    if (json_object_get(config, "above") || json_object_get(config, "below"))
        return 0;
    return hass_fail(err, HASS_E_INVALID, "expected 'above', 'below', or both");
}

HASS_SCHEMA(numeric_schema,
            HASS_FIELD("entity_id", &check_type_entities, .required = true,
                       .doc = "The entities, of which all must match"),
            HASS_FIELD("above", &check_type_bound,
                       .doc = "The number, or the entity that has it, which it must be above"),
            HASS_FIELD("below", &check_type_bound,
                       .doc = "The number, or the entity that has it, which it must be below"),
            HASS_FIELD("attribute", &hass_type_string,
                       .doc = "The attribute that is compared instead of the state"),
            HASS_FIELD("value_template", &hass_type_template,
                       .doc = "Makes the number out of `state`"));

static void destroy_numeric(void *data)
{
    numeric_state_fini(data);
    free(data);
}

static HASS_CALLBACK int prepare_numeric(struct hass *hass, const json_t *config, void **ret_data,
                                         struct hass_error *err)
{
    struct numeric_state *numeric = mem_zalloc(sizeof(*numeric));

    *ret_data = numeric;
    return numeric_state_init(numeric, hass, config, err);
}

static HASS_CALLBACK void detail_bound(struct hass_trace *trace, const char *key,
                                       const json_t *bound)
{
    if (bound)
        detail(trace, key, hass_json_ref(bound));
}

static HASS_CALLBACK int test_numeric(struct hass *hass, const struct hass_state *state,
                                      const json_t *config, void *data,
                                      struct hass_variables *variables, struct hass_trace *trace,
                                      struct hass_error *err)
{
    const struct numeric_state *numeric = data;
    double number = NAN;
    int r = numeric_state_test(hass, numeric, hass_state_entity_id(state), state, NULL, variables,
                               &number, err);

    if (r < 0 || !trace)
        return r;
    if (isfinite(number))
        detail(trace, "state", json_real(number));
    else
        explain(trace, "%s has no number at the moment", hass_state_entity_id(state));
    if (r == 0) {
        detail_bound(trace, "wanted_state_above", numeric->above);
        detail_bound(trace, "wanted_state_below", numeric->below);
    }
    return r;
}

static HASS_CALLBACK int test_numerics(struct hass *hass, const json_t *config, void *data,
                                       struct hass_variables *variables, struct hass_trace *trace,
                                       struct hass_error *err)
{
    return condition_async_test_entities(hass, config, data, false, test_numeric, variables, trace,
                                         err);
}

const struct hass_condition_kind condition_numeric_state =
    HASS_CONDITION_KIND(.name = "numeric_state", .schema = &numeric_schema, .check = check_numeric,
                        .async_prepare = prepare_numeric, .destroy = destroy_numeric,
                        .async_test = test_numerics);
