/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The objects of the tests.
 */

#ifndef DEFINITIONS_H_
#define DEFINITIONS_H_

#include <dmc_connect_api.h>

/** Resources of each type. */
#define GENERIC 33000

enum {
	INTEGER = 1,
	FLOAT = 2,
	BOOLEAN = 3,
	TIME = 4,
	STRING = 5,
	OPAQUES = 6,
	ACTION = 7,
	UNSIGNED = 8,
	LINK = 9,
};

/** An object whose instances servers create. */
#define SHELF 33010

enum {
	/** Mandatory, a text. */
	LABEL = 0,
	/** Mandatory, a number that servers only read. */
	WEIGHT = 1,
	/** Several numbers. */
	COUNTS = 2,
	/** Optional, a text. */
	NOTE = 3,
};

/** The callback of the shelf's instances and resources. */
registry_status_t on_shelf(registry_callback_type_t type, const registry_path_t *path,
			   const registry_callback_token_t *token,
			   const registry_object_value_t *value,
			   const registry_notification_status_t status, registry_t *registry);

/** The one registry. */
static inline registry_t *the_registry(void)
{
	return &pdmc_connect_get_interface()->endpoint.registry;
}

/** Adds a resource of /33000/0, and an instance 0 where it is a multiple one. */
registry_path_t add(uint16_t resource, bool auto_observable, registry_callback_t callback);

/** Removes all that tests add. */
void remove_all(void *fixture);

#endif /* DEFINITIONS_H_ */
