/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Walking the outermost level of a JSON text that is too large for a tree, by the pull reader.
 */
#include <hass/json.h>

#include "data/json_pull.h"

struct walk {
    struct json_pull pull;
    const char *text; /* that was fed, whole: places in the reader's copy are places in it */
    hass_json_each_fn *each;
    void *userdata;
};

static const char *in_text(const struct walk *walk, const struct json_token *token)
{
    return walk->text + (token->text - walk->pull.buffer);
}

static int each(const struct walk *walk, const struct json_token *key,
                const struct json_token *value, struct hass_error *err)
{
    return walk->each(
        &(const struct hass_json_piece){
            .key = key ? in_text(walk, key) : NULL,
            .key_length = key ? key->length : 0,
            .text = in_text(walk, value),
            .length = value->length,
        },
        walk->userdata, err);
}

static int walk_array(struct walk *walk, struct hass_error *err)
{
    struct json_token value;
    int r;

    while ((r = json_pull_value(&walk->pull, &value, err)) > JSON_PULL_END &&
           r != JSON_PULL_ARRAY_END) {
        r = each(walk, NULL, &value, err);
        if (r < 0)
            return r;
    }
    return r;
}

static int walk_object(struct walk *walk, struct hass_error *err)
{
    struct json_token key, value;
    int r;

    while ((r = json_pull_next(&walk->pull, &key, err)) == JSON_PULL_KEY) {
        r = json_pull_value(&walk->pull, &value, err);
        if (r >= 0)
            r = each(walk, &key, &value, err);
        if (r < 0)
            return r;
    }
    return r;
}

static int walk_document(struct walk *walk, struct hass_error *err)
{
    struct json_token token;
    int r = json_pull_next(&walk->pull, &token, err);

    if (r < 0)
        return r;
    if (r != JSON_PULL_ARRAY && r != JSON_PULL_OBJECT)
        return hass_fail(err, HASS_E_PARSE, "expected a list or a map");
    r = r == JSON_PULL_ARRAY ? walk_array(walk, err) : walk_object(walk, err);
    if (r >= 0)
        r = json_pull_next(&walk->pull, &token, err);
    return r < 0 ? r : 0;
}

int hass_json_each(const char *text, size_t size, hass_json_each_fn *each_fn, void *userdata,
                   struct hass_error *err)
{
    struct walk walk = { .text = text, .each = each_fn, .userdata = userdata };

    json_pull_init(&walk.pull, size + 1);
    int r = json_pull_feed(&walk.pull, text, size, err);
    json_pull_close(&walk.pull);
    if (r >= 0)
        r = walk_document(&walk, err);
    json_pull_fini(&walk.pull);
    return r;
}
