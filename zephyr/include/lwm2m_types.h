/*
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * @file
 * @brief Types of the registry: paths, statuses, and what callbacks are given.
 */

#ifndef LWM2M_TYPES_H
#define LWM2M_TYPES_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @brief What a function of the registry returns. */
typedef enum registry_status_e {
	/** The resource has no value. */
	REGISTRY_STATUS_NO_DATA = 1,
	/** Done. */
	REGISTRY_STATUS_OK = 0,
	/** Nothing was added under this path. */
	REGISTRY_STATUS_NOT_FOUND = -1,
	/** A table, the memory for values, or the caller's buffer is too small. */
	REGISTRY_STATUS_NO_MEMORY = -2,
	/** An argument is NULL or out of its range, or of another type than the resource. */
	REGISTRY_STATUS_INVALID_INPUT = -3,
} registry_status_t;

/** @name Levels of a path
 * Each says which fields of registry_path_t count.
 * @{
 */
/** `/object` */
#define REGISTRY_PATH_OBJECT            0
/** `/object/instance` */
#define REGISTRY_PATH_OBJECT_INSTANCE   1
/** `/object/instance/resource` */
#define REGISTRY_PATH_RESOURCE          2
/** `/object/instance/resource/resource instance` */
#define REGISTRY_PATH_RESOURCE_INSTANCE 3
/** @} */

/**
 * @brief A place in the data model (LwM2M Core 1.1, 7.1).
 *
 * Ids are 0 to 65534. registry_set_path() fills it in.
 */
typedef struct registry_path_s {
	/** Object id. */
	uint16_t object_id;
	/** Object instance id. */
	uint16_t object_instance_id;
	/** Resource id. */
	uint16_t resource_id;
	/** Resource instance id. */
	uint16_t resource_instance_id;
	/** REGISTRY_PATH_OBJECT to REGISTRY_PATH_RESOURCE_INSTANCE. */
	uint8_t path_type;
} registry_path_t;

/** @brief Why a callback is called. */
typedef enum registry_callback_type_e {
	/** The server has written the value, and has its response. */
	REGISTRY_CALLBACK_VALUE_UPDATED = 1,
	/** The server executes the resource, and has its response when the callback returns. */
	REGISTRY_CALLBACK_EXECUTE = 2,
	/** The status of a notification is told. */
	REGISTRY_CALLBACK_NOTIFICATION_STATUS = 5,
	/**
	 * The server has deleted an object instance, or a Write of the server has left out a
	 * resource or resource instance, which is gone with its value.
	 */
	REGISTRY_CALLBACK_ITEM_REMOVED = 6,
	/**
	 * The server has created an object instance. For each value that it brought,
	 * REGISTRY_CALLBACK_VALUE_UPDATED follows.
	 */
	REGISTRY_CALLBACK_ITEM_ADDED = 8,
} registry_callback_type_t;

/** @brief What has become of a value on its way to the server. */
typedef enum registry_notification_status_e {
	/** The callback is about something else. */
	NOTIFICATION_STATUS_IGNORE = -1,
	/**
	 * The value has reached the server: a Send has its response, or a confirmable notification
	 * acknowledged.
	 */
	NOTIFICATION_STATUS_DELIVERED = 4,
} registry_notification_status_t;

/** @brief Always NULL in callbacks; part of their signature. */
typedef struct registry_callback_token_s registry_callback_token_t;

/** @brief Bytes and their number. */
typedef struct registry_data_opaque_s {
	/** Number of bytes. */
	uint32_t size;
	/** The bytes. */
	uint8_t data[];
} registry_data_opaque_t;

/** @brief A value that does not fit into a number. */
typedef union registry_data_generic_u {
	/** Of an opaque resource, or the arguments of an execution. */
	const registry_data_opaque_t *opaque_data;
	/** Of a string resource: UTF-8, terminated. */
	const char *string;
} registry_data_generic_t;

/** @brief A value that does not fit into a number. */
typedef struct registry_generic_value_s {
	/** Where it is. Valid during the callback. */
	registry_data_generic_t data;
} registry_generic_value_t;

/** @brief A reference to an object instance. 65535 and 65535 refer to nothing. */
typedef struct registry_objlnk_s {
	/** Object id. */
	uint16_t object_id;
	/** Object instance id. */
	uint16_t object_instance_id;
} registry_objlnk_t;

/** @brief The value that a callback is given; the resource's type says which member counts. */
typedef union registry_object_value_u {
	/** Of integer, boolean (0 or 1) and time (seconds since 1970-01-01T00:00Z) resources. */
	int64_t int_value;
	/** Of unsigned resources. */
	uint64_t unsigned_value;
	/** Of object link resources. */
	registry_objlnk_t objlnk_value;
	/** Of float resources. */
	double float_value;
	/** Of string and opaque resources, and of executions. */
	registry_generic_value_t generic_value;
} registry_object_value_t;

#ifdef __cplusplus
}
#endif

#endif /* LWM2M_TYPES_H */
