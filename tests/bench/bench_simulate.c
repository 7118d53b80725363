/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A simulated day from outside, as its user runs it: 100 automations of realistic size, 100,000 changes read from the JSON of a history, a
 * quarter of which set something off. CPU time of the whole process. The floor is the same command without a history.
 */
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench.h"

#define HASSD       TEST_BUILD "/hassd"
#define AUTOMATIONS 100
#define CHANGES     500 /* of each sensor; each automation has two */
#define ROUNDS      3

extern char **environ;

static char folder[] = "/tmp/hassd-bench-XXXXXX";

static void fail(const char *what)
{
    fprintf(stderr, "bench_simulate: %s: %s\n", what, strerror(errno));
    exit(1);
}

static FILE *open_file(const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    FILE *out = fopen(path, "w");
    if (!out)
        fail(path);
    return out;
}

static void write_automations(void)
{
    FILE *out = open_file("configuration.yaml");

    fputs("automation:\n", out);
    for (int i = 0; i < AUTOMATIONS; i++)
        fprintf(out,
                "  - id: a%d\n"
                "    alias: Light %d\n"
                "    mode: restart\n"
                "    triggers:\n"
                "      - {trigger: state, entity_id: binary_sensor.motion_%d, to: 'on'}\n"
                "    conditions:\n"
                "      - {condition: numeric_state, entity_id: sensor.lux_%d, below: 50}\n"
                "      - \"{{ states('sensor.lux_%d') | float(0) < 60 }}\"\n"
                "    actions:\n"
                "      - action: light.turn_on\n"
                "        target: {entity_id: light.room_%d}\n"
                "        data: {brightness_pct: \"{{ 20 + %d / 2 }}\"}\n"
                "      - delay: '00:02:00'\n"
                "      - action: light.turn_off\n"
                "        target: {entity_id: light.room_%d}\n",
                i, i, i, i, i, i, i, i);
    fclose(out);
}

/* @random: which second of its share of the day a change falls into. */
static void write_rows(FILE *out, const char *entity_id, int number, bool motion, uint64_t *random)
{
    fprintf(out, "[");
    for (int i = 0; i < CHANGES; i++) {
        unsigned second =
            (unsigned)i * (86400u / CHANGES) + bench_random(random) % (86400u / CHANGES);
        char state[16];
        snprintf(state, sizeof(state), "%u.%d", bench_random(random) % 100, i % 10);
        fprintf(out,
                "%s{\"entity_id\": \"%s_%d\", \"state\": \"%s\", \"attributes\": "
                "{\"friendly_name\": \"Sensor %d\", \"device_class\": \"%s\"}, "
                "\"last_changed\": \"2024-06-03T%02u:%02u:%02u+00:00\", "
                "\"last_updated\": \"2024-06-03T%02u:%02u:%02u+00:00\"}",
                i ? "," : "", entity_id, number, motion ? i % 2 ? "on" : "off" : state, number,
                motion ? "motion" : "illuminance", second / 3600, second / 60 % 60, second % 60,
                second / 3600, second / 60 % 60, second % 60);
    }
    fprintf(out, "]\n");
}

static void write_history(void)
{
    FILE *out = open_file("history.json");
    uint64_t random = 1;

    fprintf(out, "[");
    for (int i = 0; i < AUTOMATIONS; i++) {
        fputs(i ? "," : "", out);
        write_rows(out, "binary_sensor.motion", i, true, &random);
        fputs(",", out);
        write_rows(out, "sensor.lux", i, false, &random);
    }
    fprintf(out, "]");
    fclose(out);
}

/* Milliseconds of CPU time of one run. */
static double run(const char *history)
{
    const char *args[] = { HASSD,        "simulate",  "--config", folder, "--from",
                           "2024-06-03", "--history", history,    NULL };
    posix_spawn_file_actions_t actions;
    struct rusage usage;
    int status;
    pid_t child;

    if (!history)
        args[6] = NULL;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    errno = posix_spawn(&child, HASSD, &actions, NULL, (char **)args, environ);
    if (errno)
        fail(HASSD);
    posix_spawn_file_actions_destroy(&actions);
    if (wait4(child, &status, 0, &usage) != child || status != 0)
        fail("hassd simulate");
    return (double)(usage.ru_utime.tv_sec + usage.ru_stime.tv_sec) * 1e3 +
           (double)(usage.ru_utime.tv_usec + usage.ru_stime.tv_usec) / 1e3;
}

static double best(const char *history)
{
    double least = 0;

    for (int i = 0; i < ROUNDS; i++) {
        double one = run(history);
        least = i == 0 || one < least ? one : least;
    }
    return least;
}

static void remove_file(const char *name)
{
    char path[256];

    snprintf(path, sizeof(path), "%s/%s", folder, name);
    unlink(path);
}

int main(void)
{
    char history[256];

    if (!mkdtemp(folder))
        fail(folder);
    write_automations();
    write_history();
    snprintf(history, sizeof(history), "%s/history.json", folder);
    double floor = best(NULL);
    bench_report("simulate.day", best(history), "ms", floor);
    remove_file("history.json");
    remove_file("configuration.yaml");
    rmdir(folder);
    return 0;
}
