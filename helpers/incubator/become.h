/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef BECOME_H
#define BECOME_H

struct session_facts;

/*
 * Shape A, and login(1) on a terminal that it may keep: become the command;
 * no process stays behind.  Returns only to fail: the exit status, after a
 * line that says why.
 */
int become_command(const struct session_facts *facts);

#endif
