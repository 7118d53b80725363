/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A breadth-first walk. Each domain is visited once and remembers the one it was reached from, so that the way back can be
 * read off.
 */
#include "loader/resolve.h"

#include <string.h>

#include <hass/buf.h>
#include <hass/strmap.h>
#include <hass/vec.h>

struct walk {
    struct hass_strmap *reached_from; /* domain: index of its predecessor in order, plus one */
    HASS_VEC(const char *) order;     /* as visited */
};

/* "from -> … -> to", where @last is the place of the predecessor of @to. */
static char *write_path(const struct walk *walk, size_t last, const char *to)
{
    HASS_VEC(const char *) path = { 0 };

    vec_push(&path, to);
    for (size_t i = last;;) {
        vec_push(&path, walk->order.data[i]);
        size_t before = (size_t)hass_strmap_get(walk->reached_from, walk->order.data[i]);
        if (before == 0)
            break;
        i = before - 1;
    }
    struct hass_buf text = HASS_BUF_INIT;
    while (path.length > 0) {
        hass_buf_add_string(&text, vec_pop(&path));
        if (path.length > 0)
            hass_buf_add_string(&text, " -> ");
    }
    vec_fini(&path);
    return hass_buf_steal(&text);
}

static bool is_new(const struct walk *walk, const char *domain)
{
    return strcmp(domain, walk->order.data[0]) != 0 && !hass_strmap_get(walk->reached_from, domain);
}

char *resolve_path(const char *from, const char *to, resolve_edges_fn *edges, void *userdata)
{
    struct walk walk = { .reached_from = hass_strmap_create(NULL) };
    char *path = NULL;

    vec_push(&walk.order, from);
    for (size_t i = 0; i < walk.order.length && !path; i++) {
        const char *const *next = edges(walk.order.data[i], userdata);
        for (; next && *next && !path; next++) {
            if (strcmp(*next, to) == 0) {
                path = write_path(&walk, i, to);
            } else if (is_new(&walk, *next)) {
                hass_strmap_set(walk.reached_from, *next, (void *)(i + 1));
                vec_push(&walk.order, *next);
            }
        }
    }
    vec_fini(&walk.order);
    hass_strmap_destroy(walk.reached_from);
    return path;
}
