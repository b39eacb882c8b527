/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * A push button over Zephyr's own LwM2M engine, for a comparison of sizes: the counter of object 3347.
 */

#include <zephyr/devicetree.h>
#include <zephyr/input/input.h>
#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/lwm2m.h>
#include <zephyr/sys/reboot.h>

LOG_MODULE_REGISTER(button, LOG_LEVEL_INF);

static struct lwm2m_ctx client;

static int reboot(uint16_t obj_inst_id, uint8_t *args, uint16_t args_len)
{
	ARG_UNUSED(obj_inst_id);
	ARG_UNUSED(args);
	ARG_UNUSED(args_len);
	sys_reboot(SYS_REBOOT_COLD);
	return 0;
}

static void on_event(struct lwm2m_ctx *context, enum lwm2m_rd_client_event event)
{
	ARG_UNUSED(context);
	switch (event) {
	case LWM2M_RD_CLIENT_EVENT_REGISTRATION_COMPLETE:
		LOG_INF("registered");
		break;
	case LWM2M_RD_CLIENT_EVENT_REG_UPDATE_COMPLETE:
		LOG_INF("registration updated");
		break;
	case LWM2M_RD_CLIENT_EVENT_DISCONNECT:
		LOG_INF("deregistered");
		break;
	default:
		LOG_WRN("event %d", event);
		break;
	}
}

int main(void)
{
	lwm2m_set_string(&LWM2M_OBJ(0, 0, 0), "coap://leshan.eclipseprojects.io:5683");
	lwm2m_set_u8(&LWM2M_OBJ(0, 0, 2), 3); /* No security. */
	lwm2m_set_u16(&LWM2M_OBJ(0, 0, 10), 1);
	lwm2m_set_u16(&LWM2M_OBJ(1, 0, 0), 1);
	lwm2m_set_res_buf(&LWM2M_OBJ(3, 0, 1), CONFIG_BOARD, sizeof(CONFIG_BOARD),
			  sizeof(CONFIG_BOARD), LWM2M_RES_DATA_FLAG_RO);
	lwm2m_register_exec_callback(&LWM2M_OBJ(3, 0, 4), reboot);
	lwm2m_create_object_inst(&LWM2M_OBJ(3347, 0));
	return lwm2m_rd_client_start(&client, "zephyr-button", 0, on_event, NULL);
}

static void on_key(struct input_event *event, void *user)
{
	ARG_UNUSED(user);
	if (event->code == DT_PROP(DT_ALIAS(sw0), zephyr_code)) {
		lwm2m_set_bool(&LWM2M_OBJ(3347, 0, 5500), event->value != 0);
	}
}

INPUT_CALLBACK_DEFINE(DEVICE_DT_GET(DT_PARENT(DT_ALIAS(sw0))), on_key, NULL);
