/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Put every file of a fuzz target's corpus through it, under any compiler:
 * fuzz_NAME reads $TOP_SRCDIR/tests/fuzz/corpus/NAME, or the directory or
 * single files that it is given (a crash that libFuzzer has found).
 */

#include "config.h"

#include <sys/stat.h>

#include <dirent.h>
#include <err.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define INPUT_MAX (1024 * 1024)

/*
 * The input is copied to a block of exactly its size, so that ASan sees a
 * read past its end.
 */
static void
replay_file(const char *path)
{
	static uint8_t buf[INPUT_MAX];
	uint8_t *data;
	size_t size;
	FILE *fp;

	if ((fp = fopen(path, "rbe")) == NULL)
		err(1, "%s", path);
	size = fread(buf, 1, sizeof(buf), fp);
	if (ferror(fp) || !feof(fp))
		errx(1, "%s: unreadable or over %d bytes", path, INPUT_MAX);
	fclose(fp);
	if ((data = malloc(size > 0 ? size : 1)) == NULL)
		err(1, NULL);
	memcpy(data, buf, size);
	LLVMFuzzerTestOneInput(data, size);
	free(data);
}

static int
visible(const struct dirent *entry)
{
	return entry->d_name[0] != '.';
}

/* Returns how many inputs there were. */
static int
replay_path(const char *path)
{
	struct dirent **list;
	struct stat st;
	char *file;
	int i, n;

	if (stat(path, &st) == -1)
		err(1, "%s", path);
	if (!S_ISDIR(st.st_mode)) {
		replay_file(path);
		return 1;
	}
	if ((n = scandir(path, &list, visible, alphasort)) == -1)
		err(1, "%s", path);
	for (i = 0; i < n; i++) {
		if (asprintf(&file, "%s/%s", path, list[i]->d_name) == -1)
			err(1, NULL);
		replay_file(file);
		free(file);
		free(list[i]);
	}
	free(list);
	return n;
}

static char *
default_corpus(const char *name)
{
	const char *top = getenv("TOP_SRCDIR");
	char *path;

	if (strncmp(name, "fuzz_", 5) != 0)
		errx(1, "%s is not named fuzz_NAME: give a directory", name);
	if (asprintf(&path, "%s/tests/fuzz/corpus/%s", top != NULL ? top : ".",
	    name + 5) == -1)
		err(1, NULL);
	return path;
}

int
main(int argc, char **argv)
{
	const char *name = getprogname();
	char *corpus;
	int i, n = 0;

	if (argc < 2) {
		corpus = default_corpus(name);
		n = replay_path(corpus);
		free(corpus);
	}
	for (i = 1; i < argc; i++)
		n += replay_path(argv[i]);
	if (n == 0)
		errx(1, "the corpus is empty");
	printf("PASS %s: %d inputs\n", name, n);
	return 0;
}
