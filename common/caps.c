/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "caps.h"

#include <sys/prctl.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/capability.h>
#include <unistd.h>

static struct __user_cap_header_struct
header(void)
{
	const struct __user_cap_header_struct h = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};

	return h;
}

static uint64_t
join(unsigned int low, unsigned int high)
{
	return (uint64_t)high << 32 | low;
}

int
caps_get(struct caps *caps)
{
	struct __user_cap_header_struct h = header();
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &h, data) == -1)
		return -1;
	caps->effective = join(data[0].effective, data[1].effective);
	caps->permitted = join(data[0].permitted, data[1].permitted);
	caps->inheritable = join(data[0].inheritable, data[1].inheritable);
	return 0;
}

int
caps_set(const struct caps *caps)
{
	struct __user_cap_header_struct h = header();
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];
	unsigned int i;

	for (i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		data[i].effective = (uint32_t)(caps->effective >> 32 * i);
		data[i].permitted = (uint32_t)(caps->permitted >> 32 * i);
		data[i].inheritable = (uint32_t)(caps->inheritable >> 32 * i);
	}
	return (int)syscall(SYS_capset, &h, data);
}

int
caps_reduce(uint64_t keep)
{
	const struct caps caps = { .permitted = keep, .inheritable = keep };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) == -1 &&
	    errno != EINVAL)
		return -1;
	return caps_set(&caps);
}

int
caps_raise_ambient(uint64_t wanted)
{
	struct caps caps;
	int cap;

	if (caps_get(&caps) == -1)
		return -1;
	caps.inheritable |= wanted;
	if (caps_set(&caps) == -1)
		return -1;
	for (cap = 0; cap < 64; cap++)
		if ((wanted >> cap & 1) != 0 && prctl(PR_CAP_AMBIENT,
		    PR_CAP_AMBIENT_RAISE, cap, 0, 0) == -1)
			return -1;
	return 0;
}

/* PR_CAPBSET_READ is EINVAL beyond the last one that the kernel knows. */
static int
drop_bounds(uint64_t keep)
{
	int cap, r;

	for (cap = 0; cap < 64; cap++) {
		r = prctl(PR_CAPBSET_READ, cap, 0, 0, 0);
		if (r == -1)
			return cap > 0 && errno == EINVAL ? 0 : -1;
		if (r == 1 && (keep >> cap & 1) == 0 &&
		    prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == -1)
			return -1;
	}
	return 0;
}

/*
 * What is inheritable passes the bounding set by, where root executes a
 * program, and in a container that is often all that there is.
 */
int
caps_bound(uint64_t keep)
{
	struct caps caps;

	if (drop_bounds(keep) == -1 || caps_get(&caps) == -1)
		return -1;
	if ((caps.inheritable & ~keep) == 0)
		return 0;
	caps.inheritable &= keep;
	return caps_set(&caps);
}

uint64_t
caps_ambient(void)
{
	uint64_t set = 0;
	int cap, r;

	/* It fails beyond the last capability that the kernel knows. */
	for (cap = 0; cap < 64 && (r = prctl(PR_CAP_AMBIENT,
	    PR_CAP_AMBIENT_IS_SET, cap, 0, 0)) != -1; cap++)
		set |= (uint64_t)r << cap;
	return set;
}
