/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFLOGIN_H
#define CONFLOGIN_H

#include <stddef.h>

#include "conf.h"

struct envfilter_rules;

/*
 * What every program that obeys an incubator.conf(5) does with the settings
 * that apply to a login.
 */

/*
 * Where a setting is from, "FILE line N"; at least one line must say it.
 * Returns buf.
 */
const char *conflogin_place(const struct conf_settings *settings,
    enum conftable_word word, char *buf, size_t size);

/*
 * Hold LocalUser against who it is going to be; "user" is NULL if nothing but
 * the configuration says that.
 * Returns 0, or -1 with the reason in "why".
 */
int conflogin_check_user(const struct conf_settings *settings,
    const char *user, char *why, size_t size);

/*
 * Look for a Deny.  Returns 0 if there is none; or -1 with its text in "why",
 * and with "placed" the place and the word before it.
 */
int conflogin_check_deny(const struct conf_settings *settings, int placed,
    char *why, size_t size);

/*
 * The texts of a word's values.  Returns a list with a NULL at the end, for
 * the caller to free, its strings the configuration's; or NULL with errno.
 */
const char **conflogin_texts(const struct conf_settings *settings,
    enum conftable_word word);

/*
 * Why nothing is known of key and address where the session's user runs the
 * program himself: the fact's "unknown".
 */
extern const char conflogin_not_roots[];

/*
 * The "i"th Match that could not be decided, in words, with its place.
 * Returns buf.
 */
const char *conflogin_unknown(const struct conf_settings *settings, size_t i,
    char *buf, size_t size);

/* The higher of this verbosity (see log_init()) and that of LogLevel. */
int conflogin_verbosity(const struct conf_settings *settings, int verbosity);

/*
 * Make the rules of a filter of AcceptEnv, UnsetEnv and SetEnv; their strings
 * are the configuration's.
 * Returns 0, or -1 with errno.  conflogin_free_rules() is due in either case.
 */
int conflogin_make_rules(const struct conf_settings *settings,
    struct envfilter_rules *rules);
void conflogin_free_rules(struct envfilter_rules *rules);

#endif
