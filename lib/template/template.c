/* SPDX-License-Identifier: Apache-2.0 */
/* Compiled templates as objects: counted, measured, shown. */
#include <stdlib.h>

#include "template/code.h"

struct tmpl_template *tmpl_ref(struct tmpl_template *template)
{
    atomic_fetch_add_explicit(&template->refs, 1, memory_order_relaxed);
    return template;
}

struct tmpl_template *tmpl_unref(struct tmpl_template *template)
{
    if (template && atomic_fetch_sub_explicit(&template->refs, 1, memory_order_acq_rel) == 1) {
        free(template->source);
        free(template);
    }
    return NULL;
}

const char *tmpl_source(const struct tmpl_template *template)
{
    return template->source;
}

bool tmpl_is_template_text(const char *text, size_t length)
{
    const char *end = text + length;

    while ((text = memchr(text, '{', (size_t)(end - text))) && ++text < end)
        if (*text == '{' || *text == '%' || *text == '#')
            return true;
    return false;
}

size_t tmpl_size(const struct tmpl_template *template)
{
    return template->size;
}

/* --- the code as text ---------------------------------------------------------------------------------------- */

static const struct {
    const char *name;
    unsigned words;
} ops[] = {
#define X(name, words) { #name, words },
    TMPL_OPS(X)
#undef X
};

static void show_name(const struct tmpl_template *template, uint32_t name, struct hass_buf *buf)
{
    if (name < template->name_count)
        hass_buf_printf(buf, " %.*s", (int)template->names[name].length,
                        template->names[name].text);
}

static void show_operand(const struct tmpl_template *template, uint32_t op, uint32_t operand,
                         struct hass_buf *buf)
{
    switch (op) {
    case TMPL_OP_TEXT:
    case TMPL_OP_CONST:
        hass_buf_add_char(buf, ' ');
        tmpl_repr(NULL, &template->constants[operand], buf);
        break;
    case TMPL_OP_INT:
        hass_buf_printf(buf, " %d", (int32_t)(operand << 8) >> 8);
        break;
    case TMPL_OP_CONTEXT:
    case TMPL_OP_CONTEXT_RAW:
    case TMPL_OP_EXPORT:
    case TMPL_OP_SHARE:
    case TMPL_OP_ATTR:
    case TMPL_OP_NO_FILTER:
    case TMPL_OP_NO_TEST:
    case TMPL_OP_SET_ATTR:
    case TMPL_OP_IMPORTED:
        show_name(template, operand, buf);
        break;
    case TMPL_OP_METHOD:
        show_name(template, operand >> 8, buf);
        hass_buf_printf(buf, " %u", operand & 0xff);
        break;
    case TMPL_OP_FILTER:
    case TMPL_OP_TEST:
        hass_buf_printf(buf, " %s %u", template->functions[operand >> 8]->function->name,
                        operand & 0xff);
        break;
    default:
        hass_buf_printf(buf, " %u", operand);
    }
}

/* Where a jump at @at goes. */
static void show_target(uint32_t op, uint32_t operand, uint32_t behind, struct hass_buf *buf)
{
    switch (op) {
    case TMPL_OP_JUMP:
    case TMPL_OP_JUMP_FALSE:
    case TMPL_OP_JUMP_TRUE:
    case TMPL_OP_AND:
    case TMPL_OP_OR:
    case TMPL_OP_EXTENDED:
        hass_buf_printf(buf, " -> %u", behind + operand);
        break;
    case TMPL_OP_NEXT:
    case TMPL_OP_NEXT_PUSH:
    case TMPL_OP_LOOP_NEXT:
    case TMPL_OP_LOOP_PUSH:
        hass_buf_printf(buf, " -> %u", behind - operand);
        break;
    default:
        break;
    }
}

void tmpl_disassemble(const struct tmpl_template *template, struct hass_buf *buf)
{
    for (uint32_t at = 0; at < template->code_length;) {
        uint32_t op = template->code[at] & 0xff, operand = template->code[at] >> 8;
        uint32_t words = op == TMPL_OP_LOCALS ? operand : ops[op].words;
        hass_buf_printf(buf, "%5u %5u  %s", at,
                        lines_find(template->lines, template->lines_length, at), ops[op].name);
        at += 1 + words;
        show_operand(template, op, operand, buf);
        show_target(op, operand, at, buf);
        hass_buf_add_char(buf, '\n');
    }
}
