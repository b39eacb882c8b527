/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * An application with a modem that takes keys only while its radio is off: it keeps what the client has,
 * takes the network down, stores it, and brings the network up again.
 */

#include <errno.h>
#include <string.h>

#include <client_lite_credentials.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/net_if.h>

LOG_MODULE_REGISTER(modem, LOG_LEVEL_INF);

struct key {
	uint8_t bytes[64];
	size_t length;
};

static struct key wanted[CLIENT_LITE_CREDENTIAL_KINDS];
static struct key stored[CLIENT_LITE_CREDENTIAL_KINDS];
static K_MUTEX_DEFINE(lock);

static void store_all(struct k_work *work);
static K_WORK_DEFINE(storing, store_all);

int client_lite_store_offloaded(int32_t sec_tag, const struct client_lite_credential *credentials)
{
	bool are_stored;

	if (sec_tag != CONFIG_CLIENT_LITE_ACCOUNT_SEC_TAG) {
		return -EINVAL;
	}
	for (size_t i = 0; i < CLIENT_LITE_CREDENTIAL_KINDS; i++) {
		if (credentials[i].length > sizeof(wanted[i].bytes)) {
			return -EMSGSIZE;
		}
	}
	k_mutex_lock(&lock, K_FOREVER);
	memset(wanted, 0, sizeof(wanted));
	for (size_t i = 0; i < CLIENT_LITE_CREDENTIAL_KINDS; i++) {
		wanted[i].length = credentials[i].length;
		memcpy(wanted[i].bytes, credentials[i].bytes, wanted[i].length);
	}
	are_stored = memcmp(wanted, stored, sizeof(stored)) == 0;
	k_mutex_unlock(&lock);

	if (are_stored) {
		return 0;
	}
	(void)k_work_submit(&storing);
	return -EAGAIN;
}

static void store_all(struct k_work *work)
{
	struct net_if *iface = net_if_get_default();

	ARG_UNUSED(work);
	(void)net_if_down(iface);
	k_mutex_lock(&lock, K_FOREVER);
	memcpy(stored, wanted, sizeof(stored));
	k_mutex_unlock(&lock);
	LOG_INF("stored while offline: %.*s", (int)stored[CLIENT_LITE_IDENTITY].length,
		(const char *)stored[CLIENT_LITE_IDENTITY].bytes);
	(void)net_if_up(iface);
}
