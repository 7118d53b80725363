/* SPDX-License-Identifier: Apache-2.0 */
/* The command line of hassd. */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include <check.h>

#include "daemon/args.h"

#define MAX_WORDS 8

struct case_ {
    const char *words[MAX_WORDS];
    int code; /* of args_parse */
    enum hassd_command command;
    const char *config;
    bool json, debug;
};

static const struct case_ cases[] = {
    { { "run" }, 0, HASSD_RUN, HASSD_DEFAULT_CONFIG },
    { { "run", "--config", "x" }, 0, HASSD_RUN, "x" },
    { { "--config=x", "run", "--debug" }, 0, HASSD_RUN, "x", .debug = true },
    { { "run", "-c", "x" }, 0, HASSD_RUN, "x" },
    { { "check", "--json" }, 0, HASSD_CHECK, HASSD_DEFAULT_CONFIG, .json = true },
    { { "check", "--test", "x.yaml" }, 0, HASSD_CHECK, HASSD_DEFAULT_CONFIG },
    { { "simulate" }, 0, HASSD_SIMULATE, HASSD_DEFAULT_CONFIG },
    { { "simulate", "--from", "07:00", "--to=08:00", "--json" },
      0,
      HASSD_SIMULATE,
      HASSD_DEFAULT_CONFIG,
      .json = true },
    { { "simulate", "--history", "h", "--automation", "a", "--all" },
      0,
      HASSD_SIMULATE,
      HASSD_DEFAULT_CONFIG },
    { { "simulate", "--states", "s", "--history", "h" }, 0, HASSD_SIMULATE, HASSD_DEFAULT_CONFIG },
    { { "simulate", "--empty" }, 0, HASSD_SIMULATE, HASSD_DEFAULT_CONFIG },
    { { "simulate", "--empty", "--states", "s" }, HASSD_EXIT_USAGE },
    { { "check", "--empty" }, HASSD_EXIT_USAGE },
    { { "check", "--states", "s" }, HASSD_EXIT_USAGE },
    { { "simulate", "--states" }, HASSD_EXIT_USAGE },
    { { "check", "--from", "07:00" }, HASSD_EXIT_USAGE },
    { { "check", "--all" }, HASSD_EXIT_USAGE },
    { { "simulate", "--test", "x" }, HASSD_EXIT_USAGE },
    { { "run", "--history", "x" }, HASSD_EXIT_USAGE },
    { { "simulate", "--from" }, HASSD_EXIT_USAGE },
    { { "version" }, 0, HASSD_VERSION },
    { { "--version" }, 0, HASSD_VERSION },
    { { "help" }, 0, HASSD_HELP },
    { { "run", "--help" }, 0, HASSD_HELP },
    { { "--probe", "f.so" }, 0, HASSD_PROBE },
    { { NULL }, HASSD_EXIT_USAGE },
    { { "walk" }, HASSD_EXIT_USAGE },
    { { "run", "again" }, HASSD_EXIT_USAGE },
    { { "run", "--config" }, HASSD_EXIT_USAGE },
    { { "run", "--loud" }, HASSD_EXIT_USAGE },
    { { "run", "-x" }, HASSD_EXIT_USAGE },
    { { "run", "--json" }, HASSD_EXIT_USAGE },
};

/* getopt wants to sort the words, not to change them. */
static int parse(int argc, const char *argv[], struct args *args)
{
    return args_parse(argc, (char **)argv, args);
}

START_TEST(command_lines_are_understood_or_refused)
{
    const struct case_ *expected = &cases[_i];
    const char *argv[MAX_WORDS + 2] = { "hassd" };
    struct args args = { 0 };
    int argc = 1;

    while (expected->words[argc - 1]) {
        argv[argc] = expected->words[argc - 1];
        argc++;
    }
    ck_assert_int_eq(parse(argc, argv, &args), expected->code);
    if (expected->code != 0)
        return;
    ck_assert_int_eq(args.command, expected->command);
    if (expected->config)
        ck_assert_str_eq(args.config_dir, expected->config);
    ck_assert(args.json == expected->json);
    ck_assert(args.debug == expected->debug);
}
END_TEST

START_TEST(the_probed_file_is_kept)
{
    const char *argv[] = { "hassd", "--probe", "f.so", NULL };
    struct args args;

    ck_assert_int_eq(parse(3, argv, &args), 0);
    ck_assert_str_eq(args.probe_file, "f.so");
}
END_TEST

/* What args_parse writes to standard error for one wrong word. */
static void complaint(const char *word, char *text, size_t size)
{
    const char *argv[] = { "hassd", word, NULL };
    struct args args;
    int ends[2];
    int saved = dup(STDERR_FILENO);

    ck_assert_int_eq(pipe2(ends, O_CLOEXEC), 0);
    dup2(ends[1], STDERR_FILENO);
    parse(2, argv, &args);
    dup2(saved, STDERR_FILENO);
    close(saved);
    close(ends[1]);
    ssize_t n = read(ends[0], text, size - 1);
    text[n > 0 ? n : 0] = '\0';
    close(ends[0]);
}

START_TEST(a_refusal_names_the_word_and_the_help)
{
    static const char *const words[] = { "--lud", "-q", "walk" };
    char text[256];

    complaint(words[_i], text, sizeof(text));
    ck_assert_msg(strstr(text, words[_i]) != NULL, "'%s' is not in: %s", words[_i], text);
    ck_assert(strstr(text, "hassd --help") != NULL);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("args");
    TCase *tcase = tcase_create("args");
    SRunner *runner = srunner_create(suite);

    tcase_add_loop_test(tcase, command_lines_are_understood_or_refused, 0,
                        sizeof(cases) / sizeof(cases[0]));
    tcase_add_test(tcase, the_probed_file_is_kept);
    tcase_add_loop_test(tcase, a_refusal_names_the_word_and_the_help, 0, 3);
    suite_add_tcase(suite, tcase);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
