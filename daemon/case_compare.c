/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Calls in order, exactly those that are wanted. Calls of scripts and scenes, whose work is seen in the calls that they make themselves, may
 * be left out. Events that nobody asks for are passed over.
 */
#include <string.h>

#include "case.h"
#include "timeline.h"

static const char *const target_keys[] = { "entity_id", "device_id", "area_id", "floor_id",
                                           "label_id" };

static bool is_target_key(const char *key)
{
    for (size_t i = 0; i < sizeof(target_keys) / sizeof(target_keys[0]); i++)
        if (strcmp(target_keys[i], key) == 0)
            return true;
    return false;
}

/* One value and a list of one are the same. */
static bool same_ids(const json_t *a, const json_t *b)
{
    const json_t *one = json_array_size(a) == 1 ? json_array_get(a, 0) : a;
    const json_t *other = json_array_size(b) == 1 ? json_array_get(b, 0) : b;

    return one && other && hass_json_equal(one, other);
}

/* @target must be all that the call was aimed at. */
static bool fits_target(const json_t *target, const json_t *data)
{
    for (size_t i = 0; i < sizeof(target_keys) / sizeof(target_keys[0]); i++) {
        const json_t *wanted = hass_json_get(target, target_keys[i]);
        const json_t *got = hass_json_get(data, target_keys[i]);
        if (wanted || got)
            if (!same_ids(wanted, got))
                return false;
    }
    return true;
}

/* Everything but the target. An entity_id within data counts as data there. */
static bool fits_data(const struct wanted *wanted, const json_t *data)
{
    const char *key;
    json_t *value;

    json_object_foreach((json_t *)wanted->data, key, value) {
        const json_t *got = hass_json_get(data, key);
        if (is_target_key(key) ? !same_ids(value, got) : !got || !hass_json_equal(value, got))
            return false;
    }
    json_object_foreach((json_t *)data, key, value) {
        if (!is_target_key(key) && !hass_json_get(wanted->data, key))
            return false;
    }
    return true;
}

static bool is_same_kind(const struct wanted *wanted, const struct happened *call)
{
    return call->is_event == (wanted->kind == WANTED_EVENT) &&
           strcmp(wanted->name, call->name) == 0;
}

static bool fits(const struct wanted *wanted, const struct happened *call)
{
    if (!is_same_kind(wanted, call))
        return false;
    if (wanted->at && wanted->at / HASS_USEC_PER_SEC != call->at / HASS_USEC_PER_SEC)
        return false;
    if (wanted->target && !fits_target(wanted->target, call->data))
        return false;
    return !wanted->data || fits_data(wanted, call->data);
}

/* Not to be missed when nobody asks for it. */
static bool may_be_left_out(const struct happened *call)
{
    return call->is_event || strncmp(call->name, "script.", 7) == 0 ||
           strcmp(call->name, "scene.turn_on") == 0 || strcmp(call->name, "scene.apply") == 0 ||
           strcmp(call->name, "automation.trigger") == 0;
}

/* telling */

static void time_text(const struct automation_case *test, int64_t at, struct hass_buf *text)
{
    struct hass_dt local = { .size = sizeof(local) };

    hass_dt_local(at, test->span.zone, &local);
    hass_buf_printf(text, " at %02d:%02d:%02d", local.hour, local.minute, local.second);
}

static void add_wanted(const struct automation_case *test, const struct wanted *wanted,
                       struct hass_buf *text)
{
    autojson *data = wanted->data ? json_copy((json_t *)wanted->data) : json_object();

    if (json_is_object(wanted->target))
        json_object_update(data, (json_t *)wanted->target);
    hass_buf_add_string(text, wanted->kind == WANTED_EVENT ? "event " : "");
    timeline_call_text(wanted->name, data, text);
    if (wanted->at)
        time_text(test, wanted->at, text);
}

static void add_got(const struct automation_case *test, const struct happened *call,
                    struct hass_buf *text)
{
    hass_buf_add_string(text, call->is_event ? "event " : "");
    timeline_call_text(call->name, call->data, text);
    time_text(test, call->at, text);
    if (call->run)
        hass_buf_printf(text, ", by %s", call->run);
}

static void differ(struct automation_case *test, const struct wanted *wanted,
                   const struct happened *call)
{
    autobuf want = HASS_BUF_INIT;
    autobuf got = HASS_BUF_INIT;

    if (wanted)
        add_wanted(test, wanted, &want);
    if (call)
        add_got(test, call, &got);
    if (wanted)
        case_fail(test, "line %u: wanted: %s\n         got: %s", wanted->line,
                  hass_buf_string(&want), call ? hass_buf_string(&got) : "nothing");
    else
        case_fail(test, "not wanted: %s", hass_buf_string(&got));
}

/* comparing */

static const struct wanted *next_wanted(const struct automation_case *test, size_t *index)
{
    while (*index < test->wanted.length && test->wanted.data[*index].kind == WANTED_STATE)
        ++*index;
    return *index < test->wanted.length ? &test->wanted.data[*index] : NULL;
}

/* True when what is wanted comes later: then @from is one too many. */
static bool comes_later(const struct automation_case *test, const struct wanted *wanted,
                        size_t from)
{
    for (size_t i = from + 1; i < test->calls.length; i++)
        if (fits(wanted, &test->calls.data[i]))
            return true;
    return false;
}

void case_compare(struct automation_case *test)
{
    size_t index = 0;
    const struct wanted *wanted = next_wanted(test, &index);

    for (size_t i = 0; i < test->calls.length; i++) {
        const struct happened *call = &test->calls.data[i];
        bool good = wanted && fits(wanted, call);
        bool meant = wanted && is_same_kind(wanted, call) && !comes_later(test, wanted, i);
        if (!good && !meant) {
            if (!may_be_left_out(call))
                differ(test, NULL, call);
            continue;
        }
        if (!good)
            differ(test, wanted, call);
        index++;
        wanted = next_wanted(test, &index);
    }
    for (; wanted; index++, wanted = next_wanted(test, &index))
        differ(test, wanted, NULL);
}
