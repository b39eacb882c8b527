/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What zephyr/capi tells the part of the C API that is C. On the client's thread.
 */

#ifndef CLIENT_LITE_CAPI_H_
#define CLIENT_LITE_CAPI_H_

/** The device may sleep. */
void client_lite_asleep(void);

/** The client cannot run, which the application is told afterwards. */
void client_lite_cannot_run(void);

#endif /* CLIENT_LITE_CAPI_H_ */
