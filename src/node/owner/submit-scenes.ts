import { MediaError, trialHeader } from '../../encode/index.ts'
import {
  complaintOf,
  encoderText,
  parsePosition,
  parseRange,
  parseZones,
  type Position,
  type ProjectEncoder,
  type SourceRange,
  type VideoFormat,
  type Zone
} from '../../encode/rules/index.ts'
import { checkField, SubmitError } from './submit-error.ts'
import type { SubmitRequest } from '../../api/schemas/index.ts'

/** What a submission says of scenes besides their lengths. */
export interface SceneWishes {
  readonly zones: readonly Zone[]
  readonly cuts: readonly Position[]
  readonly range: SourceRange | undefined
}

/** @throws SubmitError that names the line or the zone */
export function sceneWishes(
  options: Pick<SubmitRequest, 'zones' | 'cuts' | 'range'>,
  project: ProjectEncoder
): SceneWishes {
  return {
    zones: checkField('zones', () => parseZones(options.zones ?? [], project)),
    cuts: checkField('cuts', () => (options.cuts ?? []).map(parsePosition)),
    range: checkField('range', () => (options.range === undefined ? undefined : parseRange(options.range)))
  }
}

/** One file has one header, and which parameters change it only the encoder knows: it is asked, for each text of the zones. @throws SubmitError `bad-params` */
export async function checkZoneHeaders(
  zones: readonly Zone[],
  project: ProjectEncoder,
  video: VideoFormat,
  signal: AbortSignal
): Promise<void> {
  const asked = new Map(zones.filter((zone) => zone.params !== '').map((zone) => [zone.params, zone]))
  if (asked.size === 0) return
  const { params } = project
  const whole = await trialHeader(params, video, { signal })
  for (const zone of asked.values()) {
    const header = await trial(project, zone, video, signal)
    if (header === whole) continue
    throw new SubmitError(
      'bad-params',
      `${zone.label}: ${zone.params} gives another sequence header than the project's ${params.text}, and a file can have only one; ` +
        "--cpu-used is the usual reason: choose one nearer to the project's, or the same",
      { field: 'zones' }
    )
  }
}

async function trial(
  { encoder, facts }: ProjectEncoder,
  zone: Zone,
  video: VideoFormat,
  signal: AbortSignal
): Promise<string> {
  try {
    return await trialHeader(encoder.parseParams(zone.params, facts), video, { signal })
  } catch (cause) {
    if (!(cause instanceof MediaError)) throw cause
    const said = complaintOf(encoder, cause.stderrTail)
    throw new SubmitError(
      'bad-params',
      `${zone.label}: ${encoderText({ encoder, facts })} does not accept ${zone.params}: ${said === '' ? cause.message : said}`,
      { field: 'zones', cause }
    )
  }
}
