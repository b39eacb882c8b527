/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * In place of the header of this name in the nRF Connect SDK: the option of its modem's sockets.
 */

#ifndef SOCKET_NCS_H_
#define SOCKET_NCS_H_

#define SO_RAI 61

#define RAI_NO_DATA   1
#define RAI_LAST      2
#define RAI_ONE_RESP  3
#define RAI_ONGOING   4
#define RAI_WAIT_MORE 5

#endif /* SOCKET_NCS_H_ */
