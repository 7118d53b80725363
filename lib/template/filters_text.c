/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Filters on text. What Python's str can do itself is done by its method (methods_str.c); a value of another kind is taken as its printed
 * form.
 */
#include "base/utf8.h"
#include "template/builtins.h"

/* --- letters ----------------------------------------------------------------------------------------- */

/* Calls a method of the printed form of the first argument, with all further arguments that were given. */
static int by_method(struct tmpl_vm *vm, const struct tmpl_call *call, const char *method,
                     struct tmpl_value *ret_value)
{
    struct tmpl_value text;
    struct tmpl_call rest = { .args = call->args + 1 };

    while (rest.count + 1 < call->count && is_given(&rest.args[rest.count]))
        rest.count++;
    if (read_text(vm, &call->args[0], &text) < 0)
        return -1;
    return tmpl_call_method(vm, &text, method, strlen(method), &rest, ret_value) < 0 ? -1 : 0;
}

#define METHOD_FILTER(name, method)                                                                \
    static int filter_##name(struct tmpl_vm *vm, const struct tmpl_call *call,                     \
                             struct tmpl_value *ret_value)                                         \
    {                                                                                              \
        return by_method(vm, call, method, ret_value);                                             \
    }

METHOD_FILTER(lower, "lower")
METHOD_FILTER(upper, "upper")
METHOD_FILTER(capitalize, "capitalize")
METHOD_FILTER(trim, "strip")

static int filter_center(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    struct tmpl_value args[2] = { call->args[0],
                                  is_given(&call->args[1]) ? call->args[1] : tmpl_int(80) };
    struct tmpl_call full = { .args = args, .count = 2 };

    return by_method(vm, &full, "center", ret_value);
}

static bool parts_words(const char *text)
{
    return ascii_is_space(*text) || memchr("-({[<\x1c\x1d\x1e\x1f", *text, 9);
}

/* Appends what @method makes of a piece. */
static int add_changed(struct tmpl_vm *vm, const char *text, size_t length, const char *method,
                       struct hass_buf *buf)
{
    struct tmpl_value piece = tmpl_string_view(text, length), changed;
    struct tmpl_call none = { .args = NULL };

    if (tmpl_call_method(vm, &piece, method, 5, &none, &changed) < 0)
        return -1;
    hass_buf_add(buf, changed.text, changed.length);
    return 0;
}

/* Words begin behind blanks, hyphens and opening brackets; all other letters become small ones. */
static int filter_title(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct tmpl_value text;
    size_t at = 0, next;

    if (read_text(vm, &call->args[0], &text) < 0 || tmpl_spend(vm, text.length) < 0)
        return -1;
    for (; at < text.length; at = next) {
        for (next = at; next < text.length && parts_words(text.text + next); next++)
            hass_buf_add_char(&buf, text.text[next]);
        size_t first = next, size = 1;
        uint32_t c;
        if (first == text.length)
            break;
        if ((unsigned char)text.text[first] >= 0x80)
            size = utf8_decode(text.text + first, text.length - first, &c);
        for (next = first; next < text.length && !parts_words(text.text + next);)
            next++;
        size = size ? size : 3; /* a lone surrogate */
        if (add_changed(vm, text.text + first, size, "upper", &buf) < 0 ||
            add_changed(vm, text.text + first + size, next - first - size, "lower", &buf) < 0)
            return -1;
    }
    return return_buf(vm, &buf, ret_value);
}

/* "s old new ?count" */
static int filter_replace(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    struct tmpl_value text, args[3] = { [2] = tmpl_int(-1) };
    struct tmpl_call full = { .args = args, .count = 3 };

    if (read_text(vm, &call->args[0], &text) < 0 || read_text(vm, &call->args[1], &args[0]) < 0 ||
        read_text(vm, &call->args[2], &args[1]) < 0)
        return -1;
    if (is_set(&call->args[3]))
        args[2] = call->args[3];
    text.flags &= (uint8_t)~TMPL_MARKUP;
    return tmpl_call_method(vm, &text, "replace", 7, &full, ret_value) < 0 ? -1 : 0;
}

/* Is the character at @text a letter, a digit or an underscore? */
static int is_word_character(struct tmpl_vm *vm, const char *text, size_t size)
{
    struct tmpl_value piece = tmpl_string_view(text, size), holds;
    struct tmpl_call none = { .args = NULL };

    if (size == 1)
        return ascii_is_digit(*text) || ascii_is_lower(*text) || ascii_is_upper(*text) ||
               *text == '_';
    if (tmpl_call_method(vm, &piece, "isalnum", 7, &none, &holds) < 0)
        return -1;
    return (int)holds.integer;
}

static int filter_wordcount(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    struct tmpl_value text;
    int64_t words = 0;
    int inside = 0;

    if (read_text(vm, &call->args[0], &text) < 0 || tmpl_spend(vm, text.length) < 0)
        return -1;
    for (size_t at = 0, size; at < text.length; at += size) {
        uint32_t c;
        size = utf8_decode(text.text + at, text.length - at, &c);
        size = size ? size : 1;
        int now = is_word_character(vm, text.text + at, size);
        if (now < 0)
            return now;
        words += now && !inside;
        inside = now;
    }
    *ret_value = tmpl_int(words);
    return 0;
}

/* "value * **": printf's way of formatting. */
static int filter_format(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    struct tmpl_value format, right;

    if (call->count > 1 && call->named)
        return tmpl_raise(vm, TMPL_FILTER_ARGUMENT_ERROR,
                          "can't handle positional and keyword arguments at the same time");
    if (read_text(vm, &call->args[0], &format) < 0)
        return -1;
    right = tmpl_tuple_view(call->args + 1, call->count - 1);
    if (call->named) {
        struct tmpl_dict *dict = tmpl_dict_new(&vm->heap, call->named);
        for (unsigned i = 0; i < call->named; i++)
            if (tmpl_dict_set(vm, dict, call->names[i], call->values[i]) < 0)
                return -1;
        right = tmpl_dict_value(dict);
    }
    return tmpl_binary(vm, TMPL_MOD, &format, &right, ret_value);
}

/* --- HTML --------------------------------------------------------------------------------------------- */

void escape_html(const char *text, size_t length, struct hass_buf *buf)
{
    size_t from = 0;

    for (size_t i = 0; i < length; i++) {
        const char *reference;
        switch (text[i]) {
        case '<':
            reference = "&lt;";
            break;
        case '>':
            reference = "&gt;";
            break;
        case '&':
            reference = "&amp;";
            break;
        case '"':
            reference = "&#34;";
            break;
        case '\'':
            reference = "&#39;";
            break;
        default:
            continue;
        }
        hass_buf_add(buf, text + from, i - from);
        hass_buf_add_string(buf, reference);
        from = i + 1;
    }
    hass_buf_add(buf, text + from, length - from);
}

static int filter_forceescape(struct tmpl_vm *vm, const struct tmpl_call *call,
                              struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct tmpl_value text;

    if (read_text(vm, &call->args[0], &text) < 0)
        return -1;
    escape_html(text.text, text.length, &buf);
    if (return_buf(vm, &buf, ret_value) < 0)
        return -1;
    ret_value->flags |= TMPL_MARKUP;
    return 0;
}

static int filter_escape(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    const struct tmpl_value *value = &call->args[0];

    if (value->kind != TMPL_STRING || !(value->flags & TMPL_MARKUP))
        return filter_forceescape(vm, call, ret_value);
    *ret_value = *value;
    return 0;
}

static int filter_safe(struct tmpl_vm *vm, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    if (read_text(vm, &call->args[0], ret_value) < 0)
        return -1;
    ret_value->flags |= TMPL_MARKUP;
    return 0;
}

/* Without comments and tags. An opening that is never closed stays. */
static void drop_tags(const char *text, size_t length, struct hass_buf *buf)
{
    const char *end = text + length;

    while (text < end) {
        const char *open = memchr(text, '<', (size_t)(end - text)), *close;
        if (!open)
            break;
        bool comment = end - open >= 4 && memcmp(open, "<!--", 4) == 0;
        close = comment ? memmem(open + 4, (size_t)(end - open - 4), "-->", 3)
                        : memchr(open, '>', (size_t)(end - open));
        if (!close)
            break;
        hass_buf_add(buf, text, (size_t)(open - text));
        text = close + (comment ? 3 : 1);
    }
    hass_buf_add(buf, text, (size_t)(end - text));
}

/* Names of the characters from U+00A0 on, in order, and of others that texts are full of. */
static const char latin_names[] =
    "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn "
    "sup2 sup3 "
    "acute micro para middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc "
    "Atilde "
    "Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml Igrave Iacute Icirc Iuml ETH Ntilde Ograve "
    "Oacute "
    "Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute "
    "acirc atilde "
    "auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve "
    "oacute "
    "ocirc otilde ouml divide oslash ugrave uacute ucirc uuml yacute thorn yuml ";

static const struct {
    const char *name;
    uint32_t c;
} other_names[] = {
    { "amp", '&' },      { "lt", '<' },       { "gt", '>' },        { "quot", '"' },
    { "apos", '\'' },    { "ndash", 0x2013 }, { "mdash", 0x2014 },  { "lsquo", 0x2018 },
    { "rsquo", 0x2019 }, { "sbquo", 0x201a }, { "ldquo", 0x201c },  { "rdquo", 0x201d },
    { "bdquo", 0x201e }, { "bull", 0x2022 },  { "hellip", 0x2026 }, { "prime", 0x2032 },
    { "Prime", 0x2033 }, { "euro", 0x20ac },  { "trade", 0x2122 },  { "larr", 0x2190 },
    { "uarr", 0x2191 },  { "rarr", 0x2192 },  { "darr", 0x2193 },   { "minus", 0x2212 },
    { "infin", 0x221e }, { "ne", 0x2260 },    { "le", 0x2264 },     { "ge", 0x2265 },
};

static uint32_t named_character(const char *name, size_t length)
{
    uint32_t c = 0xa0;

    for (size_t i = 0; i < sizeof(other_names) / sizeof(*other_names); i++)
        if (strlen(other_names[i].name) == length && memcmp(other_names[i].name, name, length) == 0)
            return other_names[i].c;
    for (const char *at = latin_names; *at; at += strcspn(at, " ") + 1, c++)
        if (strcspn(at, " ") == length && memcmp(at, name, length) == 0)
            return c;
    return 0;
}

/* The character that "&…;" of @length bytes stands for; 0 when it is none. */
static uint32_t referenced_character(const char *text, size_t length)
{
    char digits[12];
    char *end;

    if (length < 4 || text[1] != '#')
        return length > 2 ? named_character(text + 1, length - 2) : 0;
    bool hex = text[2] == 'x' || text[2] == 'X';
    size_t skip = hex ? 3 : 2, count = length - skip - 1;
    if (count == 0 || count >= sizeof(digits) || text[skip] == '-' || text[skip] == '+')
        return 0;
    memcpy(digits, text + skip, count);
    digits[count] = '\0';
    unsigned long c = strtoul(digits, &end, hex ? 16 : 10);
    if (*end)
        return 0;
    return c == 0 || c > 0x10ffff ? 0xfffd : (uint32_t)c;
}

static void resolve_references(const char *text, size_t length, struct hass_buf *buf)
{
    for (size_t i = 0; i < length; i++) {
        const char *end =
            text[i] == '&' ? memchr(text + i, ';', length - i < 16 ? length - i : 16) : NULL;
        size_t size = end ? (size_t)(end - text) - i + 1 : 0;
        uint32_t c = size ? referenced_character(text + i, size) : 0;
        if (!c) {
            hass_buf_add_char(buf, text[i]);
            continue;
        }
        char bytes[4];
        hass_buf_add(buf, bytes, utf8_encode(c, bytes));
        i += size - 1;
    }
}

static int filter_striptags(struct tmpl_vm *vm, const struct tmpl_call *call,
                            struct tmpl_value *ret_value)
{
    autobuf plain = HASS_BUF_INIT, tidy = HASS_BUF_INIT, resolved = HASS_BUF_INIT;
    struct tmpl_value text;

    if (read_text(vm, &call->args[0], &text) < 0 || tmpl_spend(vm, text.length) < 0)
        return -1;
    drop_tags(text.text, text.length, &plain);
    for (size_t i = 0; i < plain.length; i++) {
        bool blank = ascii_is_space(plain.data[i]);
        if (blank && (tidy.length == 0 || tidy.data[tidy.length - 1] == ' '))
            continue;
        hass_buf_add_char(&tidy, blank ? ' ' : plain.data[i]);
    }
    if (tidy.length && tidy.data[tidy.length - 1] == ' ')
        tidy.length--;
    resolve_references(tidy.data, tidy.length, &resolved);
    return return_buf(vm, &resolved, ret_value);
}

static int add_xml_attribute(struct tmpl_vm *vm, const struct tmpl_entry *entry,
                             struct hass_buf *buf)
{
    struct tmpl_value key, value;

    if (entry->value.kind == TMPL_NONE || entry->value.kind == TMPL_UNDEFINED)
        return 0;
    if (read_text(vm, &entry->key, &key) < 0 || read_text(vm, &entry->value, &value) < 0)
        return -1;
    for (uint32_t i = 0; i < key.length; i++)
        if (ascii_is_space(key.text[i]) || memchr("/>=", key.text[i], 3))
            return tmpl_raise(vm, TMPL_VALUE_ERROR, "Invalid character in attribute name: '%.*s'",
                              (int)key.length, key.text);
    hass_buf_add_char(buf, ' ');
    escape_html(key.text, key.length, buf);
    hass_buf_add_string(buf, "=\"");
    escape_html(value.text, value.length, buf);
    hass_buf_add_char(buf, '"');
    return 0;
}

/* "d ?autospace" */
static int filter_xmlattr(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    const struct tmpl_value *value = &call->args[0];
    bool space;

    if (read_flag(vm, &call->args[1], true, &space) < 0)
        return -1;
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (value->kind != TMPL_DICT)
        return tmpl_raise(vm, TMPL_ATTRIBUTE_ERROR, "'%s' object has no attribute 'items'",
                          tmpl_class_name(value));
    if (tmpl_spend(vm, value->dict->count) < 0)
        return -1;
    for (uint32_t i = 0; i < value->dict->count; i++)
        if (add_xml_attribute(vm, &value->dict->entries[i], &buf) < 0)
            return -1;
    if (return_html(vm, &buf, ret_value) < 0)
        return -1;
    if (!space && ret_value->length) {
        ret_value->text++;
        ret_value->length--;
    }
    return 0;
}

static const struct tmpl_function table[] = {
    { "lower", filter_lower, "s", AS_FILTER },
    { "upper", filter_upper, "s", AS_FILTER },
    { "capitalize", filter_capitalize, "s", AS_FILTER },
    { "title", filter_title, "s", AS_FILTER },
    { "trim", filter_trim, "value ?chars", AS_FILTER },
    { "center", filter_center, "value ?width", AS_FILTER },
    { "replace", filter_replace, "s old new ?count", AS_FILTER },
    { "wordcount", filter_wordcount, "s", AS_FILTER },
    { "format", filter_format, "value * **", AS_FILTER },
    { "truncate", filter_truncate, "s ?length ?killwords ?end ?leeway", AS_FILTER },
    { "indent", filter_indent, "s ?width ?first ?blank", AS_FILTER },
    { "wordwrap", filter_wordwrap, "s ?width ?break_long_words ?wrapstring ?break_on_hyphens",
      AS_FILTER },
    { "escape", filter_escape, "s", AS_FILTER },
    { "e", filter_escape, "s", AS_FILTER },
    { "forceescape", filter_forceescape, "value", AS_FILTER },
    { "safe", filter_safe, "value", AS_FILTER },
    { "striptags", filter_striptags, "value", AS_FILTER },
    { "xmlattr", filter_xmlattr, "d ?autospace", AS_FILTER },
    { "urlencode", filter_urlencode, "value", AS_FILTER },
    { "urlize", filter_urlize, "value ?trim_url_limit ?nofollow ?target ?rel ?extra_schemes",
      AS_FILTER },
};

const struct tmpl_functions tmpl_text_filters = { table, sizeof(table) / sizeof(*table) };
