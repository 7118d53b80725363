/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Scripts made by chance do the same whether or not hassd ends and begins again while they wait. Each is run once without, and then with
 * crashes, with orderly ends, and with both by chance; the calls, their times, data and contexts must be the same.
 *
 * Delays are tens of seconds, the world changes seven seconds after each ten, and the ends come at five and nine and a half: what waits has been
 * written by then, as the journal promises within two seconds. More of them: HASSD_SEED=first HASSD_PROGRAMS=number. Branches that run at the same time write no common variables, since
 * which comes first at the same moment is nobody's promise.
 */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <hass/context.h>
#include <hass/dt.h>
#include <hass/script.h>
#include <hass/vec.h>

#include "base/mem.h"
#include "support/test.h"

#define PROGRAMS  40
#define BEGIN     INT64_C(1717236000000000) /* 2024-06-01T10:00:00Z */
#define LASTS     300                       /* seconds, of a run of the world */
#define MAX_STEPS 40
#define MAX_NAMES 24

/* chance */

struct maker {
    uint64_t seed;
    unsigned steps;              /* made so far */
    unsigned names;              /* given so far */
    const char *seen[MAX_NAMES]; /* names that may be read */
    bool own[MAX_NAMES];         /* and written: no other branch does */
    unsigned count;
};

static unsigned pick(struct maker *maker, unsigned below)
{
    maker->seed ^= maker->seed << 13;
    maker->seed ^= maker->seed >> 7;
    maker->seed ^= maker->seed << 17;
    return (unsigned)(maker->seed >> 33) % below;
}

static bool one_in(struct maker *maker, unsigned number)
{
    return pick(maker, number) == 0;
}

/* programs */

static json_t *make_sequence(struct maker *maker, unsigned depth);

/* A name to write. */
static const char *name_to_write(struct maker *maker)
{
    static const char *const names[MAX_NAMES] = { "a", "b", "c", "d", "e", "f", "g", "h",
                                                  "i", "j", "k", "l", "m", "n", "o", "q",
                                                  "r", "s", "t", "u", "v", "w", "x", "y" };
    unsigned at = maker->count ? pick(maker, maker->count) : 0;

    if (maker->count && maker->own[at] && (maker->names == MAX_NAMES || !one_in(maker, 3)))
        return maker->seen[at];
    if (maker->names == MAX_NAMES)
        return NULL;
    maker->seen[maker->count] = names[maker->names++];
    maker->own[maker->count] = true;
    return maker->seen[maker->count++];
}

static const char *name_to_read(struct maker *maker)
{
    return maker->count ? maker->seen[pick(maker, maker->count)] : "p";
}

static json_t *text(const char *format, ...) __attribute__((format(printf, 1, 2)));

static json_t *text(const char *format, ...)
{
    autofree char *made = NULL;
    va_list args;

    va_start(args, format);
    ck_assert_int_ge(vasprintf(&made, format, args), 0);
    va_end(args);
    return json_string(made);
}

static json_t *make_condition(struct maker *maker)
{
    switch (pick(maker, 6)) {
    case 0:
        return text("{{ is_state('sensor.a', '%u') }}", pick(maker, 3));
    case 1:
        return text("{{ repeat is defined and repeat.index == %u }}", 1 + pick(maker, 3));
    case 2:
        return text("{{ %s | default('') | string | length > %u }}", name_to_read(maker),
                    pick(maker, 4));
    case 3:
        return json_pack("{s:s, s:s, s:o}", "condition", "state", "entity_id", "sensor.a", "state",
                         text("%u", pick(maker, 3)));
    case 4:
        return json_pack("{s:[o, o]}", one_in(maker, 2) ? "or" : "and",
                         text("{{ is_state('sensor.a', '%u') }}", pick(maker, 3)),
                         text("{{ p %% 2 == %u }}", pick(maker, 2)));
    default:
        return json_pack("{s:[o]}", "not", text("{{ wait is defined and wait.completed }}"));
    }
}

static json_t *make_call(struct maker *maker, unsigned depth)
{
    const char *name = name_to_read(maker);

    return json_pack("{s:s, s:{s:i, s:o, s:s, s:s, s:s}}", "action", "test.rec", "data", "n",
                     (int)maker->steps, "v", text("{{ %s | default('-') }}", name), "r",
                     "{{ [repeat.index, repeat.last | default, repeat.item | default] if repeat is "
                     "defined else 0 }}",
                     "w",
                     "{{ [wait.completed, wait.remaining, (wait.trigger | default(none) or "
                     "{}).event.data.k | default] if wait is defined and wait else 0 }}",
                     "t", "{{ [start.hour, gap.seconds, start < now()] }}");
}

static json_t *make_ask(struct maker *maker, unsigned depth)
{
    const char *name = name_to_write(maker);

    return name ? json_pack("{s:s, s:s}", "action", "test.ask", "response_variable", name)
                : make_call(maker, depth);
}

static json_t *make_boom(struct maker *maker, unsigned depth)
{
    return json_pack("{s:s, s:b}", "action", "test.boom", "continue_on_error", !one_in(maker, 6));
}

static json_t *make_delay(struct maker *maker, unsigned depth)
{
    int seconds = 10 * (1 + (int)pick(maker, 3));

    return one_in(maker, 3)
               ? json_pack("{s:{s:o}}", "delay", "seconds", text("{{ %d + 5 }}", seconds - 5))
               : json_pack("{s:i}", "delay", seconds);
}

static json_t *make_variables(struct maker *maker, unsigned depth)
{
    const char *from = name_to_read(maker), *name = name_to_write(maker);

    if (!name)
        return make_delay(maker, depth);
    switch (pick(maker, 3)) {
    case 0:
        return json_pack("{s:{s:i}}", "variables", name, (int)pick(maker, 100));
    case 1:
        return json_pack("{s:{s:[i, {s:o}]}}", "variables", name, 5, "deep",
                         text("{{ states('sensor.a') }}"));
    default:
        return json_pack(
            "{s:{s:o}}", "variables", name,
            text("{{ (%s | default('z') | string)[:9] ~ '%u' }}", from, pick(maker, 10)));
    }
}

static json_t *make_if(struct maker *maker, unsigned depth)
{
    json_t *step =
        json_pack("{s:o, s:o}", "if", make_condition(maker), "then", make_sequence(maker, depth));

    if (one_in(maker, 2))
        json_object_set_new(step, "else", make_sequence(maker, depth));
    return step;
}

static json_t *make_choose(struct maker *maker, unsigned depth)
{
    json_t *options = json_array();

    for (unsigned i = 1 + pick(maker, 2); i--;)
        json_array_append_new(options, json_pack("{s:o, s:o}", "conditions", make_condition(maker),
                                                 "sequence", make_sequence(maker, depth)));
    json_t *step = json_pack("{s:o}", "choose", options);
    if (one_in(maker, 2))
        json_object_set_new(step, "default", make_sequence(maker, depth));
    return step;
}

static json_t *make_repeat(struct maker *maker, unsigned depth)
{
    json_t *sequence = make_sequence(maker, depth);
    json_t *repeat = json_pack("{s:o}", "sequence", sequence);

    if (one_in(maker, 2)) {
        json_array_insert_new(sequence, 0, make_delay(maker, depth));
        json_array_append_new(sequence, make_call(maker, depth));
    }
    switch (pick(maker, 4)) {
    case 0:
        json_object_set_new(repeat, "count", json_integer(pick(maker, 4)));
        break;
    case 1:
        json_object_set_new(repeat, "for_each", json_pack("[s, {s:i}, n]", "x", "k", 4));
        break;
    case 2:
        json_object_set_new(repeat, "while", text("{{ repeat.index < %u }}", 1 + pick(maker, 4)));
        break;
    default:
        json_object_set_new(repeat, "until", text("{{ repeat.index >= %u }}", pick(maker, 4)));
    }
    return json_pack("{s:o}", "repeat", repeat);
}

/* Branches see what was there before, and write names of their own. */
static json_t *make_parallel(struct maker *maker, unsigned depth)
{
    json_t *branches = json_array();
    struct maker before = *maker;

    for (unsigned i = 2 + pick(maker, 2); i--;) {
        maker->count = before.count;
        memset(maker->own, 0, sizeof(maker->own));
        json_array_append_new(branches, make_sequence(maker, depth));
    }
    maker->count = before.count;
    memcpy(maker->own, before.own, sizeof(maker->own));
    return json_pack("{s:o}", "parallel", branches);
}

static json_t *make_sub(struct maker *maker, unsigned depth)
{
    return json_pack("{s:o}", "sequence", make_sequence(maker, depth));
}

static json_t *make_test(struct maker *maker, unsigned depth)
{
    return make_condition(maker);
}

static json_t *make_stop(struct maker *maker, unsigned depth)
{
    return one_in(maker, 2) ? json_pack("{s:s, s:b}", "stop", "enough", "error", one_in(maker, 2))
                            : make_delay(maker, depth);
}

static json_t *with_timeout(struct maker *maker, json_t *step)
{
    json_object_set_new(step, "timeout", json_integer(10 * (1 + (int)pick(maker, 3))));
    if (one_in(maker, 4))
        json_object_set_new(step, "continue_on_timeout", json_false());
    return step;
}

static json_t *make_wait_template(struct maker *maker, unsigned depth)
{
    return with_timeout(maker, json_pack("{s:o}", "wait_template",
                                         text("{{ is_state('sensor.a', '%u') }}", pick(maker, 4))));
}

static json_t *make_wait_trigger(struct maker *maker, unsigned depth)
{
    return with_timeout(maker, json_pack("{s:[{s:s, s:s, s:{s:o}}]}", "wait_for_trigger", "trigger",
                                         "event", "event_type", "go", "event_data", "m",
                                         text("{{ %u }}", pick(maker, 4))));
}

static json_t *make_event(struct maker *maker, unsigned depth)
{
    return json_pack("{s:s, s:{s:o}}", "event", "told", "event_data", "v",
                     text("{{ %s | default('-') }}", name_to_read(maker)));
}

typedef json_t *make_fn(struct maker *maker, unsigned depth);

static json_t *make_step(struct maker *maker, unsigned depth)
{
    static make_fn *const flat[] = {
        make_call,  make_call,  make_call,      make_ask,           make_boom,         make_delay,
        make_delay, make_delay, make_variables, make_variables,     make_event,        make_test,
        make_stop,  make_call,  make_call,      make_wait_template, make_wait_trigger,
    };
    static make_fn *const nested[] = { make_if,     make_choose,   make_repeat,
                                       make_repeat, make_parallel, make_sub };

    maker->steps++;
    if (depth > 0 && maker->steps < MAX_STEPS && one_in(maker, 3))
        return nested[pick(maker, sizeof(nested) / sizeof(*nested))](maker, depth - 1);
    return flat[pick(maker, sizeof(flat) / sizeof(*flat))](maker, depth);
}

static json_t *make_sequence(struct maker *maker, unsigned depth)
{
    json_t *sequence = json_array();

    for (unsigned i = 1 + pick(maker, 4); i--;) {
        json_t *step = make_step(maker, depth);
        if (json_is_object(step) && one_in(maker, 20))
            json_object_set_new(step, "enabled", json_false());
        json_array_append_new(sequence, step);
    }
    return sequence;
}

/* the world */

struct world {
    struct hass *hass;
    struct hass_script *script;
    const json_t *program;
    enum hass_script_mode mode;
    unsigned starts;
    HASS_VEC(char *) told; /* a line for each call and event */
    unsigned ends;         /* so far */
    struct maker chance;
};

static void tell(struct world *world, const char *what, const json_t *data, const char *context)
{
    autofree char *shown = json_dumps(data, JSON_COMPACT | JSON_SORT_KEYS);
    double at = (double)(hass_now(world->hass) - BEGIN) / (double)HASS_USEC_PER_SEC;

    vec_push(&world->told, mem_printf("%07.3f %s %s %s", at, what, shown, context));
}

static HASS_CALLBACK int on_call(const struct hass_service_call *call, void *userdata,
                                 struct hass_error *err)
{
    const char *service = hass_service_call_service(call);

    tell(userdata, service, hass_service_call_data(call),
         hass_context_id(hass_service_call_context(call)));
    if (strcmp(service, "boom") == 0)
        return hass_fail(err, HASS_E_GENERAL, "the device did not answer");
    return strcmp(service, "ask") == 0
               ? hass_service_call_respond(call, json_pack("{s:i}", "answer", 42))
               : 0;
}

static HASS_CALLBACK int on_told(const struct hass_event *event, void *userdata,
                                 struct hass_error *err)
{
    tell(userdata, "event", hass_event_data(event), hass_context_id(hass_event_context(event)));
    return 0;
}

static HASS_CALLBACK void offer(struct world *world, const char *name,
                                enum hass_supports_response response)
{
    const struct hass_service_options options = { .size = sizeof(options),
                                                  .supports_response = response };

    ck_assert_int_eq(hass_services_async_register(world->hass, "test", name, &options,
                                                  HASS_JOB_CALLBACK(on_call, world), NULL),
                     0);
}

static HASS_COROUTINE int load(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_script_async_load_journal(hass, err);
}

static HASS_CALLBACK void set_sensor(struct world *world, unsigned ten)
{
    char state[2] = { (char)('0' + (ten * 5 + 1) % 4 % 3), 0 };

    hass_states_async_set(world->hass, "sensor.a", state, NULL, NULL, NULL);
}

/* hassd begins @seconds after the world, in its @ten'th ten seconds. */
static HASS_CALLBACK void begin(struct world *world, double seconds, unsigned ten)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *checked = NULL;

    world->hass = test_hass_at(BEGIN + (int64_t)(seconds * (double)HASS_USEC_PER_SEC));
    offer(world, "rec", HASS_RESPONSE_NONE);
    offer(world, "boom", HASS_RESPONSE_NONE);
    offer(world, "ask", HASS_RESPONSE_ONLY);
    ck_assert_int_eq(hass_bus_async_listen(world->hass, "told", NULL,
                                           HASS_JOB_CALLBACK(on_told, world), NULL, NULL),
                     0);
    set_sensor(world, ten);
    ck_assert_int_eq(test_run_coroutine(world->hass, load, NULL), 0);
    test_start(world->hass);
    int r = hass_script_check(world->hass, world->program, &checked, &err);
    ck_assert_msg(r == 0, "%s", err.message);
    r = hass_script_async_create(world->hass,
                                 HASS_SCRIPT_OPTIONS(.domain = "script", .key = "chance",
                                                     .name = "chance", .root = "sequence",
                                                     .sequence = checked, .mode = world->mode),
                                 &world->script, &err);
    ck_assert_msg(r == 0, "%s", err.message);
    hass_script_async_resume(world->script, NULL);
    test_settle(world->hass);
}

static HASS_CALLBACK void start_runs(struct world *world)
{
    for (unsigned i = 0; i < world->starts; i++) {
        autounref(hass_variables) *shared = hass_variables_new(NULL);
        autounref(hass_variables) *variables = hass_variables_new(shared);
        struct hass_template_variables *more = hass_template_variables_create();
        char id[16];
        snprintf(id, sizeof(id), "run%u", i);
        autounref(hass_context) const *context = hass_context_new_id(id, "user", NULL);
        hass_template_variables_set_time(more, "start", BEGIN - 1, NULL);
        hass_template_variables_set_duration(more, "gap", 90);
        hass_template_variables_set(more, "a", json_string("theirs"));
        hass_variables_add(shared, more);
        hass_variables_freeze(shared);
        hass_variables_set(variables, "p", json_integer(i));
        (void)hass_script_async_start(
            world->script, HASS_SCRIPT_START(.variables = variables, .context = context), NULL);
    }
    test_settle(world->hass);
}

static HASS_COROUTINE int stop(struct hass *hass, void *userdata, struct hass_error *err)
{
    return hass_async_stop(hass, 0, true, err);
}

static char *journal_path(void)
{
    return mem_printf("%s/.storage/hassd.runs", test_dir());
}

/* hassd ends; after a crash, the file is what it was then. */
static HASS_CALLBACK void end(struct world *world, bool crash)
{
    autofree char *path = journal_path(), *before = NULL;

    if (crash && access(path, R_OK) == 0)
        before = test_read_file(path);
    if (!crash)
        ck_assert_int_eq(test_run_coroutine(world->hass, stop, NULL), 0);
    hass_script_async_destroy(steal(world->script));
    test_destroy(world->hass);
    if (before)
        test_file(".storage/hassd.runs", before);
    world->ends++;
}

enum fate { FATE_NONE, FATE_CRASHES, FATE_ORDERLY, FATE_CHANCE, FATES };

static const char *const fates[] = { "nothing", "crashes", "orderly ends", "ends by chance" };

static HASS_CALLBACK void maybe_end(struct world *world, enum fate fate, double seconds,
                                    unsigned ten)
{
    bool crash = fate == FATE_CRASHES || (fate == FATE_CHANCE && one_in(&world->chance, 2));

    if (fate == FATE_NONE || (fate == FATE_CHANCE && !one_in(&world->chance, 3)))
        return;
    if (!hass_script_async_current(world->script))
        return;
    end(world, crash);
    begin(world, seconds, ten);
}

static int compare(const void *a, const void *b)
{
    return strcmp(*(char *const *)a, *(char *const *)b);
}

/* All that was told, sorted: what happens at the same moment may do so in any order. To be freed. */
static HASS_CALLBACK char *run_world(struct world *world, enum fate fate)
{
    autofree char *path = journal_path();
    autobuf all = HASS_BUF_INIT;

    (void)unlink(path);
    begin(world, 0, 0);
    start_runs(world);
    for (unsigned ten = 0; ten < LASTS / 10; ten++) {
        test_advance(world->hass, 5);
        maybe_end(world, fate, 10.0 * ten + 5, ten);
        test_advance(world->hass, 2);
        set_sensor(world, ten + 1);
        hass_bus_async_fire(world->hass, "go",
                            json_pack("{s:i, s:i}", "k", (int)ten, "m", (int)(ten % 5)), NULL,
                            NULL);
        test_advance(world->hass, 2.5);
        maybe_end(world, fate, 10.0 * ten + 9.5, ten + 1);
        test_advance(world->hass, 0.5);
    }
    end(world, true);
    if (world->told.length)
        qsort(world->told.data, world->told.length, sizeof(char *), compare);
    vec_foreach(&world->told, line) {
        hass_buf_printf(&all, "%s\n", *line);
        free(*line);
    }
    vec_fini(&world->told);
    return hass_buf_steal(&all);
}

/* the test */

static unsigned number_from(const char *variable, unsigned otherwise)
{
    const char *given = getenv(variable);

    return given ? (unsigned)strtoul(given, NULL, 10) : otherwise;
}

static json_t *make_program(struct world *world, unsigned seed)
{
    struct maker maker = {
        .seed = UINT64_C(0x9e3779b97f4a7c15) * (seed + 1),
        .seen = { "p", "a" },
        .count = 2,
    };

    for (int i = 0; i < 8; i++)
        (void)pick(&maker, 2);
    world->mode = (enum hass_script_mode)pick(&maker, 4);
    world->starts = 1 + pick(&maker, 3);
    json_t *program = make_sequence(&maker, 3);
    world->chance = maker;
    return program;
}

START_TEST(ends_and_beginnings_change_nothing_of_what_a_script_does)
{
    hass__assert_loop();
    struct world world = { 0 };
    unsigned seed = number_from("HASSD_SEED", 0) + (unsigned)_i;
    autojson *program = make_program(&world, seed);
    autofree char *shown = json_dumps(program, JSON_INDENT(1));

    (void)test_logs();
    world.program = program;
    autofree char *wanted = run_world(&world, FATE_NONE);
    for (enum fate fate = FATE_CRASHES; fate < FATES; fate++) {
        autofree char *got = run_world(&world, fate);
        if (strcmp(got, wanted) == 0)
            continue;
        fprintf(stderr, "%s\ndid\n%sinstead of\n%s", shown, got, wanted); // too long for libcheck
        ck_abort_msg("HASSD_SEED=%u: %s change what %u runs in mode %d do", seed, fates[fate],
                     world.starts, (int)world.mode);
    }
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("scripts made by chance");
    TCase *cases = tcase_create("programs");

    tcase_set_timeout(cases, 120);
    tcase_add_loop_test(cases, ends_and_beginnings_change_nothing_of_what_a_script_does, 0,
                        (int)number_from("HASSD_PROGRAMS", PROGRAMS));
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
