/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A finger for the emulated button: presses it from time to time, and by the shell command
 * "button press".
 */

#include <zephyr/drivers/gpio.h>
#include <zephyr/drivers/gpio/gpio_emul.h>
#include <zephyr/init.h>
#include <zephyr/kernel.h>
#include <zephyr/shell/shell.h>

static void release(struct k_work *work);
static void press_again(struct k_work *work);

static const struct gpio_dt_spec button = GPIO_DT_SPEC_GET(DT_ALIAS(sw0), gpios);
static K_WORK_DELAYABLE_DEFINE(release_work, release);
static K_WORK_DELAYABLE_DEFINE(press_work, press_again);

/* Longer than the debouncing interval of gpio-keys, 30 ms. */
#define HOLD_TIME K_MSEC(100)

static void set(bool pressed)
{
	bool active_low = (button.dt_flags & GPIO_ACTIVE_LOW) != 0;

	gpio_emul_input_set(button.port, button.pin, pressed != active_low);
}

static void press(void)
{
	set(true);
	k_work_reschedule(&release_work, HOLD_TIME);
}

static void release(struct k_work *work)
{
	ARG_UNUSED(work);
	set(false);
}

static void press_again(struct k_work *work)
{
	ARG_UNUSED(work);
	press();
	k_work_schedule(&press_work, K_SECONDS(CONFIG_SAMPLE_BUTTON_PRESS_PERIOD));
}

static int start(void)
{
	set(false);
	if (CONFIG_SAMPLE_BUTTON_PRESS_PERIOD > 0) {
		k_work_schedule(&press_work, K_SECONDS(CONFIG_SAMPLE_BUTTON_PRESS_PERIOD));
	}
	return 0;
}

SYS_INIT(start, APPLICATION, CONFIG_APPLICATION_INIT_PRIORITY);

#if defined(CONFIG_SHELL)
static int press_command(const struct shell *sh, size_t argc, char **argv)
{
	ARG_UNUSED(sh);
	ARG_UNUSED(argc);
	ARG_UNUSED(argv);
	press();
	return 0;
}

SHELL_STATIC_SUBCMD_SET_CREATE(button_commands,
			       SHELL_CMD(press, NULL, "Press the button once.", press_command),
			       SHELL_SUBCMD_SET_END);
SHELL_CMD_REGISTER(button, &button_commands, "The emulated button.", NULL);
#endif /* CONFIG_SHELL */
