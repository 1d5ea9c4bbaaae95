/**
 * Which system calls the trace leaves out. Everything that is not named here is traced, and what is
 * traced has to be known to the replay: a call that changes files in a way nobody thought of then
 * stops the tool, instead of being passed over in silence.
 */

/** Calls that change no file, whatever their arguments. Names that a machine does not have are skipped by strace. */
export const HARMLESS_CALLS: readonly string[] = [
  // Reading and looking.
  ...'read pread64 readv preadv preadv2 readahead stat fstat lstat newfstatat statx statfs fstatfs'.split(
    ' ',
  ),
  ...'access faccessat faccessat2 readlink readlinkat getdents getdents64 getcwd'.split(' '),
  // Memory; a shared mapping of a file is looked at by itself, so mmap is traced.
  ...'munmap mprotect brk madvise mremap pkey_alloc pkey_free pkey_mprotect mlock munlock'.split(
    ' ',
  ),
  // Waiting, time, signals.
  ...'futex epoll_wait epoll_pwait epoll_pwait2 epoll_ctl epoll_create1 poll ppoll select pselect6'.split(
    ' ',
  ),
  ...'clock_nanosleep clock_gettime clock_getres nanosleep gettimeofday time sched_yield'.split(
    ' ',
  ),
  ...'sched_getaffinity sched_setaffinity sched_getscheduler sched_getparam rt_sigaction'.split(
    ' ',
  ),
  ...'rt_sigprocmask rt_sigreturn rt_sigtimedwait sigaltstack timerfd_create timerfd_settime'.split(
    ' ',
  ),
  ...'restart_syscall pause tgkill tkill kill membarrier setitimer getitimer'.split(' '),
  // Processes, threads and who they are.
  ...'clone clone3 vfork wait4 waitid exit exit_group set_tid_address set_robust_list rseq'.split(
    ' ',
  ),
  ...'getpid gettid getppid getuid geteuid getgid getegid getgroups capget prlimit64 getrlimit'.split(
    ' ',
  ),
  ...'uname sysinfo getrusage times arch_prctl prctl getrandom getpgrp getpgid getsid setpriority'.split(
    ' ',
  ),
  ...'getpriority get_robust_list getcpu'.split(' '),
  // Descriptors that are no files, and sockets but for what is sent and received.
  ...'pipe pipe2 eventfd eventfd2 signalfd4 socket socketpair bind listen accept accept4'.split(
    ' ',
  ),
  ...'connect getsockname getpeername getsockopt setsockopt shutdown inotify_init1'.split(' '),
  ...'inotify_add_watch inotify_rm_watch fadvise64 flock'.split(' '),
];
