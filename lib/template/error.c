/* SPDX-License-Identifier: Apache-2.0 */
/* Errors and warnings of a render: their classes, raising, and what happens when an undefined value is used. */
#include <stdarg.h>
#include <stdio.h>

#include "template/machine.h"

static const char *const class_names[] = {
    [TMPL_TEMPLATE_ERROR] = "TemplateError",
    [TMPL_SYNTAX_ERROR] = "TemplateSyntaxError",
    [TMPL_ASSERTION_ERROR] = "TemplateAssertionError",
    [TMPL_RUNTIME_ERROR] = "TemplateRuntimeError",
    [TMPL_NOT_FOUND] = "TemplateNotFound",
    [TMPL_UNDEFINED_ERROR] = "UndefinedError",
    [TMPL_SECURITY_ERROR] = "SecurityError",
    [TMPL_FILTER_ARGUMENT_ERROR] = "FilterArgumentError",
    [TMPL_TYPE_ERROR] = "TypeError",
    [TMPL_VALUE_ERROR] = "ValueError",
    [TMPL_ZERO_DIVISION_ERROR] = "ZeroDivisionError",
    [TMPL_OVERFLOW_ERROR] = "OverflowError",
    [TMPL_INDEX_ERROR] = "IndexError",
    [TMPL_KEY_ERROR] = "KeyError",
    [TMPL_ATTRIBUTE_ERROR] = "AttributeError",
    [TMPL_UNICODE_ERROR] = "UnicodeError",
    [TMPL_REGEX_ERROR] = "error",
    [TMPL_STRUCT_ERROR] = "error",
    [TMPL_JSON_ERROR] = "JSONDecodeError",
    [TMPL_RECURSION_ERROR] = "RecursionError",
    [TMPL_LIMIT_ERROR] = "LimitError",
};

const char *tmpl_error_class_name(enum tmpl_error_class class)
{
    return class_names[class];
}

bool tmpl_error_is_template_error(enum tmpl_error_class class)
{
    return class <= TMPL_FILTER_ARGUMENT_ERROR || class == TMPL_LIMIT_ERROR;
}

int tmpl_raise(struct tmpl_vm *vm, enum tmpl_error_class class, const char *format, ...)
{
    va_list args;

    if (vm->raised)
        return -1;
    vm->raised = true;
    vm->error = (struct tmpl_error){ .class = class };
    va_start(args, format);
    vsnprintf(vm->error.message, sizeof(vm->error.message), format, args);
    va_end(args);
    return -1;
}

void tmpl_forgive(struct tmpl_vm *vm)
{
    vm->raised = false;
    vm->error = (struct tmpl_error){ 0 };
}

int tmpl_raise_undefined(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    autobuf message = HASS_BUF_INIT;

    tmpl_undefined_message(value, &message);
    tmpl_raise(vm, value->undefined->unsafe ? TMPL_SECURITY_ERROR : TMPL_UNDEFINED_ERROR, "%s",
               hass_buf_string(&message));
    return -1;
}

int tmpl_raise_logged(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    tmpl_raise_undefined(vm, value);
    vm->error.undefined = true;
    return -1;
}

int tmpl_use(struct tmpl_vm *vm, const struct tmpl_value *value)
{
    if (value->kind != TMPL_UNDEFINED || value->undefined->quiet)
        return 0;
    if (vm->strict)
        return tmpl_raise_undefined(vm, value);
    if (!vm->host.warn)
        return 0;
    autobuf message = HASS_BUF_INIT;
    tmpl_undefined_message(value, &message);
    vm->host.warn(vm->host.userdata, hass_buf_string(&message));
    return 0;
}
