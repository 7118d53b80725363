/* SPDX-License-Identifier: Apache-2.0 */
/*
 * hassctl: the control tool. This file reads the command line and connects; each command is a function in ctl_<name>.c.
 */
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <hass/const.h>

#include "ctl.h"

enum {
    OPTION_JSON = 256,
    OPTION_EXPLAIN,
    OPTION_RESPONSE,
    OPTION_SINCE,
    OPTION_SOCKET,
    OPTION_VERSION
};

static const struct option options[] = {
    { "config", required_argument, NULL, 'c' },
    { "explain", no_argument, NULL, OPTION_EXPLAIN },
    { "help", no_argument, NULL, 'h' },
    { "json", no_argument, NULL, OPTION_JSON },
    { "once", no_argument, NULL, '1' },
    { "response", no_argument, NULL, OPTION_RESPONSE },
    { "since", required_argument, NULL, OPTION_SINCE },
    { "socket", required_argument, NULL, OPTION_SOCKET },
    { "version", no_argument, NULL, OPTION_VERSION },
    { "watch", no_argument, NULL, 'w' },
    { 0 },
};

static const struct ctl_command commands[] = {
    { "states", "states [-w] [PATTERN]", "list states; -w follows their changes", 0, 1,
      .options = "w", .run = ctl_states },
    { "call", "call DOMAIN.SERVICE [KEY=VALUE...] [--response]", "call a service", 1, -1,
      .options = "r", .run = ctl_call },
    { "events", "events [TYPE]", "follow the events of the bus", 0, 1, .run = ctl_events },
    { "fire", "fire TYPE [KEY=VALUE...]", "fire an event", 1, -1, .run = ctl_fire },
    { "template", "template TEXT [-w] [--explain]", "render a template; -w follows its results", 1,
      1, .options = "we", .run = ctl_template },
    { "automations", "automations [PATTERN]", "list automations, and what they do", 0, 1,
      .run = ctl_automations },
    { "trigger", "trigger ENTITY [VARIABLE=VALUE...]", "run an automation or a script, and wait", 1,
      -1, .run = ctl_trigger },
    { "runs", "runs [PATTERN]", "list what automations and scripts are at", 0, 1, .run = ctl_runs },
    { "stop", "stop RUN|ENTITY", "stop a run, or all of an automation or script", 1, 1,
      .run = ctl_stop },
    { "trace", "trace [ENTITY [RUN]]",
      "show the steps of the last run, or of RUN; without words all", 0, 2, .run = ctl_trace },
    { "debug", "debug [-1] ENTITY [STEP...]",
      "stop its runs at steps, and step them; -1: of one run", 1, -1, .options = "1",
      .run = ctl_debug },
    { "top", "top [-1]", "show who uses the loop; -1 once", 0, 0, .options = "1", .run = ctl_top },
    { "info", "info", "show the daemon and its integrations", 0, 0, .run = ctl_info },
    { "reload", "reload [DOMAIN]", "load the configuration, or one integration, again", 0, 1,
      .run = ctl_reload },
    { "entities", "entities [PATTERN] [FILTER=VALUE...]", "list the entities of the registry", 0,
      -1, .run = ctl_entities },
    { "devices", "devices [PATTERN] [FILTER=VALUE...]", "list devices", 0, -1, .run = ctl_devices },
    { "set", "set entity|device WHICH KEY=VALUE...", "change what you may say of a thing", 1, -1,
      .run = ctl_set },
    { "areas", "areas [add|set|rename|delete ...]", "list or change areas", 0, -1,
      .run = ctl_areas },
    { "floors", "floors [add|set|rename|delete ...]", "list or change floors", 0, -1,
      .run = ctl_floors },
    { "labels", "labels [add|set|rename|delete ...]", "list or change labels", 0, -1,
      .run = ctl_labels },
    { "issues", "issues [ignore|show [DOMAIN] ISSUE]", "list what should be mended", 0, -1,
      .run = ctl_issues },
    { "entries", "entries [reload|disable|enable|remove WHICH]", "list or change config entries", 0,
      -1, .run = ctl_entries },
    { "simulate", "simulate [--from TIME] [--to TIME] ...",
      "what automations would do; see hassd(8)", 0, -1, .offline = true },
    { "why", "why ENTITY", "tell what has made a thing what it is, and what set that off", 1, 1,
      .run = ctl_why },
    { "why-not", "why-not AUTOMATION [--since TIME]",
      "tell what has kept an automation from running, and would now", 1, 1, .options = "s",
      .run = ctl_why_not },
    { "new", "new NAME", "write the folder of a new integration", 1, 1, .offline = true,
      .run = ctl_new },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
    puts("usage: hassctl COMMAND [OPTIONS]\n");
    for (size_t i = 0; i < COMMAND_COUNT; i++)
        printf("  %-48s %s\n", commands[i].usage, commands[i].summary);
    puts("\n"
         "      --json         print JSON\n"
         "  -c, --config DIR   the daemon that runs on this configuration folder\n"
         "      --socket FILE  the daemon that listens on this socket\n"
         "  -h, --help         print this\n"
         "      --version      print the version\n"
         "\n"
         "PATTERN is an entity id, a domain, or has wildcards: 'light.*'. A VALUE that is JSON is\n"
         "used as that, any other is text. Exit codes: 0 done, 1 refused or no daemon, 2 wrong "
         "usage.");
}

static const struct ctl_command *find_command(const char *name)
{
    for (size_t i = 0; i < COMMAND_COUNT; i++) {
        if (strcmp(commands[i].name, name) == 0)
            return &commands[i];
    }
    return NULL;
}

static size_t terminal_width(void)
{
    struct winsize size;

    return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0 ? size.ws_col : 80;
}

static void look_at_terminal(struct ctl *ctl)
{
    const char *no_color = getenv("NO_COLOR");

    ctl->terminal = isatty(STDOUT_FILENO);
    ctl->color = ctl->terminal && !(no_color && no_color[0]);
    ctl->width = ctl->terminal ? terminal_width() : 0;
}

/* Options that only some commands know. */
static int check_options(const struct ctl *ctl, const struct ctl_command *command)
{
    const char *known = command->options ? command->options : "";

    if (ctl->watch && !strchr(known, 'w'))
        return ctl_usage_error("--watch does not go with '%s'", command->name);
    if (ctl->once && !strchr(known, '1'))
        return ctl_usage_error("--once does not go with '%s'", command->name);
    if (ctl->response && !strchr(known, 'r'))
        return ctl_usage_error("--response does not go with '%s'", command->name);
    if (ctl->explain && !strchr(known, 'e'))
        return ctl_usage_error("--explain does not go with '%s'", command->name);
    if (ctl->since && !strchr(known, 's'))
        return ctl_usage_error("--since does not go with '%s'", command->name);
    return CTL_OK;
}

static int run_command(struct ctl *ctl, const struct ctl_command *command, int count, char *args[])
{
    struct hass_error err = HASS_ERROR_INIT;
    int r = check_options(ctl, command);

    if (r != CTL_OK)
        return r;
    if (count < command->min_args || (command->max_args >= 0 && count > command->max_args))
        return ctl_usage_error("usage: hassctl %s", command->usage);
    if (!command->offline)
        r = ctl_client_connect(ctl->socket, ctl->config, &ctl->client, &err);
    if (r >= 0)
        r = command->run(ctl, count, args, &err);
    ctl_client_close(ctl->client);
    if (r < 0) {
        fflush(stdout);
        fprintf(stderr, "hassctl: %s\n", err.message);
        return CTL_FAILED;
    }
    return r == CTL_OK ? ctl_flush() : r;
}

/* Returns -1 to go on, or the exit code. */
static int parse_options(struct ctl *ctl, int argc, char *argv[])
{
    int opt;

    while ((opt = getopt_long(argc, argv, "c:hw1", options, NULL)) != -1) {
        switch (opt) {
        case 'c':
            ctl->config = optarg;
            break;
        case OPTION_SOCKET:
            ctl->socket = optarg;
            break;
        case OPTION_JSON:
            ctl->json = true;
            break;
        case OPTION_EXPLAIN:
            ctl->explain = true;
            break;
        case OPTION_SINCE:
            ctl->since = optarg;
            break;
        case OPTION_RESPONSE:
            ctl->response = true;
            break;
        case 'w':
            ctl->watch = true;
            break;
        case '1':
            ctl->once = true;
            break;
        case 'h':
            print_help();
            return CTL_OK;
        case OPTION_VERSION:
            puts("hassctl " HASS_VERSION);
            return CTL_OK;
        default:
            fputs("Try 'hassctl --help'.\n", stderr); /* getopt has said what is wrong */
            return CTL_USAGE;
        }
    }
    return -1;
}

/* Everything that is said becomes JSON. Returns the first word that cannot, or NULL. */
static const char *find_broken(char *const words[])
{
    for (; *words; words++) {
        autojson *text = json_string(*words);
        if (!text)
            return *words;
    }
    return NULL;
}

int main(int argc, char *argv[])
{
    if (ctl_wants_simulate(argv))
        return ctl_simulate(argv);
    struct ctl ctl = { 0 };
    const struct ctl_command *command;
    int code = parse_options(&ctl, argc, argv);

    if (code >= 0)
        return code;
    if (optind == argc)
        return ctl_usage_error("a command is missing");
    command = find_command(argv[optind]);
    if (!command)
        return ctl_usage_error("unknown command '%s'", argv[optind]);
    if (find_broken(argv + optind))
        return ctl_usage_error("'%s' is not UTF-8", find_broken(argv + optind));
    look_at_terminal(&ctl);
    return run_command(&ctl, command, argc - optind - 1, argv + optind + 1);
}
