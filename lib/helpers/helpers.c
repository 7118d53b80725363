/* SPDX-License-Identifier: Apache-2.0 */
/* The layer's tables and the registration of trackers. */
#include "helpers/helpers.h"

#include <hass/strmap.h>

#include "base/mem.h"
#include "core/core.h"
#include "helpers/journal.h"
#include "helpers/kinds.h"
#include "helpers/script.h"
#include "helpers/template_hass.h"
#include "helpers/trace.h"
#include "helpers/trigger.h"

static void destroy(void *object)
{
    helpers_unref(object);
}

struct helpers *helpers_of(struct hass *hass)
{
    struct helpers *helpers = hass_layer_get(hass, HASS_LAYER_HELPERS);

    if (helpers)
        return helpers;
    helpers = mem_zalloc(sizeof(*helpers));
    helpers->hass = hass;
    helpers->refs = 1;
    helpers->signals = hass_strmap_create(NULL);
    helpers->collections = hass_strmap_create(NULL);
    helpers->condition_kinds = kinds_create();
    helpers->trigger_kinds = kinds_create();
    hass_layer_set(hass, HASS_LAYER_HELPERS, helpers, destroy);
    return helpers;
}

struct helpers *helpers_ref(struct helpers *helpers)
{
    helpers->refs++;
    return helpers;
}

void helpers_unref(struct helpers *helpers)
{
    if (--helpers->refs)
        return;
    script_hass_destroy(helpers->scripts);
    hass_strmap_destroy(helpers->signals);
    hass_strmap_destroy(helpers->collections);
    for (size_t i = 0; i < TRACK_KINDS; i++)
        state_table_destroy(helpers->states[i]);
    traces_destroy(helpers->traces);
    journal_destroy(helpers->journal);
    template_hass_destroy(helpers->templates);
    hass_strmap_destroy(helpers->custom_templates);
    kinds_destroy(helpers->condition_kinds);
    kinds_destroy(helpers->trigger_kinds);
    hass_mutex_destroy(helpers->file_changes);
    trigger_owners_destroy(helpers->triggers);
    free(helpers);
}

int tracker_add(struct hass *hass, const struct tracker_options *options, struct hass_sub **ret_own,
                struct hass_error *err)
{
    struct sub_options sub = {
        .job = options->job,
        .once = options->once,
        .removed = options->removed,
        .owner = options->owner,
        .flags = options->flags,
    };

    return sub_add(hass, options->subject, &sub, ret_own, err);
}

void tracker_publish(struct hass_sub *own, struct hass_sub **ret_sub)
{
    if (ret_sub)
        *ret_sub = own;
    else
        sub_disown(own);
}
