/*
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef CLIENT_LITE_WAIT_H_
#define CLIENT_LITE_WAIT_H_

#include <stdbool.h>

/** Ends the wait of the client's thread, so that it looks for what is ready. From any thread. */
void client_lite_wake(void);

/**
 * Whether a socket can be waited for together with the event of client_lite_wake(). Offloads that
 * take the whole poll cannot: they refuse, or do not see the event.
 *
 * @param events what poll had to say about the socket meanwhile: it may say so only once.
 */
bool client_lite_polls_with_event(int socket, short *events);

#endif /* CLIENT_LITE_WAIT_H_ */
