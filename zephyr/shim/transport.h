/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the wait asks of the transport. On the client's thread only.
 */

#ifndef CLIENT_LITE_TRANSPORT_H_
#define CLIENT_LITE_TRANSPORT_H_

#include <stdbool.h>

/** Whether client_lite_connection() has something to tell. */
bool client_lite_has_connection(void);

/**
 * Has the open association listened to.
 *
 * @param asleep only where that wakes nobody as long as nothing comes.
 * @return its socket where poll takes it together with the event; otherwise -1, and the connector
 *         waits for the datagram, but not while asleep.
 */
int client_lite_transport_listen(bool asleep);

/** Takes down what poll has found at the socket. */
void client_lite_transport_polled(short events);

/** Whether there is a datagram or an error to receive. */
bool client_lite_transport_ready(void);

#endif /* CLIENT_LITE_TRANSPORT_H_ */
