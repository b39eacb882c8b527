/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Zephyr's TLS credentials: storing pre-shared keys, and noticing that credentials have changed.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/tls_credentials.h>

#include "credentials.h"
#include "platform.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

/* What every implementation of RFC 4279 has to take (section 5.3). */
#define IDENTITY_SIZE 128
#define KEY_SIZE      64

/* What Mbed TLS takes of them, where it is Mbed TLS. */
#if defined(CONFIG_MBEDTLS_PSK_MAX_LEN)
#define KEY_TAKEN MIN(KEY_SIZE, CONFIG_MBEDTLS_PSK_MAX_LEN)
#else
#define KEY_TAKEN KEY_SIZE
#endif

/* Fowler, Noll and Vo's hash of 64 bits, 1a: to tell a change, not to keep a secret. */
#define FNV_OFFSET 0xcbf29ce484222325
#define FNV_PRIME  0x00000100000001b3

#if defined(CONFIG_CLIENT_LITE_DTLS) && defined(CONFIG_NET_SOCKETS_SOCKOPT_TLS)

/* Zephyr's own: the public function copies a credential, and certificates are large. */
#include "tls_internal.h"

static uint64_t hash(uint64_t value, const void *bytes, size_t length);

uint64_t client_lite_credentials(int32_t sec_tag)
{
	struct tls_credential *credential = NULL;
	uint64_t sum = 0;

	credentials_lock();
	while ((credential = credential_next_get(sec_tag, credential)) != NULL) {
		uint64_t one = hash(FNV_OFFSET, &credential->type, sizeof(credential->type));

		/* A sum, since their order is that of the free places when they were stored. */
		sum += hash(one, credential->buf, credential->len);
	}
	credentials_unlock();
	return hash(sum, &sec_tag, sizeof(sec_tag));
}

int client_lite_store_psk(int32_t sec_tag, const void *identity, size_t identity_length,
			  const void *key, size_t key_length)
{
	/* Zephyr's credentials are pointers: they need what they point to. */
	static struct {
		char identity[IDENTITY_SIZE];
		uint8_t key[KEY_SIZE];
	} psk;
	int ret;

	if (identity_length > sizeof(psk.identity) || key_length > KEY_TAKEN) {
		LOG_ERR("security tag %d: identity over %d or key over %d bytes; Mbed TLS takes keys of "
			"CONFIG_MBEDTLS_PSK_MAX_LEN",
			sec_tag, IDENTITY_SIZE, KEY_TAKEN);
		return -EMSGSIZE;
	}

	/* They are not there at first. Deleted before the bytes change, since a handshake under
	 * way may read them.
	 */
	(void)tls_credential_delete(sec_tag, TLS_CREDENTIAL_PSK_ID);
	(void)tls_credential_delete(sec_tag, TLS_CREDENTIAL_PSK);
	memset(&psk, 0, sizeof(psk));
	memcpy(psk.identity, identity, identity_length);
	memcpy(psk.key, key, key_length);

	ret = tls_credential_add(sec_tag, TLS_CREDENTIAL_PSK_ID, psk.identity, identity_length);
	if (ret == 0) {
		ret = tls_credential_add(sec_tag, TLS_CREDENTIAL_PSK, psk.key, key_length);
	}
	if (ret < 0) {
		LOG_ERR("security tag %d: %d; raise CONFIG_TLS_MAX_CREDENTIALS_NUMBER", sec_tag,
			ret);
	}
	return ret;
}

static uint64_t hash(uint64_t value, const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		value = (value ^ ((const uint8_t *)bytes)[i]) * FNV_PRIME;
	}
	return value;
}

#else

uint64_t client_lite_credentials(int32_t sec_tag)
{
	/* An offload's cannot be read. */
	return (uint32_t)sec_tag;
}

int client_lite_store_psk(int32_t sec_tag, const void *identity, size_t identity_length,
			  const void *key, size_t key_length)
{
	ARG_UNUSED(sec_tag);
	ARG_UNUSED(identity);
	ARG_UNUSED(identity_length);
	ARG_UNUSED(key);
	ARG_UNUSED(key_length);
	if (IS_ENABLED(CONFIG_CLIENT_LITE_DTLS)) {
		LOG_ERR("a pre-shared key, but the DTLS is an offload's, which has keys of its own");
	} else {
		LOG_ERR("a pre-shared key, but no DTLS: set CONFIG_CLIENT_LITE_DTLS");
	}
	return -ENOTSUP;
}

#endif /* CONFIG_CLIENT_LITE_DTLS && CONFIG_NET_SOCKETS_SOCKOPT_TLS */
