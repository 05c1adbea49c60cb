/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef CONTROL_H
#define CONTROL_H

#include "state.h"

/* What a control, an escape and a control sequence do to the screen. */
void control_do(struct screen *screen, unsigned char control);
void control_escape(struct screen *screen, char intermediate, char final);
void control_csi(struct screen *screen, const struct csi *csi);

#endif
