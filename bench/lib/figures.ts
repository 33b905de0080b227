/** A figure that `npm run bench` publishes: the command `npm run bench:<name>`, which calls `beginFigure(name)`. */
export interface PublishedFigure {
  readonly name: string
  readonly args: readonly string[]
  /** What it takes on two idle cores. All together take at most 25. */
  readonly minutes: number
}

/** In the order of the page. */
export const FIGURES: readonly PublishedFigure[] = [
  { name: 'overhead', args: [], minutes: 7 },
  { name: 'scale', args: [], minutes: 1 },
  { name: 'compare', args: [], minutes: 6 },
  { name: 'swarm', args: ['--workers', '32', '--scenes', '5', '--seconds', '20'], minutes: 3 },
  { name: 'feed', args: ['--reps', '1'], minutes: 1 },
  { name: 'transfer', args: [], minutes: 2 },
  { name: 'api', args: ['--seconds', '2'], minutes: 2 },
  { name: 'footprint', args: ['--nodes', '8', '--starts', '5'], minutes: 2 }
]

/** A figure is ended when it takes so many times the minutes that it should. */
export const PATIENCE = 3
