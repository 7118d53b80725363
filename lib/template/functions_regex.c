/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Regular expressions. Compiled patterns are kept by the machine, in a table of fixed size in which a pattern that falls on another's place
 * takes it. The compiler that makes code of its own (JIT) is not used: services may not have memory that is writable and executable.
 */
#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/mem.h"
#include "template/builtins.h"
#include "template/regex.h"

enum {
    PLACES = 64,
    DEFAULT_MATCH_LIMIT = 250000,
    MOST_HEAP = 32 * 1024, /* KiB that one match may take */
    MAX_PATTERN = 65536,
};

struct regex {
    char *pattern; /* as it was written; names are views of it */
    size_t length;
    unsigned asked; /* flags it was compiled with */
    pcre2_code *code;
    unsigned groups;
    struct regex_names names;
};

struct tmpl_regexes {
    struct regex places[PLACES];
    pcre2_match_data *match;
    pcre2_match_context *limits;
    pcre2_compile_context *syntax;
};

/* --- compiled patterns ---------------------------------------------------------------------------------- */

static struct tmpl_regexes *create_regexes(void)
{
    struct tmpl_regexes *regexes = mem_zalloc(sizeof(*regexes));

    regexes->match = pcre2_match_data_create(REGEX_MAX_GROUPS + 1, NULL);
    regexes->limits = pcre2_match_context_create(NULL);
    regexes->syntax = pcre2_compile_context_create(NULL);
    if (!regexes->match || !regexes->limits || !regexes->syntax)
        mem_out_of_memory(sizeof(*regexes));
    pcre2_set_newline(regexes->syntax, PCRE2_NEWLINE_LF);
    pcre2_set_compile_extra_options(regexes->syntax, PCRE2_EXTRA_ALLOW_SURROGATE_ESCAPES);
    pcre2_set_heap_limit(regexes->limits, MOST_HEAP);
    return regexes;
}

static void regex_fini(struct regex *regex)
{
    pcre2_code_free(regex->code);
    free(regex->pattern);
    free(regex->names.list);
    *regex = (struct regex){ 0 };
}

struct tmpl_regexes *tmpl_regexes_destroy(struct tmpl_regexes *regexes)
{
    if (!regexes)
        return NULL;
    for (size_t i = 0; i < PLACES; i++)
        regex_fini(&regexes->places[i]);
    pcre2_match_data_free(regexes->match);
    pcre2_match_context_free(regexes->limits);
    pcre2_compile_context_free(regexes->syntax);
    free(regexes);
    return NULL;
}

static size_t place_of(const char *pattern, size_t length, unsigned flags)
{
    uint32_t hash = 2166136261U ^ flags;

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char)pattern[i]) * 16777619U;
    return (hash ^ hash >> 16) % PLACES;
}

static uint32_t options_of(unsigned flags)
{
    uint32_t options = PCRE2_UTF | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C;

    if (!(flags & REGEX_ASCII))
        options |= PCRE2_UCP;
    if (flags & REGEX_IGNORECASE)
        options |= PCRE2_CASELESS;
    if (flags & REGEX_MULTILINE)
        options |= PCRE2_MULTILINE;
    if (flags & REGEX_DOTALL)
        options |= PCRE2_DOTALL;
    return options;
}

static int compile(struct tmpl_vm *vm, const struct regex_translation *translation,
                   struct regex *regex)
{
    const struct hass_buf *pattern = &translation->pattern;
    int problem;
    PCRE2_SIZE at;

    regex->code = pcre2_compile((PCRE2_SPTR)hass_buf_string(pattern), pattern->length,
                                options_of(translation->flags), &problem, &at, vm->regexes->syntax);
    if (!regex->code) {
        char message[120];
        pcre2_get_error_message(problem, (PCRE2_UCHAR *)message, sizeof(message));
        return tmpl_raise(vm, TMPL_REGEX_ERROR, "%s", message);
    }
    regex->groups = translation->groups;
    regex->names.count = translation->name_count;
    regex->names.list = mem_calloc(translation->name_count, sizeof(struct regex_name));
    for (unsigned i = 0; i < translation->name_count; i++)
        regex->names.list[i] = translation->names[i];
    return 0;
}

static struct regex *find_regex(struct tmpl_vm *vm, const char *pattern, size_t length,
                                unsigned flags)
{
    if (!vm->regexes)
        vm->regexes = create_regexes();
    struct regex *regex = &vm->regexes->places[place_of(pattern, length, flags)];
    if (regex->code && regex->length == length && regex->asked == flags &&
        memcmp(regex->pattern, pattern, length) == 0)
        return regex;
    if (length > MAX_PATTERN) {
        tmpl_raise(vm, TMPL_LIMIT_ERROR, "a pattern of %zu bytes exceeds %d", length, MAX_PATTERN);
        return NULL;
    }
    if (tmpl_spend(vm, 100 + length) < 0)
        return NULL;
    regex_fini(regex);
    regex->pattern = mem_memdup(length ? pattern : "", length ? length : 1);
    regex->length = length;
    regex->asked = flags;
    autofree struct regex_translation *translation = mem_zalloc(sizeof(*translation));
    bool ok = regex_translate(regex->pattern, length, flags, translation);
    if (!ok)
        tmpl_raise(vm, TMPL_REGEX_ERROR, "%s", translation->problem);
    ok = ok && compile(vm, translation, regex) == 0;
    hass_buf_fini(&translation->pattern);
    return ok ? regex : NULL;
}

/* --- matching ------------------------------------------------------------------------------------------- */

/* Where a match lies in the text, and its groups: pairs of offsets. */
typedef const size_t *match_pairs;

static int run(struct tmpl_vm *vm, const struct regex *regex, const struct tmpl_value *text,
               size_t from, uint32_t options, match_pairs *ret_pairs)
{
    struct tmpl_regexes *regexes = vm->regexes;
    uint32_t limit = vm->limits.regex ? vm->limits.regex : DEFAULT_MATCH_LIMIT;

    if (tmpl_spend(vm, 8 + (text->length - from) / 16) < 0)
        return -1;
    pcre2_set_match_limit(regexes->limits, limit);
    int r = pcre2_match(regex->code, (PCRE2_SPTR)(text->length ? text->text : ""), text->length,
                        from, options, regexes->match, regexes->limits);
    if (tmpl_check_time(vm) < 0)
        return -1;
    if (r >= 0) {
        *ret_pairs = pcre2_get_ovector_pointer(regexes->match);
        return 1;
    }
    if (r == PCRE2_ERROR_NOMATCH)
        return 0;
    if (r == PCRE2_ERROR_MATCHLIMIT || r == PCRE2_ERROR_DEPTHLIMIT || r == PCRE2_ERROR_HEAPLIMIT)
        return tmpl_raise(vm, TMPL_LIMIT_ERROR,
                          "the regular expression '%.*s' needs more than %u steps",
                          (int)(regex->length < 100 ? regex->length : 100), regex->pattern, limit);
    char message[120];
    pcre2_get_error_message(r, (PCRE2_UCHAR *)message, sizeof(message));
    return tmpl_raise(vm, TMPL_REGEX_ERROR, "%s", message);
}

/* All matches, one after the other. */
struct matches {
    const struct regex *regex;
    struct tmpl_value text;
    size_t from;
    bool empty; /* the last match was, and ended at @from: the next one may not be it again */
    match_pairs pairs;
};

/* 1 with @matches->pairs, 0 at the end, or an error. */
static int next_match(struct tmpl_vm *vm, struct matches *matches)
{
    if (matches->from > matches->text.length)
        return 0;
    int r = run(vm, matches->regex, &matches->text, matches->from,
                matches->empty ? PCRE2_NOTEMPTY_ATSTART : 0, &matches->pairs);
    if (r > 0) {
        matches->from = matches->pairs[1];
        matches->empty = matches->pairs[0] == matches->pairs[1];
    }
    return r;
}

/* --- arguments ------------------------------------------------------------------------------------------ */

/* The value's text and the pattern's code. */
static int begin(struct tmpl_vm *vm, const struct tmpl_value *value, const struct tmpl_value *find,
                 const struct tmpl_value *ignore_case, struct matches *matches)
{
    const char *pattern = "";
    size_t length = 0;
    bool ignore;

    *matches = (struct matches){ 0 };
    if (read_text(vm, value, &matches->text) < 0 || read_flag(vm, ignore_case, false, &ignore) < 0)
        return -1;
    if (is_given(find)) {
        if (find->kind == TMPL_UNDEFINED)
            return tmpl_raise_undefined(vm, find);
        if (find->kind != TMPL_STRING)
            return tmpl_raise(vm, TMPL_TYPE_ERROR,
                              "first argument must be string or compiled pattern");
        pattern = find->text;
        length = find->length;
    }
    matches->regex = find_regex(vm, pattern, length, ignore ? REGEX_IGNORECASE : 0);
    return matches->regex ? 0 : -1;
}

static int return_match(struct tmpl_vm *vm, const struct tmpl_call *call, uint32_t options,
                        struct tmpl_value *ret_value)
{
    struct matches matches;

    if (begin(vm, &call->args[0], &call->args[1], &call->args[2], &matches) < 0)
        return -1;
    int r = run(vm, matches.regex, &matches.text, 0, options, &matches.pairs);
    if (r < 0)
        return r;
    *ret_value = tmpl_bool(r);
    return 0;
}

/* "value ?find ?ignorecase" */
static int function_match(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    return return_match(vm, call, PCRE2_ANCHORED, ret_value);
}

static int function_search(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    return return_match(vm, call, 0, ret_value);
}

int regex_matches(struct tmpl_vm *vm, const char *pattern, const struct tmpl_value *text)
{
    const struct regex *regex = find_regex(vm, pattern, strlen(pattern), 0);
    match_pairs pairs;

    return regex ? run(vm, regex, text, 0, PCRE2_ANCHORED, &pairs) : -1;
}

/* --- replacing and collecting ----------------------------------------------------------------------------- */

static void add_pieces(const struct matches *matches, const struct regex_piece *pieces,
                       size_t count, struct hass_buf *buf)
{
    for (size_t i = 0; i < count; i++) {
        if (pieces[i].group < 0) {
            hass_buf_add(buf, pieces[i].text.text, pieces[i].text.length);
            continue;
        }
        size_t from = matches->pairs[2 * pieces[i].group];
        if (from != PCRE2_UNSET)
            hass_buf_add(buf, matches->text.text + from,
                         matches->pairs[2 * pieces[i].group + 1] - from);
    }
}

/* "value ?find ?replace ?ignorecase" */
static int filter_replace(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    struct tmpl_value replacement;
    struct regex_piece *pieces;
    struct matches matches;
    size_t count, done = 0;
    int r;

    if (begin(vm, &call->args[0], &call->args[1], &call->args[3], &matches) < 0 ||
        read_text_or(vm, &call->args[2], "", &replacement) < 0 ||
        regex_parse_replacement(vm, &replacement, matches.regex->groups, &matches.regex->names,
                                &pieces, &count) < 0)
        return -1;
    while ((r = next_match(vm, &matches)) > 0) {
        hass_buf_add(&buf, matches.text.text + done, matches.pairs[0] - done);
        add_pieces(&matches, pieces, count, &buf);
        done = matches.pairs[1];
        if (tmpl_reserve(vm, buf.length) < 0)
            return -1;
    }
    if (r < 0)
        return r;
    hass_buf_add(&buf, matches.text.text + done, matches.text.length - done);
    return return_buf(vm, &buf, ret_value);
}

static struct tmpl_value group_text(const struct matches *matches, unsigned group)
{
    size_t from = matches->pairs[2 * group];

    if (from == PCRE2_UNSET)
        return tmpl_string_static("");
    struct tmpl_value text =
        tmpl_string_view(matches->text.text + from, matches->pairs[2 * group + 1] - from);
    text.flags = matches->text.flags & TMPL_ASCII;
    return text;
}

/* The whole match, its one group, or a tuple of its groups. */
static int found_value(struct tmpl_vm *vm, const struct matches *matches,
                       struct tmpl_value *ret_value)
{
    unsigned groups = matches->regex->groups;

    if (groups < 2) {
        *ret_value = group_text(matches, groups);
        return 0;
    }
    struct tmpl_value *items = new_items(vm, groups);
    if (!items)
        return -1;
    for (unsigned i = 0; i < groups; i++)
        items[i] = group_text(matches, i + 1);
    *ret_value = tmpl_tuple_view(items, groups);
    return 0;
}

static int find_all(struct tmpl_vm *vm, struct matches *matches, struct tmpl_value *ret_value)
{
    struct tmpl_value *found = NULL;
    size_t count = 0, room = 0;
    int r;

    while ((r = next_match(vm, matches)) > 0) {
        if (count == room) {
            struct tmpl_value *more = new_items(vm, room ? room * 2 : 8);
            if (!more)
                return -1;
            if (count)
                memcpy(more, found, count * sizeof(*found));
            found = more;
            room = room ? room * 2 : 8;
        }
        if (found_value(vm, matches, &found[count++]) < 0)
            return -1;
    }
    *ret_value = tmpl_list_view(found, count);
    return r;
}

/* "value ?find ?ignorecase" */
static int filter_findall(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    struct matches matches;

    if (begin(vm, &call->args[0], &call->args[1], &call->args[2], &matches) < 0)
        return -1;
    return find_all(vm, &matches, ret_value);
}

/* "value ?find ?index ?ignorecase" */
static int filter_findall_index(struct tmpl_vm *vm, const struct tmpl_call *call,
                                struct tmpl_value *ret_value)
{
    struct matches matches;
    struct tmpl_value all;
    int64_t index;

    if (begin(vm, &call->args[0], &call->args[1], &call->args[3], &matches) < 0 ||
        read_integer(vm, &call->args[2], 0, &index) < 0 || find_all(vm, &matches, &all) < 0)
        return -1;
    index += index < 0 ? all.length : 0;
    if (index < 0 || index >= all.length)
        return tmpl_raise(vm, TMPL_INDEX_ERROR, "list index out of range");
    *ret_value = all.items[index];
    return 0;
}

static const struct tmpl_function table[] = {
    { "regex_match", function_match, "value ?find ?ignorecase", AS_FILTER },
    { "match", function_match, "value ?find ?ignorecase", AS_TEST },
    { "regex_search", function_search, "value ?find ?ignorecase", AS_FILTER },
    { "search", function_search, "value ?find ?ignorecase", AS_TEST },
    { "regex_replace", filter_replace, "value ?find ?replace ?ignorecase", AS_FILTER },
    { "regex_findall", filter_findall, "value ?find ?ignorecase", AS_FILTER },
    { "regex_findall_index", filter_findall_index, "value ?find ?index ?ignorecase", AS_FILTER },
};

const struct tmpl_functions tmpl_regex_functions = { table, sizeof(table) / sizeof(*table) };
