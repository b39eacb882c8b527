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

/* The longest line of zephyr/src/log.rs, and its terminator. */
#define LINE_SIZE 128

void client_lite_log(int level, const char *text, size_t length)
{
	/* Deferred logging copies strings up to their terminator: a precision does not bound it. */
	char line[LINE_SIZE];

	length = MIN(length, sizeof(line) - 1);
	memcpy(line, text, length);
	line[length] = '\0';

	switch (level) {
	case LOG_LEVEL_ERR:
		LOG_ERR("%s", line);
		break;
	case LOG_LEVEL_WRN:
		LOG_WRN("%s", line);
		break;
	case LOG_LEVEL_INF:
		LOG_INF("%s", line);
		break;
	default:
		LOG_DBG("%s", line);
		break;
	}
}
