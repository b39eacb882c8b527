/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The restart that a server asks for (/3/0/4).
 */

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/logging/log_ctrl.h>
#include <zephyr/sys/reboot.h>

#include "platform.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

#if defined(CONFIG_CLIENT_LITE_REBOOT)

/* The socket has taken the response; this is for the stack and the link below. */
#define RESPONSE_LEAVES_MS 2000

static void restart(struct k_work *work)
{
	ARG_UNUSED(work);
	LOG_PANIC();
	sys_reboot(SYS_REBOOT_COLD);
}

static K_WORK_DELAYABLE_DEFINE(restarting, restart);

void client_lite_reboot(void)
{
	LOG_WRN("the server wants a restart: in %d s", RESPONSE_LEAVES_MS / MSEC_PER_SEC);
	(void)k_work_schedule(&restarting, K_MSEC(RESPONSE_LEAVES_MS));
}

#else

void client_lite_reboot(void)
{
}

#endif /* CONFIG_CLIENT_LITE_REBOOT */
