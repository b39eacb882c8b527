/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where the client stands, for other threads; and the lock that they share with it.
 */

#include <string.h>

#include <zephyr/kernel.h>

#include "platform.h"
#include "status.h"

static K_MUTEX_DEFINE(lock);
static struct client_lite_status published = {
	.next_update = -1,
	.next_attempt = -1,
	.disabled_until = -1,
};
static struct client_lite_names published_names;

static void copy(char *to, size_t size, const char *from, size_t length);

void client_lite_publish_status(const struct client_lite_status *status)
{
	client_lite_lock();
	published = *status;
	client_lite_unlock();
}

void client_lite_publish_names(const char *endpoint_name, size_t endpoint_name_length,
			       const char *device_id, size_t device_id_length)
{
	client_lite_lock();
	copy(published_names.endpoint_name, sizeof(published_names.endpoint_name), endpoint_name,
	     endpoint_name_length);
	copy(published_names.device_id, sizeof(published_names.device_id), device_id,
	     device_id_length);
	client_lite_unlock();
}

void client_lite_status(struct client_lite_status *status)
{
	client_lite_lock();
	*status = published;
	client_lite_unlock();
}

void client_lite_names(struct client_lite_names *names)
{
	client_lite_lock();
	*names = published_names;
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

/** A name that is too long is cut. */
static void copy(char *to, size_t size, const char *from, size_t length)
{
	length = MIN(length, size - 1);
	memcpy(to, from, length);
	to[length] = '\0';
}
