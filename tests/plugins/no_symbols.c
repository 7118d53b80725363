/* SPDX-License-Identifier: Apache-2.0 */
/* Some other library that was dropped in. */
int a_library_function(int value);

int a_library_function(int value)
{
    return value + 1;
}
