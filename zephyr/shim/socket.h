/*
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef CLIENT_LITE_SOCKET_H_
#define CLIENT_LITE_SOCKET_H_

#include <stdbool.h>
#include <stdint.h>

#include <zephyr/net/net_if.h>

#include "net_names.h"
#include "platform.h"

/** The longest name of the DNS, and its terminator. */
#define CLIENT_LITE_HOST_SIZE 254

union client_lite_address {
	struct net_sockaddr any;
	struct net_sockaddr_in v4;
	struct net_sockaddr_in6 v6;
};

/** The server as a CoAP endpoint (RFC 7252, 1.2), and the interface and port to reach it from. */
struct client_lite_endpoint {
	char host[CLIENT_LITE_HOST_SIZE];
	uint16_t port;
	bool secure;
	int32_t sec_tag;
	/** Whether the server's certificate has to be the one under sec_tag. */
	bool pinned;
#if defined(CONFIG_CLIENT_LITE_ACCOUNT_CERTIFICATES)
	/** What the account has the handshake propose: a name, and cipher suites behind their number. */
	struct client_lite_proposal {
		char name[CLIENT_LITE_LONGEST_NAME + 1];
		size_t cipher_suite_count;
		int cipher_suites[CLIENT_LITE_MOST_CIPHER_SUITES];
	} proposal;
#endif
	/** NULL: the stack chooses. */
	struct net_if *iface;
	/** Without security the port to bind to; 0: none. */
	uint16_t local_port;
};

/** What makes a server without security know an association again. */
struct client_lite_addresses {
	union client_lite_address remote;
	/** NET_AF_UNSPEC where the stack does not tell. */
	union client_lite_address local;
	/** 0 where it is not known, and under DTLS. */
	uint16_t local_port;
	/** Of client_lite_network_losses(), for where the address is not known. */
	uint32_t losses;
};

/** A connected socket, with its handshake done. */
struct client_lite_association {
	int socket;
	bool secure;
	/** Of client_lite_credentials(), from before the handshake. */
	uint64_t credentials;
	struct client_lite_addresses addresses;
};

/**
 * Connects to one address of the server. Blocks, under DTLS for the handshake.
 *
 * @return CLIENT_LITE_CONNECTION_NEW, or why it failed (logged).
 */
enum client_lite_connection client_lite_connect(const struct client_lite_endpoint *endpoint,
						const union client_lite_address *remote,
						struct client_lite_association *association);

/** Whether the server, which knows an association by these addresses, knows the others as these. */
bool client_lite_same_addresses(const struct client_lite_addresses *addresses,
				const struct client_lite_addresses *other);

/** Whether the local address is still the one that it was when the socket was connected. */
bool client_lite_address_holds(const struct client_lite_association *association,
			       struct net_if *iface);

/** Whether a host is an address, and which, without a port. */
bool client_lite_numeric(const char *host, union client_lite_address *address);

/** Whether two addresses are the same, whatever their ports. */
bool client_lite_same_address(const union client_lite_address *left,
			      const union client_lite_address *right);

/** Whether the server knows the records of this association by a connection id (RFC 9146). */
bool client_lite_has_cid(int socket);

#endif /* CLIENT_LITE_SOCKET_H_ */
