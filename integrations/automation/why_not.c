/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an automation has not run: each time when a trigger fired, or nearly, and what stopped it; and what would stop it now. The words are made
 * here, so that every client tells the same.
 *
 *     {"entity_id", "name", "state", "last_triggered", "remarks": [text], "attempts": [attempt with "text" and "place"],
 *      "pending": [{"text", "due"}], "conditions": [{"path", "result", "text", "place"}]}
 */
#include <stdlib.h>

#include <hass/buf.h>
#include <hass/dt.h>
#include <hass/loop.h>

#include "parts.h"

/* words */

static void write_value(struct hass_buf *buf, const json_t *value)
{
    if (json_is_string(value))
        hass_buf_printf(buf, "'%s'", json_string_value(value));
    else
        hass_json_write(value, buf);
}

/* What the details of a condition say, in the order in which people read them. */
static const struct {
    const char *key, *before;
} detail_words[] = {
    { "error", "it failed: " }, // the first, and a sentence
    { "message", "" },
    { "entity_id", "" },
    { "state", "the state is " },
    { "wanted_state", "wanted " },
    { "wanted_state_above", "wanted above " },
    { "wanted_state_below", "wanted below " },
    { "duration", "for seconds: " },
    { "now_time", "it is " },
    { "after", "wanted after " },
    { "before", "wanted before " },
    { "wanted_time_after", "wanted after " },
    { "wanted_time_before", "wanted before " },
    { "now_weekday", "today is " },
    { "weekday", "wanted on " },
    { "mode", "the mode is " },
    { "current", "runs going on: " },
    { "max", "at most: " },
    { "reason", "" },
};

static void write_details(struct hass_buf *buf, const json_t *details)
{
    const char *between = "";

    for (size_t i = 0; i < sizeof(detail_words) / sizeof(detail_words[0]); i++) {
        const json_t *value = hass_json_get(details, detail_words[i].key);
        if (!value)
            continue;
        bool sentence = i == 0 || !*detail_words[i].before;
        hass_buf_printf(buf, "%s%s", between, detail_words[i].before);
        if (json_is_string(value) && sentence)
            hass_buf_add_string(buf, json_string_value(value));
        else
            write_value(buf, value);
        between = ", ";
    }
}

static const struct {
    const char *reason, *text;
} reason_words[] = {
    { "failed_conditions", "a condition was not true" },
    { "failed_single", "it was still running, and its mode is single" },
    { "failed_max_runs", "as many runs as its mode allows were going on" },
    { "not_triggered", "a trigger nearly fired" },
    { "error", "" }, // the details say it
};

static const char *words_of(const char *reason)
{
    for (size_t i = 0; i < sizeof(reason_words) / sizeof(reason_words[0]); i++)
        if (strcmp(reason_words[i].reason, reason) == 0)
            return reason_words[i].text;
    return reason;
}

/* what has stopped it */

static HASS_CALLBACK json_t *describe(const struct automation *automation, json_t *attempt)
{
    const char *reason = hass_json_get_string(attempt, "reason", "");
    const json_t *details = hass_json_get(attempt, "details");
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, words_of(reason));
    if (text.length && json_object_size(details) > 0)
        hass_buf_add_string(&text, ": ");
    write_details(&text, details);
    json_object_set_new(attempt, "text", json_string(hass_buf_string(&text)));
    json_object_set_new(
        attempt, "place",
        place_in_automation(automation, hass_json_get_string(attempt, "path", NULL)));
    return attempt;
}

static HASS_CALLBACK json_t *attempts_since(const struct automation *automation, int64_t since)
{
    autojson *all = attempts_as_json(automation);
    json_t *chosen = json_array(), *attempt;
    size_t i;

    json_array_foreach(all, i, attempt) {
        int64_t time;
        if (hass_dt_parse(hass_json_get_string(attempt, "time", ""), NULL, &time, NULL) == 0 &&
            time >= since)
            json_array_append_new(chosen, describe(automation, json_incref(attempt)));
    }
    return chosen;
}

/* what would stop it now */

static HASS_CALLBACK json_t *conditions_now(struct automation *automation)
{
    autounref(hass_variables) *variables = hass_variables_new(NULL);
    autounref(hass_trace) *trace =
        hass_trace_async_new(automation->hass, HASS_TRACE_OPTIONS(.domain = DOMAIN, .loose = true));
    json_t *found = json_array(), *steps;
    const char *path;

    if (!automation->conditions)
        return found;
    hass_variables_set(variables, "trigger", json_pack("{s:n}", "platform"));
    if (automation->variables)
        (void)hass_variables_async_render(variables, automation->hass, automation->variables, true,
                                          false, NULL);
    (void)hass_conditions_async_test(automation->conditions, HASS_CONDITIONS_RAISE, variables,
                                     trace, "condition", automation->item.name, NULL);
    autojson *form = hass_trace_async_as_json(trace);
    json_object_foreach((json_t *)hass_json_get(form, "trace"), path, steps) {
        const json_t *step = json_array_get(steps, 0);
        const json_t *result = hass_json_get(step, "result");
        autobuf text = HASS_BUF_INIT;
        write_details(&text, hass_json_get(step, "error") ? step : result);
        json_array_append_new(found, json_pack("{s:s, s:O?, s:s, s:o}", "path", path, "result",
                                               hass_json_get(result, "result"), "text",
                                               hass_buf_string(&text), "place",
                                               place_in_automation(automation, path)));
    }
    return found;
}

static HASS_CALLBACK json_t *pending(const struct automation *automation)
{
    autojson *all =
        automation->triggers ? hass_triggers_async_pending(automation->triggers) : json_array();
    json_t *told = json_array(), *one;
    size_t i;

    json_array_foreach(all, i, one) {
        char due[HASS_DT_TEXT];
        hass_dt_iso(hass_json_get_int(one, "due", 0), NULL, due);
        json_array_append_new(told,
                              json_pack("{s:o, s:s}", "text",
                                        json_sprintf("trigger %lld waits: %s has to stay as it is",
                                                     (long long)hass_json_get_int(one, "index", 0),
                                                     hass_json_get_string(one, "key", "it")),
                                        "due", due));
    }
    return told;
}

/* What keeps it from running whatever happens. */
static HASS_CALLBACK json_t *remarks(const struct automation *automation)
{
    json_t *all = json_array();

    if (automation->item.failure)
        json_array_append_new(
            all, json_sprintf("its configuration is wrong: %s", automation->item.failure));
    else if (!automation->enabled)
        json_array_append_new(all, json_sprintf("it is turned off: hassctl call automation.turn_on "
                                                "entity_id=%s",
                                                hass_entity_async_entity_id(automation->entity)));
    else if (!automation->triggers)
        json_array_append_new(all,
                              json_string("none of its triggers is attached: the log says why"));
    return all;
}

json_t *why_not_explain(struct automation *automation, int64_t since)
{
    const struct hass_state *state = automation_state(automation);
    char last[HASS_DT_TEXT] = "";

    if (automation->last_triggered)
        hass_dt_iso(automation->last_triggered, NULL, last);
    return json_pack("{s:s, s:s, s:s, s:s?, s:o, s:o, s:o, s:o}", "entity_id",
                     hass_entity_async_entity_id(automation->entity), "name", automation->item.name,
                     "state", state ? hass_state_state(state) : "unavailable", "last_triggered",
                     *last ? last : NULL, "remarks", remarks(automation), "attempts",
                     attempts_since(automation, since), "pending", pending(automation),
                     "conditions", conditions_now(automation));
}
