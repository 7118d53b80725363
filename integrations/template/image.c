/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Template images: the address of a picture; the state is when it became another one. The picture itself is HTTP's to fetch, for which
 * there is no client yet: whoever asks for it is told so.
 */
#include "image/image.h"

#include <stdlib.h>

#include <hass/loop.h>

#include "parts.h"

TEMPLATE_SCHEMA(template_image_schema, TEMPLATE_COMMON_FIELDS,
                HASS_FIELD("url", &template_type_template, .required = true,
                           .doc = "Where the picture is"),
                HASS_FIELD("verify_ssl", &hass_type_bool, .fallback = "true",
                           .doc = "Check the server's certificate"));

struct picture {
    struct template_entity item;
    char *url; /* NULL: none */
    int64_t updated;
};

static HASS_CALLBACK void set_url(struct template_entity *item, const json_t *result)
{
    struct picture *picture = (struct picture *)item;
    const char *url = template_is_unknown(result) ? NULL : json_string_value(result);

    template_entity_judge(item, result);
    if (!url && !template_is_unknown(result))
        template_entity_complain(item, "url", result, "an address");
    if (url && picture->url && strcmp(url, picture->url) == 0)
        return;
    char *fresh = url ? strdup(url) : NULL;
    free(picture->url);
    picture->url = fresh;
    picture->updated = url ? hass_now(hass_entity_hass(item->entity)) : 0;
}

static const struct template_option options[] = {
    { "url", set_url },
    { NULL, NULL },
};

static int64_t last_updated(struct hass_entity *entity)
{
    const struct picture *picture = template_entity_of(entity);

    return picture->updated;
}

static HASS_COROUTINE int fetch(struct hass_entity *entity, struct hass_buf *ret_image,
                                struct hass_error *err)
{
    const struct picture *picture = template_entity_of(entity);

    if (!picture->url)
        return hass_fail(err, HASS_E_NOT_FOUND, "there is no picture");
    return hass_fail(err, HASS_E_UNSUPPORTED,
                     "this version has no HTTP client to fetch %s with; set `picture` to show it",
                     picture->url);
}

static const struct image_ops ops = IMAGE_OPS(.last_updated = last_updated, .async_image = fetch);

static void fini(struct template_entity *item)
{
    free(((struct picture *)item)->url);
}

const struct template_kind template_image = {
    .domain = "image",
    .default_name = "Template Image",
    .size = sizeof(struct picture),
    .schema = &template_image_schema,
    .options = options,
    .ops = &ops,
    .fini = fini,
};
