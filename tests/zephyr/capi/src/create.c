/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What a server creates, writes and deletes, as C code sees it.
 */

#include <zephyr/ztest.h>

#include "definitions.h"
#include "server.h"

#define PATIENCE K_SECONDS(20)

/** A call of the callback. */
struct call {
	registry_callback_type_t type;
	registry_path_t path;
};

K_MSGQ_DEFINE(shelf_calls, sizeof(struct call), 16, 4);

registry_status_t on_shelf(registry_callback_type_t type, const registry_path_t *path,
			   const registry_callback_token_t *token,
			   const registry_object_value_t *value,
			   const registry_notification_status_t status, registry_t *registry)
{
	struct call call = {.type = type, .path = *path};

	zassert_is_null(token);
	zassert_equal(status, NOTIFICATION_STATUS_IGNORE);
	zassert_equal_ptr(registry, the_registry());
	zassert_equal(value == NULL, type != REGISTRY_CALLBACK_VALUE_UPDATED);
	(void)k_msgq_put(&shelf_calls, &call, K_NO_WAIT);
	/* Without meaning. */
	return REGISTRY_STATUS_NO_MEMORY;
}

static void expect_call(registry_callback_type_t type, uint16_t instance, uint8_t path_type,
			uint16_t resource, uint16_t resource_instance)
{
	struct call call;

	zassert_ok(k_msgq_get(&shelf_calls, &call, PATIENCE), "no call");
	zassert_equal(call.type, type);
	zassert_equal(call.path.object_id, SHELF);
	zassert_equal(call.path.object_instance_id, instance);
	zassert_equal(call.path.path_type, path_type);
	zassert_equal(call.path.resource_id, resource);
	zassert_equal(call.path.resource_instance_id, resource_instance);
}

static void expect_no_call(void)
{
	struct call call;

	zassert_not_ok(k_msgq_get(&shelf_calls, &call, K_MSEC(100)));
}

/** The path of a resource of /33010/4, or of one of its counts. */
static registry_path_t path_of(uint16_t resource, uint16_t resource_instance)
{
	registry_path_t path;

	registry_set_path(&path, SHELF, 4, resource, resource_instance,
			  resource == COUNTS ? REGISTRY_PATH_RESOURCE_INSTANCE
					     : REGISTRY_PATH_RESOURCE);
	return path;
}

static void wait_for_update_after(atomic_val_t updates)
{
	for (int i = 0; i < 2000 && atomic_get(&server_counts.updates) == updates; i++) {
		k_msleep(10);
	}
	zassert_true(atomic_get(&server_counts.updates) > updates, "no Update");
}

/** Creates /33010/4 with {0: "new", 2: {1: 7}}; forgets the calls. */
static void create(void)
{
	static const uint8_t body[] = {0x08, 4, 10, 0xc3, LABEL, 'n', 'e', 'w',
				       0x83, COUNTS, 0x41, 1, 7};
	atomic_val_t updates = atomic_get(&server_counts.updates);

	k_msgq_purge(&shelf_calls);
	zassert_equal(server_request_tlv(COAP_METHOD_POST, "/33010", body, sizeof(body)).code,
		      COAP_RESPONSE_CODE_CREATED);
	expect_call(REGISTRY_CALLBACK_ITEM_ADDED, 4, REGISTRY_PATH_OBJECT_INSTANCE, 0, 0);
	expect_call(REGISTRY_CALLBACK_VALUE_UPDATED, 4, REGISTRY_PATH_RESOURCE, LABEL, 0);
	expect_call(REGISTRY_CALLBACK_VALUE_UPDATED, 4, REGISTRY_PATH_RESOURCE_INSTANCE, COUNTS, 1);
	wait_for_update_after(updates);
}

ZTEST(client, test_a_server_creates_an_instance)
{
	registry_path_t weight = path_of(WEIGHT, 0);
	registry_path_t label = path_of(LABEL, 0);
	registry_path_t count = path_of(COUNTS, 1);
	registry_path_t note = path_of(NOTE, 0);
	char text[CONFIG_CLIENT_LITE_VALUE_SIZE + 1];
	int64_t number;

	create();
	zassert_ok(registry_get_value_string(the_registry(), &label, text, sizeof(text)));
	zassert_str_equal(text, "new");
	zassert_ok(registry_get_value_int(the_registry(), &count, &number));
	zassert_equal(number, 7);
	zassert_equal(registry_path_exists(the_registry(), &note), REGISTRY_STATUS_NOT_FOUND);
	/* Mandatory, and not brought. */
	zassert_ok(registry_get_value_int(the_registry(), &weight, &number));
	zassert_equal(number, 0);
	zassert_ok(registry_set_value_int(the_registry(), &weight, 12));
	zassert_str_equal(server_request(COAP_METHOD_GET, "/33010/4/1", NULL).payload, "12");
}

ZTEST(client, test_a_server_deletes_an_instance)
{
	registry_path_t label = path_of(LABEL, 0);
	registry_path_t instance;
	atomic_val_t updates;

	create();
	updates = atomic_get(&server_counts.updates);
	zassert_equal(server_request(COAP_METHOD_DELETE, "/33010/4", NULL).code,
		      COAP_RESPONSE_CODE_DELETED);
	expect_call(REGISTRY_CALLBACK_ITEM_REMOVED, 4, REGISTRY_PATH_OBJECT_INSTANCE, 0, 0);
	registry_set_path(&instance, SHELF, 4, 0, 0, REGISTRY_PATH_OBJECT_INSTANCE);
	zassert_equal(registry_path_exists(the_registry(), &instance), REGISTRY_STATUS_NOT_FOUND);
	zassert_equal(registry_set_value_string(the_registry(), &label, "late", false),
		      REGISTRY_STATUS_NOT_FOUND);
	zassert_equal(server_request(COAP_METHOD_DELETE, "/33010/4", NULL).code,
		      COAP_RESPONSE_CODE_NOT_FOUND);
	wait_for_update_after(updates);
}

ZTEST(client, test_c_code_removes_what_a_server_has_created)
{
	registry_path_t path = path_of(LABEL, 0);
	atomic_val_t updates;

	create();
	updates = atomic_get(&server_counts.updates);
	path.path_type = REGISTRY_PATH_OBJECT_INSTANCE;
	zassert_ok(registry_remove_object(the_registry(), &path, REGISTRY_REMOVE_SKIP_CALLBACK));
	wait_for_update_after(updates);
	zassert_equal(server_request(COAP_METHOD_GET, "/33010/4/0", NULL).code,
		      COAP_RESPONSE_CODE_NOT_FOUND);
	expect_no_call();
}

ZTEST(client, test_a_refused_create_leaves_nothing)
{
	/* {2: {1: 7}} */
	static const uint8_t no_label[] = {0x83, COUNTS, 0x41, 1, 7};
	/* {0: "seventeen letters"} */
	static const uint8_t too_long[] = {0xc8, LABEL, 17,  's', 'e', 'v', 'e', 'n', 't', 'e',
					   'e',  'n',   ' ', 'l', 'e', 't', 't', 'e', 'r', 's'};
	static const uint8_t label[] = {0xc1, LABEL, 'a'};
	registry_path_t object;

	registry_set_path(&object, SHELF, 0, 0, 0, REGISTRY_PATH_OBJECT);
	k_msgq_purge(&shelf_calls);
	zassert_equal(server_request_tlv(COAP_METHOD_POST, "/33010", no_label, sizeof(no_label)).code,
		      COAP_RESPONSE_CODE_BAD_REQUEST);
	zassert_equal(server_request_tlv(COAP_METHOD_POST, "/33010", too_long, sizeof(too_long)).code,
		      COAP_RESPONSE_CODE_BAD_REQUEST);
	zassert_equal(registry_path_exists(the_registry(), &object), REGISTRY_STATUS_NOT_FOUND);
	expect_no_call();

	for (size_t i = 0; i < CONFIG_CLIENT_LITE_RESOURCES / 2; i++) {
		zassert_equal(server_request_tlv(COAP_METHOD_POST, "/33010", label, sizeof(label))
				      .code,
			      COAP_RESPONSE_CODE_CREATED);
	}
	zassert_equal(server_request_tlv(COAP_METHOD_POST, "/33010", label, sizeof(label)).code,
		      COAP_RESPONSE_CODE_INTERNAL_ERROR);
	/* Of another object servers create nothing. */
	zassert_equal(server_request_tlv(COAP_METHOD_POST, "/33000", label, sizeof(label)).code,
		      COAP_RESPONSE_CODE_NOT_FOUND);
}

ZTEST(client, test_optional_resources_come_and_go)
{
	/* {2: {2: 8, 3: 9}} */
	static const uint8_t counts[] = {0x86, COUNTS, 0x41, 2, 8, 0x41, 3, 9};
	registry_path_t count = path_of(COUNTS, 1);
	registry_path_t note = path_of(NOTE, 0);
	char text[CONFIG_CLIENT_LITE_VALUE_SIZE + 1];

	create();
	zassert_equal(server_request(COAP_METHOD_PUT, "/33010/4/3", "note").code,
		      COAP_RESPONSE_CODE_CHANGED);
	expect_call(REGISTRY_CALLBACK_VALUE_UPDATED, 4, REGISTRY_PATH_RESOURCE, NOTE, 0);
	zassert_ok(registry_get_value_string(the_registry(), &note, text, sizeof(text)));
	zassert_str_equal(text, "note");

	zassert_equal(server_request_tlv(COAP_METHOD_PUT, "/33010/4", counts, sizeof(counts)).code,
		      COAP_RESPONSE_CODE_CHANGED);
	expect_call(REGISTRY_CALLBACK_ITEM_REMOVED, 4, REGISTRY_PATH_RESOURCE_INSTANCE, COUNTS, 1);
	expect_call(REGISTRY_CALLBACK_ITEM_REMOVED, 4, REGISTRY_PATH_RESOURCE, NOTE, 0);
	expect_call(REGISTRY_CALLBACK_VALUE_UPDATED, 4, REGISTRY_PATH_RESOURCE_INSTANCE, COUNTS, 2);
	expect_call(REGISTRY_CALLBACK_VALUE_UPDATED, 4, REGISTRY_PATH_RESOURCE_INSTANCE, COUNTS, 3);
	zassert_equal(registry_path_exists(the_registry(), &count), REGISTRY_STATUS_NOT_FOUND);
	zassert_equal(registry_path_exists(the_registry(), &note), REGISTRY_STATUS_NOT_FOUND);
	zassert_equal(server_request(COAP_METHOD_GET, "/33010/4/3", NULL).code,
		      COAP_RESPONSE_CODE_NOT_FOUND);
}
