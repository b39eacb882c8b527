/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A server of one device, on 127.0.0.1: it takes its Register, Updates, Sends and De-register, and
 * sends it requests.
 */

#ifndef SERVER_H_
#define SERVER_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <zephyr/net/coap.h>
#include <zephyr/sys/atomic.h>

/** What the device has answered, or notified. */
struct message {
	uint8_t code;
	size_t length;
	/** Terminated. */
	char payload[64];
};

/** What the device has sent by itself. */
struct server_counts {
	atomic_t registers;
	atomic_t updates;
	atomic_t sends;
};

extern struct server_counts server_counts;

/** Binds the server to its port, and starts its thread. */
void server_start(void);

/** Sends a request in plain text, and waits for the answer. */
struct message server_request(enum coap_method method, const char *path, const char *payload);

/** The same with a body in TLV, for Create and for a Write of several values. */
struct message server_request_tlv(enum coap_method method, const char *path, const uint8_t *body,
				  size_t length);

/** Observes a path; gives the first value. */
struct message server_observe(const char *path);

/** Waits for a notification; false where there is none within some seconds. */
bool server_notification(struct message *message);

#endif /* SERVER_H_ */
