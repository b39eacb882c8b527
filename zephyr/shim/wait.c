/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one wait of the client's thread: for commands, for the connector, for the socket, for a time.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/socket.h>
#include <zephyr/zvfs/eventfd.h>

#include "commands.h"
#include "connector.h"
#include "network.h"
#include "platform.h"
#include "transport.h"
#include "wait.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

static int event = -1;

static int time_left(int64_t until);
static bool is_ready(void);
static void poll_all(int timeout, bool asleep);

int client_lite_start(void)
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

	client_lite_connector_start();
	client_lite_network_start();
	return 0;
}

bool client_lite_wait(int64_t until, bool asleep)
{
	bool ready;

	do {
		/* What was ready before the call has to be found without waiting for an event. */
		poll_all(is_ready() ? 0 : time_left(until), asleep);

		ready = is_ready();
	} while (!ready && client_lite_uptime() < until);

	return client_lite_transport_ready();
}

int64_t client_lite_uptime(void)
{
	return k_uptime_get();
}

void client_lite_wake(void)
{
	/* Before the start nobody waits, and the first wait looks before it waits. */
	if (event >= 0) {
		(void)zvfs_eventfd_write(event, 1);
	}
}

bool client_lite_polls_with_event(int socket, short *events)
{
	struct zsock_pollfd fds[] = {
		{.fd = socket, .events = ZSOCK_POLLIN},
		{.fd = event, .events = ZSOCK_POLLIN},
	};
	int count;

	client_lite_wake();
	count = zsock_poll(fds, ARRAY_SIZE(fds), 0);
	*events = count > 0 ? fds[0].revents : 0;
	return count > 0 && (fds[1].revents & ZSOCK_POLLIN) != 0;
}

static bool is_ready(void)
{
	return client_lite_has_commands() || client_lite_has_connection() ||
	       client_lite_transport_ready();
}

/** Waits until the event, the socket or the time, and tells the transport of its socket. */
static void poll_all(int timeout, bool asleep)
{
	struct zsock_pollfd fds[] = {
		{.fd = event, .events = ZSOCK_POLLIN},
		{.fd = client_lite_transport_listen(asleep), .events = ZSOCK_POLLIN},
	};
	zvfs_eventfd_t signals;
	int count;

	count = zsock_poll(fds, fds[1].fd < 0 ? 1 : 2, timeout);
	if (count < 0) {
		LOG_ERR("poll: %d", errno);
		client_lite_transport_polled(ZSOCK_POLLERR);
		return;
	}

	/* Taken before anything is looked at: what comes later signals again. */
	if (fds[0].revents & ZSOCK_POLLIN) {
		(void)zvfs_eventfd_read(event, &signals);
	}
	if (fds[1].fd >= 0) {
		client_lite_transport_polled(fds[1].revents);
	}
}

/** For poll: milliseconds, or -1 for ever. */
static int time_left(int64_t until)
{
	int64_t now = client_lite_uptime();

	if (until == INT64_MAX) {
		return -1;
	}
	if (until <= now) {
		return 0;
	}
	/* The limit is far below INT_MAX: tick counts of 32 bits would overflow. */
	return (int)MIN(until - now, MSEC_PER_SEC * SEC_PER_HOUR);
}
