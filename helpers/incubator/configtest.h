/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONFIGTEST_H
#define CONFIGTEST_H

struct options;

/*
 * -t: say what is wrong with the configuration, all of it.  -T: print what of
 * it applies to the login that -C describes, as lines that read back to the
 * same, and on stderr each Match that would need to know more.
 * Returns the exit status.
 */
int configtest_run(const struct options *opt);

#endif
