import { join } from 'node:path'
import { brokenEncoder } from '../broken-encoder.ts'
import type { Fault } from '../fault.ts'

/** The encoder of one of two workers goes wrong in every scene from the second on. */
const broken = (name: string, what: string, body: string): Fault => ({
  name: `encoder-${name}`,
  what: `the encoder of one of two workers ${what}`,
  when: 'from the second scene on',
  guilty: ['a'],
  run: async (stage) => {
    const { env, arm } = await brokenEncoder(join(stage.folder, 'encoder'), body)
    await stage.enterAll({ a: { env } })
    const film = await stage.submit()
    await stage.whenDone(film, 1)
    await arm()
    await stage.whenComplete(film)
  }
})

/** Programs that do what programs should not. */
export const encoders: readonly Fault[] = [
  broken('crashes', 'crashes in the middle of each scene', 'head -c 20000 > /dev/null; kill -SEGV $$'),
  broken(
    'crashes-at-random',
    'crashes in about every second scene',
    '[ $(od -An -N1 -tu1 /dev/urandom) -lt 128 ] || exec $real "$@"; kill -SEGV $$'
  ),
  broken('hangs', 'hangs and prints nothing', 'exec sleep 86400'),
  broken(
    'eats-memory',
    'takes a gibibyte of memory and crashes',
    'head -c 1G /dev/zero | tail -c 1G | wc -c >&2; kill -SEGV $$'
  ),
  broken('prints-garbage', 'prints 40 MB of random bytes', 'head -c 40000000 /dev/urandom >&2; exec $real "$@"'),
  broken('writes-garbage', 'writes random bytes and ends well', 'cat > /dev/null; head -c 20000 /dev/urandom > "$out"'),
  broken('writes-half', 'cuts its file short and ends well', '$real "$@" || exit; truncate -s 1000 "$out"'),
  broken('writes-nothing', 'writes an empty file and ends well', 'cat > /dev/null; : > "$out"'),
  {
    // Without a sandbox nobody finds the program that is left.
    needs: ['sandbox'],
    ...broken(
      'leaves-children',
      'leaves a program in a session of its own, which keeps its outputs open',
      'setsid sleep 86400 < /dev/null & exec $real "$@"'
    )
  }
]
