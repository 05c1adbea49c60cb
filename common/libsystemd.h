/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LIBSYSTEMD_H
#define LIBSYSTEMD_H

#include <sys/types.h>

#include <stdint.h>

/*
 * libsystemd, where there is one: loaded when it is first asked for, so that
 * a login that does not need it does not pay for it, and a system without
 * systemd needs no other build.  The functions are described in sd-login(3)
 * and sd-bus(3); they return a negative errno.
 */

struct sd_bus;
struct sd_bus_message;

struct libsystemd_error {	/* sd_bus_error of sd-bus-errors(3) */
	const char *name;
	const char *message;
	int need_free;
};

struct libsystemd {
	int (*pid_get_session)(pid_t, char **);
	int (*session_get_remote_host)(const char *, char **);
	int (*bus_new)(struct sd_bus **);
	int (*bus_set_address)(struct sd_bus *, const char *);
	int (*bus_set_bus_client)(struct sd_bus *, int);
	int (*bus_start)(struct sd_bus *);
	int (*bus_is_ready)(struct sd_bus *);
	int (*bus_process)(struct sd_bus *, struct sd_bus_message **);
	int (*bus_wait)(struct sd_bus *, uint64_t);
	int (*bus_call)(struct sd_bus *, struct sd_bus_message *, uint64_t,
	    struct libsystemd_error *, struct sd_bus_message **);
	int (*bus_get_property_trivial)(struct sd_bus *, const char *,
	    const char *, const char *, const char *,
	    struct libsystemd_error *, char, void *);
	int (*bus_get_property_strv)(struct sd_bus *, const char *,
	    const char *, const char *, const char *,
	    struct libsystemd_error *, char ***);
	void (*bus_close)(struct sd_bus *);
	struct sd_bus *(*bus_unref)(struct sd_bus *);
	int (*message_new_method_call)(struct sd_bus *,
	    struct sd_bus_message **, const char *, const char *,
	    const char *, const char *);
	int (*message_append)(struct sd_bus_message *, const char *, ...);
	int (*message_read)(struct sd_bus_message *, const char *, ...);
	int (*message_is_signal)(struct sd_bus_message *, const char *,
	    const char *);
	struct sd_bus_message *(*message_unref)(struct sd_bus_message *);
	void (*error_free)(struct libsystemd_error *);
};

/*
 * Load it, once.  It stays until the process ends.
 * Returns the functions, or NULL with errno ELIBACC if it is not there, or is
 * too old to have them all.
 */
const struct libsystemd *libsystemd_load(void);

#endif
