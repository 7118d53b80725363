/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The nearest known word: edit distance with neighbouring letters swapped counted as one slip, case and the difference
 * between '-', '_' and blank as none.
 */
#include <ctype.h>
#include <string.h>

#include <hass/schema.h>

#include "base/mem.h"
#include "data/diagnostic.h"

/* Longer words are not compared: nobody mistypes one character in forty. */
#define WORD_MAX 40

static char fold(char c)
{
    return c == '-' || c == ' ' ? '_' : (char)tolower((unsigned char)c);
}

static size_t least(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* Optimal string alignment over three rows. */
static size_t edit_distance(const char *a, size_t a_length, const char *b, size_t b_length)
{
    size_t rows[3][WORD_MAX + 1];
    size_t *before = rows[0], *last = rows[1], *row = rows[2];

    for (size_t j = 0; j <= b_length; j++)
        last[j] = j;
    for (size_t i = 1; i <= a_length; i++) {
        row[0] = i;
        for (size_t j = 1; j <= b_length; j++) {
            size_t cost = fold(a[i - 1]) != fold(b[j - 1]);
            row[j] = least(least(last[j], row[j - 1]) + 1, last[j - 1] + cost);
            if (i > 1 && j > 1 && fold(a[i - 1]) == fold(b[j - 2]) &&
                fold(a[i - 2]) == fold(b[j - 1]))
                row[j] = least(row[j], before[j - 2] + 1);
        }
        size_t *oldest = before;
        before = last;
        last = row;
        row = oldest;
    }
    return last[b_length];
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
    size_t length = strlen(nearest->word), other = strlen(candidate);

    if (length == 0 || length > WORD_MAX || other > WORD_MAX)
        return;
    size_t allowed = length < 4 ? 1 : length < 8 ? 2 : 3;
    size_t distance = edit_distance(nearest->word, length, candidate, other);
    // A word of which everything would have to change is not near.
    if (distance > allowed || distance >= other)
        return;
    if (!nearest->best || distance < nearest->distance) {
        nearest->best = candidate;
        nearest->distance = distance;
    }
}

char *nearest_hint(const struct nearest *nearest)
{
    return nearest->best ? mem_printf("did you mean '%s'?", nearest->best) : NULL;
}

const char *hass_nearest_word(const char *word, const char *const *words)
{
    struct nearest nearest = { .word = word };

    for (; *words; words++)
        nearest_offer(&nearest, *words);
    return nearest.best;
}
