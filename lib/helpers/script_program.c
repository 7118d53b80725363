/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Compiles a checked sequence: which kind each step is, its templates and conditions, and the paths that traces have. What cannot change
 * from run to run is worked out here.
 */
#include <string.h>

#include <hass/buf.h>

#include "base/mem.h"
#include "helpers/script.h"
#include "helpers/script_check.h"

struct compiler {
    struct hass *hass;
    struct script_step *step;
    const json_t *config;
};

typedef int compile_fn(struct compiler *compiler, struct hass_error *err);

/* parts */

static int compile_member(struct compiler *compiler, const char *key,
                          struct script_value **ret_value, struct hass_error *err)
{
    int r =
        script_value_compile(compiler->hass, hass_json_get(compiler->config, key), ret_value, err);

    return r < 0 ? hass_error_prefix(err, "%s", key) : 0;
}

/* Text that is to be rendered as one, whether or not there is anything to render. */
static int compile_text(struct compiler *compiler, const char *key,
                        struct hass_template **ret_template, struct hass_error *err)
{
    const json_t *value = hass_json_get(compiler->config, key);
    autofree char *text = json_is_string(value) ? mem_strdup(json_string_value(value))
                                                : json_dumps(value, JSON_ENCODE_ANY);
    int r = hass_template_new(compiler->hass, text ? text : "", ret_template, err);

    return r < 0 ? hass_error_prefix(err, "%s", key) : 0;
}

static HASS_CALLBACK int compile_conditions(struct compiler *compiler, const json_t *list,
                                            struct hass_conditions **ret_conditions,
                                            struct hass_error *err)
{
    autojson *empty = json_array();

    return hass_conditions_async_create(compiler->hass, list ? list : empty, ret_conditions, err);
}

/* A child of the step, its steps at "<path>/<below>/0". */
static HASS_CALLBACK int compile_child(struct compiler *compiler, const json_t *sequence,
                                       const char *below, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    autofree char *path = mem_join(step->path, "/", below);
    autojson *list =
        json_is_object(sequence) ? json_pack("[O]", sequence) : hass_json_ref(sequence);
    struct script_sequence *child = NULL;
    int r = script_compile(compiler->hass, list, path, &child, err);

    if (r < 0)
        return r;
    step->children =
        mem_realloc(step->children, (step->child_count + 1) * sizeof(struct script_sequence *));
    step->children[step->child_count++] = child;
    return 0;
}

/* kinds */

static bool is_fixed(const struct script_value *value)
{
    return !value || script_value_constant(value);
}

/* @made is taken. What is like the configuration is not kept a second time. */
static json_t *share(const struct script_value *value, json_t *made)
{
    const json_t *constant = script_value_constant(value);

    if (!hass_json_equal(constant, made))
        return made;
    json_decref(made);
    return hass_json_ref(constant);
}

static HASS_CALLBACK int fix_target(struct compiler *compiler, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    autojson *target = json_object();

    if (!is_fixed(step->call.target))
        return 0;
    int r = script_value_render_map(step->call.target, NULL, target, err);
    if (r == 0 && step->call.entity_id)
        json_object_set(target, "entity_id", step->call.entity_id);
    if (r < 0 || script_target_has_registry_ids(target))
        return r;
    r = script_normalise_target(compiler->hass, target, err);
    if (r == 0)
        step->call.fixed_target = share(step->call.target, steal(target));
    return r;
}

static HASS_CALLBACK int fix_data(struct script_step *step, struct hass_error *err)
{
    autojson *data = json_object();

    if (!is_fixed(step->call.data) || !is_fixed(step->call.data_template))
        return 0;
    int r = script_value_render_map(step->call.data, NULL, data, err);
    if (r == 0)
        r = script_value_render_map(step->call.data_template, NULL, data, err);
    if (r == 0)
        step->call.fixed_data = share(step->call.data, steal(data));
    return r;
}

/* Both in one map, which is one of them where the other is empty. Owned by the caller. */
static json_t *merge(json_t *data, json_t *target)
{
    if (!json_object_size(target))
        return json_incref(data);
    if (!json_object_size(data))
        return json_incref(target);
    json_t *both = json_copy(data);
    json_object_update(both, target);
    return both;
}

/* What no run can change of a call is made once. */
static HASS_CALLBACK int fix_call(struct compiler *compiler, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    int r = fix_target(compiler, err);

    if (r == 0)
        r = fix_data(step, err);
    if (r < 0 || !step->call.fixed_data || !step->call.fixed_target)
        return r;
    step->call.fixed = merge(step->call.fixed_data, step->call.fixed_target);
    return 0;
}

static const char *const call_keys[] = { "action", "service", "service_template" };

static HASS_CALLBACK int compile_call(struct compiler *compiler, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    int r = 0;

    for (size_t i = 0; i < 3 && !step->call.name && r == 0; i++)
        r = compile_member(compiler, call_keys[i], &step->call.name, err);
    if (r == 0)
        r = compile_member(compiler, "data", &step->call.data, err);
    if (r == 0)
        r = compile_member(compiler, "data_template", &step->call.data_template, err);
    if (r == 0)
        r = compile_member(compiler, "target", &step->call.target, err);
    if (r < 0)
        return r;
    step->call.entity_id = hass_json_ref(hass_json_get(compiler->config, "entity_id"));
    step->call.response = hass_json_get_string(compiler->config, "response_variable", NULL);
    return fix_call(compiler, err);
}

/* Another spelling of a call: @call is taken. */
static HASS_CALLBACK int compile_as_call(struct compiler *compiler, json_t *call, const char *last,
                                         struct hass_error *err)
{
    const json_t *config = compiler->config;

    compiler->config = call;
    int r = compile_call(compiler, err);
    compiler->config = config;
    json_decref(call);
    compiler->step->call.last = last;
    return r;
}

static HASS_CALLBACK int compile_scene(struct compiler *compiler, struct hass_error *err)
{
    return compile_as_call(compiler,
                           json_pack("{s:s, s:{s:O}}", "action", "scene.turn_on", "target",
                                     "entity_id", hass_json_get(compiler->config, "scene")),
                           "activate scene", err);
}

static HASS_CALLBACK int compile_device(struct compiler *compiler, struct hass_error *err)
{
    json_t *call = script_device_call(compiler->hass, compiler->config);

    if (!call)
        return hass_fail(err, HASS_E_INVALID,
                         "device actions of type %s of domain %s are not known: call an action",
                         hass_json_get_string(compiler->config, "type", "(none)"),
                         hass_json_get_string(compiler->config, "domain", "(none)"));
    return compile_as_call(compiler, call, "device automation", err);
}

static HASS_CALLBACK int compile_delay(struct compiler *compiler, struct hass_error *err)
{
    return compile_member(compiler, "delay", &compiler->step->wait.duration, err);
}

static HASS_CALLBACK int compile_timeout(struct compiler *compiler, struct hass_error *err)
{
    compiler->step->wait.give_up =
        !hass_json_get_bool(compiler->config, "continue_on_timeout", true);
    return compile_member(compiler, "timeout", &compiler->step->wait.duration, err);
}

static HASS_CALLBACK int compile_wait_template(struct compiler *compiler, struct hass_error *err)
{
    int r = compile_text(compiler, "wait_template", &compiler->step->wait.template, err);

    return r < 0 ? r : compile_timeout(compiler, err);
}

static HASS_CALLBACK int compile_wait_trigger(struct compiler *compiler, struct hass_error *err)
{
    compiler->step->wait.triggers = hass_json_get(compiler->config, "wait_for_trigger");
    return compile_timeout(compiler, err);
}

static HASS_CALLBACK int compile_condition(struct compiler *compiler, struct hass_error *err)
{
    autojson *list = json_pack("[O]", compiler->config);

    return compile_conditions(compiler, list, &compiler->step->condition, err);
}

static HASS_CALLBACK int compile_event(struct compiler *compiler, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    int r = compile_member(compiler, "event", &step->event.type, err);

    if (r == 0)
        r = compile_member(compiler, "event_data", &step->event.data, err);
    if (r == 0)
        r = compile_member(compiler, "event_data_template", &step->event.data_template, err);
    return r;
}

static HASS_CALLBACK int compile_option(struct compiler *compiler, const json_t *conditions,
                                        const char *below, const char *word,
                                        struct script_option *option, struct hass_error *err)
{
    option->path = mem_join(compiler->step->path, "/", below);
    option->conditions_path = mem_join(option->path, "/", word);
    return compile_conditions(compiler, conditions, &option->conditions, err);
}

static HASS_CALLBACK int compile_choose_option(struct compiler *compiler, const json_t *config,
                                               uint32_t i, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    autofree char *below = mem_join_number("choose", "/", i);
    autofree char *sequence = mem_join(below, "/", "sequence");
    const json_t *conditions = hass_json_get(config, "conditions");

    step->choose.count = i + 1;
    int r = compile_option(compiler, conditions ? conditions : hass_json_get(config, "condition"),
                           below, "conditions", &step->choose.options[i], err);
    if (r == 0)
        r = compile_child(compiler, hass_json_get(config, "sequence"), sequence, err);
    return r < 0 ? hass_error_prefix(err, "choose->%u", i) : 0;
}

static HASS_CALLBACK int compile_choose(struct compiler *compiler, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    const json_t *options = hass_json_get(compiler->config, "choose");
    const json_t *otherwise = hass_json_get(compiler->config, "default");
    autojson *list = json_is_object(options) ? json_pack("[O]", options) : hass_json_ref(options);
    const json_t *option;
    size_t i;

    step->choose.options = mem_calloc(json_array_size(list) + 1, sizeof(*step->choose.options));
    json_array_foreach(list, i, option) {
        int r = compile_choose_option(compiler, option, (uint32_t)i, err);
        if (r < 0)
            return r;
    }
    return otherwise ? compile_child(compiler, otherwise, "default", err) : 0;
}

static HASS_CALLBACK int compile_if(struct compiler *compiler, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    const json_t *otherwise = hass_json_get(compiler->config, "else");

    step->choose.is_if = true;
    step->choose.options = mem_calloc(1, sizeof(*step->choose.options));
    step->choose.count = 1;
    int r = compile_option(compiler, hass_json_get(compiler->config, "if"), "if", "condition",
                           step->choose.options, err);
    if (r < 0)
        return hass_error_prefix(err, "if");
    r = compile_child(compiler, hass_json_get(compiler->config, "then"), "then", err);
    if (r == 0 && otherwise)
        r = compile_child(compiler, otherwise, "else", err);
    return r;
}

static const char *const loop_words[] = {
    [SCRIPT_COUNT] = "count",
    [SCRIPT_FOR_EACH] = "for_each",
    [SCRIPT_WHILE] = "while",
    [SCRIPT_UNTIL] = "until",
};

static HASS_CALLBACK int compile_loop(struct compiler *compiler, const json_t *repeat,
                                      enum script_loop loop, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    const json_t *value = hass_json_get(repeat, loop_words[loop]);

    step->repeat.loop = loop;
    int r =
        loop == SCRIPT_COUNT || loop == SCRIPT_FOR_EACH
            ? script_value_compile(compiler->hass, value, &step->repeat.items, err)
            : compile_option(compiler, value, "repeat", loop_words[loop], &step->repeat.until, err);
    return r < 0 ? hass_error_prefix(err, "repeat->%s", loop_words[loop]) : 0;
}

static HASS_CALLBACK int compile_repeat(struct compiler *compiler, struct hass_error *err)
{
    const json_t *repeat = hass_json_get(compiler->config, "repeat");
    enum script_loop loop = SCRIPT_COUNT;

    while (loop < SCRIPT_UNTIL && !hass_json_get(repeat, loop_words[loop]))
        loop++;
    int r = compile_loop(compiler, repeat, loop, err);
    return r < 0
               ? r
               : compile_child(compiler, hass_json_get(repeat, "sequence"), "repeat/sequence", err);
}

static HASS_CALLBACK int compile_parallel(struct compiler *compiler, struct hass_error *err)
{
    const json_t *branches = hass_json_get(compiler->config, "parallel");
    const json_t *branch;
    size_t i;

    json_array_foreach((json_t *)branches, i, branch) {
        autofree char *below = mem_printf("parallel/%zu/sequence", i);
        const json_t *sequence = hass_json_get(branch, "sequence");
        int r = compile_child(compiler, sequence ? sequence : branch, below, err);
        if (r < 0)
            return hass_error_prefix(err, "parallel->%zu", i);
    }
    return 0;
}

static HASS_CALLBACK int compile_sequence(struct compiler *compiler, struct hass_error *err)
{
    return compile_child(compiler, hass_json_get(compiler->config, "sequence"), "sequence", err);
}

static HASS_CALLBACK int compile_variables(struct compiler *compiler, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    const json_t *variables = hass_json_get(compiler->config, "variables");
    const char *name;
    json_t *value;

    step->variables.names = mem_calloc(json_object_size(variables) + 1, sizeof(char *));
    step->variables.values = mem_calloc(json_object_size(variables) + 1, sizeof(void *));
    json_object_foreach((json_t *)variables, name, value) {
        uint32_t i = step->variables.count++;
        step->variables.names[i] = name;
        int r = script_value_compile(compiler->hass, value, &step->variables.values[i], err);
        if (r < 0)
            return hass_error_prefix(err, "variables->%s", name);
    }
    return 0;
}

static HASS_CALLBACK int compile_stop(struct compiler *compiler, struct hass_error *err)
{
    compiler->step->stop.error = hass_json_get_bool(compiler->config, "error", false);
    compiler->step->stop.response =
        hass_json_get_string(compiler->config, "response_variable", NULL);
    return 0;
}

static HASS_CALLBACK int compile_response(struct compiler *compiler, struct hass_error *err)
{
    if (json_is_null(hass_json_get(compiler->config, "set_conversation_response")))
        return 0;
    return compile_text(compiler, "set_conversation_response", &compiler->step->response, err);
}

/* By the key that decides. */
static const struct {
    const char *key;
    const char *word; /* for the log */
    enum script_step_kind kind;
    compile_fn *compile;
} kinds[] = {
    { "delay", "delay", SCRIPT_DELAY, compile_delay },
    { "wait_template", "wait_template", SCRIPT_WAIT_TEMPLATE, compile_wait_template },
    { "condition", "condition", SCRIPT_CONDITION, compile_condition },
    { "event", "event", SCRIPT_EVENT, compile_event },
    { "device_id", "device", SCRIPT_CALL, compile_device },
    { "scene", "scene", SCRIPT_CALL, compile_scene },
    { "repeat", "repeat", SCRIPT_REPEAT, compile_repeat },
    { "choose", "choose", SCRIPT_CHOOSE, compile_choose },
    { "wait_for_trigger", "wait_for_trigger", SCRIPT_WAIT_TRIGGER, compile_wait_trigger },
    { "variables", "variables", SCRIPT_VARIABLES, compile_variables },
    { "if", "if", SCRIPT_CHOOSE, compile_if },
    { "action", "call_service", SCRIPT_CALL, compile_call },
    { "service", "call_service", SCRIPT_CALL, compile_call },
    { "service_template", "call_service", SCRIPT_CALL, compile_call },
    { "stop", "stop", SCRIPT_STOP, compile_stop },
    { "parallel", "parallel", SCRIPT_PARALLEL, compile_parallel },
    { "set_conversation_response", "set_conversation_response", SCRIPT_RESPONSE, compile_response },
    { "sequence", "sequence", SCRIPT_SEQUENCE, compile_sequence },
};

static HASS_CALLBACK int compile_common(struct compiler *compiler, struct hass_error *err)
{
    struct script_step *step = compiler->step;
    const json_t *enabled = hass_json_get(compiler->config, "enabled");

    step->config = compiler->config;
    step->alias = hass_json_get_string(compiler->config, "alias", NULL);
    step->continue_on_error = hass_json_get_bool(compiler->config, "continue_on_error", false);
    step->disabled = json_is_false(enabled);
    return json_is_string(enabled) ? compile_member(compiler, "enabled", &step->enabled, err) : 0;
}

static HASS_CALLBACK int compile_step(struct compiler *compiler, struct hass_error *err)
{
    int r = compile_common(compiler, err);

    if (r < 0)
        return r;
    const struct script_kind *kind = script_kind_of(compiler->config);
    for (size_t i = 0; kind && i < sizeof(kinds) / sizeof(kinds[0]); i++) {
        if (strcmp(kind->key, kinds[i].key) != 0)
            continue;
        compiler->step->kind = kinds[i].kind;
        compiler->step->word = kinds[i].word;
        return kinds[i].compile(compiler, err);
    }
    compiler->step->kind = SCRIPT_KINDS;
    return hass_fail(err, HASS_E_INVALID, "it is no action: none of its keys says what to do");
}

int script_compile(struct hass *hass, const json_t *sequence, const char *path,
                   struct script_sequence **ret_sequence, struct hass_error *err)
{
    size_t count = json_array_size(sequence);
    struct script_sequence *compiled =
        mem_zalloc(sizeof(*compiled) + count * sizeof(struct script_step));

    for (size_t i = 0; i < count; i++) {
        struct compiler compiler = {
            .hass = hass,
            .step = &compiled->steps[i],
            .config = json_array_get(sequence, i),
        };
        compiled->count++;
        compiler.step->path = mem_join_number(path, "/", i);
        int r = compile_step(&compiler, err);
        if (r < 0) {
            script_sequence_destroy(compiled);
            return hass_error_prefix(err, "%zu", i);
        }
    }
    *ret_sequence = compiled;
    return 0;
}

/* the end */

static HASS_CALLBACK void option_fini(struct script_option *option)
{
    hass_conditions_destroy(option->conditions);
    free(option->path);
    free(option->conditions_path);
}

static HASS_CALLBACK void choose_fini(struct script_step *step)
{
    for (uint32_t i = 0; i < step->choose.count; i++)
        option_fini(&step->choose.options[i]);
    free(step->choose.options);
}

static void variables_fini(struct script_step *step)
{
    for (uint32_t i = 0; i < step->variables.count; i++)
        script_value_destroy(step->variables.values[i]);
    free(step->variables.names);
    free(step->variables.values);
}

static void call_fini(struct script_step *step)
{
    script_value_destroy(step->call.name);
    script_value_destroy(step->call.data);
    script_value_destroy(step->call.data_template);
    script_value_destroy(step->call.target);
    json_decref(step->call.entity_id);
    json_decref(step->call.fixed_data);
    json_decref(step->call.fixed_target);
    json_decref(step->call.fixed);
}

static HASS_CALLBACK void kind_fini(struct script_step *step)
{
    switch (step->kind) {
    case SCRIPT_CALL:
        call_fini(step);
        break;
    case SCRIPT_DELAY:
    case SCRIPT_WAIT_TEMPLATE:
    case SCRIPT_WAIT_TRIGGER:
        script_value_destroy(step->wait.duration);
        hass_template_unref(step->wait.template);
        break;
    case SCRIPT_CONDITION:
        hass_conditions_destroy(step->condition);
        break;
    case SCRIPT_EVENT:
        script_value_destroy(step->event.type);
        script_value_destroy(step->event.data);
        script_value_destroy(step->event.data_template);
        break;
    case SCRIPT_CHOOSE:
        choose_fini(step);
        break;
    case SCRIPT_REPEAT:
        script_value_destroy(step->repeat.items);
        option_fini(&step->repeat.until);
        break;
    case SCRIPT_VARIABLES:
        variables_fini(step);
        break;
    case SCRIPT_RESPONSE:
        hass_template_unref(step->response);
        break;
    case SCRIPT_PARALLEL:
    case SCRIPT_SEQUENCE:
    case SCRIPT_STOP:
    case SCRIPT_KINDS:
        break;
    }
}

static HASS_CALLBACK void step_fini(struct script_step *step)
{
    kind_fini(step);
    for (uint32_t i = 0; i < step->child_count; i++)
        script_sequence_destroy(step->children[i]);
    free(step->children);
    script_value_destroy(step->enabled);
    free(step->path);
}

struct script_sequence *script_sequence_destroy(struct script_sequence *sequence)
{
    hass__assert_loop();
    for (uint32_t i = 0; sequence && i < sequence->count; i++)
        step_fini(&sequence->steps[i]);
    free(sequence);
    return NULL;
}
