/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef PLANWORDS_H
#define PLANWORDS_H

#include <stddef.h>

struct plan_step;

/*
 * Where words go: "len" counts all of them, whether they had room in "size"
 * or not; buf is terminated always.
 */
struct planwords {
	char *buf;
	size_t size;		/* at least 1 */
	size_t len;
};

/*
 * Put the arguments of a step into words.  Which function is for which kind
 * of step is said by the table of planrule.c.
 */
typedef void planwords_put(struct planwords *out,
    const struct plan_step *step);

planwords_put planwords_caps;
planwords_put planwords_cgroup;
planwords_put planwords_close;
planwords_put planwords_descriptors;
planwords_put planwords_directory;
planwords_put planwords_exec;
planwords_put planwords_fd;
planwords_put planwords_gid;
planwords_put planwords_group;
planwords_put planwords_groups;
planwords_put planwords_landlock;
planwords_put planwords_limits;
planwords_put planwords_map;
planwords_put planwords_namespaces;
planwords_put planwords_once;
planwords_put planwords_proc;
planwords_put planwords_prove;
planwords_put planwords_root;
planwords_put planwords_securebits;
planwords_put planwords_signal;
planwords_put planwords_uid;
planwords_put planwords_umask;

#endif
