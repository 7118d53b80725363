/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The table of places: pairs of how much further in the code and how much further (or back) in the source, as numbers of seven bits a byte,
 * the least significant first. Written once, read when something has gone wrong.
 */
#include "template/code.h"

static void add_number(struct hass_buf *lines, uint32_t number)
{
    for (; number >= 0x80; number >>= 7)
        hass_buf_add_char(lines, (char)(number | 0x80));
    hass_buf_add_char(lines, (char)number);
}

static uint32_t read_number(const uint8_t **at, const uint8_t *end)
{
    uint32_t number = 0;

    for (unsigned shift = 0; *at < end; shift += 7) {
        uint8_t byte = *(*at)++;
        number |= (uint32_t)(byte & 0x7f) << shift;
        if (byte < 0x80)
            break;
    }
    return number;
}

void lines_add(struct hass_buf *lines, struct line_writer *writer, uint32_t code, uint32_t at)
{
    int32_t step = (int32_t)(at - writer->at);

    if (step == 0)
        return;
    add_number(lines, code - writer->code);
    add_number(lines, ((uint32_t)step << 1) ^ (uint32_t)(step >> 31));
    *writer = (struct line_writer){ code, at };
}

uint32_t lines_find(const uint8_t *lines, size_t length, uint32_t code)
{
    const uint8_t *end = lines + length;
    uint32_t here = 0, at = 0;

    while (lines < end) {
        here += read_number(&lines, end);
        if (here > code)
            break;
        uint32_t step = read_number(&lines, end);
        at += (step >> 1) ^ (0 - (step & 1));
    }
    return at;
}
