/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A device with one object: a value that it measures, a period that the server sets, and a command.
 * The file to edit in an application of your own.
 */

#include <dmc_connect_api.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/sys/atomic.h>

LOG_MODULE_REGISTER(app, LOG_LEVEL_INF);

/* Where the server has not said it yet, and between attempts after a refusal. */
#define PERIOD_S      10
#define RETRY_AFTER_S 3600

/* The object. Ids from 26241 to 32768 are for trials; others are in the OMA registry. */
static const lwm2m_resource_meta_definition_t resources[] = {
	LWM2M_RESOURCE_DEFINITION(0, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_MANDATORY,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_INTEGER, "value"),
	LWM2M_RESOURCE_DEFINITION(1, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_MANDATORY,
				  LWM2M_RESOURCE_OPERATIONS_RW, LWM2M_RESOURCE_TYPE_INTEGER, "period"),
	LWM2M_RESOURCE_DEFINITION(2, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_MANDATORY,
				  LWM2M_RESOURCE_OPERATIONS_E, LWM2M_RESOURCE_TYPE_NONE, "reset"),
};

LWM2M_OBJECT_REGISTER(26241, "template", resources);

static registry_status_t on_request(registry_callback_type_t type, const registry_path_t *path,
				    const registry_callback_token_t *token,
				    const registry_object_value_t *value,
				    const registry_notification_status_t status,
				    registry_t *registry);
static void on_event(lwm2m_interface_event_t *event, void *user);
static int64_t measure(void);

static K_SEM_DEFINE(period_written, 0, 1);

int main(void)
{
	registry_t *registry = &pdmc_connect_get_interface()->endpoint.registry;
	registry_path_t value, period, reset;
	int64_t seconds = PERIOD_S;

	pdmc_connect_init(on_event, NULL);
	pdmc_connect_add_cloud_resource(registry, &value, 26241, 0, 0, true, NULL);
	pdmc_connect_add_cloud_resource(registry, &period, 26241, 0, 1, false, on_request);
	pdmc_connect_add_cloud_resource(registry, &reset, 26241, 0, 2, false, on_request);
	registry_set_value_int(registry, &value, measure());
	registry_set_value_int(registry, &period, seconds);
	pdmc_connect_register(NULL);

	for (;;) {
		registry_get_value_int(registry, &period, &seconds);
		(void)k_sem_take(&period_written, K_SECONDS(CLAMP(seconds, 1, 86400)));
		registry_set_value_int(registry, &value, measure());
	}
}

/* Seconds since the start, or since the server's reset: in place of a sensor. */
static atomic_t began;

static int64_t measure(void)
{
	return k_uptime_get() / MSEC_PER_SEC - atomic_get(&began);
}

/* What the server does with the resources. Runs in the client's thread and must not block. */
static registry_status_t on_request(registry_callback_type_t type, const registry_path_t *path,
				    const registry_callback_token_t *token,
				    const registry_object_value_t *value,
				    const registry_notification_status_t status,
				    registry_t *registry)
{
	registry_path_t changed;

	ARG_UNUSED(path);
	ARG_UNUSED(token);
	ARG_UNUSED(value);
	ARG_UNUSED(status);
	if (type == REGISTRY_CALLBACK_VALUE_UPDATED) {
		/* The period: it counts from now on. */
		k_sem_give(&period_written);
	}
	if (type == REGISTRY_CALLBACK_EXECUTE) {
		(void)atomic_set(&began, k_uptime_get() / MSEC_PER_SEC);
		registry_set_path(&changed, 26241, 0, 0, 0, REGISTRY_PATH_RESOURCE);
		registry_set_value_int(registry, &changed, measure());
	}
	return REGISTRY_STATUS_OK;
}

static void register_again(struct k_work *work)
{
	ARG_UNUSED(work);
	pdmc_connect_register(NULL);
}

static K_WORK_DELAYABLE_DEFINE(again, register_again);

/* What becomes of the registration. Runs in the client's thread and must not block. */
static void on_event(lwm2m_interface_event_t *event, void *user)
{
	ARG_UNUSED(user);
	switch (event->event_id) {
	case LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED:
		LOG_INF("registered");
		(void)k_work_cancel_delayable(&again);
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_REGISTRATION_UPDATED:
	case LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED:
		(void)k_work_cancel_delayable(&again);
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_ERROR:
		LOG_WRN("error %d: %s", event->event_type,
			event->detail != NULL ? event->detail : "no details");
		/* The client recovers from most errors by itself, which ends this. Where a server refuses
		 * the device, it halts, and tries again only then.
		 */
		(void)k_work_schedule(&again, K_SECONDS(RETRY_AFTER_S));
		break;
	default:
		break;
	}
}
