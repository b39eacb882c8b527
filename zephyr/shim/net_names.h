/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * Sockets under the names that they have since Zephyr 4.4, where networking got prefixes of its own; for
 * older trees these are made here.
 */

#ifndef CLIENT_LITE_NET_NAMES_H_
#define CLIENT_LITE_NET_NAMES_H_

#include <zephyr/net/net_ip.h>
#include <zephyr/net/socket.h>

#if !defined(NET_AF_INET)

#define NET_AF_INET          AF_INET
#define NET_AF_INET6         AF_INET6
#define NET_AF_UNSPEC        AF_UNSPEC
#define NET_INET6_ADDRSTRLEN INET6_ADDRSTRLEN
#define NET_IPPROTO_DTLS_1_2 IPPROTO_DTLS_1_2
#define NET_IPPROTO_UDP      IPPROTO_UDP
#define NET_SOCK_DGRAM       SOCK_DGRAM

#define net_htons(number) htons(number)
#define net_in6_addr      in6_addr
#define net_in_addr       in_addr
#define net_ntohs(number) ntohs(number)
#define net_sockaddr      sockaddr
#define net_sockaddr_in   sockaddr_in
#define net_sockaddr_in6  sockaddr_in6
#define net_socklen_t     socklen_t

#define ZSOCK_SOL_SOCKET      SOL_SOCKET
#define ZSOCK_SO_BINDTODEVICE SO_BINDTODEVICE

#define ZSOCK_SOL_TLS                           SOL_TLS
#define ZSOCK_TLS_CERT_VERIFY_CALLBACK          TLS_CERT_VERIFY_CALLBACK
#define ZSOCK_TLS_CERT_VERIFY_RESULT            TLS_CERT_VERIFY_RESULT
#define ZSOCK_TLS_CIPHERSUITE_LIST              TLS_CIPHERSUITE_LIST
#define ZSOCK_TLS_DTLS_CID                      TLS_DTLS_CID
#define ZSOCK_TLS_DTLS_CID_STATUS               TLS_DTLS_CID_STATUS
#define ZSOCK_TLS_DTLS_CID_STATUS_BIDIRECTIONAL TLS_DTLS_CID_STATUS_BIDIRECTIONAL
#define ZSOCK_TLS_DTLS_CID_STATUS_UPLINK        TLS_DTLS_CID_STATUS_UPLINK
#define ZSOCK_TLS_DTLS_CID_SUPPORTED            TLS_DTLS_CID_SUPPORTED
#define ZSOCK_TLS_DTLS_PEER_CID_VALUE           TLS_DTLS_PEER_CID_VALUE
#define ZSOCK_TLS_HOSTNAME                      TLS_HOSTNAME
#define ZSOCK_TLS_SEC_TAG_LIST                  TLS_SEC_TAG_LIST
#define ZSOCK_TLS_SESSION_CACHE                 TLS_SESSION_CACHE
#define ZSOCK_TLS_SESSION_CACHE_ENABLED         TLS_SESSION_CACHE_ENABLED
#define ZSOCK_TLS_SESSION_CACHE_PURGE           TLS_SESSION_CACHE_PURGE
#define zsock_tls_cert_verify_cb                tls_cert_verify_cb

#endif /* NET_AF_INET */

#endif /* CLIENT_LITE_NET_NAMES_H_ */
