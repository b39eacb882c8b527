/*
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * @file
 * @brief What objects are made of: definitions of resources, and how they join the object table.
 *
 * @code{.c}
 * static const lwm2m_resource_meta_definition_t button[] = {
 *	LWM2M_RESOURCE_DEFINITION(5501, LWM2M_RESOURCE_SINGLE_INSTANCE,
 *				  LWM2M_RESOURCE_MANDATORY, LWM2M_RESOURCE_OPERATIONS_R,
 *				  LWM2M_RESOURCE_TYPE_INTEGER, "counter"),
 * };
 * LWM2M_OBJECT_REGISTER(3200, "button", button);
 * @endcode
 */

#ifndef LWM2M_REGISTRY_META_H
#define LWM2M_REGISTRY_META_H

#include <stdint.h>

#include <zephyr/sys/iterable_sections.h>
#include <zephyr/sys/util.h>

#include <lwm2m_types.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @brief Whether a resource can have several instances. */
typedef enum lwm2m_resource_meta_definition_constants_multi {
	/** One value, added by pdmc_connect_add_cloud_resource(). */
	LWM2M_RESOURCE_SINGLE_INSTANCE = 0,
	/** Instances, added by pdmc_connect_add_cloud_resource_instance(). */
	LWM2M_RESOURCE_MULTIPLE_INSTANCES = 1,
} lwm2m_resource_meta_definition_multiple_t;

/** @brief Whether each instance of the object has a resource, as its specification says. */
typedef enum lwm2m_resource_meta_definition_constants_mandatory {
	/** An instance may lack the resource. */
	LWM2M_RESOURCE_OPTIONAL = 0,
	/** Each instance has the resource. */
	LWM2M_RESOURCE_MANDATORY = 1,
} lwm2m_resource_meta_definition_mandatory_t;

/** @brief What the server may do with a resource. */
typedef enum lwm2m_resource_meta_definition_constants_operations {
	/** Nothing. */
	LWM2M_RESOURCE_OPERATIONS_NONE = 0x0,
	/** Read and Observe. */
	LWM2M_RESOURCE_OPERATIONS_R = 0x1,
	/** Write. */
	LWM2M_RESOURCE_OPERATIONS_W = 0x2,
	/** Read, Observe and Write. */
	LWM2M_RESOURCE_OPERATIONS_RW = 0x3,
	/** Execute. */
	LWM2M_RESOURCE_OPERATIONS_E = 0x4,
} lwm2m_resource_meta_definition_operations_t;

/** @brief The data type of a resource (LwM2M Core 1.1, Appendix C). */
typedef enum lwm2m_resource_meta_definition_constants_types {
	/** None: for resources that are only executed. */
	LWM2M_RESOURCE_TYPE_NONE = 0,
	/** UTF-8 text. */
	LWM2M_RESOURCE_TYPE_STRING = 1,
	/** A signed number of 64 bits. */
	LWM2M_RESOURCE_TYPE_INTEGER = 2,
	/** A number in double precision. */
	LWM2M_RESOURCE_TYPE_FLOAT = 3,
	/** True or false. */
	LWM2M_RESOURCE_TYPE_BOOLEAN = 4,
	/** Bytes. */
	LWM2M_RESOURCE_TYPE_OPAQUE = 5,
	/** Seconds since 1970-01-01T00:00Z. */
	LWM2M_RESOURCE_TYPE_TIME = 6,
	/** A reference to an object instance. */
	LWM2M_RESOURCE_TYPE_OBJLNK = 7,
	/** An unsigned number of 64 bits. */
	LWM2M_RESOURCE_TYPE_UNSIGNED = 8,
} lwm2m_resource_meta_definition_types_t;

/** @brief What is known of a resource. LWM2M_RESOURCE_DEFINITION() fills it in. */
typedef struct lwm2m_resource_meta_definition {
	/** Resource id, 0 to 65534. */
	uint16_t id;
	/** Of lwm2m_resource_meta_definition_multiple_t. */
	uint8_t multiple;
	/** Of lwm2m_resource_meta_definition_mandatory_t. */
	uint8_t mandatory;
	/** Of lwm2m_resource_meta_definition_operations_t. */
	uint8_t operations;
	/** Of lwm2m_resource_meta_definition_types_t. */
	uint8_t type;
} lwm2m_resource_meta_definition_t;

/**
 * @brief One resource of an object, in an array.
 *
 * @param id Resource id, 0 to 65534.
 * @param multiple Of lwm2m_resource_meta_definition_multiple_t.
 * @param mandatory Of lwm2m_resource_meta_definition_mandatory_t.
 * @param operations Of lwm2m_resource_meta_definition_operations_t.
 * @param type Of lwm2m_resource_meta_definition_types_t.
 * @param description What the resource is; for the reader, no part of the image.
 */
#define LWM2M_RESOURCE_DEFINITION(id, multiple, mandatory, operations, type, description)          \
	{id, multiple, mandatory, operations, type}

/**
 * @brief Makes an array of definitions the resources of an object, version 1.0.
 *
 * Instances of the object appear when resources are added to them. While the system starts, an
 * error in the log tells of an object that is refused: one with the id 0, 1 or 65535, or with that
 * of another object. A single resource is refused, also with an error in the log, where its id is
 * 65535 or that of another one, or where its operations or its type are none of the above. Their
 * order is free. 8 bytes of RAM are used for each.
 *
 * To be written once in one source file, at its top level.
 *
 * @param id Object id as a number, 2 to 65534. With 3 it takes the place of the client's own Device
 *           object.
 * @param name Name of the object, for the shell and the log.
 * @param array Array of lwm2m_resource_meta_definition_t.
 */
#define LWM2M_OBJECT_REGISTER(id, name, array) LWM2M_OBJECT_REGISTER_VERSION(id, name, array, 1, 0)

/**
 * @brief LWM2M_OBJECT_REGISTER() for another version than 1.0, which the server is told.
 *
 * @param id See LWM2M_OBJECT_REGISTER().
 * @param name See LWM2M_OBJECT_REGISTER().
 * @param array See LWM2M_OBJECT_REGISTER().
 * @param major Major version, 1 to 9.
 * @param minor Minor version, 0 to 9.
 */
#define LWM2M_OBJECT_REGISTER_VERSION(id, name, array, major, minor)                               \
	static uint16_t _CONCAT(lwm2m_object_storage_, id)[LWM2M_OBJECT_STORAGE(array)];           \
	static const STRUCT_SECTION_ITERABLE(lwm2m_object_registration,                            \
					     _CONCAT(lwm2m_object_, id)) = {                       \
		name, array, _CONCAT(lwm2m_object_storage_, id), ARRAY_SIZE(array), id, major,     \
		minor}

/**
 * @brief The definition of a resource.
 *
 * @param object_id Object id.
 * @param resource_id Resource id.
 * @param[out] definition The definition; valid for ever.
 *
 * @retval REGISTRY_STATUS_OK Found.
 * @retval REGISTRY_STATUS_NOT_FOUND No LWM2M_OBJECT_REGISTER() has such an object, or its array no
 *         such resource, or one of them was refused.
 * @retval REGISTRY_STATUS_INVALID_INPUT @p definition is NULL.
 */
registry_status_t
registry_meta_get_resource_definition(uint16_t object_id, uint16_t resource_id,
				      const lwm2m_resource_meta_definition_t **definition);

/** @cond INTERNAL_HIDDEN */

/* The number of definitions that were accepted, and these in the client's own form: 8 bytes each. */
#define LWM2M_OBJECT_STORAGE(array) (1 + 4 * ARRAY_SIZE(array))

struct lwm2m_object_registration {
	const char *name;
	const lwm2m_resource_meta_definition_t *resources;
	uint16_t *storage;
	uint16_t count;
	uint16_t id;
	uint8_t major;
	uint8_t minor;
};

/** @endcond */

#ifdef __cplusplus
}
#endif

#endif /* LWM2M_REGISTRY_META_H */
