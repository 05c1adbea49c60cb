/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "planwords.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "names.h"
#include "planstep.h"

#define PAM_ADDS " and what comes from PAM at login"

static void put(struct planwords *out, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* As printf(3), behind what is there already. */
static void
put(struct planwords *out, const char *fmt, ...)
{
	const size_t left = out->len < out->size ? out->size - out->len : 0;
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(left > 0 ? out->buf + out->len : NULL, left, fmt, ap);
	va_end(ap);
	if (n > 0)
		out->len += (size_t)n;
}

/* "3", or words for what is none. */
static void
put_fd(struct planwords *out, int fd)
{
	if (fd == PLAN_NEW_TERMINAL)
		put(out, "new-terminal");
	else if (fd == PLAN_NO_FD)
		put(out, "closed");
	else
		put(out, "%d", fd);
}

static void
put_groups(struct planwords *out, const gid_t *list, size_t count,
    int pam_adds)
{
	size_t i;

	if (count == 0)
		put(out, "none");
	for (i = 0; i < count; i++)
		put(out, "%s%u", i > 0 ? "," : "", (unsigned int)list[i]);
	if (pam_adds)
		put(out, PAM_ADDS);
}

/* The capabilities that have a name; what is beyond is the future's. */
static uint64_t
named_caps(void)
{
	uint64_t named = 0;
	unsigned int cap;

	for (cap = 0; cap < 64; cap++)
		if (names_of(NAMES_CAPABILITY, cap) != NULL)
			named |= UINT64_C(1) << cap;
	return named;
}

/* As setpriv(1) takes them: what is left out, where that is less. */
static void
put_caps(struct planwords *out, uint64_t caps)
{
	const uint64_t named = named_caps();
	const char *name, *comma = "";
	unsigned int cap;
	int inverted;

	/* Of nearly all there are, those that there are not are no news. */
	if ((caps & ~named) == 0 && __builtin_popcountll(caps) > 20)
		caps |= ~named;
	if (caps == 0 || caps == UINT64_MAX) {
		put(out, "%s", caps == 0 ? "none" : "all");
		return;
	}
	if ((inverted = __builtin_popcountll(caps) > 32) != 0) {
		put(out, "+all");
		comma = ",-";
	}
	for (cap = 0; cap < 64; cap++) {
		if (((caps >> cap & 1) != 0) == inverted)
			continue;
		if ((name = names_of(NAMES_CAPABILITY, cap)) != NULL)
			put(out, "%s%s", comma, name);
		else
			put(out, "%scap_%u", comma, cap);
		comma = inverted ? ",-" : ",";
	}
}

void
planwords_caps(struct planwords *out, const struct plan_step *step)
{
	put_caps(out, step->u.caps);
}

void
planwords_cgroup(struct planwords *out, const struct plan_step *step)
{
	if (step->u.cgroup.path != NULL)
		put(out, "%s", step->u.cgroup.path);
	else
		put(out, "fd %d", step->u.cgroup.fd);
}

void
planwords_close(struct planwords *out, const struct plan_step *step)
{
	put(out, "%zu and above", 3 + step->u.more);
}

void
planwords_descriptors(struct planwords *out, const struct plan_step *step)
{
	size_t i;

	for (i = 0; i < step->u.fds.count; i++) {
		put(out, "%s%zu=", i > 0 ? " " : "", i);
		put_fd(out, step->u.fds.list[i]);
	}
}

void
planwords_directory(struct planwords *out, const struct plan_step *step)
{
	put(out, "%s", step->u.dir.path);
	if (step->u.dir.fallback != NULL)
		put(out, " or %s", step->u.dir.fallback);
}

void
planwords_exec(struct planwords *out, const struct plan_step *step)
{
	put(out, "%s%s", step->u.exec.candidates[0],
	    step->u.exec.candidates[1] != NULL ? ", ..." : "");
}

void
planwords_fd(struct planwords *out, const struct plan_step *step)
{
	put(out, step->u.fd >= 0 ? "fd " : "");
	put_fd(out, step->u.fd);
}

void
planwords_gid(struct planwords *out, const struct plan_step *step)
{
	put(out, "%u", (unsigned int)step->u.gid);
}

void
planwords_group(struct planwords *out, const struct plan_step *step)
{
	if (step->u.pgid != 0)
		put(out, "%d", (int)step->u.pgid);
}

void
planwords_groups(struct planwords *out, const struct plan_step *step)
{
	put_groups(out, step->u.groups.list, step->u.groups.count,
	    step->u.groups.pam_adds);
	if (step->u.groups.kept)
		put(out, ", as they are");
}

void
planwords_landlock(struct planwords *out, const struct plan_step *step)
{
	static const char *const names[] = {
		[PLAN_RUN] = "run", [PLAN_READ] = "ro", [PLAN_WRITE] = "rw",
	};
	const struct plan_path *path = step->u.landlock.list;
	size_t i;

	if (step->u.landlock.count == 0)
		put(out, "none");
	for (i = 0; i < step->u.landlock.count; i++)
		put(out, path[i].optional ? "%s[%s:%s]" : "%s%s:%s",
		    i > 0 ? " " : "", names[path[i].access], path[i].path);
}

static void
put_limit(struct planwords *out, rlim_t value)
{
	if (value == RLIM_INFINITY)
		put(out, "unlimited");
	else
		put(out, "%llu", (unsigned long long)value);
}

void
planwords_limits(struct planwords *out, const struct plan_step *step)
{
	const struct plan_limit *limit = step->u.limits.list;
	const char *name;
	size_t i;

	if (step->u.limits.count == 0)
		put(out, "none");
	for (i = 0; i < step->u.limits.count; i++) {
		name = names_of(NAMES_LIMIT,
		    (unsigned int)limit[i].resource);
		if (name != NULL)
			put(out, "%s%s=", i > 0 ? " " : "", name);
		else
			put(out, "%s%d=", i > 0 ? " " : "",
			    limit[i].resource);
		put_limit(out, limit[i].soft);
		put(out, ":");
		put_limit(out, limit[i].hard);
	}
}

/* "0:1000:1,1:100000:65536", as it is given on the command line. */
static void
put_map(struct planwords *out, const char *name, const char *map)
{
	size_t i, len = map != NULL ? strlen(map) : 0;

	put(out, "%s ", name);
	if (len == 0)
		put(out, "not mapped");
	/* The last newline ends the last line. */
	if (len > 0 && map[len - 1] == '\n')
		len--;
	for (i = 0; i < len; i++)
		put(out, "%c", map[i] == ' ' ? ':' :
		    map[i] == '\n' ? ',' : map[i]);
}

void
planwords_map(struct planwords *out, const struct plan_step *step)
{
	put_map(out, "users", step->u.map.uids);
	put_map(out, ", groups", step->u.map.gids);
	put(out, ", setgroups %s",
	    step->u.map.setgroups == PLAN_SETGROUPS_ALLOW ? "allow" : "deny");
	if (step->u.map.by_parent)
		put(out, ", by the parent");
}

void
planwords_namespaces(struct planwords *out, const struct plan_step *step)
{
	const char *name, *comma = "";
	unsigned int bit;

	if (step->u.namespaces == 0)
		put(out, "none");
	for (bit = 0; bit < 32; bit++) {
		if ((step->u.namespaces >> bit & 1) == 0)
			continue;
		if ((name = names_of(NAMES_NAMESPACE, 1u << bit)) != NULL)
			put(out, "%s%s", comma, name);
		else
			put(out, "%s%#x", comma, 1u << bit);
		comma = ",";
	}
}

void
planwords_once(struct planwords *out, const struct plan_step *step)
{
	put(out, "%s/%s/%s, output to %s", step->u.once.base,
	    step->u.once.below, step->u.once.marker, step->u.once.log);
}

void
planwords_proc(struct planwords *out, const struct plan_step *step)
{
	put(out, "%s", step->u.proc);
}

void
planwords_prove(struct planwords *out, const struct plan_step *step)
{
	put(out, "uid %u, gid %u, groups ", (unsigned int)step->u.prove.uid,
	    (unsigned int)step->u.prove.gid);
	put_groups(out, step->u.prove.list, step->u.prove.count,
	    step->u.prove.pam_adds);
	if (step->u.prove.uid == 0)
		return;
	if (step->u.prove.caps == 0) {
		put(out, "; no capability, no way back");
		return;
	}
	put(out, "; capabilities ");
	put_caps(out, step->u.prove.caps);
	put(out, ", no way back by others");
}

void
planwords_root(struct planwords *out, const struct plan_step *step)
{
	put(out, "%s%s%s", step->u.root.path, step->u.root.trusted ?
	    ", root's alone" : "", step->u.root.pivot ?
	    ", by pivot_root" : "");
}

/* As setpriv(1) has them, in the order of the bits: a lock behind each. */
void
planwords_securebits(struct planwords *out, const struct plan_step *step)
{
	static const char *const names[] = {
		"noroot", "no_setuid_fixup", "keep_caps",
		"no_cap_ambient_raise",
	};
	const size_t known = 2 * sizeof(names) / sizeof(names[0]);
	const unsigned long newer = step->u.securebits >> known << known;
	const char *comma = "";
	size_t i;

	if (step->u.securebits == 0)
		put(out, "none");
	for (i = 0; i < known; i++) {
		if ((step->u.securebits >> i & 1) == 0)
			continue;
		put(out, "%s%s%s", comma, names[i / 2], i % 2 != 0 ?
		    "_locked" : "");
		comma = ",";
	}
	if (newer != 0)
		put(out, "%s%#lx", comma, newer);
}

void
planwords_signal(struct planwords *out, const struct plan_step *step)
{
	const char *name = names_of(NAMES_SIGNAL,
	    (unsigned int)step->u.signal);

	if (name != NULL)
		put(out, "SIG%s", name);
	else
		put(out, "%d", step->u.signal);
}

void
planwords_uid(struct planwords *out, const struct plan_step *step)
{
	put(out, "%u", (unsigned int)step->u.uid);
}

void
planwords_umask(struct planwords *out, const struct plan_step *step)
{
	put(out, "%04o", (unsigned int)step->u.mask);
}
