/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A device that says on its console what its event handler is given. It does nothing by itself: the
 * tests enter the commands of the client's shell.
 */

#include <dmc_connect_api.h>
#include <zephyr/logging/log.h>

LOG_MODULE_REGISTER(events, LOG_LEVEL_INF);

static const lwm2m_resource_meta_definition_t counter[] = {
	LWM2M_RESOURCE_DEFINITION(5501, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_MANDATORY,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_INTEGER,
				  "counter"),
};
LWM2M_OBJECT_REGISTER(3200, "counter", counter);

static void on_event(lwm2m_interface_event_t *event, void *user);
static const char *error_name(lwm2m_interface_error_t error);

int main(void)
{
	registry_t *registry = &pdmc_connect_get_interface()->endpoint.registry;
	registry_path_t path;

	pdmc_connect_init(on_event, NULL);
	if (pdmc_connect_add_cloud_resource(registry, &path, 3200, 0, 5501,
					    IS_ENABLED(CONFIG_CLIENT_LITE_IZUMA_PROFILE),
					    NULL) != 1 ||
	    registry_set_value_int(registry, &path, 0) != REGISTRY_STATUS_OK) {
		LOG_ERR("/3200/0/5501 cannot be added");
	}
	return 0;
}

static void on_event(lwm2m_interface_event_t *event, void *user)
{
	ARG_UNUSED(user);

	switch (event->event_id) {
	case LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED:
		LOG_INF("OBJECT_REGISTERED");
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED:
		LOG_INF("OBJECT_UNREGISTERED");
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_REGISTRATION_UPDATED:
		LOG_INF("REGISTRATION_UPDATED");
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_BOOTSTRAP_DONE:
		LOG_INF("BOOTSTRAP_DONE");
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_ERROR:
		LOG_INF("%s", error_name((lwm2m_interface_error_t)event->event_type));
		break;
	default:
		LOG_INF("unknown event %u", event->event_id);
		break;
	}
}

static const char *error_name(lwm2m_interface_error_t error)
{
	switch (error) {
	case LWM2M_INTERFACE_ERROR_BOOTSTRAP_FAILED:
		return "BOOTSTRAP_FAILED";
	case LWM2M_INTERFACE_ERROR_INVALID_PARAMETERS:
		return "INVALID_PARAMETERS";
	case LWM2M_INTERFACE_ERROR_NOT_REGISTERED:
		return "NOT_REGISTERED";
	case LWM2M_INTERFACE_ERROR_NETWORK_ERROR:
		return "NETWORK_ERROR";
	case LWM2M_INTERFACE_ERROR_UNKNOWN_ERROR:
		return "UNKNOWN_ERROR";
	case LWM2M_INTERFACE_ERROR_MEMORY_FAIL:
		return "MEMORY_FAIL";
	case LWM2M_INTERFACE_ERROR_NOT_ALLOWED:
		return "NOT_ALLOWED";
	case LWM2M_INTERFACE_ERROR_SECURE_CONNECTION_FAILED:
		return "SECURE_CONNECTION_FAILED";
	case LWM2M_INTERFACE_ERROR_DNS_RESOLVING_FAILED:
		return "DNS_RESOLVING_FAILED";
	case LWM2M_INTERFACE_ERROR_UNREGISTRATION_FAILED:
		return "UNREGISTRATION_FAILED";
	default:
		return "an error that the API does not have";
	}
}
