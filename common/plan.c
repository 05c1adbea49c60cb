/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * The steps of a child as data.  Which steps exist, what each is called and
 * what must stand before what is one table, kinds[]; nothing else in the
 * library knows an order.
 */

#include "config.h"
#include "plan.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct plan {
	struct plan_step *steps;
	size_t count;
	size_t room;
};

#define BIT(kind) (1u << PLAN_##kind)

struct kind {
	const char *name;
	unsigned int after;	/* those of these that are there stand before */
	unsigned int needs;	/* all of these stand before */
	unsigned int needs_later;	/* all of these stand behind */
	unsigned int excludes;	/* none of these is there */
};

static const struct kind kinds[PLAN_KINDS] = {
	[PLAN_SIGNALS] = {
		.name = "signals",
		/* The foreground is taken while SIGTTOU is still blocked. */
		.after = BIT(FOREGROUND),
	},
	[PLAN_NEW_SESSION] = {
		.name = "new-session",
	},
	[PLAN_NEW_GROUP] = {
		.name = "new-group",
		.excludes = BIT(NEW_SESSION),
	},
	[PLAN_FOREGROUND] = {
		.name = "foreground",
		.needs = BIT(NEW_GROUP),
	},
	[PLAN_CONTROLLING_TTY] = {
		.name = "controlling-tty",
		.needs = BIT(NEW_SESSION),
	},
	[PLAN_DESCRIPTORS] = {
		.name = "descriptors",
		/* They name descriptors as the parent had them. */
		.after = BIT(FOREGROUND) | BIT(CONTROLLING_TTY),
	},
	[PLAN_CLOSE] = {
		.name = "close",
		.after = BIT(DESCRIPTORS) | BIT(FOREGROUND) |
		    BIT(CONTROLLING_TTY),
	},
	[PLAN_GROUPS] = {
		.name = "setgroups",
		/* The parent's right takes the terminal, not the user's. */
		.after = BIT(CONTROLLING_TTY) | BIT(FOREGROUND),
		.needs_later = BIT(GID),
	},
	[PLAN_GID] = {
		.name = "setgid",
		.needs = BIT(GROUPS),
		.needs_later = BIT(UID),
	},
	[PLAN_UID] = {
		.name = "setuid",
		.needs = BIT(GROUPS) | BIT(GID),
		.needs_later = BIT(PROVE),
	},
	[PLAN_CAPABILITIES] = {
		.name = "capabilities",
		.after = BIT(UID),
		.needs_later = BIT(PROVE),
	},
	[PLAN_PROVE] = {
		.name = "prove",
		.after = BIT(GROUPS) | BIT(GID) | BIT(UID) |
		    BIT(CAPABILITIES),
	},
	[PLAN_DIRECTORY] = {
		.name = "directory",
		/* As the user: his home may be closed to root (NFS). */
		.after = BIT(UID) | BIT(PROVE),
	},
	[PLAN_EXEC] = {
		.name = "exec",
		.needs = BIT(SIGNALS) | BIT(CLOSE),
		.after = ~BIT(EXEC),
	},
};

struct plan *
plan_new(void)
{
	return calloc(1, sizeof(struct plan));
}

void
plan_free(struct plan *plan)
{
	if (plan == NULL)
		return;
	free(plan->steps);
	free(plan);
}

int
plan_add(struct plan *plan, const struct plan_step *step)
{
	size_t room = plan->room == 0 ? PLAN_KINDS : 2 * plan->room;
	struct plan_step *bigger;

	if (plan->count == plan->room) {
		if ((bigger = reallocarray(plan->steps, room,
		    sizeof(*bigger))) == NULL)
			return -1;
		plan->steps = bigger;
		plan->room = room;
	}
	plan->steps[plan->count++] = *step;
	return 0;
}

size_t
plan_count(const struct plan *plan)
{
	return plan->count;
}

const struct plan_step *
plan_at(const struct plan *plan, size_t i)
{
	return i < plan->count ? &plan->steps[i] : NULL;
}

const char *
plan_kind_name(enum plan_kind kind)
{
	return (unsigned int)kind < PLAN_KINDS ? kinds[kind].name : "unknown";
}

/* The name of the first kind in a set, for a message. */
static const char *
first_of(unsigned int set)
{
	int kind;

	for (kind = 0; kind < PLAN_KINDS; kind++)
		if (set & (1u << kind))
			return kinds[kind].name;
	return "nothing";
}

/*
 * Hold one step against the sets of those before and behind it.  Returns 0
 * or -1.
 */
static int
check_step(enum plan_kind this, unsigned int before, unsigned int behind,
    char *why, size_t size)
{
	const struct kind *kind = &kinds[this];
	unsigned int all = before | behind, wrong;

	if (all & (1u << this))
		(void)snprintf(why, size, "%s stands there twice", kind->name);
	else if ((wrong = kind->after & behind) != 0)
		(void)snprintf(why, size, "%s must stand behind %s",
		    kind->name, first_of(wrong));
	else if ((wrong = kind->needs & ~before) != 0)
		(void)snprintf(why, size, "%s needs %s before it",
		    kind->name, first_of(wrong));
	else if ((wrong = kind->needs_later & ~behind) != 0)
		(void)snprintf(why, size, "%s needs %s behind it",
		    kind->name, first_of(wrong));
	else if ((wrong = kind->excludes & all) != 0)
		(void)snprintf(why, size, "%s and %s exclude each other",
		    kind->name, first_of(wrong));
	else
		return 0;
	return -1;
}

int
plan_check(const struct plan *plan, char *why, size_t size)
{
	unsigned int before = 0, behind;
	size_t i, j;

	for (i = 0; i < plan->count; i++)
		if ((unsigned int)plan->steps[i].kind >= PLAN_KINDS) {
			(void)snprintf(why, size, "step %zu is of no kind", i);
			return -1;
		}
	for (i = 0; i < plan->count; i++) {
		behind = 0;
		for (j = i + 1; j < plan->count; j++)
			behind |= 1u << plan->steps[j].kind;
		if (check_step(plan->steps[i].kind, before, behind, why,
		    size) == -1)
			return -1;
		before |= 1u << plan->steps[i].kind;
	}
	if (!(before & BIT(EXEC))) {
		(void)snprintf(why, size, "there is no %s",
		    kinds[PLAN_EXEC].name);
		return -1;
	}
	return 0;
}

#define PAM_ADDS " and what comes from PAM at login"

/* As snprintf(3), behind what is there already. */
static void append(char *buf, size_t size, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

static void
append(char *buf, size_t size, const char *fmt, ...)
{
	size_t len = strlen(buf);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(buf + len, size - len, fmt, ap);
	va_end(ap);
}

static void
describe_groups(char *buf, size_t size, const gid_t *list, size_t count,
    int pam_adds)
{
	size_t i, len = strlen(buf);
	int n;

	if (count == 0)
		append(buf, size, "none");
	/* Not append(): a list of 65536 would be walked for each. */
	for (i = 0; i < count && len < size; i++) {
		n = snprintf(buf + len, size - len, "%s%u", i > 0 ? "," : "",
		    (unsigned int)list[i]);
		if (n < 0)
			return;
		len += (size_t)n;
	}
	if (pam_adds)
		append(buf, size, PAM_ADDS);
}

/* "3", or words for the terminal that is still to be made. */
static const char *
describe_fd(int fd, char buf[16])
{
	if (fd == PLAN_NEW_TERMINAL)
		return "new-terminal";
	(void)snprintf(buf, 16, "%d", fd);
	return buf;
}

static void
describe_prove(const struct plan_step *step, char *buf, size_t size)
{
	append(buf, size, "uid %u, gid %u, groups ",
	    (unsigned int)step->u.prove.uid, (unsigned int)step->u.prove.gid);
	describe_groups(buf, size, step->u.prove.list, step->u.prove.count,
	    step->u.prove.pam_adds);
	if (step->u.prove.uid != 0)
		append(buf, size, "; no capability, no way back");
}

size_t
plan_describe_size(const struct plan_step *step)
{
	const size_t words = 128, number = sizeof("4294967295,");

	switch (step->kind) {
	case PLAN_GROUPS:
		return words + number * step->u.groups.count;
	case PLAN_PROVE:
		return words + number * step->u.prove.count;
	case PLAN_DIRECTORY:
		return words + strlen(step->u.dir.path) +
		    (step->u.dir.fallback != NULL ?
		    strlen(step->u.dir.fallback) : 0);
	case PLAN_EXEC:
		return words + strlen(step->u.exec.candidates[0]);
	default:
		return words;
	}
}

const char *
plan_describe(const struct plan_step *step, char *buf, size_t size)
{
	char a[16], b[16], c[16];

	*buf = '\0';
	switch (step->kind) {
	case PLAN_FOREGROUND:
	case PLAN_CONTROLLING_TTY:
		(void)snprintf(buf, size, "fd %s",
		    describe_fd(step->u.fd, a));
		break;
	case PLAN_DESCRIPTORS:
		(void)snprintf(buf, size, "0=%s 1=%s 2=%s",
		    describe_fd(step->u.fds[0], a),
		    describe_fd(step->u.fds[1], b),
		    describe_fd(step->u.fds[2], c));
		break;
	case PLAN_CLOSE:
		(void)snprintf(buf, size, "3 and above");
		break;
	case PLAN_GROUPS:
		describe_groups(buf, size, step->u.groups.list,
		    step->u.groups.count, step->u.groups.pam_adds);
		break;
	case PLAN_GID:
		(void)snprintf(buf, size, "%u", (unsigned int)step->u.gid);
		break;
	case PLAN_UID:
		(void)snprintf(buf, size, "%u", (unsigned int)step->u.uid);
		break;
	case PLAN_PROVE:
		describe_prove(step, buf, size);
		break;
	case PLAN_DIRECTORY:
		(void)snprintf(buf, size, "%s%s%s", step->u.dir.path,
		    step->u.dir.fallback != NULL ? " or " : "",
		    step->u.dir.fallback != NULL ? step->u.dir.fallback : "");
		break;
	case PLAN_EXEC:
		(void)snprintf(buf, size, "%s%s", step->u.exec.candidates[0],
		    step->u.exec.candidates[1] != NULL ? ", ..." : "");
		break;
	case PLAN_SIGNALS:
	case PLAN_NEW_SESSION:
	case PLAN_NEW_GROUP:
	case PLAN_CAPABILITIES:
	case PLAN_KINDS:
		break;
	}
	return buf;
}
