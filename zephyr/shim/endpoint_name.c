/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The endpoint name.
 */

#include <string.h>

#include <zephyr/drivers/hwinfo.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/sys/util.h>

#include "platform.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

/* The longest that drivers give is 32 bytes. */
#define ID_SIZE 32

static size_t append_id(char *name, size_t length, size_t size);

size_t client_lite_endpoint_name(char *name, size_t size)
{
	static const char text[] = CONFIG_CLIENT_LITE_ENDPOINT_NAME;
	const size_t length = sizeof(text) - 1;

	if (length > size) {
		LOG_ERR("endpoint name over %zu bytes: raise "
			"CONFIG_CLIENT_LITE_ENDPOINT_NAME_SIZE",
			size);
		return 0;
	}
	memcpy(name, text, length);
	return IS_ENABLED(CONFIG_CLIENT_LITE_ENDPOINT_HWINFO) ? append_id(name, length, size)
							      : length;
}

/** The length with the id, 0 where there is none. */
static size_t append_id(char *name, size_t length, size_t size)
{
	uint8_t id[ID_SIZE];
	char digits[2 * ID_SIZE + 1];
	ssize_t count = hwinfo_get_device_id(id, sizeof(id));

	if (count <= 0) {
		LOG_ERR("no hardware id: %d; set CONFIG_CLIENT_LITE_ENDPOINT_GIVEN", (int)count);
		return 0;
	}
	if (length + 2 * (size_t)count > size) {
		LOG_ERR("endpoint name over %zu bytes: raise "
			"CONFIG_CLIENT_LITE_ENDPOINT_NAME_SIZE",
			size);
		return 0;
	}
	(void)bin2hex(id, count, digits, sizeof(digits));
	memcpy(name + length, digits, 2 * (size_t)count);
	return length + 2 * (size_t)count;
}
