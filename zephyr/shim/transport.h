/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the wait and the shell ask of the transport.
 */

#ifndef CLIENT_LITE_TRANSPORT_H_
#define CLIENT_LITE_TRANSPORT_H_

#include <stdbool.h>
#include <stddef.h>

/**
 * The URI of the server that the client has opened last, cut where it is too long; empty where it
 * has opened none. From any thread; the other functions are the client's thread's.
 */
void client_lite_format_server(char *text, size_t size);

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
