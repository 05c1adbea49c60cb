/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef VTQUERY_H
#define VTQUERY_H

#include "vtscan.h"

/*
 * Is this, which is just over in "sc", to be left out of a replay: because a
 * terminal answers it, or does it once more?
 * Returns 1 if so, else 0.
 */
int vtquery_is_one(const struct vtscan *sc, enum vtscan_event event);

#endif
