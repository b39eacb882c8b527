/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The thread that does what blocks. Its functions are the client's thread's, and do not block.
 */

#ifndef CLIENT_LITE_CONNECTOR_H_
#define CLIENT_LITE_CONNECTOR_H_

#include <stdbool.h>

#include "platform.h"
#include "socket.h"

void client_lite_connector_start(void);

/**
 * Looks the host up and connects to the first of its addresses that can be connected to.
 *
 * @param endpoint to be left alone until there is a result, or client_lite_connector_cancel().
 * @param last where the host has this address among others, it is tried first; or NULL.
 * @param renew the last address has failed: it is tried last instead.
 */
void client_lite_connector_connect(const struct client_lite_endpoint *endpoint,
				   const union client_lite_address *last, bool renew);

/** Gives up what is under way: its result is dropped, its socket closed. */
void client_lite_connector_cancel(void);

/** Whether there is a result to take. */
bool client_lite_connector_done(void);

/** Takes the result: CLIENT_LITE_CONNECTION_NONE where there is none. */
enum client_lite_connection
client_lite_connector_take(struct client_lite_association *association);

/**
 * Waits for a datagram in place of the client's thread, which is woken when there is one.
 *
 * @param socket -1: not any longer.
 */
void client_lite_connector_watch(int socket);

/** What the wait has found, once; 0 where it has found nothing yet. */
short client_lite_connector_found(void);

#endif /* CLIENT_LITE_CONNECTOR_H_ */
