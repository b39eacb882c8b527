/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A board's sensors, and a server that reads and observes them: each becomes an IPSO object. What is
 * measured while the server is away is kept with its time, and sent when it is back.
 */

#include <dmc_connect_api.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>

#include "objects.h"

LOG_MODULE_REGISTER(sensors, LOG_LEVEL_INF);

static bool may_halt(uint8_t error);
static void register_again(struct k_work *work);
static void on_event(lwm2m_interface_event_t *event, void *user);

static K_WORK_DELAYABLE_DEFINE(again, register_again);

int main(void)
{
	pdmc_connect_init(on_event, NULL);
	objects_measure();
	/* On the default interface; where it is not up yet, the client tries again. */
	pdmc_connect_register(NULL);

	for (;;) {
		k_sleep(K_SECONDS(CONFIG_SAMPLE_SENSORS_PERIOD));
		objects_measure();
	}
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
		pdmc_connect_send_records();
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_REGISTRATION_UPDATED:
		(void)k_work_cancel_delayable(&again);
		/* The device is awake. */
		pdmc_connect_send_records();
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED:
		(void)k_work_cancel_delayable(&again);
		break;
	case LWM2M_INTERFACE_OBSERVER_EVENT_ERROR:
		LOG_WRN("error %d: %s", event->event_type,
			event->detail != NULL ? event->detail : "no details");
#if defined(CONFIG_CLIENT_LITE_SNAPSHOT)
		/* The backlog grows now. The attempts become rare, and so do the writes of flash. */
		pdmc_connect_request_snapshot();
#endif
		if (may_halt(event->event_type)) {
			(void)k_work_reschedule(&again,
						K_SECONDS(CONFIG_SAMPLE_SENSORS_RETRY_AFTER));
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
