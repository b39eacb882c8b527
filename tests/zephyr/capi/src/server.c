/*
 * SPDX-License-Identifier: Apache-2.0
 */

#include "server.h"

#include <string.h>

#include <zephyr/net/socket.h>
#include <zephyr/ztest.h>

#define PORT            5683
#define DATAGRAM_SIZE   512
#define PLAIN_TEXT      0
#define TLV             11542
#define NO_FORMAT       -1
#define OBSERVE_TOKEN   'o'
#define REQUEST_TOKEN   'r'
#define PATIENCE        K_SECONDS(20)

struct server_counts server_counts;

static int sock;
static struct sockaddr_in device;
static uint16_t next_id = 1000;

K_MSGQ_DEFINE(answers, sizeof(struct message), 4, 4);
K_MSGQ_DEFINE(notifications, sizeof(struct message), 8, 4);
static K_THREAD_STACK_DEFINE(stack, 4096);
static struct k_thread thread;

static void serve(void *p1, void *p2, void *p3);
static void handle(uint8_t *datagram, size_t length);
static void handle_request(struct coap_packet *request);
static void take(struct k_msgq *queue, struct coap_packet *packet);
static struct message ask(enum coap_method method, const char *path, int format,
			  const uint8_t *body, size_t length);
static void request(enum coap_method method, const char *path, int format, const uint8_t *body,
		    size_t length, char token, bool observe);
static void append_path(struct coap_packet *packet, const char *path);
static void send_packet(struct coap_packet *packet);

void server_start(void)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET,
		.sin_port = htons(PORT),
		.sin_addr = INADDR_LOOPBACK_INIT,
	};

	sock = zsock_socket(AF_INET, SOCK_DGRAM, IPPROTO_UDP);
	zassert_true(sock >= 0);
	zassert_ok(zsock_bind(sock, (struct sockaddr *)&address, sizeof(address)));
	k_thread_create(&thread, stack, K_THREAD_STACK_SIZEOF(stack), serve, NULL, NULL, NULL,
			K_PRIO_PREEMPT(5), 0, K_NO_WAIT);
}

struct message server_request(enum coap_method method, const char *path, const char *payload)
{
	/* The arguments of an execution have none. */
	int format = method == COAP_METHOD_PUT ? PLAIN_TEXT : NO_FORMAT;

	return ask(method, path, format, (const uint8_t *)payload,
		   payload != NULL ? strlen(payload) : 0);
}

struct message server_request_tlv(enum coap_method method, const char *path, const uint8_t *body,
				  size_t length)
{
	return ask(method, path, TLV, body, length);
}

struct message server_observe(const char *path)
{
	struct message answer;

	k_msgq_purge(&notifications);
	request(COAP_METHOD_GET, path, NO_FORMAT, NULL, 0, OBSERVE_TOKEN, true);
	zassert_ok(k_msgq_get(&notifications, &answer, PATIENCE), "%s is not answered", path);
	return answer;
}

bool server_notification(struct message *message)
{
	return k_msgq_get(&notifications, message, PATIENCE) == 0;
}

static void serve(void *p1, void *p2, void *p3)
{
	static uint8_t datagram[DATAGRAM_SIZE];

	while (true) {
		socklen_t size = sizeof(device);
		int length = zsock_recvfrom(sock, datagram, sizeof(datagram), 0,
					    (struct sockaddr *)&device, &size);

		if (length > 0) {
			handle(datagram, length);
		}
	}
}

static void handle(uint8_t *datagram, size_t length)
{
	struct coap_packet packet;
	uint8_t token[COAP_TOKEN_MAX_LEN];

	zassert_ok(coap_packet_parse(&packet, datagram, length, NULL, 0));
	if (coap_header_get_code(&packet) != COAP_CODE_EMPTY &&
	    coap_header_get_code(&packet) < COAP_RESPONSE_CODE_OK) {
		handle_request(&packet);
		return;
	}
	if (coap_header_get_token(&packet, token) == 1) {
		take(token[0] == OBSERVE_TOKEN ? &notifications : &answers, &packet);
	}
}

static void handle_request(struct coap_packet *request)
{
	uint8_t buffer[64];
	struct coap_packet answer;
	struct coap_option path[2];
	int segments = coap_find_options(request, COAP_OPTION_URI_PATH, path, ARRAY_SIZE(path));
	bool is_send = segments == 1 && path[0].len == 2 && memcmp(path[0].value, "dp", 2) == 0;
	bool is_register = coap_header_get_code(request) == COAP_METHOD_POST && segments == 1 &&
			   !is_send;
	uint8_t code = COAP_RESPONSE_CODE_CHANGED;

	if (is_send) {
		atomic_inc(&server_counts.sends);
	} else if (is_register) {
		atomic_inc(&server_counts.registers);
		code = COAP_RESPONSE_CODE_CREATED;
	} else if (coap_header_get_code(request) == COAP_METHOD_DELETE) {
		code = COAP_RESPONSE_CODE_DELETED;
	} else {
		atomic_inc(&server_counts.updates);
	}
	zassert_ok(coap_ack_init(&answer, request, buffer, sizeof(buffer), code));
	if (is_register) {
		zassert_ok(coap_packet_append_option(&answer, COAP_OPTION_LOCATION_PATH, "rd", 2));
		zassert_ok(coap_packet_append_option(&answer, COAP_OPTION_LOCATION_PATH, "7f", 2));
	}
	send_packet(&answer);
}

static void take(struct k_msgq *queue, struct coap_packet *packet)
{
	struct message message = {.code = coap_header_get_code(packet)};
	uint16_t length;
	const uint8_t *payload = coap_packet_get_payload(packet, &length);

	if (payload != NULL) {
		message.length = MIN(length, sizeof(message.payload) - 1);
		memcpy(message.payload, payload, message.length);
	}
	(void)k_msgq_put(queue, &message, K_NO_WAIT);
}

static struct message ask(enum coap_method method, const char *path, int format,
			  const uint8_t *body, size_t length)
{
	struct message answer;

	k_msgq_purge(&answers);
	request(method, path, format, body, length, REQUEST_TOKEN, false);
	zassert_ok(k_msgq_get(&answers, &answer, PATIENCE), "%s is not answered", path);
	return answer;
}

static void request(enum coap_method method, const char *path, int format, const uint8_t *body,
		    size_t length, char token, bool observe)
{
	uint8_t buffer[128];
	struct coap_packet packet;

	zassert_ok(coap_packet_init(&packet, buffer, sizeof(buffer), COAP_VERSION_1, COAP_TYPE_CON,
				    1, (uint8_t *)&token, method, next_id++));
	if (observe) {
		zassert_ok(coap_append_option_int(&packet, COAP_OPTION_OBSERVE, 0));
	}
	append_path(&packet, path);
	if (method == COAP_METHOD_GET) {
		zassert_ok(coap_append_option_int(&packet, COAP_OPTION_ACCEPT, PLAIN_TEXT));
	}
	if (format != NO_FORMAT) {
		zassert_ok(coap_append_option_int(&packet, COAP_OPTION_CONTENT_FORMAT, format));
	}
	if (length > 0) {
		zassert_ok(coap_packet_append_payload_marker(&packet));
		zassert_ok(coap_packet_append_payload(&packet, body, length));
	}
	send_packet(&packet);
}

/** Appends /1/2/3 as three options. */
static void append_path(struct coap_packet *packet, const char *path)
{
	while (*path == '/') {
		size_t length = strcspn(path + 1, "/");

		zassert_ok(coap_packet_append_option(packet, COAP_OPTION_URI_PATH, path + 1,
						     length));
		path += 1 + length;
	}
}

static void send_packet(struct coap_packet *packet)
{
	zassert_equal(zsock_sendto(sock, packet->data, packet->offset, 0,
				   (struct sockaddr *)&device, sizeof(device)),
		      packet->offset);
}
