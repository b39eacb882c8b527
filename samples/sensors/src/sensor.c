/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The board's sensors. The devicetree aliases are those of Zephyr's own samples, so boards that
 * define them need no overlay.
 */

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/drivers/sensor.h>
#include <zephyr/kernel.h>

#include "sensor.h"

/* Where a quantity comes from. */
static const struct {
	const struct device *device;
	enum sensor_channel channel;
} sources[] = {
	[SAMPLE_TEMPERATURE] = {DEVICE_DT_GET_OR_NULL(DT_ALIAS(ambient_temp0)),
				SENSOR_CHAN_AMBIENT_TEMP},
	[SAMPLE_HUMIDITY] = {DEVICE_DT_GET_OR_NULL(DT_ALIAS(dht0)), SENSOR_CHAN_HUMIDITY},
	[SAMPLE_PRESSURE] = {DEVICE_DT_GET_OR_NULL(DT_ALIAS(pressure_sensor)), SENSOR_CHAN_PRESS},
	[SAMPLE_ACCELERATION] = {DEVICE_DT_GET_OR_NULL(DT_ALIAS(accel0)), SENSOR_CHAN_ACCEL_XYZ},
};

int sample_sensor_read(size_t quantity, int64_t millionths[3])
{
	struct sensor_value values[3] = {0};
	const struct device *device;
	int result;

	if (quantity >= ARRAY_SIZE(sources) || sources[quantity].device == NULL) {
		return -ENOENT;
	}
	device = sources[quantity].device;
	if (!device_is_ready(device)) {
		return -ENODEV;
	}
	result = sensor_sample_fetch(device);
	if (result == 0) {
		result = sensor_channel_get(device, sources[quantity].channel, values);
	}
	for (size_t axis = 0; axis < ARRAY_SIZE(values); axis++) {
		millionths[axis] = sensor_value_to_micro(&values[axis]);
	}
	return result;
}
