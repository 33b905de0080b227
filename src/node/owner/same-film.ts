import { isDeepStrictEqual } from 'node:util'
import {
  checkedBefore,
  findEncoder,
  KEEP_ALL,
  parsePicture,
  parseStreamChoice,
  ParamsError,
  sameBuild,
  streamWords
} from '../../encode/rules/index.ts'
import type { SubmitField } from './submit-error.ts'
import { choicesOf, type GivenChoices } from './film-choices.ts'
import { type OwnedJob, pictureOf } from './job.ts'
import type { AnnouncedWish } from './submit.ts'
import { givenLength, type SubmitOptions } from './submit-wish.ts'

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

/** What is said of the picture, without what says nothing. What `auto` comes to is measured only where a film is made. */
function saidOfPicture(choices: GivenChoices): Film {
  const said = parsePicture(choices)
  return { ...said, crop: choices.crop?.trim() === 'auto' ? 'auto' : said.crop }
}

/** What becomes of the picture of a source, however it was said; what gives another size is called `scale`. */
function madeOfPicture(choices: GivenChoices, source: OwnedJob['source']): Film {
  const said = saidOfPicture(choices)
  // The size of what is left depends on what is measured.
  if (said.crop === 'auto') return { ...said, depth: said.depth === source.video.bitDepth ? undefined : said.depth }
  const { filters } = pictureOf(choices, source)
  if (filters === undefined) return { crop: undefined, scale: undefined, fit: undefined, depth: undefined }
  const { from, crop, to } = filters
  const part = crop ?? from
  const isScaled = part.width !== to.width || part.height !== to.height
  return {
    crop,
    scale: isScaled ? [to.width, to.height] : undefined,
    fit: undefined,
    depth: from.bitDepth === to.bitDepth ? undefined : to.bitDepth
  }
}

/** The choices for the whole film, in one form each; as they were said where they cannot be read. */
function choicesIn(choices: GivenChoices, picture: () => Film): Film {
  const { tag, ...said } = choicesOf(choices)
  const others = { ...said, tag: tag?.length === 0 ? undefined : tag }
  try {
    return { ...others, ...picture() }
  } catch (error) {
    if (error instanceof ParamsError) return others
    throw error
  }
}

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
    ...choicesIn(job, () => madeOfPicture(job, source))
  }
}

/** What a submission makes whose source nobody has looked at. */
export function filmOfOptions(options: SubmitOptions, announced: Encoded): Film {
  const { input, videoTrack, minFrames, maxFrames, threshold, range, cuts = [], zones = [] } = options
  const lengths = {
    minFrames: givenLength(minFrames),
    maxFrames: givenLength(maxFrames),
    threshold: givenLength(threshold)
  }
  return {
    ...encoded(announced),
    ...lengths,
    ...streamWords(parseStreamChoice(options)),
    input,
    videoTrack,
    range,
    cuts,
    zones,
    ...choicesIn(options, () => saidOfPicture(options))
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

/** `--frames` checks a source and makes no other film: it says nothing where it is left out, or where the source is known to have them. */
export const withoutFrames = (
  fields: readonly SubmitField[],
  { frames }: Pick<SubmitOptions, 'frames'>,
  found: number | undefined
): readonly SubmitField[] => fields.filter((field) => field !== 'frames' || (frames !== undefined && frames !== found))
