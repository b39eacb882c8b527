/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The event that ends a wait of the client's thread where the connector polls all sockets: a semaphore.
 */

#include <errno.h>

#include <zephyr/kernel.h>

#include "event.h"

static K_SEM_DEFINE(event, 0, 1);
static bool is_open;

int client_lite_event_open(void)
{
	if (is_open) {
		return -EALREADY;
	}
	is_open = true;
	return 0;
}

void client_lite_wake(void)
{
	k_sem_give(&event);
}

short client_lite_event_poll(int socket, int timeout)
{
	ARG_UNUSED(socket);
	(void)k_sem_take(&event, timeout < 0 ? K_FOREVER : K_MSEC(timeout));
	return 0;
}

bool client_lite_event_polls_with(int socket, short *found)
{
	ARG_UNUSED(socket);
	*found = 0;
	return false;
}
