/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef POLICYVALUE_H
#define POLICYVALUE_H

#include <stddef.h>
#include <time.h>

#include "policyrules.h"

/*
 * Hold a word of a directive against its form: what could never match
 * anything is a mistake, and would allow less, or deny less, than its author
 * thinks.
 * They return NULL if it is right, else the reason, static.
 */
typedef const char *policyvalue_check(const char *word);

policyvalue_check policyvalue_fingerprint;	/* "SHA256:..." */
policyvalue_check policyvalue_pattern;
policyvalue_check policyvalue_operation;
policyvalue_check policyvalue_class;

/* The same, with what they stand for. */
const char *policyvalue_rate(const char *word, struct policyrules_rate *rate);
const char *policyvalue_number(const char *word, unsigned long *number);
/* A time from "now" on, or a date: see agent-forwarder(1). */
const char *policyvalue_time(const char *word, time_t now, time_t *value);

#endif
