/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The thread that does what blocks: looking a name up, connecting with the handshake, and waiting
 * for a datagram where that cannot be done together with the event of the client's thread.
 */

#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include "connector.h"
#include "event.h"
#include "net_names.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

/* Most modem drivers do not end a poll when its socket is closed: the longest that this may keep
 * the next connection waiting. The nRF91's ends it, and need not be woken up so often.
 */
#define WATCH_MS ((IS_ENABLED(CONFIG_NRF_MODEM_LIB) ? 60 : 5) * MSEC_PER_SEC)

/* A resolver asks for addresses that the image can use: the log says which these are. */
#if defined(CONFIG_NET_IPV4) && !defined(CONFIG_NET_IPV6)
#define ONLY_FAMILY "IPv4 (CONFIG_NET_IPV6=n) "
#elif defined(CONFIG_NET_IPV6) && !defined(CONFIG_NET_IPV4)
#define ONLY_FAMILY "IPv6 (CONFIG_NET_IPV4=n) "
#else
#define ONLY_FAMILY ""
#endif

/** What the client's thread wants, under the lock. */
static struct {
	/** Counts what was wanted: a result for an older number is a stale one. */
	uint32_t number;
	bool connect;
	/** The client thread's, which leaves it alone while `connect` is true. */
	const struct client_lite_endpoint *endpoint;
	union client_lite_address last;
	bool renew;
	int watch;
} wanted = {.watch = -1};

/** What the connector has for it, under the lock. */
static struct {
	enum client_lite_connection connection;
	struct client_lite_association association;
	short found;
} done;

static K_MUTEX_DEFINE(lock);
static K_SEM_DEFINE(work, 0, 1);
static K_THREAD_STACK_DEFINE(stack, CONFIG_CLIENT_LITE_CONNECTOR_STACK_SIZE);
static struct k_thread thread;

static void run(void *unused1, void *unused2, void *unused3);
static bool connect_next(void);
static bool watch_next(void);
static enum client_lite_connection connect_to_host(const struct client_lite_endpoint *endpoint,
						   const union client_lite_address *last,
						   bool renew, uint32_t number,
						   struct client_lite_association *association);
static union client_lite_address with_port(const struct zsock_addrinfo *info, uint16_t port);
static bool is_stale(uint32_t number);

void client_lite_connector_start(void)
{
	k_tid_t tid = k_thread_create(&thread, stack, K_THREAD_STACK_SIZEOF(stack), run, NULL,
				      NULL, NULL, CONFIG_CLIENT_LITE_THREAD_PRIORITY, 0, K_NO_WAIT);

	k_thread_name_set(tid, "client_lite_conn");
}

void client_lite_connector_connect(const struct client_lite_endpoint *endpoint,
				   const union client_lite_address *last, bool renew)
{
	client_lite_connector_cancel();

	k_mutex_lock(&lock, K_FOREVER);
	wanted.connect = true;
	wanted.endpoint = endpoint;
	wanted.last = last != NULL ? *last : (union client_lite_address){0};
	wanted.renew = renew;
	k_mutex_unlock(&lock);

	k_sem_give(&work);
}

void client_lite_connector_cancel(void)
{
	int socket = -1;

	k_mutex_lock(&lock, K_FOREVER);
	wanted.number++;
	wanted.connect = false;
	if (done.connection == CLIENT_LITE_CONNECTION_NEW) {
		socket = done.association.socket;
	}
	done.connection = CLIENT_LITE_CONNECTION_NONE;
	k_mutex_unlock(&lock);

	if (socket >= 0) {
		(void)zsock_close(socket);
	}
}

bool client_lite_connector_done(void)
{
	bool is_done;

	k_mutex_lock(&lock, K_FOREVER);
	is_done = done.connection != CLIENT_LITE_CONNECTION_NONE;
	k_mutex_unlock(&lock);
	return is_done;
}

enum client_lite_connection
client_lite_connector_take(struct client_lite_association *association)
{
	enum client_lite_connection connection;

	k_mutex_lock(&lock, K_FOREVER);
	connection = done.connection;
	*association = done.association;
	done.connection = CLIENT_LITE_CONNECTION_NONE;
	k_mutex_unlock(&lock);
	return connection;
}

void client_lite_connector_watch(int socket)
{
	bool changed;

	k_mutex_lock(&lock, K_FOREVER);
	changed = wanted.watch != socket;
	wanted.watch = socket;
	if (changed) {
		done.found = 0;
	}
	k_mutex_unlock(&lock);

	if (changed && socket >= 0) {
		k_sem_give(&work);
	}
}

short client_lite_connector_found(void)
{
	short found;

	k_mutex_lock(&lock, K_FOREVER);
	found = done.found;
	done.found = 0;
	k_mutex_unlock(&lock);
	return found;
}

static void run(void *unused1, void *unused2, void *unused3)
{
	ARG_UNUSED(unused1);
	ARG_UNUSED(unused2);
	ARG_UNUSED(unused3);

	for (;;) {
		/* Connecting goes first: what is watched is watched again afterwards. */
		while (connect_next() || watch_next()) {
		}
		(void)k_sem_take(&work, K_FOREVER);
	}
}

/** Whether there was something to connect to. */
static bool connect_next(void)
{
	/* As large as a name can be: not for the stack. */
	static struct client_lite_endpoint endpoint;
	static struct client_lite_association association;
	enum client_lite_connection connection;
	union client_lite_address last;
	uint32_t number;
	bool renew;
	bool stale;

	k_mutex_lock(&lock, K_FOREVER);
	if (!wanted.connect) {
		k_mutex_unlock(&lock);
		return false;
	}
	wanted.connect = false;
	endpoint = *wanted.endpoint;
	last = wanted.last;
	renew = wanted.renew;
	number = wanted.number;
	k_mutex_unlock(&lock);

	connection = connect_to_host(&endpoint, &last, renew, number, &association);

	k_mutex_lock(&lock, K_FOREVER);
	stale = wanted.number != number;
	if (!stale) {
		done.connection = connection;
		done.association = association;
	}
	k_mutex_unlock(&lock);

	if (!stale) {
		client_lite_wake();
	} else if (connection == CLIENT_LITE_CONNECTION_NEW) {
		(void)zsock_close(association.socket);
	}
	return true;
}

/** Whether there was something to watch. */
static bool watch_next(void)
{
	struct zsock_pollfd fd = {.events = ZSOCK_POLLIN};
	bool found;
	int count;

	k_mutex_lock(&lock, K_FOREVER);
	fd.fd = wanted.watch;
	k_mutex_unlock(&lock);
	if (fd.fd < 0) {
		return false;
	}

	count = zsock_poll(&fd, 1, WATCH_MS);

	k_mutex_lock(&lock, K_FOREVER);
	/* Only this thread opens sockets for the client: the number is still of the same one. */
	found = count != 0 && wanted.watch == fd.fd;
	if (found) {
		done.found = count < 0 ? ZSOCK_POLLERR : fd.revents;
		wanted.watch = -1;
	}
	k_mutex_unlock(&lock);

	if (found) {
		client_lite_wake();
	}
	return true;
}

static enum client_lite_connection connect_to_host(const struct client_lite_endpoint *endpoint,
						   const union client_lite_address *last,
						   bool renew, uint32_t number,
						   struct client_lite_association *association)
{
	const struct zsock_addrinfo hints = {
		.ai_family = NET_AF_UNSPEC,
		.ai_socktype = NET_SOCK_DGRAM,
	};
	enum client_lite_connection connection = CLIENT_LITE_CONNECTION_NOT_RESOLVED;
	union client_lite_address address;
	struct zsock_addrinfo *first = NULL;
	struct zsock_addrinfo *info;
	int start = 0;
	int count = 0;
	int error;

	/* Nothing to look up. */
	if (client_lite_numeric(endpoint->host, &address)) {
		net_sin(&address.any)->sin_port = net_htons(endpoint->port);
		return client_lite_connect(endpoint, &address, association);
	}

	error = zsock_getaddrinfo(endpoint->host, NULL, &hints, &first);
	if (error != 0) {
		LOG_WRN("%s: no %saddress: %s", endpoint->host, ONLY_FAMILY,
			zsock_gai_strerror(error));
		return connection;
	}

	for (info = first; info != NULL; info = info->ai_next, count++) {
		address = with_port(info, endpoint->port);
		if (client_lite_same_address(&address, last)) {
			start = renew ? count + 1 : count;
		}
	}
	for (int tried = 0; tried < count && !is_stale(number); tried++) {
		info = first;
		for (int skip = (start + tried) % count; skip > 0; skip--) {
			info = info->ai_next;
		}
		address = with_port(info, endpoint->port);
		connection = client_lite_connect(endpoint, &address, association);
		if (connection == CLIENT_LITE_CONNECTION_NEW) {
			break;
		}
	}
	zsock_freeaddrinfo(first);
	return connection;
}

static union client_lite_address with_port(const struct zsock_addrinfo *info, uint16_t port)
{
	union client_lite_address address = {0};

	memcpy(&address, info->ai_addr, MIN(info->ai_addrlen, sizeof(address)));
	/* At the same place in both families. */
	address.v4.sin_port = net_htons(port);
	return address;
}

static bool is_stale(uint32_t number)
{
	bool stale;

	k_mutex_lock(&lock, K_FOREVER);
	stale = wanted.number != number;
	k_mutex_unlock(&lock);
	return stale;
}
