import { ParamsError } from './errors.ts'

/** Longest text that is read: an entry has about 1,000 characters. */
const TABLE_CHARS_MAX = 64 * 1024

/** Film grain as AV1 has it in a frame header, by the names of its specification. */
export interface GrainTable {
  readonly seed: number
  /** Twelve numbers: lag and shift of the coefficients, shifts of grain and scaling, chroma from luma, overlap, and three each for Cb and Cr. */
  readonly model: readonly number[]
  /** Value and strength in turn, for Y, Cb and Cr. */
  readonly points: readonly [readonly number[], readonly number[], readonly number[]]
  /** Coefficients for Y, Cb and Cr. */
  readonly coefficients: readonly [readonly number[], readonly number[], readonly number[]]
}

const refuse = (what: string): never => {
  throw new ParamsError('bad-value', `The grain table ${what}.`, { flag: '--grain-table' })
}

/** Names and ranges of the numbers of `p`. */
const MODEL: readonly (readonly [name: string, min: number, max: number])[] = [
  ['ar_coeff_lag', 0, 3],
  ['ar_coeff_shift', 6, 9],
  ['grain_scale_shift', 0, 3],
  ['scaling_shift', 8, 11],
  ['chroma_scaling_from_luma', 0, 1],
  ['overlap_flag', 0, 1],
  ['cb_mult', 0, 255],
  ['cb_luma_mult', 0, 255],
  ['cb_offset', 0, 511],
  ['cr_mult', 0, 255],
  ['cr_luma_mult', 0, 255],
  ['cr_offset', 0, 511]
]

const PLANES = ['Y', 'Cb', 'Cr'] as const
const POINTS_MAX = [14, 10, 10] as const
const SEED_MAX = 65_535
const CHROMA_FROM_LUMA = 4

const isIn = (value: number | undefined, min: number, max: number): boolean =>
  value !== undefined && Number.isInteger(value) && value >= min && value <= max

/** Values ascend; both are bytes. */
function checkPoints(points: readonly number[], plane: 0 | 1 | 2): void {
  const name = `s${PLANES[plane]}`
  if (points.length % 2 !== 0 || points.length / 2 > POINTS_MAX[plane])
    refuse(`has more than ${POINTS_MAX[plane]} points in ${name}, or half a point`)
  for (let at = 0; at < points.length; at += 2) {
    if (!isIn(points[at], 0, 255) || !isIn(points[at + 1], 0, 255)) refuse(`has a point outside 0 to 255 in ${name}`)
    if (at > 0 && (points[at] ?? 0) <= (points[at - 2] ?? 0)) refuse(`has points that do not ascend in ${name}`)
  }
}

/** @throws ParamsError `bad-value` for what AV1 does not allow */
function checked(table: GrainTable): GrainTable {
  const { seed, model, points, coefficients } = table
  if (!isIn(seed, 0, SEED_MAX)) refuse(`has a seed outside 0 to ${SEED_MAX}`)
  if (model.length !== MODEL.length) refuse(`has ${model.length} numbers in p, not ${MODEL.length}`)
  for (const [at, [name, min, max]] of MODEL.entries())
    if (!isIn(model[at], min, max)) refuse(`has a ${name} outside ${min} to ${max}`)
  const [lag = 0] = model
  const luma = 2 * lag * (lag + 1)
  for (const plane of [0, 1, 2] as const) {
    checkPoints(points[plane], plane)
    const wanted = plane === 0 ? luma : luma + 1
    const found = coefficients[plane]
    if (found.length !== wanted) refuse(`has ${found.length} coefficients in c${PLANES[plane]}, not ${wanted}`)
    if (!found.every((value) => isIn(value, -128, 127))) refuse(`has a coefficient outside -128 to 127`)
  }
  const [, cb, cr] = points
  if (model[CHROMA_FROM_LUMA] === 1 && cb.length + cr.length > 0)
    refuse('has chroma points although chroma_scaling_from_luma is 1')
  if ((cb.length === 0) !== (cr.length === 0)) refuse('has points for one of Cb and Cr only')
  return table
}

const numbersOf = (words: readonly string[]): number[] =>
  words.map((word) =>
    /^-?\d{1,5}$/.test(word) ? Number(word) : refuse(`has ${JSON.stringify(word.slice(0, 20))} for a number`)
  )

/** The words of the line that begins so. */
function lineOf(lines: readonly string[][], name: string): string[] {
  const found = lines.filter(([first]) => first === name)
  if (found.length !== 1) refuse(`needs one line ${name}`)
  return found[0]?.slice(1) ?? []
}

function pointsIn(lines: readonly string[][], name: string): number[] {
  const [count, ...points] = numbersOf(lineOf(lines, name))
  if (count === undefined || points.length !== 2 * count) refuse(`does not have as many points in ${name} as it says`)
  return points
}

/**
 * Reads a table in the form that libaom writes (`filmgrn1`), with one entry, whose times do not count.
 * @throws ParamsError `bad-value` with a sentence
 */
export function readGrainTable(text: string): GrainTable {
  if (text.length > TABLE_CHARS_MAX) refuse('is too long')
  const lines = text
    .split(/\r?\n/)
    .map((line) => line.trim().split(/\s+/))
    .filter(([first]) => first !== '')
  if (lines[0]?.join(' ') !== 'filmgrn1') refuse('does not begin with filmgrn1')
  const entries = lines.filter(([first]) => first === 'E')
  if (entries.length !== 1) refuse(`has ${entries.length} entries where there is one`)
  const [, , , applied, seed = '', update] = entries[0] ?? []
  if (applied !== '1' || update !== '1') refuse('has an entry that applies no grain, or has no model')
  const known = new Set(['filmgrn1', 'E', 'p', ...PLANES.flatMap((plane) => [`s${plane}`, `c${plane}`])])
  const other = lines.find(([first = '']) => !known.has(first))
  if (other !== undefined) refuse(`has a line that begins with ${JSON.stringify(other[0]?.slice(0, 20))}`)
  const of = (name: string): number[] => numbersOf(lineOf(lines, name))
  return checked({
    seed: numbersOf([seed])[0] ?? 0,
    model: of('p'),
    points: [pointsIn(lines, 'sY'), pointsIn(lines, 'sCb'), pointsIn(lines, 'sCr')],
    coefficients: [of('cY'), of('cCb'), of('cCr')]
  })
}

/** A table that adds nothing: the stream says that it has grain, and no frame shows any. */
export const SILENT_GRAIN: GrainTable = {
  seed: 1,
  model: [0, 6, 0, 8, 0, 0, 128, 192, 256, 128, 192, 256],
  points: [[], [], []],
  coefficients: [[], [0], [0]]
}

/** A table as the value of a parameter: its eight groups of numbers with `/` between them. */
export const grainValue = ({ seed, model, points, coefficients }: GrainTable): string =>
  [[seed], model, ...points, ...coefficients].map((group) => group.join(',')).join('/')

/** The longest value: 14 + 10 + 10 points and 24 + 25 + 25 coefficients. */
const VALUE_CHARS_MAX = 1024

/** Reads the value of a parameter. @throws ParamsError `bad-value` */
export function parseGrainValue(value: string): GrainTable {
  if (value.length > VALUE_CHARS_MAX || !/^[\d,/-]*$/.test(value))
    refuse('is not what --grain-table of grav1 makes of a file')
  const groups = value.split('/').map((group) => numbersOf(group === '' ? [] : group.split(',')))
  const [seed = [], model = [], y = [], cb = [], cr = [], cy = [], ccb = [], ccr = []] = groups
  if (groups.length !== 8 || seed.length !== 1) refuse('is not what --grain-table of grav1 makes of a file')
  return checked({ seed: seed[0] ?? 0, model, points: [y, cb, cr], coefficients: [cy, ccb, ccr] })
}

/** The end of time for libaom, so that the one entry is for all frames of a scene. */
const FOREVER = '9223372036854775807'

/** The text of a file for an encoder. */
export function grainFileText({ seed, model, points, coefficients }: GrainTable): string {
  const line = (name: string, numbers: readonly number[]): string => [`\t${name}`, ...numbers].join(' ')
  return [
    'filmgrn1',
    `E 0 ${FOREVER} 1 ${seed} 1`,
    line('p', model),
    ...PLANES.map((plane, at) => line(`s${plane}`, [(points[at]?.length ?? 0) / 2, ...(points[at] ?? [])])),
    ...PLANES.map((plane, at) => line(`c${plane}`, coefficients[at] ?? [])),
    ''
  ].join('\n')
}
