/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One socket to one address: its options, its handshake, its addresses.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/net_if.h>
#include <zephyr/net/net_ip.h>
#include <zephyr/net/socket.h>
#include <zephyr/net/tls_credentials.h>

#include "network.h"
#include "socket.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

static int bind_interface(int socket, struct net_if *iface);
static uint16_t bind_port(int socket, sa_family_t family, uint16_t port);
static int secure(int socket, const struct client_lite_way *way);
static enum client_lite_connection class_of(int error, const struct client_lite_way *way,
					    int socket);
static const char *advice(int error, enum client_lite_connection result);
static void local_address(int socket, const union client_lite_address *remote,
			  struct net_if *iface, union client_lite_address *local);
static socklen_t size_of(sa_family_t family);

enum client_lite_connection client_lite_connect(const struct client_lite_way *way,
						const union client_lite_address *remote,
						struct client_lite_association *association)
{
	enum client_lite_connection result = CLIENT_LITE_CONNECTION_NEW;
	sa_family_t family = remote->any.sa_family;
	char text[INET6_ADDRSTRLEN] = "?";
	const char *step = "socket";
	int error = 0;
	int socket;

	*association = (struct client_lite_association){
		.secure = way->secure,
		.addresses.remote = *remote,
		.addresses.losses = client_lite_network_losses(),
	};
	(void)zsock_inet_ntop(family,
			      family == AF_INET6 ? (const void *)&remote->v6.sin6_addr
						 : (const void *)&remote->v4.sin_addr,
			      text, sizeof(text));

	socket = zsock_socket(family, SOCK_DGRAM, way->secure ? IPPROTO_DTLS_1_2 : IPPROTO_UDP);
	association->socket = socket;
	if (socket < 0) {
		error = errno;
	}
	if (error == 0) {
		/* First of all: with it Zephyr's dispatcher chooses the socket's implementation. */
		step = "interface";
		error = bind_interface(socket, way->iface);
	}
	if (error == 0 && way->secure) {
		step = "DTLS options";
		error = secure(socket, way);
	}
	if (error == 0) {
		step = way->secure ? "handshake" : "connect";
		if (!way->secure) {
			association->addresses.local_port =
				bind_port(socket, family, way->local_port);
		}
		if (zsock_connect(socket, &remote->any, size_of(family)) < 0) {
			error = errno;
		}
	}

	if (error == 0) {
		local_address(socket, remote, way->iface, &association->addresses.local);
		LOG_INF("%s to %s port %u", way->secure ? "DTLS session" : "UDP socket", text,
			way->port);
		return result;
	}

	result = class_of(error, way, socket);
	LOG_WRN("%s port %u: %s: error %d%s", text, way->port, step, error, advice(error, result));
	if (socket >= 0) {
		(void)zsock_close(socket);
	}
	association->socket = -1;
	return result;
}

bool client_lite_same_addresses(const struct client_lite_addresses *addresses,
				const struct client_lite_addresses *other)
{
	if (addresses->local_port == 0 || addresses->local_port != other->local_port) {
		return false;
	}
	/* What the stack does not tell may have changed while the network was away. */
	if (addresses->local.any.sa_family == AF_UNSPEC && addresses->losses != other->losses) {
		return false;
	}
	return client_lite_same_address(&addresses->local, &other->local) &&
	       client_lite_same_address(&addresses->remote, &other->remote) &&
	       net_sin(&addresses->remote.any)->sin_port == net_sin(&other->remote.any)->sin_port;
}

bool client_lite_address_holds(const struct client_lite_association *association,
			       struct net_if *iface)
{
	const struct client_lite_addresses *addresses = &association->addresses;
	union client_lite_address now;

	local_address(association->socket, &addresses->remote, iface, &now);
	if (now.any.sa_family == AF_UNSPEC) {
		return addresses->losses == client_lite_network_losses();
	}
	return client_lite_same_address(&addresses->local, &now);
}

bool client_lite_same_address(const union client_lite_address *left,
			      const union client_lite_address *right)
{
	if (left->any.sa_family != right->any.sa_family) {
		return false;
	}
	switch (left->any.sa_family) {
	case AF_INET:
		return net_ipv4_addr_cmp(&left->v4.sin_addr, &right->v4.sin_addr);
	case AF_INET6:
		return net_ipv6_addr_cmp(&left->v6.sin6_addr, &right->v6.sin6_addr);
	default:
		return true;
	}
}

bool client_lite_numeric(const char *host, union client_lite_address *address)
{
	char literal[INET6_ADDRSTRLEN] = "";
	const size_t length = strcspn(host, "%");

	/* The zone of a link-local address is the interface's, which the way has. */
	if (length < sizeof(literal)) {
		memcpy(literal, host, length);
	}
	memset(address, 0, sizeof(*address));
	if (zsock_inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
		address->any.sa_family = AF_INET;
		return true;
	}
	if (zsock_inet_pton(AF_INET6, literal, &address->v6.sin6_addr) == 1) {
		address->any.sa_family = AF_INET6;
		return true;
	}
	return false;
}

bool client_lite_has_cid(int socket)
{
	/* As long as DTLS allows: Mbed TLS writes without asking for the size. */
	uint8_t cid[UINT8_MAX];
	socklen_t length = sizeof(cid);
	socklen_t status_size = sizeof(int);
	int status;

	if (zsock_getsockopt(socket, SOL_TLS, TLS_DTLS_CID_STATUS, &status, &status_size) < 0 ||
	    (status != TLS_DTLS_CID_STATUS_UPLINK &&
	     status != TLS_DTLS_CID_STATUS_BIDIRECTIONAL)) {
		return false;
	}
	/* Zephyr's status is not reliable where the server took no CID: the value is. Offloads
	 * that do not give the value are taken at their word.
	 */
	return zsock_getsockopt(socket, SOL_TLS, TLS_DTLS_PEER_CID_VALUE, cid, &length) < 0 ||
	       length > 0;
}

static int bind_interface(int socket, struct net_if *iface)
{
	struct ifreq request = {0};
	int ret = 0;

	if (iface == NULL) {
		return 0;
	}
	if (IS_ENABLED(CONFIG_NET_INTERFACE_NAME)) {
		ret = net_if_get_name(iface, request.ifr_name, sizeof(request.ifr_name));
	} else {
		strncpy(request.ifr_name, net_if_get_device(iface)->name,
			sizeof(request.ifr_name) - 1);
	}
	if (ret >= 0 && zsock_setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, &request,
					 sizeof(request)) < 0) {
		ret = -errno;
	}
	/* An offload may not know the option; over the default interface it goes anyway. */
	return ret >= 0 || iface == net_if_get_default() ? 0 : -ret;
}

/** The port bound to; 0 where the stack would not. */
static uint16_t bind_port(int socket, sa_family_t family, uint16_t port)
{
	union client_lite_address local = {.any.sa_family = family};

	/* At the same place in both families. */
	local.v4.sin_port = htons(port);
	if (port == 0 || zsock_bind(socket, &local.any, size_of(family)) < 0) {
		LOG_DBG("local port %u: %d", port, errno);
		return 0;
	}
	return port;
}

/** 0 or an errno. */
static int secure(int socket, const struct client_lite_way *way)
{
	const sec_tag_t sec_tags[] = {way->sec_tag};
	const int cid = TLS_DTLS_CID_SUPPORTED;
	const int cache = TLS_SESSION_CACHE_ENABLED;
	union client_lite_address numeric;
	bool named;
	int ret;

	if (!IS_ENABLED(CONFIG_CLIENT_LITE_DTLS)) {
		return EPROTONOSUPPORT;
	}
	if (zsock_setsockopt(socket, SOL_TLS, TLS_SEC_TAG_LIST, sec_tags, sizeof(sec_tags)) < 0) {
		return errno;
	}

	/* Certificates name hosts. Without a name to compare NULL has to be said: where nothing is
	 * set, Mbed TLS refuses every certificate.
	 */
	named = IS_ENABLED(CONFIG_CLIENT_LITE_HOSTNAME_VERIFY) &&
		!client_lite_numeric(way->host, &numeric);
	ret = zsock_setsockopt(socket, SOL_TLS, TLS_HOSTNAME, named ? way->host : NULL,
			       named ? strlen(way->host) : 0);
	/* An image without certificates does not know the option. */
	if (ret < 0 && errno != ENOPROTOOPT && named) {
		return errno;
	}

	/* Both save messages where they are known, and are no loss elsewhere. The CID is the one
	 * that the server gives for our records: its own reach us by our address.
	 */
	if (IS_ENABLED(CONFIG_CLIENT_LITE_CID)) {
		(void)zsock_setsockopt(socket, SOL_TLS, TLS_DTLS_CID, &cid, sizeof(cid));
	}
	(void)zsock_setsockopt(socket, SOL_TLS, TLS_SESSION_CACHE, &cache, sizeof(cache));
	return 0;
}

static enum client_lite_connection class_of(int error, const struct client_lite_way *way,
					    int socket)
{
	uint32_t verified = 0;
	socklen_t size = sizeof(verified);

	if (!way->secure || socket < 0) {
		return CLIENT_LITE_CONNECTION_SOCKET;
	}
	switch (error) {
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EADDRNOTAVAIL:
	case ECONNREFUSED:
	case ENODEV:
		return CLIENT_LITE_CONNECTION_SOCKET;
	default:
		break;
	}

	/* A session that the server no longer resumes must not fail every further attempt. */
	(void)zsock_setsockopt(socket, SOL_TLS, TLS_SESSION_CACHE_PURGE, NULL, 0);

	/* Flags of X.509; all of them where there was no certificate yet. */
	if (zsock_getsockopt(socket, SOL_TLS, TLS_CERT_VERIFY_RESULT, &verified, &size) == 0 &&
	    verified != 0 && verified != UINT32_MAX) {
		return CLIENT_LITE_CONNECTION_CERTIFICATE;
	}
	return CLIENT_LITE_CONNECTION_HANDSHAKE;
}

static const char *advice(int error, enum client_lite_connection result)
{
	switch (error) {
	case ENFILE:
	case EMFILE:
		return ": raise CONFIG_ZVFS_OPEN_MAX";
	case ENOMEM:
		return ": raise CONFIG_NET_MAX_CONTEXTS, CONFIG_NET_SOCKETS_TLS_MAX_CONTEXTS or "
		       "CONFIG_MBEDTLS_HEAP_SIZE";
	default:
		break;
	}
	switch (result) {
	case CLIENT_LITE_CONNECTION_CERTIFICATE:
		return ": the server's certificate was not accepted";
	case CLIENT_LITE_CONNECTION_HANDSHAKE:
		return ": check the credentials under the security tag";
	default:
		return "";
	}
}

/** The address that datagrams leave from; AF_UNSPEC where the socket's stack does not tell. */
static void local_address(int socket, const union client_lite_address *remote,
			  struct net_if *iface, union client_lite_address *local)
{
	socklen_t size = sizeof(*local);

	memset(local, 0, sizeof(*local));
	if (zsock_getsockname(socket, &local->any, &size) < 0) {
		local->any.sa_family = AF_UNSPEC;
		return;
	}

	/* Bound to any address, Zephyr's stack chooses one for each datagram: this one. */
	if (IS_ENABLED(CONFIG_NET_NATIVE_IPV4) && local->any.sa_family == AF_INET &&
	    net_ipv4_is_addr_unspecified(&local->v4.sin_addr)) {
		const struct in_addr *source =
			net_if_ipv4_select_src_addr(iface, &remote->v4.sin_addr);

		if (source != NULL) {
			local->v4.sin_addr = *source;
		}
	}
	if (IS_ENABLED(CONFIG_NET_NATIVE_IPV6) && local->any.sa_family == AF_INET6 &&
	    net_ipv6_is_addr_unspecified(&local->v6.sin6_addr)) {
		const struct in6_addr *source =
			net_if_ipv6_select_src_addr(iface, &remote->v6.sin6_addr);

		if (source != NULL) {
			local->v6.sin6_addr = *source;
		}
	}
}

static socklen_t size_of(sa_family_t family)
{
	return family == AF_INET6 ? sizeof(struct sockaddr_in6) : sizeof(struct sockaddr_in);
}
