/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The part of the C API that is commands and threads; the registry is in zephyr/capi.
 */

#include <string.h>

#include <dmc_connect_api.h>
#include <zephyr/init.h>
#include <zephyr/kernel.h>

#include "capi.h"
#include "network.h"
#include "platform.h"
#include "status.h"

/* Exported by zephyr/capi. */
void client_lite_define_objects(void);
void client_lite_run(pdmc_connect_handler_t handler, void *user);

BUILD_ASSERT(PDMC_ENDPOINT_NAME_SIZE == CLIENT_LITE_ENDPOINT_NAME_SIZE, "status.h has another one");

/** Written while nothing is running. */
static struct {
	pdmc_connect_handler_t handler;
	void *user;
} application;

static atomic_t running;
static K_SEM_DEFINE(start, 0, 1);

static atomic_ptr_t sleep_handler;

static K_THREAD_STACK_DEFINE(stack, CONFIG_CLIENT_LITE_STACK_SIZE);
static struct k_thread thread;

static void run(void *p1, void *p2, void *p3);
static bool copy(char *to, size_t size, const char *from, size_t length);

void pdmc_connect_init(pdmc_connect_handler_t handler, void *user)
{
	static bool created;

	__ASSERT(!k_is_in_isr(), "pdmc_connect_init: not from an interrupt");

	if (!atomic_cas(&running, 0, 1)) {
		return;
	}
	application.handler = handler;
	application.user = user;
	if (!created) {
		created = true;
		k_thread_create(&thread, stack, K_THREAD_STACK_SIZEOF(stack), run, NULL, NULL, NULL,
				CONFIG_CLIENT_LITE_THREAD_PRIORITY, 0, K_NO_WAIT);
		k_thread_name_set(&thread, "client_lite");
	}
	k_sem_give(&start);
}

void pdmc_connect_register(struct net_if *iface)
{
	client_lite_use_interface(iface);
	client_lite_command(CLIENT_LITE_REGISTER);
}

void pdmc_connect_register_update(void)
{
	client_lite_command(CLIENT_LITE_UPDATE);
}

#if defined(CONFIG_CLIENT_LITE_COALESCING)
void pdmc_connect_radio_on(void)
{
	client_lite_command(CLIENT_LITE_RADIO_ON);
}
#endif

#if defined(CONFIG_CLIENT_LITE_SNAPSHOT)
void pdmc_connect_request_snapshot(void)
{
	client_lite_command(CLIENT_LITE_REQUEST_SNAPSHOT);
}
#endif

void pdmc_connect_close(void)
{
	client_lite_command(CLIENT_LITE_CLOSE);
}

void pdmc_connect_pause(void)
{
	client_lite_command(CLIENT_LITE_PAUSE);
}

void pdmc_connect_resume(struct net_if *iface)
{
	client_lite_use_interface(iface);
	client_lite_command(CLIENT_LITE_RESUME);
}

bool pdmc_connect_endpoint_info(pdmc_endpoint_info_s *endpoint_info)
{
	struct client_lite_names names;

	client_lite_names(&names);
	if (endpoint_info == NULL || names.device_id[0] == '\0') {
		return false;
	}
	memcpy(endpoint_info->endpoint_name, names.endpoint_name,
	       sizeof(endpoint_info->endpoint_name));
	memcpy(endpoint_info->device_id, names.device_id, sizeof(endpoint_info->device_id));
	return true;
}

bool pdmc_connect_get_endpoint_name(char *endpoint_name, size_t size)
{
	char name[CLIENT_LITE_ENDPOINT_NAME_SIZE];

	return copy(endpoint_name, size, name, client_lite_endpoint_name(name, sizeof(name) - 1));
}

bool pdmc_connect_get_device_id(char *device_id, size_t size)
{
	struct client_lite_names names;

	client_lite_names(&names);
	return copy(device_id, size, names.device_id, strlen(names.device_id));
}

void registry_set_path(registry_path_t *path, const uint16_t object, const uint16_t object_instance,
		       const uint16_t resource, const uint16_t resource_instance,
		       const uint8_t type)
{
	if (path == NULL) {
		return;
	}
	path->object_id = object;
	path->object_instance_id = object_instance;
	path->resource_id = resource;
	path->resource_instance_id = resource_instance;
	path->path_type = type;
}

void lwm2m_interface_set_queue_sleep_handler(lwm2m_interface_t *interface,
					     interface_callback_handler handler)
{
	if (interface == pdmc_connect_get_interface()) {
		(void)atomic_ptr_set(&sleep_handler, handler);
	}
}

void client_lite_asleep(void)
{
	interface_callback_handler handler = atomic_ptr_get(&sleep_handler);

	if (handler != NULL) {
		handler(pdmc_connect_get_interface());
	}
}

void client_lite_cannot_run(void)
{
	(void)atomic_clear(&running);
}

/** Copies as much of a text as there is room for; whether there is any. */
static bool copy(char *to, size_t size, const char *from, size_t length)
{
	if (to == NULL || size == 0 || length == 0) {
		return false;
	}
	length = MIN(length, size - 1);
	memcpy(to, from, length);
	to[length] = '\0';
	return true;
}

static void run(void *p1, void *p2, void *p3)
{
	ARG_UNUSED(p1);
	ARG_UNUSED(p2);
	ARG_UNUSED(p3);

	for (;;) {
		(void)k_sem_take(&start, K_FOREVER);
		client_lite_run(application.handler, application.user);
	}
}

/* Resources may be added before pdmc_connect_init(). */
static int define_objects(void)
{
	client_lite_define_objects();
	return 0;
}

SYS_INIT(define_objects, POST_KERNEL, CONFIG_KERNEL_INIT_PRIORITY_DEFAULT);
