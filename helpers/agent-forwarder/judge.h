/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef JUDGE_H
#define JUDGE_H

#include <stddef.h>
#include <time.h>

#include "signdata.h"
#include "sshkey.h"

struct policy;

/*
 * Hold one thing against a policy.  All but judge_wants_keys() return NULL if
 * it may be, else the reason in words; static.
 */

/* The time, in seconds since 1970. */
const char *judge_time(const struct policy *policy, time_t wall);

/*
 * An operation by the name that struct deed has for it, and of an extension
 * its own.
 */
const char *judge_operation(const struct policy *policy,
    const char *operation, const char *extension);

/* A key, which may be seen and used, or neither. */
const char *judge_key(const struct policy *policy, const struct sshkey *key);

/* Is there a rule about keys at all?  1 or 0. */
int judge_wants_keys(const struct policy *policy);

/* What is signed; "host" is the proven host of a userauth, or "". */
const char *judge_data(const struct policy *policy,
    const struct signdata *sign, const char *host);

#endif
