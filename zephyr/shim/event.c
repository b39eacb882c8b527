/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The event that ends a wait of the client's thread: an eventfd, since poll takes descriptors only.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/socket.h>
#include <zephyr/zvfs/eventfd.h>

#include "event.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

static int event = -1;

int client_lite_event_open(void)
{
	if (event >= 0) {
		return -EALREADY;
	}

	event = zvfs_eventfd(0, ZVFS_EFD_NONBLOCK);
	if (event < 0) {
		LOG_ERR("no event: %d; raise CONFIG_ZVFS_EVENTFD_MAX or CONFIG_ZVFS_OPEN_MAX",
			errno);
		return -errno;
	}
	return 0;
}

void client_lite_wake(void)
{
	/* Before the start nobody waits, and the first wait looks before it waits. */
	if (event >= 0) {
		(void)zvfs_eventfd_write(event, 1);
	}
}

short client_lite_event_poll(int socket, int timeout)
{
	struct zsock_pollfd fds[] = {
		{.fd = event, .events = ZSOCK_POLLIN},
		{.fd = socket, .events = ZSOCK_POLLIN},
	};
	zvfs_eventfd_t signals;

	if (zsock_poll(fds, socket < 0 ? 1 : 2, timeout) < 0) {
		LOG_ERR("poll: %d", errno);
		return ZSOCK_POLLERR;
	}

	/* Taken before anything is looked at: what comes later signals again. */
	if (fds[0].revents & ZSOCK_POLLIN) {
		(void)zvfs_eventfd_read(event, &signals);
	}
	return socket < 0 ? 0 : fds[1].revents;
}

bool client_lite_event_polls_with(int socket, short *found)
{
	struct zsock_pollfd fds[] = {
		{.fd = socket, .events = ZSOCK_POLLIN},
		{.fd = event, .events = ZSOCK_POLLIN},
	};
	int count;

	client_lite_wake();
	count = zsock_poll(fds, ARRAY_SIZE(fds), 0);
	*found = count > 0 ? fds[0].revents : 0;
	return count > 0 && (fds[1].revents & ZSOCK_POLLIN) != 0;
}
