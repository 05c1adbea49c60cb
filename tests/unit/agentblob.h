/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef AGENTBLOB_H
#define AGENTBLOB_H

#include <stddef.h>
#include <stdint.h>

/*
 * Messages of the agent protocol in the making.  Up to 4 KiB the block is
 * never larger than what is in it, so that ASan sees a byte that is read
 * behind its end; agentblob_cut() makes any so.
 */
struct agentblob {
	uint8_t *bytes;		/* never NULL after the first thing put */
	size_t len;
	size_t room;
};

/* To begin with, all zero.  They append; what fails ends the test. */
void agentblob_raw(struct agentblob *blob, const void *bytes, size_t len);
void agentblob_byte(struct agentblob *blob, unsigned int byte);
void agentblob_u32(struct agentblob *blob, uint32_t value);
void agentblob_string(struct agentblob *blob, const void *bytes, size_t len);
void agentblob_text(struct agentblob *blob, const char *text);
void agentblob_hex(struct agentblob *blob, const char *hex);

/* The blob of an Ed25519 key, as a string: which one "n" says. */
void agentblob_key(struct agentblob *blob, unsigned int n);

/* Behind len the block ends again; what was there is gone. */
void agentblob_cut(struct agentblob *blob, size_t len);
void agentblob_free(struct agentblob *blob);

#endif
