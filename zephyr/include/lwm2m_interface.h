/*
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * @file
 * @brief The client as the application sees it: its events and errors, and the way to its registry.
 */

#ifndef LWM2M_INTERFACE_H
#define LWM2M_INTERFACE_H

#include <stdint.h>

#include <lwm2m_registry.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @brief What has happened: lwm2m_interface_event_t::event_id. */
typedef enum {
	/** An operation failed; lwm2m_interface_event_t::event_type has the error. */
	LWM2M_INTERFACE_OBSERVER_EVENT_ERROR = 1,
	/** The device is registered, and pdmc_connect_endpoint_info() has its names. */
	LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED = 2,
	/**
	 * The device is de-registered. Where the server has disabled itself (/1/0/4), the client
	 * registers anew by itself when the Disable Timeout is over (/1/0/5).
	 */
	LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED = 3,
	/** The registration is updated. */
	LWM2M_INTERFACE_OBSERVER_EVENT_REGISTRATION_UPDATED = 4,
	/** The bootstrap server has written its accounts; the registration follows. */
	LWM2M_INTERFACE_OBSERVER_EVENT_BOOTSTRAP_DONE = 5,
} lwm2m_interface_observer_event_t;

/**
 * @brief Why an operation failed: lwm2m_interface_event_t::event_type of an error.
 *
 * After a temporary error the client tries again by itself, for ever, after waits that are random and
 * grow up to a limit. After a halting one it stops until the application calls
 * pdmc_connect_register(). An error of pdmc_connect_close() always halts.
 */
typedef enum {
	/** No error. Those that are not used are there for code that names them. */
	LWM2M_INTERFACE_ERROR_NONE = 0,
	/** Not used. */
	LWM2M_INTERFACE_ERROR_ALREADY_EXISTS = 1,
	/** The bootstrap server refused, or did not finish. Temporary. */
	LWM2M_INTERFACE_ERROR_BOOTSTRAP_FAILED = 2,
	/** The server refuses this device, or the configuration cannot work. Halting. */
	LWM2M_INTERFACE_ERROR_INVALID_PARAMETERS = 3,
	/**
	 * The device is not registered, or the server has forgotten it. With
	 * CONFIG_CLIENT_LITE_REREGISTER the client then registers anew, otherwise halting.
	 */
	LWM2M_INTERFACE_ERROR_NOT_REGISTERED = 4,
	/** Not used: NETWORK_ERROR it is. */
	LWM2M_INTERFACE_ERROR_TIMEOUT = 5,
	/** The server does not respond, or there is no network. Temporary. */
	LWM2M_INTERFACE_ERROR_NETWORK_ERROR = 6,
	/** Not used: UNKNOWN_ERROR it is. */
	LWM2M_INTERFACE_ERROR_RESPONSE_PARSE_FAILED = 7,
	/** The server responds with another error, or makes no sense. Temporary. */
	LWM2M_INTERFACE_ERROR_UNKNOWN_ERROR = 8,
	/** A message or a table does not fit into its memory. Halting. */
	LWM2M_INTERFACE_ERROR_MEMORY_FAIL = 9,
	/** The server forbids it: halting. Or the call came at a wrong time, and changes nothing. */
	LWM2M_INTERFACE_ERROR_NOT_ALLOWED = 10,
	/** The DTLS handshake failed, or the server's certificate was not accepted. Temporary. */
	LWM2M_INTERFACE_ERROR_SECURE_CONNECTION_FAILED = 11,
	/** Not used: SECURE_CONNECTION_FAILED it is, and the event's detail says so. */
	LWM2M_INTERFACE_ERROR_CERTIFICATE_FAILED = 12,
	/** Not used. */
	LWM2M_INTERFACE_ERROR_PLATFORM_FAULT = 13,
	/** Not used. */
	LWM2M_INTERFACE_ERROR_INTERNAL_FAILURE = 14,
	/** The server's name has no address. Temporary. */
	LWM2M_INTERFACE_ERROR_DNS_RESOLVING_FAILED = 15,
	/** The server refuses to de-register the device. Halting. */
	LWM2M_INTERFACE_ERROR_UNREGISTRATION_FAILED = 16,
} lwm2m_interface_error_t;

/** @brief What the event handler is given. */
typedef struct lwm2m_interface_event_s {
	/** Of lwm2m_interface_observer_event_t. */
	uint8_t event_id;
	/** Of lwm2m_interface_error_t; LWM2M_INTERFACE_ERROR_NONE unless it is an error. */
	uint8_t event_type;
	/**
	 * The cause of an error in words, otherwise NULL, and always NULL without
	 * CONFIG_CLIENT_LITE_ERROR_TEXTS. Valid during the call.
	 */
	const char *detail;
} lwm2m_interface_event_t;

/** @brief The device's side of the registration. */
typedef struct endpoint_s {
	/** What the device shows to the server. */
	registry_t registry;
} endpoint_t;

/** @brief The client. pdmc_connect_get_interface() has the one there is. */
typedef struct lwm2m_interface_s {
	/** The device's side of the registration. */
	endpoint_t endpoint;
} lwm2m_interface_t;

/**
 * @brief Is told that the device may sleep.
 *
 * @param interface The client.
 */
typedef void (*interface_callback_handler)(void *interface);

/**
 * @brief Sets who is told, in queue mode, that the server will not speak before the device does.
 *
 * Called on the client's thread with no lock held, CONFIG_CLIENT_LITE_QUEUE_AWAKE_TIME after the last
 * message: the place to let a modem sleep. The client's next message needs it awake again.
 *
 * @param interface pdmc_connect_get_interface(); with another one, or NULL, nothing happens.
 * @param handler The handler; NULL for none.
 */
void lwm2m_interface_set_queue_sleep_handler(lwm2m_interface_t *interface,
					     interface_callback_handler handler);

#ifdef __cplusplus
}
#endif

#endif /* LWM2M_INTERFACE_H */
