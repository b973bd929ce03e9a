/*
 * All of NativeAOT's runtime that the decoder has. Decoding allocates no managed memory, throws nothing and starts no thread, so
 * the runtime and its collector are not linked: nothing has to start before a first call, or can fail to, and the host keeps its
 * signals, its environment, its threads and its memory to itself.
 */
#include "runtime.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>

/* Of the runtime's libaotminipal.a. The bits are those of the compiler's. */
int minipal_getcpufeatures(void);

/* The compiler's: what the code needs of any machine. */
extern const int g_requiredCpuFeatures;

/* What the code asks before it uses an instruction that not every machine has. */
int g_cpuFeatures;

/* What a function with a buffer leaves behind it on the stack, and looks for in the end. */
uintptr_t __security_cookie;

int runtime_is_ready;
__thread jmp_buf *runtime_defect_end;

/* Before constructors of a host's that is linked with libweightless.a: they may call it. */
__attribute__((constructor(101))) static void make_ready(void)
{
    const void *random = (const void *)getauxval(AT_RANDOM);
    if (random)
        memcpy(&__security_cookie, random, sizeof __security_cookie);
    g_cpuFeatures = minipal_getcpufeatures();
    runtime_is_ready = (g_cpuFeatures & g_requiredCpuFeatures) == g_requiredCpuFeatures;
}

/* Between C and C#, on the way there and back: a collector would want to know. */
void RhpReversePInvoke(void *frame)
{
    (void)frame;
}

void RhpReversePInvokeReturn(void *frame)
{
    (void)frame;
}

void RhpPInvoke(void *frame)
{
    (void)frame;
}

void RhpPInvokeReturn(void *frame)
{
    (void)frame;
}

/* A buffer on the stack was written beyond its end: nothing there can be believed, so the call cannot be ended alone. */
void RhpFallbackFailFast(void)
{
    abort();
}

/*
 * Everything else that the compiled framework refers to: toolchain/native-object gives it this name. It serves exceptions,
 * allocations, locks and reflection, and no call gets there but by a defect. What is skipped holds no lock and no memory.
 */
void runtime_defect(void);
void runtime_defect(void)
{
    if (runtime_defect_end)
        longjmp(*runtime_defect_end, 1);
    abort();
}
