/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What came of a recorded automation beside what is expected. Contexts are recorded as labels: what counts is which records share
 * one. Where records of one moment may come in any order, assignments are tried until one fits all labels.
 */
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include <hass/context.h>

#include "base/mem.h"
#include "support/test.h"
#include "vectors/automations.h"

/* values */

static bool numbers_equal(double a, double b)
{
    return fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b)));
}

static bool values_equal(const json_t *expected, const json_t *got);

static bool is_subset(const json_t *expected, const json_t *got)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)expected, key, value)
        if (!values_equal(value, json_object_get(got, key)))
            return false;
    return true;
}

static bool lists_equal(const json_t *expected, const json_t *got)
{
    size_t count = json_array_size(expected);

    if (json_array_size(got) != count)
        return false;
    for (size_t i = 0; i < count; i++)
        if (!values_equal(json_array_get(expected, i), json_array_get(got, i)))
            return false;
    return true;
}

/* Numbers by value; no text is a number, and neither is true. */
static bool values_equal(const json_t *expected, const json_t *got)
{
    if (!expected || !got)
        return expected == got;
    if (json_is_number(expected) && json_is_number(got))
        return numbers_equal(json_number_value(expected), json_number_value(got));
    if (json_typeof(expected) != json_typeof(got))
        return false;
    if (json_is_object(expected))
        return json_object_size(expected) == json_object_size(got) && is_subset(expected, got);
    return json_is_array(expected) ? lists_equal(expected, got)
                                   : json_equal((json_t *)expected, (json_t *)got);
}

static bool times_equal(const struct play *play, const json_t *expected, const json_t *got)
{
    const json_t *tolerance = hass_json_get(play->vector, "tolerance");
    double late = json_number_value(got) - json_number_value(expected);

    if (!json_is_number(expected) || !json_is_number(got))
        return values_equal(expected, got);
    return late <= hass_json_get_number(tolerance, "late", 0.001) + 1e-9 &&
           late >= -hass_json_get_number(tolerance, "early", 0.001) - 1e-9;
}

static void write_json(const json_t *json, struct hass_buf *buf)
{
    if (json)
        hass_json_write(json, buf);
    else
        hass_buf_add_string(buf, "nothing");
}

static void say(struct hass_buf *why, const char *what, const json_t *expected, const json_t *got)
{
    hass_buf_printf(why, "%s: expected ", what);
    write_json(expected, why);
    hass_buf_add_string(why, ", got ");
    write_json(got, why);
}

/* calls and events */

/* Both lists as one: labels of contexts go through both. */
struct matching {
    const struct play *play;
    const json_t *expected, *got;
    bool any_order;
    bool *taken;    /* by record of got */
    size_t deepest; /* how many were matched at best */
    json_t *ids;    /* of contexts by label */
    json_t *labels; /* the other way */
};

/* True when the label may stand for the context; from then on it does. */
static bool bind(struct matching *matching, const json_t *label, const json_t *id)
{
    const char *bound;

    if (!json_is_string(label) || !json_is_string(id))
        return !json_is_string(label) && !json_is_string(id);
    bound = hass_json_get_string(matching->ids, json_string_value(label), NULL);
    if (bound)
        return strcmp(bound, json_string_value(id)) == 0;
    if (json_object_get(matching->labels, json_string_value(id)))
        return false;
    json_object_set(matching->ids, json_string_value(label), (json_t *)id);
    json_object_set(matching->labels, json_string_value(id), (json_t *)label);
    return true;
}

static bool same_text(const json_t *expected, const json_t *got, const char *key)
{
    return strcmp(hass_json_get_string(expected, key, ""), hass_json_get_string(got, key, "")) == 0;
}

static bool contents_equal(const struct play *play, const json_t *expected, const json_t *got)
{
    const json_t *data = hass_json_get(expected, "data"), *ours = hass_json_get(got, "data");

    return same_text(expected, got, "type") && same_text(expected, got, "domain") &&
           same_text(expected, got, "service") &&
           times_equal(play, hass_json_get(expected, "at"), hass_json_get(got, "at")) &&
           times_equal(play, hass_json_get(expected, "cancelled_at"),
                       hass_json_get(got, "cancelled_at")) &&
           (hass_json_get(expected, "type") ? is_subset(data, ours) : values_equal(data, ours));
}

static bool match_from(struct matching *matching, size_t index);

static bool match_with(struct matching *matching, size_t index, size_t candidate)
{
    const json_t *expected = json_array_get(matching->expected, index);
    const json_t *got = json_array_get(matching->got, candidate);

    if (!got || matching->taken[candidate] || !contents_equal(matching->play, expected, got))
        return false;
    json_t *ids = json_copy(matching->ids), *labels = json_copy(matching->labels);
    matching->taken[candidate] = true;
    /* A case of ours says nothing of contexts. */
    if (!hass_json_get(expected, "context") ||
        (bind(matching, hass_json_get(expected, "context"), hass_json_get(got, "context")) &&
         bind(matching, hass_json_get(expected, "parent"), hass_json_get(got, "parent")))) {
        if (match_from(matching, index + 1)) {
            json_decref(ids);
            json_decref(labels);
            return true;
        }
    }
    matching->taken[candidate] = false;
    json_decref(matching->ids);
    json_decref(matching->labels);
    matching->ids = ids;
    matching->labels = labels;
    return false;
}

static bool match_from(struct matching *matching, size_t index)
{
    if (index > matching->deepest)
        matching->deepest = index;
    if (index == json_array_size(matching->expected))
        return true;
    if (!matching->any_order)
        return match_with(matching, index, index);
    for (size_t i = 0; i < json_array_size(matching->got); i++)
        if (match_with(matching, index, i))
            return true;
    return false;
}

static json_t *joined(const json_t *calls, const json_t *events)
{
    json_t *both = json_copy((json_t *)calls);

    json_array_extend(both, (json_t *)events);
    return both;
}

/* Told before they are matched, since a missing one shifts all that follow. */
static bool compare_counts(const struct play *play, const char *what, const json_t *got,
                           struct hass_buf *why)
{
    const json_t *expected = hass_json_get(play->expected, what);

    if (json_array_size(expected) == json_array_size(got))
        return true;
    hass_buf_printf(why, "%zu instead of %zu ", json_array_size(got), json_array_size(expected));
    say(why, what, expected, got);
    return false;
}

static bool compare_records(const struct play *play, struct hass_buf *why)
{
    autojson *expected =
        joined(hass_json_get(play->expected, "calls"), hass_json_get(play->expected, "events"));
    autojson *got = joined(play->calls, play->events);
    struct matching matching = {
        .play = play,
        .expected = expected,
        .got = got,
        .any_order =
            strcmp(hass_json_get_string(play->vector, "order", "strict"), "same_time_any") == 0,
        .taken = mem_calloc(json_array_size(got) + 1, sizeof(bool)),
        .ids = json_object(),
        .labels = json_object(),
    };

    for (size_t i = 0; i < json_array_size(hass_json_get(play->vector, "steps")); i++) {
        autofree char *label = mem_printf("step%zu", i);
        autojson *name = json_string(label), *id = json_string(hass_context_id(play->contexts[i]));
        bind(&matching, name, id);
    }
    bool equal = match_from(&matching, 0);
    if (!equal) {
        autofree char *what = mem_printf("record %zu", matching.deepest);
        say(why, what, json_array_get(expected, matching.deepest),
            json_array_get(got, matching.deepest));
    }
    free(matching.taken);
    json_decref(matching.ids);
    json_decref(matching.labels);
    return equal;
}

/* responses */

static bool response_equals(const struct play *play, const json_t *expected, const json_t *got)
{
    return values_equal(hass_json_get(expected, "step"), hass_json_get(got, "step")) &&
           times_equal(play, hass_json_get(expected, "at"), hass_json_get(got, "at")) &&
           !hass_json_get(expected, "error") == !hass_json_get(got, "error") &&
           values_equal(hass_json_get(expected, "response"), hass_json_get(got, "response"));
}

static const json_t *response_of(const json_t *responses, int64_t step)
{
    for (size_t i = 0; i < json_array_size(responses); i++)
        if (hass_json_get_int(json_array_get(responses, i), "step", -1) == step)
            return json_array_get(responses, i);
    return NULL;
}

static bool compare_responses(const struct play *play, struct hass_buf *why)
{
    const json_t *expected = hass_json_get(play->expected, "responses");

    for (size_t i = 0; i < json_array_size(expected); i++) {
        const json_t *one = json_array_get(expected, i);
        const json_t *got = response_of(play->responses, hass_json_get_int(one, "step", -1));
        if (response_equals(play, one, got))
            continue;
        say(why, "response", one, got);
        return false;
    }
    return compare_counts(play, "responses", play->responses, why);
}

/* states */

/* `order` is where the group stood; see groups_in_order. */
static bool state_equals(const struct play *play, const json_t *expected, const json_t *got)
{
    const json_t *state = hass_json_get(expected, "state");
    const json_t *at = hass_json_get(state, "at");

    if (!json_is_object(expected) || !json_is_object(got))
        return json_is_null(expected) && json_is_null(got);
    return (at ? times_equal(play, at, hass_json_get(hass_json_get(got, "state"), "at"))
               : values_equal(state, hass_json_get(got, "state"))) &&
           (!hass_json_get(expected, "changed_at") ||
            times_equal(play, hass_json_get(expected, "changed_at"),
                        hass_json_get(got, "changed_at"))) &&
           (!hass_json_get(expected, "last_triggered") ||
            json_is_null(hass_json_get(expected, "last_triggered")) ||
            times_equal(play, hass_json_get(expected, "last_triggered"),
                        hass_json_get(got, "last_triggered"))) &&
           is_subset(hass_json_get(expected, "attributes"), hass_json_get(got, "attributes"));
}

static bool compare_states(const struct play *play, const char *what, const json_t *expected,
                           const json_t *got, bool complete, struct hass_buf *why)
{
    const char *entity_id;
    json_t *record;

    json_object_foreach((json_t *)expected, entity_id, record) {
        const json_t *ours = json_object_get(got, entity_id);
        if (state_equals(play, record, ours))
            continue;
        autofree char *place = mem_printf("%s %s", what, entity_id);
        say(why, place, record, ours);
        return false;
    }
    json_object_foreach((json_t *)got, entity_id, record) {
        if (!complete || json_object_get(expected, entity_id))
            continue;
        hass_buf_printf(why, "%s: %s should not be there", what, entity_id);
        return false;
    }
    return true;
}

static bool compare_snapshots(const struct play *play, struct hass_buf *why)
{
    const json_t *expected = hass_json_get(play->expected, "snapshots");
    bool equal = true;

    for (size_t i = 0; i < json_array_size(expected) && equal; i++) {
        const json_t *one = json_array_get(expected, i), *got = json_array_get(play->snapshots, i);
        autofree char *what =
            mem_printf("snapshot of step %d", (int)hass_json_get_int(one, "step", -1));
        equal = compare_states(play, what, hass_json_get(one, "states"),
                               hass_json_get(got, "states"), true, why);
    }
    return equal;
}

/* configuration */

/* That an item is rejected is compulsory, and that the log says why; how it does is not. */
static bool compare_config_errors(const struct play *play, struct hass_buf *why)
{
    size_t wanted = json_array_size(hass_json_get(play->expected, "config_errors"));
    size_t got = logs_count(test_logs(), HASS_LOG_ERROR);

    if (got >= wanted)
        return true;
    hass_buf_printf(why, "%zu errors in the log for %zu items that are wrong", got, wanted);
    return false;
}

/* A case of ours says how many lines of the log are warnings and errors; those recorded differ in that. */
static bool compare_problems(const struct play *play, struct hass_buf *why)
{
    size_t wanted = (size_t)hass_json_get_int(play->vector, "problems", 0);
    size_t got = logs_count(test_logs(), HASS_LOG_WARNING);

    if (got == wanted)
        return true;
    hass_buf_printf(why, "%zu instead of %zu warnings and errors in the log: %s", got, wanted,
                    got ? logs_find(test_logs(), "WARNING") ? logs_find(test_logs(), "WARNING")
                                                            : logs_find(test_logs(), "ERROR")
                        : "");
    return false;
}

/* A household's case says nothing of events, contexts and what else has a state. */
static bool compare_household(struct play *play, struct hass_buf *why)
{
    json_array_clear(play->events);
    return compare_counts(play, "calls", play->calls, why) && compare_records(play, why) &&
           compare_states(play, "at the end", hass_json_get(play->expected, "final_states"),
                          play->final_states, false, why) &&
           compare_problems(play, why);
}

bool play_compare(struct play *play, struct hass_buf *why)
{
    if (hass_json_get_bool(play->vector, "household", false))
        return compare_household(play, why);
    return compare_counts(play, "calls", play->calls, why) &&
           compare_counts(play, "events", play->events, why) && compare_records(play, why) &&
           compare_responses(play, why) && compare_snapshots(play, why) &&
           compare_states(play, "at the end", hass_json_get(play->expected, "final_states"),
                          play->final_states, true, why) &&
           compare_config_errors(play, why);
}
