/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Conditions that have been compiled, and what they answer. A test carries its path for the trace along in the hass, since nothing suspends
 * while conditions are tested; kinds begin steps below it. A condition that is switched off answers nothing, which no list minds.
 */
#include "helpers/condition.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/log.h>
#include <hass/states.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/helpers.h"

#define NOTHING 2 /* what a condition answers that is switched off */

struct hass_condition {
    struct hass_condition_kind kind;
    enum condition_container container;
    struct scope *scope;             /* of a kind that is not built in, counted; or NULL */
    json_t *config;                  /* counted */
    struct hass_conditions *members; /* of a container; what another kind maps to */
    void *data;                      /* of the kind */
    bool enabled;
};

struct hass_conditions {
    struct hass *hass;
    size_t count;
    struct hass_condition items[];
};

/* A test in progress, on the stack of hass_conditions_async_test. */
struct condition_test {
    struct hass *hass;
    struct hass_variables *variables;
    struct hass_trace *trace;
    struct hass_buf path; /* of the step that is being tested */
};

/* compiling */

static void condition_fini(struct hass_condition *condition)
{
    if (condition->data && condition->kind.destroy)
        condition->kind.destroy(condition->data);
    hass_conditions_destroy(condition->members);
    if (condition->scope)
        scope_unref(condition->scope);
    json_decref(condition->config);
}

struct hass_conditions *hass_conditions_destroy(struct hass_conditions *conditions)
{
    if (!conditions)
        return NULL;
    for (size_t i = 0; i < conditions->count; i++)
        condition_fini(&conditions->items[i]);
    free(conditions);
    return NULL;
}

size_t hass_conditions_count(const struct hass_conditions *conditions)
{
    return conditions->count;
}

static HASS_CALLBACK int compile_mapped(struct hass *hass, struct hass_condition *condition,
                                        struct hass_error *err)
{
    autojson *mapped = NULL, *checked = NULL;
    int r = condition->kind.async_map(hass, condition->config, &mapped, err);

    if (r == 0)
        r = hass_conditions_check(hass, mapped, &checked, err);
    return r < 0 ? r : hass_conditions_async_create(hass, checked, &condition->members, err);
}

static HASS_CALLBACK int compile_own(struct hass *hass, struct hass_condition *condition,
                                     struct hass_error *err)
{
    if (condition->container != CONDITION_SINGLE)
        return hass_conditions_async_create(hass, json_object_get(condition->config, "conditions"),
                                            &condition->members, err);
    struct scope *former = scope_enter(condition->scope ? condition->scope : scope_current());
    int r = 0;
    if (condition->kind.async_map)
        r = compile_mapped(hass, condition, err);
    else if (condition->kind.async_prepare)
        r = condition->kind.async_prepare(hass, condition->config, &condition->data, err);
    scope_leave(former);
    return r;
}

static HASS_CALLBACK int compile(struct hass *hass, struct hass_condition *condition,
                                 const json_t *config, struct hass_error *err)
{
    const char *name = hass_json_get_string(config, "condition", "");
    const struct hass_condition_kind *kind = condition_find_kind(hass, name, &condition->scope);

    if (!kind)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no condition '%s' (any more)", name);
    OPTIONS_READ(&condition->kind, kind);
    condition->container = condition_container_of(kind);
    condition->config = hass_json_ref(config);
    int enabled = check_enabled_async_render(hass, json_object_get(config, "enabled"), err);
    if (enabled < 0) {
        hass_error_prefix(err, "enabled");
        return enabled;
    }
    condition->enabled = enabled;
    return enabled ? compile_own(hass, condition, err) : 0;
}

int hass_conditions_async_create(struct hass *hass, const json_t *config,
                                 struct hass_conditions **ret_conditions, struct hass_error *err)
{
    VERIFY_LOOP(hass, "hass.conditions.async_create", err);
    size_t count = json_array_size(config);
    struct hass_conditions *conditions =
        mem_zalloc(sizeof(*conditions) + count * sizeof(conditions->items[0]));

    conditions->hass = hass;
    for (size_t i = 0; i < count; i++) {
        conditions->count = i + 1; // half of the last one is undone, too
        int r = compile(hass, &conditions->items[i], json_array_get(config, i), err);
        if (r < 0) {
            hass_error_prefix(err, "condition %zu", i + 1);
            hass_conditions_destroy(conditions);
            return r;
        }
    }
    *ret_conditions = conditions;
    return 0;
}

/* steps */

static struct hass_trace_step *begin_step(struct condition_test *test)
{
    hass__assert_loop();
    if (!test->trace)
        return NULL;
    return hass_trace_async_step(test->trace, hass_buf_string(&test->path), test->variables);
}

static HASS_CALLBACK void end_step(struct condition_test *test, struct hass_trace_step *step, int r,
                                   const struct hass_error *err)
{
    if (!step)
        return;
    if (r < 0)
        hass_trace_async_step_error(test->trace, step, err->message);
    else
        hass_trace_async_detail(test->trace, step, "result",
                                r == NOTHING ? json_null() : json_boolean(r));
}

/* Appends "/name/index", or "/index"; returns what to cut the path to afterwards. */
static size_t enter_path(struct condition_test *test, const char *name, size_t index)
{
    size_t length = test->path.length;

    if (!test->trace)
        return length;
    if (*name)
        hass_buf_add_char(&test->path, '/');
    hass_buf_add_string(&test->path, name);
    if (index < 10) { // nearly all of them: printf would be a fifth of what a step costs
        hass_buf_add(&test->path, (const char[]){ '/', (char)('0' + index) }, 2);
        return length;
    }
    hass_buf_printf(&test->path, "/%zu", index);
    return length;
}

static void leave_path(struct condition_test *test, size_t length)
{
    if (test->trace) {
        test->path.length = length;
        test->path.data[length] = 0;
    }
}

/* testing */

static HASS_CALLBACK int test_list(struct condition_test *test, struct hass_conditions *conditions,
                                   enum condition_container how, struct hass_error *err);

/* The integration of its kind has been unloaded or replaced: it is compiled anew, by the kind of now. */
static HASS_CALLBACK int revive(struct condition_test *test, struct hass_condition *condition,
                                struct hass_error *err)
{
    struct hass_condition former = *condition;

    *condition = (struct hass_condition){ 0 };
    int r = compile(test->hass, condition, former.config, err);
    if (r < 0) {
        condition_fini(condition);
        *condition = former;
        return HASS_E_CONDITION;
    }
    condition_fini(&former);
    return 0;
}

static HASS_CALLBACK int test_single(struct condition_test *test, struct hass_condition *condition,
                                     struct hass_error *err)
{
    if (condition->scope && scope_state(condition->scope) != SCOPE_OPEN &&
        revive(test, condition, err) < 0)
        return HASS_E_CONDITION;
    const struct hass_condition_kind *kind = &condition->kind;
    struct scope *former = scope_enter(condition->scope ? condition->scope : scope_current());
    int r = kind->async_test(test->hass, condition->config, condition->data, test->variables,
                             test->trace, err);

    scope_leave(former);
    if (r >= 0)
        return r != 0;
    hass_error_prefix(err, "%s", kind->name);
    return HASS_E_CONDITION;
}

/* Its step has been begun. */
static HASS_CALLBACK int test_here(struct condition_test *test, struct hass_condition *condition,
                                   struct hass_error *err)
{
    if (!condition->enabled)
        return NOTHING;
    if (condition->kind.async_map)
        return condition->members->count ? test_here(test, &condition->members->items[0], err)
                                         : NOTHING;
    if (condition->container == CONDITION_SINGLE)
        return test_single(test, condition, err);
    return test_list(test, condition->members, condition->container, err);
}

static HASS_CALLBACK int test_step(struct condition_test *test, const char *name, size_t index,
                                   struct hass_condition *condition, struct hass_error *err)
{
    size_t length = enter_path(test, name, index);
    struct hass_trace_step *step = begin_step(test);
    int r = test_here(test, condition, err);

    end_step(test, step, r, err);
    leave_path(test, length);
    return r;
}

/* The member that settles the matter, and how. */
static const struct {
    int decisive, then, otherwise;
} rules[] = {
    [CONDITION_AND] = { 0, 0, 1 },
    [CONDITION_OR] = { 1, 1, 0 },
    [CONDITION_NOT] = { 1, 0, 1 },
};

/* Notes that item @index of @count could not be tested. */
static void add_failure(struct hass_buf *failures, size_t index, size_t count,
                        const struct hass_error *failure)
{
    hass_buf_add_string(failures, failures->length ? "; " : "");
    if (count > 1)
        hass_buf_printf(failures, "item %zu of %zu: ", index + 1, count);
    hass_buf_add_string(failures, failure->message);
}

/* In order, until one settles it; those that fail are told together when none does. */
static int test_list(struct condition_test *test, struct hass_conditions *conditions,
                     enum condition_container how, struct hass_error *err)
{
    autobuf failures = HASS_BUF_INIT;

    for (size_t i = 0; i < conditions->count; i++) {
        struct hass_error failure = HASS_ERROR_INIT;
        int r = test_step(test, "conditions", i, &conditions->items[i], &failure);
        if (r == rules[how].decisive)
            return rules[how].then;
        if (r < 0)
            add_failure(&failures, i, conditions->count, &failure);
    }
    if (failures.length)
        return hass_fail(err, HASS_E_CONDITION, "%s", hass_buf_string(&failures));
    return rules[how].otherwise;
}

/* the rules of owners */

static HASS_CALLBACK int test_all(struct condition_test *test, struct hass_conditions *conditions,
                                  const char *name)
{
    autobuf failures = HASS_BUF_INIT;

    for (size_t i = 0; i < conditions->count; i++) {
        struct hass_error failure = HASS_ERROR_INIT;
        int r = test_step(test, "", i, &conditions->items[i], &failure);
        if (r == 0)
            return 0;
        if (r < 0)
            add_failure(&failures, i, conditions->count, &failure);
    }
    if (!failures.length)
        return 1;
    hass_warning("%s: conditions cannot be tested: %s", name, hass_buf_string(&failures));
    return 0;
}

static HASS_CALLBACK int test_until_false(struct condition_test *test,
                                          struct hass_conditions *conditions,
                                          struct hass_error *err)
{
    for (size_t i = 0; i < conditions->count; i++) {
        int r = test_step(test, "", i, &conditions->items[i], err);
        if (r <= 0)
            return r;
    }
    return 1;
}

/* The step has been begun by the caller; where there are steps below it, they have the error. */
static HASS_CALLBACK int test_as_step(struct condition_test *test,
                                      struct hass_conditions *conditions, struct hass_error *err)
{
    struct hass_condition *condition = &conditions->items[0];

    if (conditions->count != 1)
        return test_until_false(test, conditions, err);
    int r = test_here(test, condition, err);
    if (r < 0 && test->trace && !condition->members &&
        !json_object_get(condition->config, "entity_id"))
        hass_trace_async_step_error(test->trace, NULL, err->message);
    return r;
}

static HASS_CALLBACK int test_by_rule(struct condition_test *test,
                                      struct hass_conditions *conditions,
                                      enum hass_conditions_rule rule, const char *name,
                                      struct hass_error *err)
{
    struct hass_error failure = HASS_ERROR_INIT;

    if (rule == HASS_CONDITIONS_ALL)
        return test_all(test, conditions, name);
    if (rule == HASS_CONDITIONS_RAISE)
        return test_until_false(test, conditions, err);
    int r = rule == HASS_CONDITIONS_STEP ? test_as_step(test, conditions, &failure)
                                         : test_until_false(test, conditions, &failure);
    if (r >= 0)
        return r != 0;
    hass_warning("%s: a condition cannot be tested: %s", name, failure.message);
    return 0;
}

int hass_conditions_async_test(struct hass_conditions *conditions, enum hass_conditions_rule rule,
                               struct hass_variables *variables, struct hass_trace *trace,
                               const char *path, const char *name, struct hass_error *err)
{
    struct hass *hass = conditions->hass;
    struct hass_error local = HASS_ERROR_INIT;

    VERIFY_LOOP(hass, "hass.conditions.async_test", err);
    struct helpers *helpers = helpers_of(hass);
    struct condition_test test = {
        .hass = hass,
        .variables = variables,
        .trace = path ? trace : NULL,
        .path = HASS_BUF_INIT,
    };
    struct condition_test *outer = helpers->condition_test;
    if (test.trace)
        hass_buf_add_string(&test.path, path);
    helpers->condition_test = &test;
    int r = test_by_rule(&test, conditions, rule, name ? name : "conditions", &local);
    helpers->condition_test = outer;
    hass_buf_fini(&test.path);
    hass_error_copy(err, &local);
    return r;
}

/* for kinds */

struct hass_trace_step *condition_async_step(struct hass *hass, const char *name, size_t index)
{
    struct condition_test *test = helpers_of(hass)->condition_test;
    size_t length = enter_path(test, name, index);
    struct hass_trace_step *step = begin_step(test);

    leave_path(test, length);
    return step;
}

int condition_async_end_step(struct hass *hass, struct hass_trace_step *step, int r,
                             const struct hass_error *err)
{
    end_step(helpers_of(hass)->condition_test, step, r, err);
    return r;
}

static HASS_CALLBACK int test_entity(struct hass *hass, const char *id, const json_t *config,
                                     void *data, condition_entity_fn *test,
                                     struct hass_variables *variables, struct hass_trace *trace,
                                     struct hass_error *err)
{
    const char *entity_id = check_entity_id(hass, id);
    const struct hass_state *state = entity_id ? hass_states_async_get(hass, entity_id) : NULL;

    if (!state)
        return hass_fail(err, HASS_E_CONDITION, "there is no entity %s",
                         entity_id ? entity_id : id);
    return test(hass, state, config, data, variables, trace, err);
}

int condition_async_test_entities(struct hass *hass, const json_t *config, void *data, bool any,
                                  condition_entity_fn *test, struct hass_variables *variables,
                                  struct hass_trace *trace, struct hass_error *err)
{
    const json_t *ids = json_object_get(config, "entity_id");
    autobuf failures = HASS_BUF_INIT;
    bool found = false;

    for (size_t i = 0; i < json_array_size(ids); i++) {
        struct hass_error failure = HASS_ERROR_INIT;
        struct hass_trace_step *step = condition_async_step(hass, "entity_id", i);
        const char *id = json_string_value(json_array_get(ids, i));
        int r = test_entity(hass, id, config, data, test, variables, trace, &failure);
        condition_async_end_step(hass, step, r, &failure);
        if (r < 0)
            add_failure(&failures, i, json_array_size(ids), &failure);
        if (r == 0 && !any)
            return 0;
        found = found || r > 0;
    }
    if (failures.length)
        return hass_fail(err, HASS_E_CONDITION, "%s", hass_buf_string(&failures));
    return any ? found : 1;
}

json_t *condition_value_as_json(struct hass_value value)
{
    json_t *json = NULL;

    switch (value.type) {
    case HASS_VALUE_NONE:
        break;
    case HASS_VALUE_BOOL:
        return json_boolean(value.boolean);
    case HASS_VALUE_INT:
        return json_integer(value.integer);
    case HASS_VALUE_DOUBLE:
        return json_real(value.number);
    case HASS_VALUE_STRING:
        return json_stringn_nocheck(value.text.data, value.text.length);
    case HASS_VALUE_JSON:
        hass_json_parse(value.text.data, value.text.length, SIZE_MAX, &json, NULL);
        break;
    }
    return json ? json : json_null();
}
