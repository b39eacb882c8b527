/*
 * SPDX-License-Identifier: Apache-2.0
 *
 * The subcommands of the shell's client_lite that are about the C API's registry.
 */

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include <dmc_connect_api.h>
#include <zephyr/kernel.h>
#include <zephyr/shell/shell.h>

/* The longest path: five digits a level. */
#define PATH_SIZE sizeof("/65535/65535/65535/65535")

/* Decimal digits that a double and an int64_t hold for sure, and a power of ten that it holds. */
#define DIGITS 15

static registry_t *the_registry(void)
{
	return &pdmc_connect_get_interface()->endpoint.registry;
}

static void format_path(char text[PATH_SIZE], const registry_path_t *path)
{
	int length = snprintk(text, PATH_SIZE, "/%u/%u/%u", path->object_id,
			      path->object_instance_id, path->resource_id);

	if (path->path_type == REGISTRY_PATH_RESOURCE_INSTANCE) {
		snprintk(text + length, PATH_SIZE - length, "/%u", path->resource_instance_id);
	}
}

/** Six decimals, without the C library's support of floats, which small images lack. */
static void print_float(const struct shell *sh, const char *path, double value)
{
	const double limit = 9e12;

	if (value > -limit && value < limit) {
		int64_t micro = (int64_t)(value * 1e6 + (value < 0 ? -0.5 : 0.5));
		uint64_t size = micro < 0 ? -micro : micro;

		shell_print(sh, "%s = %s%" PRIu64 ".%06" PRIu64, path, micro < 0 ? "-" : "",
			    size / 1000000, size % 1000000);
	} else if (value == value) {
		shell_print(sh, "%s = %s9e12", path, value < 0 ? "under -" : "over ");
	} else {
		shell_print(sh, "%s = not a number", path);
	}
}

static void print_value(const struct shell *sh, const registry_path_t *path, uint8_t type)
{
	/* Shell commands run one after the other, on a small stack. */
	static union {
		char string[CONFIG_CLIENT_LITE_VALUE_SIZE + 1];
		uint8_t opaque[CONFIG_CLIENT_LITE_VALUE_SIZE];
	} buffer;
	registry_t *registry = the_registry();
	registry_status_t ret;
	char text[PATH_SIZE];
	registry_objlnk_t link;
	uint64_t size;
	int64_t number;
	double real;
	bool on;
	size_t length;

	format_path(text, path);
	switch (type) {
	case LWM2M_RESOURCE_TYPE_STRING:
		ret = registry_get_value_string(registry, path, buffer.string,
						sizeof(buffer.string));
		if (ret == REGISTRY_STATUS_OK) {
			shell_print(sh, "%s = \"%s\"", text, buffer.string);
		}
		break;
	case LWM2M_RESOURCE_TYPE_INTEGER:
		ret = registry_get_value_int(registry, path, &number);
		if (ret == REGISTRY_STATUS_OK) {
			shell_print(sh, "%s = %" PRId64, text, number);
		}
		break;
	case LWM2M_RESOURCE_TYPE_FLOAT:
		ret = registry_get_value_float(registry, path, &real);
		if (ret == REGISTRY_STATUS_OK) {
			print_float(sh, text, real);
		}
		break;
	case LWM2M_RESOURCE_TYPE_BOOLEAN:
		ret = registry_get_value_boolean(registry, path, &on);
		if (ret == REGISTRY_STATUS_OK) {
			shell_print(sh, "%s = %s", text, on ? "true" : "false");
		}
		break;
	case LWM2M_RESOURCE_TYPE_OPAQUE:
		ret = registry_get_value_opaque(registry, path, buffer.opaque,
						sizeof(buffer.opaque), &length);
		if (ret == REGISTRY_STATUS_OK) {
			shell_print(sh, "%s = %zu bytes", text, length);
			shell_hexdump(sh, buffer.opaque, length);
		}
		break;
	case LWM2M_RESOURCE_TYPE_TIME:
		ret = registry_get_value_time(registry, path, &number);
		if (ret == REGISTRY_STATUS_OK) {
			shell_print(sh, "%s = %" PRId64 " s", text, number);
		}
		break;
	case LWM2M_RESOURCE_TYPE_OBJLNK:
		ret = registry_get_value_objlnk(registry, path, &link);
		if (ret == REGISTRY_STATUS_OK) {
			shell_print(sh, "%s = %u:%u", text, link.object_id,
				    link.object_instance_id);
		}
		break;
	case LWM2M_RESOURCE_TYPE_UNSIGNED:
		ret = registry_get_value_unsigned(registry, path, &size);
		if (ret == REGISTRY_STATUS_OK) {
			shell_print(sh, "%s = %" PRIu64, text, size);
		}
		break;
	default:
		shell_print(sh, "%s", text);
		return;
	}
	if (ret == REGISTRY_STATUS_NO_DATA) {
		shell_print(sh, "%s has no value", text);
	}
}

static int cmd_objects(const struct shell *sh, size_t argc, char **argv)
{
	registry_t *registry = the_registry();
	registry_path_t path;

	registry_set_path(&path, 0, 0, 0, 0, REGISTRY_PATH_OBJECT);
	while (registry_next_path(registry, &path) == REGISTRY_STATUS_OK) {
		const lwm2m_resource_meta_definition_t *definition;

		if (registry_meta_get_resource_definition(path.object_id, path.resource_id,
							  &definition) == REGISTRY_STATUS_OK) {
			print_value(sh, &path, definition->type);
		}
	}
	return 0;
}

/** Reads /object/instance/resource[/resource instance]. */
static bool parse_path(const char *text, registry_path_t *path)
{
	uint16_t ids[4] = {0};
	size_t count = 0;

	while (count < ARRAY_SIZE(ids) && text[0] == '/' && text[1] >= '0' && text[1] <= '9') {
		char *end;
		unsigned long id = strtoul(text + 1, &end, 10);

		if (id >= UINT16_MAX) {
			return false;
		}
		ids[count] = id;
		count++;
		text = end;
	}
	if (*text != '\0' || count < 3) {
		return false;
	}
	registry_set_path(path, ids[0], ids[1], ids[2], ids[3], count - 1);
	return true;
}

static bool parse_integer(const char *text, int64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoll(text, &end, 10);
	return errno == 0 && end != text && *end == '\0';
}

static bool parse_unsigned(const char *text, uint64_t *number)
{
	char *end;

	errno = 0;
	*number = strtoull(text, &end, 10);
	/* strtoull() takes a sign. */
	return errno == 0 && *text >= '0' && *text <= '9' && *end == '\0';
}

/** Reads object:instance. */
static bool parse_link(const char *text, registry_objlnk_t *link)
{
	const char *colon = strchr(text, ':');
	char *end;
	unsigned long object = strtoul(text, &end, 10);
	uint64_t instance;

	if (colon == NULL || end != colon || *text < '0' || *text > '9' || object > UINT16_MAX ||
	    !parse_unsigned(colon + 1, &instance) || instance > UINT16_MAX) {
		return false;
	}
	link->object_id = object;
	link->object_instance_id = instance;
	return true;
}

/** Reads a decimal number of up to 15 digits exactly, without the C library's strtod(). */
static bool parse_float(const char *text, double *number)
{
	bool negative = *text == '-';
	bool point = false;
	int64_t digits = 0;
	double scale = 1;
	int count = 0;

	for (text += negative; *text != '\0'; text++) {
		if (*text == '.' && !point) {
			point = true;
			continue;
		}
		if (*text < '0' || *text > '9' || count == DIGITS) {
			return false;
		}
		digits = digits * 10 + (*text - '0');
		scale *= point ? 10 : 1;
		count++;
	}
	*number = (negative ? -digits : digits) / scale;
	return count > 0;
}

static registry_status_t set_value(const registry_path_t *path, uint8_t type, const char *text)
{
	registry_t *registry = the_registry();
	registry_objlnk_t link;
	uint64_t size;
	int64_t number;
	double real;

	switch (type) {
	case LWM2M_RESOURCE_TYPE_STRING:
		return registry_set_value_string(registry, path, text, false);
	case LWM2M_RESOURCE_TYPE_INTEGER:
		return parse_integer(text, &number)
			       ? registry_set_value_int(registry, path, number)
			       : REGISTRY_STATUS_INVALID_INPUT;
	case LWM2M_RESOURCE_TYPE_FLOAT:
		return parse_float(text, &real) ? registry_set_value_float(registry, path, real)
						: REGISTRY_STATUS_INVALID_INPUT;
	case LWM2M_RESOURCE_TYPE_BOOLEAN:
		if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0) {
			return REGISTRY_STATUS_INVALID_INPUT;
		}
		return registry_set_value_boolean(registry, path, text[0] == 't');
	case LWM2M_RESOURCE_TYPE_OPAQUE: {
		static uint8_t bytes[CONFIG_CLIENT_LITE_VALUE_SIZE];
		size_t length = hex2bin(text, strlen(text), bytes, sizeof(bytes));

		if (length == 0 && text[0] != '\0') {
			return REGISTRY_STATUS_INVALID_INPUT;
		}
		return registry_set_value_opaque_copy(registry, path, bytes, length);
	}
	case LWM2M_RESOURCE_TYPE_TIME:
		return parse_integer(text, &number)
			       ? registry_set_value_time(registry, path, number)
			       : REGISTRY_STATUS_INVALID_INPUT;
	case LWM2M_RESOURCE_TYPE_OBJLNK:
		return parse_link(text, &link) ? registry_set_value_objlnk(registry, path, link)
					       : REGISTRY_STATUS_INVALID_INPUT;
	case LWM2M_RESOURCE_TYPE_UNSIGNED:
		return parse_unsigned(text, &size)
			       ? registry_set_value_unsigned(registry, path, size)
			       : REGISTRY_STATUS_INVALID_INPUT;
	default:
		return REGISTRY_STATUS_INVALID_INPUT;
	}
}

static int cmd_set(const struct shell *sh, size_t argc, char **argv)
{
	const lwm2m_resource_meta_definition_t *definition;
	registry_path_t path;

	if (!parse_path(argv[1], &path)) {
		shell_error(sh, "%s: not the path of a resource, as /3303/0/5700", argv[1]);
		return -EINVAL;
	}
	if (registry_path_exists(the_registry(), &path) != REGISTRY_STATUS_OK ||
	    registry_meta_get_resource_definition(path.object_id, path.resource_id,
						  &definition) != REGISTRY_STATUS_OK) {
		shell_error(sh, "%s: no such resource; client_lite objects lists them", argv[1]);
		return -ENOENT;
	}
	switch (set_value(&path, definition->type, argv[2])) {
	case REGISTRY_STATUS_OK:
		return 0;
	case REGISTRY_STATUS_NO_MEMORY:
		shell_error(sh, "%s: too long, the log says more", argv[2]);
		return -ENOMEM;
	default:
		shell_error(sh, "%s: no value of this resource's type", argv[2]);
		return -EINVAL;
	}
}

SHELL_SUBCMD_ADD((client_lite), objects, NULL, "Resources and their values", cmd_objects, 1, 0);
SHELL_SUBCMD_ADD((client_lite), set, NULL,
		 "Set a value: /3303/0/5700 22.5; opaque ones in hexadecimal digits", cmd_set, 3, 0);
