/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The interface in use, and whether it is up.
 */

#ifndef CLIENT_LITE_NETWORK_H_
#define CLIENT_LITE_NETWORK_H_

#include <stdint.h>

#include <zephyr/net/net_if.h>

/** Uses this interface from the next association on; NULL: the default one. From any thread. */
void client_lite_use_interface(struct net_if *iface);

/** What client_lite_use_interface() was given. */
struct net_if *client_lite_interface(void);

/** How often the network went down. */
uint32_t client_lite_network_losses(void);

/** Has the client told of the network, by CLIENT_LITE_NETWORK_DOWN and CLIENT_LITE_NETWORK_UP. */
void client_lite_network_start(void);

#endif /* CLIENT_LITE_NETWORK_H_ */
