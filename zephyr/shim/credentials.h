/*
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef CLIENT_LITE_CREDENTIALS_H_
#define CLIENT_LITE_CREDENTIALS_H_

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * A number that is another one when any byte of the credentials under a security tag has changed. Of
 * those that a modem keeps only an account's count.
 */
uint64_t client_lite_credentials(int32_t sec_tag);

#define CLIENT_LITE_HASH_START 0xcbf29ce484222325

/** Goes on with a hash that tells changes, and keeps no secret. */
uint64_t client_lite_hash(uint64_t value, const void *bytes, size_t length);

/** Whether a certificate is one that is trusted under a security tag itself. */
bool client_lite_is_trusted(int32_t sec_tag, const void *certificate, size_t length);

#endif /* CLIENT_LITE_CREDENTIALS_H_ */
