/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * UDP sockets like a modem's: they lie over the board's own, but take the whole poll, refuse other
 * descriptors in it, and do not end a poll when they are closed. They do not tell their address.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/socket.h>
#if defined(CONFIG_TEST_RELEASE_ASSISTANCE)
#include <zephyr/net/socket_ncs.h>
#endif
#include <zephyr/net/socket_offload.h>
#include <zephyr/posix/fcntl.h>
#include <zephyr/sys/fdtable.h>

#include "sockets_internal.h"

LOG_MODULE_REGISTER(exclusive_socket, LOG_LEVEL_INF);

/** As often does a poll look at the socket below. */
#define LOOK_MS 10

struct exclusive_socket {
	bool used;
	/** The board's own socket. */
	int below;
};

static struct exclusive_socket sockets[4];
static const struct socket_op_vtable vtable;
/** While the socket below is made, this implementation must not be asked again. */
static bool is_making;

static bool is_supported(int family, int type, int protocol)
{
	return !is_making && (family == AF_INET || family == AF_INET6) && type == SOCK_DGRAM &&
	       (protocol == IPPROTO_UDP ||
		(IS_ENABLED(CONFIG_TEST_MODEM_KEYS) && protocol == IPPROTO_DTLS_1_2));
}

static int create(int family, int type, int protocol)
{
	int fd = zvfs_reserve_fd();

	ARG_UNUSED(protocol);
	if (fd < 0) {
		return -1;
	}
	for (size_t i = 0; i < ARRAY_SIZE(sockets); i++) {
		struct exclusive_socket *sock = &sockets[i];

		if (sock->used) {
			continue;
		}
		is_making = true;
		sock->below = zsock_socket(family, type, IPPROTO_UDP);
		is_making = false;
		if (sock->below < 0) {
			break;
		}
		sock->used = true;
		zvfs_finalize_typed_fd(fd, sock, (const struct fd_op_vtable *)&vtable,
				       ZVFS_MODE_IFSOCK);
		return fd;
	}
	zvfs_free_fd(fd);
	errno = ENOMEM;
	return -1;
}

static int close_socket(void *object, int fd)
{
	struct exclusive_socket *sock = object;
	int below = sock->below;

	ARG_UNUSED(fd);
	sock->used = false;
	sock->below = -1;
	return zsock_close(below);
}

static int poll_exclusively(struct zsock_pollfd *fds, int count, int timeout)
{
	k_timepoint_t end = sys_timepoint_calc(timeout < 0 ? K_FOREVER : K_MSEC(timeout));

	for (;;) {
		int ready = 0;

		for (int i = 0; i < count; i++) {
			struct exclusive_socket *sock = zvfs_get_fd_obj(
				fds[i].fd, (const struct fd_op_vtable *)&vtable, 0);
			struct zsock_pollfd below = {.events = fds[i].events};

			if (sock == NULL) {
				if (zvfs_get_fd_obj(fds[i].fd, NULL, 0) != NULL) {
					errno = EXDEV;
					return -1;
				}
				/* Closed meanwhile: nothing comes any more. */
				continue;
			}
			below.fd = sock->below;
			(void)zsock_poll(&below, 1, 0);
			fds[i].revents = below.revents;
			ready += below.revents != 0;
		}
		if (ready > 0 || sys_timepoint_expired(end)) {
			return ready;
		}
		k_msleep(LOOK_MS);
	}
}

static int ioctl(void *object, unsigned int request, va_list args)
{
	struct exclusive_socket *sock = object;

	switch (request) {
	case ZFD_IOCTL_POLL_PREPARE:
		return -EXDEV;
	case ZFD_IOCTL_POLL_UPDATE:
		return -EOPNOTSUPP;
	case ZFD_IOCTL_POLL_OFFLOAD: {
		struct zsock_pollfd *fds = va_arg(args, struct zsock_pollfd *);
		int count = va_arg(args, int);
		int timeout = va_arg(args, int);

		return poll_exclusively(fds, count, timeout);
	}
	case ZFD_IOCTL_SET_LOCK:
		return 0;
	case F_GETFL:
		return zsock_fcntl(sock->below, F_GETFL, 0);
	case F_SETFL:
		return zsock_fcntl(sock->below, F_SETFL, va_arg(args, int));
	default:
		errno = EOPNOTSUPP;
		return -1;
	}
}

static int bind_socket(void *object, const struct sockaddr *address, socklen_t length)
{
	return zsock_bind(((struct exclusive_socket *)object)->below, address, length);
}

static int connect_socket(void *object, const struct sockaddr *address, socklen_t length)
{
	return zsock_connect(((struct exclusive_socket *)object)->below, address, length);
}

static ssize_t send_to(void *object, const void *data, size_t size, int flags,
		       const struct sockaddr *address, socklen_t length)
{
	return zsock_sendto(((struct exclusive_socket *)object)->below, data, size, flags, address,
			    length);
}

static ssize_t receive_from(void *object, void *data, size_t size, int flags,
			    struct sockaddr *address, socklen_t *length)
{
	return zsock_recvfrom(((struct exclusive_socket *)object)->below, data, size, flags,
			      address, length);
}

static int get_option(void *object, int level, int option, void *value, socklen_t *length)
{
	return zsock_getsockopt(((struct exclusive_socket *)object)->below, level, option, value,
				length);
}

static int set_option(void *object, int level, int option, const void *value, socklen_t length)
{
	if (IS_ENABLED(CONFIG_TEST_MODEM_KEYS) && level == SOL_TLS) {
		return 0;
	}
#if defined(SO_RAI)
	if (level == SOL_SOCKET && option == SO_RAI) {
		LOG_INF("SO_RAI %d", *(const int *)value);
		return 0;
	}
#endif
	return zsock_setsockopt(((struct exclusive_socket *)object)->below, level, option, value,
				length);
}

static const struct socket_op_vtable vtable = {
	.fd_vtable = {
		.close2 = close_socket,
		.ioctl = ioctl,
	},
	.bind = bind_socket,
	.connect = connect_socket,
	.sendto = send_to,
	.recvfrom = receive_from,
	.getsockopt = get_option,
	.setsockopt = set_option,
};

/* Before the board's own sockets, after TLS. */
NET_SOCKET_REGISTER(exclusive, 40, AF_UNSPEC, is_supported, create);
