import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Fault } from '../fault.ts'

const LIBRARIES = ['x86_64', 'aarch64'].map((cpu) => `/usr/lib/${cpu}-linux-gnu/faketime/libfaketime.so.1`)

/** Why clocks cannot be put wrong here; undefined where they can. */
export const whyNoFaketime = async (): Promise<string | undefined> =>
  LIBRARIES.some(existsSync) ? undefined : 'libfaketime is not installed (Debian: apt-get install faketime)'

const jump = (who: 'owner' | 'a', days: string): Fault => ({
  name: `${who === 'owner' ? 'owner' : 'worker'}-clock-${days.startsWith('+') ? 'ahead' : 'back'}`,
  what: `the clock of ${who === 'owner' ? 'the owner' : 'a worker'} jumps by ${days === '+40d' ? '40 days ahead' : '40 days back'}`,
  when: 'at 3 of 10 scenes',
  needs: ['faketime'],
  run: async (stage) => {
    const clock = join(stage.folder, 'clock')
    await writeFile(clock, '+0\n')
    const env = {
      LD_PRELOAD: LIBRARIES.find(existsSync) ?? '',
      FAKETIME_TIMESTAMP_FILE: clock,
      FAKETIME_NO_CACHE: '1',
      FAKETIME_DONT_FAKE_MONOTONIC: '1',
      DONT_FAKE_MONOTONIC: '1'
    }
    await stage.enterAll({ [who]: { env } })
    const film = await stage.submit()
    await stage.whenDone(film, 3)
    await writeFile(clock, `${days}\n`)
    await stage.whenComplete(film)
  }
})

/** Clocks that jump while a node runs. */
export const clocks: readonly Fault[] = [
  jump('owner', '+40d'),
  jump('owner', '-40d'),
  jump('a', '+40d'),
  jump('a', '-40d')
]
