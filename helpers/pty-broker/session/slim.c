/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * There may be a thousand sessions that nobody looks at, for weeks.  Each is
 * charged its part of every page of the program and of libc that was ever
 * run, and all of its stack and heap that was ever used.
 */

#include "config.h"
#include "slim.h"

#include <sys/mman.h>

#include <link.h>
#include <malloc.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

/* More than the stack of a session ever was. */
#define STACK_ROOM ((uintptr_t)256 * 1024)

/* The frames that are in use below that of slim_down(), and some more. */
#define STACK_IN_USE ((uintptr_t)2048)

static void
drop(uintptr_t from, uintptr_t to, uintptr_t page)
{
	void *start;

	from -= from % page;
	memcpy(&start, &from, sizeof(start));
	(void)madvise(start, to - from, MADV_DONTNEED);
}

/*
 * The code and the constants of a loaded object: nobody has written there, so
 * they are in the file as they are here.  (A debugger has: its breakpoints are
 * lost.)
 */
static int
drop_code(struct dl_phdr_info *object, size_t size, void *ctx)
{
	const uintptr_t page = *(const uintptr_t *)ctx;
	const ElfW(Phdr) *segment;
	int i;

	(void)size;
	for (i = 0; i < object->dlpi_phnum; i++) {
		segment = &object->dlpi_phdr[i];
		if (segment->p_type == PT_LOAD && !(segment->p_flags & PF_W))
			drop(object->dlpi_addr + segment->p_vaddr,
			    object->dlpi_addr + segment->p_vaddr +
			    segment->p_memsz, page);
	}
	return 0;
}

void
slim_down(void)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE), here;

#ifdef __GLIBC__
	(void)malloc_trim(0);
#endif
	(void)dl_iterate_phdr(drop_code, &page);
	here = (uintptr_t)__builtin_frame_address(0) - STACK_IN_USE;
	here -= here % page;
	drop(here - STACK_ROOM, here, page);
}
