/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The association with the server, as the client's thread sees it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/net_if.h>

/* Nordic's Zephyr has the options of its modem there. */
#if __has_include(<zephyr/net/socket_ncs.h>)
#include <zephyr/net/socket_ncs.h>
#endif

#include "connector.h"
#include "credentials.h"
#include "event.h"
#include "net_names.h"
#include "network.h"
#include "platform.h"
#include "socket.h"
#include "transport.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

/** What is open. */
static struct client_lite_association association = {.socket = -1};
/** How it was opened, and how the next one is. What the URI has of it changes under client_lite_lock(). */
static struct client_lite_endpoint endpoint;
static bool polls_with_event;
/** Where the socket knows MSG_TRUNC, a datagram that is cut off gives its whole length. */
static int receive_flags;
/** What poll has found: errors stay, and what the connector has found until the socket is empty. */
static short events;

#if defined(SO_RAI)
/** What the modem was told last. */
static int indicated;
/** Until the socket refuses one. */
static bool takes_indications;
#endif

/** What client_lite_connection() tells without the connector. */
static enum client_lite_connection outcome;
/** What the client was told of last. */
static struct client_lite_addresses told;

static void set_end(struct client_lite_end *end, const union client_lite_address *address,
		    uint16_t port);
static union client_lite_address address_of(const struct client_lite_end *end);
static int polled_socket(bool asleep);
static bool set_proposal(const struct client_lite_server *server);
static bool goes_on(const struct client_lite_server *server, struct net_if *iface);
static bool set_endpoint(const struct client_lite_server *server, struct net_if *iface);
static struct net_if *zone_of(const char *host, struct net_if *iface);
static void adopt(const struct client_lite_association *opened);
static int lost(const char *step, int error);
static void close_socket(void);
static uint16_t dynamic_port(void);

void client_lite_open(const struct client_lite_server *server)
{
	struct net_if *given = client_lite_interface();
	struct net_if *used = given != NULL ? given : net_if_get_default();
	bool proposes_another;

	client_lite_connector_cancel();
	outcome = CLIENT_LITE_CONNECTION_NONE;
	proposes_another = set_proposal(server);

	if (used != NULL && !net_if_is_up(used)) {
		LOG_WRN("interface %d is down", net_if_get_by_iface(used));
		outcome = CLIENT_LITE_CONNECTION_INTERFACE_DOWN;
		/* One that has not failed may go on when the interface is back. */
		if (server->renew || proposes_another) {
			close_socket();
		}
	} else if (!server->renew && !proposes_another && goes_on(server, given)) {
		outcome = CLIENT_LITE_CONNECTION_CONTINUED;
	} else {
		close_socket();
		if (set_endpoint(server, given)) {
			client_lite_connector_connect(&endpoint, &told.remote, server->renew);
			return;
		}
		outcome = CLIENT_LITE_CONNECTION_NOT_RESOLVED;
	}
	client_lite_wake();
}

void client_lite_close(void)
{
	client_lite_connector_cancel();
	outcome = CLIENT_LITE_CONNECTION_NONE;
	close_socket();
}

enum client_lite_connection client_lite_connection(void)
{
	enum client_lite_connection connection = outcome;
	struct client_lite_association opened;

	outcome = CLIENT_LITE_CONNECTION_NONE;
	if (connection != CLIENT_LITE_CONNECTION_NONE) {
		return connection;
	}

	connection = client_lite_connector_take(&opened);
	if (connection == CLIENT_LITE_CONNECTION_NEW) {
		adopt(&opened);
		/* A handshake makes a new security context, whatever the addresses. */
		if (!opened.secure && client_lite_same_addresses(&told, &opened.addresses)) {
			connection = CLIENT_LITE_CONNECTION_CONTINUED;
		}
		told = opened.addresses;
	}
	return connection;
}

bool client_lite_ends(struct client_lite_end *local, struct client_lite_end *remote)
{
	const struct client_lite_addresses *addresses = &association.addresses;

	if (association.socket < 0 || association.secure || addresses->local_port == 0 ||
	    addresses->local.any.sa_family == NET_AF_UNSPEC) {
		return false;
	}
	set_end(local, &addresses->local, addresses->local_port);
	set_end(remote, &addresses->remote, net_ntohs(net_sin(&addresses->remote.any)->sin_port));
	return true;
}

void client_lite_go_on_between(const struct client_lite_end *local,
			       const struct client_lite_end *remote)
{
	if (told.local_port != 0) {
		/* Since the restart there has been another. */
		return;
	}
	told = (struct client_lite_addresses){
		.remote = address_of(remote),
		.local = address_of(local),
		.local_port = local->port,
	};
	endpoint.local_port = local->port;
}

int client_lite_receive(void *buffer, size_t size)
{
	ssize_t length;

	if (association.socket < 0) {
		return CLIENT_LITE_RECEIVED_NOTHING;
	}

	length = zsock_recv(association.socket, buffer, size, receive_flags);
	if (length < 0 && (receive_flags & ZSOCK_MSG_TRUNC) != 0 &&
	    (errno == EOPNOTSUPP || errno == ENOTSUP || errno == EINVAL)) {
		receive_flags &= ~ZSOCK_MSG_TRUNC;
		length = zsock_recv(association.socket, buffer, size, receive_flags);
	}
	if (length > (ssize_t)size || (length < 0 && errno == EMSGSIZE)) {
		LOG_WRN("a datagram of over %zu bytes is lost; raise "
			"CONFIG_CLIENT_LITE_RECEIVE_SIZE",
			size);
		return CLIENT_LITE_RECEIVED_TOO_LARGE;
	}
	if (length >= 0) {
		return length;
	}

	switch (errno) {
	case EAGAIN:
	case EINTR:
		/* Poll has told of an error that recv knows nothing of: it would tell for ever. */
		if ((events & ~ZSOCK_POLLIN) != 0) {
			(void)lost("poll", ENOTCONN);
			return CLIENT_LITE_RECEIVED_FAILED;
		}
		events = 0;
		return CLIENT_LITE_RECEIVED_NOTHING;
	default:
		(void)lost("recv", errno);
		return CLIENT_LITE_RECEIVED_FAILED;
	}
}

int client_lite_send(const void *datagram, size_t length)
{
	if (association.socket < 0) {
		return -ENOTCONN;
	}
	/* Poll has found the end of the session: to send would begin a handshake, and block. */
	if (association.secure && (events & ~ZSOCK_POLLIN) != 0) {
		return lost("poll", ENOTCONN);
	}

	if (zsock_send(association.socket, datagram, length, ZSOCK_MSG_DONTWAIT) >= 0) {
		return 0;
	}
	switch (errno) {
	case EAGAIN:
	case EINTR:
	case ENOMEM:
	case ENOBUFS:
		LOG_DBG("send: %d: a datagram of %zu bytes is lost", errno, length);
		return 0;
	default:
		return lost("send", errno);
	}
}

void client_lite_assist_release(enum client_lite_expectation expectation)
{
#if defined(SO_RAI)
	static const int indications[] = {
		[CLIENT_LITE_EXPECT_NO_DATA] = RAI_NO_DATA,
		[CLIENT_LITE_EXPECT_NOTHING] = RAI_LAST,
		[CLIENT_LITE_EXPECT_ONE_RESPONSE] = RAI_ONE_RESP,
		[CLIENT_LITE_EXPECT_ONGOING] = RAI_ONGOING,
		[CLIENT_LITE_EXPECT_MORE] = RAI_WAIT_MORE,
	};
	const int indication = indications[expectation];
	/* The modem releases the connection by itself then. */
	bool is_released = indication == RAI_NO_DATA &&
			   (indicated == RAI_LAST || indicated == RAI_ONE_RESP);

	if (association.socket < 0 || !takes_indications || is_released) {
		return;
	}
	indicated = indication;
	if (zsock_setsockopt(association.socket, ZSOCK_SOL_SOCKET, SO_RAI, &indication,
			     sizeof(indication)) < 0) {
		LOG_INF("no release assistance: error %d", errno);
		takes_indications = false;
	}
#else
	ARG_UNUSED(expectation);
#endif
}

void client_lite_format_server(char *text, size_t size)
{
	bool is_ipv6;

	text[0] = '\0';
	client_lite_lock();
	if (endpoint.host[0] != '\0') {
		is_ipv6 = strchr(endpoint.host, ':') != NULL;
		snprintk(text, size, "%s://%s%s%s:%u", endpoint.secure ? "coaps" : "coap",
			 is_ipv6 ? "[" : "", endpoint.host, is_ipv6 ? "]" : "", endpoint.port);
	}
	client_lite_unlock();
}

bool client_lite_has_connection(void)
{
	return outcome != CLIENT_LITE_CONNECTION_NONE || client_lite_connector_done();
}

void client_lite_transport_poll(int timeout, bool asleep)
{
	int socket = polled_socket(asleep);
	short found = client_lite_event_poll(socket, timeout);

	if (socket >= 0 || found != 0) {
		events = (events & ~ZSOCK_POLLIN) | found;
	}
}

bool client_lite_transport_ready(void)
{
	if (!polls_with_event) {
		events |= client_lite_connector_found();
	}
	return association.socket >= 0 && events != 0;
}

static void set_end(struct client_lite_end *end, const union client_lite_address *address,
		    uint16_t port)
{
	struct net_in6_addr mapped;

	if (address->any.sa_family == NET_AF_INET) {
		net_ipv6_addr_create_v4_mapped(&address->v4.sin_addr, &mapped);
	} else {
		mapped = address->v6.sin6_addr;
	}
	memcpy(end->address, &mapped, sizeof(end->address));
	end->port = port;
}

static union client_lite_address address_of(const struct client_lite_end *end)
{
	union client_lite_address address = {0};
	struct net_in6_addr ip;

	memcpy(&ip, end->address, sizeof(ip));
	if (net_ipv6_addr_is_v4_mapped(&ip)) {
		address.any.sa_family = NET_AF_INET;
		memcpy(&address.v4.sin_addr, &end->address[12], sizeof(address.v4.sin_addr));
	} else {
		address.any.sa_family = NET_AF_INET6;
		address.v6.sin6_addr = ip;
	}
	/* At the same place in both families. */
	address.v4.sin_port = net_htons(end->port);
	return address;
}

/** The socket that poll takes together with the event; -1 where the connector waits, or nobody. */
static int polled_socket(bool asleep)
{
	if (polls_with_event) {
		return association.socket;
	}
	events |= client_lite_connector_found();
	/* What was found is to be received first: until then the connector need not look. Asleep it
	 * must not: it looks again and again.
	 */
	client_lite_connector_watch(events == 0 && !asleep ? association.socket : -1);
	return -1;
}

/** Whether what is open serves, and the server knows it as before. */
static bool goes_on(const struct client_lite_server *server, struct net_if *iface)
{
	/* Without security only a new look at the name tells whether the address is the same. */
	return association.socket >= 0 && association.secure && server->secure &&
	       (events & ~ZSOCK_POLLIN) == 0 && endpoint.sec_tag == server->sec_tag &&
	       endpoint.pinned == server->pinned &&
	       association.credentials == client_lite_credentials(endpoint.sec_tag) &&
	       endpoint.port == server->port && strlen(endpoint.host) == server->host_length &&
	       memcmp(endpoint.host, server->host, server->host_length) == 0 &&
	       endpoint.iface == zone_of(endpoint.host, iface) &&
	       (client_lite_address_holds(&association, endpoint.iface) ||
		client_lite_has_cid(association.socket));
}

/** Takes over what the handshake is to propose; whether that is something else than before. */
static bool set_proposal(const struct client_lite_server *server)
{
#if defined(CONFIG_CLIENT_LITE_ACCOUNT_CERTIFICATES)
	const struct client_lite_proposal before = endpoint.proposal;
	struct client_lite_proposal *proposal = &endpoint.proposal;

	memset(proposal, 0, sizeof(*proposal));
	memcpy(proposal->name, server->name, server->name_length);
	for (size_t i = 0; i < server->cipher_suite_count; i++) {
		if (server->cipher_suites[i] != 0) {
			proposal->cipher_suites[proposal->cipher_suite_count++] =
				server->cipher_suites[i];
		}
	}
	return memcmp(proposal, &before, sizeof(before)) != 0;
#else
	ARG_UNUSED(server);
	return false;
#endif
}

static bool set_endpoint(const struct client_lite_server *server, struct net_if *iface)
{
	if (server->host_length >= sizeof(endpoint.host)) {
		LOG_WRN("a host of %zu bytes: the DNS has names of at most %d",
			server->host_length, CLIENT_LITE_HOST_SIZE - 1);
		return false;
	}
	client_lite_lock();
	memcpy(endpoint.host, server->host, server->host_length);
	endpoint.host[server->host_length] = '\0';
	endpoint.port = server->port;
	endpoint.secure = server->secure;
	client_lite_unlock();
	endpoint.sec_tag = server->sec_tag;
	endpoint.pinned = server->pinned;
	endpoint.iface = zone_of(endpoint.host, iface);
	if (IS_ENABLED(CONFIG_NET_IPV6) && endpoint.iface == NULL &&
	    strchr(endpoint.host, '%') != NULL) {
		LOG_WRN("%s: there is no such interface", endpoint.host);
		return false;
	}
	/* Chosen here: offloads do not tell which one they have chosen. */
	if (endpoint.local_port == 0) {
		endpoint.local_port = dynamic_port();
	}
	return true;
}

/**
 * The interface that stands behind a link-local address (RFC 6874), by its name or number; NULL where
 * there is none of it. The given one where nothing stands there.
 */
static struct net_if *zone_of(const char *host, struct net_if *iface)
{
	const char *zone = strchr(host, '%');
	int number;

	/* Without IPv6 it is no address, and the resolver says so. */
	if (!IS_ENABLED(CONFIG_NET_IPV6) || zone == NULL) {
		return iface;
	}
	number = net_if_get_by_name(zone + 1);
	return net_if_get_by_index(number > 0 ? number : atoi(zone + 1));
}

static void adopt(const struct client_lite_association *opened)
{
	association = *opened;
	receive_flags = ZSOCK_MSG_DONTWAIT | ZSOCK_MSG_TRUNC;
#if defined(SO_RAI)
	takes_indications = true;
#endif
	polls_with_event = client_lite_event_polls_with(association.socket, &events);
	LOG_DBG("%s waits for datagrams", polls_with_event ? "the client" : "the connector");
	if (!association.secure && association.addresses.local_port == 0) {
		/* Taken, perhaps by another socket of this image. */
		endpoint.local_port = 0;
	}
}

static int lost(const char *step, int error)
{
	LOG_WRN("%s: error %d: the association is lost", step, error);
	close_socket();
	return -error;
}

static void close_socket(void)
{
	client_lite_connector_watch(-1);
	events = 0;
	if (association.socket >= 0) {
		/* Ends a poll of the connector where closing does not. */
		if (!polls_with_event) {
			(void)zsock_shutdown(association.socket, ZSOCK_SHUT_RDWR);
		}
		(void)zsock_close(association.socket);
		association.socket = -1;
	}
}

/** A port of the range that RFC 6335 leaves to such uses; random, so that it is hard to guess. */
static uint16_t dynamic_port(void)
{
	uint16_t random = 0;

	/* Without randomness the first one: the client does not start without it anyway. */
	(void)client_lite_entropy(&random, sizeof(random));
	return 49152 + random % (65536 - 49152);
}
