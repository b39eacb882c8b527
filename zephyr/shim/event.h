/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The event that ends a wait of the client's thread.
 */

#ifndef CLIENT_LITE_EVENT_H_
#define CLIENT_LITE_EVENT_H_

#include <stdbool.h>

/**
 * Opens it.
 *
 * @return 0, or a negative errno: it is open, or no file descriptor is left (logged).
 */
int client_lite_event_open(void);

/** Ends the wait of the client's thread, so that it looks for what is ready. From any thread. */
void client_lite_wake(void);

/**
 * Waits for the event, which is taken, for a socket, or for a time. On the client's thread only.
 *
 * @param socket -1: none.
 * @param timeout milliseconds; -1 waits for ever.
 * @return what poll has found at the socket: 0 for nothing, ZSOCK_POLLERR where poll itself fails.
 */
short client_lite_event_poll(int socket, int timeout);

/**
 * Whether a socket can be polled together with the event. Offloads that take the whole poll cannot:
 * they refuse, or do not see the event. On the client's thread only.
 *
 * @param found what poll had to say about the socket meanwhile: it may say so only once.
 */
bool client_lite_event_polls_with(int socket, short *found);

#endif /* CLIENT_LITE_EVENT_H_ */
