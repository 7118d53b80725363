/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `hassctl template`: what a template gives now, each new result with --watch, and with --explain why. The daemon renders; what is wrong
 * comes from there with its place and a remark.
 */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "ctl.h"

/* Texts as they are, all else as JSON. */
static void print_value(const struct ctl *ctl, const json_t *value)
{
    if (!ctl->json && json_is_string(value))
        puts(json_string_value(value));
    else
        ctl_print_json_line(value);
}

static void print_names(const char *what, const json_t *names)
{
    for (size_t i = 0; i < json_array_size(names); i++)
        printf("  %s %s\n", what, json_string_value(json_array_get(names, i)));
}

static void print_looked_at(const json_t *looked_at)
{
    double limit = json_number_value(hass_json_get(looked_at, "rate_limit"));

    puts("renders again when these change:");
    print_names("entity", hass_json_get(looked_at, "entities"));
    print_names("any entity of", hass_json_get(looked_at, "domains"));
    print_names("how many there are of", hass_json_get(looked_at, "domains_lifecycle"));
    if (hass_json_get_bool(looked_at, "all_states", false))
        puts("  any entity");
    if (hass_json_get_bool(looked_at, "all_states_lifecycle", false))
        puts("  how many entities there are");
    if (hass_json_get_bool(looked_at, "has_time", false))
        puts("  the minute");
    if (limit > 0)
        printf("at most once in %g seconds for entities that it does not name\n", limit);
}

static void print_explanation(const json_t *answer)
{
    const char *type = hass_json_get_string(answer, "type", NULL);

    if (type)
        printf("type: %s\n", type);
    if (!hass_json_get(answer, "looked_at"))
        return;
    print_looked_at(hass_json_get(answer, "looked_at"));
    printf("a render takes %.1f us\n", json_number_value(hass_json_get(answer, "usec")));
    printf("code (%lld bytes):\n%s", (long long)hass_json_get_int(answer, "bytes", 0),
           hass_json_get_string(answer, "code", ""));
}

static int ask(struct ctl *ctl, const char *text, bool explain, struct hass_error *err)
{
    autojson *answer = NULL;
    int r = ctl_client_call(
        ctl->client, json_pack("{s:s, s:s}", "type", "hassd/template/explain", "template", text),
        &answer, err);

    if (r < 0)
        return r;
    const char *error = hass_json_get_string(answer, "text", NULL);
    const json_t *warnings = hass_json_get(answer, "warnings");
    for (size_t i = 0; i < json_array_size(warnings); i++)
        fprintf(stderr, "hassctl: warning: %s\n", json_string_value(json_array_get(warnings, i)));
    if (explain && ctl->json)
        ctl_print_json(answer);
    else if (!error)
        print_value(ctl, hass_json_get(answer, "result"));
    if (explain && !ctl->json)
        print_explanation(answer);
    fflush(stdout);
    if (error)
        fprintf(stderr, "hassctl: %s\n", error);
    return error ? CTL_FAILED : CTL_OK;
}

static void print_event(const struct ctl *ctl, const json_t *event)
{
    const char *error = hass_json_get_string(event, "error", NULL);
    time_t now = time(NULL);
    struct tm parts;
    char clock[16];

    if (ctl->json) {
        ctl_print_json_line(event);
        return;
    }
    localtime_r(&now, &parts);
    strftime(clock, sizeof(clock), "%H:%M:%S", &parts);
    printf("%s  ", clock);
    if (error)
        printf("%s: %s\n", hass_json_get_string(event, "level", "ERROR"), error);
    else
        print_value(ctl, hass_json_get(event, "result"));
}

static int watch(struct ctl *ctl, const char *text, struct hass_error *err)
{
    int r = ctl_client_call(ctl->client,
                            json_pack("{s:s, s:s, s:b}", "type", "render_template", "template",
                                      text, "report_errors", true),
                            NULL, err);

    while (r >= 0) {
        autojson *event = NULL;
        r = ctl_client_next_event(ctl->client, &event, err);
        if (r < 0)
            break;
        print_event(ctl, event);
        if (ctl_flush() != CTL_OK)
            return CTL_FAILED;
    }
    return r;
}

int ctl_template(struct ctl *ctl, int count, char *args[], struct hass_error *err)
{
    int code = CTL_OK;

    if (ctl->explain || !ctl->watch)
        code = ask(ctl, args[0], ctl->explain, err);
    return ctl->watch && code == CTL_OK ? watch(ctl, args[0], err) : code;
}
