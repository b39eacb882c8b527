/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A device that is registered: its events, and what the server does with its resources.
 */

#include <string.h>

#include <zephyr/net/socket.h>
#include <zephyr/ztest.h>
#include <zephyr/zvfs/eventfd.h>

#include "definitions.h"
#include "server.h"

#define PATIENCE K_SECONDS(20)

/** A call of the event handler. */
struct event {
	uint8_t id;
	uint8_t type;
	bool has_detail;
	/** Whether pdmc_connect_endpoint_info() knew the device in the call. */
	bool has_info;
	char device_id[8];
};

/** A call of a callback. */
struct call {
	registry_callback_type_t type;
	registry_notification_status_t status;
	registry_path_t path;
	double real;
	int64_t number;
	char bytes[CONFIG_CLIENT_LITE_VALUE_SIZE + 1];
};

K_MSGQ_DEFINE(events, sizeof(struct event), 8, 4);
K_MSGQ_DEFINE(calls, sizeof(struct call), 8, 8);

static registry_status_t answer_of_execute;
static int user_data;

static void on_event(lwm2m_interface_event_t *event, void *user)
{
	struct event copy = {
		.id = event->event_id,
		.type = event->event_type,
		.has_detail = event->detail != NULL && strlen(event->detail) > 0,
	};
	pdmc_endpoint_info_s info;

	zassert_equal_ptr(user, &user_data);
	copy.has_info = pdmc_connect_endpoint_info(&info);
	if (copy.has_info) {
		zassert_str_equal(info.endpoint_name, CONFIG_CLIENT_LITE_ENDPOINT_NAME);
		(void)pdmc_connect_get_device_id(copy.device_id, sizeof(copy.device_id));
	}
	(void)k_msgq_put(&events, &copy, K_NO_WAIT);
}

static registry_status_t on_call(registry_callback_type_t type, const registry_path_t *path,
				 const registry_callback_token_t *token,
				 const registry_object_value_t *value,
				 const registry_notification_status_t status, registry_t *registry)
{
	struct call call = {.type = type, .status = status, .path = *path};

	zassert_is_null(token);
	zassert_equal_ptr(registry, the_registry());
	if (type == REGISTRY_CALLBACK_EXECUTE || path->resource_id == OPAQUES) {
		if (value != NULL) {
			call.number = value->generic_value.data.opaque_data->size;
			memcpy(call.bytes, value->generic_value.data.opaque_data->data,
			       call.number);
		}
	} else if (path->resource_id == STRING && value != NULL) {
		strcpy(call.bytes, value->generic_value.data.string);
	} else if (path->resource_id == FLOAT && value != NULL) {
		call.real = value->float_value;
	} else if (value != NULL) {
		call.number = value->int_value;
	}
	(void)k_msgq_put(&calls, &call, K_NO_WAIT);
	return answer_of_execute;
}

static struct event next_event(void)
{
	struct event event;

	zassert_ok(k_msgq_get(&events, &event, PATIENCE), "no event");
	return event;
}

static void expect_event(uint8_t id)
{
	struct event event = next_event();

	zassert_equal(event.id, id, "event %u with error %u", event.id, event.type);
}

static struct call next_call(void)
{
	struct call call;

	zassert_ok(k_msgq_get(&calls, &call, PATIENCE), "no call");
	return call;
}

/** The first event of all. */
static struct event registered;

/** What the first call of pdmc_connect_init() was told, while it could not start. */
static struct event refused;

static void *register_device(void)
{
	int taken[CONFIG_ZVFS_EVENTFD_MAX];
	size_t count = 0;

	server_start();

	/* No event is left for the client, and then there are some again. */
	while (count < ARRAY_SIZE(taken) && (taken[count] = zvfs_eventfd(0, 0)) >= 0) {
		count++;
	}
	pdmc_connect_init(on_event, &user_data);
	refused = next_event();
	while (count > 0) {
		(void)zsock_close(taken[--count]);
	}

	pdmc_connect_init(on_event, &user_data);
	/* A second time it does nothing. */
	pdmc_connect_init(NULL, NULL);
	pdmc_connect_register(NULL);
	registered = next_event();
	zassert_equal(registered.id, LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED);
	return NULL;
}

static void before_each(void *fixture)
{
	char device_id[8];

	ARG_UNUSED(fixture);
	answer_of_execute = REGISTRY_STATUS_OK;
	k_msgq_purge(&calls);
	/* Another test may have failed halfway. */
	if (!pdmc_connect_get_device_id(device_id, sizeof(device_id))) {
		pdmc_connect_register(NULL);
		expect_event(LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED);
	}
}

/** Waits until the server knows of what was added or removed. */
static void settle(void *fixture)
{
	struct event event;

	remove_all(fixture);
	while (k_msgq_get(&events, &event, K_MSEC(300)) == 0) {
	}
}

static void wait_for_update(void)
{
	expect_event(LWM2M_INTERFACE_OBSERVER_EVENT_REGISTRATION_UPDATED);
}

ZTEST(client, test_the_event_handler_knows_the_names)
{
	zassert_true(registered.has_info);
	zassert_str_equal(registered.device_id, "7f");
}

ZTEST(client, test_a_client_that_could_not_start_can_be_started_again)
{
	zassert_equal(refused.id, LWM2M_INTERFACE_OBSERVER_EVENT_ERROR);
	zassert_equal(refused.type, LWM2M_INTERFACE_ERROR_MEMORY_FAIL);
	zassert_true(refused.has_detail);
	zassert_equal(registered.id, LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED);
}

ZTEST(client, test_a_float_passes_both_ways)
{
	registry_path_t path = add(FLOAT, false, on_call);
	struct message answer;
	struct call call;
	double value;

	zassert_ok(registry_set_value_float(the_registry(), &path, 22.5));
	answer = server_request(COAP_METHOD_GET, "/33000/0/2", NULL);
	zassert_equal(answer.code, COAP_RESPONSE_CODE_CONTENT);
	zassert_str_equal(answer.payload, "22.5");

	answer = server_request(COAP_METHOD_PUT, "/33000/0/2", "-0.125");
	zassert_equal(answer.code, COAP_RESPONSE_CODE_CHANGED);
	call = next_call();
	zassert_equal(call.type, REGISTRY_CALLBACK_VALUE_UPDATED);
	zassert_equal(call.status, NOTIFICATION_STATUS_IGNORE);
	zassert_true(call.real == -0.125);
	zassert_ok(registry_get_value_float(the_registry(), &path, &value));
	zassert_true(value == -0.125);
}

ZTEST(client, test_written_values_reach_callbacks)
{
	add(INTEGER, false, on_call);
	add(STRING, false, on_call);
	add(BOOLEAN, false, on_call);

	zassert_equal(server_request(COAP_METHOD_PUT, "/33000/0/1", "-9000000000").code,
		      COAP_RESPONSE_CODE_CHANGED);
	zassert_equal(next_call().number, -9000000000);
	zassert_equal(server_request(COAP_METHOD_PUT, "/33000/0/5", "written").code,
		      COAP_RESPONSE_CODE_CHANGED);
	zassert_str_equal(next_call().bytes, "written");
	zassert_equal(server_request(COAP_METHOD_PUT, "/33000/0/3", "1").code,
		      COAP_RESPONSE_CODE_CHANGED);
	zassert_equal(next_call().number, 1);
	zassert_equal(server_request(COAP_METHOD_PUT, "/33000/0/5", "seventeen letters").code,
		      COAP_RESPONSE_CODE_BAD_REQUEST);
}

ZTEST(client, test_a_resource_without_a_value_is_not_found)
{
	registry_path_t path = add(INTEGER, false, NULL);

	zassert_equal(server_request(COAP_METHOD_GET, "/33000/0/1", NULL).code,
		      COAP_RESPONSE_CODE_NOT_FOUND);
	zassert_ok(registry_set_value_int(the_registry(), &path, 0));
	zassert_equal(server_request(COAP_METHOD_GET, "/33000/0/1", NULL).code,
		      COAP_RESPONSE_CODE_CONTENT);
}

ZTEST(client, test_an_execution_is_answered_by_its_callback)
{
	registry_path_t path = add(ACTION, false, on_call);
	struct call call;

	zassert_equal(server_request(COAP_METHOD_POST, "/33000/0/7", "0='now'").code,
		      COAP_RESPONSE_CODE_CHANGED);
	call = next_call();
	zassert_equal(call.type, REGISTRY_CALLBACK_EXECUTE);
	zassert_equal(call.number, strlen("0='now'"));
	zassert_str_equal(call.bytes, "0='now'");

	answer_of_execute = REGISTRY_STATUS_INVALID_INPUT;
	zassert_equal(server_request(COAP_METHOD_POST, "/33000/0/7", NULL).code,
		      COAP_RESPONSE_CODE_BAD_REQUEST);
	zassert_equal(next_call().number, 0);
	answer_of_execute = REGISTRY_STATUS_NO_MEMORY;
	zassert_equal(server_request(COAP_METHOD_POST, "/33000/0/7", NULL).code,
		      COAP_RESPONSE_CODE_INTERNAL_ERROR);

	zassert_ok(registry_set_callback(the_registry(), &path, NULL));
	zassert_equal(server_request(COAP_METHOD_POST, "/33000/0/7", NULL).code,
		      COAP_RESPONSE_CODE_NOT_ALLOWED);
}

/** Calls all that a callback may. */
static registry_status_t calls_back(registry_callback_type_t type, const registry_path_t *path,
				    const registry_callback_token_t *token,
				    const registry_object_value_t *value,
				    const registry_notification_status_t status,
				    registry_t *registry)
{
	registry_path_t added;

	if (pdmc_connect_add_cloud_resource(registry, &added, 33001, 0, INTEGER, false, NULL) != 1) {
		return REGISTRY_STATUS_NO_MEMORY;
	}
	pdmc_connect_register_update();
	return registry_set_value_int(registry, &added, 42);
}

ZTEST(client, test_callbacks_may_call_the_client)
{
	add(ACTION, false, calls_back);
	wait_for_update();
	zassert_equal(server_request(COAP_METHOD_POST, "/33000/0/7", NULL).code,
		      COAP_RESPONSE_CODE_CHANGED);
	wait_for_update();
	zassert_str_equal(server_request(COAP_METHOD_GET, "/33001/0/1", NULL).payload, "42");
}

ZTEST(client, test_new_values_reach_observers)
{
	registry_path_t path = add(INTEGER, false, NULL);
	struct message message;

	zassert_ok(registry_set_value_int(the_registry(), &path, 1));
	message = server_observe("/33000/0/1");
	zassert_equal(message.code, COAP_RESPONSE_CODE_CONTENT);
	zassert_str_equal(message.payload, "1");
	zassert_ok(registry_set_value_int(the_registry(), &path, 2));
	zassert_true(server_notification(&message));
	zassert_str_equal(message.payload, "2");
}

ZTEST(client, test_auto_observable_values_are_sent_and_delivered)
{
	registry_path_t path = add(INTEGER, true, on_call);
	atomic_val_t sends = atomic_get(&server_counts.sends);
	struct call call;

	zassert_ok(registry_set_value_int(the_registry(), &path, 1));
	call = next_call();
	zassert_equal(call.type, REGISTRY_CALLBACK_NOTIFICATION_STATUS);
	zassert_equal(call.status, NOTIFICATION_STATUS_DELIVERED);
	zassert_equal(call.path.resource_id, INTEGER);
	zassert_equal(atomic_get(&server_counts.sends), sends + 1);

	zassert_ok(registry_set_auto_observable_parameter(the_registry(), &path, false));
	zassert_ok(registry_set_value_int(the_registry(), &path, 2));
	zassert_str_equal(server_request(COAP_METHOD_GET, "/33000/0/1", NULL).payload, "2");
	zassert_equal(atomic_get(&server_counts.sends), sends + 1);
}

ZTEST(client, test_values_that_belong_together_are_sent_in_one_message)
{
	registry_path_t paths[] = {add(INTEGER, false, on_call), add(FLOAT, false, on_call)};
	atomic_val_t sends = atomic_get(&server_counts.sends);

	zassert_ok(registry_set_value_int(the_registry(), &paths[0], 1));
	zassert_ok(registry_set_value_float(the_registry(), &paths[1], 0.5));
	zassert_ok(pdmc_connect_send(paths, ARRAY_SIZE(paths)));
	for (int i = 0; i < ARRAY_SIZE(paths); i++) {
		struct call call = next_call();

		zassert_equal(call.type, REGISTRY_CALLBACK_NOTIFICATION_STATUS);
		zassert_equal(call.status, NOTIFICATION_STATUS_DELIVERED);
		zassert_equal(call.path.resource_id, paths[i].resource_id);
	}
	zassert_equal(atomic_get(&server_counts.sends), sends + 1);
}

ZTEST(client, test_a_backlog_of_values_is_sent_in_one_message)
{
	registry_path_t path = add(INTEGER, false, NULL);
	atomic_val_t sends = atomic_get(&server_counts.sends);
	/* 2023-11-14T22:13:20Z, in milliseconds. */
	const int64_t start = 1700000000000;

	wait_for_update();
	for (int second = 0; second < 3; second++) {
		zassert_ok(registry_set_value_int(the_registry(), &path, second));
		zassert_ok(pdmc_connect_record(&path, 1, start + second * MSEC_PER_SEC));
	}
	/* They wait: the device has had its turn when it has answered. */
	zassert_str_equal(server_request(COAP_METHOD_GET, "/33000/0/1", NULL).payload, "2");
	zassert_equal(atomic_get(&server_counts.sends), sends);

	pdmc_connect_send_records();
	zassert_true(WAIT_FOR(atomic_get(&server_counts.sends) > sends, 20 * USEC_PER_SEC,
			      k_msleep(10)));
	zassert_str_equal(server_request(COAP_METHOD_GET, "/33000/0/1", NULL).payload, "2");
	zassert_equal(atomic_get(&server_counts.sends), sends + 1);
}

ZTEST(client, test_the_server_is_told_of_objects_that_come_and_go)
{
	atomic_val_t updates = atomic_get(&server_counts.updates);
	registry_path_t path = add(INTEGER, false, NULL);

	wait_for_update();
	/* Another resource of the same instance is no news. */
	add(FLOAT, false, NULL);
	zassert_equal(server_request(COAP_METHOD_GET, "/33000/0/2", NULL).code,
		      COAP_RESPONSE_CODE_NOT_FOUND);
	zassert_equal(atomic_get(&server_counts.updates), updates + 1);
	path.path_type = REGISTRY_PATH_OBJECT_INSTANCE;
	zassert_ok(registry_remove_object(the_registry(), &path, REGISTRY_REMOVE_SKIP_CALLBACK));
	wait_for_update();
	zassert_equal(server_request(COAP_METHOD_GET, "/33000/0/1", NULL).code,
		      COAP_RESPONSE_CODE_NOT_FOUND);
}

ZTEST(client, test_commands_and_their_events)
{
	struct event event;

	pdmc_connect_register_update();
	wait_for_update();

	/* It is registered already. */
	pdmc_connect_register(NULL);
	event = next_event();
	zassert_equal(event.id, LWM2M_INTERFACE_OBSERVER_EVENT_ERROR);
	zassert_equal(event.type, LWM2M_INTERFACE_ERROR_NOT_ALLOWED);
	zassert_true(event.has_detail);

	pdmc_connect_close();
	event = next_event();
	zassert_equal(event.id, LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED);
	zassert_false(event.has_info);

	pdmc_connect_close();
	event = next_event();
	zassert_equal(event.type, LWM2M_INTERFACE_ERROR_NOT_REGISTERED);
	pdmc_connect_register_update();
	event = next_event();
	zassert_equal(event.type, LWM2M_INTERFACE_ERROR_NOT_REGISTERED);

	pdmc_connect_register(NULL);
	expect_event(LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED);
}

ZTEST(client, test_the_later_of_opposites_counts)
{
	/* Both before the client's thread runs. */
	k_sched_lock();
	pdmc_connect_register(NULL);
	pdmc_connect_close();
	k_sched_unlock();
	expect_event(LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_UNREGISTERED);
	k_sched_lock();
	pdmc_connect_close();
	pdmc_connect_register(NULL);
	k_sched_unlock();
	expect_event(LWM2M_INTERFACE_OBSERVER_EVENT_OBJECT_REGISTERED);
}

ZTEST(client, test_a_pause_keeps_the_registration)
{
	registry_path_t path = add(INTEGER, false, NULL);
	atomic_val_t registers;

	wait_for_update();
	registers = atomic_get(&server_counts.registers);
	pdmc_connect_pause();
	zassert_ok(registry_set_value_int(the_registry(), &path, 5));
	pdmc_connect_resume(NULL);
	pdmc_connect_register_update();
	wait_for_update();
	zassert_equal(atomic_get(&server_counts.registers), registers);
	zassert_str_equal(server_request(COAP_METHOD_GET, "/33000/0/1", NULL).payload, "5");
}

ZTEST_SUITE(client, NULL, register_device, before_each, settle, NULL);
