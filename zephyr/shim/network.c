/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The interface in use, and its events. They are a help: nothing waits for them.
 */

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/net_mgmt.h>

#include "network.h"
#include "platform.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

static atomic_ptr_t given;
static atomic_t losses;

void client_lite_use_interface(struct net_if *iface)
{
	struct net_if *used = iface != NULL ? iface : net_if_get_default();

	/* Another one raises no event for the state that it has already. */
	if (atomic_ptr_set(&given, iface) != iface && used != NULL) {
		client_lite_command(net_if_is_up(used) ? CLIENT_LITE_NETWORK_UP
						       : CLIENT_LITE_NETWORK_DOWN);
	}
}

struct net_if *client_lite_interface(void)
{
	return atomic_ptr_get(&given);
}

uint32_t client_lite_network_losses(void)
{
	return (uint32_t)atomic_get(&losses);
}

#if defined(CONFIG_NET_MGMT_EVENT)

/* 32 bits until Zephyr 4.1, 64 bits since. */
typedef __typeof__(((struct net_mgmt_event_callback *)NULL)->event_mask) event_t;

static void tell(bool up)
{
	LOG_INF("network %s", up ? "up" : "down");
	if (!up) {
		(void)atomic_inc(&losses);
	}
	client_lite_command(up ? CLIENT_LITE_NETWORK_UP : CLIENT_LITE_NETWORK_DOWN);
}

/** The connection manager speaks for all interfaces together, and waits for an address. */
static bool is_managed(void)
{
	return IS_ENABLED(CONFIG_NET_CONNECTION_MANAGER) && client_lite_interface() == NULL;
}

static void interface_changed(struct net_mgmt_event_callback *callback, event_t event,
			      struct net_if *iface)
{
	struct net_if *used = client_lite_interface();

	ARG_UNUSED(callback);

	if (used == NULL) {
		used = net_if_get_default();
	}
	if (!is_managed() && iface == used) {
		tell(event == NET_EVENT_IF_UP);
	}
}

static void connectivity_changed(struct net_mgmt_event_callback *callback, event_t event,
				 struct net_if *iface)
{
	ARG_UNUSED(callback);
	ARG_UNUSED(iface);

	if (is_managed()) {
		tell(event == NET_EVENT_L4_CONNECTED);
	}
}

void client_lite_network_start(void)
{
	static struct net_mgmt_event_callback interfaces;
	static struct net_mgmt_event_callback connectivity;

	net_mgmt_init_event_callback(&interfaces, interface_changed,
				     NET_EVENT_IF_UP | NET_EVENT_IF_DOWN);
	net_mgmt_add_event_callback(&interfaces);
	net_mgmt_init_event_callback(&connectivity, connectivity_changed,
				     NET_EVENT_L4_CONNECTED | NET_EVENT_L4_DISCONNECTED);
	net_mgmt_add_event_callback(&connectivity);
}

#else

void client_lite_network_start(void)
{
}

#endif /* CONFIG_NET_MGMT_EVENT */
