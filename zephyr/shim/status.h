/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Where the client stands, and who it is, as it has published last. From any thread.
 */

#ifndef CLIENT_LITE_STATUS_H_
#define CLIENT_LITE_STATUS_H_

#include <zephyr/sys/util.h>

#include "platform.h"

/** Room for the endpoint name and its terminator: for the one that is given in any case. */
#define CLIENT_LITE_ENDPOINT_NAME_SIZE                                                             \
	MAX(CONFIG_CLIENT_LITE_ENDPOINT_NAME_SIZE, sizeof(CONFIG_CLIENT_LITE_ENDPOINT_NAME))

/** Who the device is at the server. Terminated. */
struct client_lite_names {
	char endpoint_name[CLIENT_LITE_ENDPOINT_NAME_SIZE];
	/** Empty while the device is not registered. */
	char device_id[CONFIG_CLIENT_LITE_LOCATION_SIZE];
};

void client_lite_status(struct client_lite_status *status);
void client_lite_names(struct client_lite_names *names);

#endif /* CLIENT_LITE_STATUS_H_ */
