import type { Line } from './lines.ts'

/** How the walk carries out a line. */
export type Way =
  /** As it stands. `before` and `after`: other commands around it. `machine`: default the first. */
  | { readonly type: 'run'; readonly before?: string; readonly after?: string; readonly machine?: number }
  /** As it stands, and it goes on while the next lines run. */
  | { readonly type: 'stay'; readonly machine: number }
  /** Not here, and why. */
  | { readonly type: 'leave'; readonly why: string }

const run: Way = { type: 'run' }
const leave = (why: string): Way => ({ type: 'leave', why })

/** The first that fits counts. */
const WAYS: readonly (readonly [RegExp, Way])[] = [
  [/^npm test/, leave('the gate runs it')],
  [/^(brew|pacman) /, leave('another system')],
  [/^grav1 top$/, leave('needs a terminal; its own tests have one')],
  [/^grav1 encoders add$/, leave('asks on a terminal; its own tests have one')],
  // The first has the film already.
  [/^grav1 download /, { type: 'run', machine: 2 }],
  // The film is finished by then, and the lines that follow need it finished again.
  [
    /^grav1 cancel /,
    {
      type: 'run',
      before: 'grav1 delete film.mkv; grav1 submit film.mkv --overwrite --detach',
      after: 'grav1 delete film.mkv; grav1 submit film.mkv --overwrite'
    }
  ],
  [/^grav1 open$/, leave('needs a browser; its own tests have one')],
  [/^grav1 join /, { type: 'stay', machine: 2 }],
  [/ --at nas /, leave('needs a config file with a name; its own tests have one')],
  [/^grav1 node --watch /, leave('its node is the first one here; its own tests have one')],
  [/^grav1 node$/, { type: 'stay', machine: 1 }]
]

export const wayOf = ({ text }: Line): Way => WAYS.find(([pattern]) => pattern.test(text))?.[1] ?? run
