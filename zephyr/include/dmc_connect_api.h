/*
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * @file
 * @brief Client Lite for C applications: registering the device, and adding resources to it.
 *
 * The usual order: pdmc_connect_init(), pdmc_connect_add_cloud_resource() and
 * `registry_set_value_...()` for each resource, pdmc_connect_register(). All functions return at
 * once and may be called from any thread, also from callbacks, but not from an interrupt. What
 * becomes of a call is told by events. None is lost while another is under way: the same twice is
 * one, and of opposites the later one counts.
 *
 * All functions may be called before pdmc_connect_init(): values and resources are kept, and calls
 * are carried out after it.
 */

#ifndef DMC_CONNECT_API_H
#define DMC_CONNECT_API_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lwm2m_interface.h>
#include <lwm2m_registry.h>

#ifdef __cplusplus
extern "C" {
#endif

struct net_if;

/**
 * @brief Is told what happens.
 *
 * Called on the client's thread with no lock held; all functions of this file and of the registry
 * may be called from it.
 *
 * @param event What happened. Valid during the call.
 * @param user What was given to pdmc_connect_init().
 */
typedef void (*pdmc_connect_handler_t)(lwm2m_interface_event_t *event, void *user);

/**
 * @brief Starts the client's thread. Nothing is sent before pdmc_connect_register().
 *
 * While it runs, further calls do nothing. Where it cannot run, LWM2M_INTERFACE_OBSERVER_EVENT_ERROR
 * says why: MEMORY_FAIL where no file descriptor is left for an event, INVALID_PARAMETERS without
 * entropy. From that event on it may be called again.
 *
 * @param handler Is told what happens; may be NULL.
 * @param user Handed to @p handler.
 */
void pdmc_connect_init(pdmc_connect_handler_t handler, void *user);

/**
 * @brief Registers the device, and keeps it registered until pdmc_connect_close().
 *
 * Ends in LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED, or in an error: BOOTSTRAP_FAILED,
 * NETWORK_ERROR, SECURE_CONNECTION_FAILED, DNS_RESOLVING_FAILED and UNKNOWN_ERROR are temporary,
 * INVALID_PARAMETERS and MEMORY_FAIL halting. While the device is registered, NOT_ALLOWED, and
 * nothing else happens but that the next connection uses @p iface.
 *
 * With CONFIG_CLIENT_LITE_SNAPSHOT the first call also takes over what was stored before a restart,
 * where the objects and their instances are those that it was stored with.
 *
 * @param iface Network interface to use, NULL for the default one. Where it is not up, the error is
 *        NETWORK_ERROR, and the client tries again.
 */
void pdmc_connect_register(struct net_if *iface);

/**
 * @brief Updates the registration now. The client updates it in good time by itself.
 *
 * Ends in LWM2M_INTERFACE_OBSERVER_EVENT_REGISTRATION_UPDATED, or in an error: NETWORK_ERROR,
 * SECURE_CONNECTION_FAILED, DNS_RESOLVING_FAILED and UNKNOWN_ERROR are temporary, NOT_REGISTERED,
 * MEMORY_FAIL and NOT_ALLOWED halting.
 */
void pdmc_connect_register_update(void);

#if defined(CONFIG_CLIENT_LITE_COALESCING) || defined(__DOXYGEN__)
/**
 * @brief Says that the radio is on, or about to be, for another reason than this client.
 *
 * For the modem's events, such as the one some seconds before a tracking area update. An Update in the
 * second half of the time up to it, and notifications that are due whatever the value is (pmax) in
 * the second half of theirs, go now instead of turning the radio on later. Otherwise, and while the
 * device is not registered, nothing happens.
 */
void pdmc_connect_radio_on(void);
#endif

/**
 * @brief De-registers the device.
 *
 * Ends in LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED, or in a halting error:
 * NOT_REGISTERED, NETWORK_ERROR, MEMORY_FAIL, SECURE_CONNECTION_FAILED, DNS_RESOLVING_FAILED,
 * NOT_ALLOWED, UNKNOWN_ERROR or UNREGISTRATION_FAILED.
 */
void pdmc_connect_close(void);

/**
 * @brief Sends nothing and stops all timers, without de-registering.
 *
 * For an application that switches the network off. The socket stays open, so that a DTLS session
 * that still holds afterwards goes on. The registration runs out after its lifetime.
 */
void pdmc_connect_pause(void);

/**
 * @brief Goes on after pdmc_connect_pause(), with the registration if it still holds.
 *
 * @param iface Network interface to use, NULL for the default one.
 */
void pdmc_connect_resume(struct net_if *iface);

/**
 * @brief The client.
 *
 * @return Never NULL; `&pdmc_connect_get_interface()->endpoint.registry` is its registry.
 */
lwm2m_interface_t *pdmc_connect_get_interface(void);

/**
 * @brief Adds a single resource to the device.
 *
 * It appears for the server at once, and has no value before one is set. An object or object
 * instance that is new thereby is told to the server, also while the device is registered. Where
 * the resource is there already, its value stays, and @p auto_observable and @p callback take the
 * place of those before.
 *
 * On failure one line in the log says what to do.
 *
 * @param registry `&pdmc_connect_get_interface()->endpoint.registry`
 * @param[out] path Path of the resource, for setting its value.
 * @param object Object id; an object of LWM2M_OBJECT_REGISTER() that has this resource.
 * @param object_instance Object instance id, 0 to 65534.
 * @param resource Resource id.
 * @param auto_observable Whether new values reach the server without its asking: by Send, with a
 *        server of LwM2M 1.1 that takes them, or with CONFIG_CLIENT_LITE_IZUMA_PROFILE by
 *        notifications, from the next registration on. Observers get them in any case.
 * @param callback Is told what the server does with the resource; may be NULL. Executing a
 *        resource without one is refused with 4.05 Method Not Allowed.
 *
 * @return 1 on success. 0 where @p registry or @p path is NULL, an id is 65535, the object or
 *         resource is not defined, the resource is a multiple one, or CONFIG_CLIENT_LITE_OBJECTS or
 *         CONFIG_CLIENT_LITE_RESOURCES is used up.
 */
int pdmc_connect_add_cloud_resource(registry_t *registry, registry_path_t *path,
				    const uint16_t object, const uint16_t object_instance,
				    const uint16_t resource, bool auto_observable,
				    registry_callback_t callback);

/**
 * @brief Adds an instance of a multiple resource to the device.
 *
 * As pdmc_connect_add_cloud_resource(), for resources that are defined with
 * LWM2M_RESOURCE_MULTIPLE_INSTANCES.
 *
 * @param registry See pdmc_connect_add_cloud_resource().
 * @param[out] path Path of the resource instance.
 * @param object See pdmc_connect_add_cloud_resource().
 * @param object_instance See pdmc_connect_add_cloud_resource().
 * @param resource See pdmc_connect_add_cloud_resource().
 * @param resource_instance Resource instance id, 0 to 65534.
 * @param auto_observable See pdmc_connect_add_cloud_resource(). Where one instance is, all
 *        instances of the resource are sent.
 * @param callback See pdmc_connect_add_cloud_resource().
 *
 * @return 1 on success. 0 as with pdmc_connect_add_cloud_resource(), and where the resource is a
 *         single one.
 */
int pdmc_connect_add_cloud_resource_instance(registry_t *registry, registry_path_t *path,
					     const uint16_t object, const uint16_t object_instance,
					     const uint16_t resource,
					     const uint16_t resource_instance, bool auto_observable,
					     registry_callback_t callback);

#if defined(CONFIG_CLIENT_LITE_SEND) || defined(__DOXYGEN__)
/**
 * @brief Sends values to the server without its asking, as they are when the message leaves.
 *
 * For values that belong together: those of one call go in one message where it holds them. The
 * resources need not be auto-observable. A resource's callback is told by
 * REGISTRY_CALLBACK_NOTIFICATION_STATUS when the server has its value. Before the registration they
 * wait. A server of LwM2M 1.0, or one that refuses Send, gets none, and the log says so.
 *
 * @param paths Resources, resource instances, or object instances and objects with all that is
 *        below them.
 * @param count How many.
 *
 * @return REGISTRY_STATUS_OK. REGISTRY_STATUS_INVALID_INPUT where @p paths is NULL or one of them is
 *         no path, REGISTRY_STATUS_NOT_FOUND where nothing is added at one of them,
 *         REGISTRY_STATUS_NO_MEMORY where CONFIG_CLIENT_LITE_CHANGES is used up; nothing is sent
 *         then.
 */
registry_status_t pdmc_connect_send(const registry_path_t *paths, size_t count);
#endif

#if (defined(CONFIG_CLIENT_LITE_RECORDS) && CONFIG_CLIENT_LITE_RECORDS > 0) || defined(__DOXYGEN__)
/**
 * @brief Keeps values with the time at which they were measured, until the server has acknowledged
 *        them.
 *
 * For values of which each counts, also those from before the registration and from an outage. They
 * go out by Send, as many in a message as it holds: after pdmc_connect_send_records(), with the next
 * Send of other values, or when three quarters of CONFIG_CLIENT_LITE_RECORDS are used. Where all are,
 * the oldest makes room, which the log tells once. A record whose acknowledgement is lost reaches the
 * server twice. They wait where the server is of LwM2M 1.0 or refuses Send. Callbacks are not told.
 *
 * @param paths Resources and resource instances with an integer, a float, a boolean or a time; each
 *        is kept with its present value.
 * @param count How many, at most CONFIG_CLIENT_LITE_CHANGES at once.
 * @param time In milliseconds since 1970-01-01T00:00Z.
 *
 * @return REGISTRY_STATUS_OK. REGISTRY_STATUS_INVALID_INPUT where @p paths is NULL, one of them is
 *         no path of a resource or has a value of another type, or @p time is before 1978-07-04T21:24:16Z,
 *         as that of a clock that is not set; REGISTRY_STATUS_NOT_FOUND where nothing is added at one
 *         of them, REGISTRY_STATUS_NO_DATA where one has no value, REGISTRY_STATUS_NO_MEMORY where
 *         CONFIG_CLIENT_LITE_CHANGES is used up; nothing is kept then.
 */
registry_status_t pdmc_connect_record(const registry_path_t *paths, size_t count, int64_t time);

/**
 * @brief Sends what pdmc_connect_record() has kept, as soon as the server takes it.
 *
 * The place to call it is where the radio is on anyway: when the device has registered, or has
 * updated its registration. Where nothing is kept, nothing is sent.
 */
void pdmc_connect_send_records(void);
#endif

#if defined(CONFIG_CLIENT_LITE_SNAPSHOT) || defined(__DOXYGEN__)
/**
 * @brief Stores what the client has, so that it outlives a loss of power.
 *
 * What the client needs is stored by itself. What pdmc_connect_record() has kept is stored along with
 * it, but is no reason to store: an application that must not lose it calls this, and not more often
 * than the flash memory bears. CONFIG_CLIENT_LITE_SNAPSHOT_SIZE has to have room, of 25 bytes for each
 * record. Before pdmc_connect_register() it waits.
 */
void pdmc_connect_request_snapshot(void);
#endif

/**
 * @brief Room for the endpoint name and its terminator: CONFIG_CLIENT_LITE_ENDPOINT_NAME_SIZE, or
 *        more where CONFIG_CLIENT_LITE_ENDPOINT_NAME needs it.
 */
#define PDMC_ENDPOINT_NAME_SIZE                                                                    \
	(sizeof(CONFIG_CLIENT_LITE_ENDPOINT_NAME) > CONFIG_CLIENT_LITE_ENDPOINT_NAME_SIZE          \
		 ? sizeof(CONFIG_CLIENT_LITE_ENDPOINT_NAME)                                        \
		 : CONFIG_CLIENT_LITE_ENDPOINT_NAME_SIZE)

/** @brief Who this device is at the server. */
typedef struct pdmc_endpoint_info_ {
	/** The name that it registered with. */
	char endpoint_name[PDMC_ENDPOINT_NAME_SIZE];
	/** The id that the server gave it. */
	char device_id[CONFIG_CLIENT_LITE_LOCATION_SIZE];
} pdmc_endpoint_info_s;

/**
 * @brief Who this device is at the server.
 *
 * @param[out] endpoint_info Both names, terminated.
 *
 * @return false where the device is not registered, or @p endpoint_info is NULL; nothing is written
 *         then.
 */
bool pdmc_connect_endpoint_info(pdmc_endpoint_info_s *endpoint_info);

/**
 * @brief The name that the device registers with.
 *
 * @param[out] endpoint_name The name, terminated. What does not fit is cut off.
 * @param size Size of @p endpoint_name in bytes.
 *
 * @return false where the device has no name, @p endpoint_name is NULL or @p size is 0.
 */
bool pdmc_connect_get_endpoint_name(char *endpoint_name, size_t size);

/**
 * @brief The id that the server gave the device.
 *
 * @param[out] device_id The id, terminated. What does not fit is cut off.
 * @param size Size of @p device_id in bytes.
 *
 * @return false where the device is not registered, @p device_id is NULL or @p size is 0.
 */
bool pdmc_connect_get_device_id(char *device_id, size_t size);

#ifdef __cplusplus
}
#endif

#endif /* DMC_CONNECT_API_H */
