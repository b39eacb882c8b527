/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The board's sensors as IPSO objects (OMA registry, 3303, 3304, 3313 and 3315).
 */

#include <errno.h>

#include <dmc_connect_api.h>
#include <zephyr/logging/log.h>

#include "clock.h"
#include "objects.h"
#include "sensor.h"

LOG_MODULE_DECLARE(sensors, LOG_LEVEL_INF);

enum {
	MIN_MEASURED = 5601,
	MAX_MEASURED = 5602,
	RESET_MEASURED = 5605,
	SENSOR_VALUE = 5700,
	SENSOR_UNITS = 5701,
	/* Y and Z follow. */
	X_VALUE = 5702,
};

/* clang-format off */
static const lwm2m_resource_meta_definition_t one_value[] = {
	LWM2M_RESOURCE_DEFINITION(5700, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_MANDATORY,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_FLOAT, "value"),
	LWM2M_RESOURCE_DEFINITION(5701, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_STRING, "units"),
	LWM2M_RESOURCE_DEFINITION(5601, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_FLOAT, "least value"),
	LWM2M_RESOURCE_DEFINITION(5602, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_FLOAT, "greatest value"),
	LWM2M_RESOURCE_DEFINITION(5605, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_E, LWM2M_RESOURCE_TYPE_NONE, "reset of these"),
};

static const lwm2m_resource_meta_definition_t three_axes[] = {
	LWM2M_RESOURCE_DEFINITION(5702, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_MANDATORY,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_FLOAT, "X"),
	LWM2M_RESOURCE_DEFINITION(5703, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_FLOAT, "Y"),
	LWM2M_RESOURCE_DEFINITION(5704, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_FLOAT, "Z"),
	LWM2M_RESOURCE_DEFINITION(5701, LWM2M_RESOURCE_SINGLE_INSTANCE, LWM2M_RESOURCE_OPTIONAL,
				  LWM2M_RESOURCE_OPERATIONS_R, LWM2M_RESOURCE_TYPE_STRING, "units"),
};
/* clang-format on */

LWM2M_OBJECT_REGISTER_VERSION(3303, "temperature", one_value, 1, 1);
LWM2M_OBJECT_REGISTER_VERSION(3304, "humidity", one_value, 1, 1);
LWM2M_OBJECT_REGISTER_VERSION(3315, "barometer", one_value, 1, 1);
LWM2M_OBJECT_REGISTER_VERSION(3313, "accelerometer", three_axes, 1, 1);

/* Where an object's values come from. */
static struct object {
	uint16_t id;
	enum sample_quantity quantity;
	uint8_t values;
	/* Leads from the sensor's unit to the object's. */
	uint16_t factor;
	const char *units;
	/* Whether the server sees it. */
	bool is_added;
} objects[] = {
	{3303, SAMPLE_TEMPERATURE, 1, 1, "Cel"},
	{3304, SAMPLE_HUMIDITY, 1, 1, "%RH"},
	{3315, SAMPLE_PRESSURE, 1, 1000, "Pa"},
	{3313, SAMPLE_ACCELERATION, 3, 1, "m/s2"},
};

/* Of all objects together. */
#define VALUES 6

static bool measure(const struct object *object, int64_t millionths[3]);
static uint16_t resource_of(const struct object *object, uint8_t axis);
static void add(const struct object *object);
static void set(const struct object *object, const registry_path_t *path, int64_t millionths);
static void set_extremes(const struct object *object, double value);
static void record(const registry_path_t *paths, size_t count);
static registry_status_t reset(registry_callback_type_t type, const registry_path_t *path,
			       const registry_callback_token_t *token,
			       const registry_object_value_t *value,
			       const registry_notification_status_t status, registry_t *registry);

static registry_t *the_registry(void)
{
	return &pdmc_connect_get_interface()->endpoint.registry;
}

void objects_measure(void)
{
	registry_path_t paths[VALUES];
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(objects); i++) {
		struct object *object = &objects[i];
		int64_t millionths[3];

		if (!measure(object, millionths)) {
			continue;
		}
		if (!object->is_added) {
			add(object);
			object->is_added = true;
		}
		for (uint8_t axis = 0; axis < object->values; axis++) {
			registry_set_path(&paths[count], object->id, 0, resource_of(object, axis),
					  0, REGISTRY_PATH_RESOURCE);
			set(object, &paths[count], millionths[axis] * object->factor);
			count++;
		}
	}
	record(paths, count);
}

/* Where the sensor fails, the values stay. */
static bool measure(const struct object *object, int64_t millionths[3])
{
	int result = sample_sensor_read(object->quantity, millionths);

	if (result == -ENODEV) {
		LOG_WRN("/%u: the sensor does not respond: check its wiring", object->id);
	} else if (result < 0 && result != -ENOENT) {
		LOG_WRN("/%u: the sensor fails: error %d", object->id, result);
	}
	return result == 0;
}

/* The resource of a value. */
static uint16_t resource_of(const struct object *object, uint8_t axis)
{
	return object->values == 1 ? SENSOR_VALUE : X_VALUE + axis;
}

/* What cannot be added is told by the log. */
static void add(const struct object *object)
{
	registry_t *registry = the_registry();
	registry_path_t path;

	for (uint8_t axis = 0; axis < object->values; axis++) {
		pdmc_connect_add_cloud_resource(registry, &path, object->id, 0,
						resource_of(object, axis), false, NULL);
	}
	if (object->values == 1) {
		pdmc_connect_add_cloud_resource(registry, &path, object->id, 0, MIN_MEASURED, false,
						NULL);
		pdmc_connect_add_cloud_resource(registry, &path, object->id, 0, MAX_MEASURED, false,
						NULL);
		pdmc_connect_add_cloud_resource(registry, &path, object->id, 0, RESET_MEASURED,
						false, reset);
	}
	pdmc_connect_add_cloud_resource(registry, &path, object->id, 0, SENSOR_UNITS, false, NULL);
	registry_set_value_string(registry, &path, object->units, false);
}

static void set(const struct object *object, const registry_path_t *path, int64_t millionths)
{
	int64_t hundredths = (millionths + (millionths < 0 ? -5000 : 5000)) / 10000;
	uint32_t size = hundredths < 0 ? -hundredths : hundredths;
	double value = millionths / 1e6;

	LOG_INF("/%u/0/%u = %s%u.%02u %s", path->object_id, path->resource_id,
		hundredths < 0 ? "-" : "", size / 100, size % 100, object->units);
	registry_set_value_float(the_registry(), path, value);
	if (object->values == 1) {
		set_extremes(object, value);
	}
}

/* The first value is both the least and the greatest. */
static void set_extremes(const struct object *object, double value)
{
	registry_t *registry = the_registry();
	registry_path_t path;
	double extreme;

	registry_set_path(&path, object->id, 0, MIN_MEASURED, 0, REGISTRY_PATH_RESOURCE);
	if (registry_get_value_float(registry, &path, &extreme) != REGISTRY_STATUS_OK ||
	    value < extreme) {
		registry_set_value_float(registry, &path, value);
	}
	path.resource_id = MAX_MEASURED;
	if (registry_get_value_float(registry, &path, &extreme) != REGISTRY_STATUS_OK ||
	    value > extreme) {
		registry_set_value_float(registry, &path, value);
	}
}

/* Keeps the values with their time until the server has them. */
static void record(const registry_path_t *paths, size_t count)
{
	static bool is_told;
	int64_t now = sample_time();

	if (now >= 0 && count > 0) {
		pdmc_connect_record(paths, count, now);
	} else if (now < 0 && !is_told) {
		LOG_WRN("the clock is not set: nothing is kept for the server until it is");
		is_told = true;
	}
}

/* The server executes /x/0/5605. On the client's thread. */
static registry_status_t reset(registry_callback_type_t type, const registry_path_t *path,
			       const registry_callback_token_t *token,
			       const registry_object_value_t *value,
			       const registry_notification_status_t status, registry_t *registry)
{
	registry_path_t place = *path;
	double present;

	ARG_UNUSED(token);
	ARG_UNUSED(value);
	ARG_UNUSED(status);
	if (type != REGISTRY_CALLBACK_EXECUTE) {
		return REGISTRY_STATUS_OK;
	}
	place.resource_id = SENSOR_VALUE;
	if (registry_get_value_float(registry, &place, &present) != REGISTRY_STATUS_OK) {
		return REGISTRY_STATUS_NO_DATA;
	}
	place.resource_id = MIN_MEASURED;
	registry_set_value_float(registry, &place, present);
	place.resource_id = MAX_MEASURED;
	return registry_set_value_float(registry, &place, present);
}
