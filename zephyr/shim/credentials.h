/*
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef CLIENT_LITE_CREDENTIALS_H_
#define CLIENT_LITE_CREDENTIALS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A number that is another one when any byte of the credentials under a security tag has changed.
 * Credentials that a modem keeps are none of Zephyr's, and do not count.
 */
uint64_t client_lite_credentials(int32_t sec_tag);

/** Whether a certificate is one that is trusted under a security tag itself. */
bool client_lite_is_trusted(int32_t sec_tag, const void *certificate, size_t length);

#endif /* CLIENT_LITE_CREDENTIALS_H_ */
