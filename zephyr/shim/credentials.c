/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Zephyr's TLS credentials: storing those of accounts, and noticing that credentials have changed.
 */

#include <errno.h>
#include <string.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/net/tls_credentials.h>

#include "credentials.h"
#include "platform.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

/* Fowler, Noll and Vo's hash of 64 bits, 1a: to tell a change, not to keep a secret. */
#define FNV_PRIME 0x00000100000001b3

uint64_t client_lite_hash(uint64_t value, const void *bytes, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		value = (value ^ ((const uint8_t *)bytes)[i]) * FNV_PRIME;
	}
	return value;
}

#if defined(CONFIG_CLIENT_LITE_DTLS) && defined(CONFIG_NET_SOCKETS_SOCKOPT_TLS)

/* Zephyr's own: the public function copies a credential, and certificates are large. */
#include "tls_internal.h"

uint64_t client_lite_credentials(int32_t sec_tag)
{
	struct tls_credential *credential = NULL;
	uint64_t sum = 0;

	credentials_lock();
	while ((credential = credential_next_get(sec_tag, credential)) != NULL) {
		uint64_t one = client_lite_hash(CLIENT_LITE_HASH_START, &credential->type,
						sizeof(credential->type));

		/* A sum, since their order is that of the free places when they were stored. */
		sum += client_lite_hash(one, credential->buf, credential->len);
	}
	credentials_unlock();
	return client_lite_hash(sum, &sec_tag, sizeof(sec_tag));
}

/* What every implementation of RFC 4279 has to take (section 5.3). */
#define IDENTITY_SIZE 128
#define KEY_SIZE      64

/* What Mbed TLS takes of keys, where it is Mbed TLS. */
#if defined(CONFIG_MBEDTLS_PSK_MAX_LEN)
#define KEY_TAKEN MIN(KEY_SIZE, CONFIG_MBEDTLS_PSK_MAX_LEN)
#else
#define KEY_TAKEN KEY_SIZE
#endif

/* Zephyr's credentials are pointers: they need what they point to. */
static uint8_t identity[IDENTITY_SIZE];
static uint8_t key[KEY_TAKEN];
#if defined(CONFIG_CLIENT_LITE_ACCOUNT_CERTIFICATES)
static uint8_t own_certificate[CONFIG_CLIENT_LITE_ACCOUNT_IDENTITY_SIZE];
static uint8_t private_key[CONFIG_CLIENT_LITE_ACCOUNT_KEY_SIZE];
static uint8_t server_certificate[CONFIG_CLIENT_LITE_ACCOUNT_SERVER_KEY_SIZE];
#endif

/** A kind of credential, and where it is kept. */
struct store {
	enum tls_credential_type type;
	uint8_t *bytes;
	size_t size;
};

/** By enum client_lite_credential_kind. */
static const struct store stores[] = {
	[CLIENT_LITE_IDENTITY] = {TLS_CREDENTIAL_PSK_ID, identity, sizeof(identity)},
	[CLIENT_LITE_PSK] = {TLS_CREDENTIAL_PSK, key, sizeof(key)},
#if defined(CONFIG_CLIENT_LITE_ACCOUNT_CERTIFICATES)
	[CLIENT_LITE_CERTIFICATE] = {TLS_CREDENTIAL_PUBLIC_CERTIFICATE, own_certificate,
				     sizeof(own_certificate)},
	[CLIENT_LITE_PRIVATE_KEY] = {TLS_CREDENTIAL_PRIVATE_KEY, private_key,
				     sizeof(private_key)},
	[CLIENT_LITE_SERVER_CERTIFICATE] = {TLS_CREDENTIAL_CA_CERTIFICATE, server_certificate,
					    sizeof(server_certificate)},
#endif
};

static int replace(const struct store *store, int32_t sec_tag,
		   const struct client_lite_credential *credential);

int client_lite_store(int32_t sec_tag, const struct client_lite_credential *credentials)
{
	static const struct client_lite_credential none;
	/* What others have stored under the tag is theirs. */
	static bool has_stored;
	bool is_any = false;
	int ret = 0;

	for (size_t i = 0; i < CLIENT_LITE_CREDENTIAL_KINDS; i++) {
		if (credentials[i].length > 0 && i >= ARRAY_SIZE(stores)) {
			LOG_ERR("certificates in an account: set CONFIG_CLIENT_LITE_ACCOUNT_CERTIFICATES");
			ret = -ENOTSUP;
		}
		is_any |= credentials[i].length > 0;
	}
	if (!is_any && !has_stored) {
		return 0;
	}
	has_stored = is_any;

	/* A handshake under way reads them under the same lock. */
	credentials_lock();
	for (size_t i = 0; i < ARRAY_SIZE(stores) && ret == 0; i++) {
		ret = replace(&stores[i], sec_tag, &credentials[i]);
	}
	/* No mixture of two accounts. */
	for (size_t i = 0; i < ARRAY_SIZE(stores) && ret < 0; i++) {
		(void)replace(&stores[i], sec_tag, &none);
	}
	credentials_unlock();
	return ret;
}

bool client_lite_is_trusted(int32_t sec_tag, const void *certificate, size_t length)
{
	struct tls_credential *credential = NULL;
	bool is_trusted = false;

	credentials_lock();
	while ((credential = credential_next_get(sec_tag, credential)) != NULL) {
		is_trusted |= credential->type == TLS_CREDENTIAL_CA_CERTIFICATE &&
			      credential->len == length &&
			      memcmp(credential->buf, certificate, length) == 0;
	}
	credentials_unlock();
	return is_trusted;
}

static int replace(const struct store *store, int32_t sec_tag,
		   const struct client_lite_credential *credential)
{
	struct tls_credential *stored = credential_get(sec_tag, store->type);
	int ret;

	/* Where they are kept in flash they are written once. */
	if (stored == NULL ? credential->length == 0
			   : stored->len == credential->length &&
				     memcmp(stored->buf, credential->bytes, stored->len) == 0) {
		return 0;
	}

	/* It is not there at first. */
	(void)tls_credential_delete(sec_tag, store->type);
	memset(store->bytes, 0, store->size);
	if (credential->length > store->size) {
		LOG_ERR("security tag %d: a credential of over %zu bytes: see "
			"CONFIG_MBEDTLS_PSK_MAX_LEN for keys, CONFIG_CLIENT_LITE_ACCOUNT_..._SIZE "
			"for certificates",
			sec_tag, store->size);
		return -EMSGSIZE;
	}
	if (credential->length == 0) {
		return 0;
	}
	memcpy(store->bytes, credential->bytes, credential->length);
	ret = tls_credential_add(sec_tag, store->type, store->bytes, credential->length);
	if (ret < 0) {
		LOG_ERR("security tag %d: %d; raise CONFIG_TLS_MAX_CREDENTIALS_NUMBER", sec_tag,
			ret);
	}
	return ret;
}

#else

/** Of the account's that were stored last; an offload's cannot be read. */
static uint64_t stored;

uint64_t client_lite_credentials(int32_t sec_tag)
{
	return stored ^ (uint32_t)sec_tag;
}

int client_lite_store(int32_t sec_tag, const struct client_lite_credential *credentials)
{
	uint64_t all = 0;
	int ret;

	for (size_t i = 0; i < CLIENT_LITE_CREDENTIAL_KINDS; i++) {
		if (credentials[i].length > 0) {
			all = client_lite_hash(all ^ (i + 1), credentials[i].bytes,
					       credentials[i].length);
		}
	}
	if (all == 0 && stored == 0) {
		return 0;
	}
	if (!IS_ENABLED(CONFIG_CLIENT_LITE_DTLS)) {
		LOG_ERR("an account with credentials, but no DTLS: set CONFIG_CLIENT_LITE_DTLS");
		return -ENOTSUP;
	}

	ret = client_lite_store_offloaded(sec_tag, credentials);
	if (ret == -EAGAIN) {
		LOG_WRN("security tag %d: the modem takes keys only while its radio is off", sec_tag);
	} else if (ret < 0) {
		LOG_ERR("security tag %d: %d: credentials of an account, but the DTLS is an offload's: "
			"see client_lite_store_offloaded()",
			sec_tag, ret);
	} else {
		stored = all;
	}
	return ret;
}

__weak int client_lite_store_offloaded(int32_t sec_tag,
				       const struct client_lite_credential *credentials)
{
	ARG_UNUSED(sec_tag);
	ARG_UNUSED(credentials);
	return -ENOTSUP;
}

bool client_lite_is_trusted(int32_t sec_tag, const void *certificate, size_t length)
{
	ARG_UNUSED(sec_tag);
	ARG_UNUSED(certificate);
	ARG_UNUSED(length);
	return false;
}

#endif /* CONFIG_CLIENT_LITE_DTLS && CONFIG_NET_SOCKETS_SOCKOPT_TLS */
