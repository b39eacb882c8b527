/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The one wait of the client's thread: for commands, for the connector, for the socket, for a time.
 */

#include <zephyr/kernel.h>

#include "commands.h"
#include "connector.h"
#include "event.h"
#include "network.h"
#include "platform.h"
#include "transport.h"

static bool is_ready(void);
static int time_left(int64_t until);

int client_lite_start(void)
{
	int ret = client_lite_event_open();

	if (ret == 0) {
		client_lite_connector_start();
		client_lite_network_start();
	}
	return ret;
}

bool client_lite_wait(int64_t until, bool asleep)
{
	bool ready;

	do {
		/* What was ready before the call has to be found without waiting for an event. */
		client_lite_transport_poll(is_ready() ? 0 : time_left(until), asleep);

		ready = is_ready();
	} while (!ready && client_lite_uptime() < until);

	return client_lite_transport_ready();
}

int64_t client_lite_uptime(void)
{
	return k_uptime_get();
}

static bool is_ready(void)
{
	return client_lite_has_commands() || client_lite_has_connection() ||
	       client_lite_transport_ready();
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
