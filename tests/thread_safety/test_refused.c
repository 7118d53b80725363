/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every exported async_ function is called from a pool thread, with nothing but zeros behind its subject: it must refuse,
 * change nothing, and report the call with what to call instead. The list is the headers': a new function is in it.
 */
#include <dlfcn.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <hass/condition.h>
#include <hass/dt.h>
#include <hass/integration.h>
#include <hass/script.h>
#include <hass/store.h>
#include <hass/stream.h>
#include <hass/template.h>
#include <hass/trace.h>

#include "base/log.h"
#include "entity/component.h"
#include "helpers/trigger.h"
#include "registry/flow.h"
#include "run/scope.h"
#include "support/exports.h"
#include "support/test.h"

/* One object of each type that a function can be about. */
struct subjects {
    struct hass *hass;
    struct hass_entity *entity;
    struct hass_component *component;
    struct hass_platform *platform;
    struct hass_future *future;
    struct hass_task *task;
    struct hass_sub *sub;
    struct hass_stream *stream;
    struct hass_mutex *mutex;
    struct hass_semaphore *semaphore;
    struct hass_queue *queue;
    struct hass_debouncer *debouncer;
    struct hass_conditions *conditions;
    struct hass_entry *entry;
    struct hass_flow *flow;
    struct hass_store *store;
    struct hass_template *template;
    struct hass_trace *trace;
    struct hass_variables *variables;
    struct hass_script *script;
    struct hass_triggers *triggers;
    struct hass_trigger *trigger;
    int client; /* the other end of the stream */
};

static HASS_COROUTINE int sleeper(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_sleep(hass, 3600, err);
}

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    return 0;
}

static HASS_CALLBACK int on_debounced(struct hass *hass, void *userdata, struct hass_error *err)
{
    return 0;
}

static HASS_COROUTINE int on_stream(struct hass_stream *stream, void *userdata,
                                    struct hass_error *err)
{
    struct subjects *subjects = userdata;

    subjects->stream = stream;
    return hass_async_sleep(subjects->hass, 3600, err);
}

static HASS_COROUTINE int make_component(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct hass_component_options options = { .size = sizeof(options),
                                                           .domain = "light" };
    static const struct hass_entity_ops ops = { .size = sizeof(ops) };
    static const struct hass_entity_description description = { .size = sizeof(description),
                                                                .name = "Own" };
    struct subjects *subjects = userdata;
    struct hass_entity *own = hass_entity_new(hass, &ops, &description, NULL, NULL, NULL);
    int r = hass_component_async_create(hass, &options, NULL, &subjects->component, err);

    return r < 0 ? r : hass_component_async_add_entities(subjects->component, &own, 1, err);
}

static HASS_CALLBACK void make_stream(struct subjects *subjects)
{
    struct sockaddr_un address = { .sun_family = AF_UNIX };
    int length = snprintf(address.sun_path, sizeof(address.sun_path), "%s/socket", test_dir());

    ck_assert_int_lt(length, (int)sizeof(address.sun_path));
    ck_assert_int_eq(hass_stream_async_listen_unix(subjects->hass, address.sun_path, 0600, NULL,
                                                   HASS_JOB_COROUTINE(on_stream, subjects), NULL,
                                                   NULL),
                     0);
    subjects->client = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    ck_assert_int_eq(connect(subjects->client, (const struct sockaddr *)&address, sizeof(address)),
                     0);
    test_settle(subjects->hass);
    ck_assert_ptr_nonnull(subjects->stream);
}

static HASS_CALLBACK int on_fired(struct hass *hass, struct hass_variables *variables,
                                  const struct hass_context *context, void *userdata,
                                  struct hass_error *err)
{
    return 0;
}

static HASS_CALLBACK void make_trigger(struct subjects *subjects)
{
    autojson *config = test_json("[{'trigger': 'event', 'event_type': ['never']}]");

    ck_assert_int_eq(hass_triggers_async_attach(
                         subjects->hass, HASS_TRIGGERS_OPTIONS(.config = config, .fired = on_fired),
                         &subjects->triggers, NULL),
                     1);
    subjects->trigger = &subjects->triggers->items[0];
}

static HASS_CALLBACK void make_subjects(struct hass *hass, struct subjects *subjects)
{
    static const struct hass_entity_ops ops = { .size = sizeof(ops) };
    static const struct hass_entity_description description =
        HASS_ENTITY_DESCRIPTION(.name = "Subject");
    static const struct hass_store_options store = { .size = sizeof(store),
                                                     .key = "subject",
                                                     .version = 1 };

    *subjects = (struct subjects){
        .hass = hass,
        .entity = hass_entity_new(hass, &ops, &description, NULL, NULL, NULL),
        .future = hass_future_new(hass),
        .mutex = hass_mutex_create(hass),
        .semaphore = hass_semaphore_create(hass, 1),
        .queue = hass_queue_create(hass, 1, NULL),
        .entry = entry_new(hass, "light", "user", NULL),
        .flow = flow_new(hass, HASS_FLOW_CONFIG, "light"),
        .debouncer = hass_debouncer_create(hass, 1, true, HASS_JOB_CALLBACK(on_debounced, NULL)),
    };
    ck_assert_int_eq(test_run_coroutine(hass, make_component, subjects), 0);
    subjects->platform = subjects->component->own;
    ck_assert_int_eq(hass_async_create_background_task(hass, HASS_JOB_COROUTINE(sleeper, NULL),
                                                       &subjects->task, NULL),
                     0);
    ck_assert_int_eq(hass_bus_async_listen(hass, "never", NULL, HASS_JOB_CALLBACK(on_event, NULL),
                                           &subjects->sub, NULL),
                     0);
    ck_assert_int_eq(hass_store_async_create(hass, &store, &subjects->store, NULL), 0);
    ck_assert_int_eq(hass_template_new(hass, "{{ 1 }}", &subjects->template, NULL), 0);
    subjects->trace = hass_trace_async_new(
        hass, HASS_TRACE_OPTIONS(.domain = "script", .item_id = "s", .stored = 1));
    subjects->variables = hass_variables_new(NULL);
    ck_assert_int_eq(hass_states_async_set(hass, "light.one", "on", NULL, NULL, NULL), 0);
    autojson *none = json_array();
    ck_assert_int_eq(hass_conditions_async_create(hass, none, &subjects->conditions, NULL), 0);
    ck_assert_int_eq(hass_script_async_create(hass, HASS_SCRIPT_OPTIONS(.sequence = none),
                                              &subjects->script, NULL),
                     0);
    make_trigger(subjects);
    make_stream(subjects);
}

static HASS_CALLBACK void free_subjects(struct subjects *subjects)
{
    close(subjects->client);
    hass_task_async_cancel(subjects->task, NULL);
    test_settle(subjects->hass);
    hass_task_unref(subjects->task);
    hass_sub_async_remove(subjects->sub);
    hass_store_async_destroy(subjects->store);
    hass_template_unref(subjects->template);
    hass_trace_unref(subjects->trace);
    hass_variables_unref(subjects->variables);
    flow_unref(subjects->flow);
    hass_entry_unref(subjects->entry);
    hass_debouncer_destroy(subjects->debouncer);
    hass_conditions_destroy(subjects->conditions);
    hass_script_async_destroy(subjects->script);
    hass_triggers_async_detach(subjects->triggers);
    hass_queue_destroy(subjects->queue);
    hass_semaphore_destroy(subjects->semaphore);
    hass_mutex_destroy(subjects->mutex);
    hass_future_unref(subjects->future);
    hass_entity_unref(subjects->entity);
}

static void *subject_for(const struct subjects *subjects, const struct exported *one)
{
    const struct {
        const char *type;
        void *object;
    } all[] = {
        { "struct hass", subjects->hass },
        { "struct hass_entity", subjects->entity },
        { "struct hass_component", subjects->component },
        { "struct hass_platform", subjects->platform },
        { "struct hass_future", subjects->future },
        { "struct hass_task", subjects->task },
        { "struct hass_sub", subjects->sub },
        { "struct hass_stream", subjects->stream },
        { "struct hass_mutex", subjects->mutex },
        { "struct hass_semaphore", subjects->semaphore },
        { "struct hass_queue", subjects->queue },
        { "struct hass_debouncer", subjects->debouncer },
        { "struct hass_conditions", subjects->conditions },
        { "struct hass_script", subjects->script },
        { "struct hass_trigger", subjects->trigger },
        { "struct hass_triggers", subjects->triggers },
        { "struct hass_store", subjects->store },
        { "struct hass_template", subjects->template },
        { "struct hass_trace", subjects->trace },
        { "struct hass_variables", subjects->variables },
        { "struct hass_entry", subjects->entry },
        { "struct hass_flow", subjects->flow },
    };

    for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++)
        if (!strcmp(all[i].type, one->subject))
            return all[i].object;
    ck_abort_msg("%s is about a %s: add one to this test", one->name, one->subject);
    return NULL;
}

/* Arguments in registers and on the stack, by-value structs among them: all zero. */
struct zeros {
    char bytes[512];
};
typedef long function(void *subject, void *second, long, long, long, long, double, double,
                      struct zeros);

struct attempt {
    const struct exported *one;
    void *subject;
    long result;
};

static HASS_BLOCKING int call_it(struct hass *hass, void *userdata, struct hass_error *err)
{
    static const struct zeros zeros = { { 0 } };
    struct attempt *attempt = userdata;
    function *called = (function *)dlsym(RTLD_DEFAULT, attempt->one->name);

    if (!called)
        return hass_fail(err, HASS_E_NOT_FOUND, "%s is declared but not there", attempt->one->name);
    /* Scopes do not know their hass, which comes behind them. */
    void *second = strcmp(attempt->one->subject, "struct hass_variables") == 0 ? hass : NULL;
    attempt->result = called(attempt->subject, second, 0, 0, 0, 0, 0, 0, zeros);
    return 0;
}

/* Everything that a call could have changed, as text. */
static HASS_CALLBACK char *look_at_everything(struct hass *hass)
{
    autobuf text = HASS_BUF_INIT;
    json_t *parts[] = { hass_bus_async_listeners(hass), hass_services_async_describe(hass),
                        hass_config_async_as_json(hass) };

    hass_states_async_write_json(hass, &text, NULL);
    for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
        hass_json_write(parts[i], &text);
        json_decref(parts[i]);
    }
    hass_buf_printf(&text, " %d %d", (int)hass_core_state(hass),
                    (int)hass_states_async_available(hass, "light.two"));
    return hass_buf_steal(&text);
}

static void check_result(const struct attempt *attempt)
{
    const char *name = attempt->one->name, *returns = attempt->one->returns;

    if (!strcmp(returns, "int") || !strcmp(returns, "ssize_t"))
        ck_assert_msg((int)attempt->result == HASS_E_THREAD, "%s returned %d", name,
                      (int)attempt->result);
    else if (!strcmp(returns, "_Bool"))
        ck_assert_msg(!(attempt->result & 0xff), "%s returned true", name);
    else if (!strncmp(returns, "enum ", 5))
        ck_assert_msg((int)attempt->result == 0, "%s returned %d", name, (int)attempt->result);
    else if (strstr(returns, "hass_sub *") || strstr(returns, "hass_debouncer *") ||
             strstr(returns, "hass_script *") || strstr(returns, "hass_triggers *") ||
             !strcmp(name, "hass_store_async_destroy"))
        ck_assert_msg((void *)attempt->result == attempt->subject, "%s gave up its object", name);
    else if (strcmp(returns, "void"))
        ck_assert_msg(attempt->result == 0, "%s returned something", name);
}

/* The log allows an integration 100 lines in ten seconds: each look at this clock is eleven seconds later. */
static int64_t hasty_clock(void)
{
    static _Atomic int64_t now;

    return atomic_fetch_add(&now, 11 * HASS_USEC_PER_SEC);
}

/* The report ends with "(lib/README.md#anchor)"; the page has a heading of that anchor, which is its text without dots. */
static void check_paragraph(const char *name, const char *report, const char *page)
{
    const char *anchor = report ? strstr(report, "lib/README.md#") : NULL;

    ck_assert_msg(anchor, "%s is reported without its page", name);
    anchor += strlen("lib/README.md#");
    for (const char *line = page; line; line = strchr(line, '\n')) {
        const char *wanted = anchor;
        line += strspn(line, "\n");
        if (strncmp(line, "#### ", 5))
            continue;
        for (const char *c = line + 5; *c == '.' || *c == *wanted; c++)
            wanted += *c != '.';
        if (*wanted == ')')
            return;
    }
    ck_abort_msg("%s: lib/README.md has no paragraph #%s", name, anchor);
}

static HASS_CALLBACK void check_refused(struct subjects *subjects, const struct exported *one,
                                        struct logs *logs, const char *page)
{
    struct hass *hass = subjects->hass;
    struct attempt attempt = { .one = one, .subject = subject_for(subjects, one) };
    struct hass_error err = HASS_ERROR_INIT;
    autofree char *before = look_at_everything(hass);
    uint64_t refused = runtime_of(hass)->root->counters.refused;

    logs_clear(logs);
    int r = test_run_job(hass, HASS_JOB_EXECUTOR(call_it, &attempt), &err);
    ck_assert_msg(r == 0, "%s", err.message);
    autofree char *after = look_at_everything(hass);

    check_result(&attempt);
    ck_assert_msg(!strcmp(before, after), "%s changed something", one->name);
    ck_assert_msg(runtime_of(hass)->root->counters.refused == refused + 1, "%s was not counted",
                  one->name);
    ck_assert_msg(logs_count(logs, HASS_LOG_WARNING) == 1, "%s: %zu lines instead of one report",
                  one->name, logs_count(logs, HASS_LOG_WARNING));
    check_paragraph(one->name, logs_find(logs, "lib/README.md#"), page);
}

START_TEST(every_async_function_refuses_a_pool_thread)
{
    struct logs *logs = test_logs();
    struct hass *hass = test_hass();
    struct subjects subjects;
    struct exports exports = exports_read();
    autofree char *page = test_read_file(TEST_SOURCE "/lib/README.md");
    size_t count = 0;

    make_subjects(hass, &subjects);
    log_set_clock_hook(NULL, hasty_clock);
    struct capture *events = test_capture(hass, HASS_MATCH_ALL);
    for (size_t i = 0; i < exports.count; i++) {
        if (!exported_is_async(&exports.items[i]))
            continue;
        check_refused(&subjects, &exports.items[i], logs, page);
        count++;
    }
    ck_assert_uint_gt(count, 100);
    ck_assert_uint_eq(capture_count(events), 0);
    free_subjects(&subjects);
    exports_free(&exports);
}
END_TEST

TEST_MAIN("calls from the wrong thread", every_async_function_refuses_a_pool_thread)
