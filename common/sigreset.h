/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SIGRESET_H
#define SIGRESET_H

/*
 * Every signal to its default, and none blocked: what is ignored would be
 * inherited, and make a ^C or a closed pipe without effect.  Only a SIGHUP
 * that is ignored stays so, for nohup(1).  Plain system calls only.
 * Returns 0, or -1 with errno.
 */
int sigreset_all(void);

/*
 * One signal, to its default or to be ignored; of those that there are, and
 * neither SIGKILL nor SIGSTOP.
 */
void sigreset_default(int sig);
void sigreset_ignore(int sig);

#endif
