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

/**
 * @brief Whether each instance of the object has a resource, as its specification says. Counts where
 *        servers create instances, or optional resources.
 */
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

/** @brief What servers may create in an object. */
typedef enum lwm2m_object_creatable {
	/** Nothing: what there is, C code adds. */
	LWM2M_OBJECT_CREATABLE_NOTHING = 0,
	/**
	 * Optional resources, and instances of multiple resources: a Write brings them, and a
	 * replacing one takes away those that it leaves out.
	 */
	LWM2M_OBJECT_CREATABLE_RESOURCES = 1,
	/** The same, and object instances by Create, which servers may Delete too. */
	LWM2M_OBJECT_CREATABLE_INSTANCES = 2,
} lwm2m_object_creatable_t;

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
	LWM2M_OBJECT_REGISTRATION(id, name, array, major, minor, LWM2M_OBJECT_CREATABLE_NOTHING,   \
				  NULL)

/**
 * @brief LWM2M_OBJECT_REGISTER_VERSION() for an object in which servers may create something. Needs
 *        CONFIG_CLIENT_LITE_CREATE.
 *
 * @code{.c}
 * static registry_status_t on_timer(registry_callback_type_t type, const registry_path_t *path, ...)
 * {
 *	switch (type) {
 *	case REGISTRY_CALLBACK_ITEM_ADDED:
 *		return start_timer(path->object_instance_id);
 *	case REGISTRY_CALLBACK_ITEM_REMOVED:
 *		...
 * }
 *
 * LWM2M_OBJECT_REGISTER_CREATABLE(3340, "timer", timer, 1, 0, LWM2M_OBJECT_CREATABLE_INSTANCES,
 *				   on_timer);
 * @endcode
 *
 * A new object instance has its mandatory resources, with 0, false, an empty text or no bytes, or the
 * object link 65535:65535, until a value is written; the server has to bring those that it can write.
 * Of a mandatory multiple resource there are no instances yet. Of the optional resources it has those
 * that the server brings. None is auto-observable. C code may set them, add others, and remove them, as
 * if it had added all of them.
 *
 * What servers create takes its room from CONFIG_CLIENT_LITE_RESOURCES and
 * CONFIG_CLIENT_LITE_VALUE_POOL. Where there is none, a Create is refused with 5.00 Internal Server Error
 * or, for the values that it brings, as a Write, 5.03 Service Unavailable; then nothing of it stays.
 * An object with LWM2M_OBJECT_CREATABLE_INSTANCES counts for CONFIG_CLIENT_LITE_OBJECTS also while it
 * has no instances; one too many is refused as in LWM2M_OBJECT_REGISTER().
 *
 * @param id See LWM2M_OBJECT_REGISTER().
 * @param name See LWM2M_OBJECT_REGISTER().
 * @param array See LWM2M_OBJECT_REGISTER().
 * @param major Major version, 1 to 9.
 * @param minor Minor version, 0 to 9.
 * @param creatable Of lwm2m_object_creatable_t.
 * @param callback The registry_callback_t of all that servers create in the object, called with
 *        REGISTRY_CALLBACK_ITEM_ADDED and REGISTRY_CALLBACK_ITEM_REMOVED for object instances; NULL
 *        for none. registry_set_callback() gives a resource another one.
 */
#define LWM2M_OBJECT_REGISTER_CREATABLE(id, name, array, major, minor, creatable, callback)        \
	BUILD_ASSERT(IS_ENABLED(CONFIG_CLIENT_LITE_CREATE),                                        \
		     "LWM2M_OBJECT_REGISTER_CREATABLE needs CONFIG_CLIENT_LITE_CREATE=y");         \
	LWM2M_OBJECT_REGISTRATION(id, name, array, major, minor, creatable, callback)

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

/* The elements of the storage that a definition takes in the client's own form. */
#define LWM2M_OBJECT_STORAGE_EACH 4

/* The number of definitions that were accepted, and these. */
#define LWM2M_OBJECT_STORAGE(array) (1 + LWM2M_OBJECT_STORAGE_EACH * ARRAY_SIZE(array))

struct registry_s;

struct lwm2m_object_registration {
	const char *name;
	const lwm2m_resource_meta_definition_t *resources;
	uint16_t *storage;
	/* A registry_callback_t. */
	registry_status_t (*callback)(registry_callback_type_t type, const registry_path_t *path,
				      const registry_callback_token_t *token,
				      const registry_object_value_t *value,
				      const registry_notification_status_t status,
				      struct registry_s *registry);
	uint16_t count;
	uint16_t id;
	uint8_t major;
	uint8_t minor;
	uint8_t creatable;
};

#define LWM2M_OBJECT_REGISTRATION(id, name, array, major, minor, creatable, callback)              \
	static uint16_t _CONCAT(lwm2m_object_storage_, id)[LWM2M_OBJECT_STORAGE(array)];           \
	static const STRUCT_SECTION_ITERABLE(lwm2m_object_registration,                            \
					     _CONCAT(lwm2m_object_, id)) = {                       \
		name,  array, _CONCAT(lwm2m_object_storage_, id), callback, ARRAY_SIZE(array), id, \
		major, minor, creatable}

/** @endcond */

#ifdef __cplusplus
}
#endif

#endif /* LWM2M_REGISTRY_META_H */
