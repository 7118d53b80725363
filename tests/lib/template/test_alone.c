/* SPDX-License-Identifier: Apache-2.0 */
/* The engine linked with lib/base and lib/data alone, that it builds and works without the rest of lib/ (see the Makefile). */
#include "render_machine.h"

START_TEST(the_engine_works_without_the_rest_of_the_library)
{
    struct machine machine;

    machine_init(&machine);
    ck_assert_str_eq(machine_render(&machine, "{% for i in range(3) %}{{ loop.index }}{% endfor %}"
                                              "{{ ' b,a'.split(',') | sort | join | trim }}"
                                              "{{ 'x1' | regex_replace('\\\\d', '-') }}"),
                     "123bax-");
    machine_fini(&machine);
}
END_TEST

int main(void)
{
    Suite *suite = suite_create("alone");
    TCase *cases = tcase_create("alone");

    tcase_add_test(cases, the_engine_works_without_the_rest_of_the_library);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_NORMAL);
    int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed != 0;
}
