/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The resources of object 3300, one of each type.
 */

#ifndef DEFINITIONS_H_
#define DEFINITIONS_H_

#include <dmc_connect_api.h>

#define GENERIC 33000

enum {
	INTEGER = 1,
	FLOAT = 2,
	BOOLEAN = 3,
	TIME = 4,
	STRING = 5,
	OPAQUES = 6,
	ACTION = 7,
};

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
