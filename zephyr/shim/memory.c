/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * What Rust code for Arm moves memory with (Run-time ABI for the Arm Architecture, 4.3.4), by the
 * functions of libc: otherwise the image would have those of Rust's compiler-builtins beside them.
 */

#ifdef __ARM_EABI__

#include <stddef.h>
#include <string.h>

/* They return nothing, and their 4 and 8 say how memory is aligned, which libc finds out itself. */
#define MEMORY_FUNCTIONS(_aligned)                                                                 \
	void __aeabi_memcpy##_aligned(void *to, const void *from, size_t size);                    \
	void __aeabi_memcpy##_aligned(void *to, const void *from, size_t size)                     \
	{                                                                                          \
		memcpy(to, from, size);                                                            \
	}                                                                                          \
                                                                                                   \
	void __aeabi_memmove##_aligned(void *to, const void *from, size_t size);                   \
	void __aeabi_memmove##_aligned(void *to, const void *from, size_t size)                    \
	{                                                                                          \
		memmove(to, from, size);                                                           \
	}                                                                                          \
                                                                                                   \
	void __aeabi_memset##_aligned(void *to, size_t size, int byte);                            \
	void __aeabi_memset##_aligned(void *to, size_t size, int byte)                             \
	{                                                                                          \
		memset(to, byte, size);                                                            \
	}                                                                                          \
                                                                                                   \
	void __aeabi_memclr##_aligned(void *to, size_t size);                                      \
	void __aeabi_memclr##_aligned(void *to, size_t size)                                       \
	{                                                                                          \
		memset(to, 0, size);                                                               \
	}

MEMORY_FUNCTIONS()
MEMORY_FUNCTIONS(4)
MEMORY_FUNCTIONS(8)

#endif /* __ARM_EABI__ */
