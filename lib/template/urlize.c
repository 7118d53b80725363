/* SPDX-License-Identifier: Apache-2.0 */
/*
 * urlize: addresses in a text become links. A word is an address when it begins with a scheme, with www., is a name below a common top level
 * domain, or has an @ in it; brackets and punctuation around it stay outside.
 */
#include "base/utf8.h"
#include "template/builtins.h"
#include "template/characters.h"

struct links {
    struct tmpl_vm *vm;
    struct hass_buf *buf;
    int64_t limit; /* characters of the text shown, or -1 */
    struct hass_buf attributes;
    const struct tmpl_value *schemes;
    size_t scheme_count;
};

struct word {
    const char *text;
    size_t length;
};

static bool starts_with(const struct word *word, const char *with)
{
    size_t length = strlen(with);

    return word->length >= length && memcmp(word->text, with, length) == 0;
}

static bool ends_with(const struct word *word, const char *with)
{
    size_t length = strlen(with);

    return word->length >= length && memcmp(word->text + word->length - length, with, length) == 0;
}

static size_t count_of(const struct word *word, const char *text)
{
    size_t length = strlen(text), count = 0;

    for (size_t i = 0; i + length <= word->length; i++)
        count += memcmp(word->text + i, text, length) == 0;
    return count;
}

/* --- what is an address --------------------------------------------------------------------------------- */

static bool is_letter(char c)
{
    return ascii_is_lower(c) || ascii_is_upper(c);
}

static bool is_name_character(char c)
{
    return ascii_is_digit(c) || is_letter(c) || c == '-' || c == '_' || c == '%' ||
           (unsigned char)c >= 0x80;
}

/* Names with points between them: how many bytes, and where the last of them begins. */
static size_t host_length(const char *text, size_t length, size_t *ret_last, size_t *ret_shortest)
{
    size_t at = 0;

    *ret_shortest = SIZE_MAX;
    for (;;) {
        size_t from = at;
        while (at < length && is_name_character(text[at]))
            at++;
        if (at == from)
            return from ? from - 1 : 0;
        *ret_last = from;
        if (at == length || text[at] != '.' || at + 1 == length || !is_name_character(text[at + 1]))
            return at;
        if (at - from < *ret_shortest)
            *ret_shortest = at - from;
        at++;
    }
}

/* Behind the host: a port, then nothing or a path, a query, a fragment. */
static bool is_rest(const char *text, size_t length)
{
    size_t at = 0;

    if (length && text[0] == ':') {
        for (at = 1; at < length && at < 6 && ascii_is_digit(text[at]);)
            at++;
        if (at == 1)
            return false;
    }
    return at == length || text[at] == '/' || text[at] == '?' || text[at] == '#';
}

/* "192.0.2.1", or in brackets what looks like an address of IPv6. */
static size_t address_length(const char *text, size_t length)
{
    size_t at = 0, parts = 0;

    if (length && text[0] == '[') {
        at = 1 + strspn(text + 1, "0123456789abcdefABCDEF:");
        return at > 3 && at < length && text[at] == ']' ? at + 1 : 0;
    }
    for (; parts < 4; parts++) {
        size_t from = at;
        while (at < length && ascii_is_digit(text[at]))
            at++;
        if (at == from || at - from > 3)
            return 0;
        if (parts < 3 && (at == length || text[at++] != '.'))
            return 0;
    }
    return at;
}

/* A name whose last part is two letters at least; @from stands behind a scheme or at "www.". */
static bool is_host(const struct word *word, size_t from, bool address)
{
    const char *text = word->text + from;
    size_t length = word->length - from, last, shortest;
    size_t host = host_length(text, length, &last, &shortest), letters = 0;

    if (address && address_length(text, length))
        host = address_length(text, length);
    else {
        while (host && last + letters < host && is_letter(text[last + letters]))
            letters++;
        if (letters < 2 || letters > 63 || last + letters != host)
            return false;
    }
    return is_rest(text + host, length - host);
}

static bool has_common_end(const struct word *word)
{
    static const char *const ends[] = { ".com", ".net", ".int",  ".edu",
                                        ".gov", ".org", ".info", ".mil" };
    size_t last, shortest;
    struct word host = { word->text, host_length(word->text, word->length, &last, &shortest) };

    if (shortest < 2 || shortest == SIZE_MAX ||
        !is_rest(word->text + host.length, word->length - host.length))
        return false;
    for (size_t i = 0; i < sizeof(ends) / sizeof(*ends); i++)
        if (ends_with(&host, ends[i]))
            return true;
    return false;
}

static bool is_mail(const struct word *word)
{
    const char *at = memchr(word->text, '@', word->length);
    size_t before = at ? (size_t)(at - word->text) : 0;

    if (before == 0 || starts_with(word, "www."))
        return false;
    for (size_t i = 0; i < before; i++)
        if (word->text[i] == ':' || word->text[i] == '/')
            return false;
    size_t left = word->length - before - 1, last = 0, shortest;
    return left && host_length(at + 1, left, &last, &shortest) == left && last > 0;
}

/* --- links ---------------------------------------------------------------------------------------------- */

static void add_link(struct links *links, const char *scheme, const struct word *word,
                     const struct word *shown)
{
    struct hass_buf *buf = links->buf;
    size_t cut = shown->length;

    if (links->limit >= 0 && chars_count(shown->text, shown->length) > (uint64_t)links->limit)
        cut = chars_offset(shown->text, shown->length, (size_t)links->limit);
    hass_buf_printf(buf, "<a href=\"%s", scheme);
    hass_buf_add(buf, word->text, word->length);
    hass_buf_add_char(buf, '"');
    hass_buf_add(buf, links->attributes.data, links->attributes.length);
    hass_buf_add_char(buf, '>');
    hass_buf_add(buf, shown->text, cut);
    hass_buf_add_string(buf, cut < shown->length ? "...</a>" : "</a>");
}

static bool has_extra_scheme(const struct links *links, const struct word *word)
{
    for (size_t i = 0; i < links->scheme_count; i++) {
        const struct tmpl_value *scheme = &links->schemes[i];
        if (scheme->kind == TMPL_STRING && word->length > scheme->length &&
            memcmp(word->text, scheme->text, scheme->length) == 0)
            return true;
    }
    return false;
}

static void add_middle(struct links *links, const struct word *word)
{
    struct hass_buf *buf = links->buf;
    size_t scheme = starts_with(word, "https://") ? 8 : starts_with(word, "http://") ? 7 : 0;
    struct word mail = *word;

    if (starts_with(word, "mailto:")) {
        mail.text += 7;
        mail.length -= 7;
    }
    if (scheme ? is_host(word, scheme, true) : has_extra_scheme(links, word)) {
        add_link(links, "", word, word);
    } else if (!scheme && ((starts_with(word, "www.") && is_host(word, 4, false)) ||
                           (!memchr(word->text, '@', word->length) && has_common_end(word)))) {
        add_link(links, "https://", word, word);
    } else if (mail.text != word->text && is_mail(&mail)) {
        hass_buf_add_string(buf, "<a href=\"");
        hass_buf_add(buf, word->text, word->length);
        hass_buf_add_string(buf, "\">");
        hass_buf_add(buf, mail.text, mail.length);
        hass_buf_add_string(buf, "</a>");
    } else if (is_mail(word)) {
        hass_buf_add_string(buf, "<a href=\"mailto:");
        hass_buf_add(buf, word->text, word->length);
        hass_buf_add_string(buf, "\">");
        hass_buf_add(buf, word->text, word->length);
        hass_buf_add_string(buf, "</a>");
    } else {
        hass_buf_add(buf, word->text, word->length);
    }
}

static const char *const openings[] = { "(", "&lt;", "<" };
static const char *const closings[] = { ")", "&gt;", ">", ".", ",", "\n" };

/* Takes brackets and punctuation from both ends, but for closing brackets that belong to the address. */
static void trim(struct word *middle)
{
    static const char *const pairs[][2] = { { "(", ")" }, { "<", ">" }, { "&lt;", "&gt;" } };
    const char *end = middle->text + middle->length;

    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < 3 && !again; i++) {
            again = starts_with(middle, openings[i]);
            middle->text += again ? strlen(openings[i]) : 0;
            middle->length -= again ? strlen(openings[i]) : 0;
        }
    }
    for (bool again = true; again;) {
        again = false;
        for (size_t i = 0; i < 6 && !again; i++) {
            again = ends_with(middle, closings[i]);
            middle->length -= again ? strlen(closings[i]) : 0;
        }
    }
    for (size_t i = 0; i < 3; i++) {
        size_t opened = count_of(middle, pairs[i][0]), length = strlen(pairs[i][1]);
        for (size_t closed = count_of(middle, pairs[i][1]); closed < opened; closed++) {
            const char *tail = middle->text + middle->length;
            const char *close = memmem(tail, (size_t)(end - tail), pairs[i][1], length);
            if (!close)
                break;
            middle->length = (size_t)(close - middle->text) + length;
        }
    }
}

static void add_word(struct links *links, const char *text, size_t length)
{
    struct word middle = { text, length };

    trim(&middle);
    hass_buf_add(links->buf, text, (size_t)(middle.text - text));
    add_middle(links, &middle);
    const char *end = middle.text + middle.length;
    hass_buf_add(links->buf, end, (size_t)(text + length - end));
}

static int add_words(struct links *links, const struct hass_buf *text)
{
    for (size_t at = 0, next; at < text->length; at = next) {
        for (next = at; next < text->length && ascii_is_space(text->data[next]);)
            next++;
        hass_buf_add(links->buf, text->data + at, next - at);
        for (at = next; next < text->length && !ascii_is_space(text->data[next]);)
            next++;
        if (next > at)
            add_word(links, text->data + at, next - at);
        if (tmpl_reserve(links->vm, links->buf->length) < 0)
            return -1;
    }
    return 0;
}

/* --- the filter ------------------------------------------------------------------------------------------ */

static bool has_token(const struct hass_buf *tokens, const char *token, size_t length)
{
    const char *at = hass_buf_string(tokens);

    while (*at) {
        size_t size = strcspn(at, " ");
        if (size == length && memcmp(at, token, size) == 0)
            return true;
        at += size;
        at += strspn(at, " ");
    }
    return false;
}

static int order_tokens(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

/* The tokens of rel in order, each once: those given, nofollow when asked for, noopener. */
static void add_rel(struct hass_buf *attributes, const char *given, bool nofollow)
{
    autobuf tokens = HASS_BUF_INIT, all = HASS_BUF_INIT;
    const char *list[32];
    size_t count = 0;

    hass_buf_printf(&all, "%s%s noopener", given, nofollow ? " nofollow" : "");
    for (char *at = all.data + strspn(all.data, " "); *at && count < 32;) {
        size_t size = strcspn(at, " ");
        char *next = at + size + strspn(at + size, " ");
        if (!has_token(&tokens, at, size)) {
            hass_buf_printf(&tokens, "%.*s ", (int)size, at);
            list[count++] = at;
        }
        at[size] = '\0'; // behind the last it is one already
        at = next;
    }
    qsort(list, count, sizeof(*list), order_tokens);
    hass_buf_add_string(attributes, " rel=\"");
    for (size_t i = 0; i < count; i++) {
        hass_buf_add_string(attributes, i ? " " : "");
        escape_html(list[i], strlen(list[i]), attributes);
    }
    hass_buf_add_char(attributes, '"');
}

/* "value ?trim_url_limit ?nofollow ?target ?rel ?extra_schemes" */
int filter_urlize(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT, escaped = HASS_BUF_INIT, attributes = HASS_BUF_INIT;
    struct links links = { .vm = vm, .buf = &buf, .limit = -1 };
    struct tmpl_value text, rel = tmpl_string_static(""), target;
    bool nofollow;

    if (read_text(vm, &call->args[0], &text) < 0 || tmpl_spend(vm, text.length) < 0 ||
        read_flag(vm, &call->args[2], false, &nofollow) < 0)
        return -1;
    if (is_set(&call->args[1]) && tmpl_to_int64(vm, &call->args[1], &links.limit) < 0)
        return -1;
    if (is_set(&call->args[4]) && read_text(vm, &call->args[4], &rel) < 0)
        return -1;
    if (is_set(&call->args[5]) &&
        read_items(vm, &call->args[5], &links.schemes, &links.scheme_count) < 0)
        return -1;
    add_rel(&attributes, c_string(vm, &rel), nofollow);
    if (is_set(&call->args[3])) {
        if (read_text(vm, &call->args[3], &target) < 0)
            return -1;
        hass_buf_add_string(&attributes, " target=\"");
        escape_html(target.text, target.length, &attributes);
        hass_buf_add_char(&attributes, '"');
    }
    links.attributes = attributes; /* lent */
    if (text.flags & TMPL_MARKUP)
        hass_buf_add(&escaped, text.text, text.length);
    else
        escape_html(text.text, text.length, &escaped);
    if (add_words(&links, &escaped) < 0)
        return -1;
    return return_html(vm, &buf, ret_value);
}
