/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of hassd: one table of commands, one of options. Options may stand before or behind the command.
 */
#include "args.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <hass/const.h>

enum {
    OPTION_PROBE = 256,
    OPTION_JSON,
    OPTION_DEBUG,
    OPTION_TEST,
    OPTION_FROM,
    OPTION_TO,
    OPTION_HISTORY,
    OPTION_STATES,
    OPTION_AUTOMATION,
    OPTION_ALL,
    OPTION_EMPTY,
};

static const struct option options[] = {
    { "config", required_argument, NULL, 'c' },
    { "debug", no_argument, NULL, OPTION_DEBUG },
    { "json", no_argument, NULL, OPTION_JSON },
    { "test", required_argument, NULL, OPTION_TEST },
    { "from", required_argument, NULL, OPTION_FROM },
    { "to", required_argument, NULL, OPTION_TO },
    { "history", required_argument, NULL, OPTION_HISTORY },
    { "states", required_argument, NULL, OPTION_STATES },
    { "empty", no_argument, NULL, OPTION_EMPTY },
    { "automation", required_argument, NULL, OPTION_AUTOMATION },
    { "all", no_argument, NULL, OPTION_ALL },
    { "probe", required_argument, NULL, OPTION_PROBE },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { 0 },
};

static const struct {
    const char *name;
    enum hassd_command command;
} commands[] = {
    { "run", HASSD_RUN },         { "check", HASSD_CHECK }, { "simulate", HASSD_SIMULATE },
    { "version", HASSD_VERSION }, { "help", HASSD_HELP },
};

static const char help[] =
    "usage: hassd run [--config DIR] [--debug]\n"
    "       hassd check [--config DIR] [--json] [--test FILE]\n"
    "       hassd simulate [--from TIME] [--to TIME] [--history FILE] [--states FILE] [--empty] "
    "[--automation NAME] [--all] [--config DIR] [--json]\n"
    "       hassd version\n"
    "\n"
    "  run      load the configuration, set the integrations up, and run until stopped\n"
    "  check    say what is wrong with the configuration without starting anything (exit 1: "
    "something is)\n"
    "  simulate say what the automations would have done, on virtual time and without devices\n"
    "  version  print the version\n"
    "\n"
    "  -c, --config DIR  the configuration folder (default: " HASSD_DEFAULT_CONFIG ")\n"
    "      --debug       report slow callbacks and blocking calls on the loop\n"
    "      --json        check: print the report as JSON; simulate: one JSON object a line\n"
    "      --test FILE   check: run the tests of automations in FILE\n"
    "      --from TIME   simulate: from when, such as 2024-06-01, \"2024-06-01 07:30\" or 07:30\n"
    "      --to TIME     simulate: until when (default: a day later)\n"
    "      --history FILE      simulate: what happens: states as /api/history/period gives them, "
    "or a "
    "list\n"
    "      --states FILE       simulate: what it begins with: states as /api/states gives them, or "
    "a "
    "map\n"
    "      --empty             simulate: it begins without states, also those that were kept\n"
    "      --automation NAME   simulate: only what this one does\n"
    "      --all         simulate: all changes of states, also those that set nothing off\n"
    "\n"
    "SIGTERM and SIGINT stop the daemon, a second SIGINT kills it, SIGHUP loads the configuration "
    "again.\n";

void args_print_help(void)
{
    fputs(help, stdout);
}

static int usage_error(const char *problem, const char *what)
{
    fprintf(stderr, "hassd: %s%s%s%s\nTry 'hassd --help'.\n", problem, what ? " '" : "",
            what ? what : "", what ? "'" : "");
    return HASSD_EXIT_USAGE;
}

/* getopt's own words would lack the hint; it leaves the culprit in optopt or in front of optind. */
static int refuse_option(int opt, char *argv[])
{
    char letter[] = { '-', (char)optopt, '\0' };
    bool is_short = optopt > 0 && optopt < 256 && strncmp(argv[optind - 1], "--", 2) != 0;

    return usage_error(opt == ':' ? "a value is missing after" : "unknown option",
                       is_short ? letter : argv[optind - 1]);
}

static int parse_command(const char *name, enum hassd_command *ret_command)
{
    for (size_t i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
        if (strcmp(name, commands[i].name) == 0) {
            *ret_command = commands[i].command;
            return 0;
        }
    }
    return usage_error("unknown command", name);
}

static int parse_words(int argc, char *argv[], struct args *args, bool command_given)
{
    if (optind == argc)
        return command_given
                   ? 0
                   : usage_error("a command is missing: run, check, simulate or version", NULL);
    if (command_given)
        return usage_error("unexpected argument", argv[optind]);
    if (optind + 1 < argc)
        return usage_error("unexpected argument", argv[optind + 1]);
    return parse_command(argv[optind], &args->command);
}

/* Options that go with one command only. */
static int check_together(const struct args *args)
{
    const struct {
        const char *option;
        bool given;
        bool good;
        const char *with;
    } rules[] = {
        { "--json", args->json, args->command == HASSD_CHECK || args->command == HASSD_SIMULATE,
          "'check' and 'simulate'" },
        { "--test", args->test_file != NULL, args->command == HASSD_CHECK, "'check'" },
        { "--from", args->from != NULL, args->command == HASSD_SIMULATE, "'simulate'" },
        { "--to", args->to != NULL, args->command == HASSD_SIMULATE, "'simulate'" },
        { "--history", args->history != NULL, args->command == HASSD_SIMULATE, "'simulate'" },
        { "--states", args->states != NULL, args->command == HASSD_SIMULATE, "'simulate'" },
        { "--empty", args->empty, args->command == HASSD_SIMULATE, "'simulate'" },
        { "--empty", args->empty, !args->states, "a simulation without '--states'" },
        { "--automation", args->automation != NULL, args->command == HASSD_SIMULATE, "'simulate'" },
        { "--all", args->all, args->command == HASSD_SIMULATE, "'simulate'" },
    };
    char problem[80];

    for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++) {
        if (!rules[i].given || rules[i].good)
            continue;
        snprintf(problem, sizeof(problem), "%s goes with %s only", rules[i].option, rules[i].with);
        return usage_error(problem, NULL);
    }
    return 0;
}

/* The member of @args that an option with a text sets; NULL: it is another one. */
static const char **text_of(struct args *args, int opt)
{
    switch (opt) {
    case 'c':
        return &args->config_dir;
    case OPTION_TEST:
        return &args->test_file;
    case OPTION_FROM:
        return &args->from;
    case OPTION_TO:
        return &args->to;
    case OPTION_HISTORY:
        return &args->history;
    case OPTION_STATES:
        return &args->states;
    case OPTION_AUTOMATION:
        return &args->automation;
    default:
        return NULL;
    }
}

int args_parse(int argc, char *argv[], struct args *ret_args)
{
    struct args args = { .command = HASSD_HELP, .config_dir = HASSD_DEFAULT_CONFIG };
    bool command_given = false;
    int opt, r;

    optind = 0; /* glibc: begin anew */
    while ((opt = getopt_long(argc, argv, ":c:hV", options, NULL)) != -1) {
        const char **text = text_of(&args, opt);
        if (text) {
            *text = optarg;
            continue;
        }
        switch (opt) {
        case OPTION_ALL:
            args.all = true;
            break;
        case OPTION_EMPTY:
            args.empty = true;
            break;
        case OPTION_DEBUG:
            args.debug = true;
            break;
        case OPTION_JSON:
            args.json = true;
            break;
        case OPTION_PROBE:
            args.probe_file = optarg;
            args.command = HASSD_PROBE;
            command_given = true;
            break;
        case 'h':
            args.command = HASSD_HELP;
            *ret_args = args;
            return 0;
        case 'V':
            args.command = HASSD_VERSION;
            command_given = true;
            break;
        default:
            return refuse_option(opt, argv);
        }
    }
    r = parse_words(argc, argv, &args, command_given);
    if (r != 0)
        return r;
    r = check_together(&args);
    if (r != 0)
        return r;
    *ret_args = args;
    return 0;
}
