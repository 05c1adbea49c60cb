/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef MODES_H
#define MODES_H

#include "state.h"

/* SM and RM, DECSET and DECRST: those modes that decide what is shown. */
void modes_set(struct screen *screen, const struct csi *csi, int on);

/* DECSC and DECRC. */
void modes_save(struct screen *screen);
void modes_restore(struct screen *screen);

/* DECSTR and RIS. */
void modes_soft_reset(struct screen *screen);
void modes_reset(struct screen *screen);

#endif
