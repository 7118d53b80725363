/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Slugs and the rule of entity ids (<hass/states.h>). A slug is made as the model's library makes it: other scripts are
 * transliterated, character references of HTML resolved, and what is left that is neither a letter nor a digit parts
 * words.
 */
#include "slug.h"

#include <stdlib.h>
#include <string.h>

#include <hass/buf.h>
#include <hass/states.h>

#include "translit.h"
#include "utf8.h"

enum {
    MAX_DOMAIN = 64,
    MAX_ENTITY_ID = 255,
};

/* transliteration */

/* Afterwards all is ASCII. An apostrophe parts words here, a typographic one does not. */
static void transliterate(const char *text, struct hass_buf *buf)
{
    size_t left = strlen(text), size;

    for (; left; text += size, left -= size) {
        uint32_t c = 0;
        size = utf8_decode(text, left, &c);
        if (c >= 0x80) {
            translit_add(c, buf);
            continue;
        }
        hass_buf_add_char(buf, size == 0 || c == '\'' ? '-' : (char)c);
        if (!size)
            size = 1;
    }
}

/* character references */

/* HTML 4 names of what is neither letter nor digit in ASCII. */
static const char other_names[] =
    "AElig Alpha Beta Chi Dagger Delta ETH Epsilon Eta Gamma Iota Kappa Lambda Mu Nu "
    "OElig Omega Omicron Oslash Phi Pi Prime Psi Rho Sigma THORN Tau Theta Upsilon Xi "
    "Zeta acute aelig alefsym alpha and ang asymp bdquo beta brvbar bull cap cedil cent "
    "chi circ clubs cong copy crarr cup curren dArr dagger darr deg delta diams divide "
    "empty emsp ensp epsilon equiv eta eth euro exist fnof forall frasl gamma ge gt hArr "
    "harr hearts hellip iexcl infin int iota iquest isin kappa lArr lambda lang laquo "
    "larr lceil ldquo le lfloor lowast loz lrm lsaquo lsquo lt macr mdash micro middot "
    "minus mu nabla nbsp ndash ne ni not notin nsub nu oelig oline omega omicron oplus "
    "or oslash otimes para part permil perp phi pi piv plusmn pound prime prod prop psi "
    "quot rArr radic rang raquo rarr rceil rdquo reg rfloor rho rlm rsaquo rsquo sbquo "
    "sdot sect shy sigma sigmaf sim spades sub sube sum sup supe szlig tau there4 theta "
    "thetasym thinsp thorn tilde times uArr uarr uml upsih upsilon weierp xi yen zeta "
    "zwj zwnj";

static const struct {
    const char *name;
    const char *text;
} known_names[] = {
    { "amp", "&" },   { "frac12", "1-2" }, { "frac14", "1-4" }, { "frac34", "3-4" },
    { "image", "i" }, { "ordf", "a" },     { "ordm", "o" },     { "real", "r" },
    { "sup1", "1" },  { "sup2", "2" },     { "sup3", "3" },     { "trade", "tm" },
};

static bool is_other_name(const char *name, size_t length)
{
    for (const char *at = other_names; *at; at += strspn(at, " ")) {
        size_t size = strcspn(at, " ");
        if (size == length && memcmp(at, name, length) == 0)
            return true;
        at += size;
    }
    return false;
}

/* "auml", "Ccedil": the letter, behind it a mark that parts words. */
static bool is_accented(const char *name, size_t length)
{
    static const char *const accents[] = { "grave", "acute", "circ",  "tilde",
                                           "uml",   "ring",  "cedil", "caron" };

    for (size_t i = 0; i < sizeof(accents) / sizeof(*accents); i++)
        if (strlen(accents[i]) + 1 == length && memcmp(name + 1, accents[i], length - 1) == 0)
            return true;
    return false;
}

/* Appends what a reference stands for and returns its length, or 0 when @at is none. */
typedef size_t reference_fn(const char *at, struct hass_buf *buf);

static size_t named_reference(const char *at, struct hass_buf *buf)
{
    const char *name = at + 1;
    size_t length = strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789");

    if (!length || name[length] != ';')
        return 0;
    for (size_t i = 0; i < sizeof(known_names) / sizeof(*known_names); i++) {
        if (strlen(known_names[i].name) == length &&
            memcmp(known_names[i].name, name, length) == 0) {
            hass_buf_add_string(buf, known_names[i].text);
            return length + 2;
        }
    }
    if (is_accented(name, length))
        hass_buf_add_char(buf, *name);
    else if (!is_other_name(name, length))
        return 0;
    hass_buf_add_char(buf, '-');
    return length + 2;
}

static size_t number_reference(const char *at, const char *prefix, const char *digits, int base,
                               struct hass_buf *buf)
{
    size_t start = strlen(prefix);

    if (strncmp(at, prefix, start) != 0)
        return 0;
    size_t length = strspn(at + start, digits);
    if (!length || at[start + length] != ';')
        return 0;
    unsigned long c = strtoul(at + start, NULL, base);
    if (c > 0x10ffff)
        return 0;
    if (c < 0x80) {
        hass_buf_add_char(buf, c ? (char)c : '-');
    } else {
        translit_add((uint32_t)c, buf);
        hass_buf_add_char(buf, '-');
    }
    return start + length + 1;
}

static size_t decimal_reference(const char *at, struct hass_buf *buf)
{
    return number_reference(at, "&#", "0123456789", 10, buf);
}

static size_t hex_reference(const char *at, struct hass_buf *buf)
{
    return number_reference(at, "&#x", "0123456789abcdefABCDEF", 16, buf);
}

static void resolve(struct hass_buf *text, reference_fn *reference)
{
    struct hass_buf resolved = HASS_BUF_INIT;
    const char *at = hass_buf_string(text);

    while (*at) {
        size_t length = *at == '&' ? reference(at, &resolved) : 0;
        if (!length)
            hass_buf_add_char(&resolved, *at);
        at += length ? length : 1;
    }
    hass_buf_fini(text);
    *text = resolved;
}

/* slugs */

/* "1,000" is one number. @before is the last character that was not an apostrophe. */
static bool is_digit_group(char before, const char *comma)
{
    const char *next = comma + 1 + strspn(comma + 1, "'");

    return *comma == ',' && ascii_is_digit(before) && ascii_is_digit(*next);
}

/* Appends the words of ASCII @text, parted by @separator. Returns false when there are none. */
static bool add_words(const char *text, const char *separator, struct hass_buf *buf)
{
    bool any = false, parted = false;
    char before = '\0';

    for (; *text; text++) {
        char c = ascii_to_lower(*text);
        if (c == '\'')
            continue; // came out of a reference: it parts nothing
        if (ascii_is_lower(c) || ascii_is_digit(c)) {
            if (any && parted)
                hass_buf_add_string(buf, separator);
            hass_buf_add_char(buf, c);
            any = true;
            parted = false;
        } else if (!is_digit_group(before, text)) {
            parted = true;
        }
        before = c;
    }
    return any;
}

void slug_add(const char *text, const char *separator, struct hass_buf *buf)
{
    autobuf ascii = HASS_BUF_INIT;

    if (!text || !*text)
        return;
    transliterate(text, &ascii);
    if (strchr(hass_buf_string(&ascii), '&')) {
        // One after the other, as the model: "&amp;#65;" becomes "&#65;" becomes "A".
        resolve(&ascii, named_reference);
        resolve(&ascii, decimal_reference);
        resolve(&ascii, hex_reference);
    }
    if (!add_words(hass_buf_string(&ascii), separator, buf))
        hass_buf_add_string(buf, "unknown");
}

void hass_slugify(const char *text, const char *separator, struct hass_buf *buf)
{
    slug_add(text, separator, buf);
}

/* entity ids */

/* The length of the lower-case letters, digits and single inner "_" at @text; 0 when it breaks the rule. */
static size_t part_length(const char *text)
{
    size_t length = 0;

    while (ascii_is_lower(text[length]) || ascii_is_digit(text[length]) || text[length] == '_') {
        if (text[length] == '_' && (length == 0 || text[length - 1] == '_'))
            return 0;
        length++;
    }
    return length && text[length - 1] == '_' ? 0 : length;
}

bool hass_valid_entity_id(const char *entity_id)
{
    size_t domain = part_length(entity_id);

    if (!domain || domain > MAX_DOMAIN || entity_id[domain] != '.')
        return false;
    size_t object = part_length(entity_id + domain + 1);
    size_t length = domain + 1 + object;
    return object && length <= MAX_ENTITY_ID && entity_id[length] == '\0';
}
