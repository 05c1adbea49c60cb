/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef DETACH_H
#define DETACH_H

#include "proto.h"

struct viewer;

/* Put his terminal back to what a shell expects, as far as it takes it. */
void detach_restore(struct viewer *viewer);

/* The same, once, by what he gets next: nothing else goes before it. */
void detach_put_back(struct viewer *viewer);

/*
 * Let go of him: his terminal is put back, he is told why.  Who gets messages
 * and has no room for these counts no more, and gets them when he has.
 */
void detach_viewer(struct viewer *viewer, enum proto_reason reason);

#endif
