/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The log of the Rust code.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include "platform.h"

LOG_MODULE_REGISTER(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

void client_lite_log(enum client_lite_log_level level, const char *text, size_t length)
{
	/* Deferred logging copies strings up to their terminator: a precision does not bound it. */
	char line[CLIENT_LITE_LOG_LINE_SIZE];

	length = MIN(length, sizeof(line) - 1);
	memcpy(line, text, length);
	line[length] = '\0';

	switch (level) {
	case CLIENT_LITE_LOG_ERR:
		LOG_ERR("%s", line);
		break;
	case CLIENT_LITE_LOG_WRN:
		LOG_WRN("%s", line);
		break;
	case CLIENT_LITE_LOG_INF:
		LOG_INF("%s", line);
		break;
	default:
		LOG_DBG("%s", line);
		break;
	}
}
