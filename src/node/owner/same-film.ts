import { isDeepStrictEqual } from 'node:util'
import { checkedBefore, findEncoder, KEEP_ALL, sameBuild, streamWords } from '../../encode/rules/index.ts'
import type { SubmitField } from './submit-error.ts'
import { choicesOf, type GivenChoices } from './film-choices.ts'
import type { OwnedJob } from './job.ts'
import type { AnnouncedWish } from './submit.ts'
import type { SubmitOptions } from './submit-wish.ts'

/** What of a submission decides which file is made, by the field that says so. Where it lies and when it is made is not in it. */
export type Film = Readonly<Partial<Record<SubmitField, unknown>>>

type Encoded = Pick<AnnouncedWish, 'encoderName' | 'encoderParams' | 'encoderBuild' | 'builds'>

/** The same flags, however they were typed. */
function flagsOf(encoderName: string, text: string): string {
  try {
    return findEncoder(encoderName).parseParams(text, checkedBefore(text)).tokens.join(' ')
  } catch {
    return text
  }
}

const encoded = ({ encoderName, encoderParams, encoderBuild, builds }: Encoded): Film => ({
  encoder: [encoderName, encoderBuild],
  encoderParams: flagsOf(encoderName, encoderParams),
  builds
})

/** What a job makes. */
export function filmOfJob(
  job: GivenChoices & Pick<OwnedJob, 'source' | 'scenes' | 'streams' | 'range' | 'cuts' | 'zones'>,
  announced: Encoded
): Film {
  const { source, scenes, range, cuts = [] } = job
  const zones = (job.zones ?? []).map(({ start, end, params }) => ({ start, end, params }))
  return {
    ...encoded(announced),
    input: [source.path, source.bytes],
    videoTrack: source.videoStream,
    ...scenes,
    ...streamWords(job.streams ?? KEEP_ALL),
    range,
    cuts,
    zones,
    ...choicesOf(job)
  }
}

/** What a submission makes whose source nobody has looked at. */
export function filmOfOptions(options: SubmitOptions, announced: Encoded): Film {
  const { input, videoTrack, minFrames, maxFrames, threshold, range, cuts = [], zones = [] } = options
  const { audio, audioLang, audioTracks, subtitles, subtitleLang, subtitleTracks, attachments } = options
  const streams = { audio, audioLang, audioTracks, subtitles, subtitleLang, subtitleTracks, attachments }
  const lengths = { minFrames, maxFrames, threshold }
  return {
    ...encoded(announced),
    ...lengths,
    ...streams,
    input,
    videoTrack,
    range,
    cuts,
    zones,
    ...choicesOf(options)
  }
}

/** As it is read from a file: nothing in it is undefined. */
const plain = (value: unknown): unknown => (value === undefined ? value : JSON.parse(JSON.stringify(value)))

function isSame(field: string, a: unknown, b: unknown): boolean {
  if (field !== 'encoder') return isDeepStrictEqual(plain(a), plain(b))
  const [[name, build], [otherName, otherBuild]] = [a, b] as [[string, string], [string, string]]
  return name === otherName && sameBuild(build, otherBuild)
}

/** The fields in which two films differ. */
export function differingFields(a: Film, b: Film): readonly SubmitField[] {
  const fields = new Set([...Object.keys(a), ...Object.keys(b)] as SubmitField[])
  return [...fields].filter((field) => !isSame(field, a[field], b[field]))
}
