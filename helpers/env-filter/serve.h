/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVE_H
#define SERVE_H

struct options;

/*
 * Filter envp and do with it what the options say.  "login_shell" says that
 * this process was started as one.  Returns the exit status, if there is no
 * command that this process became, after a line on stderr if it is not 0.
 */
int serve_request(const struct options *opt, char *const *envp,
    int login_shell);

#endif
