/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * One socket to one address: its options, its handshake, its addresses.
 */

#include <errno.h>
#include <string.h>
#include <time.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/net_if.h>
#include <zephyr/net/tls_credentials.h>

#if defined(CONFIG_NET_SOCKETS_TLS_CERT_VERIFY_CALLBACK) && defined(CONFIG_MBEDTLS)
#define SEES_CERTIFICATES
#include <mbedtls/x509_crt.h>
#endif

/* Nordic's Zephyr has the options of its modem there. */
#if __has_include(<zephyr/net/socket_ncs.h>)
#include <zephyr/net/socket_ncs.h>
#endif

#include "credentials.h"
#include "net_names.h"
#include "network.h"
#include "socket.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

/* Of a server that is given by its address. */
#if defined(CONFIG_CLIENT_LITE_SERVER_NAME)
#define SERVER_NAME CONFIG_CLIENT_LITE_SERVER_NAME
#else
#define SERVER_NAME ""
#endif

#if defined(CONFIG_CLIENT_LITE_LWM2M_CIPHER_SUITES)
BUILD_ASSERT(CONFIG_NET_SOCKETS_TLS_MAX_CIPHERSUITES >= 5,
	     "Client Lite: five cipher suites: raise CONFIG_NET_SOCKETS_TLS_MAX_CIPHERSUITES");
#endif

static int bind_interface(int socket, struct net_if *iface);
static uint16_t bind_port(int socket, sa_family_t family, uint16_t port);
static void keep_open(int socket);
static int secure(int socket, const struct client_lite_endpoint *endpoint, uint64_t credentials);
static bool watch_certificates(int socket, const struct client_lite_endpoint *endpoint);
static uint32_t certificate_flags(int socket);
static bool is_closed(const struct client_lite_endpoint *endpoint,
		      const union client_lite_address *remote);
static enum client_lite_connection class_of(int error, bool secured, uint32_t flags);
static const char *advice(int error, enum client_lite_connection result, uint32_t flags);
static const char *lacking(const struct client_lite_endpoint *endpoint, sa_family_t family);
static void local_address(int socket, const union client_lite_address *remote,
			  struct net_if *iface, union client_lite_address *local);
static net_socklen_t size_of(sa_family_t family);

enum client_lite_connection client_lite_connect(const struct client_lite_endpoint *endpoint,
						const union client_lite_address *remote,
						struct client_lite_association *association)
{
	enum client_lite_connection result = CLIENT_LITE_CONNECTION_NEW;
	sa_family_t family = remote->any.sa_family;
	char text[NET_INET6_ADDRSTRLEN] = "?";
	const char *step = "socket";
	const char *lack = lacking(endpoint, family);
	bool secured = false;
	uint32_t flags = 0;
	int error = 0;
	int socket;

	*association = (struct client_lite_association){
		.secure = endpoint->secure,
		.addresses.remote = *remote,
		.addresses.losses = client_lite_network_losses(),
	};
	if (IS_ENABLED(CONFIG_LOG)) {
		(void)zsock_inet_ntop(family,
				      family == NET_AF_INET6 ? (const void *)&remote->v6.sin6_addr
							 : (const void *)&remote->v4.sin_addr,
				      text, sizeof(text));
	}

	if (lack != NULL) {
		LOG_WRN("%s: this image has no %s", text, lack);
		association->socket = -1;
		return CLIENT_LITE_CONNECTION_SOCKET;
	}

	socket = zsock_socket(family, NET_SOCK_DGRAM,
			      endpoint->secure ? NET_IPPROTO_DTLS_1_2 : NET_IPPROTO_UDP);
	association->socket = socket;
	if (socket < 0) {
		error = errno;
	}
	if (error == 0) {
		/* First of all: with it Zephyr's dispatcher chooses the socket's implementation. */
		step = "interface";
		error = bind_interface(socket, endpoint->iface);
	}
	if (error == 0) {
		keep_open(socket);
	}
	if (error == 0 && endpoint->secure) {
		step = "DTLS options";
		secured = true;
		association->credentials = client_lite_credentials(endpoint->sec_tag);
		error = secure(socket, endpoint, association->credentials);
	}
	if (error == 0) {
		step = endpoint->secure ? "handshake" : "connect";
		if (!endpoint->secure) {
			association->addresses.local_port =
				bind_port(socket, family, endpoint->local_port);
		}
		if (zsock_connect(socket, &remote->any, size_of(family)) < 0) {
			error = errno;
		}
	}

	if (error == 0) {
		local_address(socket, remote, endpoint->iface, &association->addresses.local);
		LOG_INF("%s to %s port %u", endpoint->secure ? "DTLS session" : "UDP socket", text,
			endpoint->port);
		return result;
	}

	if (secured) {
		/* A session that the server no longer resumes must not fail every further attempt. */
		(void)zsock_setsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_SESSION_CACHE_PURGE, NULL, 0);
		flags = certificate_flags(socket);
	}
	if (socket >= 0) {
		(void)zsock_close(socket);
	}
	if (secured && error == ECONNABORTED && flags == 0 && is_closed(endpoint, remote)) {
		error = ECONNREFUSED;
	}

	result = class_of(error, secured, flags);
	LOG_WRN("%s port %u: %s: error %d: %s", text, endpoint->port, step, error,
		advice(error, result, flags));
	if (result == CLIENT_LITE_CONNECTION_CREDENTIALS) {
		LOG_WRN("security tag %d: see the credentials under it", endpoint->sec_tag);
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
	if (addresses->local.any.sa_family == NET_AF_UNSPEC && addresses->losses != other->losses) {
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
	if (now.any.sa_family == NET_AF_UNSPEC) {
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
	case NET_AF_INET:
		return net_ipv4_addr_cmp(&left->v4.sin_addr, &right->v4.sin_addr);
	case NET_AF_INET6:
		return net_ipv6_addr_cmp(&left->v6.sin6_addr, &right->v6.sin6_addr);
	default:
		return true;
	}
}

bool client_lite_numeric(const char *host, union client_lite_address *address)
{
	char literal[NET_INET6_ADDRSTRLEN] = "";
	/* The zone of a link-local address is the interface's, which the endpoint has. */
	const size_t length = IS_ENABLED(CONFIG_NET_IPV6) ? strcspn(host, "%") : strlen(host);

	if (length < sizeof(literal)) {
		memcpy(literal, host, length);
	}
	memset(address, 0, sizeof(*address));
	if (zsock_inet_pton(NET_AF_INET, host, &address->v4.sin_addr) == 1) {
		address->any.sa_family = NET_AF_INET;
		return true;
	}
	if (zsock_inet_pton(NET_AF_INET6, literal, &address->v6.sin6_addr) == 1) {
		address->any.sa_family = NET_AF_INET6;
		return true;
	}
	return false;
}

bool client_lite_has_cid(int socket)
{
	/* As long as DTLS allows: Mbed TLS writes without asking for the size. */
	uint8_t cid[UINT8_MAX];
	net_socklen_t length = sizeof(cid);
	net_socklen_t status_size = sizeof(int);
	int status;

	if (zsock_getsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_DTLS_CID_STATUS, &status,
			     &status_size) < 0 ||
	    (status != ZSOCK_TLS_DTLS_CID_STATUS_UPLINK &&
	     status != ZSOCK_TLS_DTLS_CID_STATUS_BIDIRECTIONAL)) {
		return false;
	}
	/* Zephyr's status is not reliable where the server took no CID: the value is. Offloads
	 * that do not give the value are taken at their word.
	 */
	return zsock_getsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_DTLS_PEER_CID_VALUE, cid, &length) < 0 ||
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
	if (ret >= 0 && zsock_setsockopt(socket, ZSOCK_SOL_SOCKET, ZSOCK_SO_BINDTODEVICE, &request,
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
	local.v4.sin_port = net_htons(port);
	if (port == 0 || zsock_bind(socket, &local.any, size_of(family)) < 0) {
		LOG_DBG("local port %u: %d", port, errno);
		return 0;
	}
	return port;
}

/** Where a modem can, it keeps the socket, and so the session, while the network is away. */
static void keep_open(int socket)
{
#if defined(SO_KEEPOPEN)
	const int keep = 1;

	(void)zsock_setsockopt(socket, ZSOCK_SOL_SOCKET, SO_KEEPOPEN, &keep, sizeof(keep));
#else
	ARG_UNUSED(socket);
#endif
}

/** 0 or an errno. */
static int secure(int socket, const struct client_lite_endpoint *endpoint, uint64_t credentials)
{
	/* On the connector's thread only, like all of this file that connects. */
	static uint64_t cached_with;
	uint64_t made_with;
	const sec_tag_t sec_tags[] = {endpoint->sec_tag};
	/* LwM2M's (Transport 1.1, 5.2.9) and one for servers without them, in the order of what they
	 * take: with a pre-shared key AES_128_CCM_8 (RFC 6655); with certificates AES_128_CCM_8 (RFC
	 * 7251), _GCM_SHA256, which is not LwM2M's, and _CBC_SHA256 (RFC 5289); with a pre-shared key
	 * AES_128_CBC_SHA256 (RFC 5487). Mbed TLS passes over those that it does not have.
	 */
	static const int lwm2m_suites[] = {0xc0a8, 0xc0ae, 0xc02b, 0xc023, 0x00ae};
	const int *suites = lwm2m_suites;
	net_socklen_t suites_size =
		IS_ENABLED(CONFIG_CLIENT_LITE_LWM2M_CIPHER_SUITES) ? sizeof(lwm2m_suites) : 0;
	const int cid = ZSOCK_TLS_DTLS_CID_SUPPORTED;
	const int cache = ZSOCK_TLS_SESSION_CACHE_ENABLED;
	union client_lite_address numeric;
	const char *name;
	bool named;
	int ret;

	if (!IS_ENABLED(CONFIG_CLIENT_LITE_DTLS)) {
		return EPROTONOSUPPORT;
	}
	if (zsock_setsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_SEC_TAG_LIST, sec_tags,
			     sizeof(sec_tags)) < 0) {
		return errno;
	}

	/* Certificates name hosts. Without a name to compare NULL has to be said: where nothing is
	 * set, Mbed TLS refuses every certificate.
	 */
	name = client_lite_numeric(endpoint->host, &numeric) ? SERVER_NAME : endpoint->host;
#if defined(CONFIG_CLIENT_LITE_ACCOUNT_CERTIFICATES)
	if (endpoint->proposal.name[0] != '\0') {
		name = endpoint->proposal.name;
	}
	if (endpoint->proposal.cipher_suite_count > 0) {
		suites = endpoint->proposal.cipher_suites;
		suites_size = endpoint->proposal.cipher_suite_count * sizeof(int);
	}
#endif
	/* A modem may have no say in this. */
	if (suites_size > 0 &&
	    zsock_setsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_CIPHERSUITE_LIST, suites, suites_size) < 0 &&
	    !(errno == ENOPROTOOPT && suites == lwm2m_suites)) {
		return errno;
	}
	named = IS_ENABLED(CONFIG_CLIENT_LITE_HOSTNAME_VERIFY) && name[0] != '\0';
	ret = zsock_setsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_HOSTNAME, named ? name : NULL,
			       named ? strlen(name) : 0);
	/* An image without certificates does not know the option. */
	if (ret < 0 && errno != ENOPROTOOPT && named) {
		return errno;
	}
	if (!watch_certificates(socket, endpoint) && endpoint->pinned) {
		return ENOTSUP;
	}

	/* Both save messages where they are known, and are no loss elsewhere. The CID is the one
	 * that the server gives for our records: its own reach us by our address.
	 */
	if (IS_ENABLED(CONFIG_CLIENT_LITE_CID)) {
		(void)zsock_setsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_DTLS_CID, &cid, sizeof(cid));
	}
	/* A session that is resumed shows no certificate: what was made with other credentials, or
	 * with another idea of the server, must not be.
	 */
	made_with = client_lite_hash(credentials, &endpoint->pinned, sizeof(endpoint->pinned));
	made_with = client_lite_hash(made_with, name, strlen(name));
	made_with = client_lite_hash(made_with, suites, suites_size);
	if (made_with != cached_with) {
		cached_with = made_with;
		(void)zsock_setsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_SESSION_CACHE_PURGE, NULL, 0);
	}
	(void)zsock_setsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_SESSION_CACHE, &cache, sizeof(cache));
	return 0;
}

#if defined(SEES_CERTIFICATES)

/** What Mbed TLS has against the server's certificates, of the newest handshake. */
static uint32_t found_flags;
/** Where the certificate is that the server has to have, of the newest handshake. */
static int32_t pinned_tag;

/* 2025-01-01T00:00Z: a clock that shows an earlier time has not been set. */
#define EARLIEST_TIME 1735689600

/**
 * Leaves the decision to Mbed TLS, which asks for each certificate of the chain, unless the server has to
 * have one certain certificate (LwM2M 1.1 Transport, 5.2.9.3): then nothing else counts. A device that
 * does not know the time yet cannot tell whether a certificate holds now.
 */
static int note_flags(void *pinned, mbedtls_x509_crt *certificate, int depth, uint32_t *flags)
{
	if (pinned != NULL) {
		*flags = depth == 0 && !client_lite_is_trusted(pinned_tag, certificate->raw.p,
							       certificate->raw.len)
				 ? MBEDTLS_X509_BADCERT_OTHER
				 : 0;
	} else if (IS_ENABLED(CONFIG_MBEDTLS_HAVE_TIME_DATE) && time(NULL) < EARLIEST_TIME) {
		*flags &= ~(MBEDTLS_X509_BADCERT_EXPIRED | MBEDTLS_X509_BADCERT_FUTURE);
	}
	found_flags |= *flags;
	return 0;
}

static bool watch_certificates(int socket, const struct client_lite_endpoint *endpoint)
{
	const struct zsock_tls_cert_verify_cb callback = {
		.cb = note_flags,
		.ctx = endpoint->pinned ? &pinned_tag : NULL,
	};

	found_flags = 0;
	pinned_tag = endpoint->sec_tag;
	return zsock_setsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_CERT_VERIFY_CALLBACK, &callback,
				sizeof(callback)) == 0;
}

static uint32_t certificate_flags(int socket)
{
	ARG_UNUSED(socket);
	return found_flags;
}

static const char *certificate_advice(uint32_t flags)
{
	if (flags & MBEDTLS_X509_BADCERT_CN_MISMATCH) {
		return "the server's certificate is for another name than the server URI's or the "
		       "account's";
	}
	if (flags & MBEDTLS_X509_BADCERT_EXPIRED) {
		return "the server's certificate has expired: see also this device's clock";
	}
	if (flags & MBEDTLS_X509_BADCERT_FUTURE) {
		return "the server's certificate is not valid yet: see also this device's clock";
	}
	if (flags & MBEDTLS_X509_BADCERT_REVOKED) {
		return "the server's certificate has been revoked";
	}
	if (flags & MBEDTLS_X509_BADCERT_OTHER) {
		return "the server's certificate is not the one that the account has";
	}
	if (flags & MBEDTLS_X509_BADCERT_NOT_TRUSTED) {
		return "the server's certificate is not signed by the CA under the security tag";
	}
	return "the server's certificate was not accepted";
}

#else

static bool watch_certificates(int socket, const struct client_lite_endpoint *endpoint)
{
	ARG_UNUSED(socket);
	ARG_UNUSED(endpoint);
	return false;
}

/** Where the session is left as it was, it can be asked. */
static uint32_t certificate_flags(int socket)
{
	uint32_t flags = 0;
	net_socklen_t size = sizeof(flags);

	if (zsock_getsockopt(socket, ZSOCK_SOL_TLS, ZSOCK_TLS_CERT_VERIFY_RESULT, &flags, &size) < 0 ||
	    flags == UINT32_MAX) {
		/* All of them: there was no certificate yet, or Zephyr has reset the session. */
		return 0;
	}
	return flags;
}

static const char *certificate_advice(uint32_t flags)
{
	ARG_UNUSED(flags);
	return "the server's certificate was not accepted";
}

#endif /* SEES_CERTIFICATES */

/**
 * Whether nothing listens at a port. Zephyr's handshake has taken that for an error of its own, so it
 * is asked again: by an empty datagram, which is nothing to a server that does listen.
 */
static bool is_closed(const struct client_lite_endpoint *endpoint,
		      const union client_lite_address *remote)
{
	struct zsock_pollfd fd = {.events = ZSOCK_POLLIN};
	net_socklen_t size = size_of(remote->any.sa_family);
	bool closed;

	fd.fd = zsock_socket(remote->any.sa_family, NET_SOCK_DGRAM, NET_IPPROTO_UDP);
	if (fd.fd < 0) {
		return false;
	}
	closed = bind_interface(fd.fd, endpoint->iface) == 0 &&
		 zsock_connect(fd.fd, &remote->any, size) == 0 &&
		 zsock_send(fd.fd, "", 0, 0) == 0 &&
		 zsock_poll(&fd, 1, MSEC_PER_SEC) > 0 &&
		 zsock_recv(fd.fd, &(char){0}, 1, ZSOCK_MSG_DONTWAIT) < 0 && errno == ECONNREFUSED;
	(void)zsock_close(fd.fd);
	return closed;
}

static enum client_lite_connection class_of(int error, bool secured, uint32_t flags)
{
	if (!secured) {
		return CLIENT_LITE_CONNECTION_SOCKET;
	}
	if (flags != 0) {
		return CLIENT_LITE_CONNECTION_CERTIFICATE;
	}
	switch (error) {
	case ENOENT:
	case EINVAL:
	case ENOTSUP:
		return CLIENT_LITE_CONNECTION_CREDENTIALS;
	case ECONNABORTED:
	case ETIMEDOUT:
	case EAGAIN:
		return CLIENT_LITE_CONNECTION_HANDSHAKE;
	case ENETDOWN:
	case ENETUNREACH:
	case EHOSTUNREACH:
	case EADDRNOTAVAIL:
	case ECONNREFUSED:
	case ENODEV:
	case ENOMEM:
	case ENOBUFS:
	case EIO:
		return CLIENT_LITE_CONNECTION_SOCKET;
	default:
		return CLIENT_LITE_CONNECTION_HANDSHAKE;
	}
}

static const char *advice(int error, enum client_lite_connection result, uint32_t flags)
{
	switch (result) {
	case CLIENT_LITE_CONNECTION_CERTIFICATE:
		return certificate_advice(flags);
	case CLIENT_LITE_CONNECTION_CREDENTIALS:
		switch (error) {
		case ENOENT:
			return "there are no credentials";
		case ENOTSUP:
			return "this image has nothing for such credentials";
		default:
			return "this image cannot use the credentials: wrong format, or longer than "
			       "CONFIG_MBEDTLS_PSK_MAX_LEN";
		}
	default:
		break;
	}
	switch (error) {
	case ENFILE:
	case EMFILE:
		return "raise CONFIG_ZVFS_OPEN_MAX";
	case ENOMEM:
		return "raise CONFIG_NET_MAX_CONTEXTS, CONFIG_NET_SOCKETS_TLS_MAX_CONTEXTS or "
		       "CONFIG_MBEDTLS_HEAP_SIZE";
	case ECONNREFUSED:
		return "nothing listens at this port";
	case ENETDOWN:
	case ENODEV:
		return "the network is down";
	case ENETUNREACH:
	case EHOSTUNREACH:
		return "there is no route to this address";
	case EADDRNOTAVAIL:
		return "this device has no address of this kind";
	case EAGAIN:
	case ETIMEDOUT:
		return "no response: nobody is there, or it does not know this device's identity";
	case ECONNABORTED:
		return IS_ENABLED(CONFIG_NET_SOCKETS_TLS_CERT_VERIFY_CALLBACK)
			       ? "refused by the server: identity, key and cipher suites have to fit"
			       : "refused by one side: identity, key, cipher suites and the server's "
				 "certificate have to fit";
	default:
		return "the socket failed";
	}
}

/** The address family that an endpoint needs and this image lacks. */
static const char *lacking(const struct client_lite_endpoint *endpoint, sa_family_t family)
{
	/* An offload asks nobody, but Zephyr's DTLS on top of it drops what is of no known family. */
	if (IS_ENABLED(CONFIG_NET_SOCKETS_OFFLOAD) &&
	    !(endpoint->secure && IS_ENABLED(CONFIG_CLIENT_LITE_MBEDTLS))) {
		return NULL;
	}
	if (family == NET_AF_INET && !IS_ENABLED(CONFIG_NET_IPV4)) {
		return "IPv4: set CONFIG_NET_IPV4=y";
	}
	if (family == NET_AF_INET6 && !IS_ENABLED(CONFIG_NET_IPV6)) {
		return "IPv6: set CONFIG_NET_IPV6=y";
	}
	return NULL;
}

/** The address that datagrams leave from; NET_AF_UNSPEC where the socket's stack does not tell. */
static void local_address(int socket, const union client_lite_address *remote,
			  struct net_if *iface, union client_lite_address *local)
{
	net_socklen_t size = sizeof(*local);

	memset(local, 0, sizeof(*local));
	if (zsock_getsockname(socket, &local->any, &size) < 0) {
		local->any.sa_family = NET_AF_UNSPEC;
		return;
	}

	/* Bound to any address, Zephyr's stack chooses one for each datagram: this one. */
	if (IS_ENABLED(CONFIG_NET_NATIVE_IPV4) && local->any.sa_family == NET_AF_INET &&
	    net_ipv4_is_addr_unspecified(&local->v4.sin_addr)) {
		const struct net_in_addr *source =
			net_if_ipv4_select_src_addr(iface, &remote->v4.sin_addr);

		if (source != NULL) {
			local->v4.sin_addr = *source;
		}
	}
	if (IS_ENABLED(CONFIG_NET_NATIVE_IPV6) && local->any.sa_family == NET_AF_INET6 &&
	    net_ipv6_is_addr_unspecified(&local->v6.sin6_addr)) {
		const struct net_in6_addr *source =
			net_if_ipv6_select_src_addr(iface, &remote->v6.sin6_addr);

		if (source != NULL) {
			local->v6.sin6_addr = *source;
		}
	}
}

static net_socklen_t size_of(sa_family_t family)
{
	return family == NET_AF_INET6 ? sizeof(struct net_sockaddr_in6) : sizeof(struct net_sockaddr_in);
}
