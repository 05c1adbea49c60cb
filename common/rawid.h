/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef RAWID_H
#define RAWID_H

#include <sys/syscall.h>

/*
 * The system calls for ids, under glibc's wrappers, which signal all threads
 * of the process.  32-bit systems have a second set of them, for ids of more
 * than 16 bits.
 */
#ifdef SYS_setresuid32
#define RAWID(name) SYS_##name##32
#else
#define RAWID(name) SYS_##name
#endif

#endif
