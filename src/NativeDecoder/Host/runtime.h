#ifndef RUNTIME_H
#define RUNTIME_H

#include <setjmp.h>

/* Whether the machine has what the code was compiled for. */
extern int runtime_is_ready;

/*
 * Where this thread's call in flight ends when it comes upon a defect of the library: an index out of range, say, which C# checks.
 * In the static block of a thread's memory: any other place is allocated when it is first used.
 */
extern __thread jmp_buf *runtime_defect_end __attribute__((tls_model("initial-exec")));

#endif
