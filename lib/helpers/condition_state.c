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
#include "template/vm.h"

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

struct numeric {
    struct hass_template *template; /* or NULL */
};

static void destroy_numeric(void *data)
{
    struct numeric *numeric = data;

    hass_template_unref(numeric->template);
    free(numeric);
}

static HASS_CALLBACK int prepare_numeric(struct hass *hass, const json_t *config, void **ret_data,
                                         struct hass_error *err)
{
    const char *text = hass_json_get_string(config, "value_template", NULL);
    struct hass_template *template = NULL;
    int r = text ? hass_template_new(hass, text, &template, err) : 0;

    if (r < 0)
        return r;
    struct numeric *numeric = mem_zalloc(sizeof(*numeric));
    numeric->template = template;
    *ret_data = numeric;
    return 0;
}

/* `state` and what the run has. */
static HASS_CALLBACK int render_value(struct hass_template *template,
                                      const struct hass_state *state,
                                      struct hass_variables *variables, json_t **ret_value,
                                      struct hass_error *err)
{
    autounref(hass_template_variables) *own = hass_template_variables_create();

    hass_template_variables_set_state(own, "state", state);
    return hass_template_async_render(
        template, HASS_TEMPLATE_OPTIONS(.variables = own, .scope = variables), ret_value, err);
}

/* 1 with the number; 0: there is none at the moment. */
static int read_number(const json_t *value, double *ret_number)
{
    const char *text = json_string_value(value);

    if (json_is_null(value) || (text && (strcmp(text, HASS_STATE_UNKNOWN) == 0 ||
                                         strcmp(text, HASS_STATE_UNAVAILABLE) == 0)))
        return 0;
    if (json_is_number(value))
        *ret_number = json_number_value(value);
    else if (json_is_boolean(value))
        *ret_number = json_is_true(value);
    else if (!text || !tmpl_parse_float(text, strlen(text), ret_number) || isnan(*ret_number))
        return HASS_E_CONDITION;
    return 1;
}

static int fail_number(const struct hass_state *state, const json_t *value, struct hass_error *err)
{
    autobuf text = HASS_BUF_INIT;

    hass_json_write(value, &text);
    return hass_fail(err, HASS_E_CONDITION, "%s is no number: %s", hass_state_entity_id(state),
                     hass_buf_string(&text));
}

/* 1 with the bound, 0 when its entity has none at the moment. */
static HASS_CALLBACK int read_bound(struct hass *hass, const json_t *bound, double *ret_number,
                                    struct hass_error *err)
{
    const char *id = json_string_value(bound);

    if (!id) {
        *ret_number = json_number_value(bound);
        return 1;
    }
    const char *entity_id = check_entity_id(hass, id);
    const struct hass_state *state = entity_id ? hass_states_async_get(hass, entity_id) : NULL;
    if (!state)
        return hass_fail(err, HASS_E_CONDITION, "there is no entity %s, which is a bound", id);
    autojson *value = json_string_nocheck(hass_state_state(state));
    int r = read_number(value, ret_number);
    return r < 0 ? fail_number(state, value, err) : r;
}

/* Is @number on the right side of the bound @key? */
static HASS_CALLBACK int is_within(struct hass *hass, const json_t *config, const char *key,
                                   double number, struct hass_trace *trace, struct hass_error *err)
{
    const json_t *bound = json_object_get(config, key);
    bool above = strcmp(key, "above") == 0;
    double limit = 0;

    if (!bound)
        return 1;
    int r = read_bound(hass, bound, &limit, err);
    if (r < 0)
        return r;
    if (r == 0) {
        explain(trace, "%s has no number at the moment", json_string_value(bound));
        return 0;
    }
    if (above ? number > limit : number < limit)
        return 1;
    detail(trace, above ? "wanted_state_above" : "wanted_state_below", json_real(limit));
    return 0;
}

static HASS_CALLBACK int test_number(struct hass *hass, const struct hass_state *state,
                                     const json_t *config, const json_t *value,
                                     struct hass_trace *trace, struct hass_error *err)
{
    double number = 0;
    int r = read_number(value, &number);

    if (r < 0)
        return fail_number(state, value, err);
    if (r == 0) {
        explain(trace, "%s has no number at the moment", hass_state_entity_id(state));
        return 0;
    }
    detail(trace, "state", json_real(number));
    r = is_within(hass, config, "below", number, trace, err);
    return r <= 0 ? r : is_within(hass, config, "above", number, trace, err);
}

static HASS_CALLBACK int test_numeric(struct hass *hass, const struct hass_state *state,
                                      const json_t *config, void *data,
                                      struct hass_variables *variables, struct hass_trace *trace,
                                      struct hass_error *err)
{
    const struct numeric *numeric = data;
    autojson *own = value_of(state, config, trace), *rendered = NULL;

    if (!own)
        return 0;
    if (!numeric->template)
        return test_number(hass, state, config, own, trace, err);
    int r = render_value(numeric->template, state, variables, &rendered, err);
    if (r < 0) {
        hass_error_prefix(err, "value_template");
        return r;
    }
    return test_number(hass, state, config, rendered, trace, err);
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
