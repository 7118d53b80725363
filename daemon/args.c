/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line of hassd: one table of commands, one of options. Options may stand before or behind the command.
 */
#include "args.h"

#include <getopt.h>
#include <stdio.h>
#include <string.h>

#include <hass/const.h>

enum { OPTION_PROBE = 256, OPTION_JSON, OPTION_DEBUG };

static const struct option options[] = {
    { "config", required_argument, NULL, 'c' },
    { "debug", no_argument, NULL, OPTION_DEBUG },
    { "json", no_argument, NULL, OPTION_JSON },
    { "probe", required_argument, NULL, OPTION_PROBE },
    { "help", no_argument, NULL, 'h' },
    { "version", no_argument, NULL, 'V' },
    { 0 },
};

static const struct {
    const char *name;
    enum hassd_command command;
} commands[] = {
    { "run", HASSD_RUN },
    { "check", HASSD_CHECK },
    { "version", HASSD_VERSION },
    { "help", HASSD_HELP },
};

static const char help[] =
    "usage: hassd run [--config DIR] [--debug]\n"
    "       hassd check [--config DIR] [--json]\n"
    "       hassd version\n"
    "\n"
    "  run      load the configuration, set the integrations up, and run until stopped\n"
    "  check    say what is wrong with the configuration without starting anything (exit 1: "
    "something is)\n"
    "  version  print the version\n"
    "\n"
    "  -c, --config DIR  the configuration folder (default: " HASSD_DEFAULT_CONFIG ")\n"
    "      --debug       report slow callbacks and blocking calls on the loop\n"
    "      --json        check: print the report as JSON\n"
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
        return command_given ? 0 : usage_error("a command is missing: run, check or version", NULL);
    if (command_given)
        return usage_error("unexpected argument", argv[optind]);
    if (optind + 1 < argc)
        return usage_error("unexpected argument", argv[optind + 1]);
    return parse_command(argv[optind], &args->command);
}

int args_parse(int argc, char *argv[], struct args *ret_args)
{
    struct args args = { .command = HASSD_HELP, .config_dir = HASSD_DEFAULT_CONFIG };
    bool command_given = false;
    int opt, r;

    optind = 0; /* glibc: begin anew */
    while ((opt = getopt_long(argc, argv, ":c:hV", options, NULL)) != -1) {
        switch (opt) {
        case 'c':
            args.config_dir = optarg;
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
    if (args.json && args.command != HASSD_CHECK)
        return usage_error("--json goes with 'check' only", NULL);
    *ret_args = args;
    return 0;
}
