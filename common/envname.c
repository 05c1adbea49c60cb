/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * What sudo(8) and shadow's login(1) delete, what glibc takes from setuid
 * programs, what Tailscale drops, and what else makes a program run code that
 * whoever sends the variable has chosen (invariant I5).
 */

#include "config.h"
#include "envname.h"

#include <ctype.h>
#include <stddef.h>

#include "pattern.h"

static const struct envname_row floor_rows[] = {
	{ "LD_*", "ld.so loads code by it" },
	{ "_RLD*", "the loader of IRIX and Tru64 loads code by it" },
	{ "DYLD_*", "the loader of macOS loads code by it" },
	{ "LDR_*", "the loader of AIX loads code by it" },
	{ "LIBPATH", "the loader of AIX loads code from it" },
	{ "SHLIB_PATH", "the loader of HP-UX loads code from it" },
	{ "GLIBC_TUNABLES", "libc changes by it (CVE-2023-4911)" },
	{ "GCONV_PATH", "iconv(3) loads code by it" },
	{ "GETCONF_DIR", "getconf(1) runs a program by it" },
	{ "LOCPATH", "libc reads locales from it" },
	{ "PATH_LOCALE", "libc of the BSDs reads locales from it" },
	{ "NLSPATH", "libc reads format strings from it" },
	{ "BASH_ENV", "bash runs that file" },
	{ "ENV", "sh runs that file" },
	{ "BASH_FUNC_*", "bash defines a function by it" },
	{ "SHELLOPTS", "bash sets options by it" },
	{ "BASHOPTS", "bash sets options by it" },
	{ "PS4", "sh expands it while tracing" },
	{ "PROMPT_COMMAND", "bash runs it" },
	{ "IFS", "sh splits words by it" },
	{ "FPATH", "ksh and zsh load functions from it" },
	{ "ZDOTDIR", "zsh reads its startup files there" },
	{ "NULLCMD", "zsh runs it" },
	{ "READNULLCMD", "zsh runs it" },
};

/*
 * Less than the floor: an administrator can have a use for each.  A pattern
 * with a wildcard was hardly written with them in mind.
 */
static const struct envname_row named_rows[] = {
	/* shells and terminals */
	{ "PS?", "sh expands it at its prompt" },
	{ "CDPATH", "sh changes to other directories by it" },
	{ "GLOBIGNORE", "bash leaves files out by it" },
	{ "EXECIGNORE", "bash leaves programs out by it" },
	{ "BASH_LOADABLES_PATH", "bash loads code from it" },
	{ "BASH_XTRACEFD", "bash closes that descriptor" },
	{ "HISTFILE", "sh writes to that file" },
	{ "MAILPATH", "bash expands the words in it" },
	{ "INPUTRC", "readline reads that file (CVE-2022-0563)" },
	{ "TERMCAP", "the terminal's description, or its file" },
	{ "TERMPATH", "terminals are described in these files" },
	{ "TERMINFO*", "terminals are described there" },
	{ "SCREENRC", "screen runs its commands" },
	{ "TMPPREFIX", "zsh makes files there" },
	{ "TMPDIR", "programs make files there" },
	/* libc */
	{ "MALLOC_*", "libc writes files or changes by it" },
	{ "TZDIR", "libc reads time zones there" },
	{ "HOSTALIASES", "libc takes one host for another by it" },
	{ "LOCALDOMAIN", "libc looks hosts up by it" },
	{ "RES_OPTIONS", "libc looks hosts up by it" },
	{ "RESOLV_*", "libc looks hosts up by it" },
	{ "NIS_PATH", "libc looks users up by it" },
	/* what a program runs for the user */
	{ "EDITOR", "programs run it" },
	{ "VISUAL", "programs run it" },
	{ "ALTERNATE_EDITOR", "emacsclient runs it" },
	{ "FCEDIT", "sh runs it" },
	{ "SUDO_*", "sudo runs it, or believes it" },
	{ "DOAS_*", "who called doas" },
	{ "PAGER", "programs run it" },
	{ "MANPAGER", "man runs it" },
	{ "MANOPT", "man has options for running programs" },
	{ "BROWSER", "programs run it" },
	{ "LESS", "less runs commands by it" },
	{ "LESSOPEN", "less runs it" },
	{ "LESSCLOSE", "less runs it" },
	{ "LESSEDIT", "less runs it" },
	{ "LESSKEY*", "less reads its keys there" },
	{ "MORE", "more runs commands by it" },
	{ "EXINIT", "vi runs it" },
	{ "VIMINIT", "vim runs it" },
	{ "GVIMINIT", "gvim runs it" },
	{ "VIMRUNTIME", "vim runs files there" },
	{ "EMACSLOADPATH", "emacs runs files there" },
	{ "TAR_OPTIONS", "tar has options for running programs" },
	{ "RSYNC_RSH", "rsync runs it" },
	{ "RSYNC_CONNECT_PROG", "rsync runs it" },
	{ "CVS_RSH", "cvs runs it" },
	{ "CVSEDITOR", "cvs runs it" },
	{ "SVN_SSH", "svn runs it" },
	{ "SVN_EDITOR", "svn runs it" },
	{ "HGRCPATH", "hg reads its configuration there" },
	{ "HGEDITOR", "hg runs it" },
	{ "MAKEFLAGS", "make runs other files by it" },
	{ "GNUMAKEFLAGS", "make runs other files by it" },
	{ "MAKEFILES", "make runs these files" },
	{ "GCC_EXEC_PREFIX", "gcc runs programs there" },
	{ "COMPILER_PATH", "gcc runs programs there" },
	{ "WGETRC", "wget has settings for running programs" },
	{ "CURL_HOME", "curl reads its configuration there" },
	{ "XDG_CONFIG_*", "programs read their configuration there" },
	{ "XDG_DATA_*", "programs are found there" },
	/* ssh itself */
	{ "SSH_ASKPASS*", "ssh runs it" },
	{ "SSH_SK_*", "ssh loads or runs it" },
	{ "SSH_PKCS11_HELPER", "ssh-agent runs it" },
	/* git */
	{ "GIT_SSH", "git runs it" },
	{ "GIT_SSH_COMMAND", "git runs it" },
	{ "GIT_PROXY_COMMAND", "git runs it" },
	{ "GIT_EXTERNAL_DIFF", "git runs it" },
	{ "GIT_PAGER", "git runs it" },
	{ "GIT_EDITOR", "git runs it" },
	{ "GIT_SEQUENCE_EDITOR", "git runs it" },
	{ "GIT_ASKPASS", "git runs it" },
	{ "GIT_CONFIG*", "git is configured by it" },
	{ "GIT_DIR", "git reads its configuration there" },
	{ "GIT_COMMON_DIR", "git reads its configuration there" },
	{ "GIT_EXEC_PATH", "git runs programs there" },
	{ "GIT_TEMPLATE_DIR", "git copies hooks from it" },
	{ "GIT_ALLOW_PROTOCOL", "git runs programs for some protocols" },
	{ "GIT_TRACE*", "git writes to that file" },
	/* interpreters */
	{ "PYTHONPATH", "python loads code from it" },
	{ "PYTHONHOME", "python loads code from it" },
	{ "PYTHONUSERBASE", "python loads code from it" },
	{ "PYTHONPLATLIBDIR", "python loads code from it" },
	{ "PYTHONPYCACHEPREFIX", "python loads code from it" },
	{ "PYTHONEXECUTABLE", "python takes it for itself" },
	{ "PYTHONSTARTUP", "python runs that file" },
	{ "PYTHONINSPECT", "python asks for more code" },
	{ "PYTHONBREAKPOINT", "python loads code by it" },
	{ "PYTHONWARNINGS", "python loads code by it" },
	{ "PERL5LIB", "perl loads code from it" },
	{ "PERLLIB", "perl loads code from it" },
	{ "PERL5OPT", "perl loads code by it" },
	{ "PERL5DB", "perl runs it" },
	{ "PERLIO", "perl loads code by it" },
	{ "PERLIO_DEBUG", "perl writes to that file" },
	{ "RUBYLIB", "ruby loads code from it" },
	{ "RUBYOPT", "ruby loads code by it" },
	{ "GEM_HOME", "ruby loads code from it" },
	{ "GEM_PATH", "ruby loads code from it" },
	{ "BUNDLE_GEMFILE", "bundler runs that file" },
	{ "NODE_OPTIONS", "node loads code by it" },
	{ "NODE_PATH", "node loads code from it" },
	{ "npm_config_*", "npm runs programs by it" },
	{ "JAVA_TOOL_OPTIONS", "java loads code by it" },
	{ "_JAVA_OPTIONS", "java loads code by it" },
	{ "JDK_JAVA_OPTIONS", "java loads code by it" },
	{ "CLASSPATH", "java loads code from it" },
	{ "PHPRC", "php reads its configuration there" },
	{ "PHP_INI_SCAN_DIR", "php reads its configuration there" },
	{ "LUA_INIT*", "lua runs it" },
	{ "LUA_PATH*", "lua loads code from it" },
	{ "LUA_CPATH*", "lua loads code from it" },
	{ "TCLLIBPATH", "tcl loads code from it" },
	{ "R_PROFILE*", "R runs that file" },
	{ "R_ENVIRON*", "R reads more variables there" },
	{ "GUILE_LOAD_*", "guile loads code from it" },
	{ "ERL_*FLAGS", "erl runs code by it" },
	{ "DOTNET_STARTUP_HOOKS", "dotnet loads code by it" },
	{ "CORECLR_*", "dotnet loads code by it" },
	{ "GOTRACEBACK", "programs in Go dump core by it" },
	{ "GOFLAGS", "go runs programs by it" },
	{ "RUSTC*_WRAPPER", "cargo runs it" },
	/* libraries */
	{ "OPENSSL_CONF", "OpenSSL loads code by it" },
	{ "OPENSSL_ENGINES", "OpenSSL loads code from it" },
	{ "OPENSSL_MODULES", "OpenSSL loads code from it" },
	{ "SSLKEYLOGFILE", "programs write session keys there" },
	{ "GNUPGHOME", "gpg runs programs by its configuration" },
	{ "GTK_MODULES", "GTK loads code by it" },
	{ "GIO_*MODULE*", "GLib loads code from it" },
	{ "QT_PLUGIN_PATH", "Qt loads code from it" },
	{ "KRB5_*", "Kerberos is configured by it" },
	{ "KRB_CONF", "Kerberos is configured by it" },
	{ "AUTHSTATE", "AIX believes it" },
	{ "VAR_ACE", "SecurID reads its files there" },
	{ "USR_ACE", "SecurID reads its files there" },
	{ "DLC_ACE", "SecurID reads its files there" },
	/* the service manager */
	{ "SYSTEMD_*", "programs of systemd run it" },
	{ "LISTEN_PID", "says that descriptors were passed" },
	{ "LISTEN_FD*", "says that descriptors were passed" },
	{ "NOTIFY_SOCKET", "programs report to that socket" },
};

static const struct envname_row default_rows[] = {
	{ "TERM", "the terminal's type" },
	{ "LANG", "locale" },
	{ "LC_*", "locale" },
};

int
envname_ok(const char *name)
{
	if (!isalpha((unsigned char)*name) && *name != '_')
		return 0;
	for (; *name != '\0'; name++)
		if (!isalnum((unsigned char)*name) && *name != '_')
			return 0;
	return 1;
}

/* No row begins with a wildcard: the first letters tell most of them apart. */
static const struct envname_row *
find(const struct envname_row *rows, size_t count, const char *name)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (*rows[i].pattern == *name &&
		    pattern_match(name, rows[i].pattern))
			return &rows[i];
	return NULL;
}

#define FIND(rows, name) find(rows, sizeof(rows) / sizeof((rows)[0]), name)

const struct envname_row *
envname_floor(const char *name)
{
	return FIND(floor_rows, name);
}

const struct envname_row *
envname_unless_named(const char *name)
{
	return FIND(named_rows, name);
}

const struct envname_row *
envname_default(const char *name)
{
	return FIND(default_rows, name);
}
