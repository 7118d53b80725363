/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A reference is followed when it is met; the texts that led to it are a chain on the stack, by which a circle is known. Depth
 * and size have limits, since texts come from others.
 */
#include "data/text_keys.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define BEGIN "[%key:"
#define END   "%]"

/* A text that is being followed, and the one that has led to it. */
struct place {
    const struct place *from; /* or NULL */
    unsigned depth;
    char domain[64], path[256];
};

bool text_keys_has(const char *text)
{
    return strstr(text, BEGIN) != NULL;
}

static bool is_same(const struct place *a, const struct place *b)
{
    return !strcmp(a->domain, b->domain) && !strcmp(a->path, b->path);
}

/* "component::light::state::on" or "common::state::on"; false when it is neither. */
static bool parse(const char *key, size_t length, struct place *ret_place)
{
    static const char component[] = "component::", common[] = "common::";
    size_t skip = sizeof(component) - 1;
    char text[sizeof(ret_place->path)];

    if (length >= sizeof(text))
        return false;
    memcpy(text, key, length);
    text[length] = '\0';
    const char *domain = text + skip, *path = NULL;
    if (!strncmp(text, component, skip) && (path = strstr(domain, "::")) != NULL) {
        text[path - text] = '\0';
        path += 2;
    } else if (!strncmp(text, common, sizeof(common) - 1)) {
        domain = "homeassistant";
        path = text;
    }
    if (!path || strlen(domain) >= sizeof(ret_place->domain))
        return false;
    snprintf(ret_place->domain, sizeof(ret_place->domain), "%s", domain);
    size_t at = 0;
    for (; *path; path += path[0] == ':' && path[1] == ':' ? 2 : 1)
        ret_place->path[at++] = *path == ':' && path[1] == ':' ? '.' : *path;
    ret_place->path[at] = '\0';
    return true;
}

static bool fill(struct text_keys *keys, const struct place *place, const char *text, FILE *out);

static bool follow(struct text_keys *keys, const struct place *from, const char *key, size_t length,
                   FILE *out)
{
    struct place place = { .from = from, .depth = from->depth + 1 };

    if (!parse(key, length, &place)) {
        snprintf(keys->problem, sizeof(keys->problem),
                 "'%.*s' is no reference: expected component::<integration>::<keys> or "
                 "common::<keys>",
                 (int)(length < 100 ? length : 100), key);
        return false;
    }
    for (const struct place *former = from; former; former = former->from) {
        if (is_same(former, &place) || place.depth > TEXT_KEYS_MAX_DEPTH) {
            snprintf(keys->problem, sizeof(keys->problem),
                     "reference to %s of %s goes in a circle, or over more than %d others",
                     place.path, place.domain, TEXT_KEYS_MAX_DEPTH);
            return false;
        }
    }
    const char *text = keys->find(keys->userdata, place.domain, place.path);
    if (!text) {
        snprintf(keys->problem, sizeof(keys->problem),
                 "reference to %s of %s leads nowhere: %s has no such text", place.path,
                 place.domain, place.domain);
        return false;
    }
    return fill(keys, &place, text, out);
}

static bool fill(struct text_keys *keys, const struct place *place, const char *text, FILE *out)
{
    const char *begin;

    while ((begin = strstr(text, BEGIN)) != NULL) {
        const char *key = begin + strlen(BEGIN);
        const char *end = strstr(key, END);
        if (!end)
            break;
        fwrite(text, 1, (size_t)(begin - text), out);
        if (!follow(keys, place, key, (size_t)(end - key), out))
            return false;
        text = end + strlen(END);
    }
    fwrite(text, 1, strlen(text), out);
    if (ftell(out) <= TEXT_KEYS_MAX_TEXT)
        return true;
    snprintf(keys->problem, sizeof(keys->problem), "references make a text of more than %d bytes",
             TEXT_KEYS_MAX_TEXT);
    return false;
}

char *text_keys_follow(struct text_keys *keys, const char *domain, const char *path,
                       const char *text)
{
    struct place place = { .from = NULL };
    char *result = NULL;
    size_t size;
    FILE *out = open_memstream(&result, &size);

    if (!out)
        abort();
    snprintf(place.domain, sizeof(place.domain), "%s", domain);
    snprintf(place.path, sizeof(place.path), "%s", path ? path : "");
    bool good = fill(keys, &place, text, out);
    fclose(out);
    if (good)
        return result;
    free(result);
    return NULL;
}
