# What Kconfig cannot refuse, in a sentence each. Takes the CONFIG_ variables of the image.
#
# SPDX-License-Identifier: Apache-2.0

string(REGEX MATCH "^[Cc][Oo][Aa][Pp][Ss]:" secure "${CONFIG_CLIENT_LITE_SERVER_URI}")
if(secure AND CONFIG_CLIENT_LITE_SECURITY_NONE)
  message(FATAL_ERROR
    "Client Lite: a coaps server URI needs DTLS: set CONFIG_NET_SOCKETS_SOCKOPT_TLS=y and "
    "CONFIG_CLIENT_LITE_SECURITY_TAG=y or CONFIG_CLIENT_LITE_SECURITY_PSK=y; for a modem's DTLS "
    "CONFIG_CLIENT_LITE_DTLS=y and CONFIG_CLIENT_LITE_SECURITY_TAG=y")
elseif(NOT secure AND NOT CONFIG_CLIENT_LITE_SECURITY_NONE)
  message(FATAL_ERROR
    "Client Lite: CONFIG_CLIENT_LITE_SERVER_URI has to begin with coaps:// for this security mode")
endif()

# An address in the URI says which protocol it needs. The name of a host does not: of that the log
# tells.
set(lacks)
if("${CONFIG_CLIENT_LITE_SERVER_URI}" MATCHES "://\\[" AND NOT CONFIG_NET_IPV6)
  set(lacks IPV6)
elseif("${CONFIG_CLIENT_LITE_SERVER_URI}" MATCHES "://[0-9]+\\.[0-9]+\\.[0-9]+\\.[0-9]+([:/?]|$)"
    AND NOT CONFIG_NET_IPV4)
  set(lacks IPV4)
endif()
if(lacks)
  # An offload may know what the image does not, but Mbed TLS's sockets on top of it do not.
  if(CONFIG_NET_SOCKETS_OFFLOAD AND NOT (secure AND CONFIG_CLIENT_LITE_MBEDTLS))
    set(severity WARNING)
  else()
    set(severity FATAL_ERROR)
  endif()
  message(${severity}
    "Client Lite: CONFIG_CLIENT_LITE_SERVER_URI=\"${CONFIG_CLIENT_LITE_SERVER_URI}\" needs "
    "CONFIG_NET_${lacks}=y")
endif()

# A CoAP option has 255 bytes at most, and "ep=" is part of it (RFC 7252, 5.10).
string(LENGTH "${CONFIG_CLIENT_LITE_ENDPOINT_NAME}" length)
if(length GREATER 252 OR (length EQUAL 0 AND CONFIG_CLIENT_LITE_ENDPOINT_GIVEN))
  message(FATAL_ERROR
    "Client Lite: CONFIG_CLIENT_LITE_ENDPOINT_NAME must have 1 to 252 bytes, not ${length}")
endif()
