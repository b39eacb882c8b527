/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Random bytes.
 */

#include <errno.h>

#include <zephyr/kernel.h>
#include <zephyr/logging/log.h>
#include <zephyr/random/random.h>

#include "platform.h"

LOG_MODULE_DECLARE(client_lite, CONFIG_CLIENT_LITE_LOG_LEVEL);

/* native_sim's driver passes for hardware, but gives the same bytes at each start. */
#define IS_PREDICTABLE                                                                             \
	(IS_ENABLED(CONFIG_TEST_RANDOM_GENERATOR) || IS_ENABLED(CONFIG_TEST_CSPRNG_GENERATOR) ||   \
	 IS_ENABLED(CONFIG_FAKE_ENTROPY_NATIVE_SIM))

int client_lite_entropy(void *bytes, size_t size)
{
	static bool warned;

	if (IS_PREDICTABLE && !warned) {
		warned = true;
		LOG_WRN("random numbers can be predicted: for tests only; "
			"enable an entropy driver (CONFIG_ENTROPY_GENERATOR)");
	}
	if (IS_ENABLED(CONFIG_CSPRNG_ENABLED)) {
		return sys_csrand_get(bytes, size);
	}
	if (IS_ENABLED(CONFIG_TEST_RANDOM_GENERATOR)) {
		sys_rand_get(bytes, size);
		return 0;
	}
	LOG_ERR("no random numbers: this board needs an entropy driver (CONFIG_ENTROPY_GENERATOR)");
	return -ENOTSUP;
}
