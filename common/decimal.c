/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * Numbers of an option or a configuration file.  strtonum(3) takes blanks
 * and signs, needs a NUL behind the number and ends at 2^63.
 */

#include "config.h"
#include "decimal.h"

int
decimal_read(const char *text, size_t len, uint64_t max, uint64_t *value)
{
	uint64_t number = 0, digit;
	size_t i;

	if (len == 0)
		return -1;
	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return -1;
		digit = (uint64_t)(text[i] - '0');
		if (number > max / 10 || digit > max - 10 * number)
			return -1;
		number = 10 * number + digit;
	}
	*value = number;
	return 0;
}
