/* SPDX-License-Identifier: Apache-2.0 */
/* What domain integrations have in common: commands for the pool, lists of words, and what a user may ask for. */
#include <string.h>

#include <hass/buf.h>
#include <hass/const.h>
#include <hass/domain.h>

#include "base/mem.h"
#include "core/core.h"
#include "entity/entity.h"
#include "run/executor.h"

/* commands */

/* A command on its way to the pool, with what it may point into. */
struct boxed {
    const struct hass_service_call *call;
    hass_entity_work_fn *work;
    max_align_t command[];
};

static void boxed_destroy(void *object)
{
    struct boxed *boxed = object;

    hass_service_call_unref(boxed->call);
    free(boxed);
}

static int boxed_run(struct hass_worker *worker, struct hass_entity *entity, void *values,
                     void *arg, struct hass_error *err)
{
    struct boxed *boxed = arg;

    return boxed->work(worker, entity, values, boxed->command, err);
}

int hass_entity_async_command(struct hass_entity *entity, hass_entity_work_fn *work,
                              const void *command, size_t size,
                              const struct hass_service_call *call, struct hass_error *err)
{
    VERIFY_COROUTINE(entity->hass, "hass.entity.async_command", err);
    struct boxed *boxed = mem_alloc(sizeof(*boxed) + size);

    boxed->call = hass_service_call_ref(call);
    boxed->work = work;
    memcpy(boxed->command, command, size);
    return hass_entity_async_work(entity, boxed_run, boxed, boxed_destroy, err);
}

/* values */

struct hass_value hass_value_on_off(struct hass_value on)
{
    if (on.type != HASS_VALUE_BOOL)
        return HASS_NONE;
    return hass_value_string(on.boolean ? HASS_STATE_ON : HASS_STATE_OFF);
}

void hass_attrs_set_words(struct hass_attrs_writer *writer, const char *key,
                          const char *const *words)
{
    if (!words) {
        hass_attrs_set(writer, key, HASS_NONE);
        return;
    }
    autojson *list = json_array();
    for (; *words; words++)
        json_array_append_new(list, json_string(*words));
    hass_attrs_set_json(writer, key, list);
}

int hass_words_find(const char *const *words, const char *word)
{
    for (int i = 0; words && word && words[i]; i++) {
        if (!strcmp(words[i], word))
            return i;
    }
    return -1;
}

int hass_validate_word(const char *const *words, const char *word, const char *what,
                       const char *key, struct hass_error *err)
{
    int place = hass_words_find(words, word);
    autobuf known = HASS_BUF_INIT;

    if (place >= 0)
        return place;
    for (size_t i = 0; words && words[i]; i++)
        hass_buf_printf(&known, "%s%s", i ? ", " : "", words[i]);
    return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, key, "%s '%s' is not one of %s", what,
                         word, hass_buf_string(&known));
}

int hass_validate_range(double value, double min, double max, const char *what, const char *key,
                        struct hass_error *err)
{
    if (value >= min && value <= max)
        return 0;
    return hass_fail_key(err, HASS_E_SERVICE_VALIDATION, key, "%s %g is not between %g and %g",
                         what, value, min, max);
}
