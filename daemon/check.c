/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassd check`: prints what hass_check_config found, as a compiler would or as JSON. With --json standard output is one JSON
 * document whatever happens, so that a program need not read messages.
 */
#include "check.h"

#include <stdio.h>

#include <hass/daemon.h>

#include "places.h"

static int check(const struct args *args, json_t **ret_report, struct hass_buf *text,
                 struct hass_error *err)
{
    struct places places;
    struct hass_options options;
    int r = places_find(args, &places, err);

    if (r < 0)
        return r;
    options = places_options(&places, args);
    r = hass_check_config(&options, ret_report, text, err);
    places_fini(&places);
    return r;
}

/* A check that could not be made is a report of one error. */
static json_t *failure_report(const struct hass_error *error)
{
    return json_pack("{s:b, s:[{s:s, s:n, s:n, s:n, s:n, s:s, s:n}]}", "valid", 0, "diagnostics",
                     "severity", "error", "file", "line", "column", "path", "message",
                     error->message, "hint");
}

static void print_json(const json_t *report)
{
    autobuf out = HASS_BUF_INIT;

    hass_json_write_pretty(report, &out);
    puts(hass_buf_string(&out));
}

int check_command(const struct args *args)
{
    struct hass_error err = HASS_ERROR_INIT;
    autojson *report = NULL;
    autobuf text = HASS_BUF_INIT;
    int r = check(args, &report, &text, &err);

    if (args->json) {
        if (r < 0)
            report = failure_report(&err);
        print_json(report);
    } else if (r < 0) {
        fprintf(stderr, "hassd: %s\n", err.message);
    } else {
        fputs(hass_buf_string(&text), stdout);
        if (r == 0)
            printf("The configuration in %s is valid.\n", args->config_dir);
    }
    return fflush(stdout) == 0 && r == 0 ? 0 : 1;
}
