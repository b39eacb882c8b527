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
 * Waits for a datagram or an error of the open association, for client_lite_wake(), or for a time.
 *
 * @param timeout milliseconds; -1 waits for ever.
 * @param asleep a datagram ends the wait only where that wakes nobody as long as none comes.
 */
void client_lite_transport_poll(int timeout, bool asleep);

/** Whether there is a datagram or an error to receive. */
bool client_lite_transport_ready(void);

#endif /* CLIENT_LITE_TRANSPORT_H_ */
