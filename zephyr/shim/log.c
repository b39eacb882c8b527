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

/* What a line of the log takes of the caller's stack. */
#define LINE_SIZE 128

static void log_line(int level, const char *line);

void client_lite_log(int level, const char *text, size_t length)
{
	/* Deferred logging copies strings up to their terminator: a precision does not bound it. */
	char line[LINE_SIZE];

	do {
		size_t part = MIN(length, sizeof(line) - 1);

		memcpy(line, text, part);
		line[part] = '\0';
		log_line(level, line);
		text += part;
		length -= part;
	} while (length > 0);
}

static void log_line(int level, const char *line)
{
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
