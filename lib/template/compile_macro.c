/* SPDX-License-Identifier: Apache-2.0 */
/* Macros, and the bodies of call blocks: functions of their parameters that return their text. */
#include "template/compile.h"

static void declare_params(struct compiler *compiler, const struct tmpl_node *node,
                           struct tmpl_proto *proto)
{
    for (const struct tmpl_node *param = node->params; param; param = param->next) {
        uint32_t before = (uint32_t)compiler->function->slot_names.length;
        compiler->at = param->at;
        names_declare(compiler, code_intern_name(compiler, param));
        if (compiler->function->slot_names.length == before)
            compile_fail(compiler, TMPL_SYNTAX_ERROR,
                         "duplicate argument '%.*s' in function definition",
                         (int)param->name_length, param->name);
        if (++proto->params > TMPL_MAX_ARGS)
            compile_fail(compiler, TMPL_SYNTAX_ERROR, "more than %d parameters", TMPL_MAX_ARGS);
    }
}

static const struct tmpl_node *find_param(const struct tmpl_node *node, const char *name)
{
    for (const struct tmpl_node *param = node->params; param; param = param->next)
        if (param->name_length == strlen(name) && memcmp(param->name, name, strlen(name)) == 0)
            return param;
    return NULL;
}

/* caller, kwargs and varargs are there when the body reads them and nothing else has these names. */
static void declare_specials(struct compiler *compiler, const struct tmpl_node *node,
                             struct tmpl_proto *proto)
{
    static const struct {
        const char *name;
        uint8_t flag;
    } specials[] = {
        { "caller", TMPL_FN_CALLER },
        { "kwargs", TMPL_FN_KWARGS },
        { "varargs", TMPL_FN_VARARGS },
    };
    const struct tmpl_node *own = find_param(node, "caller");

    compiler->at = node->at;
    if (own && !own->a && names_reads_undeclared(node->list, "caller"))
        compile_fail(compiler, TMPL_ASSERTION_ERROR,
                     "When defining macros or call blocks the special \"caller\" argument must be "
                     "omitted or be given a default.");
    if (own)
        proto->flags |= TMPL_FN_OWN_CALLER;
    if (names_reads_undeclared(node->list, "caller"))
        proto->flags |= TMPL_FN_READS_CALLER;
    for (size_t i = 0; i < sizeof(specials) / sizeof(*specials); i++) {
        if (find_param(node, specials[i].name) ||
            !names_reads_undeclared(node->list, specials[i].name))
            continue;
        proto->flags |= specials[i].flag;
        names_declare(compiler, code_intern(compiler, specials[i].name, strlen(specials[i].name)));
    }
}

static void compile_defaults(struct compiler *compiler, const struct tmpl_node *node)
{
    uint32_t slot = 0;

    for (const struct tmpl_node *param = node->params; param; param = param->next, slot++) {
        compiler->at = param->at;
        if (!param->a) {
            code_emit(compiler, TMPL_OP_NOT_GIVEN, slot, 0);
            continue;
        }
        code_emit(compiler, TMPL_OP_GIVEN, slot, 1);
        uint32_t given = code_jump(compiler, TMPL_OP_JUMP_TRUE, -1);
        compile_expression(compiler, param->a);
        code_emit(compiler, TMPL_OP_STORE, slot, -1);
        code_patch(compiler, given);
    }
}

/* -> the macro. */
void compile_macro_value(struct compiler *compiler, const struct tmpl_node *node)
{
    struct surroundings outside = compile_inside(compiler);
    struct tmpl_proto proto = { 0 };
    struct function function;
    struct scope scope;
    uint32_t jump = code_begin(compiler, &function);

    compiler->checks_output = false;
    if (node->kind == TMPL_N_MACRO) {
        proto.flags |= TMPL_FN_NAMED;
        proto.name = code_intern_name(compiler, node);
    }
    names_begin(compiler, &scope);
    declare_params(compiler, node, &proto);
    declare_specials(compiler, node, &proto);
    for (const struct tmpl_node *param = node->params; param; param = param->next)
        if (param->a)
            names_analyze(compiler, param->a);
    names_analyze_list(compiler, node->list);
    names_enter(compiler, &scope);
    compile_defaults(compiler, node);
    compile_body(compiler, node->list);
    names_end(compiler, &scope);
    uint32_t number = code_end(compiler, &function, jump, proto);
    compile_outside(compiler, outside);
    compiler->at = node->at;
    code_emit(compiler, TMPL_OP_MACRO, number, 1);
}

void compile_call_block(struct compiler *compiler, const struct tmpl_node *node)
{
    struct tmpl_value name = tmpl_string_static("caller");
    uint32_t slot = names_new_slot(compiler, code_intern(compiler, "caller", 6));

    compile_macro_value(compiler, node);
    code_emit(compiler, TMPL_OP_STORE, slot, -1);
    compile_call(compiler, node->a, &name, slot);
    compiler->at = node->at;
    code_emit(compiler, TMPL_OP_PRINT, TMPL_ESCAPE_NO, -1);
}
