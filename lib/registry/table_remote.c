/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What other threads ask of a table.
 */
#include "registry/access.h"
#include "registry/table.h"

static HASS_CALLBACK int create(struct hass *hass, const struct access_key *key, json_t *fields,
                                struct hass_error *err)
{
    return table_create(hass, key->registry, key->group, key->id, fields, NULL, err);
}

static HASS_CALLBACK int update(struct hass *hass, const struct access_key *key, json_t *fields,
                                struct hass_error *err)
{
    return table_update(hass, key->registry, key->group, key->id, fields, NULL, err);
}

static HASS_CALLBACK int delete (struct hass *hass, const struct access_key *key, json_t *fields,
                                 struct hass_error *err)
{
    json_decref(fields);
    return table_delete(hass, key->registry, key->group, key->id, err);
}

int table_post(struct hass *hass, const struct table_kind *kind, const char *operation,
               enum table_verb verb, const char *group, const char *text, json_t *fields,
               struct hass_error *err)
{
    static access_change_fn *const verbs[] = {
        [TABLE_CREATE] = create,
        [TABLE_UPDATE] = update,
        [TABLE_DELETE] = delete,
    };
    const struct access_key key = { kind, group, text };

    return access_queue(hass, operation, verbs[verb], &key, fields, err);
}

static HASS_CALLBACK const void *find(struct hass *hass, const struct access_key *key)
{
    return table_get(hass, key->registry, key->group, key->id);
}

const void *table_fetch_from(struct hass *hass, const struct table_kind *kind,
                             const char *operation, const char *group, const char *id,
                             const void *site)
{
    const struct access_key key = { kind, group, id };

    return access_fetch_from(hass, operation, find, &key, site);
}
