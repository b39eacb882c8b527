/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What the Rust glue needs of Zephyr. zephyr/build.rs makes Rust's declarations of this file. No
 * floating-point number crosses this border by value: native_sim's Rust target passes them otherwise
 * than gcc does.
 */

#ifndef CLIENT_LITE_PLATFORM_H_
#define CLIENT_LITE_PLATFORM_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <client_lite_credentials.h>

/* Commands. Each is a bit of one atomic word: the same twice is one, of opposites the later wins. */

enum client_lite_command {
	CLIENT_LITE_REGISTER = 1 << 0,
	CLIENT_LITE_CLOSE = 1 << 1,
	CLIENT_LITE_UPDATE = 1 << 2,
	CLIENT_LITE_PAUSE = 1 << 3,
	CLIENT_LITE_RESUME = 1 << 4,
	/** The interface went down. */
	CLIENT_LITE_NETWORK_DOWN = 1 << 5,
	/** The interface came up. */
	CLIENT_LITE_NETWORK_UP = 1 << 6,
	/** The registry has changed: new values, resources or callbacks. */
	CLIENT_LITE_CHANGED = 1 << 7,
	/** The radio is on, or about to be. */
	CLIENT_LITE_RADIO_ON = 1 << 8,
	/** What the client has is to be stored. */
	CLIENT_LITE_REQUEST_SNAPSHOT = 1 << 9,
};

/** Sets one command and wakes the client's thread. From any thread, not from an interrupt. */
void client_lite_command(enum client_lite_command command);

/** Takes all commands; the word is 0 afterwards. */
uint32_t client_lite_take_commands(void);

/* Waiting. */

/**
 * Prepares the event that the client's thread waits on, and the connector.
 *
 * @return 0, or a negative errno: no file descriptor is left.
 */
int client_lite_start(void);

/**
 * Waits for commands, for the connector, for a datagram, or until a time.
 *
 * @param until milliseconds of client_lite_uptime(); INT64_MAX waits for ever.
 * @param asleep datagrams end the wait only where that costs no wake-up while none comes.
 * @return whether the socket has a datagram or an error: client_lite_receive() tells.
 */
bool client_lite_wait(int64_t until, bool asleep);

/** Milliseconds since boot. */
int64_t client_lite_uptime(void);

/**
 * Random bytes from the platform's cryptographic source.
 *
 * @return 0, or a negative errno where there is no such source or it fails.
 */
int client_lite_entropy(void *bytes, size_t size);

/* The transport to the server. One association at a time. */

/* What the handshake with a server can propose. */
#define CLIENT_LITE_LONGEST_NAME       64
#define CLIENT_LITE_MOST_CIPHER_SUITES 8

struct client_lite_server {
	/** Name or address, without brackets, not terminated. */
	const char *host;
	size_t host_length;
	uint16_t port;
	/** Whether to use DTLS with the credentials under sec_tag. */
	bool secure;
	int32_t sec_tag;
	/** Whether its certificate has to be the one under sec_tag, which is otherwise its authority's. */
	bool pinned;
	/**
	 * The name to ask for and to check, in place of the host, not terminated, of
	 * CLIENT_LITE_LONGEST_NAME bytes at most; none where it is empty.
	 */
	const char *name;
	size_t name_length;
	/**
	 * IANA's numbers of the cipher suites to propose, CLIENT_LITE_MOST_CIPHER_SUITES at most; 0
	 * stands for none. All where there are none.
	 */
	const uint16_t *cipher_suites;
	size_t cipher_suite_count;
	/** Whether an association that still holds must not go on. */
	bool renew;
};

/**
 * Opens an association, in the connector; closes the one before, if there is one and it cannot go
 * on. What is under way already is given up, its result discarded.
 */
void client_lite_open(const struct client_lite_server *server);

/** Closes what is open, or gives up opening. Never blocks on the connector. */
void client_lite_close(void);

enum client_lite_connection {
	/** Nothing new. */
	CLIENT_LITE_CONNECTION_NONE,
	/** A new association. */
	CLIENT_LITE_CONNECTION_NEW,
	/** The association before goes on. */
	CLIENT_LITE_CONNECTION_CONTINUED,
	/** The name has no address. */
	CLIENT_LITE_CONNECTION_NOT_RESOLVED,
	/** The handshake failed. */
	CLIENT_LITE_CONNECTION_HANDSHAKE,
	/** The server's certificate was not accepted. */
	CLIENT_LITE_CONNECTION_CERTIFICATE,
	/** The socket failed. */
	CLIENT_LITE_CONNECTION_SOCKET,
	/** The interface is down. */
	CLIENT_LITE_CONNECTION_INTERFACE_DOWN,
	/** The credentials under the security tag are missing, or of no use. */
	CLIENT_LITE_CONNECTION_CREDENTIALS,
};

/** What has become of client_lite_open(); each result is told once. Logs the cause of a failure. */
enum client_lite_connection client_lite_connection(void);

/** An end of an association: an IPv6 address, or an IPv4 address as one (RFC 4291, 2.5.5.2). */
struct client_lite_end {
	uint8_t address[16];
	uint16_t port;
};

/**
 * The ends of the open association.
 *
 * @return false under DTLS, where the server knows it by something else, and where the stack does not
 *         tell.
 */
bool client_lite_ends(struct client_lite_end *local, struct client_lite_end *remote);

/**
 * The ends of the association from before a restart: one between the same is
 * CLIENT_LITE_CONNECTION_CONTINUED. To be called before client_lite_open().
 */
void client_lite_go_on_between(const struct client_lite_end *local,
			       const struct client_lite_end *remote);

/* What client_lite_receive() returns instead of a length: not errno's values, which differ between
 * the C libraries.
 */
#define CLIENT_LITE_RECEIVED_NOTHING   (-1)
#define CLIENT_LITE_RECEIVED_TOO_LARGE (-2)
#define CLIENT_LITE_RECEIVED_FAILED    (-3)

/**
 * Takes a datagram from the open association, without waiting.
 *
 * @return its length; CLIENT_LITE_RECEIVED_TOO_LARGE where it was larger than size and is lost;
 *         CLIENT_LITE_RECEIVED_FAILED where the association is lost (logged).
 */
int client_lite_receive(void *buffer, size_t size);

/**
 * Sends a datagram over the open association, without waiting. What the stack cannot take now is
 * lost like a datagram in the network.
 *
 * @return 0, or a negative errno where the association is lost (logged).
 */
int client_lite_send(const void *datagram, size_t length);

/** What the device expects, for a modem's release assistance. */
enum client_lite_expectation {
	/** Nothing is sent or received from now on. */
	CLIENT_LITE_EXPECT_NO_DATA,
	/** Nothing follows the next datagram. */
	CLIENT_LITE_EXPECT_NOTHING,
	/** One datagram comes back after the next one. */
	CLIENT_LITE_EXPECT_ONE_RESPONSE,
	/** The device sends more after the next datagram. */
	CLIENT_LITE_EXPECT_ONGOING,
	/** The server sends more after the next datagram. */
	CLIENT_LITE_EXPECT_MORE,
};

/**
 * Tells the modem what the device expects, where it wants to know: its sockets then have the option
 * SO_RAI.
 */
void client_lite_assist_release(enum client_lite_expectation expectation);

/**
 * Stores an account's credentials under a security tag, in place of those of the account before.
 *
 * @param credentials One of each kind.
 *
 * @return 0, or a negative errno (logged): one is too long, there is no room for another, or this image
 *         has nothing of its kind.
 */
int client_lite_store(int32_t sec_tag, const struct client_lite_credential *credentials);

/* What outlives a loss of power, with CONFIG_CLIENT_LITE_SNAPSHOT. */

enum client_lite_part {
	CLIENT_LITE_PART_ACCOUNTS,
	CLIENT_LITE_PART_SESSION,
};

/**
 * Reads a part that was stored, as much of it as there is room for.
 *
 * @return its length; 0 where there is none; a negative errno where the settings cannot be used
 *         (logged).
 */
int client_lite_load_snapshot(enum client_lite_part part, void *buffer, size_t size);

/**
 * Stores a part in place of what there was, as a whole or not at all.
 *
 * @return 0, or a negative errno (logged).
 */
int client_lite_save_snapshot(enum client_lite_part part, const void *bytes, size_t length);

/**
 * Milliseconds since 1970 of the real-time clock that the devicetree's alias rtc stands for.
 *
 * @return -1 without one, and where it has not been set.
 */
int64_t client_lite_time(void);

/* The device. */

/**
 * The endpoint name: CONFIG_CLIENT_LITE_ENDPOINT_NAME, or made from the hardware's id.
 *
 * @return its length, at most size; 0 where the hardware has no id (logged).
 */
size_t client_lite_endpoint_name(char *name, size_t size);

enum client_lite_log_level {
	CLIENT_LITE_LOG_ERR,
	CLIENT_LITE_LOG_WRN,
	CLIENT_LITE_LOG_INF,
	CLIENT_LITE_LOG_DBG,
};

/** Room for a line of the log and its terminator. */
#define CLIENT_LITE_LOG_LINE_SIZE 128

/** One line to the log, cut where it is too long. The text is not terminated. */
void client_lite_log(enum client_lite_log_level level, const char *text, size_t length);

/**
 * Restarts the device after a moment, in which the response to the server leaves it. Does nothing
 * without CONFIG_CLIENT_LITE_REBOOT.
 */
void client_lite_reboot(void);

/** Stops the system for a defect in the Rust code at this place. */
void client_lite_panic(const char *file, size_t length, uint32_t line) __attribute__((noreturn));

/* What the shell and the C API tell of the client. */

enum client_lite_state {
	CLIENT_LITE_STATE_IDLE,
	CLIENT_LITE_STATE_HALTED,
	CLIENT_LITE_STATE_BOOTSTRAPPING,
	CLIENT_LITE_STATE_REGISTERING,
	CLIENT_LITE_STATE_REGISTERED,
	CLIENT_LITE_STATE_UPDATING,
	CLIENT_LITE_STATE_DEREGISTERING,
	CLIENT_LITE_STATE_DISABLED,
};

struct client_lite_status {
	/** Of enum client_lite_state. */
	uint8_t state;
	bool paused;
	bool listening;
	/** Of lwm2m_interface_error_t, the newest; LWM2M_INTERFACE_ERROR_NONE where there is none. */
	uint8_t error;
	/** When, in milliseconds of uptime. */
	int64_t error_at;
	/** When the next Update is due, in milliseconds of uptime; -1 where none is. */
	int64_t next_update;
	/** When what has failed is tried again, in milliseconds of uptime; -1 where nothing has. */
	int64_t next_attempt;
	/** When a server that has disabled itself gets a Register again; -1 where none has. */
	int64_t disabled_until;
	uint32_t registrations;
	uint32_t updates;
	uint32_t errors;
	uint32_t retransmissions;
	uint32_t notifications;
	uint32_t discarded;
	uint32_t records_dropped;
	uint32_t bytes_sent;
	uint32_t bytes_received;
};

/** The client's thread publishes where it stands, after each turn, where there is a shell. */
void client_lite_publish_status(const struct client_lite_status *status);

/**
 * The client's thread publishes who it is at the server, after each turn.
 *
 * @param endpoint_name not terminated.
 * @param device_id not terminated; empty while the device is not registered.
 */
void client_lite_publish_names(const char *endpoint_name, size_t endpoint_name_length,
			       const char *device_id, size_t device_id_length);

/* Locks the registry of the C API and what other threads are told: short, never held in a callback. */
void client_lite_lock(void);
void client_lite_unlock(void);

#endif /* CLIENT_LITE_PLATFORM_H_ */
