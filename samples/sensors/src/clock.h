/*
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef SAMPLE_CLOCK_H_
#define SAMPLE_CLOCK_H_

#include <stdint.h>

/**
 * The time, in milliseconds since 1970-01-01T00:00Z, to the second.
 *
 * @return -1 where the clock has not been set.
 */
int64_t sample_time(void);

#endif /* SAMPLE_CLOCK_H_ */
