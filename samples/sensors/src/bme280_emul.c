/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A Bosch BME280 on an emulated I2C bus: the registers that Zephyr's driver uses, and weather that
 * changes slowly. The calibration is chosen so that the chip's compensation formulas (data sheet,
 * 4.2.3) become straight lines.
 */

#define DT_DRV_COMPAT bosch_bme280

#include <errno.h>

#include <zephyr/device.h>
#include <zephyr/drivers/emul.h>
#include <zephyr/drivers/i2c.h>
#include <zephyr/drivers/i2c_emul.h>
#include <zephyr/kernel.h>
#include <zephyr/sys/byteorder.h>

#define REGISTER_CALIBRATION          0x88
#define REGISTER_ID                   0xd0
#define REGISTER_HUMIDITY_CALIBRATION 0xe1
#define REGISTER_DATA                 0xf7

#define CHIP_ID 0x60

/* dig_T2: a raw temperature is 1/5120 of a degree Celsius. */
#define DIG_T2 16384
/* dig_P1: a raw pressure is 1/10 Pa, counted down from 2^20. */
#define DIG_P1 62500
/* dig_H2: a raw humidity is 1/256 of a percent. */
#define DIG_H2 256

static void measure(uint8_t data[8]);

static uint8_t read_register(uint8_t address, const uint8_t data[8])
{
	if (address >= REGISTER_DATA) {
		return data[address - REGISTER_DATA];
	}
	switch (address) {
	case REGISTER_ID:
		return CHIP_ID;
	case REGISTER_CALIBRATION + 2:
		return DIG_T2 & 0xff;
	case REGISTER_CALIBRATION + 3:
		return DIG_T2 >> 8;
	case REGISTER_CALIBRATION + 6:
		return DIG_P1 & 0xff;
	case REGISTER_CALIBRATION + 7:
		return DIG_P1 >> 8;
	case REGISTER_HUMIDITY_CALIBRATION:
		return DIG_H2 & 0xff;
	case REGISTER_HUMIDITY_CALIBRATION + 1:
		return DIG_H2 >> 8;
	default:
		/* All other coefficients are 0, and the status says that nothing is under way. */
		return 0;
	}
}

/* The driver writes a register's address and then reads, or writes address and value at once. */
static int transfer(const struct emul *target, struct i2c_msg *messages, int count, int address)
{
	uint8_t data[UINT8_MAX - REGISTER_DATA + 1] = {0};
	uint8_t at;

	ARG_UNUSED(target);
	ARG_UNUSED(address);
	if (count < 1 || (messages[0].flags & I2C_MSG_READ) != 0 || messages[0].len < 1) {
		return -EIO;
	}
	at = messages[0].buf[0];
	measure(data);
	for (int message = 1; message < count; message++) {
		if ((messages[message].flags & I2C_MSG_READ) == 0) {
			continue;
		}
		for (uint32_t index = 0; index < messages[message].len; index++) {
			messages[message].buf[index] = read_register(at++, data);
		}
	}
	return 0;
}

/* Goes from least to most and back within a period, in milliseconds. */
static uint32_t swing(uint32_t least, uint32_t most, uint32_t period)
{
	uint32_t half = period / 2;
	uint32_t phase = k_uptime_get() % period;
	uint32_t way = phase < half ? phase : period - phase;

	return least + (uint64_t)(most - least) * way / half;
}

static void measure(uint8_t data[8])
{
	/* In hundredths of a degree Celsius, hundredths of a percent, and pascals. */
	uint32_t temperature = swing(2000, 2500, 10 * 60 * MSEC_PER_SEC);
	uint32_t humidity = swing(4000, 5500, 7 * 60 * MSEC_PER_SEC);
	uint32_t pressure = swing(100800, 101800, 15 * 60 * MSEC_PER_SEC);

	sys_put_be24(((1 << 20) - pressure * 10) << 4, &data[0]);
	sys_put_be24((temperature * 5120 / 100) << 4, &data[3]);
	sys_put_be16(humidity * 256 / 100, &data[6]);
}

static int init(const struct emul *target, const struct device *parent)
{
	ARG_UNUSED(target);
	ARG_UNUSED(parent);
	return 0;
}

static const struct i2c_emul_api api = {.transfer = transfer};

#define BME280_EMUL(instance) EMUL_DT_INST_DEFINE(instance, init, NULL, NULL, &api, NULL)

DT_INST_FOREACH_STATUS_OKAY(BME280_EMUL)
