/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The example of the documentation, as it stands there.
 */

#include <dmc_connect_api.h>
#include <zephyr/ztest.h>

const lwm2m_resource_meta_definition_t OMA_LWM2M_RESOURCE_DEFS_OBJECT_3200[] = {
    LWM2M_RESOURCE_DEFINITION(5501, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_MANDATORY, LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_INTEGER, "button_resource")
};
LWM2M_OBJECT_REGISTER(3200, "button", OMA_LWM2M_RESOURCE_DEFS_OBJECT_3200);

static registry_status_t button_callback(registry_callback_type_t type, const registry_path_t *path,
					 const registry_callback_token_t *token,
					 const registry_object_value_t *value,
					 const registry_notification_status_t status,
					 registry_t *registry)
{
	return REGISTRY_STATUS_OK;
}

ZTEST(registry, test_the_example_of_the_documentation)
{
	registry_status_t ret;
	registry_path_t path;
	registry_t *registry = &pdmc_connect_get_interface()->endpoint.registry;
	pdmc_connect_add_cloud_resource(registry, &path, 3200, 0, 5501, true, button_callback);

	ret = registry_set_value_int(registry, &path, 3);
	zassert_equal(ret, REGISTRY_STATUS_OK);
	zassert_equal(path.object_id, 3200);
	zassert_equal(path.object_instance_id, 0);
	zassert_equal(path.resource_id, 5501);
	zassert_equal(path.path_type, REGISTRY_PATH_RESOURCE);
	zassert_true(registry_is_auto_observable(registry, &path));
}
