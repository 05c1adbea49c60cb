/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef STATUSLINE_H
#define STATUSLINE_H

struct recordfile;

/*
 * On standard output: a server's record, which stands in that directory, and
 * one of its logins'.  What is missing in a record, of another version's
 * server, is shown as missing.  Of JSON the first leaves an array of logins
 * open.
 */
void statusline_server(const struct recordfile *rec, const char *dir,
    const char *name, int json);
void statusline_login(const struct recordfile *rec, int first, int json);

#endif
