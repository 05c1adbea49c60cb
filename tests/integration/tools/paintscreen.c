/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 *	paintscreen ROWSxCOLS [FILE | ROWSxCOLS] ... [for ROWSxCOLS]
 *
 * A terminal of the first size gets what is in the files and is resized in
 * between; what then makes an empty terminal show the same is written to
 * stdout: what the screen keeper gives, and those modes that matter here.
 */

#include "config.h"

#include <sys/types.h>

#include <err.h>
#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "helpers/pty-broker/screen/bytes.h"
#include "helpers/pty-broker/screen/dump.h"
#include "helpers/pty-broker/screen/screen.h"

static int
parse_size(const char *text, int *rows, int *cols)
{
	char end;

	return sscanf(text, "%dx%d%c", rows, cols, &end) == 2 ? 0 : -1;
}

static void
feed_file(struct screen *screen, const char *path)
{
	static unsigned char buf[4096];
	FILE *fp;
	size_t n;

	if ((fp = fopen(path, "rbe")) == NULL)
		err(1, "%s", path);
	while ((n = fread(buf, 1, sizeof(buf), fp)) > 0) {
		if (screen_feed(screen, buf, n) == -1)
			errx(1, "out of memory");
	}
	fclose(fp);
}

/* What the broker knows of the program's modes, between body and tail. */
static void
put_modes(const struct screen *screen)
{
	const struct charset *set = &screen->now.charset;
	int i;

	if (screen->now.origin)
		printf("\033[?6h");
	if (!screen->wrap)
		printf("\033[?7l");
	if (screen->insert)
		printf("\033[4h");
	for (i = 0; i < 2; i++) {
		if (set->designated[i] == '0')
			printf("\033%c0", "()"[i]);
	}
	if (set->shifted)
		printf("\016");
}

int
main(int argc, char **argv)
{
	struct bytes body = { 0 }, tail = { 0 };
	struct screen *screen;
	int rows, cols, i;

	if (argc < 2 || parse_size(argv[1], &rows, &cols) == -1)
		errx(64, "usage: paintscreen ROWSxCOLS [FILE | ROWSxCOLS] ...");
	if (setlocale(LC_CTYPE, "C.UTF-8") == NULL ||
	    (screen = screen_new(rows, cols)) == NULL)
		err(1, "screen");
	for (i = 2; i < argc && strcmp(argv[i], "for") != 0; i++) {
		if (parse_size(argv[i], &rows, &cols) == -1)
			feed_file(screen, argv[i]);
		else if (screen_resize(screen, rows, cols) == -1)
			errx(1, "out of memory");
	}
	if (i + 1 < argc && parse_size(argv[i + 1], &rows, &cols) == -1)
		errx(64, "%s is no size", argv[i + 1]);
	if (dump_screen(screen, rows, cols, &body, &tail) == -1)
		errx(1, "out of memory");
	fwrite(body.data, 1, body.len, stdout);
	put_modes(screen);
	fwrite(tail.data, 1, tail.len, stdout);
	bytes_free(&body);
	bytes_free(&tail);
	screen_free(screen);
	return fflush(stdout) == 0 ? 0 : 1;
}
