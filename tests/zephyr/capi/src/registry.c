/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Adding resources, setting and getting their values: what works, and each documented failure.
 */

#include <string.h>

#include <zephyr/ztest.h>

#include "definitions.h"

ZTEST(registry, test_a_float_passes_both_ways)
{
	static const double values[] = {22.5, -0.125, 0.1, 1e300, -5e-324, 0};
	registry_path_t path = add(FLOAT, false, NULL);
	double value;

	for (size_t i = 0; i < ARRAY_SIZE(values); i++) {
		zassert_ok(registry_set_value_float(the_registry(), &path, values[i]));
		zassert_ok(registry_get_value_float(the_registry(), &path, &value));
		zassert_true(value == values[i]);
	}
}

ZTEST(registry, test_numbers_pass_both_ways)
{
	registry_path_t integer = add(INTEGER, false, NULL);
	registry_path_t time = add(TIME, false, NULL);
	registry_path_t boolean = add(BOOLEAN, false, NULL);
	registry_path_t size = add(UNSIGNED, false, NULL);
	registry_path_t link = add(LINK, false, NULL);
	registry_objlnk_t reference = {65535, 1};
	uint64_t large;
	int64_t number;
	bool on = false;

	zassert_ok(registry_set_value_int(the_registry(), &integer, INT64_MIN));
	zassert_ok(registry_get_value_int(the_registry(), &integer, &number));
	zassert_equal(number, INT64_MIN);
	zassert_ok(registry_set_value_time(the_registry(), &time, 4102444800));
	zassert_ok(registry_get_value_time(the_registry(), &time, &number));
	zassert_equal(number, 4102444800);
	zassert_ok(registry_set_value_boolean(the_registry(), &boolean, true));
	zassert_ok(registry_get_value_boolean(the_registry(), &boolean, &on));
	zassert_true(on);
	zassert_ok(registry_set_value_unsigned(the_registry(), &size, UINT64_MAX));
	zassert_ok(registry_get_value_unsigned(the_registry(), &size, &large));
	zassert_equal(large, UINT64_MAX);
	zassert_ok(registry_set_value_objlnk(the_registry(), &link, reference));
	reference = (registry_objlnk_t){0};
	zassert_ok(registry_get_value_objlnk(the_registry(), &link, &reference));
	zassert_equal(reference.object_id, 65535);
	zassert_equal(reference.object_instance_id, 1);
}

ZTEST(registry, test_texts_and_bytes_are_copied)
{
	registry_path_t string = add(STRING, false, NULL);
	registry_path_t opaque = add(OPAQUES, false, NULL);
	char text[] = "\xc2\xb0" "C";
	uint8_t bytes[] = {0, 1, 255};
	char got_text[CONFIG_CLIENT_LITE_VALUE_SIZE + 1];
	uint8_t got_bytes[CONFIG_CLIENT_LITE_VALUE_SIZE];
	size_t length;

	zassert_ok(registry_set_value_string(the_registry(), &string, text, false));
	zassert_ok(registry_set_value_opaque_copy(the_registry(), &opaque, bytes, sizeof(bytes)));
	memset(text, 'x', sizeof(text));
	memset(bytes, 'x', sizeof(bytes));
	zassert_ok(registry_get_value_string(the_registry(), &string, got_text, sizeof(got_text)));
	zassert_str_equal(got_text, "\xc2\xb0" "C");
	zassert_ok(registry_get_value_opaque(the_registry(), &opaque, got_bytes, sizeof(got_bytes),
					     &length));
	zassert_equal(length, 3);
	zassert_mem_equal(got_bytes, ((uint8_t[]){0, 1, 255}), 3);
	zassert_ok(registry_set_value_string_copy(the_registry(), &string, NULL, 0));
	zassert_ok(registry_get_value_string(the_registry(), &string, got_text, sizeof(got_text)));
	zassert_str_equal(got_text, "");
}

ZTEST(registry, test_a_resource_begins_without_a_value)
{
	registry_path_t path = add(INTEGER, false, NULL);
	int64_t value = 7;
	bool empty = false;

	zassert_ok(registry_is_value_empty(the_registry(), &path, &empty));
	zassert_true(empty);
	zassert_equal(registry_get_value_int(the_registry(), &path, &value),
		      REGISTRY_STATUS_NO_DATA);
	zassert_equal(value, 7);
}

ZTEST(registry, test_arguments_that_are_null)
{
	registry_t *registry = the_registry();
	registry_path_t integer = add(INTEGER, false, NULL);
	registry_path_t string = add(STRING, false, NULL);
	registry_t another;
	int64_t value = 0;
	size_t length;

	zassert_ok(registry_set_value_int(registry, &integer, 1));
	zassert_ok(registry_set_value_string(registry, &string, "a", false));

	zassert_equal(registry_set_value_int(NULL, &integer, 1), REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_int(&another, &integer, 1), REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_int(registry, NULL, 1), REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_string(registry, &string, NULL, false),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_string_copy(registry, &string, NULL, 1),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_opaque_copy(registry, &string, NULL, 1),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_get_value_int(NULL, &integer, &value),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_get_value_int(registry, NULL, &value),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_get_value_int(registry, &integer, NULL),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_get_value_string(registry, &string, NULL, 2),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_get_value_opaque(registry, &string, NULL, 0, &length),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_is_value_empty(registry, &integer, NULL),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_path_exists(registry, NULL), REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_next_path(registry, NULL), REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_remove_object(registry, NULL, REGISTRY_REMOVE_SKIP_CALLBACK),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_callback(registry, NULL, NULL), REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_auto_observable_parameter(registry, NULL, true),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_false(registry_is_auto_observable(registry, NULL));
	zassert_equal(registry_meta_get_resource_definition(GENERIC, INTEGER, NULL),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_false(pdmc_connect_endpoint_info(NULL));
	zassert_false(pdmc_connect_get_endpoint_name(NULL, 1));
	zassert_false(pdmc_connect_get_device_id(NULL, 1));
	registry_set_path(NULL, 1, 2, 3, 4, REGISTRY_PATH_RESOURCE);
}

ZTEST(registry, test_paths_that_are_none)
{
	registry_path_t path;

	registry_set_path(&path, GENERIC, 0, INTEGER, 0, REGISTRY_PATH_OBJECT_INSTANCE);
	zassert_equal(registry_set_value_int(the_registry(), &path, 1),
		      REGISTRY_STATUS_INVALID_INPUT);
	registry_set_path(&path, GENERIC, 0, INTEGER, 0, 4);
	zassert_equal(registry_path_exists(the_registry(), &path), REGISTRY_STATUS_INVALID_INPUT);
	registry_set_path(&path, GENERIC, 65535, INTEGER, 0, REGISTRY_PATH_RESOURCE);
	zassert_equal(registry_path_exists(the_registry(), &path), REGISTRY_STATUS_INVALID_INPUT);
	registry_set_path(&path, GENERIC, 1, INTEGER, 0, REGISTRY_PATH_RESOURCE);
	zassert_equal(registry_path_exists(the_registry(), &path), REGISTRY_STATUS_NOT_FOUND);
	zassert_equal(registry_set_value_int(the_registry(), &path, 1), REGISTRY_STATUS_NOT_FOUND);
	zassert_equal(registry_set_callback(the_registry(), &path, NULL),
		      REGISTRY_STATUS_NOT_FOUND);
}

ZTEST(registry, test_another_type_than_the_definitions)
{
	registry_path_t integer = add(INTEGER, false, NULL);
	registry_path_t action = add(ACTION, false, NULL);
	double value;

	zassert_equal(registry_set_value_float(the_registry(), &integer, 1),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_time(the_registry(), &integer, 1),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_int(the_registry(), &action, 1),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_ok(registry_set_value_int(the_registry(), &integer, 1));
	zassert_equal(registry_get_value_float(the_registry(), &integer, &value),
		      REGISTRY_STATUS_INVALID_INPUT);
}

ZTEST(registry, test_values_that_are_none)
{
	registry_path_t string = add(STRING, false, NULL);
	registry_path_t real = add(FLOAT, false, NULL);

	zassert_equal(registry_set_value_string(the_registry(), &string, "a", true),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_string(the_registry(), &string, "\xff", false),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_string_copy(the_registry(), &string,
						     (const uint8_t *)"a\0b", 3),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_equal(registry_set_value_float(the_registry(), &real, __builtin_nan("")),
		      REGISTRY_STATUS_INVALID_INPUT);
}

ZTEST(registry, test_a_value_that_does_not_fit_leaves_the_one_before)
{
	registry_path_t string = add(STRING, false, NULL);
	registry_path_t paths[3];
	char text[CONFIG_CLIENT_LITE_VALUE_SIZE + 1];
	uint8_t bytes[CONFIG_CLIENT_LITE_VALUE_SIZE] = {0};

	zassert_ok(registry_set_value_string(the_registry(), &string, "sixteen letters.", false));
	zassert_equal(registry_set_value_string(the_registry(), &string, "seventeen letters", false),
		      REGISTRY_STATUS_NO_MEMORY);
	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		zassert_equal(pdmc_connect_add_cloud_resource_instance(the_registry(), &paths[i],
								       GENERIC, 0, OPAQUES, i,
								       false, NULL),
			      1);
	}
	zassert_ok(registry_set_value_opaque_copy(the_registry(), &paths[0], bytes, sizeof(bytes)));
	zassert_equal(registry_set_value_opaque_copy(the_registry(), &paths[1], bytes,
						     sizeof(bytes)),
		      REGISTRY_STATUS_NO_MEMORY);
	zassert_ok(registry_get_value_string(the_registry(), &string, text, sizeof(text)));
	zassert_str_equal(text, "sixteen letters.");
	zassert_equal(registry_get_value_string(the_registry(), &string, text, sizeof(text) - 1),
		      REGISTRY_STATUS_NO_MEMORY);
	/* What is removed makes room. */
	zassert_ok(registry_remove_object(the_registry(), &paths[0],
					  REGISTRY_REMOVE_SKIP_CALLBACK));
	zassert_ok(registry_set_value_opaque_copy(the_registry(), &paths[1], bytes, sizeof(bytes)));
}

ZTEST(registry, test_what_cannot_be_added)
{
	registry_t *registry = the_registry();
	registry_path_t path;

	zassert_equal(pdmc_connect_add_cloud_resource(NULL, &path, GENERIC, 0, INTEGER, false, NULL),
		      0);
	zassert_equal(pdmc_connect_add_cloud_resource(registry, NULL, GENERIC, 0, INTEGER, false,
						      NULL),
		      0);
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 3303, 0, 5700, false, NULL),
		      0, "an object without LWM2M_OBJECT_REGISTER");
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, GENERIC, 0, 99, false, NULL),
		      0, "a resource that its array lacks");
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, GENERIC, 65535, INTEGER,
						      false, NULL),
		      0);
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, GENERIC, 0, OPAQUES, false,
						      NULL),
		      0, "a multiple resource");
	zassert_equal(pdmc_connect_add_cloud_resource_instance(registry, &path, GENERIC, 0, INTEGER,
							       0, false, NULL),
		      0, "a single resource");
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 0, 0, INTEGER, false, NULL),
		      0);
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 1, 0, INTEGER, false, NULL),
		      0);
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 65535, 0, INTEGER, false,
						      NULL),
		      0);
}

ZTEST(registry, test_the_first_of_two_definitions_counts)
{
	const lwm2m_resource_meta_definition_t *definition;

	zassert_ok(registry_meta_get_resource_definition(GENERIC, INTEGER, &definition));
	zassert_equal(definition->type, LWM2M_RESOURCE_TYPE_INTEGER);
	zassert_equal(registry_meta_get_resource_definition(GENERIC, 65535, &definition),
		      REGISTRY_STATUS_NOT_FOUND);
	zassert_equal(registry_meta_get_resource_definition(1, INTEGER, &definition),
		      REGISTRY_STATUS_NOT_FOUND);
}

ZTEST(registry, test_full_tables)
{
	registry_t *registry = the_registry();
	registry_path_t path;

	add(INTEGER, false, NULL);
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 33001, 0, INTEGER, false,
						      NULL),
		      1);
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 3200, 0, 5501, false, NULL),
		      1);
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 33002, 0, INTEGER, false,
						      NULL),
		      0, "CONFIG_CLIENT_LITE_OBJECTS");
	for (uint16_t i = 1; i <= CONFIG_CLIENT_LITE_RESOURCES - 3; i++) {
		zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 3200, i, 5501, false,
							      NULL),
			      1);
	}
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 3200, 99, 5501, false, NULL),
		      0, "CONFIG_CLIENT_LITE_RESOURCES");
	zassert_equal(pdmc_connect_add_cloud_resource(registry, &path, 3200, 0, 5501, false, NULL),
		      1, "again");
}

ZTEST(registry, test_the_order_of_a_listing)
{
	static const uint16_t instances[] = {0, 2, 7};
	registry_path_t path;
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(instances); i++) {
		zassert_equal(pdmc_connect_add_cloud_resource(
				      the_registry(), &path, 3200,
				      instances[ARRAY_SIZE(instances) - 1 - i], 5501, false, NULL),
			      1);
	}
	registry_set_path(&path, 0, 0, 0, 0, REGISTRY_PATH_OBJECT);
	while (registry_next_path(the_registry(), &path) == REGISTRY_STATUS_OK) {
		zassert_equal(path.object_instance_id, instances[count]);
		count++;
	}
	zassert_equal(count, ARRAY_SIZE(instances));
}

ZTEST(registry, test_removal)
{
	registry_path_t path = add(INTEGER, false, NULL);

	zassert_equal(registry_remove_object(the_registry(), &path, (registry_removal_type_t)0),
		      REGISTRY_STATUS_INVALID_INPUT);
	zassert_ok(registry_remove_object(the_registry(), &path, REGISTRY_REMOVE_SKIP_CALLBACK));
	zassert_equal(registry_path_exists(the_registry(), &path), REGISTRY_STATUS_NOT_FOUND);
	zassert_equal(registry_remove_object(the_registry(), &path, REGISTRY_REMOVE_SKIP_CALLBACK),
		      REGISTRY_STATUS_NOT_FOUND);
}

ZTEST(registry, test_the_endpoint_name_is_known_at_once)
{
	char name[6];

	zassert_true(pdmc_connect_get_endpoint_name(name, sizeof(name)));
	zassert_str_equal(name, "clien");
	zassert_false(pdmc_connect_get_endpoint_name(name, 0));
}

ZTEST_SUITE(registry, NULL, NULL, remove_all, remove_all, NULL);
