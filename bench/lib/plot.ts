import type { FigureFile } from './figure.ts'

type Series = NonNullable<FigureFile['scaling']>
type Point = Series['points'][number]

const [WIDTH, HEIGHT] = [720, 360]
const EDGE = { left: 64, right: 24, top: 28, bottom: 56 }
const NAMES = { simulated: 'simulated machines', daemons: 'real daemons on one machine' }

/** How much of the machines a film uses, over their number: SVG for light and dark backgrounds. */
export function scalingPlot(figures: readonly FigureFile[]): string {
  const series = figures.flatMap(({ scaling }) => (scaling === undefined ? [] : [scaling]))
  const points = series.flatMap((one) => one.points)
  const most = Math.max(2, ...points.map(({ machines }) => machines))
  const least = Math.min(0.9, Math.floor(Math.min(1, ...points.map(({ efficiency }) => efficiency)) * 10) / 10)
  const x = (machines: number): number =>
    EDGE.left + (Math.log(machines) / Math.log(most)) * (WIDTH - EDGE.left - EDGE.right)
  const y = (efficiency: number): number =>
    EDGE.top + ((1 - efficiency) / (1 - least)) * (HEIGHT - EDGE.top - EDGE.bottom)
  const at = ({ machines, efficiency }: Point): string => `${x(machines).toFixed(1)},${y(efficiency).toFixed(1)}`
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="Used share of the machines over their number">`,
    STYLE,
    `<rect width="${WIDTH}" height="${HEIGHT}" class="ground"/>`,
    ...shares(least).map((share) => across(y(share), `${Math.round(share * 100)} %`)),
    ...numbers(points).map((machines) => below(x(machines), String(machines))),
    `<text x="${WIDTH / 2}" y="${HEIGHT - 12}" text-anchor="middle">machines</text>`,
    `<text x="${EDGE.left}" y="16">work / (machines × time)</text>`,
    ...series.flatMap((one, index) => [...drawn(one, at), ...legend(one, index)]),
    '</svg>',
    ''
  ].join('\n')
}

const STYLE = `<style>
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.ground { fill: #ffffff }
.grid { stroke: #d1d9e0 }
.simulated { stroke: #0969da; fill: none; stroke-width: 2 }
.dot-simulated { fill: #0969da }
.dot-daemons { fill: #bc4c00 }
@media (prefers-color-scheme: dark) {
  text { fill: #f0f6fc }
  .ground { fill: #0d1117 }
  .grid { stroke: #3d444d }
  .simulated { stroke: #4493f8 }
  .dot-simulated { fill: #4493f8 }
  .dot-daemons { fill: #f0883e }
}
</style>`

const across = (y: number, text: string): string =>
  `<path d="M${EDGE.left} ${y.toFixed(1)}H${WIDTH - EDGE.right}" class="grid"/><text x="${EDGE.left - 8}" y="${(y + 4).toFixed(1)}" text-anchor="end">${text}</text>`

const below = (x: number, text: string): string =>
  `<text x="${x.toFixed(1)}" y="${HEIGHT - EDGE.bottom + 20}" text-anchor="middle">${text}</text>`

/** In steps that leave room between them. */
function shares(least: number): number[] {
  const step = 1 - least > 0.31 ? 0.1 : 0.02
  return Array.from({ length: Math.round((1 - least) / step) + 1 }, (_, at) => 1 - at * step)
}

const numbers = (points: readonly Point[]): number[] =>
  [...new Set(points.map(({ machines }) => machines))].toSorted((a, b) => a - b)

function drawn({ of, points }: Series, at: (point: Point) => string): string[] {
  const dots = points.map((point) => {
    const [cx, cy] = at(point).split(',')
    return `<circle cx="${cx}" cy="${cy}" r="${of === 'daemons' ? 5 : 3}" class="dot-${of}"/>`
  })
  if (of === 'daemons') return dots
  return [`<polyline points="${points.map(at).join(' ')}" class="simulated"/>`, ...dots]
}

function legend({ of }: Series, index: number): string[] {
  const y = HEIGHT - EDGE.bottom - 14 - index * 20
  return [
    `<circle cx="${EDGE.left + 16}" cy="${y - 4}" r="5" class="dot-${of}"/>`,
    `<text x="${EDGE.left + 28}" y="${y}">${NAMES[of]}</text>`
  ]
}
