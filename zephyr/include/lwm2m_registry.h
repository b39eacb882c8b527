/*
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * @file
 * @brief The registry: the values of the resources that the device shows to the server.
 *
 * All functions return at once and may be called from any thread, also from callbacks and before
 * pdmc_connect_init(), but not from an interrupt. There is one registry,
 * `&pdmc_connect_get_interface()->endpoint.registry`; another pointer, or NULL, is
 * REGISTRY_STATUS_INVALID_INPUT. A failure that a caller can prevent is also told by one line in the
 * log, which says what to do.
 */

#ifndef LWM2M_REGISTRY_H
#define LWM2M_REGISTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <lwm2m_registry_meta.h>
#include <lwm2m_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @brief The registry. Its contents are reached by functions only. */
typedef struct registry_s {
	/** @cond INTERNAL_HIDDEN */
	uint8_t unused;
	/** @endcond */
} registry_t;

/**
 * @brief Is told what the server does with a resource.
 *
 * Called on the client's thread with no lock held. All functions of the registry and of
 * dmc_connect_api.h may be called from it. Meanwhile the client does nothing else: what takes long
 * belongs to a work item or a thread, and so does a reboot, which would cut off the response.
 *
 * @param type Why it is called.
 * @param path Path of the resource; of the resource instance where it is a multiple one; of the object
 *        instance that the server has created or deleted, for the callback of
 *        LWM2M_OBJECT_REGISTER_CREATABLE().
 * @param token NULL.
 * @param value With REGISTRY_CALLBACK_VALUE_UPDATED the newest value; with
 *        REGISTRY_CALLBACK_EXECUTE the arguments of the execution in
 *        `generic_value.data.opaque_data`, of size 0 where there are none; otherwise NULL. Valid
 *        during the call.
 * @param status With REGISTRY_CALLBACK_NOTIFICATION_STATUS the status, otherwise
 *        NOTIFICATION_STATUS_IGNORE.
 * @param registry The registry.
 *
 * @return For REGISTRY_CALLBACK_EXECUTE what the response is: REGISTRY_STATUS_OK is 2.04
 *         Changed, REGISTRY_STATUS_INVALID_INPUT is 4.00 Bad Request, all others are 5.00 Internal
 *         Server Error. Otherwise without meaning.
 */
typedef registry_status_t (*registry_callback_t)(registry_callback_type_t type,
						 const registry_path_t *path,
						 const registry_callback_token_t *token,
						 const registry_object_value_t *value,
						 const registry_notification_status_t status,
						 registry_t *registry);

/**
 * @brief Fills in a path.
 *
 * @param[out] path The path; with NULL nothing happens, and nothing is logged.
 * @param object Object id.
 * @param object_instance Object instance id; ignored below the level of @p type, as those that
 *        follow.
 * @param resource Resource id.
 * @param resource_instance Resource instance id.
 * @param type REGISTRY_PATH_OBJECT to REGISTRY_PATH_RESOURCE_INSTANCE.
 */
void registry_set_path(registry_path_t *path, const uint16_t object, const uint16_t object_instance,
		       const uint16_t resource, const uint16_t resource_instance,
		       const uint8_t type);

/**
 * @defgroup set_value Setting values
 *
 * A new value reaches the observers of the resource, and the server if the resource is
 * auto-observable. Of several values before that, the last one does. One that is there already is
 * not new, but the first one always is. A value that cannot be stored leaves the one before.
 *
 * @retval REGISTRY_STATUS_OK Set.
 * @retval REGISTRY_STATUS_NOT_FOUND Neither pdmc_connect_add_cloud_resource() nor
 *         pdmc_connect_add_cloud_resource_instance() nor a server has added this path, or it was
 *         removed.
 * @retval REGISTRY_STATUS_NO_MEMORY A text or opaque value is longer than
 *         CONFIG_CLIENT_LITE_VALUE_SIZE, or CONFIG_CLIENT_LITE_VALUE_POOL has no room for it.
 * @retval REGISTRY_STATUS_INVALID_INPUT An argument is NULL, the path is none of a resource, the
 *         resource is of another type, or a text is no UTF-8.
 * @{
 */

/** @brief Sets an integer. */
registry_status_t registry_set_value_int(registry_t *registry, const registry_path_t *path,
					 int64_t value);

/** @brief Sets an unsigned number. */
registry_status_t registry_set_value_unsigned(registry_t *registry, const registry_path_t *path,
					      uint64_t value);

/** @cond INTERNAL_HIDDEN */
registry_status_t client_lite_set_value_float(registry_t *registry, const registry_path_t *path,
					      const double *value);
/** @endcond */

/** @brief Sets a float; NaN is REGISTRY_STATUS_INVALID_INPUT. */
static inline registry_status_t registry_set_value_float(registry_t *registry,
							 const registry_path_t *path, double value)
{
	/* Where Rust is built without floating-point registers, a value would go astray. */
	return client_lite_set_value_float(registry, path, &value);
}

/** @brief Sets a boolean. */
registry_status_t registry_set_value_boolean(registry_t *registry, const registry_path_t *path,
					     bool value);

/** @brief Sets a time, in seconds since 1970-01-01T00:00Z. */
registry_status_t registry_set_value_time(registry_t *registry, const registry_path_t *path,
					  int64_t value);

/** @brief Sets an object link. */
registry_status_t registry_set_value_objlnk(registry_t *registry, const registry_path_t *path,
					    registry_objlnk_t value);

/**
 * @brief Sets a text, which is copied: @p value may be changed or freed afterwards.
 *
 * @param registry The registry.
 * @param path Path of the resource.
 * @param value UTF-8, terminated.
 * @param free_on_remove false; the registry frees nothing that it did not allocate, and true is
 *        REGISTRY_STATUS_INVALID_INPUT.
 */
registry_status_t registry_set_value_string(registry_t *registry, const registry_path_t *path,
					    const char *value, bool free_on_remove);

/**
 * @brief Sets a text, which is copied.
 *
 * @param registry The registry.
 * @param path Path of the resource.
 * @param value UTF-8 without a terminator; NULL is an empty text where @p length is 0.
 * @param length Number of bytes; none of them is 0.
 */
registry_status_t registry_set_value_string_copy(registry_t *registry, const registry_path_t *path,
						 const uint8_t *value, size_t length);

/**
 * @brief Sets an opaque value, which is copied.
 *
 * @param registry The registry.
 * @param path Path of the resource.
 * @param value The bytes; may be NULL where @p length is 0.
 * @param length Number of bytes.
 */
registry_status_t registry_set_value_opaque_copy(registry_t *registry, const registry_path_t *path,
						 const uint8_t *value, size_t length);

/** @} */

/**
 * @defgroup get_value Getting values
 *
 * The values that C code or the server has set last. What the output points to is changed by
 * REGISTRY_STATUS_OK only.
 *
 * @retval REGISTRY_STATUS_OK Got.
 * @retval REGISTRY_STATUS_NO_DATA The resource has no value yet.
 * @retval REGISTRY_STATUS_NOT_FOUND Nothing was added under this path.
 * @retval REGISTRY_STATUS_NO_MEMORY A text or opaque value does not fit into the caller's buffer;
 *         CONFIG_CLIENT_LITE_VALUE_SIZE bytes, and one for a text's terminator, always do.
 * @retval REGISTRY_STATUS_INVALID_INPUT An argument is NULL, the path is none of a resource, or the
 *         resource is of another type.
 * @{
 */

/** @brief Gets an integer. */
registry_status_t registry_get_value_int(const registry_t *registry, const registry_path_t *path,
					 int64_t *value);

/** @brief Gets an unsigned number. */
registry_status_t registry_get_value_unsigned(const registry_t *registry,
					      const registry_path_t *path, uint64_t *value);

/** @brief Gets a float. */
registry_status_t registry_get_value_float(const registry_t *registry, const registry_path_t *path,
					   double *value);

/** @brief Gets a boolean. */
registry_status_t registry_get_value_boolean(const registry_t *registry,
					     const registry_path_t *path, bool *value);

/** @brief Gets a time, in seconds since 1970-01-01T00:00Z. */
registry_status_t registry_get_value_time(const registry_t *registry, const registry_path_t *path,
					  int64_t *value);

/** @brief Gets an object link. */
registry_status_t registry_get_value_objlnk(const registry_t *registry, const registry_path_t *path,
					    registry_objlnk_t *value);

/**
 * @brief Gets a text.
 *
 * It is copied, and no pointer into the registry handed out: the server or another thread may
 * write the resource at any time.
 *
 * @param registry The registry.
 * @param path Path of the resource.
 * @param[out] value The text, terminated.
 * @param size Size of @p value in bytes.
 */
registry_status_t registry_get_value_string(const registry_t *registry, const registry_path_t *path,
					    char *value, size_t size);

/**
 * @brief Gets an opaque value; a copy, as with registry_get_value_string().
 *
 * @param registry The registry.
 * @param path Path of the resource.
 * @param[out] value The bytes.
 * @param size Size of @p value in bytes.
 * @param[out] length Number of bytes.
 */
registry_status_t registry_get_value_opaque(const registry_t *registry, const registry_path_t *path,
					    uint8_t *value, size_t size, size_t *length);

/** @} */

/**
 * @brief Whether a resource has no value yet. The server's Read of it is refused with 4.04 Not Found.
 *
 * @retval REGISTRY_STATUS_OK @p empty is set.
 * @retval REGISTRY_STATUS_NOT_FOUND Nothing was added under this path.
 * @retval REGISTRY_STATUS_INVALID_INPUT An argument is NULL, or the path is none of a resource.
 */
registry_status_t registry_is_value_empty(const registry_t *registry, const registry_path_t *path,
					  bool *empty);

/**
 * @brief Whether there is something at or below a path of any level.
 *
 * @retval REGISTRY_STATUS_OK There is.
 * @retval REGISTRY_STATUS_NOT_FOUND There is not.
 * @retval REGISTRY_STATUS_INVALID_INPUT An argument is NULL, or the path is none.
 */
registry_status_t registry_path_exists(const registry_t *registry, const registry_path_t *path);

/**
 * @brief Goes on to the next resource, or resource instance, in the order of their ids; object
 *        instances without any are passed over.
 *
 * @code{.c}
 * registry_path_t path;
 *
 * registry_set_path(&path, 0, 0, 0, 0, REGISTRY_PATH_OBJECT);
 * while (registry_next_path(registry, &path) == REGISTRY_STATUS_OK) {
 *	...
 * }
 * @endcode
 *
 * @param registry The registry.
 * @param[in,out] path A path of any level, and the first one behind it.
 *
 * @retval REGISTRY_STATUS_OK @p path is the next one.
 * @retval REGISTRY_STATUS_NOT_FOUND There are no more; @p path is as it was.
 * @retval REGISTRY_STATUS_INVALID_INPUT An argument is NULL, or the path is none.
 */
registry_status_t registry_next_path(const registry_t *registry, registry_path_t *path);

/** @brief How resources are removed. */
typedef enum registry_removal_type_e {
	/** Their callbacks are not called. */
	REGISTRY_REMOVE_SKIP_CALLBACK = 2,
} registry_removal_type_t;

/**
 * @brief Removes what is at and below a path of any level, whether C code has added it or a server. The
 *        server is told of objects and object instances that are gone with it: also of one that has
 *        lost its last resource.
 *
 * A callback that is being called on another thread goes on.
 *
 * @param registry The registry.
 * @param path What to remove.
 * @param removal_type REGISTRY_REMOVE_SKIP_CALLBACK.
 *
 * @retval REGISTRY_STATUS_OK Removed.
 * @retval REGISTRY_STATUS_NOT_FOUND There was nothing.
 * @retval REGISTRY_STATUS_INVALID_INPUT An argument is NULL, the path is none, or the removal type
 *         another one.
 */
registry_status_t registry_remove_object(registry_t *registry, const registry_path_t *path,
					 registry_removal_type_t removal_type);

/**
 * @brief Changes the callback of a resource or resource instance.
 *
 * @param registry The registry.
 * @param path Path of the resource.
 * @param callback The callback; NULL for none.
 *
 * @retval REGISTRY_STATUS_OK Changed.
 * @retval REGISTRY_STATUS_NOT_FOUND Nothing was added under this path.
 * @retval REGISTRY_STATUS_INVALID_INPUT An argument is NULL, or the path is none of a resource.
 */
registry_status_t registry_set_callback(registry_t *registry, const registry_path_t *path,
					registry_callback_t callback);

/**
 * @brief Says whether new values of a resource reach the server without its asking.
 *
 * @param registry The registry.
 * @param path Path of the resource.
 * @param auto_observable Whether they do.
 *
 * @retval REGISTRY_STATUS_OK Changed.
 * @retval REGISTRY_STATUS_NOT_FOUND Nothing was added under this path.
 * @retval REGISTRY_STATUS_INVALID_INPUT An argument is NULL, or the path is none of a resource.
 */
registry_status_t registry_set_auto_observable_parameter(registry_t *registry,
							 const registry_path_t *path,
							 bool auto_observable);

/**
 * @brief Whether new values of a resource reach the server without its asking.
 *
 * @return false also where nothing was added under this path, or an argument is NULL; neither is
 *         logged.
 */
bool registry_is_auto_observable(const registry_t *registry, const registry_path_t *path);

#ifdef __cplusplus
}
#endif

#endif /* LWM2M_REGISTRY_H */
