/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

#include "config.h"
#include "nest.h"

#include <string.h>
#include <unistd.h>

#include "environ.h"
#include "place.h"
#include "pty.h"
#include "recorddir.h"
#include "recordfile.h"
#include "sessionenv.h"
#include "userplace.h"

int
nest_is_own(char *const *envp, const char *home, const char *name)
{
	const char *mark = environ_lookup(envp, SESSIONENV_MARK), *its;
	char tty[PTY_NAME_SIZE], file[USERPLACE_FILE_SIZE];
	struct recordfile *rec;
	struct userplace place;
	int own = 0;

	if (userplace_find(&place, PLACE_BELOW, envp, home, name) == -1)
		return 0;
	rec = recorddir_read(place.dir, userplace_file(file, name, ".info"),
	    geteuid());
	/* The terminal of one that has ended may be anybody's by now. */
	if (rec != NULL && recordfile_get(rec, "STATUS") == NULL &&
	    (its = recordfile_get(rec, "TTY")) != NULL)
		own = pty_name(STDIN_FILENO, tty) == 0 &&
		    strcmp(its, tty) == 0;
	recordfile_free(rec);
	userplace_close(&place);
	/* By way of another terminal, tmux's for one. */
	return own || (mark != NULL && strcmp(mark, name) == 0);
}
