/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The readers of systemmonitor over a made-up /proc and /sys, and over this machine's own.
 */
#include <sys/socket.h>
#include <sys/stat.h>

#include <check.h>

#include "systemmonitor/readers.c"

static char root[] = "/tmp/readers.XXXXXX";

static void put(const char *name, const char *text)
{
    char path[PATH_LIMIT];

    snprintf(path, sizeof(path), "%s/%s", root, name);
    for (char *slash = strchr(path + strlen(root) + 1, '/'); slash;
         slash = strchr(slash + 1, '/')) {
        *slash = '\0';
        mkdir(path, 0755);
        *slash = '/';
    }
    FILE *file = fopen(path, "w");
    ck_assert_ptr_nonnull(file);
    fputs(text, file);
    fclose(file);
}

static void make_root(void)
{
    memcpy(root, "/tmp/readers.XXXXXX", sizeof(root));
    ck_assert_ptr_nonnull(mkdtemp(root));
}

static void remove_root(void)
{
    char command[PATH_LIMIT];

    snprintf(command, sizeof(command), "rm -rf %s", root);
    ck_assert_int_eq(system(command), 0);
}

START_TEST(memory_is_read_in_bytes)
{
    struct memory memory;

    put("proc/meminfo", "MemTotal:        2000 kB\nMemFree:  10 kB\nMemAvailable:   500 kB\n"
                        "SwapTotal:  100 kB\nSwapFree:   40 kB\n");
    ck_assert_int_eq(read_memory(root, &memory), 0);
    ck_assert_uint_eq(memory.total, 2000 * 1024);
    ck_assert_uint_eq(memory.available, 500 * 1024);
    ck_assert_uint_eq(memory.swap_total - memory.swap_free, 60 * 1024);
}
END_TEST

START_TEST(memory_without_its_lines_is_refused)
{
    struct memory memory;

    put("proc/meminfo", "nothing of use\n");
    ck_assert_int_eq(read_memory(root, &memory), -EBADMSG);
}
END_TEST

START_TEST(a_missing_file_says_so)
{
    struct memory memory;
    double load[3];

    ck_assert_int_eq(read_memory(root, &memory), -ENOENT);
    ck_assert_int_eq(read_load(root, load), -ENOENT);
}
END_TEST

START_TEST(load_has_three_numbers)
{
    double load[3] = { -1, -1, -1 };

    put("proc/loadavg", "0.50 0.25 x 1/2 3\n");
    ck_assert_int_eq(read_load(root, load), -EBADMSG);
    ck_assert_double_eq(load[0], -1);
    put("proc/loadavg", "0.50 0.25 0.125 1/200 3\n");
    ck_assert_int_eq(read_load(root, load), 0);
    ck_assert_double_eq(load[2], 0.125);
}
END_TEST

START_TEST(idle_and_iowait_are_not_busy)
{
    struct cpu_times times;

    put("proc/stat", "cpu  10 0 20 60 10 0 0 0 0 0\ncpu0 1 2 3 4\nbtime 1700000000\n");
    ck_assert_int_eq(read_cpu_times(root, &times), 0);
    ck_assert_uint_eq(times.total, 100);
    ck_assert_uint_eq(times.busy, 30);
}
END_TEST

START_TEST(boot_time_is_found_behind_the_processors)
{
    int64_t boot;

    put("proc/stat", "cpu  1 1 1 1\nintr 5 5\nbtime 1700000000\nprocesses 1\n");
    ck_assert_int_eq(read_boot_time(root, &boot), 0);
    ck_assert_int_eq(boot, 1700000000);
}
END_TEST

START_TEST(of_a_file_of_the_kernel_64_kib_are_read)
{
    static const char last[] = "btime 1700000000\n";

    enum { READ = 65535 };

    for (size_t more = 0; more < 2; more++) {
        char *text = malloc(READ + 2);
        size_t before = READ + more - strlen(last);
        int64_t boot;
        memset(text, 'x', before);
        text[before - 1] = '\n';
        memcpy(text + before, last, sizeof(last));
        put("proc/stat", text);
        ck_assert_int_eq(read_boot_time(root, &boot) == 0, more == 0);
        free(text);
    }
}
END_TEST

/* The name of a program is the end of its path. */
START_TEST(of_a_command_line_1023_bytes_are_read)
{
    char text[1025];

    put("proc/7/comm", "other");
    for (size_t length = 1023; length <= 1024; length++) {
        memset(text, 'x', length);
        memcpy(text + length - 4, "/abc", 5);
        put("proc/7/cmdline", text);
        ck_assert_int_eq(read_process(root, "abc"), length == 1023);
    }
}
END_TEST

START_TEST(traffic_is_that_of_the_interface_named)
{
    struct traffic traffic;

    put("proc/net/dev", "Inter-|   Receive\n face |bytes packets\n"
                        "    lo: 100 2 0 0 0 0 0 0 101 3 0 0 0 0 0 0\n"
                        "  eth0:1000 20 0 0 0 0 0 0 2000 30 0 0 0 0 0 0\n");
    ck_assert_int_eq(read_traffic(root, "eth0", &traffic), 0);
    ck_assert_uint_eq(traffic.bytes_in, 1000);
    ck_assert_uint_eq(traffic.packets_in, 20);
    ck_assert_uint_eq(traffic.bytes_out, 2000);
    ck_assert_uint_eq(traffic.packets_out, 30);
    ck_assert_int_eq(read_traffic(root, "eth", &traffic), -ENODEV);
}
END_TEST

START_TEST(a_processor_driver_wins_over_thermal_zones)
{
    double celsius;

    put("sys/class/thermal/thermal_zone0/type", "somewhere\n");
    put("sys/class/thermal/thermal_zone0/temp", "30000\n");
    ck_assert_int_eq(read_temperature(root, &celsius), 0);
    ck_assert_double_eq(celsius, 30);
    put("sys/class/hwmon/hwmon0/name", "nvme\n");
    put("sys/class/hwmon/hwmon0/temp1_input", "70000\n");
    put("sys/class/hwmon/hwmon1/name", "coretemp\n");
    put("sys/class/hwmon/hwmon1/temp1_input", "45500\n");
    ck_assert_int_eq(read_temperature(root, &celsius), 0);
    ck_assert_double_eq(celsius, 45.5);
}
END_TEST

START_TEST(no_sensor_is_not_an_error_of_another_kind)
{
    double celsius;

    ck_assert_int_eq(read_temperature(root, &celsius), -ENOENT);
}
END_TEST

START_TEST(processes_are_found_by_name_and_by_program)
{
    put("proc/1/comm", "init\n");
    put("proc/1/cmdline", "/sbin/init");
    put("proc/22/comm", "a-very-long-nam\n");
    put("proc/22/cmdline", "/usr/bin/a-very-long-name-indeed");
    ck_assert_int_eq(read_process(root, "init"), 1);
    ck_assert_int_eq(read_process(root, "a-very-long-name-indeed"), 1);
    ck_assert_int_eq(read_process(root, "absent"), 0);
}
END_TEST

START_TEST(this_machine_can_be_read)
{
    struct memory memory;
    struct cpu_times times;
    struct disk disk;
    double load[3];
    char text[64];

    ck_assert_int_eq(read_memory("", &memory), 0);
    ck_assert_uint_gt(memory.total, memory.available);
    ck_assert_int_eq(read_cpu_times("", &times), 0);
    ck_assert_uint_gt(times.total, 0);
    ck_assert_int_eq(read_disk("/", &disk), 0);
    ck_assert_uint_gt(disk.total, 0);
    ck_assert_int_eq(read_disk("/no/such/place", &disk), -ENOENT);
    ck_assert_int_eq(read_load("", load), 0);
    ck_assert_int_eq(read_address("lo", AF_INET, text, sizeof(text)), 0);
    ck_assert_str_eq(text, "127.0.0.1");
    ck_assert_int_eq(read_address("no-such-interface", AF_INET, text, sizeof(text)), -ENOENT);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("systemmonitor readers");
    TCase *tcase = tcase_create("readers");

    tcase_add_checked_fixture(tcase, make_root, remove_root);
    tcase_add_test(tcase, memory_is_read_in_bytes);
    tcase_add_test(tcase, memory_without_its_lines_is_refused);
    tcase_add_test(tcase, a_missing_file_says_so);
    tcase_add_test(tcase, load_has_three_numbers);
    tcase_add_test(tcase, idle_and_iowait_are_not_busy);
    tcase_add_test(tcase, boot_time_is_found_behind_the_processors);
    tcase_add_test(tcase, of_a_file_of_the_kernel_64_kib_are_read);
    tcase_add_test(tcase, of_a_command_line_1023_bytes_are_read);
    tcase_add_test(tcase, traffic_is_that_of_the_interface_named);
    tcase_add_test(tcase, a_processor_driver_wins_over_thermal_zones);
    tcase_add_test(tcase, no_sensor_is_not_an_error_of_another_kind);
    tcase_add_test(tcase, processes_are_found_by_name_and_by_program);
    tcase_add_test(tcase, this_machine_can_be_read);
    suite_add_tcase(suite, tcase);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed ? 1 : 0;
}
