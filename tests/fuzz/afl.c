/* The harness under AFL++, in persistent mode: the library's runtime starts behind the fork. */
#include "exercise.h"

#include "weightless.h"

#include <stdlib.h>
#include <unistd.h>

/* afl_area.c: where the branches are counted. */
uint8_t *afl_area(void);

__AFL_FUZZ_INIT();

#define INPUTS_A_PROCESS 200000

int main(void)
{
    const uint8_t *data;
    __AFL_INIT();
    data = __AFL_FUZZ_TESTCASE_BUF;
    fuzz_trace(afl_area());
    if (wl_init() != WL_OK)
        return 1;
    while (__AFL_LOOP(INPUTS_A_PROCESS)) {
        fuzz_trace(afl_area());
        if (exercise(data, (size_t)__AFL_FUZZ_TESTCASE_LEN) != 0)
            abort();
    }
    return 0;
}
