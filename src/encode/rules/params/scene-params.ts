import { ParamsError } from '../errors.ts'
import { TARGET_FLAG } from '../quality/target.ts'
import type { EncoderName, EncoderParams, ProjectEncoder } from '../types.ts'
import { writtenOut } from './written-out.ts'

const RATE =
  'end-usage cq-level min-q max-q target-bitrate undershoot-pct overshoot-pct bias-pct minsection-pct maxsection-pct buf-sz buf-initial-sz buf-optimal-sz max-intra-rate max-inter-rate'
const BOTH = `${TARGET_FLAG} ${RATE} cpu-used lag-in-frames auto-alt-ref arnr-maxframes arnr-strength min-gf-interval max-gf-interval sharpness static-thresh tune tune-content aq-mode`

const words = (text: string): ReadonlySet<string> => new Set(text.split(' '))

const VP9 = words(`${BOTH} corpus-complexity enable-tpl arnr-type alt-ref-aq frame-boost`)
const SVT = words(
  `${TARGET_FLAG} rc crf qp cqp tbr preset tune aq-mode lookahead sharpness luminance-qp-bias qp-scale-compress-strength ac-bias ` +
    'enable-variance-boost variance-boost-strength variance-octile variance-boost-curve'
)

/**
 * Flags that may differ between the scenes of a project: none that the stream's header contains. Speeds of aomenc change the header at some steps, so the owner also compares
 * the headers of trial encodes when a project is submitted.
 */
const SCENE_FLAGS: Readonly<Record<EncoderName, ReadonlySet<string>>> = {
  aom: words(
    `${BOTH} deltaq-mode deltaq-strength enable-keyframe-filtering enable-tpl-model enable-qm qm-min qm-max quant-b-adapt enable-chroma-deltaq disable-trellis-quant dist-metric ` +
      'min-partition-size max-partition-size enable-tx-size-search gf-min-pyr-height gf-max-pyr-height'
  ),
  vp9: VP9,
  svt: SVT,
  'vp9-av': VP9,
  'svt-av': SVT
}

/** May differ where all scenes have one: the stream's header says only whether there is grain. */
const EVERYWHERE_FLAGS: ReadonlySet<string> = words('grain-table')

const nameOf = (token: string): string => token.replace(/^--/, '').split('=')[0] ?? ''

/** @throws ParamsError `scene-flag` for the first flag that is not the project's and may not differ from scene to scene */
function checkDifference(project: EncoderParams, scene: EncoderParams): void {
  const mine = new Set(scene.tokens)
  const theirs = new Set(project.tokens)
  const differing = [
    ...scene.tokens.filter((token) => !theirs.has(token)),
    ...project.tokens.filter((token) => !mine.has(token))
  ]
  const isIn = (all: ReadonlySet<string>, name: string): boolean => [...all].some((token) => nameOf(token) === name)
  const refused = differing.map(nameOf).find((name) => {
    if (EVERYWHERE_FLAGS.has(name) && isIn(mine, name) && isIn(theirs, name)) return false
    return !SCENE_FLAGS[project.encoder].has(name)
  })
  if (refused !== undefined || scene.bitDepth !== project.bitDepth) {
    throw new ParamsError(
      'scene-flag',
      `--${refused ?? 'bit-depth'} must be the same for all scenes of a file: set it for the whole project.`
    )
  }
}

/**
 * [RULE 64] The parameters of one scene, from its whole parameter text: they pass the same allow-list, and differ only in what leaves the stream's header as it is.
 * @throws ParamsError when the encoder's allow-list refuses them, or for what may not differ from the project's
 */
export function parseSceneParams(whole: ProjectEncoder, text: string): EncoderParams {
  const { encoder, params: project, facts } = whole
  if (text.trim() === '') return project
  const scene = encoder.parseParams(text, facts)
  checkDifference(project, scene)
  return scene
}

/**
 * The project's parameters with those of a zone over them, flag by flag; with `reset` the zone's alone. What may not differ from scene to scene stays the project's.
 * @throws ParamsError as `parseSceneParams`
 */
export function addParams(
  whole: ProjectEncoder,
  zone: { readonly params: string; readonly reset: boolean }
): EncoderParams {
  const { encoder, params: project, facts } = whole
  const added = encoder.parseParams(zone.params, facts)
  const names = new Set(added.tokens.map(nameOf))
  // A zone that names its quantiser wants this one.
  if (names.has(encoder.quantiser.flag)) names.add(TARGET_FLAG)
  const kept = project.tokens.filter((token) => {
    const name = nameOf(token)
    return !names.has(name) && !(zone.reset && SCENE_FLAGS[project.encoder].has(name))
  })
  const scene = parseSceneParams(whole, writtenOut(encoder, [...kept, ...added.tokens], facts).join(' '))
  return { ...scene, notes: added.notes }
}
