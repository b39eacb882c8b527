/*
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef SAMPLE_SENSOR_H_
#define SAMPLE_SENSOR_H_

#include <stddef.h>
#include <stdint.h>

/** What a sensor measures; src/sensor.rs has the same order. */
enum sample_quantity {
	/** In degrees Celsius. */
	SAMPLE_TEMPERATURE,
	/** Relative, in percent. */
	SAMPLE_HUMIDITY,
	/** In kilopascals. */
	SAMPLE_PRESSURE,
	/** Along three axes, in m/s2. */
	SAMPLE_ACCELERATION,
};

/**
 * Measures a quantity, in millionths of its unit. Integers, since native_sim's C and Rust pass
 * floating-point numbers in different registers.
 *
 * @param quantity of enum sample_quantity.
 * @param[out] millionths the value, or those of the three axes.
 *
 * @return 0; -ENOENT where the board has no such sensor; -ENODEV where it does not respond; another
 *         negative errno where it fails.
 */
int sample_sensor_read(size_t quantity, int64_t millionths[3]);

#endif /* SAMPLE_SENSOR_H_ */
