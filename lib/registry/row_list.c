/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of texts and of pairs, made in an arena. They are short: looking through them is quick. */
#include <string.h>

#include "registry/row.h"

size_t row_count_texts(const char *const *texts)
{
    size_t count = 0;

    while (texts[count])
        count++;
    return count;
}

size_t row_count_pairs(const struct hass_device_pair *pairs)
{
    size_t count = 0;

    while (pairs[count].first)
        count++;
    return count;
}

bool row_has_text(const char *const *texts, const char *text)
{
    for (; *texts; texts++)
        if (strcmp(*texts, text) == 0)
            return true;
    return false;
}

bool row_has_pair(const struct hass_device_pair *pairs, struct hass_device_pair pair)
{
    for (; pairs->first; pairs++)
        if (strcmp(pairs->first, pair.first) == 0 && strcmp(pairs->second, pair.second) == 0)
            return true;
    return false;
}

const char *const *row_with_text(const char *const *texts, const char *text, struct arena *arena)
{
    size_t count = row_count_texts(texts);

    if (row_has_text(texts, text))
        return texts;
    const char **more = arena_alloc(arena, (count + 2) * sizeof(*more));
    memcpy(more, texts, count * sizeof(*more));
    more[count] = text;
    more[count + 1] = NULL;
    return more;
}

const char *const *row_without_text(const char *const *texts, const char *text, struct arena *arena)
{
    const char **fewer = arena_alloc(arena, (row_count_texts(texts) + 1) * sizeof(*fewer));
    size_t count = 0;

    for (; *texts; texts++)
        if (strcmp(*texts, text) != 0)
            fewer[count++] = *texts;
    fewer[count] = NULL;
    return fewer;
}

const struct hass_device_pair *row_join_pairs(const struct hass_device_pair *a,
                                              const struct hass_device_pair *b, struct arena *arena)
{
    a = a ? a : row_no_pairs;
    b = b ? b : row_no_pairs;
    size_t count = row_count_pairs(a);
    struct hass_device_pair *all =
        arena_alloc(arena, (count + row_count_pairs(b) + 1) * sizeof(*all));
    memcpy(all, a, (count + 1) * sizeof(*all));
    for (; b->first; b++) {
        if (row_has_pair(all, *b))
            continue;
        all[count++] = *b;
        all[count] = (struct hass_device_pair){ NULL, NULL };
    }
    return all;
}

const struct hass_device_pair *row_common_pairs(const struct hass_device_pair *a,
                                                const struct hass_device_pair *b,
                                                struct arena *arena)
{
    struct hass_device_pair *common = arena_alloc(arena, (row_count_pairs(a) + 1) * sizeof(*a));
    size_t count = 0;

    for (; a->first; a++)
        if (row_has_pair(b, *a))
            common[count++] = *a;
    common[count] = (struct hass_device_pair){ NULL, NULL };
    return common;
}
