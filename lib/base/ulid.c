/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Text and bytes are the same 128-bit number, big-endian; 26 digits of 5 bits are 130, so the first digit is 0 to 7.
 */
#include "ulid.h"

#include <endian.h>
#include <string.h>

#include "random.h"

static const char digits[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

void ulid_make(int64_t time, struct ulid *ret_ulid)
{
    uint64_t milliseconds = time > 0 ? (uint64_t)time / 1000 : 0;
    uint64_t high = htobe64(milliseconds << 16 | (random_u64() >> 48));
    uint64_t low = random_u64(); // random in any byte order

    memcpy(ret_ulid->bytes, &high, 8);
    memcpy(ret_ulid->bytes + 8, &low, 8);
}

/* The lowest @count digits of @value. */
static inline void put_digits(char *at, uint64_t value, int count)
{
    for (int i = count - 1; i >= 0; i--, value >>= 5)
        at[i] = digits[value & 31];
}

/* 128 bits, from the end: sixty, sixty, and the eight that are left. No __int128: 32-bit machines have none. */
void ulid_encode(const struct ulid *ulid, char text[ULID_TEXT])
{
    uint64_t high, low;

    memcpy(&high, ulid->bytes, 8);
    memcpy(&low, ulid->bytes + 8, 8);
    high = be64toh(high);
    low = be64toh(low);
    put_digits(text + 14, low, 12);
    put_digits(text + 2, high << 4 | low >> 60, 12);
    put_digits(text, high >> 56, 2);
    text[26] = '\0';
}

/* The value of a digit, or -1. */
static int digit_value(char c)
{
    if (c >= 'a' && c <= 'z')
        c = (char)(c - 'a' + 'A');
    if (c == 'O')
        c = '0';
    if (c == 'I' || c == 'L')
        c = '1';
    const char *at = c ? strchr(digits, c) : NULL;
    return at ? (int)(at - digits) : -1;
}

bool ulid_decode(const char *text, struct ulid *ret_ulid)
{
    uint64_t high = 0, low = 0;

    if (strnlen(text, ULID_TEXT) != 26 || digit_value(text[0]) > 7)
        return false;
    for (int i = 0; i < 26; i++) {
        int value = digit_value(text[i]);
        if (value < 0)
            return false;
        high = high << 5 | low >> 59;
        low = low << 5 | (uint64_t)value;
    }
    high = htobe64(high);
    low = htobe64(low);
    memcpy(ret_ulid->bytes, &high, 8);
    memcpy(ret_ulid->bytes + 8, &low, 8);
    return true;
}
