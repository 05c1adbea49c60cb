/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Invariant I1: the key that is logged is the one that sshd saw.  The keys
 * are ssh-keygen's and so are the fingerprints they are compared with.
 */

#include "config.h"
#include "authinfo.h"

#include <sys/stat.h>
#include <sys/wait.h>

#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "run.h"

static char directory[] = "/tmp/check_authinfo.XXXXXX";

/* Made once for all tests: "TYPE BASE64", and what ssh-keygen -l says. */
static struct key {
	const char *file;
	char line[4096];
	char fingerprint[128];
} keys[] = {
	{ .file = "ed25519.pub" },
	{ .file = "ecdsa.pub" },
	{ .file = "rsa.pub" },
	{ .file = "ed25519-cert.pub" },
	{ .file = "ecdsa-cert.pub" },
	{ .file = "rsa-cert.pub" },
};

/* So many keys, and as many certificates of theirs. */
#define KEYS 3

static const char make_script[] =
    "new() { ssh-keygen -q -N '' -C 'a b' \"$@\"; }\n"
    "new -t ed25519 -f ed25519 && new -t ecdsa -b 521 -f ecdsa &&\n"
    "new -t rsa -b 2048 -f rsa &&\n"
    "ssh-keygen -q -s rsa -I id -n user ed25519.pub ecdsa.pub rsa.pub\n"
    "for key in *.pub; do\n"
    "	cut -d' ' -f1,2 $key >$key.line\n"
    "	ssh-keygen -lf $key | cut -d' ' -f2 >$key.fingerprint\n"
    "done 2>/dev/null\n";

/* Run a script, in silence.  Returns its wait(2) status. */
static int
run(const char *script)
{
	int wstatus = -1;
	pid_t pid;

	if ((pid = fork()) == 0) {
		(void)close(STDERR_FILENO);
		(void)execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	(void)waitpid(pid, &wstatus, 0);
	return wstatus;
}

/* Read the one line of the key's file of that kind. */
static void
read_line(const struct key *key, const char *kind, char *buf, size_t size)
{
	char path[64];
	FILE *fp;

	buf[0] = '\0';
	(void)snprintf(path, sizeof(path), "%s.%s", key->file, kind);
	if ((fp = fopen(path, "r")) == NULL)
		return;
	if (fgets(buf, (int)size, fp) != NULL)
		buf[strcspn(buf, "\n")] = '\0';
	(void)fclose(fp);
}

static void
make_keys(void)
{
	struct key *key;

	ck_assert_ptr_nonnull(mkdtemp(directory));
	ck_assert_int_eq(chdir(directory), 0);
	(void)run(make_script);
	for (key = keys; key < keys + KEYS + KEYS; key++) {
		read_line(key, "line", key->line, sizeof(key->line));
		read_line(key, "fingerprint", key->fingerprint,
		    sizeof(key->fingerprint));
	}
}

static void
remove_keys(void)
{
	(void)run("rm -rf \"$PWD\"");
}

/* The file that a test is about: mode 0600 and ours. */
static void
write_file(const char *text, size_t len)
{
	int fd = open("auth", O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ck_assert_int_ne(fd, -1);
	ck_assert_int_eq(fchmod(fd, 0600), 0);
	ck_assert_int_eq(write(fd, text, len), (ssize_t)len);
	(void)close(fd);
}

static int
fingerprint(const char *path, char buf[AUTHINFO_FINGERPRINT_SIZE])
{
	memset(buf, 'x', AUTHINFO_FINGERPRINT_SIZE);
	errno = 0;
	return authinfo_fingerprint(path, getuid(), buf);
}

/* What a file of "before", the key's line and "after" gives. */
static int
with_key(const char *before, const char *line, const char *after,
    char buf[AUTHINFO_FINGERPRINT_SIZE])
{
	char text[8192];

	(void)snprintf(text, sizeof(text), "%s%s%s", before, line, after);
	write_file(text, strlen(text));
	return fingerprint("auth", buf);
}

static const struct {
	const char *before;
	const char *after;
} files[] = {
	{ "publickey ", "\n" },
	{ "publickey ", "" },
	{ "password\npublickey ", "\n" },
	{ "keyboard-interactive/pam\npublickey ", "\n" },
	{ "publickey ", "\npassword\n" },
	{ "publickey ", "\npublickey ssh-ed25519 AAAA\n" },
	{ "publickey ", " more info\n" },
};

/* Would have caught a hash of the text, a lost '=', and the second key. */
START_TEST(I1_as_ssh_keygen_says)
{
	char buf[AUTHINFO_FINGERPRINT_SIZE];
	size_t i;

	for (i = 0; i < KEYS; i++) {
		ck_assert_uint_eq(strlen(keys[i].fingerprint), 7 + 43);
		ck_assert_int_eq(with_key(files[_i].before, keys[i].line,
		    files[_i].after, buf), 0);
		ck_assert_str_eq(buf, keys[i].fingerprint);
	}
}
END_TEST

/*
 * ssh-keygen and sshd's log name a certificate by the key in it.  Would have
 * caught a log whose key is found in no list, and changes with each renewal.
 */
START_TEST(I1_a_certificate_is_named_by_its_key)
{
	const struct key *key = &keys[_i], *cert = &keys[KEYS + _i];
	char buf[AUTHINFO_FINGERPRINT_SIZE], line[4096];
	size_t len = strlen(cert->line), cut;

	ck_assert_str_eq(cert->fingerprint, key->fingerprint);
	ck_assert_int_eq(with_key("publickey ", cert->line, "\n", buf), 0);
	ck_assert_str_eq(buf, cert->fingerprint);
	/* and one that ends too early is the same key's, or nobody's */
	for (cut = 1; cut < len; cut += 7) {
		(void)snprintf(line, sizeof(line), "%.*s", (int)(len - cut),
		    cert->line);
		if (with_key("publickey ", line, "\n", buf) == 0)
			ck_assert_str_eq(buf, cert->fingerprint);
	}
}
END_TEST

/* Would have caught a key that is logged as one of another type. */
START_TEST(I1_the_type_is_the_blobs)
{
	char buf[AUTHINFO_FINGERPRINT_SIZE], line[4096];
	const char *text = strchr(keys[_i].line, ' ');
	static const char *const types[] = { "ssh-ed25519", "ssh-rsa",
	    "ecdsa-sha2-nistp521", "ssh-ed25519-cert-v01@openssh.com",
	    "ssh-rsa-cert-v02@example.org", "ssh", "x" };
	size_t i;

	ck_assert_ptr_nonnull(text);
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		(void)snprintf(line, sizeof(line), "%s%s", types[i], text);
		if (strcmp(line, keys[_i].line) == 0)
			continue;
		ck_assert_int_eq(with_key("publickey ", line, "\n", buf), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
}
END_TEST

static const struct {
	const char *text;
	int err;
} without[] = {
	{ "", ENOENT },
	{ "\n", ENOENT },
	{ "password\n", ENOENT },
	{ "password\nkeyboard-interactive/pam\n", ENOENT },
	{ "none", ENOENT },
	{ "publickeys ssh-ed25519 AAAA\n", ENOENT },
	{ "publickey\n", EINVAL },
	{ "publickey ssh-ed25519\n", EINVAL },
	{ "publickey ssh-ed25519 \n", EINVAL },
	{ "publickey  AAAA\n", EINVAL },
	{ "publickey ssh-ed25519 A\n", EINVAL },
	{ "publickey ssh-ed25519 AAA\n", EINVAL },
	{ "publickey ssh-ed25519 =\n", EINVAL },
	{ "publickey ssh-ed25519 ****\n", EINVAL },
	{ "publickey ssh-ed25519 AAAA====\n", EINVAL },
	{ "publickey ssh-ed25519 AA==AA==\n", EINVAL },
	{ "publickey ssh-ed25519 \033[2J\n", EINVAL },
};

/* Would have caught a fingerprint of nothing, or of half a key. */
START_TEST(files_without_a_key)
{
	char buf[AUTHINFO_FINGERPRINT_SIZE];

	write_file(without[_i].text, strlen(without[_i].text));
	ck_assert_int_eq(fingerprint("auth", buf), -1);
	ck_assert_int_eq(errno, without[_i].err);
}
END_TEST

/* The same for a real key that was cut anywhere within a group of four. */
START_TEST(truncated_base64)
{
	char buf[AUTHINFO_FINGERPRINT_SIZE], line[4096];
	size_t len = strlen(keys[0].line);
	size_t text = len - (size_t)(strchr(keys[0].line, ' ') + 1 -
	    keys[0].line), cut;

	ck_assert_uint_eq(text % 4, 0);
	for (cut = 1; cut < text; cut++) {
		if (cut % 4 == 0)
			continue;
		(void)snprintf(line, sizeof(line), "%.*s", (int)(len - cut),
		    keys[0].line);
		ck_assert_int_eq(with_key("publickey ", line, "\n", buf), -1);
		ck_assert_int_eq(errno, EINVAL);
	}
}
END_TEST

/*
 * In shape B root reads a file in /tmp.  Would have caught each way in which
 * somebody else puts another file there; a FIFO would stop root for ever.
 */
START_TEST(I1_files_that_others_could_have_written)
{
	static const mode_t modes[] = { 0644, 0640, 0604, 0660, 0620, 0602,
	    0666, 0400, 0700, 04600, 01600 };
	char buf[AUTHINFO_FINGERPRINT_SIZE];
	size_t i;

	ck_assert_int_eq(with_key("publickey ", keys[0].line, "\n", buf), 0);
	for (i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
		ck_assert_int_eq(chmod("auth", modes[i]), 0);
		ck_assert_msg(fingerprint("auth", buf) == -1, "mode %o",
		    modes[i]);
	}
	ck_assert_int_eq(chmod("auth", 0600), 0);
	ck_assert_int_eq(authinfo_fingerprint("auth", getuid() + 1, buf), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(fingerprint("auth", buf), 0);
	/* a second name may be of somebody else's making */
	ck_assert_int_eq(link("auth", "second"), 0);
	ck_assert_int_eq(fingerprint("second", buf), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(unlink("second"), 0);
	ck_assert_int_eq(fingerprint("auth", buf), 0);
	ck_assert_int_eq(symlink("auth", "link"), 0);
	ck_assert_int_eq(fingerprint("link", buf), -1);
	ck_assert_msg(errno == EPERM || errno == ELOOP, "%s",
	    strerror(errno));
	ck_assert_int_eq(mkdir("dir", 0600), 0);
	ck_assert_int_eq(fingerprint("dir", buf), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(mkfifo("fifo", 0600), 0);
	ck_assert_int_eq(fingerprint("fifo", buf), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(fingerprint("/dev/null", buf), -1);
	ck_assert_int_eq(errno, EPERM);
	ck_assert_int_eq(fingerprint("absent", buf), -1);
	ck_assert_int_eq(errno, ENOENT);
	ck_assert_int_eq(fingerprint("", buf), -1);
}
END_TEST

/* Would have caught an allocation as large as whoever wrote it likes. */
START_TEST(huge_files)
{
	char buf[AUTHINFO_FINGERPRINT_SIZE], *text = malloc(1 << 20);

	ck_assert_ptr_nonnull(text);
	memset(text, 'A', 1 << 20);
	(void)snprintf(text, 32, "%s", "publickey ssh-ed25519 AAAAAAAAA");
	text[31] = 'A';
	write_file(text, 1 << 20);
	ck_assert_int_eq(fingerprint("auth", buf), -1);
	/* sparse, and larger than memory */
	ck_assert_int_eq(truncate("auth", (off_t)1 << 40), 0);
	ck_assert_int_eq(fingerprint("auth", buf), -1);
	memset(text, '\0', 1 << 20);
	write_file(text, 4096);
	ck_assert_int_eq(fingerprint("auth", buf), -1);
	free(text);
}
END_TEST

/* Several lines of several methods, as sshd writes them. */
START_TEST(I1_all_keys_of_the_user)
{
	char text[65536];
	struct authinfo info;

	(void)snprintf(text, sizeof(text), "password\npublickey %s\n"
	    "hostbased %s\nkeyboard-interactive/pam\npublickey %s more\n",
	    keys[0].line, keys[1].line, keys[KEYS + 2].line);
	write_file(text, strlen(text));
	ck_assert_int_eq(authinfo_read("auth", getuid(), &info), 0);
	ck_assert_uint_eq(info.nkeys, 2);
	ck_assert_str_eq(info.keys[0]->fingerprint, keys[0].fingerprint);
	ck_assert_ptr_null(info.keys[0]->cert);
	ck_assert_str_eq(info.keys[1]->fingerprint, keys[2].fingerprint);
	ck_assert_ptr_nonnull(info.keys[1]->cert);
	ck_assert_uint_eq(info.keys[1]->cert->nprincipals, 1);
	ck_assert_str_eq(info.keys[1]->cert->principals[0], "user");
	ck_assert_str_eq(info.keys[1]->cert->key_id, "id");
	authinfo_free(&info);
	/* one line that is not sshd's, and none of them counts */
	(void)strlcat(text, "publickey ssh-ed25519 AAAA\n", sizeof(text));
	write_file(text, strlen(text));
	ck_assert_int_eq(authinfo_read("auth", getuid(), &info), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_uint_eq(info.nkeys, 0);
	write_file("password\n\0publickey x\n", 22);
	ck_assert_int_eq(authinfo_read("auth", getuid(), &info), -1);
	ck_assert_int_eq(errno, EINVAL);
	write_file("password\n", 9);
	ck_assert_int_eq(authinfo_read("auth", getuid(), &info), 0);
	ck_assert_uint_eq(info.nkeys, 0);
	write_file("publickey ssh-ed25519\n", 22);
	ck_assert_int_eq(authinfo_read("auth", getuid(), &info), -1);
	ck_assert_int_eq(authinfo_read("auth", getuid() + 1, &info), -1);
	ck_assert_int_eq(errno, EPERM);
}
END_TEST

/*
 * What sshd tells PAM is the same text.  Would have caught the two ways to
 * come apart, a text that is changed for the caller, and one of any length.
 */
START_TEST(the_same_from_memory)
{
	char text[AUTHINFO_MAX + 2], before[sizeof(text)];
	struct authinfo info;

	(void)snprintf(text, sizeof(text), "password\npublickey %s\n"
	    "hostbased %s\npublickey %s\n", keys[0].line, keys[1].line,
	    keys[KEYS + 2].line);
	(void)strlcpy(before, text, sizeof(before));
	ck_assert_int_eq(authinfo_parse(text, &info), 0);
	ck_assert_str_eq(text, before);
	ck_assert_uint_eq(info.nkeys, 2);
	ck_assert_str_eq(info.keys[0]->fingerprint, keys[0].fingerprint);
	ck_assert_ptr_nonnull(info.keys[1]->cert);
	authinfo_free(&info);
	ck_assert_int_eq(authinfo_parse("", &info), 0);
	ck_assert_uint_eq(info.nkeys, 0);
	ck_assert_int_eq(authinfo_parse("password\n", &info), 0);
	ck_assert_uint_eq(info.nkeys, 0);
	/* one line that is not sshd's, and none of them counts */
	(void)strlcat(text, "publickey ssh-ed25519 AAAA\n", sizeof(text));
	ck_assert_int_eq(authinfo_parse(text, &info), -1);
	ck_assert_int_eq(errno, EINVAL);
	ck_assert_uint_eq(info.nkeys, 0);
	memset(text, 'p', sizeof(text));
	text[AUTHINFO_MAX] = '\0';
	ck_assert_int_eq(authinfo_parse(text, &info), 0);
	write_file(text, AUTHINFO_MAX);
	ck_assert_int_eq(authinfo_read("auth", getuid(), &info), 0);
	text[AUTHINFO_MAX] = 'p';
	text[AUTHINFO_MAX + 1] = '\0';
	ck_assert_int_eq(authinfo_parse(text, &info), -1);
	ck_assert_int_eq(errno, EFBIG);
	write_file(text, AUTHINFO_MAX + 1);
	ck_assert_int_eq(authinfo_read("auth", getuid(), &info), -1);
	ck_assert_int_eq(errno, EFBIG);
}
END_TEST

/* What a name in the way gives: nothing, in errno's words. */
static void
reads_nothing(const char *path)
{
	struct authinfo info;

	errno = 0;
	ck_assert_int_eq(authinfo_read(path, getuid(), &info), -1);
	ck_assert_msg(errno == EPERM || errno == ELOOP || errno == EFBIG,
	    "%s: %s", path, strerror(errno));
	ck_assert_uint_eq(info.nkeys, 0);
}

/* The same ways in as for the fingerprint: no key comes from any of them. */
START_TEST(I1_no_key_from_a_forged_file)
{
	char buf[AUTHINFO_FINGERPRINT_SIZE];

	ck_assert_int_eq(with_key("publickey ", keys[0].line, "\n", buf), 0);
	ck_assert_int_eq(symlink("auth", "forged-link"), 0);
	ck_assert_int_eq(mkfifo("forged-fifo", 0600), 0);
	ck_assert_int_eq(mkdir("forged-dir", 0600), 0);
	reads_nothing("forged-link");
	reads_nothing("forged-fifo");
	reads_nothing("forged-dir");
	ck_assert_int_eq(chmod("auth", 0644), 0);
	reads_nothing("auth");
	ck_assert_int_eq(chmod("auth", 0600), 0);
	ck_assert_int_eq(truncate("auth", (off_t)1 << 40), 0);
	reads_nothing("auth");
	if (getuid() == 0) {
		write_file("password\n", 9);
		ck_assert_int_eq(chown("auth", 65534, (gid_t)-1), 0);
		reads_nothing("auth");
		ck_assert_int_eq(unlink("auth"), 0);
	}
}
END_TEST

/* How many are open, of those that a test could have opened. */
static int
count_descriptors(void)
{
	int fd, n = 0;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

/* Would have caught a descriptor kept, by each of the ways out. */
START_TEST(no_descriptor_is_left)
{
	char buf[AUTHINFO_FINGERPRINT_SIZE];
	int before = count_descriptors();

	(void)with_key("publickey ", keys[0].line, "\n", buf);
	(void)with_key("publickey ", "", "\n", buf);
	(void)with_key("", "", "", buf);
	(void)chmod("auth", 0644);
	(void)fingerprint("auth", buf);
	(void)fingerprint("/", buf);
	(void)fingerprint("/dev/null", buf);
	ck_assert_int_eq(count_descriptors(), before);
}
END_TEST

static Suite *
suite(void)
{
	Suite *s = suite_create("authinfo");
	TCase *tc = tcase_create("authinfo");

	tcase_add_unchecked_fixture(tc, make_keys, remove_keys);
	tcase_add_loop_test(tc, files_without_a_key, 0,
	    (int)(sizeof(without) / sizeof(without[0])));
	tcase_add_test(tc, huge_files);
	suite_add_tcase(s, tc);
	if (run("command -v ssh-keygen >/dev/null") != 0) {
		printf("SKIP check_authinfo key cases: no ssh-keygen\n");
		return s;
	}
	tcase_add_loop_test(tc, I1_as_ssh_keygen_says, 0,
	    (int)(sizeof(files) / sizeof(files[0])));
	tcase_add_loop_test(tc, I1_a_certificate_is_named_by_its_key, 0, KEYS);
	tcase_add_loop_test(tc, I1_the_type_is_the_blobs, 0, KEYS + KEYS);
	tcase_add_test(tc, truncated_base64);
	tcase_add_test(tc, I1_all_keys_of_the_user);
	tcase_add_test(tc, the_same_from_memory);
	tcase_add_test(tc, I1_no_key_from_a_forged_file);
	tcase_add_test(tc, I1_files_that_others_could_have_written);
	tcase_add_test(tc, no_descriptor_is_left);
	return s;
}

int
main(void)
{
	return run_suite(suite());
}
