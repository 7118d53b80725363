/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rendering: a machine is created with its stacks, which serve one render after the other. What a render may take (steps, time, memory,
 * output) is asked for in slices of some thousand steps, and where much is taken at once.
 */
#include <stdlib.h>

#include "base/mem.h"
#include "template/machine.h"

#define DEFAULT_STEPS  10000000
#define DEFAULT_OUTPUT 262144
#define DEFAULT_MEMORY (64u << 20)
#define DEFAULT_DEPTH  200
#define DEFAULT_REGEX  250000
#define DEFAULT_USEC   100000

#define KEPT_HEAP 262144

/* What is taken at once may be this part of the memory; from LARGE bytes on the clock is asked first. */
#define PIECES 8
#define LARGE  65536

struct machine {
    struct tmpl_vm vm;
    struct tmpl_run run;
};

struct tmpl_vm *tmpl_vm_create(void)
{
    struct machine *machine = mem_zalloc(sizeof(*machine));

    machine->vm.run = &machine->run;
    return &machine->vm;
}

struct tmpl_vm *tmpl_vm_destroy(struct tmpl_vm *vm)
{
    if (!vm)
        return NULL;
    arena_fini(&vm->heap.arena);
    tmpl_regexes_destroy(vm->regexes);
    free(vm->run->stack);
    free(vm->run->frames);
    free((struct machine *)vm);
    return NULL;
}

/* --- limits ------------------------------------------------------------------------------------------ */

int tmpl_check_time(struct tmpl_vm *vm)
{
    if (vm->host.ticks && vm->host.ticks(vm->host.userdata) > vm->run->deadline)
        return tmpl_raise(vm, TMPL_LIMIT_ERROR,
                          "the template takes longer than %lld ms: look at fewer values or loop "
                          "less often",
                          (long long)(vm->limits.usec / 1000));
    return 0;
}

int run_check(struct tmpl_vm *vm)
{
    struct tmpl_run *run = vm->run;
    size_t used = (size_t)(run->slice_size - run->slice);

    if (used >= vm->steps) {
        run->slice = run->slice_size;
        vm->steps = 0;
        return tmpl_raise(vm, TMPL_LIMIT_ERROR,
                          "the template takes more than %zu steps: look at fewer values or loop "
                          "less often",
                          vm->limits.steps);
    }
    vm->steps -= used;
    run->slice_size = run->slice = vm->steps < SLICE ? (int64_t)vm->steps : SLICE;
    if (tmpl_check_time(vm) < 0)
        return -1;
    return tmpl_reserve(vm, 0);
}

int tmpl_spend(struct tmpl_vm *vm, size_t count)
{
    return run_step(vm, count < INT64_MAX / 2 ? (int64_t)count : INT64_MAX / 2);
}

static int raise_memory(struct tmpl_vm *vm)
{
    return tmpl_raise(vm, TMPL_LIMIT_ERROR,
                      "the template takes more than %zu bytes of memory, or %zu at once: build "
                      "smaller texts and lists",
                      vm->limits.memory, vm->limits.memory / PIECES);
}

int tmpl_reserve(struct tmpl_vm *vm, size_t bytes)
{
    size_t used = arena_size(&vm->heap.arena);

    if (used > vm->limits.memory || bytes > vm->limits.memory - used ||
        bytes > vm->limits.memory / PIECES)
        return raise_memory(vm);
    return bytes < LARGE ? 0 : tmpl_check_time(vm);
}

static size_t count_characters(const char *text, size_t length)
{
    size_t count = 0;

    for (size_t i = 0; i < length; i++)
        count += ((unsigned char)text[i] & 0xc0) != 0x80;
    return count;
}

/* Bytes are at least as many as characters, so that few outputs have to be counted. */
int run_check_output(struct tmpl_vm *vm)
{
    struct tmpl_run *run = vm->run;

    if (run->captures)
        return run->out->length - run->start > vm->limits.memory ? raise_memory(vm) : 0;
    if (run->counted < run->start || run->counted > run->out->length) {
        run->counted = run->start;
        run->counted_characters = 0;
    }
    run->counted_characters +=
        count_characters(run->out->data + run->counted, run->out->length - run->counted);
    run->counted = run->out->length;
    if (run->counted_characters > vm->limits.output)
        return tmpl_raise(vm, TMPL_LIMIT_ERROR, "the template prints more than %zu characters",
                          vm->limits.output);
    run->out_limit = run->counted + (vm->limits.output - run->counted_characters);
    return 0;
}

void run_capture(struct tmpl_run *run)
{
    run->captures++;
    run->out_limit = run->start + run->how_memory;
}

void run_release(struct tmpl_vm *vm, unsigned captures)
{
    struct tmpl_run *run = vm->run;

    run->captures = captures;
    if (!captures)
        run->out_limit = run->start + vm->limits.output;
}

int run_captured(struct tmpl_vm *vm, size_t mark, bool markup, struct tmpl_value *ret_value)
{
    struct tmpl_run *run = vm->run;
    size_t length = run->out->length - mark;

    if (length > 64 && tmpl_reserve(vm, length) < 0)
        return -1;
    *ret_value = tmpl_string_copy(&vm->heap, length ? run->out->data + mark : "", length);
    if (markup)
        ret_value->flags |= TMPL_MARKUP;
    run->out->length = mark;
    if (run->out->data)
        run->out->data[mark] = '\0';
    run_release(vm, run->captures - 1);
    return 0;
}

/* --- rendering ------------------------------------------------------------------------------------------ */

static void set_limits(struct tmpl_vm *vm, const struct tmpl_limits *limits)
{
    vm->limits = (struct tmpl_limits){
        .steps = limits->steps ? limits->steps : DEFAULT_STEPS,
        .output = limits->output ? limits->output : DEFAULT_OUTPUT,
        .memory = limits->memory ? limits->memory : DEFAULT_MEMORY,
        .depth = limits->depth ? limits->depth : DEFAULT_DEPTH,
        .regex = limits->regex ? limits->regex : DEFAULT_REGEX,
        .usec = limits->usec ? limits->usec : DEFAULT_USEC,
    };
    vm->heap.limit = vm->limits.memory;
}

static void reset(struct tmpl_vm *vm, const struct tmpl_template *template,
                  const struct tmpl_render *how, struct hass_buf *out)
{
    struct tmpl_run *run = vm->run;

    arena_clear(&vm->heap.arena);
    set_limits(vm, &how->limits);
    vm->host = how->host;
    vm->strict = how->strict;
    vm->limited = how->limited;
    vm->autoescape = false;
    vm->steps = vm->limits.steps;
    vm->nesting = 0;
    vm->function = NULL;
    vm->template = template;
    vm->raised = false;
    vm->error.message[0] = '\0';
    run->how = how;
    run->out = out;
    run->start = run->counted = out->length;
    run->counted_characters = 0;
    run->how_memory = vm->limits.memory;
    run->out_limit = run->start + vm->limits.output;
    run->captures = 0;
    run->slice_size = run->slice = vm->steps < SLICE ? (int64_t)vm->steps : SLICE;
    run->deadline =
        vm->host.ticks ? vm->host.ticks(vm->host.userdata) + vm->limits.usec : INT64_MAX;
    run->env = template->env;
    if (!run->stack) {
        run->stack = mem_alloc(STACK_CELLS * sizeof(struct tmpl_value));
        run->stack_end = run->stack + STACK_CELLS;
    }
    run->frame_count = 0;
    run->nesting = 0;
    run->top = run->stack;
    run->modules = NULL;
    if (run->frame_capacity < vm->limits.depth) {
        run->frame_capacity = vm->limits.depth;
        run->frames = mem_realloc(run->frames, run->frame_capacity * sizeof(*run->frames));
    }
}

static void strip(struct hass_buf *out, size_t start)
{
    size_t blank;

    if (out->length == start)
        return;
    const char *text = out->data + start, *end = out->data + out->length;
    while ((blank = tmpl_blank_before(text, end)))
        end -= blank;
    while ((blank = tmpl_blank(text, end)))
        text += blank;
    size_t length = (size_t)(end - text);
    if (text != out->data + start)
        memmove(out->data + start, text, length);
    out->length = start + length;
    out->data[out->length] = '\0';
}

static int run_template(struct tmpl_vm *vm, const struct tmpl_template *template)
{
    struct tmpl_run *run = vm->run;
    struct tmpl_value ignored;
    struct frame_entry entry = { .template = template,
                                 .proto = &template->protos[0],
                                 .context = context_create(vm, true, NULL),
                                 .base = run->stack,
                                 .result = FRAME_PRINTS };

    context_add_blocks(vm, entry.context, template);
    struct tmpl_frame *frame = frame_enter(vm, &entry);
    return frame ? frame_finish(vm, frame, &ignored) : -1;
}

int tmpl_render(struct tmpl_vm *vm, const struct tmpl_template *template,
                const struct tmpl_render *how, struct hass_buf *out)
{
    reset(vm, template, how, out);
    int result = run_template(vm, template);
    if (result >= 0 && out->length > vm->run->out_limit)
        result = run_check_output(vm);
    /* Machines wait for their next render; what this one has taken should not wait with them. */
    if (arena_size(&vm->heap.arena) > KEPT_HEAP)
        arena_fini(&vm->heap.arena);
    if (result < 0) {
        out->length = vm->run->start;
        if (out->data)
            out->data[out->length] = '\0';
        return -1;
    }
    strip(out, vm->run->start);
    return 0;
}
