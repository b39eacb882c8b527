/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What outlives a loss of power: a key of the settings for each part, and the time.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/settings/settings.h>
#include <zephyr/sys/util.h>

#if defined(CONFIG_RTC) && DT_NODE_HAS_STATUS(DT_ALIAS(rtc), okay)
#define HAS_CLOCK
#include <zephyr/device.h>
#include <zephyr/drivers/rtc.h>
#include <zephyr/sys/timeutil.h>
#endif

#include "platform.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

struct destination {
	void *buffer;
	size_t size;
	ssize_t length;
};

static const char *const keys[] = {
	[CLIENT_LITE_PART_ACCOUNTS] = "client_lite/accounts",
	[CLIENT_LITE_PART_SESSION] = "client_lite/session",
};

static int load(const char *below, size_t length, settings_read_cb read, void *source, void *param);

int client_lite_load_snapshot(enum client_lite_part part, void *buffer, size_t size)
{
	struct destination destination = {.buffer = buffer, .size = size};
	/* The application may have done so before: a second time does nothing. */
	int error = settings_subsys_init();

	if (error == 0) {
		error = settings_load_subtree_direct(keys[part], load, &destination);
	}
	if (error == 0 && destination.length < 0) {
		error = destination.length;
	}
	if (error != 0) {
		LOG_WRN("%s cannot be read: error %d", keys[part], error);
		return error > 0 ? -error : error;
	}
	return destination.length;
}

/*
 * NVS, ZMS and FCB write a value beside the one from before, and after it what makes it the one that is
 * read: until then that is the one from before. One write of a key is therefore whole or not at all.
 */
int client_lite_save_snapshot(enum client_lite_part part, const void *bytes, size_t length)
{
	int error = settings_save_one(keys[part], bytes, length);

	if (error != 0) {
		LOG_WRN("%s cannot be stored: %zu bytes: error %d", keys[part], length, error);
		return error > 0 ? -error : error;
	}
	LOG_DBG("%s: %zu bytes stored", keys[part], length);
	return 0;
}

int64_t client_lite_time(void)
{
#if defined(HAS_CLOCK)
	const struct device *clock = DEVICE_DT_GET(DT_ALIAS(rtc));
	struct rtc_time time;

	if (!device_is_ready(clock) || rtc_get_time(clock, &time) != 0) {
		return -1;
	}
	return timeutil_timegm64(rtc_time_to_tm(&time)) * MSEC_PER_SEC;
#else
	return -1;
#endif
}

static int load(const char *below, size_t length, settings_read_cb read, void *source, void *param)
{
	struct destination *destination = param;

	/* A key, and nothing below it. */
	if (below == NULL || *below == '\0') {
		destination->length =
			read(source, destination->buffer, MIN(length, destination->size));
	}
	return 0;
}
