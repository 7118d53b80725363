/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The life of a scratch home: it starts a second before the scenario, is given its states when all integrations are set up and before
 * automations listen, then one item after the other happens at its time, each by a timer that the one before has set, until the end.
 */
#include "scenario.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include <hass/bus.h>
#include <hass/config.h>
#include <hass/context.h>
#include <hass/dispatcher.h>
#include <hass/log.h>
#include <hass/loop.h>
#include <hass/process.h>

#include "scenario_home.h"

#define LEAD     HASS_USEC_PER_SEC
#define MAX_RUNS 100000 /* whose context is remembered */

const char *const scenario_logic[] = {
    "automation",
    "blueprint",
    "counter",
    "default_config",
    "group",
    "homeassistant",
    "input_boolean",
    "input_button",
    "input_datetime",
    "input_number",
    "input_select",
    "input_text",
    "persistent_notification",
    "person",
    "scene",
    "schedule",
    "script",
    "sun",
    "template",
    "timer",
    "trace",
    "zone",
    NULL,
};

bool scenario_is_logic(const char *domain)
{
    for (const char *const *name = scenario_logic; *name; name++)
        if (strcmp(*name, domain) == 0)
            return true;
    return false;
}

bool scenario_is_provided(struct home *home, const char *entity_id)
{
    const struct hass_state *state = hass_states_async_get(home->hass, entity_id);
    struct hass_value restored;

    return state && !hass_strmap_get(home->ours, entity_id) &&
           !hass_state_attr(state, HASS_ATTR_RESTORED, &restored);
}

void scenario_call_quietly(struct home *home, const char *domain, const char *service, json_t *data,
                           const struct hass_context *context)
{
    struct hass_error err = HASS_ERROR_INIT;

    home->quiet = true;
    if (hass_services_async_call_later(home->hass, domain, service, data, context, &err) < 0)
        hass_warning("%s.%s: %s", domain, service, err.message);
    home->quiet = false;
}

/* what is seen */

/*
 * What a run does first can be seen before the run itself, whose event waits for the one that set it off. It is kept for that moment, and
 * told as it is when time goes on without a run.
 */
struct early {
    struct scenario_seen seen; /* name, data and context are owned */
};

static void early_fini(struct early *early)
{
    free((char *)early->seen.name);
    free((char *)early->seen.step);
    free((char *)early->seen.item);
    json_decref((json_t *)early->seen.data);
    hass_context_unref(early->seen.context);
}

static HASS_CALLBACK void pass_on(struct home *home, struct scenario_seen *seen)
{
    seen->run = seen->context ? hass_strmap_get(home->runs, hass_context_id(seen->context)) : NULL;
    home->scenario->seen(home->hass, seen, home->scenario->userdata);
}

/* Tells what was kept: of the run with @context, or all of it. */
static HASS_CALLBACK void tell_early(struct home *home, const char *context)
{
    size_t kept = 0;

    for (size_t i = 0; i < home->early.length; i++) {
        struct early *early = home->early.data[i];
        if (context && strcmp(hass_context_id(early->seen.context), context) != 0) {
            home->early.data[kept++] = early;
            continue;
        }
        pass_on(home, &early->seen);
        early_fini(early);
        free(early);
    }
    home->early.length = kept;
}

static void keep_early(struct home *home, const struct scenario_seen *seen)
{
    struct early *early = calloc(1, sizeof(*early));

    early->seen = *seen;
    early->seen.name = strdup(seen->name);
    early->seen.step = seen->step ? strdup(seen->step) : NULL;
    early->seen.item = seen->item ? strdup(seen->item) : NULL;
    early->seen.data = hass_json_ref(seen->data);
    early->seen.context = hass_context_ref(seen->context);
    vec_push(&home->early, early);
}

void scenario_tell(struct home *home, struct scenario_seen *seen)
{
    if (!home->recording)
        return;
    seen->at = hass_now(home->hass);
    seen->started = home->started;
    if (home->early.length > 0 && home->early.data[0]->seen.at != seen->at)
        tell_early(home, NULL);
    bool of_run = (seen->kind == SEEN_CALL || seen->kind == SEEN_EVENT) && !seen->asked;
    if (of_run && !hass_strmap_get(home->runs, hass_context_id(seen->context)))
        keep_early(home, seen);
    else
        pass_on(home, seen);
}

static HASS_CALLBACK void see_run(struct home *home, const struct hass_event *event)
{
    const json_t *data = hass_event_data(event);
    const struct hass_context *context = hass_event_context(event);
    const char *entity_id = hass_json_get_string(data, "entity_id", "");
    struct scenario_seen seen = {
        .kind = SEEN_RUN,
        .name = entity_id,
        .title = hass_json_get_string(data, "name", entity_id),
        .text = hass_json_get_string(data, "source", NULL),
        .data = data,
        .context = context,
    };

    scenario_tell(home, &seen);
    if (hass_strmap_count(home->runs) >= MAX_RUNS)
        hass_strmap_clear(home->runs);
    if (!hass_strmap_get(home->runs, hass_context_id(context)))
        hass_strmap_set(home->runs, hass_context_id(context), strdup(entity_id));
    tell_early(home, hass_context_id(context));
}

/* Events that tell what is told otherwise, or concern nobody. */
static bool is_told_otherwise(const char *type)
{
    static const char *const types[] = {
        HASS_EVENT_CALL_SERVICE,    HASS_EVENT_COMPONENT_LOADED, HASS_EVENT_SERVICE_REGISTERED,
        HASS_EVENT_SERVICE_REMOVED, HASS_EVENT_STATE_CHANGED,    NULL,
    };

    for (const char *const *one = types; *one; one++)
        if (strcmp(*one, type) == 0)
            return true;
    return false;
}

/* Before those who listen for a change: what it sets off is seen after it. */
static HASS_CALLBACK int on_change(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct home *home = userdata;
    struct scenario_seen seen = { .kind = SEEN_CHANGE, .context = hass_event_context(event) };

    if (!home->recording)
        return 0;
    (void)hass_event_states(event, &seen.old, &seen.state);
    seen.name = hass_event_entity_id(event);
    scenario_tell(home, &seen);
    return 0;
}

static HASS_CALLBACK int on_event(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct home *home = userdata;
    const char *type = hass_event_type(event);
    struct scenario_seen seen = { .kind = SEEN_EVENT, .context = hass_event_context(event) };

    if (!home->recording || is_told_otherwise(type))
        return 0;
    if (strcmp(type, "automation_triggered") == 0 || strcmp(type, "script_started") == 0) {
        see_run(home, event);
    } else if (hass_strmap_get(home->runs, hass_context_id(seen.context))) {
        seen.name = type;
        seen.data = hass_event_data(event);
        scenario_tell(home, &seen);
    }
    return 0;
}

/* {"entity_id", "name", "trigger", "reason", "path", "details", "context_id"?} */
static HASS_CALLBACK int on_attempt(const struct hass_signal *signal, void *userdata,
                                    struct hass_error *err)
{
    struct scenario_seen seen = {
        .kind = SEEN_STOP,
        .name = hass_json_get_string(signal->data, "entity_id", ""),
        .title = hass_json_get_string(signal->data, "name", ""),
        .text = hass_json_get_string(signal->data, "reason", ""),
        .data = signal->data,
    };

    scenario_tell(userdata, &seen);
    return 0;
}

/* Warnings become part of what is seen; other threads' and those of the start go to standard error. */
static void on_log(const struct hass_log_record *record, void *userdata)
{
    struct home *home = userdata;
    autobuf line = HASS_BUF_INIT;

    if (record->level < HASS_LOG_WARNING)
        return;
    hass_buf_printf(&line, "%s [%s] %s", hass_log_level_name(record->level), record->logger,
                    record->message);
    if (!home->hass || !home->recording || !hass_on_loop(home->hass)) {
        fprintf(stderr, "hassd: %s\n", hass_buf_string(&line));
        return;
    }
    hass__assert_loop();
    scenario_tell(home,
                  &(struct scenario_seen){ .kind = SEEN_LOG, .text = hass_buf_string(&line) });
}

/* what happens */

static HASS_CALLBACK int on_end(const struct hass_tick *tick, void *userdata,
                                struct hass_error *err)
{
    struct home *home = userdata;

    tell_early(home, NULL);
    if (home->scenario->ended)
        home->scenario->ended(home->hass, home->scenario->userdata);
    home->recording = false;
    return hass_async_request_stop(home->hass, 0, err);
}

static HASS_CALLBACK int on_next(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err);

/* A timer for the next item, or for the end. */
static HASS_CALLBACK int set_timer(struct home *home, struct hass_error *err)
{
    const struct scenario *scenario = home->scenario;
    bool more = home->index < scenario->items->list.length;
    /* What happens at the last moment has its consequences. */
    int64_t at = more ? scenario->items->list.data[home->index].at : scenario->to + 1;
    struct hass_job job = more ? HASS_JOB_CALLBACK(on_next, home) : HASS_JOB_CALLBACK(on_end, home);

    return hass_async_call_at(home->hass, hass_monotonic(home->hass) + at - hass_now(home->hass),
                              job, NULL, err);
}

static HASS_CALLBACK int on_next(const struct hass_tick *tick, void *userdata,
                                 struct hass_error *err)
{
    struct home *home = userdata;

    scenario_apply(home, &home->scenario->items->list.data[home->index++], false);
    return set_timer(home, err);
}

/* What was given has been told by now. */
static HASS_CALLBACK int on_given(const struct hass_tick *tick, void *userdata,
                                  struct hass_error *err)
{
    struct home *home = userdata;

    home->recording = true;
    return 0;
}

static HASS_CALLBACK int on_start(const struct hass_event *event, void *userdata,
                                  struct hass_error *err)
{
    struct home *home = userdata;
    const struct scenario *scenario = home->scenario;

    if (scenario->time_zone) {
        int r = hass_config_async_update(home->hass,
                                         json_pack("{s:s}", "time_zone", scenario->time_zone), err);
        if (r < 0)
            return r;
    }
    for (size_t i = 0; i < scenario->given->list.length; i++)
        scenario_apply(home, &scenario->given->list.data[i], true);
    return hass_async_call_at(home->hass, hass_monotonic(home->hass),
                              HASS_JOB_CALLBACK(on_given, home), NULL, err);
}

static HASS_CALLBACK void begin(struct home *home)
{
    const struct scenario *scenario = home->scenario;
    int r = scenario->ready ? scenario->ready(home->hass, scenario->userdata, &home->failure) : 0;

    home->started = true;
    if (r == 0)
        r = set_timer(home, &home->failure);
    if (r < 0)
        (void)hass_async_request_stop(home->hass, 1, NULL);
}

static void on_phase(const char *phase, const char *text, void *userdata)
{
    if (strcmp(phase, "ready") != 0)
        return;
    hass__assert_loop();
    begin(userdata);
}

static HASS_CALLBACK int on_interrupt(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct home *home = userdata;

    hass_fail(&home->failure, -ECANCELED, "interrupted");
    home->recording = false;
    return hass_async_request_stop(hass, 1, err);
}

static HASS_CALLBACK int prepare(struct home *home, struct hass_error *err)
{
    struct hass *hass = home->hass;
    int r = hass_services_async_intercept(hass, scenario_on_call, home, err);

    if (r >= 0)
        r = hass_bus_async_listen(hass, HASS_EVENT_STATE_CHANGED, NULL,
                                  HASS_JOB_CALLBACK(on_change, home), NULL, err);
    if (r >= 0)
        r = hass_bus_async_listen(hass, HASS_MATCH_ALL, NULL, HASS_JOB_CALLBACK(on_event, home),
                                  NULL, err);
    if (r >= 0)
        r = hass_bus_async_listen_once(hass, HASS_EVENT_START, HASS_JOB_CALLBACK(on_start, home),
                                       NULL, err);
    if (r >= 0)
        r = hass_async_dispatcher_connect(hass, "automation_attempt",
                                          HASS_JOB_CALLBACK(on_attempt, home), NULL, err);
    if (r >= 0)
        r = hass_process_async_watch_signal(hass, SIGINT, HASS_JOB_CALLBACK(on_interrupt, home),
                                            NULL, err);
    if (r >= 0)
        r = hass_process_async_watch_signal(hass, SIGTERM, HASS_JOB_CALLBACK(on_interrupt, home),
                                            NULL, err);
    hass_set_notify(hass, on_phase, home);
    return r;
}

int scenario_run(const struct scenario *scenario, struct hass_error *err)
{
    struct home home = { .scenario = scenario, .failure = HASS_ERROR_INIT };
    struct hass_options options = scenario->options;

    options.virtual_start = scenario->from - LEAD;
    options.only = scenario_logic;
    hass_log_set_sink(on_log, &home);
    int r = hass_create(&options, &home.hass, err);
    if (r >= 0) {
        hass__assert_loop();
        home.ours = hass_strmap_create(NULL);
        home.runs = hass_strmap_create(free);
        r = prepare(&home, err);
        if (r >= 0)
            r = hass_run(home.hass, err);
        if (home.failure.code != 0)
            r = hass_error_copy(err, &home.failure);
        else if (r > 0)
            r = hass_fail(err, HASS_E_GENERAL, "the home could not be started");
        vec_foreach(&home.early, early) {
            early_fini(*early);
            free(*early);
        }
        vec_fini(&home.early);
        hass_destroy(home.hass);
        hass_strmap_destroy(home.ours);
        hass_strmap_destroy(home.runs);
    }
    hass_log_set_sink(NULL, NULL);
    return r < 0 ? r : 0;
}
