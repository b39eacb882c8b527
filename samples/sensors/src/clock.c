/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The time of day, from the C library: the machine's on native_sim, and elsewhere with
 * CONFIG_POSIX_TIMERS, where SNTP or a modem sets it.
 */

#include <time.h>

#include <zephyr/sys/util.h>
#include <zephyr/sys_clock.h>

#include "clock.h"

/* 2024-01-01T00:00Z: a clock that nobody has set counts from 1970. */
#define LONG_AGO 1704067200

int64_t sample_time(void)
{
	time_t seconds = 0;

	if (IS_ENABLED(CONFIG_NATIVE_LIBC) || IS_ENABLED(CONFIG_POSIX_TIMERS)) {
		seconds = time(NULL);
	}
	return seconds < LONG_AGO ? -1 : (int64_t)seconds * MSEC_PER_SEC;
}
