/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A push button, and a server that is told how often it was pressed: resource /3200/0/5501, the
 * counter of a digital input.
 */

#include <dmc_connect_api.h>
#include <zephyr/devicetree.h>
#include <zephyr/input/input.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

LOG_MODULE_REGISTER(button, LOG_LEVEL_INF);

static bool may_halt(uint8_t error);
static void register_again(struct k_work *work);
static void on_event(lwm2m_interface_event_t *event, void *user);
static registry_status_t button_callback(registry_callback_type_t type, const registry_path_t *path,
					 const registry_callback_token_t *token,
					 const registry_object_value_t *value,
					 const registry_notification_status_t status,
					 registry_t *registry);

static K_WORK_DELAYABLE_DEFINE(again, register_again);

/* clang-format off */
const lwm2m_resource_meta_definition_t OMA_LWM2M_RESOURCE_DEFS_OBJECT_3200[] = {
    LWM2M_RESOURCE_DEFINITION(5501, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_MANDATORY, LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_INTEGER, "button_resource")
};
/* clang-format on */

LWM2M_OBJECT_REGISTER(3200, "button", OMA_LWM2M_RESOURCE_DEFS_OBJECT_3200);

int main(void)
{
	pdmc_connect_init(on_event, NULL);

	/* clang-format off */
	registry_status_t ret;
	registry_path_t path;
	registry_t *registry = &pdmc_connect_get_interface()->endpoint.registry;
	pdmc_connect_add_cloud_resource(registry, &path, 3200, 0, 5501, true, button_callback);
	/* clang-format on */

	ret = registry_set_value_int(registry, &path, 0);
	if (ret != REGISTRY_STATUS_OK) {
		LOG_ERR("the counter is not there: status %d", ret);
		return 0;
	}

	/* On the default interface; where it is not up yet, the client tries again. */
	pdmc_connect_register(NULL);
	return 0;
}

/* Runs in the thread of the input subsystem, after gpio-keys has debounced the button. */
static void on_key(struct input_event *event, void *user)
{
	registry_t *registry = &pdmc_connect_get_interface()->endpoint.registry;
	registry_path_t path;
	int64_t presses;

	ARG_UNUSED(user);
	if (event->code != DT_PROP(DT_ALIAS(sw0), zephyr_code) || event->value == 0) {
		return;
	}
	registry_set_path(&path, 3200, 0, 5501, 0, REGISTRY_PATH_RESOURCE);
	if (registry_get_value_int(registry, &path, &presses) != REGISTRY_STATUS_OK) {
		return; /* Pressed before main() has added the counter. */
	}
	presses++;
	registry_set_value_int(registry, &path, presses);
	LOG_INF("pressed, %lld in all", presses);
}

INPUT_CALLBACK_DEFINE(DEVICE_DT_GET(DT_PARENT(DT_ALIAS(sw0))), on_key, NULL);

/* What becomes of the counter. */
static registry_status_t button_callback(registry_callback_type_t type, const registry_path_t *path,
					 const registry_callback_token_t *token,
					 const registry_object_value_t *value,
					 const registry_notification_status_t status,
					 registry_t *registry)
{
	ARG_UNUSED(path);
	ARG_UNUSED(token);
	ARG_UNUSED(value);
	ARG_UNUSED(registry);
	if (type == REGISTRY_CALLBACK_NOTIFICATION_STATUS &&
	    status == NOTIFICATION_STATUS_DELIVERED) {
		LOG_INF("the server has the counter");
	}
	return REGISTRY_STATUS_OK;
}

/* What becomes of the registration. Runs in the client's thread and must not block. */
static void on_event(lwm2m_interface_event_t *event, void *user)
{
	pdmc_endpoint_info_s info;

	ARG_UNUSED(user);
	switch (event->event_id) {
	case LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED:
		if (pdmc_connect_endpoint_info(&info)) {
			LOG_INF("registered: endpoint name %s, device id %s", info.endpoint_name,
				info.device_id);
		}
		(void)k_work_cancel_delayable(&again);
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_REGISTRATION_UPDATED:
		LOG_INF("registration updated");
		(void)k_work_cancel_delayable(&again);
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED:
		LOG_INF("deregistered");
		(void)k_work_cancel_delayable(&again);
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_BOOTSTRAP_DONE:
		LOG_INF("bootstrapped");
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_ERROR:
		LOG_WRN("error %d: %s", event->event_type,
			event->detail != NULL ? event->detail : "no details");
		if (may_halt(event->event_type)) {
			(void)k_work_reschedule(&again, K_SECONDS(CONFIG_SAMPLE_BUTTON_RETRY_AFTER));
		}
		break;
	default:
		break;
	}
}

/* Of the other errors the client recovers by itself. */
static bool may_halt(uint8_t error)
{
	switch (error) {
	case LWM2M_INTERFACE_ERROR_INVALID_PARAMETERS:
	case LWM2M_INTERFACE_ERROR_NOT_REGISTERED:
	case LWM2M_INTERFACE_ERROR_MEMORY_FAIL:
	case LWM2M_INTERFACE_ERROR_NOT_ALLOWED:
		return true;
	default:
		return false;
	}
}

/* Somebody may have told the server of this device meanwhile. */
static void register_again(struct k_work *work)
{
	ARG_UNUSED(work);
	pdmc_connect_register(NULL);
}
