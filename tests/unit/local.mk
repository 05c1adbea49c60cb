# SPDX-License-Identifier: ISC
# Copyright (c) 2026 The ssh-incubator authors

# check_X.c is the program check_X, for the room X or an invariant.
unit_tests = \
	%D%/check_account \
	%D%/check_authinfo \
	%D%/check_chroot \
	%D%/check_confcaps \
	%D%/check_confine \
	%D%/check_confined \
	%D%/check_conflimit \
	%D%/check_confmap \
	%D%/check_connection \
	%D%/check_cve \
	%D%/check_cvespace \
	%D%/check_cvetty \
	%D%/check_decimal \
	%D%/check_descriptors \
	%D%/check_drop \
	%D%/check_dropgroups \
	%D%/check_environ \
	%D%/check_envrule \
	%D%/check_exitcode \
	%D%/check_faults \
	%D%/check_landlock \
	%D%/check_log \
	%D%/check_login_session \
	%D%/check_memory \
	%D%/check_names \
	%D%/check_nomalloc \
	%D%/check_nspace \
	%D%/check_orphan \
	%D%/check_pattern \
	%D%/check_plan \
	%D%/check_planorder \
	%D%/check_planvalue \
	%D%/check_planwords \
	%D%/check_procs \
	%D%/check_pty \
	%D%/check_spawn \
	%D%/check_stdfd \
	%D%/check_step \
	%D%/check_sysprocattr \
	%D%/check_sysproclinux \
	%D%/check_sysprocspace \
	%D%/check_terminal

# These make real children, by scene.c.
%C%_check_drop_SOURCES = %D%/check_drop.c %D%/scene.c %D%/scene.h \
	%D%/stage.c %D%/stage.h
%C%_check_dropgroups_SOURCES = %D%/check_dropgroups.c %D%/scene.c \
	%D%/scene.h %D%/stage.c %D%/stage.h
%C%_check_cve_SOURCES = %D%/check_cve.c %D%/scene.c %D%/scene.h \
	%D%/stage.c %D%/stage.h
%C%_check_cvespace_SOURCES = %D%/check_cvespace.c %D%/scene.c \
	%D%/scene.h %D%/stage.c %D%/stage.h
%C%_check_cvetty_SOURCES = %D%/check_cvetty.c %D%/scene.c %D%/scene.h \
	%D%/stage.c %D%/stage.h
%C%_check_sysprocattr_SOURCES = %D%/check_sysprocattr.c %D%/scene.c \
	%D%/scene.h %D%/stage.c %D%/stage.h
%C%_check_sysproclinux_SOURCES = %D%/check_sysproclinux.c %D%/scene.c \
	%D%/scene.h %D%/stage.c %D%/stage.h
%C%_check_sysprocspace_SOURCES = %D%/check_sysprocspace.c %D%/scene.c \
	%D%/scene.h %D%/stage.c %D%/stage.h
%C%_check_faults_SOURCES = %D%/check_faults.c %D%/faults.c %D%/faults.h \
	%D%/faults_space.c %D%/scene.c %D%/scene.h %D%/scenery.c \
	%D%/steps.c %D%/steps.h
%C%_check_chroot_SOURCES = %D%/check_chroot.c %D%/scene.c %D%/scene.h \
	%D%/scenery.c %D%/steps.c %D%/steps.h
%C%_check_confined_SOURCES = %D%/check_confined.c %D%/scene.c %D%/scene.h \
	%D%/scenery.c %D%/steps.c %D%/steps.h
%C%_check_landlock_SOURCES = %D%/check_landlock.c %D%/scene.c %D%/scene.h \
	%D%/scenery.c %D%/steps.c %D%/steps.h
%C%_check_nspace_SOURCES = %D%/check_nspace.c %D%/scene.c %D%/scene.h \
	%D%/scenery.c %D%/steps.c %D%/steps.h
%C%_check_orphan_SOURCES = %D%/check_orphan.c %D%/scene.c %D%/scene.h \
	%D%/scenery.c %D%/steps.c %D%/steps.h
%C%_check_nomalloc_SOURCES = %D%/check_nomalloc.c %D%/scene.c %D%/scene.h \
	%D%/scenery.c %D%/steps.c %D%/steps.h
%C%_check_memory_SOURCES = %D%/check_memory.c %D%/scene.c %D%/scene.h \
	%D%/scenery.c %D%/steps.c %D%/steps.h
%C%_check_spawn_SOURCES = %D%/check_spawn.c %D%/scene.c %D%/scene.h \
	%D%/scenery.c
%C%_check_descriptors_SOURCES = %D%/check_descriptors.c %D%/scene.c \
	%D%/scene.h
%C%_check_step_SOURCES = %D%/check_step.c %D%/scene.c %D%/scene.h
%C%_check_terminal_SOURCES = %D%/check_terminal.c %D%/scene.c %D%/scene.h

# These write plans as words, by letters.c.
%C%_check_plan_SOURCES = %D%/check_plan.c %D%/letters.c %D%/letters.h
%C%_check_planorder_SOURCES = %D%/check_planorder.c %D%/letters.c %D%/letters.h
%C%_check_planvalue_SOURCES = %D%/check_planvalue.c %D%/letters.c %D%/letters.h

if HAVE_CHECK
check_PROGRAMS += $(unit_tests)
TESTS += $(unit_tests)
else
TESTS += %D%/no-libcheck.sh
endif
# check_login_session compiles the PAM module that it watches.
EXTRA_DIST += %D%/no-libcheck.sh %D%/pam_witness.c
