/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Another language while everything runs: the texts of all opened files are read anew, in the pool since the dynamic linker's
 * lock is needed for it, and the names of entities that are made of them follow.
 */
#include <string.h>

#include <hass/bus.h>
#include <hass/config.h>
#include <hass/executor.h>

#include "base/mem.h"
#include "entity/translation.h"
#include "loader/loader.h"

/* What goes to the pool and comes back; the waiter may be gone by then, so both hold it. */
struct reading {
    _Atomic int refs;
    struct plugin_store *store;
    char *language;
    struct plugin_texts *texts; /* out */
};

static void reading_unref(void *object)
{
    struct reading *reading = object;

    if (--reading->refs > 0)
        return;
    plugin_texts_free(reading->texts);
    free(reading->language);
    free(reading);
}

static HASS_BLOCKING int read_in_pool(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct reading *reading = userdata;

    reading->texts = plugin_read_texts(reading->store, reading->language);
    return 0;
}

static HASS_CALLBACK void use_texts(struct loader *loader, struct plugin_texts *texts)
{
    const char *domain;
    const struct integration *integration;

    plugin_use_texts(texts);
    strmap_foreach(loader->integrations, domain, integration)
        if (integration->plugin)
            translation_set(loader->hass, domain, hass_json_ref(integration->plugin->strings),
                            hass_json_ref(integration->plugin->local));
    translations_async_changed(loader->hass);
}

static bool is_spoken(struct hass *hass, const char *language)
{
    struct hass_home home = { .size = sizeof(home) };

    hass_config_home(hass, &home);
    return !strcmp(home.language, language);
}

/* Until what was read is what is spoken: it may have been changed meanwhile. */
static HASS_COROUTINE int change_language(struct hass *hass, void *userdata, struct hass_error *err)
{
    struct loader *loader = userdata;
    bool done = false;
    int r = 0;

    while (r >= 0 && !done) {
        struct hass_home home = { .size = sizeof(home) };
        struct reading *reading = mem_alloc(sizeof(*reading));
        hass_config_home(hass, &home);
        *reading = (struct reading){ 2, loader->store, mem_strdup(home.language), NULL };
        r = hass_async_run_in_executor(hass,
                                       HASS_JOB_EXECUTOR(read_in_pool, reading,
                                                         .destroy = reading_unref,
                                                         .name = "texts in another language"),
                                       err);
        done = is_spoken(hass, reading->language);
        if (r >= 0 && done)
            use_texts(loader, reading->texts);
        reading_unref(reading);
    }
    loader->changing_language = false;
    return r < 0 ? r : 0;
}

static HASS_CALLBACK int on_config(const struct hass_event *event, void *userdata,
                                   struct hass_error *err)
{
    struct loader *loader = userdata;

    if (loader->changing_language || !hass_json_get(hass_event_data(event), "language"))
        return 0;
    loader->changing_language = true;
    int r = hass_async_create_task(
        loader->hass, HASS_JOB_COROUTINE(change_language, loader, .name = "another language"), NULL,
        err);
    if (r < 0)
        loader->changing_language = false;
    return r;
}

int loader_follow_language(struct loader *loader, struct hass_error *err)
{
    return hass_bus_async_listen(loader->hass, HASS_EVENT_CORE_CONFIG_UPDATE, NULL,
                                 HASS_JOB_CALLBACK(on_config, loader), NULL, err);
}
