/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "libsystemd.h"

#include <dlfcn.h>
#include <errno.h>
#include <stddef.h>
#include <string.h>

/* The number is that of its ABI, unchanged since systemd 209. */
#define LIBRARY "libsystemd.so.0"

#define AT(member) offsetof(struct libsystemd, member)

static const struct {
	const char *name;
	size_t offset;
} functions[] = {
	{ "sd_pid_get_session", AT(pid_get_session) },
	{ "sd_session_get_remote_host", AT(session_get_remote_host) },
	{ "sd_bus_new", AT(bus_new) },
	{ "sd_bus_set_address", AT(bus_set_address) },
	{ "sd_bus_set_bus_client", AT(bus_set_bus_client) },
	{ "sd_bus_start", AT(bus_start) },
	{ "sd_bus_is_ready", AT(bus_is_ready) },
	{ "sd_bus_process", AT(bus_process) },
	{ "sd_bus_wait", AT(bus_wait) },
	{ "sd_bus_call", AT(bus_call) },
	{ "sd_bus_get_property_trivial", AT(bus_get_property_trivial) },
	{ "sd_bus_get_property_strv", AT(bus_get_property_strv) },
	{ "sd_bus_close", AT(bus_close) },
	{ "sd_bus_unref", AT(bus_unref) },
	{ "sd_bus_message_new_method_call", AT(message_new_method_call) },
	{ "sd_bus_message_append", AT(message_append) },
	{ "sd_bus_message_read", AT(message_read) },
	{ "sd_bus_message_is_signal", AT(message_is_signal) },
	{ "sd_bus_message_unref", AT(message_unref) },
	{ "sd_bus_error_free", AT(error_free) },
};

#define NFUNCTIONS (sizeof(functions) / sizeof(functions[0]))

const struct libsystemd *
libsystemd_load(void)
{
	static struct libsystemd library;
	static void *handle;
	void *function;
	size_t i;

	if (handle != NULL)
		return &library;
	/* Never closed: it may have left functions to call at exit. */
	handle = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	for (i = 0; handle != NULL && i < NFUNCTIONS; i++) {
		if ((function = dlsym(handle, functions[i].name)) == NULL) {
			(void)dlclose(handle);
			handle = NULL;
			break;
		}
		/* ISO C has no cast from object to function. */
		memcpy((char *)&library + functions[i].offset, &function,
		    sizeof(function));
	}
	if (handle == NULL) {
		errno = ELIBACC;
		return NULL;
	}
	return &library;
}
