/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "proto.h"

#include "bigendian.h"
#include "packet.h"

const char *const proto_policy_names[PROTO_POLICIES] = {
	"", "latest", "smallest", "largest", "first", "fixed",
};

static void
put_short(unsigned char *buf, uint16_t value)
{
	buf[0] = (unsigned char)(value >> 8);
	buf[1] = (unsigned char)value;
}

static uint16_t
get_short(const unsigned char *buf)
{
	return (uint16_t)(buf[0] << 8 | buf[1]);
}

void
proto_put_offset(unsigned char buf[8], uint64_t offset)
{
	bigendian_put(buf, (uint32_t)(offset >> 32));
	bigendian_put(buf + 4, (uint32_t)offset);
}

int
proto_get_offset(uint64_t *offset, const unsigned char *buf, size_t len)
{
	if (len < 8)
		return -1;
	*offset = (uint64_t)bigendian_get(buf) << 32 | bigendian_get(buf + 4);
	return 0;
}

void
proto_put_number(unsigned char buf[4], uint32_t number)
{
	bigendian_put(buf, number);
}

int
proto_get_number(uint32_t *number, const unsigned char *buf, size_t len)
{
	if (len < 4)
		return -1;
	*number = bigendian_get(buf);
	return 0;
}

void
proto_put_size(unsigned char buf[PROTO_SIZE_LEN], const struct proto_size *size)
{
	put_short(buf, size->rows);
	put_short(buf + 2, size->cols);
	put_short(buf + 4, size->xpixel);
	put_short(buf + 6, size->ypixel);
}

int
proto_get_size(struct proto_size *size, const unsigned char *buf, size_t len)
{
	if (len < PROTO_SIZE_LEN)
		return -1;
	size->rows = get_short(buf);
	size->cols = get_short(buf + 2);
	size->xpixel = get_short(buf + 4);
	size->ypixel = get_short(buf + 6);
	return 0;
}

void
proto_put_attach(unsigned char buf[PROTO_ATTACH_LEN],
    const struct proto_attach *attach)
{
	bigendian_put(buf, attach->flags);
	proto_put_offset(buf + 4, attach->offset);
	proto_put_size(buf + 12, &attach->size);
	buf[20] = attach->key;
	buf[21] = attach->policy;
}

int
proto_get_attach(struct proto_attach *attach, const unsigned char *buf,
    size_t len)
{
	if (len < PROTO_ATTACH_LEN)
		return -1;
	attach->flags = bigendian_get(buf);
	(void)proto_get_offset(&attach->offset, buf + 4, 8);
	(void)proto_get_size(&attach->size, buf + 12, PROTO_SIZE_LEN);
	attach->key = buf[20];
	attach->policy = buf[21];
	return 0;
}

int
proto_send_number(int sock, enum proto_type type, uint32_t number)
{
	unsigned char buf[4];

	proto_put_number(buf, number);
	return packet_send(sock, (int)type, buf, sizeof(buf), -1);
}

int
proto_send_word(int sock, enum proto_type type)
{
	return packet_send(sock, (int)type, NULL, 0, -1);
}
