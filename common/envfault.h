/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef ENVFAULT_H
#define ENVFAULT_H

/*
 * Say what is wrong with a rule's text before it is used: a pattern that is
 * empty or could match no name, a name that is none, an assignment without
 * '=' or below the floor.
 * Returns NULL if nothing is, else the reason in words, static.
 */
const char *envfault_pattern(const char *pattern);
const char *envfault_name(const char *name);
const char *envfault_assignment(const char *assignment);

#endif
