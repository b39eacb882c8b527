/*
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef CLIENT_LITE_COMMANDS_H_
#define CLIENT_LITE_COMMANDS_H_

#include <stdbool.h>

/** Whether client_lite_take_commands() would give any. */
bool client_lite_has_commands(void);

#endif /* CLIENT_LITE_COMMANDS_H_ */
