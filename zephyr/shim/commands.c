/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Commands to the client's thread: bits of one atomic word, so that none is lost and none waits.
 */

#include <zephyr/kernel.h>

#include "commands.h"
#include "event.h"
#include "platform.h"

static atomic_t commands;

static atomic_val_t opposite(enum client_lite_command command);

void client_lite_command(enum client_lite_command command)
{
	atomic_val_t before;

	/* The wake-up takes a mutex. */
	__ASSERT(!k_is_in_isr(), "client_lite: not from an interrupt");

	do {
		before = atomic_get(&commands);
	} while (!atomic_cas(&commands, before, (before & ~opposite(command)) | command));

	client_lite_wake();
}

uint32_t client_lite_take_commands(void)
{
	return (uint32_t)atomic_clear(&commands);
}

bool client_lite_has_commands(void)
{
	return atomic_get(&commands) != 0;
}

/** The command that this one takes the place of. */
static atomic_val_t opposite(enum client_lite_command command)
{
	switch (command) {
	case CLIENT_LITE_REGISTER:
		return CLIENT_LITE_CLOSE;
	case CLIENT_LITE_CLOSE:
		return CLIENT_LITE_REGISTER;
	case CLIENT_LITE_PAUSE:
		return CLIENT_LITE_RESUME;
	case CLIENT_LITE_RESUME:
		return CLIENT_LITE_PAUSE;
	case CLIENT_LITE_NETWORK_DOWN:
		return CLIENT_LITE_NETWORK_UP;
	case CLIENT_LITE_NETWORK_UP:
		return CLIENT_LITE_NETWORK_DOWN;
	default:
		return 0;
	}
}
