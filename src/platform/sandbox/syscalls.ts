/** Processors for which there is a filter, as `process.arch` names them. */
export type FilterArch = 'x64' | 'arm64'

/** What a filter knows of a processor: its number of the audit system, and the numbers of its system calls. */
export interface ArchCalls {
  /** `AUDIT_ARCH_*` of `linux/audit.h`. */
  readonly audit: number
  /** Numbers from here on are those of another calling convention (x32). Undefined where there is none. */
  readonly otherFrom: number | undefined
  readonly socket: number
  readonly ioctl: number
  readonly clone: number
  /** Its flags lie in memory, where no filter sees them. */
  readonly clone3: number
  /** Further calls that start a process. */
  readonly forks: readonly number[]
  readonly denied: readonly number[]
}

/**
 * Calls that no decoder, encoder or muxer makes, and that kernels have had faults in or that reach other processes, with their numbers on x64 and arm64. Undefined: not there.
 */
export const DENIED_CALLS: Readonly<Record<string, readonly [x64: number | undefined, arm64: number | undefined]>> = {
  // Other processes.
  ptrace: [101, 117],
  process_vm_readv: [310, 270],
  process_vm_writev: [311, 271],
  process_madvise: [440, 440],
  kcmp: [312, 272],
  pidfd_open: [434, 434],
  pidfd_getfd: [438, 438],
  pidfd_send_signal: [424, 424],
  move_pages: [279, 239],
  migrate_pages: [256, 238],
  perf_event_open: [298, 241],
  // Other namespaces and file systems.
  unshare: [272, 97],
  setns: [308, 268],
  mount: [165, 40],
  umount2: [166, 39],
  pivot_root: [155, 41],
  chroot: [161, 51],
  open_tree: [428, 428],
  move_mount: [429, 429],
  fsopen: [430, 430],
  fsconfig: [431, 431],
  fsmount: [432, 432],
  fspick: [433, 433],
  mount_setattr: [442, 442],
  name_to_handle_at: [303, 264],
  open_by_handle_at: [304, 265],
  mknod: [133, undefined],
  mknodat: [259, 33],
  quotactl: [179, 60],
  quotactl_fd: [443, 443],
  fanotify_init: [300, 262],
  // Parts of the kernel that are often at fault.
  bpf: [321, 280],
  userfaultfd: [323, 282],
  io_uring_setup: [425, 425],
  io_uring_enter: [426, 426],
  io_uring_register: [427, 427],
  add_key: [248, 217],
  request_key: [249, 218],
  keyctl: [250, 219],
  modify_ldt: [154, undefined],
  personality: [135, 92],
  lookup_dcookie: [212, 18],
  nfsservctl: [180, 42],
  uselib: [134, undefined],
  // Memory that the limit of a process does not count.
  memfd_create: [319, 279],
  memfd_secret: [447, 447],
  shmget: [29, 194],
  msgget: [68, 186],
  semget: [64, 190],
  mq_open: [240, 180],
  // The machine.
  kexec_load: [246, 104],
  kexec_file_load: [320, 294],
  init_module: [175, 105],
  finit_module: [313, 273],
  delete_module: [176, 106],
  reboot: [169, 142],
  swapon: [167, 224],
  swapoff: [168, 225],
  acct: [163, 89],
  sethostname: [170, 161],
  setdomainname: [171, 162],
  settimeofday: [164, 170],
  clock_settime: [227, 112],
  clock_adjtime: [305, 266],
  adjtimex: [159, 171],
  syslog: [103, 116],
  vhangup: [153, 58],
  iopl: [172, undefined],
  ioperm: [173, undefined]
}

const deniedOf = (column: 0 | 1): number[] =>
  Object.values(DENIED_CALLS)
    .map((numbers) => numbers[column])
    .filter((number) => number !== undefined)

export const ARCH_CALLS: Readonly<Record<FilterArch, ArchCalls>> = {
  x64: {
    audit: 0xc000003e,
    otherFrom: 0x40000000,
    socket: 41,
    ioctl: 16,
    clone: 56,
    clone3: 435,
    // fork, vfork
    forks: [57, 58],
    denied: deniedOf(0)
  },
  arm64: {
    audit: 0xc00000b7,
    otherFrom: undefined,
    socket: 198,
    ioctl: 29,
    clone: 220,
    clone3: 435,
    forks: [],
    denied: deniedOf(1)
  }
}
