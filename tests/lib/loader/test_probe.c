/* SPDX-License-Identifier: Apache-2.0 */
/* The probe: what crashes or hangs when it is opened costs a child. This program is the child, too. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/mem.h"
#include "loader/plugin.h"
#include "loader/probe.h"
#include "support/loader_fixture.h"

static struct hass_error err = HASS_ERROR_INIT;
static char own_path[512];

static struct hass *hass_with_probe(const char *program)
    HASS__ANALYSIS(assert_capability(hass_loop));
static struct hass *hass_with_probe(const char *program)
{
    struct hass_options options = loader_options();

    options.probe_program = program;
    return loader_hass_with(&options);
}

#define expect_refused(hass, domain, text)                                                         \
    do {                                                                                           \
        hass_error_clear(&err);                                                                    \
        ck_assert_int_eq(loader_set_up((hass), (domain), &err), HASS_E_PLUGIN);                    \
        ck_assert_msg(strstr(err.message, (text)) != NULL, "'%s' lacks '%s'", err.message,         \
                      (text));                                                                     \
    } while (0)

START_TEST(a_good_file_passes_and_is_remembered)
{
    struct hass *hass = hass_with_probe(own_path);

    ck_assert_msg(loader_set_up(hass, "good", &err) == 0, "%s", err.message);
    autofree char *path = mem_printf("%s/loaded/probed.json", test_dir());
    autofree char *memory = test_read_file(path);
    ck_assert_ptr_nonnull(strstr(memory, "\"passed\""));
    loader_end(hass);
    /* A program that always fails shows that it is not asked again. */
    hass = hass_with_probe("/bin/false");
    ck_assert_msg(loader_set_up(hass, "good", &err) == 0, "%s", err.message);
}
END_TEST

START_TEST(a_constructor_that_crashes_costs_a_child)
{
    test_logs();
    struct hass *hass = hass_with_probe(own_path);
    expect_refused(hass, "crash_ctor", "opening the file crashes (SIGSEGV in a constructor");
    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
}
END_TEST

START_TEST(a_constructor_that_hangs_costs_a_child_and_five_seconds)
{
    test_logs();
    struct hass *hass = hass_with_probe(own_path);
    expect_refused(hass, "hang_ctor", "did not end within 5 s (a constructor hangs)");
    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
}
END_TEST

START_TEST(a_missing_symbol_is_named_by_the_child)
{
    test_logs();
    struct hass *hass = hass_with_probe(own_path);
    expect_refused(hass, "missing_symbol", "hass_of_a_later_release");
}
END_TEST

START_TEST(a_failure_is_not_remembered)
{
    test_logs();
    struct hass *hass = hass_with_probe("/bin/false");
    expect_refused(hass, "good", "the probe of the file failed without a word");
    loader_end(hass);
    hass = hass_with_probe(own_path);
    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
}
END_TEST

START_TEST(without_its_program_files_are_opened_unprobed_with_a_warning)
{
    struct logs *logs = test_logs();
    struct hass *hass = hass_with_probe("/nonexistent/hassd");

    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
    ck_assert_ptr_nonnull(logs_find(logs, "good is opened without a probe"));
}
END_TEST

START_TEST(a_damaged_memory_is_forgotten)
{
    test_file("loaded/probed.json", "{\"passed\": [tru");
    struct hass *hass = hass_with_probe(own_path);
    ck_assert_int_eq(loader_set_up(hass, "good", NULL), 0);
}
END_TEST

/* limits */

START_TEST(an_integration_s_file_has_64_mib_at_most)
{
    const char *path = test_file("large.so", "");

    for (int more = 0; more < 2; more++) {
        autofree void *data = NULL;
        size_t size = 0;
        ck_assert_int_eq(truncate(path, (64 << 20) + more), 0);
        hass_error_clear(&err);
        ck_assert_int_eq(plugin_read(path, &data, &size, &err), more ? HASS_E_LIMIT : 0);
        ck_assert_uint_eq(size, more ? 0 : (64 << 20));
    }
    ck_assert_str_eq(err.message, "the file has 67108865 bytes, at most 67108864 are read");
}
END_TEST

/* A memory of @count files, "id0" and so on, in a file of at least @size bytes. */
static struct probe_memory *memory_of(size_t count, size_t size)
{
    autobuf text = HASS_BUF_INIT;

    hass_buf_add_string(&text, "{\"passed\": [");
    for (size_t i = 0; i < count; i++)
        hass_buf_printf(&text, "%s\"id%zu\"", i ? ", " : "", i);
    hass_buf_add_string(&text, "]}");
    while (text.length < size)
        hass_buf_add_char(&text, ' ');
    return probe_memory_create(test_file("probed.json", hass_buf_string(&text)));
}

/* The test is no thread of the loop as long as it has none. */
static void remember(struct probe_memory *memory, const char *id)
    HASS__ANALYSIS(no_thread_safety_analysis)
{
    probe_memory_add(memory, id);
}

START_TEST(two_thousand_files_are_remembered_and_the_oldest_forgotten)
{
    struct probe_memory *memory = memory_of(1999, 0);

    remember(memory, "at");
    ck_assert(probe_memory_has(memory, "id0"));
    remember(memory, "beyond");
    ck_assert(!probe_memory_has(memory, "id0"));
    ck_assert(probe_memory_has(memory, "id1"));
    ck_assert(probe_memory_has(memory, "beyond"));
    probe_memory_destroy(memory);
}
END_TEST

START_TEST(a_memory_of_more_than_one_mebibyte_is_forgotten)
{
    for (size_t more = 0; more < 2; more++) {
        struct probe_memory *memory = memory_of(1, ((size_t)1 << 20) + more);
        ck_assert_int_eq(probe_memory_has(memory, "id0"), more == 0);
        probe_memory_destroy(memory);
    }
}
END_TEST

START_TEST(the_probe_tells_what_a_file_is)
{
    autobuf report = HASS_BUF_INIT;

    ck_assert_int_eq(hass_probe(loader_plugin("good"), &report), 0);
    autojson *said = json_loads(hass_buf_string(&report), 0, NULL);
    ck_assert_str_eq(hass_json_get_string(said, "domain", ""), "good");
    ck_assert_str_eq(hass_json_get_string(said, "version", ""), "1.0");
}
END_TEST

START_TEST(the_probe_tells_what_is_wrong)
{
    autobuf report = HASS_BUF_INIT;

    ck_assert_int_eq(hass_probe(loader_plugin("both"), &report), 1);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&report), "both async_setup and setup"));
    hass_buf_clear(&report);
    ck_assert_int_eq(hass_probe("/nonexistent/light.so", &report), 1);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&report), "No such file"));
    hass_buf_clear(&report);
    ck_assert_int_eq(hass_probe("/etc/passwd", &report), 1);
    ck_assert_ptr_nonnull(strstr(hass_buf_string(&report), "expected a file named <domain>.so"));
}
END_TEST

static int be_the_child(const char *path)
{
    autobuf report = HASS_BUF_INIT;
    int code = hass_probe(path, &report);

    fputs(hass_buf_string(&report), stdout);
    fflush(stdout);
    _exit(code); /* what the file allocated is no leak of ours */
}

int main(int argc, char *argv[])
{
    if (argc == 3 && strcmp(argv[1], "--probe") == 0)
        return be_the_child(argv[2]);
    if (readlink("/proc/self/exe", own_path, sizeof(own_path) - 1) <= 0)
        return EXIT_FAILURE;
    Suite *suite = suite_create("probe");
    TCase *tcase = tcase_create("probe");
    tcase_set_timeout(tcase, 60);
    tcase_add_test(tcase, a_good_file_passes_and_is_remembered);
    tcase_add_test(tcase, a_constructor_that_crashes_costs_a_child);
    tcase_add_test(tcase, a_constructor_that_hangs_costs_a_child_and_five_seconds);
    tcase_add_test(tcase, a_missing_symbol_is_named_by_the_child);
    tcase_add_test(tcase, a_failure_is_not_remembered);
    tcase_add_test(tcase, without_its_program_files_are_opened_unprobed_with_a_warning);
    tcase_add_test(tcase, a_damaged_memory_is_forgotten);
    tcase_add_test(tcase, an_integration_s_file_has_64_mib_at_most);
    tcase_add_test(tcase, two_thousand_files_are_remembered_and_the_oldest_forgotten);
    tcase_add_test(tcase, a_memory_of_more_than_one_mebibyte_is_forgotten);
    tcase_add_test(tcase, the_probe_tells_what_a_file_is);
    tcase_add_test(tcase, the_probe_tells_what_is_wrong);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
