/* SPDX-License-Identifier: Apache-2.0 *
 * Covers: lib/template/lexer.c lib/template/literal.c lib/template/parser.c lib/template/parser_expression.c
 * Covers: lib/template/parser_statement.c lib/template/parse_error.c
 */
/*
 * Templates: parsed, compiled, rendered twice. An input is templates, with a line "===" between them. What is refused has a message and a place inside of the source; a tree keeps the
 * promise about its height, on which the compiler's stack depends, and its names and texts can be read. What the parser takes may be refused by
 * the compiler; the second render of a machine says what the first said.
 */
#include <stdlib.h>
#include <string.h>

#include "fuzz.h"
#include "template/ast.h"
#include "template/template.h"

#define HIGHEST 250

static struct tmpl_env *env;
static struct tmpl_vm *vm;
static struct hass_zone *zone;

static void set_up(void)
{
    if (env)
        return;
    env = tmpl_env_create();
    vm = tmpl_vm_create();
    if (hass_zone_new("UTC", &zone, NULL) < 0)
        abort();
}

static void read_bytes(const char *text, size_t length)
{
    for (size_t i = 0; i < length; i++) {
        volatile char byte = text[i];
        (void)byte;
    }
}

static void check_value(const struct tmpl_value *value)
{
    switch (value->kind) {
    case TMPL_STRING:
        read_bytes(value->text, value->length);
        break;
    case TMPL_BIG:
        if (!value->big->count || !value->big->limbs[value->big->count - 1])
            abort();
        break;
    case TMPL_NONE:
    case TMPL_BOOL:
    case TMPL_INT:
    case TMPL_FLOAT:
        break;
    default:
        abort();
    }
}

static void check_list(const struct tmpl_node *node, unsigned below, size_t size);

static void check_node(const struct tmpl_node *node, unsigned below, size_t size)
{
    if (node->height >= below || node->at > size)
        abort();
    read_bytes(node->name, node->name_length);
    read_bytes(node->name2, node->name2_length);
    if (node->kind == TMPL_N_CONST) {
        check_value(&node->value);
        return;
    }
    const struct tmpl_node *const parts[] = { node->a, node->b, node->c };
    for (size_t i = 0; i < 3; i++)
        if (parts[i])
            check_node(parts[i], node->height, size);
    check_list(node->list, node->height, size);
    check_list(node->params, node->height, size);
    // A chain of elif is as high as its highest branch.
    bool chain = node->kind == TMPL_N_IF && node->orelse && node->orelse->kind == TMPL_N_IF;
    if (!chain)
        check_list(node->orelse, node->height, size);
}

static void check_list(const struct tmpl_node *node, unsigned below, size_t size)
{
    for (; node; node = node->next)
        check_node(node, below, size);
}

static void check_error(const struct tmpl_error *error, size_t size)
{
    if (!error->message[0] || strchr(error->message, '\n') || error->offset > size ||
        error->line < 1 || error->column < 1 || error->column > size + 1)
        abort();
}

static const struct tmpl_variable variables[] = {
    { "value", { .kind = TMPL_STRING, .length = 4, .text = "12.5" } },
    { "a", { .kind = TMPL_INT, .integer = -3 } },
    { "b", { .kind = TMPL_FLOAT, .number = 0.1 } },
};

static int64_t now(void *userdata)
{
    return INT64_C(1705321845000000);
}

/* Every template is one that can be imported from the template itself: so much for recursion. */
static const struct tmpl_template *load(void *userdata, const char *name, size_t length,
                                        struct tmpl_error *ret_error)
{
    return length == 1 && *name == 'x' ? userdata : NULL;
}

/* Renders, and appends the text or the error. */
static void render(struct tmpl_template *template, struct hass_buf *out)
{
    struct tmpl_render how = {
        .variables = variables,
        .variable_count = sizeof(variables) / sizeof(variables[0]),
        .host = { .now = now, .load = load, .zone = zone, .userdata = template },
        .limits = { .steps = 20000,
                    .output = 4096,
                    .memory = 1 << 22,
                    .depth = 20,
                    .regex = 10000 },
    };

    if (tmpl_render(vm, template, &how, out) == 0)
        return;
    if (!vm->error.message[0])
        abort();
    hass_buf_add_string(out, vm->error.message);
}

static void check_compiled(const char *text, size_t size, bool parsed)
{
    struct tmpl_error error = { 0 };
    struct tmpl_template *template = tmpl_compile(env, text, size, NULL, &error);
    autobuf first = HASS_BUF_INIT;
    autobuf second = HASS_BUF_INIT;
    autobuf code = HASS_BUF_INIT;

    if (!template) {
        check_error(&error, size);
        return;
    }
    if (!parsed)
        abort();
    tmpl_disassemble(template, &code);
    render(template, &first);
    render(template, &second);
    if (!memmem(text, size, "random", 6) && !memmem(text, size, "shuffle", 7) &&
        strcmp(hass_buf_string(&first), hass_buf_string(&second)) != 0)
        abort();
    tmpl_unref(template);
}

static void check_template(const char *text, size_t size)
{
    struct tmpl_heap heap = { 0 };
    struct tmpl_error error;
    struct tmpl_node *root = tmpl_parse(&heap, text, size, &error);

    if (root)
        check_node(root, HIGHEST + 1, size);
    else
        check_error(&error, size);
    check_compiled(text, size, root != NULL);
    arena_fini(&heap.arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = text + size;
    const char *mark;

    set_up();
    while ((mark = memmem(text, (size_t)(end - text), "\n===\n", 5)) != NULL) {
        check_template(text, (size_t)(mark - text));
        text = mark + 5;
    }
    check_template(text, (size_t)(end - text));
    return 0;
}
