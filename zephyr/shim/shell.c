/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The shell command client_lite.
 */

#include <errno.h>
#include <string.h>

#include <lwm2m_interface.h>
#include <zephyr/kernel.h>
#include <zephyr/shell/shell.h>

#include "platform.h"
#include "status.h"
#include "transport.h"

/* Room for a time in words, and for the server's URI, which is cut where it is longer. */
#define TIME_SIZE   sizeof("49710 d 23 h")
#define SERVER_SIZE 64

static const char *name_of(const char *const *names, size_t count, uint8_t number)
{
	return number < count && names[number] != NULL ? names[number] : "unknown";
}

/* A time in its two largest units: nobody counts the seconds of a day. */
static const char *format_time(char text[TIME_SIZE], int64_t milliseconds)
{
	uint32_t seconds = MAX(milliseconds, 0) / MSEC_PER_SEC;
	uint32_t minutes = seconds / SEC_PER_MIN;
	uint32_t hours = minutes / MIN_PER_HOUR;

	if (minutes == 0) {
		snprintk(text, TIME_SIZE, "%u s", seconds);
	} else if (hours == 0) {
		snprintk(text, TIME_SIZE, "%u min %u s", minutes, seconds % SEC_PER_MIN);
	} else if (hours < HOUR_PER_DAY) {
		snprintk(text, TIME_SIZE, "%u h %u min", hours, minutes % MIN_PER_HOUR);
	} else {
		snprintk(text, TIME_SIZE, "%u d %u h", hours / HOUR_PER_DAY, hours % HOUR_PER_DAY);
	}
	return text;
}

/* In how long something is due, at a time of uptime that is -1 where nothing is. */
static void print_due(const struct shell *sh, const char *what, int64_t at)
{
	char text[TIME_SIZE];

	if (at >= 0) {
		shell_print(sh, "%s in %s", what, format_time(text, at - client_lite_uptime()));
	}
}

static void print_error(const struct shell *sh, const struct client_lite_status *status)
{
	static const char *const errors[] = {
		[LWM2M_INTERFACE_ERROR_BOOTSTRAP_FAILED] = "BOOTSTRAP_FAILED",
		[LWM2M_INTERFACE_ERROR_INVALID_PARAMETERS] = "INVALID_PARAMETERS",
		[LWM2M_INTERFACE_ERROR_NOT_REGISTERED] = "NOT_REGISTERED",
		[LWM2M_INTERFACE_ERROR_NETWORK_ERROR] = "NETWORK_ERROR",
		[LWM2M_INTERFACE_ERROR_UNKNOWN_ERROR] = "UNKNOWN_ERROR",
		[LWM2M_INTERFACE_ERROR_MEMORY_FAIL] = "MEMORY_FAIL",
		[LWM2M_INTERFACE_ERROR_NOT_ALLOWED] = "NOT_ALLOWED",
		[LWM2M_INTERFACE_ERROR_SECURE_CONNECTION_FAILED] = "SECURE_CONNECTION_FAILED",
		[LWM2M_INTERFACE_ERROR_DNS_RESOLVING_FAILED] = "DNS_RESOLVING_FAILED",
		[LWM2M_INTERFACE_ERROR_UNREGISTRATION_FAILED] = "UNREGISTRATION_FAILED",
	};
	char text[TIME_SIZE];

	if (status->error == LWM2M_INTERFACE_ERROR_NONE) {
		shell_print(sh, "last error:   none");
		return;
	}
	shell_print(sh, "last error:   %s, %s ago",
		    name_of(errors, ARRAY_SIZE(errors), status->error),
		    format_time(text, client_lite_uptime() - status->error_at));
}

static int cmd_status(const struct shell *sh, size_t argc, char **argv)
{
	static const char *const states[] = {
		[CLIENT_LITE_STATE_IDLE] = "idle",
		[CLIENT_LITE_STATE_HALTED] = "halted",
		[CLIENT_LITE_STATE_BOOTSTRAPPING] = "bootstrapping",
		[CLIENT_LITE_STATE_REGISTERING] = "registering",
		[CLIENT_LITE_STATE_REGISTERED] = "registered",
		[CLIENT_LITE_STATE_UPDATING] = "updating",
		[CLIENT_LITE_STATE_DEREGISTERING] = "de-registering",
		[CLIENT_LITE_STATE_DISABLED] = "disabled by the server",
	};
	struct client_lite_status status;
	struct client_lite_names names;
	char server[SERVER_SIZE];

	client_lite_status(&status);
	client_lite_names(&names);
	shell_print(sh, "state:        %s%s%s", name_of(states, ARRAY_SIZE(states), status.state),
		    status.paused ? ", paused" : "",
		    status.registrations > 0 && !status.listening ? ", asleep" : "");
	client_lite_format_server(server, sizeof(server));
	if (server[0] != '\0') {
		shell_print(sh, "server:       %s", server);
	}
	print_due(sh, "next update: ", status.next_update);
	print_due(sh, "next attempt:", status.next_attempt);
	print_due(sh, "registers:   ", status.disabled_until);
	print_error(sh, &status);
	shell_print(sh, "endpoint:     %s", names.endpoint_name);
	if (names.device_id[0] != '\0') {
		shell_print(sh, "device id:    %s", names.device_id);
	}
	return 0;
}

static int cmd_counters(const struct shell *sh, size_t argc, char **argv)
{
	struct client_lite_status status;

	client_lite_status(&status);
	shell_print(sh, "registrations:   %u", status.registrations);
	shell_print(sh, "updates:         %u", status.updates);
	shell_print(sh, "errors:          %u", status.errors);
	shell_print(sh, "retransmissions: %u", status.retransmissions);
	shell_print(sh, "notifications:   %u", status.notifications);
	shell_print(sh, "discarded:       %u", status.discarded);
	shell_print(sh, "records dropped: %u", status.records_dropped);
	shell_print(sh, "bytes sent:      %u", status.bytes_sent);
	shell_print(sh, "bytes received:  %u", status.bytes_received);
	return 0;
}

static int cmd_register(const struct shell *sh, size_t argc, char **argv)
{
	client_lite_command(CLIENT_LITE_REGISTER);
	return 0;
}

static int cmd_update(const struct shell *sh, size_t argc, char **argv)
{
	client_lite_command(CLIENT_LITE_UPDATE);
	return 0;
}

static int cmd_close(const struct shell *sh, size_t argc, char **argv)
{
	client_lite_command(CLIENT_LITE_CLOSE);
	return 0;
}

static int cmd_pause(const struct shell *sh, size_t argc, char **argv)
{
	client_lite_command(CLIENT_LITE_PAUSE);
	return 0;
}

static int cmd_resume(const struct shell *sh, size_t argc, char **argv)
{
	client_lite_command(CLIENT_LITE_RESUME);
	return 0;
}

/* What is none of the subcommands, and nothing at all. */
static int cmd_client_lite(const struct shell *sh, size_t argc, char **argv)
{
	if (argc == 1 || strcmp(argv[1], "help") == 0) {
		shell_help(sh);
		return SHELL_CMD_HELP_PRINTED;
	}
	shell_error(sh, "%s: no such subcommand; client_lite help lists them", argv[1]);
	return -EINVAL;
}

SHELL_SUBCMD_SET_CREATE(client_lite_commands, (client_lite));

SHELL_SUBCMD_ADD((client_lite), status, NULL, "State, server, what is due, last error, names",
		 cmd_status, 1, 0);
SHELL_SUBCMD_ADD((client_lite), counters, NULL, "Counts since boot", cmd_counters, 1, 0);
SHELL_SUBCMD_ADD((client_lite), register, NULL, "Register, and stay registered", cmd_register, 1,
		 0);
SHELL_SUBCMD_ADD((client_lite), update, NULL, "Update the registration now", cmd_update, 1, 0);
/* A Rust application may have it, too. */
#if defined(CONFIG_CLIENT_LITE_COALESCING) || !defined(CONFIG_CLIENT_LITE_C_API)
static int cmd_radio_on(const struct shell *sh, size_t argc, char **argv)
{
	client_lite_command(CLIENT_LITE_RADIO_ON);
	return 0;
}

SHELL_SUBCMD_ADD((client_lite), radio_on, NULL, "Send what is due later, since the radio is on",
		 cmd_radio_on, 1, 0);
#endif

SHELL_SUBCMD_ADD((client_lite), close, NULL, "De-register", cmd_close, 1, 0);
SHELL_SUBCMD_ADD((client_lite), pause, NULL, "Send nothing until resume", cmd_pause, 1, 0);
SHELL_SUBCMD_ADD((client_lite), resume, NULL, "Go on after pause", cmd_resume, 1, 0);

SHELL_CMD_ARG_REGISTER(client_lite, &client_lite_commands, "Client Lite: LwM2M device management",
		       cmd_client_lite, 1, SHELL_OPT_ARG_CHECK_SKIP);
