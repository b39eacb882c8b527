/*
 * SPDX-License-Identifier: Apache-2.0
 */

/**
 * @file
 * @brief Keys of accounts in a modem whose DTLS is used.
 */

#ifndef CLIENT_LITE_CREDENTIALS_API_H_
#define CLIENT_LITE_CREDENTIALS_API_H_

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/** @brief What an account may have of credentials. */
enum client_lite_credential_kind {
	/** Identity of a pre-shared key. */
	CLIENT_LITE_IDENTITY,
	/** Pre-shared key. */
	CLIENT_LITE_PSK,
	/** The device's own certificate, X.509 in DER. */
	CLIENT_LITE_CERTIFICATE,
	/** Its private key, PKCS #8 in DER. */
	CLIENT_LITE_PRIVATE_KEY,
	/** The certificate of the server's authority, X.509 in DER. */
	CLIENT_LITE_SERVER_CERTIFICATE,
	/** How many kinds there are. */
	CLIENT_LITE_CREDENTIAL_KINDS,
};

/** @brief A credential. */
struct client_lite_credential {
	/** Its bytes. */
	const void *bytes;
	/** How many; 0: there is none of this kind. */
	size_t length;
};

/**
 * @brief Stores the credentials of an account where the DTLS of the image's sockets finds them.
 *
 * For an application whose DTLS is an offload's, such as a modem's, to define; where it does not, such
 * accounts end in SECURE_CONNECTION_FAILED. Called on the client's thread each time before it connects
 * with an account that a bootstrap server has written, or a Rust application has given, and with nothing
 * once such an account is followed by one without credentials. What was stored before and is not there any
 * longer has to go.
 *
 * A modem that takes keys only while its radio is off cannot store them here, where the client is about
 * to connect. Copy them then, and return -EAGAIN: the client reports SECURE_CONNECTION_FAILED. On another
 * thread take the network down, store the copy, and bring the network up, which has the client try again
 * and call again; by then they are stored.
 *
 * @param sec_tag CONFIG_CLIENT_LITE_ACCOUNT_SEC_TAG.
 * @param credentials One of each kind, in the order of enum client_lite_credential_kind. Valid during the
 *                    call.
 *
 * @retval 0 They are stored, now or since an earlier call.
 * @retval -EAGAIN The link has to be down first.
 * @return Another negative errno where they cannot be stored.
 */
int client_lite_store_offloaded(int32_t sec_tag, const struct client_lite_credential *credentials);

#ifdef __cplusplus
}
#endif

#endif /* CLIENT_LITE_CREDENTIALS_API_H_ */
