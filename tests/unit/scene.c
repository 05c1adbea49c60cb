/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "scene.h"

#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

struct scene scene;

const gid_t scene_groups[SCENE_GROUPS] = { 64903, SCENE_GID, 64904 };

void
scene_begin(void)
{
	ck_assert_ptr_nonnull(scene.plan = plan_new());
	ck_assert_int_eq(pipe2(scene.out, O_CLOEXEC), 0);
	scene.descriptors = scene_descriptors();
}

void
scene_end(void)
{
	plan_free(scene.plan);
}

void
scene_add(const struct plan_step *step)
{
	ck_assert_int_eq(plan_add(scene.plan, step), 0);
}

void
scene_kind(enum plan_kind kind)
{
	const struct plan_step step = { .kind = kind };

	scene_add(&step);
}

void
scene_output(void)
{
	static int fds[3];
	const struct plan_step step = { .kind = PLAN_DESCRIPTORS,
	    .u.fds = { fds, 3 } };

	fds[0] = 0;
	fds[1] = scene.out[1];
	fds[2] = 2;
	scene_add(&step);
}

void
scene_drop(void)
{
	struct plan_step step = { .kind = PLAN_GROUPS,
	    .u.groups = { .list = scene_groups,
	    .count = SCENE_GROUPS } };

	scene_add(&step);
	step.kind = PLAN_GID;
	step.u.gid = SCENE_GID;
	scene_add(&step);
	step.kind = PLAN_UID;
	step.u.uid = SCENE_UID;
	scene_add(&step);
}

void
scene_prove(uid_t uid, gid_t gid, const gid_t *list, size_t count)
{
	const struct plan_step step = { .kind = PLAN_PROVE,
	    .u.prove = { .uid = uid, .gid = gid, .list = list,
	    .count = count } };

	scene_add(&step);
}

void
scene_basics(void)
{
	scene_kind(PLAN_SIGNALS);
	scene_kind(PLAN_CLOSE);
}

/* execve(2)'s vectors have no const, for reasons of history only. */
void
scene_exec(const char *const *candidates, const char *const *argv)
{
	static const char *const env[] = { "PATH=/usr/bin:/bin", "A=1", NULL };
	struct plan_step step = { .kind = PLAN_EXEC };

	step.u.exec.candidates = (char *const *)(uintptr_t)candidates;
	step.u.exec.argv = (char *const *)(uintptr_t)argv;
	step.u.exec.envp = (char *const *)(uintptr_t)env;
	scene_add(&step);
}

void
scene_script(const char *script)
{
	static const char *const paths[] = { "/bin/sh", NULL };
	static const char *argv[] = { "sh", "-c", NULL, NULL };

	argv[2] = script;
	scene_exec(paths, argv);
}

void
scene_cat(const char *file)
{
	static const char *const paths[] = { "/bin/cat", "/usr/bin/cat",
	    NULL };
	static const char *argv[] = { "cat", NULL, NULL };

	argv[1] = file;
	scene_exec(paths, argv);
}

int
scene_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 1024; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

void
scene_expect_nothing_left(void)
{
	ck_assert_int_eq(waitpid(-1, NULL, WNOHANG), -1);
	ck_assert_int_eq(errno, ECHILD);
	ck_assert_int_eq(scene_descriptors(), scene.descriptors);
}

void
scene_listen(int fd)
{
	size_t len = 0;
	ssize_t n;

	while (len < sizeof(scene.said) - 1 && (n = read(fd, scene.said + len,
	    sizeof(scene.said) - 1 - len)) > 0)
		len += (size_t)n;
	scene.said[len] = '\0';
}

void
scene_run(spawn_note *note, void *ctx)
{
	char why[256] = "";
	int wstatus;
	pid_t pid;

	ck_assert_msg(plan_check(scene.plan, why, sizeof(why)) == 0, "%s",
	    why);
	pid = spawn(scene.plan, note, ctx, &scene.failed);
	ck_assert_msg(pid > 0, "step %zu: %s", scene.failed.step,
	    strerror(scene.failed.err));
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_int_eq(waitpid(pid, &wstatus, 0), pid);
	ck_assert_msg(wstatus == 0, "status %#x", (unsigned int)wstatus);
	(void)close(scene.out[0]);
	ck_assert_int_eq(pipe2(scene.out, O_CLOEXEC), 0);
	scene_expect_nothing_left();
}

void
scene_fails(enum plan_kind kind, int err)
{
	pid_t pid = spawn(scene.plan, NULL, NULL, &scene.failed);
	const struct plan_step *step = plan_at(scene.plan, scene.failed.step);

	ck_assert_int_eq(pid, -1);
	ck_assert_ptr_nonnull(step);
	ck_assert_msg(step->kind == kind && scene.failed.err == err,
	    "%s, not %s: %s", plan_kind_name(step->kind),
	    plan_kind_name(kind), strerror(scene.failed.err));
	scene_expect_nothing_left();
	(void)close(scene.out[1]);
	scene_listen(scene.out[0]);
	ck_assert_str_eq(scene.said, "");
}

const char *
scene_field(const char *name)
{
	static char value[256];
	const char *p = strstr(scene.said, name);
	size_t len = 0;

	ck_assert_msg(p != NULL, "no %s in %s", name, scene.said);
	for (p += strlen(name); *p != '\n' && *p != '\0' &&
	    len < sizeof(value) - 1; p++) {
		if (*p != ' ' && *p != '\t')
			value[len++] = *p;
		else if (len > 0 && value[len - 1] != ' ')
			value[len++] = ' ';
	}
	while (len > 0 && value[len - 1] == ' ')
		len--;
	value[len] = '\0';
	return value;
}
