/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Two threads of different priority, of which one interrupts the other.
 */

#include <string.h>

#include <zephyr/ztest.h>

#include "definitions.h"

#define ROUNDS 200

static K_THREAD_STACK_DEFINE(stack, 2048 + CONFIG_TEST_EXTRA_STACK_SIZE);
static struct k_thread thread;
static registry_path_t shared_path;

/** Sets texts of one letter and different lengths, in between the other thread's calls. */
static void set_texts(void *p1, void *p2, void *p3)
{
	static const char *const texts[] = {"aaaaaaaaaaaaaaaa", "bbb", "", "ccccccc"};

	for (size_t i = 0; i < ROUNDS; i++) {
		zassert_ok(registry_set_value_string(the_registry(), &shared_path,
						     texts[i % ARRAY_SIZE(texts)], false));
		k_sleep(K_TICKS(1));
	}
}

ZTEST(registry, test_two_threads_never_see_half_a_value)
{
	registry_path_t opaque = add(OPAQUES, false, NULL);
	char text[CONFIG_CLIENT_LITE_VALUE_SIZE + 1];
	uint8_t bytes[CONFIG_CLIENT_LITE_VALUE_SIZE];
	uint8_t got[CONFIG_CLIENT_LITE_VALUE_SIZE];
	int priority = k_thread_priority_get(k_current_get());
	uint32_t rounds = 0;
	size_t length;

	shared_path = add(STRING, false, NULL);
	zassert_ok(registry_set_value_string(the_registry(), &shared_path, "", false));
	/* Threads of tests are cooperative otherwise. */
	k_thread_priority_set(k_current_get(), K_PRIO_PREEMPT(2));
	k_thread_create(&thread, stack, K_THREAD_STACK_SIZEOF(stack), set_texts, NULL, NULL, NULL,
			K_PRIO_PREEMPT(1), 0, K_NO_WAIT);

	do {
		size_t size = rounds % (sizeof(bytes) + 1);

		memset(bytes, rounds, sizeof(bytes));
		zassert_ok(registry_set_value_opaque_copy(the_registry(), &opaque, bytes, size));
		zassert_ok(registry_get_value_opaque(the_registry(), &opaque, got, sizeof(got),
						     &length));
		zassert_equal(length, size);
		zassert_mem_equal(got, bytes, size);
		zassert_ok(registry_get_value_string(the_registry(), &shared_path, text,
						     sizeof(text)));
		for (size_t i = 1; i < strlen(text); i++) {
			zassert_equal(text[i], text[0], "half of one text: %s", text);
		}
		rounds++;
		if (IS_ENABLED(CONFIG_ARCH_POSIX)) {
			/* Its time stands still while a thread computes. */
			k_busy_wait(10);
		}
	} while (k_thread_join(&thread, K_NO_WAIT) != 0);
	k_thread_priority_set(k_current_get(), priority);
}
