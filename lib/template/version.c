/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version objects: "2024.1.0b1", "v1.2.3-rc.2", "latest". They compare by their numbers, then by what the last part says it is; equality is
 * of the texts, as in the model. Everything else they do as the text that they are.
 */
#include "base/utf8.h"
#include "template/builtins.h"

struct version {
    struct tmpl_object object;
    struct tmpl_value text;     /* as given, without blanks around it */
    struct tmpl_value string;   /* without "v" before and a point behind it */
    struct tmpl_value modifier; /* "b1" of "2024.1.0b1", or none */
    struct tmpl_value number;   /* digits of the modifier, may be empty */
    int rank;                   /* enum rank */
    const char *strategy;
};

enum rank {
    DEV,
    ALPHA,
    BETA,
    CANDIDATE,
    RELEASE,
};

/* The ways to write versions that the model tells apart, in the order in which it tries them. */
static const struct {
    const char *name;
    const char *pattern;
} strategies[] = {
    { "BuildVer", "\\d+\\Z" },
    { "CalVer", "(\\d{2}|\\d{4})\\.\\d{1,2}?(\\.?\\d{1,2}?\\.?)?(\\.\\d)?(\\d*(\\w+\\d+)?)\\Z" },
    { "SemVer",
      "(0|[1-9]\\d*)\\.(0|[1-9]\\d*)\\.(0|[1-9]\\d*)"
      "(-(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*)(\\.(0|[1-9]\\d*|\\d*[a-zA-Z-][0-9a-zA-Z-]*))*)?"
      "(\\+[0-9a-zA-Z-]+(\\.[0-9a-zA-Z-]+)*)?\\Z" },
    { "SpecialContainer", "(latest|dev|stable|beta)\\Z" },
    { "SimpleVer", "\\d+(\\.\\d+)+\\Z" },
    { "PEP 440", "([1-9]\\d*!)?(0|[1-9]\\d*)(\\.(0|[1-9]\\d*))*((a|b|rc)(0|[1-9]\\d*))?"
                 "([-_.]?(post|dev|rc)(0|[1-9]\\d*))*\\Z" },
    { "HexVer", "0x[A-Fa-f0-9]+\\Z" },
};

static const char *const containers[] = { "stable", "beta", "latest", "dev" };

static int find_strategy(struct tmpl_vm *vm, struct version *version)
{
    version->strategy = "unknown";
    for (size_t i = 0; i < sizeof(strategies) / sizeof(*strategies); i++) {
        int r = regex_matches(vm, strategies[i].pattern, &version->string);
        if (r < 0)
            return r;
        if (r) {
            version->strategy = strategies[i].name;
            break;
        }
    }
    return 0;
}

static int rank_of(const char *type, size_t length)
{
    static const struct {
        const char *name;
        enum rank rank;
    } types[] = {
        { "dev", DEV },   { "d", DEV },  { "alpha", ALPHA },  { "a", ALPHA },
        { "beta", BETA }, { "b", BETA }, { "rc", CANDIDATE },
    };

    for (size_t i = 0; i < sizeof(types) / sizeof(*types); i++)
        if (strlen(types[i].name) == length && memcmp(types[i].name, type, length) == 0)
            return types[i].rank;
    return RELEASE;
}

/* "b1" of "0b1", "rc.1" of "0-rc.1", "dev20240101" */
static void find_modifier(struct version *version)
{
    const char *text = version->string.text, *end = text + version->string.length;
    const char *dash = memchr(text, '-', version->string.length), *at = end;

    version->modifier = tmpl_none();
    version->rank = RELEASE;
    if (dash && dash + 1 < end && ascii_is_lower(dash[1])) {
        at = dash + 1;
    } else {
        const char *point = memrchr(text, '.', version->string.length);
        at = point ? point + 1 : text;
        while (at < end && ascii_is_digit(*at))
            at++;
    }
    const char *letters = at;
    while (at < end && ascii_is_lower(*at))
        at++;
    size_t length = (size_t)(at - letters);
    const char *number = at < end && *at == '.' ? at + 1 : at;
    size_t digits = 0;
    while (number + digits < end && ascii_is_digit(number[digits]))
        digits++;
    if (length == 0 || (number + digits < end && number[digits] != '+'))
        return;
    version->modifier = tmpl_string_view(letters, (size_t)(number + digits - letters));
    version->number = tmpl_string_view(number, digits);
    version->rank = rank_of(letters, length);
}

static const struct tmpl_type version_type;

static struct version *make_version(struct tmpl_vm *vm, struct tmpl_value text)
{
    struct version *version = tmpl_alloc(&vm->heap, sizeof(*version));

    while (text.length && ascii_is_space(text.text[0])) {
        text.text++;
        text.length--;
    }
    while (text.length && ascii_is_space(text.text[text.length - 1]))
        text.length--;
    *version = (struct version){ { &version_type }, .text = text, .string = text };
    if (text.length && (text.text[0] == 'v' || text.text[0] == 'V')) {
        version->string.text++;
        version->string.length--;
    }
    if (version->string.length && version->string.text[version->string.length - 1] == '.')
        version->string.length--;
    find_modifier(version);
    return find_strategy(vm, version) < 0 ? NULL : version;
}

/* --- comparing -------------------------------------------------------------------------------------- */

static size_t count_sections(const struct version *version)
{
    size_t count = 1;

    for (uint32_t i = 0; i < version->string.length; i++)
        count += version->string.text[i] == '.';
    return count;
}

/* The number that section @index begins with, perhaps behind letters; without leading zeros, empty is 0. */
static struct tmpl_value section_digits(const struct version *version, size_t index)
{
    const char *at = version->string.text, *end = at + version->string.length;

    for (; index > 0; index--) {
        at = memchr(at, '.', (size_t)(end - at));
        if (!at)
            return tmpl_string_view("", 0);
        at++;
    }
    while (at < end && ascii_is_lower(*at))
        at++;
    while (at < end && *at == '0')
        at++;
    size_t digits = 0;
    while (at + digits < end && ascii_is_digit(at[digits]))
        digits++;
    return tmpl_string_view(at, digits);
}

static int order_digits(const struct tmpl_value *a, const struct tmpl_value *b)
{
    if (a->length != b->length)
        return a->length < b->length ? -1 : 1;
    int order = a->length ? memcmp(a->text, b->text, a->length) : 0;
    return order < 0 ? -1 : order > 0;
}

/* Sections up to the one that is a modifier as a whole ("2024.1.0.dev5": three). */
static size_t count_numbers(const struct version *version)
{
    const char *text = version->string.text;
    size_t count = count_sections(version);

    if (version->modifier.kind == TMPL_NONE)
        return count;
    size_t before = (size_t)(version->modifier.text - text);
    count = 1;
    for (size_t i = 0; i < before; i++)
        count += text[i] == '.';
    return before && text[before - 1] == '.' ? count - 1 : count;
}

static int container_rank(const struct version *version)
{
    if (strcmp(version->strategy, "SpecialContainer") != 0)
        return -1;
    for (int i = 0; i < 4; i++)
        if (tmpl_is_text(&version->string, containers[i]))
            return i;
    return -1;
}

static int order_versions(const struct version *a, const struct version *b)
{
    int left = container_rank(a), right = container_rank(b);

    if (left >= 0 || right >= 0)
        return (left > right) - (left < right);
    size_t a_count = count_numbers(a), b_count = count_numbers(b);
    for (size_t i = 0; i < a_count || i < b_count; i++) {
        struct tmpl_value nothing = tmpl_string_view("", 0);
        struct tmpl_value x = i < a_count ? section_digits(a, i) : nothing;
        struct tmpl_value y = i < b_count ? section_digits(b, i) : nothing;
        int order = order_digits(&x, &y);
        if (order)
            return order;
    }
    if (a->rank != b->rank)
        return a->rank < b->rank ? -1 : 1;
    return a->rank == RELEASE ? 0 : order_digits(&a->number, &b->number);
}

/* What a version is compared with: another one, or a text or number that is taken as one. 0: something else. */
static int to_version(struct tmpl_vm *vm, const struct tmpl_value *value,
                      struct version **ret_version)
{
    struct tmpl_value text;

    if (value->kind == TMPL_OBJECT && value->object->type == &version_type) {
        *ret_version = (struct version *)value->object;
        return 1;
    }
    if (value->kind != TMPL_STRING && !tmpl_is_number(value))
        return 0;
    if (read_text(vm, value, &text) < 0)
        return -1;
    *ret_version = make_version(vm, text);
    return *ret_version ? 1 : -1;
}

static int version_compare(struct tmpl_vm *vm, struct tmpl_object *object,
                           const struct tmpl_value *other, int *ret_order)
{
    struct version *left = (struct version *)object, *right;
    int r = to_version(vm, other, &right);

    if (r < 0)
        return r;
    if (r == 0)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "Not a valid AwesomeVersion object");
    if (strcmp(left->strategy, "unknown") == 0 || strcmp(right->strategy, "unknown") == 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "Can't compare <%s %.*s> and <%s %.*s>",
                          left->strategy, (int)left->string.length, left->string.text,
                          right->strategy, (int)right->string.length, right->string.text);
    *ret_order = order_versions(left, right);
    return 0;
}

static int version_equal(struct tmpl_vm *vm, struct tmpl_object *object,
                         const struct tmpl_value *other)
{
    struct version *left = (struct version *)object, *right;
    int r = to_version(vm, other, &right);

    if (r <= 0)
        return r;
    return left->string.length == right->string.length &&
           memcmp(left->string.text, right->string.text, left->string.length) == 0;
}

/* --- attributes ------------------------------------------------------------------------------------- */

static int return_section(struct tmpl_vm *vm, const struct version *version, size_t index,
                          struct tmpl_value *ret_value)
{
    struct tmpl_value digits = section_digits(version, index);

    if (strcmp(version->strategy, "unknown") == 0 || container_rank(version) >= 0) {
        *ret_value = tmpl_none();
        return 1;
    }
    struct version *section = make_version(vm, digits.length ? digits : tmpl_string_static("0"));
    if (!section)
        return -1;
    *ret_value = tmpl_object_value(&section->object);
    return 1;
}

/* Without a modifier the word is looked for anywhere. */
static bool is_marked(const struct version *version, enum rank rank, const char *word)
{
    if (version->modifier.kind != TMPL_NONE)
        return version->rank == (int)rank;
    return memmem(version->string.text, version->string.length, word, strlen(word));
}

static int version_flag(const struct version *version, const struct tmpl_value *name)
{
    if (tmpl_is_text(name, "alpha"))
        return version->modifier.kind != TMPL_NONE && version->rank == ALPHA;
    if (tmpl_is_text(name, "beta"))
        return is_marked(version, BETA, "beta");
    if (tmpl_is_text(name, "dev"))
        return is_marked(version, DEV, "dev");
    if (tmpl_is_text(name, "release_candidate"))
        return is_marked(version, CANDIDATE, "rc");
    if (tmpl_is_text(name, "valid"))
        return strcmp(version->strategy, "unknown") != 0;
    if (tmpl_is_text(name, "simple"))
        return version->string.length == strspn(version->string.text, "0123456789.") ||
               version->string.length == 0;
    return -1;
}

static int version_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                        size_t length, struct tmpl_value *ret_value)
{
    static const char *const sections[] = { "major", "minor", "patch", "micro" };
    struct version *version = (struct version *)object;
    struct tmpl_value wanted = tmpl_string_view(name, length);
    int flag = version_flag(version, &wanted);

    for (size_t i = 0; i < 4; i++)
        if (tmpl_is_text(&wanted, sections[i]))
            return return_section(vm, version, i > 2 ? 2 : i, ret_value);
    if (flag >= 0)
        *ret_value = tmpl_bool(flag);
    else if (tmpl_is_text(&wanted, "string"))
        *ret_value = version->string;
    else if (tmpl_is_text(&wanted, "prefix"))
        *ret_value = version->string.text == version->text.text
                         ? tmpl_none()
                         : tmpl_string_view(version->text.text, 1);
    else if (tmpl_is_text(&wanted, "sections"))
        *ret_value = tmpl_int((int64_t)count_sections(version));
    else if (tmpl_is_text(&wanted, "modifier"))
        *ret_value = version->modifier;
    else if (tmpl_is_text(&wanted, "strategy"))
        *ret_value = tmpl_string_static(version->strategy);
    else
        return tmpl_get_method(vm, &version->text, name, length, ret_value);
    return 1;
}

static int version_print(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct version *version = (const struct version *)object;

    hass_buf_add(buf, version->text.text, version->text.length);
    return 0;
}

static int version_repr(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct version *version = (const struct version *)object;

    hass_buf_printf(buf, "<AwesomeVersion %s '%.*s'>", version->strategy,
                    (int)version->string.length, version->string.text);
    return 0;
}

static bool version_truth(struct tmpl_vm *vm, struct tmpl_object *object)
{
    return ((const struct version *)object)->text.length > 0;
}

static int version_length(struct tmpl_vm *vm, struct tmpl_object *object, int64_t *ret_length)
{
    *ret_length = tmpl_length(&((const struct version *)object)->text);
    return 0;
}

static bool version_hash(struct tmpl_object *object, uint64_t *ret_hash)
{
    return tmpl_hash(&((const struct version *)object)->text, ret_hash);
}

static const struct tmpl_type version_type = {
    .name = "AwesomeVersion",
    .print = version_print,
    .repr = version_repr,
    .truth = version_truth,
    .length = version_length,
    .attr = version_attr,
    .equal = version_equal,
    .compare = version_compare,
    .hash = version_hash,
};

bool is_version(const struct tmpl_value *value)
{
    return value->kind == TMPL_OBJECT && value->object->type == &version_type;
}

int function_version(struct tmpl_vm *vm, const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct tmpl_value text;

    if (read_text(vm, &call->args[0], &text) < 0)
        return -1;
    struct version *version = make_version(vm, text);
    if (!version)
        return -1;
    *ret_value = tmpl_object_value(&version->object);
    return 0;
}
