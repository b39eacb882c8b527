/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where the client stands, for other threads; and the lock that they share with it.
 */

#include <zephyr/kernel.h>

#include "platform.h"

static K_MUTEX_DEFINE(lock);
static struct client_lite_status published = {
	.next_update = -1,
	.next_attempt = -1,
	.disabled_until = -1,
};

void client_lite_publish(const struct client_lite_status *status)
{
	client_lite_lock();
	published = *status;
	client_lite_unlock();
}

void client_lite_status(struct client_lite_status *status)
{
	client_lite_lock();
	*status = published;
	client_lite_unlock();
}

void client_lite_lock(void)
{
	(void)k_mutex_lock(&lock, K_FOREVER);
}

void client_lite_unlock(void)
{
	(void)k_mutex_unlock(&lock);
}
