/* SPDX-License-Identifier: Apache-2.0 */
/* Jinja's global functions: range, dict, cycler, joiner, lipsum; the model's set, tuple, zip. namespace() is the machine's. */
#include "base/random.h"
#include "template/builtins.h"

/* --- range ------------------------------------------------------------------------------------------- */

/* As Python counts; at most TMPL_MAX_RANGE of it is allowed, so that the product cannot overflow where it matters. */
static uint64_t count_range(int64_t start, int64_t stop, int64_t step)
{
    if (step > 0 ? start >= stop : start <= stop)
        return 0;
    uint64_t span = step > 0 ? (uint64_t)stop - (uint64_t)start : (uint64_t)start - (uint64_t)stop;
    uint64_t stride = step > 0 ? (uint64_t)step : 0 - (uint64_t)step;
    return (span - 1) / stride + 1;
}

static int read_range_argument(struct tmpl_vm *vm, const struct tmpl_value *value,
                               int64_t *ret_integer)
{
    if (value->kind == TMPL_UNDEFINED)
        return tmpl_raise_undefined(vm, value);
    if (!tmpl_is_integer(value))
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "'%s' object cannot be interpreted as an integer",
                          tmpl_class_name(value));
    return tmpl_to_int64(vm, value, ret_integer);
}

static int function_range(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    int64_t numbers[3] = { 0, 0, 1 };
    unsigned count = call->count;

    if (count == 0)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "range expected at least 1 argument, got 0");
    if (count > 3)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "range expected at most 3 arguments, got %u", count);
    for (unsigned i = 0; i < count; i++)
        if (read_range_argument(vm, &call->args[i], &numbers[count == 1 ? 1 : i]) < 0)
            return -1;
    if (numbers[2] == 0)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "range() arg 3 must not be zero");
    uint64_t members = count_range(numbers[0], numbers[1], numbers[2]);
    if (members > TMPL_MAX_RANGE)
        return tmpl_raise(vm, TMPL_OVERFLOW_ERROR,
                          "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).",
                          TMPL_MAX_RANGE);
    struct tmpl_range *range = tmpl_alloc(&vm->heap, sizeof(*range));
    *range = (struct tmpl_range){ numbers[0], numbers[1], numbers[2], (int64_t)members };
    *ret_value =
        (struct tmpl_value){ .kind = TMPL_RANGE, .length = (uint32_t)members, .range = range };
    return 0;
}

/* --- containers -------------------------------------------------------------------------------------- */

static int add_pair(struct tmpl_vm *vm, struct tmpl_dict *dict, const struct tmpl_value *pair,
                    size_t index)
{
    const struct tmpl_value *items;
    size_t count;

    if (pair->kind != TMPL_UNDEFINED && !tmpl_is_iterable(pair))
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "cannot convert dictionary update sequence element #%zu to a sequence",
                          index);
    if (tmpl_iterate(vm, pair, &items, &count) < 0)
        return -1;
    if (count != 2)
        return tmpl_raise(vm, TMPL_VALUE_ERROR,
                          "dictionary update sequence element #%zu has length %zu; 2 is required",
                          index, count);
    return tmpl_dict_set(vm, dict, items[0], items[1]);
}

static int add_mapping(struct tmpl_vm *vm, struct tmpl_dict *dict, const struct tmpl_value *from)
{
    const struct tmpl_value *items;
    size_t count;

    if (from->kind == TMPL_DICT) {
        for (uint32_t i = 0; i < from->dict->count; i++)
            if (tmpl_dict_set(vm, dict, from->dict->entries[i].key, from->dict->entries[i].value) <
                0)
                return -1;
        return tmpl_spend(vm, from->dict->count);
    }
    if (read_items(vm, from, &items, &count) < 0)
        return -1;
    for (size_t i = 0; i < count; i++)
        if (add_pair(vm, dict, &items[i], i) < 0)
            return -1;
    return 0;
}

/* "* **" */
static int function_dict(struct tmpl_vm *vm, const struct tmpl_call *call,
                         struct tmpl_value *ret_value)
{
    struct tmpl_dict *dict = tmpl_dict_new(&vm->heap, call->named);

    if (call->count > 1)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "dict expected at most 1 argument, got %u",
                          call->count);
    if (call->count && call->args[0].kind == TMPL_UNDEFINED) // is asked for keys()
        return tmpl_raise_undefined(vm, &call->args[0]);
    if (call->count && add_mapping(vm, dict, &call->args[0]) < 0)
        return -1;
    for (unsigned i = 0; i < call->named; i++)
        if (tmpl_dict_set(vm, dict, call->names[i], call->values[i]) < 0)
            return -1;
    *ret_value = tmpl_dict_value(dict);
    return 0;
}

/* dict.fromkeys(iterable, value=none) */
static int call_fromkeys(struct tmpl_vm *vm, struct tmpl_object *object,
                         const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    const struct tmpl_value *keys;
    size_t count;

    if (call->count < 1 || call->count > 2 || call->named)
        return tmpl_raise(vm, TMPL_TYPE_ERROR, "fromkeys expected 1 or 2 arguments, got %u",
                          call->count + call->named);
    if (read_items(vm, &call->args[0], &keys, &count) < 0 ||
        tmpl_reserve(vm, count * sizeof(struct tmpl_entry)) < 0)
        return -1;
    struct tmpl_dict *dict = tmpl_dict_new(&vm->heap, count);
    for (size_t i = 0; i < count; i++)
        if (tmpl_dict_set(vm, dict, keys[i], call->count > 1 ? call->args[1] : tmpl_none()) < 0)
            return -1;
    *ret_value = tmpl_dict_value(dict);
    return 0;
}

static const struct tmpl_type fromkeys_type = {
    .name = "builtin_function_or_method",
    .call = call_fromkeys,
};
static const struct tmpl_object fromkeys = { &fromkeys_type };

static int call_dict(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_call *call,
                     struct tmpl_value *ret_value)
{
    return function_dict(vm, call, ret_value);
}

static int print_dict_class(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    hass_buf_add_string(buf, "<class 'dict'>");
    return 0;
}

static int dict_class_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                           size_t length, struct tmpl_value *ret_value)
{
    struct tmpl_value wanted = tmpl_string_view(name, length);

    if (!tmpl_is_text(&wanted, "fromkeys"))
        return 0;
    *ret_value = tmpl_object_value((struct tmpl_object *)&fromkeys);
    return 1;
}

static const struct tmpl_type dict_class_type = {
    .name = "type",
    .print = print_dict_class,
    .repr = print_dict_class,
    .attr = dict_class_attr,
    .call = call_dict,
};
const struct tmpl_object dict_class = { &dict_class_type };

/* "?value" */
static int function_set(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value *items = NULL;
    size_t count = 0;

    if (is_given(&call->args[0]) && read_items(vm, &call->args[0], &items, &count) < 0)
        return -1;
    if (tmpl_reserve(vm, count * sizeof(struct tmpl_entry)) < 0)
        return -1;
    struct tmpl_dict *set = tmpl_dict_new(&vm->heap, count);
    for (size_t i = 0; i < count; i++)
        if (tmpl_dict_set(vm, set, items[i], tmpl_none()) < 0)
            return -1;
    *ret_value = tmpl_set_value(set);
    return 0;
}

static int function_tuple(struct tmpl_vm *vm, const struct tmpl_call *call,
                          struct tmpl_value *ret_value)
{
    const struct tmpl_value *items = NULL;
    size_t count = 0;

    if (is_given(&call->args[0]) && read_items(vm, &call->args[0], &items, &count) < 0)
        return -1;
    *ret_value = tmpl_tuple_view(items, count);
    return 0;
}

/* As long as the shortest of the arguments. */
static int function_zip(struct tmpl_vm *vm, const struct tmpl_call *call,
                        struct tmpl_value *ret_value)
{
    const struct tmpl_value **columns =
        tmpl_alloc(&vm->heap, call->count * sizeof(struct tmpl_value *));
    size_t rows = call->count ? SIZE_MAX : 0;

    for (unsigned i = 0; i < call->count; i++) {
        size_t length;
        if (read_items(vm, &call->args[i], &columns[i], &length) < 0)
            return -1;
        rows = length < rows ? length : rows;
    }
    struct tmpl_value *list = new_items(vm, rows), *members = new_items(vm, rows * call->count);
    if (!list || !members)
        return -1;
    for (size_t row = 0; row < rows; row++) {
        for (unsigned i = 0; i < call->count; i++)
            members[row * call->count + i] = columns[i][row];
        list[row] = tmpl_tuple_view(members + row * call->count, call->count);
    }
    *ret_value = tmpl_list_view(list, rows);
    return 0;
}

/* --- cycler ------------------------------------------------------------------------------------------ */

struct cycler {
    struct tmpl_object object;
    const struct tmpl_value *items;
    size_t count;
    size_t at;
};

/* cycler.next and cycler.reset as values. */
struct cycler_method {
    struct tmpl_object object;
    struct cycler *cycler;
    bool reset;
};

static int call_cycler_method(struct tmpl_vm *vm, struct tmpl_object *object,
                              const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    struct cycler_method *method = (struct cycler_method *)object;
    struct cycler *cycler = method->cycler;

    if (call->count || call->named)
        return tmpl_raise(vm, TMPL_TYPE_ERROR,
                          "Cycler.%s() takes 1 positional argument but %u were given",
                          method->reset ? "reset" : "next", call->count + call->named + 1);
    *ret_value = method->reset ? tmpl_none() : cycler->items[cycler->at];
    cycler->at = method->reset ? 0 : (cycler->at + 1) % cycler->count;
    return 0;
}

static const struct tmpl_type cycler_method_type = {
    .name = "method",
    .call = call_cycler_method,
};

static int cycler_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                       size_t length, struct tmpl_value *ret_value)
{
    struct cycler *cycler = (struct cycler *)object;
    struct tmpl_value wanted = tmpl_string_view(name, length);
    bool reset = tmpl_is_text(&wanted, "reset");

    if (tmpl_is_text(&wanted, "current")) {
        *ret_value = cycler->items[cycler->at];
        return 1;
    }
    if (tmpl_is_text(&wanted, "pos")) {
        *ret_value = tmpl_int((int64_t)cycler->at);
        return 1;
    }
    if (tmpl_is_text(&wanted, "items")) {
        *ret_value = tmpl_tuple_view(cycler->items, cycler->count);
        return 1;
    }
    if (!reset && !tmpl_is_text(&wanted, "next"))
        return 0;
    struct cycler_method *method = tmpl_alloc(&vm->heap, sizeof(*method));
    *method = (struct cycler_method){ { &cycler_method_type }, cycler, reset };
    *ret_value = tmpl_object_value(&method->object);
    return 1;
}

static const struct tmpl_type cycler_type = { .name = "Cycler", .attr = cycler_attr };

/* "*" */
static int function_cycler(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    if (call->count == 0)
        return tmpl_raise(vm, TMPL_RUNTIME_ERROR, "at least one item has to be provided");
    struct tmpl_value *items = new_items(vm, call->count);
    if (!items)
        return -1;
    memcpy(items, call->args, call->count * sizeof(*items));
    struct cycler *cycler = tmpl_alloc(&vm->heap, sizeof(*cycler));
    *cycler = (struct cycler){ { &cycler_type }, items, call->count, 0 };
    *ret_value = tmpl_object_value(&cycler->object);
    return 0;
}

/* --- joiner ------------------------------------------------------------------------------------------ */

struct joiner {
    struct tmpl_object object;
    struct tmpl_value separator;
    bool used;
};

static int call_joiner(struct tmpl_vm *vm, struct tmpl_object *object, const struct tmpl_call *call,
                       struct tmpl_value *ret_value)
{
    struct joiner *joiner = (struct joiner *)object;

    *ret_value = joiner->used ? joiner->separator : tmpl_string_static("");
    joiner->used = true;
    return 0;
}

static int joiner_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                       size_t length, struct tmpl_value *ret_value)
{
    struct joiner *joiner = (struct joiner *)object;
    struct tmpl_value wanted = tmpl_string_view(name, length);

    if (tmpl_is_text(&wanted, "sep"))
        *ret_value = joiner->separator;
    else if (tmpl_is_text(&wanted, "used"))
        *ret_value = tmpl_bool(joiner->used);
    else
        return 0;
    return 1;
}

static const struct tmpl_type joiner_type = {
    .name = "Joiner",
    .call = call_joiner,
    .attr = joiner_attr,
};

/* "?sep" */
static int function_joiner(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    struct joiner *joiner = tmpl_alloc(&vm->heap, sizeof(*joiner));

    *joiner = (struct joiner){ { &joiner_type }, tmpl_string_static(", "), false };
    if (is_given(&call->args[0]))
        joiner->separator = call->args[0];
    *ret_value = tmpl_object_value(&joiner->object);
    return 0;
}

/* --- lipsum ------------------------------------------------------------------------------------------ */

static const char lipsum_words[] =
    "a ac accumsan ad adipiscing aenean aliquam aliquet amet ante aptent arcu at auctor augue "
    "bibendum "
    "blandit class commodo condimentum congue consectetuer consequat conubia convallis cras "
    "cubilia cum "
    "curabitur curae cursus dapibus diam dictum dignissim dis dolor donec dui duis egestas eget "
    "eleifend "
    "elementum elit enim erat eros est et etiam eu euismod facilisi facilisis fames faucibus felis "
    "fermentum feugiat fringilla fusce gravida habitant habitasse hac hendrerit hymenaeos iaculis "
    "id "
    "imperdiet in inceptos integer interdum ipsum justo lacinia lacus laoreet lectus leo libero "
    "ligula "
    "litora lobortis lorem luctus maecenas magna magnis malesuada massa mattis mauris metus mi "
    "molestie "
    "mollis montes morbi mus nam nascetur natoque nec neque netus nibh nisi nisl non nonummy "
    "nostra nulla "
    "nullam nunc odio orci ornare parturient pede pellentesque penatibus per pharetra phasellus "
    "placerat "
    "platea porta porttitor posuere potenti praesent pretium primis proin pulvinar purus quam quis "
    "quisque "
    "rhoncus ridiculus risus rutrum sagittis sapien scelerisque sed sem semper senectus sit sociis "
    "sociosqu "
    "sodales sollicitudin suscipit suspendisse taciti tellus tempor tempus tincidunt torquent "
    "tortor "
    "tristique turpis ullamcorper ultrices ultricies urna ut varius vehicula vel velit venenatis "
    "vestibulum "
    "vitae vivamus viverra volutpat vulputate";

static const char *random_word(size_t *ret_length)
{
    const char *word = lipsum_words + random_u64() % (sizeof(lipsum_words) - 1);

    while (word > lipsum_words && word[-1] != ' ')
        word--;
    if (*word == ' ')
        word++;
    *ret_length = strcspn(word, " ");
    return word;
}

/* Sentences of some words, commas now and then; a full stop at the end. */
static void add_paragraph(struct hass_buf *buf, int64_t words)
{
    bool begin = true;
    unsigned since_comma = 0, since_stop = 0;

    for (int64_t i = 0; i < words; i++) {
        size_t length;
        const char *word = random_word(&length);
        if (i)
            hass_buf_add_char(buf, ' ');
        hass_buf_add_char(buf, begin ? (char)(word[0] - 'a' + 'A') : word[0]);
        hass_buf_add(buf, word + 1, length - 1);
        begin = false;
        if (i + 1 == words)
            break;
        if (++since_stop > 10 + random_u64() % 10) {
            hass_buf_add_char(buf, '.');
            since_stop = since_comma = 0;
            begin = true;
        } else if (++since_comma > 3 + random_u64() % 5) {
            hass_buf_add_char(buf, ',');
            since_comma = 0;
        }
    }
    hass_buf_add_char(buf, '.');
}

/* "?n ?html ?min ?max" */
static int function_lipsum(struct tmpl_vm *vm, const struct tmpl_call *call,
                           struct tmpl_value *ret_value)
{
    autobuf buf = HASS_BUF_INIT;
    int64_t paragraphs, least, most;
    bool html;

    if (read_integer(vm, &call->args[0], 5, &paragraphs) < 0 ||
        read_flag(vm, &call->args[1], true, &html) < 0 ||
        read_integer(vm, &call->args[2], 20, &least) < 0 ||
        read_integer(vm, &call->args[3], 100, &most) < 0)
        return -1;
    if (least >= most)
        return tmpl_raise(vm, TMPL_VALUE_ERROR, "empty range for randrange() (%lld, %lld, %lld)",
                          (long long)least, (long long)most, (long long)(most - least));
    for (int64_t i = 0; i < paragraphs; i++) {
        int64_t words = least + (int64_t)(random_u64() % (uint64_t)(most - least));
        if (words > TMPL_MAX_RANGE)
            return tmpl_raise(vm, TMPL_LIMIT_ERROR, "lipsum() makes at most %d words a paragraph",
                              TMPL_MAX_RANGE);
        if (tmpl_spend(vm, words > 0 ? (size_t)words : 1) < 0 || tmpl_reserve(vm, buf.length) < 0)
            return -1;
        hass_buf_add_string(&buf, html ? (i ? "\n<p>" : "<p>") : (i ? "\n\n" : ""));
        add_paragraph(&buf, words);
        hass_buf_add_string(&buf, html ? "</p>" : "");
    }
    if (return_buf(vm, &buf, ret_value) < 0)
        return -1;
    if (html)
        ret_value->flags |= TMPL_MARKUP;
    return 0;
}

static const struct tmpl_function table[] = {
    { "range", function_range, "*", AS_GLOBAL },
    { "dict", function_dict, "* **", AS_GLOBAL },
    { "set", function_set, "?value", AS_GLOBAL },
    { "tuple", function_tuple, "?value", AS_GLOBAL },
    { "zip", function_zip, "*", AS_GLOBAL },
    { "cycler", function_cycler, "*", AS_GLOBAL },
    { "joiner", function_joiner, "?sep", AS_GLOBAL },
    { "lipsum", function_lipsum, "?n ?html ?min ?max", AS_GLOBAL },
};

const struct tmpl_functions tmpl_globals = { table, sizeof(table) / sizeof(*table) };
