/* The header's second translation unit: see header.c. */
#include "weightless.h"

int version_seen_again(void);

int version_seen_again(void)
{
    return WL_VERSION;
}
