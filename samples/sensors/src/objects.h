/*
 * SPDX-License-Identifier: Apache-2.0
 */

#ifndef SAMPLE_OBJECTS_H_
#define SAMPLE_OBJECTS_H_

/**
 * Measures with all sensors that the board has: the server's observers get what is new, and the
 * backlog each value with its time, where the clock is set. An object appears with its first value.
 */
void objects_measure(void);

#endif /* SAMPLE_OBJECTS_H_ */
