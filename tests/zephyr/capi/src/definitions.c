/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The objects of this image: some, among them, that are refused.
 */

#include "definitions.h"

#include <zephyr/ztest.h>

/* In no order. */
static const lwm2m_resource_meta_definition_t generic[] = {
	LWM2M_RESOURCE_DEFINITION(OPAQUES, LWM2M_RESOURCE_MULTIPLE_INSTANCES,
				  LWM2M_RESOURCE_OPTIONAL, LWM2M_RESOURCE_OPERATIONS_RW,
				  LWM2M_RESOURCE_TYPE_OPAQUE, "bytes"),
	LWM2M_RESOURCE_DEFINITION(INTEGER, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_RW, LWM2M_RESOURCE_TYPE_INTEGER,
				  "integer"),
	LWM2M_RESOURCE_DEFINITION(FLOAT, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_RW, LWM2M_RESOURCE_TYPE_FLOAT, "float"),
	LWM2M_RESOURCE_DEFINITION(ACTION, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_E, LWM2M_RESOURCE_TYPE_NONE, "action"),
	LWM2M_RESOURCE_DEFINITION(STRING, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_RW, LWM2M_RESOURCE_TYPE_STRING,
				  "string"),
	LWM2M_RESOURCE_DEFINITION(BOOLEAN, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_RW, LWM2M_RESOURCE_TYPE_BOOLEAN,
				  "boolean"),
	LWM2M_RESOURCE_DEFINITION(TIME, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_RW, LWM2M_RESOURCE_TYPE_TIME, "time"),
	LWM2M_RESOURCE_DEFINITION(INTEGER, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_STRING,
				  "the same id again: refused"),
	LWM2M_RESOURCE_DEFINITION(65535, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_STRING,
				  "the reserved id: refused"),
};
LWM2M_OBJECT_REGISTER_VERSION(GENERIC, "generic", generic, 1, 2);

static const lwm2m_resource_meta_definition_t other[] = {
	LWM2M_RESOURCE_DEFINITION(INTEGER, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_INTEGER,
				  "integer"),
};
LWM2M_OBJECT_REGISTER(33001, "another", other);
LWM2M_OBJECT_REGISTER(33002, "a third", other);
LWM2M_OBJECT_REGISTER(0, "security", other);
LWM2M_OBJECT_REGISTER(1, "server", other);
LWM2M_OBJECT_REGISTER(65535, "reserved", other);

registry_path_t add(uint16_t resource, bool auto_observable, registry_callback_t callback)
{
	registry_path_t path;
	int added;

	if (resource == OPAQUES) {
		added = pdmc_connect_add_cloud_resource_instance(the_registry(), &path, GENERIC, 0,
								 resource, 0, auto_observable,
								 callback);
	} else {
		added = pdmc_connect_add_cloud_resource(the_registry(), &path, GENERIC, 0, resource,
							auto_observable, callback);
	}
	zassert_equal(added, 1);
	return path;
}

void remove_all(void *fixture)
{
	registry_path_t path;

	ARG_UNUSED(fixture);

	registry_set_path(&path, 0, 0, 0, 0, REGISTRY_PATH_OBJECT);
	while (registry_next_path(the_registry(), &path) == REGISTRY_STATUS_OK) {
		path.path_type = REGISTRY_PATH_OBJECT;
		zassert_equal(registry_remove_object(the_registry(), &path,
						     REGISTRY_REMOVE_SKIP_CALLBACK),
			      REGISTRY_STATUS_OK);
	}
}
