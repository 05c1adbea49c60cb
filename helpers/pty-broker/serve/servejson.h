/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef SERVEJSON_H
#define SERVEJSON_H

#include <stddef.h>

/*
 * The messages of a client of "serve": JSON objects one after the other, with
 * or without white space between them.  Their members, none of which has to
 * be there, and null is as if it were not:
 *	data		text to be typed
 *	data_b64	bytes to be typed, as base64 (base64.h)
 *	height, width	the size of the window, if both are above 0
 * Others are not looked at.
 */
struct servejson;

struct servejson_message {
	const char *data;	/* the reader's, until it reads on; not NULL */
	size_t len;
	unsigned short rows;	/* 0 and 0: nothing was said about it */
	unsigned short cols;
};

enum servejson_result {
	SERVEJSON_MESSAGE,	/* there is one */
	SERVEJSON_NONE,		/* not yet: all the bytes are used up */
	SERVEJSON_WRONG,	/* servejson_why(); nothing comes after */
};

/* Returns NULL with errno. */
struct servejson *servejson_new(void);
void servejson_free(struct servejson *reader);

/*
 * Read the next message out of the next "len" bytes of the stream.  *used is
 * how many of them are done with: the others are to be given again, together
 * with what came after them, until it returns SERVEJSON_NONE.
 */
enum servejson_result servejson_read(struct servejson *reader,
    const char *bytes, size_t len, size_t *used,
    struct servejson_message *message);

/*
 * The stream ends here.  Returns 0 if it may, between two messages; or -1,
 * which is SERVEJSON_WRONG.
 */
int servejson_end(struct servejson *reader);

/*
 * What was wrong, in words, with the number of the message and without a byte
 * of it: it may have been a password.  The reader's.
 */
const char *servejson_why(const struct servejson *reader);

#endif
