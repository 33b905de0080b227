/** A folder of this machine that is seen in a root. */
export interface Mount {
  readonly from: string
  /** Below {@link Place.shared}, or the same place. */
  readonly to: string
  readonly writable: boolean
}

/** Where a command runs: which root, and what of this machine is in it. */
export interface Place {
  /** Folder of the root. It is not written to. */
  readonly root: string
  /** Folder below `/tmp` that is the same inside and outside; what the root has as `/tmp` and as its mount point is in it too. */
  readonly shared: string
  /** In this order. */
  readonly mounts: readonly Mount[]
  readonly cwd: string
  readonly env: Readonly<Record<string, string>>
}

/** Mounts live in a mount namespace, processes in a process namespace that ends with its parent: both are gone with the command, however it ends. */
const ALONE = [
  'setpriv',
  '--pdeathsig',
  'KILL',
  '--',
  'unshare',
  '--mount',
  '--pid',
  '--fork',
  '--kill-child=KILL',
  '--'
]

/** Arguments: root, shared folder, working directory, number of mounts, for each of them three words, the command. */
const ENTER = `
root=$1 shared=$2 cwd=$3 count=$4; shift 4
at=$shared/at; inner=$shared/tmp
mkdir -p "$at" "$inner\${shared#/tmp}"
mount --make-rprivate /
mount --bind "$root" "$at"
mount -o remount,bind,ro "$at"
mount -t proc proc "$at/proc"
mount --rbind /dev "$at/dev"
mount --bind "$inner" "$at/tmp"
mount --bind "$shared" "$at$shared"
while [ "$count" -gt 0 ]; do
  mount --bind "$1" "$at$2"
  [ "$3" = rw ] || mount -o remount,bind,ro "$at$2"
  shift 3; count=$((count - 1))
done
# Not exec: this shell is the first process here, and buries those whose parents are gone.
code=0
chroot "$at" sh -ec 'cd "$0"; exec "$@"' "$cwd" "$@" || code=$?
exit $code
`

/** The words that start a command in a root: with mounts and processes of its own, on the network of this machine. */
export function enterWords(
  { root, shared, mounts, cwd, env }: Place,
  command: readonly string[]
): [string, ...string[]] {
  const folders = mounts.flatMap(({ from, to, writable }) => [from, to, writable ? 'rw' : 'ro'])
  const settings = Object.entries(env).map(([name, value]) => `${name}=${value}`)
  const script = ['sh', '-ec', ENTER, 'enter', root, shared, cwd, String(mounts.length), ...folders]
  return ['setpriv', ...ALONE.slice(1), ...script, 'env', '-i', ...settings, ...command]
}
