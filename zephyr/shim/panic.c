/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The end, for a defect in the Rust code.
 */

#include <zephyr/kernel.h>
#include <zephyr/logging/log_ctrl.h>
#include <zephyr/sys/printk.h>

#include "platform.h"

void client_lite_panic(const char *file, size_t length, uint32_t line)
{
	/* What was logged before, then this at once: the log's thread may not run any more. */
	LOG_PANIC();
	printk("client_lite: panic at %.*s:%u\n", (int)length, file, (unsigned int)line);
	k_panic();
	CODE_UNREACHABLE;
}
