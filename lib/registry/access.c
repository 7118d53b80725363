/* SPDX-License-Identifier: Apache-2.0 */
/* Walks, and requests of other threads. */
#include "registry/access.h"

#include "base/mem.h"
#include "core/core.h"
#include "registry/row.h"

bool access_next(const struct group *group, size_t *pos, const void **ret_row)
{
    const void *const *item = group_next(group, pos);

    *ret_row = item ? *item : NULL;
    return item;
}

/* asking */

struct question {
    access_find_fn *find;
    const struct access_key *key;
    const void *row; /* a reference */
};

static HASS_CALLBACK int answer(struct hass *hass, void *arg, struct hass_error *err)
{
    struct question *question = arg;

    question->row = row_ref(question->find(hass, question->key));
    return 0;
}

const void *access_fetch_from(struct hass *hass, const char *operation, access_find_fn *find,
                              const struct access_key *key, const void *site)
{
    struct question question = { .find = find, .key = key };

    (void)runtime_call_from(hass, operation, site, answer, &question, NULL);
    return question.row;
}

/* changing */

struct request {
    access_change_fn *change;
    const void *registry;
    char *group, *id;
    json_t *fields;
};

static void request_free(void *object)
{
    struct request *request = object;

    json_decref(request->fields);
    free(request->group);
    free(request->id);
    free(request);
}

static HASS_CALLBACK int carry_out(struct hass *hass, void *arg, struct hass_error *err)
{
    struct request *request = arg;
    const struct access_key key = { request->registry, request->group, request->id };

    return request->change(hass, &key, steal(request->fields), err);
}

int access_queue(struct hass *hass, const char *operation, access_change_fn *change,
                 const struct access_key *key, json_t *fields, struct hass_error *err)
{
    struct request *request = mem_alloc(sizeof(*request));

    *request = (struct request){
        .change = change,
        .registry = key->registry,
        .group = key->group ? mem_strdup(key->group) : NULL,
        .id = mem_strdup(key->id),
        .fields = fields,
    };
    return runtime_post(hass, operation, carry_out, request, request_free, err);
}
