/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The environment: maps from names to functions, filters, tests and globals, and one from the names of methods for each kind that has
 * any. Written while it is set up, then only read.
 */
#include <stdlib.h>

#include <hass/strmap.h>

#include "base/mem.h"
#include "data/diagnostic.h"
#include "template/builtins.h"
#include "template/code.h"
#include "template/environment.h"
#include "template/methods.h"
#include "template/namespace.h"

struct method_slot {
    uint32_t hash;
    struct env_function *function; /* NULL: free */
};

struct methods {
    struct method_slot *slots;
    uint32_t mask;
};

struct tmpl_env {
    struct hass_strmap *filters; /* struct env_function */
    struct hass_strmap *tests;
    struct hass_strmap *globals; /* struct env_global */
    struct methods methods[TMPL_OBJECT];
};

static const struct tmpl_function machine_table[] = {
    { "namespace", tmpl_namespace_create, "* **", TMPL_GLOBAL | TMPL_UNDEFINED_OK },
};
static const struct tmpl_functions machine_functions = { machine_table, 1 };

static const struct tmpl_functions *const own_tables[] = {
    &machine_functions,    &tmpl_text_filters,   &tmpl_sequence_filters,
    &tmpl_value_filters,   &tmpl_tests,          &tmpl_globals,
    &tmpl_math_functions,  &tmpl_type_functions, &tmpl_regex_functions,
    &tmpl_codec_functions, &tmpl_date_functions, &tmpl_collection_functions,
};

static const struct {
    enum tmpl_kind kind;
    const struct tmpl_functions *table;
} method_tables[] = {
    { TMPL_STRING, &tmpl_string_methods },
    { TMPL_BYTES, &tmpl_bytes_methods },
    { TMPL_LIST, &tmpl_list_methods },
    { TMPL_TUPLE, &tmpl_tuple_methods },
    { TMPL_DICT, &tmpl_dict_methods },
    { TMPL_SET, &tmpl_set_methods },
    { TMPL_INT, &tmpl_int_methods },
    { TMPL_FLOAT, &tmpl_float_methods },
    { TMPL_RANGE, &tmpl_range_methods },
    { TMPL_DATETIME, &tmpl_datetime_methods },
    { TMPL_DATE, &tmpl_date_methods },
    { TMPL_TIME, &tmpl_time_methods },
    { TMPL_TIMEDELTA, &tmpl_timedelta_methods },
};

static struct env_function *create_function(const struct tmpl_env *env,
                                            const struct tmpl_function *function)
{
    struct env_function *entry = mem_alloc(sizeof(*entry));

    *entry =
        (struct env_function){ .object = { &env_function_type },
                               .function = function,
                               .env = env,
                               .refuses_undefined =
                                   (function->where & (TMPL_GLOBAL | TMPL_FILTER | TMPL_TEST)) &&
                                   !(function->where & TMPL_UNDEFINED_OK) };
    signature_read(&entry->signature, function->params);
    return entry;
}

/* --- methods ------------------------------------------------------------------------------------ */

static void fill_methods(const struct tmpl_env *env, struct methods *methods,
                         const struct tmpl_functions *table)
{
    uint32_t size = 4;

    while (size < table->count * 2)
        size *= 2;
    methods->slots = mem_calloc(size, sizeof(*methods->slots));
    methods->mask = size - 1;
    for (size_t i = 0; i < table->count; i++) {
        const struct tmpl_function *method = &table->table[i];
        uint32_t hash = tmpl_name_hash(method->name, strlen(method->name));
        uint32_t at = hash & methods->mask;
        while (methods->slots[at].function)
            at = (at + 1) & methods->mask;
        methods->slots[at] = (struct method_slot){ hash, create_function(env, method) };
    }
}

const struct env_function *env_find_method(const struct tmpl_env *env, enum tmpl_kind kind,
                                           const char *name, size_t length, uint32_t hash)
{
    const struct methods *methods;

    if (kind == TMPL_BOOL || kind == TMPL_BIG)
        kind = TMPL_INT;
    /* Outside of a render there is no environment. */
    if (!env || kind >= TMPL_OBJECT || !env->methods[kind].slots)
        return NULL;
    methods = &env->methods[kind];
    for (uint32_t at = hash & methods->mask; methods->slots[at].function;
         at = (at + 1) & methods->mask) {
        const struct env_function *entry = methods->slots[at].function;
        if (methods->slots[at].hash == hash && strncmp(entry->function->name, name, length) == 0 &&
            !entry->function->name[length])
            return entry;
    }
    return NULL;
}

/* --- setting up ----------------------------------------------------------------------------------- */

static void destroy_global(void *data)
{
    struct env_global *global = data;

    free((void *)global->function);
    free(global);
}

/* Those that are values, and no functions. */
static const struct {
    const char *name;
    double number;
} constants[] = {
    { "pi", 3.14159265358979323846 },
    { "tau", 6.28318530717958647692 },
    { "e", 2.71828182845904523536 },
};

struct tmpl_env *tmpl_env_create(void)
{
    struct tmpl_env *env = mem_zalloc(sizeof(*env));

    env->filters = hass_strmap_create(free);
    env->tests = hass_strmap_create(free);
    env->globals = hass_strmap_create(destroy_global);
    for (size_t i = 0; i < sizeof(own_tables) / sizeof(*own_tables); i++)
        tmpl_env_add(env, own_tables[i]);
    for (size_t i = 0; i < sizeof(constants) / sizeof(*constants); i++)
        tmpl_env_set_global(env, constants[i].name, tmpl_float(constants[i].number));
    tmpl_env_set_global(env, "dict", tmpl_object_value((struct tmpl_object *)&dict_class));
    for (size_t i = 0; i < sizeof(method_tables) / sizeof(*method_tables); i++)
        fill_methods(env, &env->methods[method_tables[i].kind], method_tables[i].table);
    return env;
}

struct tmpl_env *tmpl_env_destroy(struct tmpl_env *env)
{
    if (!env)
        return NULL;
    for (size_t kind = 0; kind < TMPL_OBJECT; kind++) {
        struct methods *methods = &env->methods[kind];
        for (size_t i = 0; methods->slots && i <= methods->mask; i++)
            free(methods->slots[i].function);
        free(methods->slots);
    }
    hass_strmap_destroy(env->filters);
    hass_strmap_destroy(env->tests);
    hass_strmap_destroy(env->globals);
    free(env);
    return NULL;
}

static struct env_global *want_global(struct tmpl_env *env, const char *name)
{
    struct env_global *global = hass_strmap_get(env->globals, name);

    if (!global) {
        global = mem_zalloc(sizeof(*global));
        hass_strmap_set(env->globals, name, global);
    }
    return global;
}

void tmpl_env_add(struct tmpl_env *env, const struct tmpl_functions *functions)
{
    for (size_t i = 0; i < functions->count; i++) {
        const struct tmpl_function *function = &functions->table[i];
        if (function->where & TMPL_FILTER)
            hass_strmap_set(env->filters, function->name, create_function(env, function));
        if (function->where & TMPL_TEST)
            hass_strmap_set(env->tests, function->name, create_function(env, function));
        if (function->where & TMPL_GLOBAL) {
            struct env_global *global = want_global(env, function->name);
            free((void *)global->function);
            global->function = create_function(env, function);
        }
    }
}

void tmpl_env_set_global(struct tmpl_env *env, const char *name, struct tmpl_value value)
{
    want_global(env, name)->value = value;
}

/* --- looking up ------------------------------------------------------------------------------------ */

const struct env_global *env_find_global(const struct tmpl_env *env, const char *name,
                                         size_t length)
{
    return hass_strmap_get_n(env->globals, name, length);
}

const struct env_function *env_find(const struct tmpl_env *env, unsigned where, const char *name,
                                    size_t length)
{
    if (where & TMPL_FILTER)
        return hass_strmap_get_n(env->filters, name, length);
    if (where & TMPL_TEST)
        return hass_strmap_get_n(env->tests, name, length);
    const struct env_global *global = env_find_global(env, name, length);
    return global ? global->function : NULL;
}

const struct tmpl_function *tmpl_env_find(const struct tmpl_env *env, unsigned where,
                                          const char *name, size_t length)
{
    const struct env_function *entry = env_find(env, where, name, length);

    return entry ? entry->function : NULL;
}

int tmpl_env_global(const struct tmpl_env *env, const char *name, size_t length,
                    struct tmpl_value *ret_value)
{
    const struct env_global *global = env_find_global(env, name, length);

    if (!global)
        return 0;
    *ret_value = env_global_value(global, false);
    return 1;
}

const char *tmpl_env_nearest(const struct tmpl_env *env, unsigned where, const char *name,
                             size_t length)
{
    const struct hass_strmap *map = where & TMPL_FILTER ? env->filters
                                    : where & TMPL_TEST ? env->tests
                                                        : env->globals;
    char word[64];
    struct nearest nearest = { .word = word };
    const char *candidate;
    void *value;

    if (length >= sizeof(word))
        return NULL;
    memcpy(word, name, length);
    word[length] = '\0';
    strmap_foreach(map, candidate, value)
        nearest_offer(&nearest, candidate);
    return nearest.best;
}

/* --- functions as values ----------------------------------------------------------------------------- */

static int print_function(struct tmpl_vm *vm, struct tmpl_object *object, struct hass_buf *buf)
{
    const struct env_function *entry = (const struct env_function *)object;

    hass_buf_printf(buf, "<function %s>", entry->function->name);
    return 0;
}

static int call_function(struct tmpl_vm *vm, struct tmpl_object *object,
                         const struct tmpl_call *call, struct tmpl_value *ret_value)
{
    return env_call(vm, (const struct env_function *)object, call, ret_value);
}

/* What stands in a table as "dict.fromkeys" is an attribute of `dict`. */
static int function_attr(struct tmpl_vm *vm, struct tmpl_object *object, const char *name,
                         size_t length, struct tmpl_value *ret_value)
{
    const struct env_function *entry = (const struct env_function *)object;
    char full[128];
    int full_length =
        snprintf(full, sizeof(full), "%s.%.*s", entry->function->name, (int)length, name);

    if (full_length < 0 || (size_t)full_length >= sizeof(full))
        return 0;
    return tmpl_env_global(entry->env, full, (size_t)full_length, ret_value);
}

const struct tmpl_type env_function_type = {
    .name = "function",
    .repr = print_function,
    .attr = function_attr,
    .call = call_function,
};
