/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */
#ifndef LETTERS_H
#define LETTERS_H

#include <stddef.h>

struct plan_step;

/*
 * A plan is a word here, with a letter for each kind of step: "scGIUPx".  The
 * table of them is in letters.c.  What is wrong with a letter fails the test.
 */

/* Room for a reason, and for the longest word. */
#define LETTERS_WHY 256
#define LETTERS_LONGEST 40

/* A step of that kind, whose arguments pass. */
const struct plan_step *letters_step(char letter);

/* What the step is called. */
const char *letters_name(char letter);

/* The letter of a kind; the first, if it has more than one. */
char letters_of(int kind);

/*
 * plan_check() of a word; in place of the steps that have the kind of one of
 * with[], that one is taken.  Returns 0, or -1 with the reason in "why", which
 * is empty otherwise.
 */
int letters_check(const char *word, const struct plan_step *with,
    size_t nwith, char why[LETTERS_WHY]);

#endif
