/* SPDX-License-Identifier: Apache-2.0 */
/* Says of each file of texts that is named where it is not JSON; the daemon would only warn of it and do without. */
#include <jansson.h>

int main(int argc, char *argv[])
{
    for (int i = 1; i < argc; i++) {
        json_error_t error;
        json_t *strings = json_load_file(argv[i], JSON_REJECT_DUPLICATES, &error);
        if (!strings)
            printf("%s:%d:%d: %s\n", argv[i], error.line, error.column, error.text);
        else if (!json_is_object(strings))
            printf("%s: expected a map\n", argv[i]);
        json_decref(strings);
    }
    return 0;
}
