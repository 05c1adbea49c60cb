/* SPDX-License-Identifier: ISC
 * Copyright (c) 2026 The ssh-incubator authors */

/*
 * A filter of three lists (seccomp(2)): what serving needs is allowed; what
 * only an intruder would want kills the process at once; everything else is
 * ENOSYS, as in an older kernel, so that a libc that has learned a new call
 * goes on with the old one.
 */

#include "config.h"
#include "syscalls.h"

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/net.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#if defined(__x86_64__) && !defined(__ILP32__)
#define ARCH AUDIT_ARCH_X86_64
#define BIT_OF_X32 0x40000000u
#elif defined(__i386__)
#define ARCH AUDIT_ARCH_I386
#elif defined(__aarch64__) && defined(__AARCH64EL__)
#define ARCH AUDIT_ARCH_AARCH64
#elif defined(__arm__) && defined(__ARMEL__)
#define ARCH AUDIT_ARCH_ARM
#elif defined(__riscv) && __riscv_xlen == 64
#define ARCH AUDIT_ARCH_RISCV64
#elif defined(__powerpc64__) && defined(__LITTLE_ENDIAN__)
#define ARCH AUDIT_ARCH_PPC64LE
#endif
/* None for s390x: its mmap(2) takes a pointer to what has to be looked at. */

#ifndef SECCOMP_RET_KILL_PROCESS
#define SECCOMP_RET_KILL_PROCESS SECCOMP_RET_KILL
#endif

#ifdef ARCH

#define WORD(field) ((unsigned int)offsetof(struct seccomp_data, field))
/* The lower half of an argument. */
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
#define ARGUMENT(i) (WORD(args) + 8u * (i))
#else
#define ARGUMENT(i) (WORD(args) + 8u * (i) + 4u)
#endif

/* Not all numbers are there for every processor. */
static const int allowed[] = {
	/* What is spoken, and where. */
	SYS_read, SYS_write, SYS_readv, SYS_writev, SYS_recvfrom, SYS_recvmsg,
	SYS_sendto, SYS_sendmsg, SYS_connect, SYS_accept4, SYS_bind,
	SYS_listen, SYS_getsockopt, SYS_setsockopt, SYS_getsockname,
	SYS_getpeername, SYS_shutdown, SYS_splice, SYS_pipe2,
#ifdef SYS_recv
	SYS_recv,
#endif
#ifdef SYS_send
	SYS_send,
#endif
	/* When. */
	SYS_epoll_create1, SYS_epoll_ctl, SYS_epoll_pwait, SYS_ppoll,
	SYS_timerfd_create, SYS_timerfd_settime, SYS_signalfd4,
	SYS_pidfd_open, SYS_clock_gettime, SYS_gettimeofday, SYS_nanosleep,
	SYS_clock_nanosleep,
#ifdef SYS_epoll_wait
	SYS_epoll_wait,
#endif
#ifdef SYS_epoll_pwait2
	SYS_epoll_pwait2,
#endif
#ifdef SYS_poll
	SYS_poll,
#endif
#ifdef SYS_time
	SYS_time,
#endif
#ifdef SYS_clock_gettime64
	SYS_clock_gettime64, SYS_ppoll_time64, SYS_timerfd_settime64,
	SYS_clock_nanosleep_time64,
#endif
	/* Descriptors and files: which ones is Landlock's business. */
	SYS_close, SYS_dup, SYS_dup3, SYS_fcntl, SYS_fstat, SYS_lseek,
	SYS_openat, SYS_readlinkat, SYS_faccessat, SYS_unlinkat,
	SYS_mkdirat, SYS_fchdir, SYS_chdir, SYS_getdents64, SYS_umask,
	SYS_ftruncate, SYS_fsync, SYS_fdatasync, SYS_pread64, SYS_pwrite64,
	SYS_fchmod, SYS_fchown, SYS_inotify_add_watch,
#ifdef SYS_newfstatat
	SYS_newfstatat,
#endif
#ifdef SYS_fstatat64
	SYS_fstatat64,
#endif
#ifdef SYS_fstat64
	SYS_fstat64, SYS_stat64, SYS_lstat64,
#endif
#ifdef SYS_fcntl64
	SYS_fcntl64,
#endif
#ifdef SYS_fchown32
	SYS_fchown32,
#endif
#ifdef SYS_ftruncate64
	SYS_ftruncate64,
#endif
#ifdef SYS__llseek
	SYS__llseek,
#endif
#ifdef SYS_statx
	SYS_statx,
#endif
#ifdef SYS_open
	SYS_open, SYS_stat, SYS_lstat, SYS_readlink, SYS_access, SYS_unlink,
	SYS_mkdir, SYS_rename, SYS_dup2,
#endif
#ifdef SYS_renameat
	SYS_renameat,
#endif
#ifdef SYS_renameat2
	SYS_renameat2,
#endif
#ifdef SYS_close_range
	SYS_close_range,
#endif
#ifdef SYS_faccessat2
	SYS_faccessat2,
#endif
	/* Memory, signals, and who we are. */
	SYS_brk, SYS_munmap, SYS_mremap, SYS_madvise, SYS_futex,
	SYS_getrandom, SYS_rt_sigaction, SYS_rt_sigprocmask, SYS_rt_sigreturn,
	SYS_sigaltstack, SYS_restart_syscall, SYS_getpid, SYS_gettid,
	SYS_getppid, SYS_getuid, SYS_geteuid, SYS_getgid, SYS_getegid,
	SYS_prlimit64, SYS_sched_yield, SYS_exit, SYS_exit_group,
#ifdef SYS_getrlimit
	SYS_getrlimit, SYS_setrlimit,
#endif
#ifdef SYS_getuid32
	SYS_getuid32, SYS_geteuid32, SYS_getgid32, SYS_getegid32,
#endif
#ifdef SYS_sigreturn
	SYS_sigreturn,
#endif
#ifdef SYS_futex_time64
	SYS_futex_time64,
#endif
#ifdef SYS_rseq
	SYS_rseq,
#endif
};

static const int deadly[] = {
	SYS_execve, SYS_execveat, SYS_clone, SYS_ptrace, SYS_process_vm_readv,
	SYS_process_vm_writev, SYS_kill, SYS_tkill, SYS_tgkill, SYS_setuid,
	SYS_setgid, SYS_setresuid, SYS_setresgid, SYS_setns, SYS_unshare,
	SYS_mount, SYS_chroot, SYS_pivot_root, SYS_bpf, SYS_perf_event_open,
	SYS_keyctl, SYS_add_key, SYS_request_key, SYS_init_module,
	SYS_finit_module, SYS_memfd_create,
#ifdef SYS_fork
	SYS_fork,
#endif
#ifdef SYS_vfork
	SYS_vfork,
#endif
#ifdef SYS_clone3
	SYS_clone3,
#endif
#ifdef SYS_setuid32
	SYS_setuid32, SYS_setgid32, SYS_setresuid32, SYS_setresgid32,
#endif
#ifdef SYS_userfaultfd
	SYS_userfaultfd,
#endif
#ifdef SYS_io_uring_setup
	SYS_io_uring_setup,
#endif
#ifdef SYS_pidfd_getfd
	SYS_pidfd_getfd,
#endif
};

/*
 * Those of which it is asked what they are for.  Where there are two to map
 * memory, the older one hides that behind a pointer, and libc has no use for
 * it.
 */
static const int mappings[] = {
#ifdef SYS_mmap2
	SYS_mmap2,
#else
	SYS_mmap,
#endif
	SYS_mprotect,
};

/*
 * i386's libc speaks to sockets through one call that is told which is meant.
 * What it would create is behind a pointer, so that one has to be asked for
 * directly: unixsock_new().
 */
static const int of_sockets[] = {
	SYS_BIND, SYS_CONNECT, SYS_LISTEN, SYS_ACCEPT4, SYS_GETSOCKNAME,
	SYS_GETPEERNAME, SYS_SEND, SYS_RECV, SYS_SENDTO, SYS_RECVFROM,
	SYS_SHUTDOWN, SYS_SETSOCKOPT, SYS_GETSOCKOPT, SYS_SENDMSG,
	SYS_RECVMSG,
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))
#define PROGRAM_SIZE (11 + 5 * (COUNT(mappings) + 1) + \
    2 * (COUNT(allowed) + COUNT(deadly) + COUNT(of_sockets)))

struct program {
	struct sock_filter line[PROGRAM_SIZE];
	unsigned short count;
};

static void
put(struct program *p, unsigned int code, unsigned int k, unsigned int yes,
    unsigned int no)
{
	const struct sock_filter line = {
		(unsigned short)code, (unsigned char)yes, (unsigned char)no,
		k,
	};

	p->line[p->count++] = line;
}

static void
end_with(struct program *p, unsigned int verdict)
{
	put(p, BPF_RET | BPF_K, verdict, 0, 0);
}

/* The number is in the accumulator. */
static void
put_list(struct program *p, const int *numbers, size_t n,
    unsigned int verdict)
{
	size_t i;

	for (i = 0; i < n; i++) {
		put(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)numbers[i], 0,
		    1);
		end_with(p, verdict);
	}
}

/* Only with that argument: as it says, "jump" to "verdict", else allowed. */
static void
put_argument(struct program *p, int number, unsigned int i,
    unsigned int jump, unsigned int k, unsigned int verdict)
{
	put(p, BPF_JMP | BPF_JEQ | BPF_K, (unsigned int)number, 0, 4);
	put(p, BPF_LD | BPF_W | BPF_ABS, ARGUMENT(i), 0, 0);
	put(p, BPF_JMP | jump | BPF_K, k, 0, 1);
	end_with(p, jump == BPF_JEQ ? SECCOMP_RET_ALLOW : verdict);
	end_with(p, jump == BPF_JEQ ? verdict : SECCOMP_RET_ALLOW);
}

static void
put_socketcall(struct program *p)
{
#ifdef SYS_socketcall
	put(p, BPF_JMP | BPF_JEQ | BPF_K, SYS_socketcall, 0,
	    2 + 2 * COUNT(of_sockets));
	put(p, BPF_LD | BPF_W | BPF_ABS, ARGUMENT(0), 0, 0);
	put_list(p, of_sockets, COUNT(of_sockets), SECCOMP_RET_ALLOW);
	end_with(p, SECCOMP_RET_ERRNO | ENOSYS);
#else
	(void)p;
	(void)of_sockets;
#endif
}

static void
write_program(struct program *p)
{
	size_t i;

	p->count = 0;
	put(p, BPF_LD | BPF_W | BPF_ABS, WORD(arch), 0, 0);
	put(p, BPF_JMP | BPF_JEQ | BPF_K, ARCH, 1, 0);
	end_with(p, SECCOMP_RET_KILL_PROCESS);
	put(p, BPF_LD | BPF_W | BPF_ABS, WORD(nr), 0, 0);
#ifdef BIT_OF_X32
	put(p, BPF_JMP | BPF_JGE | BPF_K, BIT_OF_X32, 0, 1);
	end_with(p, SECCOMP_RET_KILL_PROCESS);
#endif
	put_argument(p, SYS_socket, 0, BPF_JEQ, AF_UNIX,
	    SECCOMP_RET_KILL_PROCESS);
	for (i = 0; i < COUNT(mappings); i++)
		put_argument(p, mappings[i], 2, BPF_JSET, PROT_EXEC,
		    SECCOMP_RET_KILL_PROCESS);
	put_socketcall(p);
	put_list(p, allowed, COUNT(allowed), SECCOMP_RET_ALLOW);
	put_list(p, deadly, COUNT(deadly), SECCOMP_RET_KILL_PROCESS);
	end_with(p, SECCOMP_RET_ERRNO | ENOSYS);
}

int
syscalls_restrict(void)
{
	struct program p;
	struct sock_fprog prog;

	write_program(&p);
	prog.len = p.count;
	prog.filter = p.line;
	return prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &prog, 0, 0);
}

#else /* !ARCH */

int
syscalls_restrict(void)
{
	errno = EOPNOTSUPP;
	return -1;
}

#endif
