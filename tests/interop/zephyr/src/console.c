/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Lines in and out.
 */

#include <string.h>

#include <zephyr/device.h>
#include <zephyr/drivers/uart.h>
#include <zephyr/kernel.h>

#define LINE_SIZE 1024
/* Command::Changed: the client's thread calls the application, which takes the line. */
#define CHANGED BIT(7)

void client_lite_command(uint32_t command);

static const struct device *const uart = DEVICE_DT_GET(DT_CHOSEN(zephyr_console));

K_MSGQ_DEFINE(lines, LINE_SIZE, 4, 1);

/* The next line with its terminator, which has room; false where there is none and it is not to wait. */
bool interop_line(char *line, bool wait)
{
	return k_msgq_get(&lines, line, wait ? K_FOREVER : K_NO_WAIT) == 0;
}

void interop_print(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		uart_poll_out(uart, line[i]);
	}
	uart_poll_out(uart, '\n');
}

static void read_lines(void *unused1, void *unused2, void *unused3)
{
	static char line[LINE_SIZE];
	size_t length = 0;
	unsigned char next;

	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);
	for (;;) {
		if (uart_poll_in(uart, &next) != 0) {
			k_msleep(2);
		} else if (next != '\n') {
			line[length] = next;
			length = MIN(length + 1, LINE_SIZE - 1);
		} else {
			memset(line + length, 0, LINE_SIZE - length);
			length = 0;
			k_msgq_put(&lines, line, K_FOREVER);
			client_lite_command(CHANGED);
		}
	}
}

K_THREAD_DEFINE(console, 2048, read_lines, NULL, NULL, NULL, 10, 0, 0);
