/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table says how a kind is printed: its head, and whether its parts are all printed or only those that are there. What has a form of
 * its own has a function.
 */
#include "support/template_tree.h"

static void print_text(const char *text, size_t length, struct hass_buf *buf)
{
    hass_buf_add_char(buf, '"');
    for (size_t i = 0; i < length; i++) {
        unsigned char c = (unsigned char)text[i];
        if (c == '"' || c == '\\')
            hass_buf_add_char(buf, '\\');
        if (c < ' ' || c == 0x7f)
            hass_buf_printf(buf, "\\x%02x", c);
        else
            hass_buf_add_char(buf, (char)c);
    }
    hass_buf_add_char(buf, '"');
}

static void print_big(const struct tmpl_big *big, struct hass_buf *buf)
{
    hass_buf_add_string(buf, "0x");
    for (uint32_t i = big->count; i-- > 0;)
        hass_buf_printf(buf, i + 1 == big->count ? "%x" : "%08x", big->limbs[i]);
}

static void print_value(const struct tmpl_value *value, struct hass_buf *buf)
{
    switch (value->kind) {
    case TMPL_NONE:
        hass_buf_add_string(buf, "none");
        break;
    case TMPL_BOOL:
        hass_buf_add_string(buf, value->integer ? "true" : "false");
        break;
    case TMPL_INT:
        hass_buf_printf(buf, "%lld", (long long)value->integer);
        break;
    case TMPL_BIG:
        print_big(value->big, buf);
        break;
    case TMPL_FLOAT:
        hass_buf_printf(buf, "f%.17g", value->number);
        break;
    default:
        print_text(value->text, value->length, buf);
        break;
    }
}

static void print_one(const struct tmpl_node *node, struct hass_buf *buf);

static void print_part(const struct tmpl_node *node, struct hass_buf *buf)
{
    hass_buf_add_char(buf, ' ');
    if (node)
        print_one(node, buf);
    else
        hass_buf_add_char(buf, '_');
}

static void print_list(const struct tmpl_node *node, struct hass_buf *buf)
{
    for (; node; node = node->next)
        print_part(node, buf);
}

/* " (head …)", also when it is empty. */
static void print_group(const char *head, const struct tmpl_node *node, struct hass_buf *buf)
{
    hass_buf_printf(buf, " (%s", head);
    print_list(node, buf);
    hass_buf_add_char(buf, ')');
}

/* Arguments by kind, as Jinja keeps them. */
static void print_arguments(const struct tmpl_node *list, struct hass_buf *buf)
{
    static const uint8_t special[] = { TMPL_N_KEYWORD, TMPL_N_STAR, TMPL_N_STARSTAR };

    for (const struct tmpl_node *node = list; node; node = node->next)
        if (node->kind < TMPL_N_KEYWORD || node->kind > TMPL_N_STARSTAR)
            print_part(node, buf);
    for (size_t i = 0; i < sizeof(special); i++)
        for (const struct tmpl_node *node = list; node; node = node->next)
            if (node->kind == special[i])
                print_part(node, buf);
}

static void print_parameters(const struct tmpl_node *macro, struct hass_buf *buf)
{
    hass_buf_add_string(buf, " (params");
    for (const struct tmpl_node *node = macro->params; node; node = node->next) {
        hass_buf_printf(buf, " %.*s", (int)node->name_length, node->name);
        if (node->a) {
            hass_buf_add_char(buf, '=');
            print_one(node->a, buf);
        }
    }
    hass_buf_add_char(buf, ')');
}

static void print_imports(const struct tmpl_node *list, struct hass_buf *buf)
{
    for (; list; list = list->next) {
        hass_buf_printf(buf, " %.*s", (int)list->name_length, list->name);
        if (list->name2)
            hass_buf_printf(buf, "=%.*s", (int)list->name2_length, list->name2);
    }
}

static void print_flags(const struct tmpl_node *node, struct hass_buf *buf)
{
    static const struct {
        unsigned flag;
        const char *name;
    } flags[] = {
        { TMPL_RECURSIVE, "recursive" },
        { TMPL_WITH_CONTEXT, "with-context" },
        { TMPL_WITHOUT_CONTEXT, "without-context" },
        { TMPL_IGNORE_MISSING, "ignore-missing" },
        { TMPL_SCOPED, "scoped" },
        { TMPL_REQUIRED, "required" },
    };

    for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++)
        if (node->flags & flags[i].flag)
            hass_buf_printf(buf, " :%s", flags[i].name);
}

enum form {
    PARTS = 1,     /* a, b, c where they are there */
    SLOTS = 2,     /* a, b, c, `_` where they are not */
    MEMBERS = 4,   /* the list */
    ARGUMENTS = 8, /* the list, as arguments */
    PARAMETERS = 16,
    BODY = 32,   /* the list, as a group */
    ORELSE = 64, /* as a group, when there is one */
    IMPORTS = 128,
    NAMED = 256,
};

static const struct {
    const char *head;
    unsigned form;
} kinds[] = {
    [TMPL_N_LIST] = { "list", MEMBERS },
    [TMPL_N_TUPLE] = { "tuple", MEMBERS },
    [TMPL_N_DICT] = { "dict", MEMBERS },
    [TMPL_N_PAIR] = { "pair", PARTS },
    [TMPL_N_ATTR] = { "attr", NAMED | PARTS },
    [TMPL_N_ITEM] = { "item", PARTS },
    [TMPL_N_SLICE] = { "slice", SLOTS },
    [TMPL_N_CALL] = { "call", PARTS | ARGUMENTS },
    [TMPL_N_FILTER] = { "filter", NAMED | PARTS | ARGUMENTS },
    [TMPL_N_TEST] = { "test", NAMED | PARTS | ARGUMENTS },
    [TMPL_N_KEYWORD] = { "keyword", NAMED | PARTS },
    [TMPL_N_STAR] = { "star", PARTS },
    [TMPL_N_STARSTAR] = { "starstar", PARTS },
    [TMPL_N_NOT] = { "not", PARTS },
    [TMPL_N_NEG] = { "neg", PARTS },
    [TMPL_N_POS] = { "pos", PARTS },
    [TMPL_N_AND] = { "and", PARTS },
    [TMPL_N_OR] = { "or", PARTS },
    [TMPL_N_CONCAT] = { "concat", MEMBERS },
    [TMPL_N_COMPARE] = { "compare", PARTS | MEMBERS },
    [TMPL_N_COND] = { "cond", SLOTS },
    [TMPL_N_NSREF] = { "nsref", NAMED },
    [TMPL_N_OUTPUT] = { "output", MEMBERS },
    [TMPL_N_IF] = { "if", PARTS | BODY | ORELSE },
    [TMPL_N_FOR] = { "for", SLOTS | BODY | ORELSE },
    [TMPL_N_SET] = { "set", PARTS },
    [TMPL_N_SET_BLOCK] = { "setblock", PARTS | BODY },
    [TMPL_N_MACRO] = { "macro", NAMED | PARAMETERS | BODY },
    [TMPL_N_CALL_BLOCK] = { "callblock", PARAMETERS | PARTS | BODY },
    [TMPL_N_FILTER_BLOCK] = { "filterblock", PARTS | BODY },
    [TMPL_N_WITH] = { "with", BODY },
    [TMPL_N_BREAK] = { "break", 0 },
    [TMPL_N_CONTINUE] = { "continue", 0 },
    [TMPL_N_DO] = { "do", PARTS },
    [TMPL_N_INCLUDE] = { "include", PARTS },
    [TMPL_N_IMPORT] = { "import", NAMED | PARTS },
    [TMPL_N_FROM] = { "from", PARTS | IMPORTS },
    [TMPL_N_EXTENDS] = { "extends", PARTS },
    [TMPL_N_BLOCK] = { "block", NAMED | BODY },
    [TMPL_N_AUTOESCAPE] = { "autoescape", PARTS | BODY },
    [TMPL_N_TEMPLATE] = { "template", MEMBERS },
};

static const char *head_of(const struct tmpl_node *node)
{
    static const char *const binaries[] = { "+", "-", "*", "/", "//", "%", "**" };
    static const char *const compares[] = { "==", "!=", "<", "<=", ">", ">=", "in", "notin" };

    if (node->kind == TMPL_N_BINARY)
        return binaries[node->op];
    return node->kind == TMPL_N_OPERAND ? compares[node->op] : kinds[node->kind].head;
}

static void print_parts(const struct tmpl_node *node, unsigned form, struct hass_buf *buf)
{
    const struct tmpl_node *const parts[] = { node->a, node->b, node->c };

    for (size_t i = 0; i < 3; i++)
        if (parts[i] || form & SLOTS)
            print_part(parts[i], buf);
}

static void print_one(const struct tmpl_node *node, struct hass_buf *buf)
{
    if (node->kind == TMPL_N_CONST) {
        hass_buf_add_string(buf, node->flags & TMPL_DATA ? "data:" : "");
        print_value(&node->value, buf);
        return;
    }
    if (node->kind == TMPL_N_NAME) {
        hass_buf_printf(buf, "%.*s", (int)node->name_length, node->name);
        return;
    }
    bool operation = node->kind == TMPL_N_BINARY || node->kind == TMPL_N_OPERAND;
    unsigned form = operation ? PARTS : kinds[node->kind].form;
    hass_buf_printf(buf, "(%s", head_of(node));
    print_flags(node, buf);
    if (form & NAMED)
        hass_buf_printf(buf, " %.*s", (int)node->name_length, node->name);
    if (node->kind == TMPL_N_NSREF)
        hass_buf_printf(buf, " %.*s", (int)node->name2_length, node->name2);
    if (form & PARAMETERS)
        print_parameters(node, buf);
    if (form & (PARTS | SLOTS))
        print_parts(node, form, buf);
    if (node->kind == TMPL_N_WITH)
        print_list(node->params, buf);
    if (form & MEMBERS)
        print_list(node->list, buf);
    if (form & ARGUMENTS)
        print_arguments(node->list, buf);
    if (form & IMPORTS)
        print_imports(node->params, buf);
    if (form & BODY)
        print_group("body", node->list, buf);
    if (form & ORELSE && node->orelse)
        print_group("else", node->orelse, buf);
    hass_buf_add_char(buf, ')');
}

void template_tree_print(const struct tmpl_node *node, struct hass_buf *buf)
{
    for (; node; node = node->next) {
        print_one(node, buf);
        if (node->next)
            hass_buf_add_char(buf, ' ');
    }
}

int template_tree(const char *source, size_t length, struct hass_buf *buf,
                  struct tmpl_error *ret_error)
{
    struct tmpl_heap heap = { 0 };
    struct tmpl_error error = { 0 };
    struct tmpl_node *root = tmpl_parse(&heap, source, length, &error);

    if (root)
        template_tree_print(root->list, buf);
    else
        hass_buf_add_string(buf, error.message);
    if (ret_error)
        *ret_error = error;
    arena_fini(&heap.arena);
    return root ? 0 : -1;
}
