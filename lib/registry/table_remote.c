/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other threads ask of a table.
 */
#include "base/mem.h"
#include "core/core.h"
#include "registry/table_rows.h"

struct request {
    const struct table_kind *kind;
    enum table_verb verb;
    char *group; /* or NULL */
    char *text;
    json_t *fields;
};

static void request_free(void *object)
{
    struct request *request = object;

    json_decref(request->fields);
    free(request->group);
    free(request->text);
    free(request);
}

static HASS_CALLBACK int run_request(struct hass *hass, void *arg, struct hass_error *err)
{
    struct request *request = arg;
    json_t *fields = steal(request->fields);

    if (request->verb == TABLE_CREATE)
        return table_create(hass, request->kind, request->group, request->text, fields, NULL, err);
    if (request->verb == TABLE_UPDATE)
        return table_update(hass, request->kind, request->group, request->text, fields, NULL, err);
    return table_delete(hass, request->kind, request->group, request->text, err);
}

int table_post(struct hass *hass, const struct table_kind *kind, const char *operation,
               enum table_verb verb, const char *group, const char *text, json_t *fields,
               struct hass_error *err)
{
    struct request *request = mem_alloc(sizeof(*request));

    *request = (struct request){
        .kind = kind,
        .verb = verb,
        .group = group ? mem_strdup(group) : NULL,
        .text = mem_strdup(text),
        .fields = fields,
    };
    return runtime_post(hass, operation, run_request, request, request_free, err);
}

struct fetch {
    const struct table_kind *kind;
    const char *group, *id;
    const void *row;
};

static HASS_CALLBACK int run_fetch(struct hass *hass, void *arg, struct hass_error *err)
{
    struct fetch *fetch = arg;

    fetch->row = row_ref(table_get(hass, fetch->kind, fetch->group, fetch->id));
    return 0;
}

const void *table_fetch_from(struct hass *hass, const struct table_kind *kind,
                             const char *operation, const char *group, const char *id,
                             const void *site)
{
    struct fetch fetch = { .kind = kind, .group = group, .id = id };

    (void)runtime_call_from(hass, operation, site, run_fetch, &fetch, NULL);
    return fetch.row;
}
