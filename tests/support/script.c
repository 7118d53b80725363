/* SPDX-License-Identifier: Apache-2.0 */
#include "support/script.h"

#include <errno.h>
#include <string.h>

#include <hass/dt.h>

#include "base/mem.h"

struct recorded recorded;

static int64_t began;

static HASS_CALLBACK void record(struct hass *hass, const char *service, const json_t *data,
                                 const struct hass_context *context)
{
    test_require(recorded.count < RECORDED, "more than %d calls", RECORDED);
    recorded.calls[recorded.count].at =
        (double)(hass_monotonic(hass) - began) / (double)HASS_USEC_PER_SEC;
    recorded.calls[recorded.count].service = mem_strdup(service);
    recorded.calls[recorded.count].data = hass_json_ref(data);
    recorded.calls[recorded.count].context = hass_context_ref(context);
    recorded.count++;
}

static HASS_CALLBACK void record_call(const struct hass_service_call *call)
{
    record(hass_service_call_hass(call), hass_service_call_service(call),
           hass_service_call_data(call), hass_service_call_context(call));
}

static HASS_CALLBACK int on_rec(const struct hass_service_call *call, void *userdata,
                                struct hass_error *err)
{
    record_call(call);
    return 0;
}

static HASS_COROUTINE int on_slow(const struct hass_service_call *call, void *userdata,
                                  struct hass_error *err)
{
    struct hass *hass = hass_service_call_hass(call);
    autojson *none = json_object();

    record_call(call);
    int r = hass_async_sleep(hass, 4, err);
    if (r == -ECANCELED)
        record(hass, "c", none, NULL);
    return r;
}

static HASS_CALLBACK int on_boom(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    record_call(call);
    return hass_fail(err, HASS_E_GENERAL, "the device did not answer");
}

static HASS_CALLBACK int on_bug(const struct hass_service_call *call, void *userdata,
                                struct hass_error *err)
{
    record_call(call);
    return hass_fail(err, -EIO, "a bug");
}

static HASS_CALLBACK int on_ask(const struct hass_service_call *call, void *userdata,
                                struct hass_error *err)
{
    record_call(call);
    return hass_service_call_respond(call, json_pack("{s:i}", "answer", 42));
}

static HASS_CALLBACK void offer(struct hass *hass, const char *name,
                                enum hass_supports_response response, struct hass_job job)
{
    const struct hass_service_options options = {
        .size = sizeof(options),
        .supports_response = response,
    };
    int r = hass_services_async_register(hass, "test", name, &options, job, NULL);

    test_require(r == 0, "test.%s is not registered", name);
}

static void forget_calls(void)
{
    for (size_t i = 0; i < recorded.count; i++) {
        free(recorded.calls[i].service);
        json_decref(recorded.calls[i].data);
        hass_context_unref(recorded.calls[i].context);
    }
    recorded.count = 0;
}

struct hass *script_home(void)
{
    struct hass *hass = test_hass();

    forget_calls();
    test_start(hass);
    began = hass_monotonic(hass);
    offer(hass, "rec", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(on_rec, NULL));
    offer(hass, "slow", HASS_RESPONSE_NONE, HASS_JOB_COROUTINE(on_slow, NULL));
    offer(hass, "boom", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(on_boom, NULL));
    offer(hass, "bug", HASS_RESPONSE_NONE, HASS_JOB_CALLBACK(on_bug, NULL));
    offer(hass, "ask", HASS_RESPONSE_ONLY, HASS_JOB_CALLBACK(on_ask, NULL));
    return hass;
}

/* scripts */

struct hass_script *script_make_with(const char *sequence, struct hass_script_options options)
{
    struct hass_error err = HASS_ERROR_INIT;
    struct hass *hass = test_hass();
    autojson *written = test_json(sequence);
    autojson *checked = NULL;
    struct hass_script *script = NULL;

    options.size = sizeof(options);
    options.domain = options.domain ? options.domain : "script";
    options.name = options.name ? options.name : "test";
    options.root = "sequence";
    int r = hass_script_check(hass, written, &checked, &err);
    if (r == 0) {
        options.sequence = checked;
        r = hass_script_async_create(hass, &options, &script, &err);
    }
    test_require(r == 0, "the script is refused: %s", err.message);
    return script;
}

struct hass_script *script_make(const char *sequence, enum hass_script_mode mode)
{
    return script_make_with(sequence, (struct hass_script_options){ .mode = mode });
}

static struct hass_variables *make_variables(const char *variables)
{
    struct hass_variables *made = hass_variables_new(NULL);

    if (variables)
        hass_variables_set_all(made, test_json(variables));
    return made;
}

void script_start(struct hass_script *script, const char *variables)
{
    autounref(hass_variables) *made = make_variables(variables);
    autounref(hass_context) const *context = hass_context_new(test_hass(), NULL, NULL);
    int r = hass_script_async_start(script,
                                    HASS_SCRIPT_START(.variables = made, .context = context), NULL);

    test_require(r == 0, "the script does not start");
}

struct run {
    struct hass_script *script;
    struct hass_variables *variables;
    json_t *response;
};

static HASS_COROUTINE int run_script(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct run *run = userdata;
    autounref(hass_context) const *context = hass_context_new(hass, NULL, NULL);

    return hass_script_async_run(run->script,
                                 HASS_SCRIPT_START(.variables = run->variables, .context = context),
                                 &run->response, err);
}

int script_run(struct hass_script *script, const char *variables, json_t **ret_response,
               struct hass_error *err)
{
    autounref(hass_variables) *made = make_variables(variables);
    struct run run = { .script = script, .variables = made };
    int r = test_run_job(test_hass(), HASS_JOB_COROUTINE(run_script, &run), err);

    if (ret_response)
        *ret_response = run.response;
    else
        json_decref(run.response);
    return r;
}

/* what was called */

void script_assert_calls(const char *expected, const char *file, int line)
{
    autobuf seen = HASS_BUF_INIT;

    for (size_t i = 0; i < recorded.count; i++) {
        hass_buf_printf(&seen, "%s%g %s", i ? "; " : "", recorded.calls[i].at,
                        recorded.calls[i].service);
        if (json_object_size(recorded.calls[i].data)) {
            hass_buf_add_char(&seen, ' ');
            hass_json_write(recorded.calls[i].data, &seen);
        }
    }
    for (size_t i = 0; i < seen.length; i++)
        seen.data[i] = seen.data[i] == '"' ? '\'' : seen.data[i];
    if (strcmp(hass_buf_string(&seen), expected) != 0)
        test_fail(file, line, "called was\n  %s\ninstead of\n  %s", hass_buf_string(&seen),
                  expected);
}
