import { blobs } from './kinds/blobs.ts'
import { clocks } from './kinds/clocks.ts'
import { disks } from './kinds/disks.ts'
import { encoders } from './kinds/encoders.ts'
import { films } from './kinds/films.ts'
import { homes } from './kinds/homes.ts'
import { kills } from './kinds/kills.ts'
import { networks } from './kinds/networks.ts'
import { versions } from './kinds/versions.ts'
import type { Fault } from './fault.ts'

/** The run that the others are held against: its bytes, and its time. */
export const NO_FAULT: Fault = {
  name: 'none',
  what: 'nothing goes wrong',
  when: 'never',
  run: async (stage) => {
    await stage.enterAll()
    await stage.whenComplete(await stage.submit())
  }
}

/** All faults, in the order of docs/reliability.md. */
export const FAULTS: readonly Fault[] = [
  ...kills,
  ...networks,
  ...homes,
  ...blobs,
  ...clocks,
  ...disks,
  ...films,
  ...encoders,
  ...versions
]

/** What docs/reliability.md says of a fault before the figure that was reached. */
export const faultRow = ({ name, what, when, waits }: Fault): string =>
  `| \`${name}\` | ${what} | ${when} | ${waits === undefined ? 'same bytes' : 'waits and says why, then same bytes'} |`
