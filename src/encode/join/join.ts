import { rm } from 'node:fs/promises'
import { extname, join } from 'node:path'
import { measureFile } from '../../common/hash-file.ts'
import { together } from '../../common/together.ts'
import { type Container, containerOf } from '../rules/index.ts'
import { MediaError } from '../programs/errors.ts'
import { checkJoined } from './check.ts'
import type { FilmCheck } from './check-report.ts'
import { mux } from './mux.ts'
import { otherInputs, othersAsMatroska } from './others.ts'
import { cutPart, withChapters } from './part.ts'
import { type JoinPlan, planJoin } from './plan.ts'
import { isAsEncoded, joinVideo } from './video.ts'
import { writeMp4 } from './mp4.ts'
import { openOutput } from './output-file.ts'
import type { JoinedFile, JoinInput } from './types.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** Shares of the work, as measured: reading, muxing, then decoding everything once where that was not done before. */
const JOINED = 0.1
const MUXED = 0.2

function containerFor(output: string): Container {
  const container = containerOf(output)
  if (container !== undefined) return container
  const ending = extname(output) || 'nothing'
  throw new MediaError('unsupported', `The output file ends in ${ending}; grav1 writes .mkv, .webm and .mp4.`)
}

interface Target {
  readonly container: Container
  readonly partPath: string
  readonly videoFile: string
  readonly othersFile: string
  readonly soundFile: string
  readonly filmFile: string
}

/** mkvmerge's inputs for everything that is not the video, each after its options. */
async function makeOthers(
  input: JoinInput,
  { probed, streams }: JoinPlan,
  { othersFile, soundFile }: Target,
  options: RunOptions
): Promise<readonly string[]> {
  const { source, kept, workDir } = input
  if (input.videoOnly === true) return []
  const others = await othersAsMatroska({ source, probed, streams, file: othersFile }, workDir, options)
  const more = { file: soundFile, tag: input.tag }
  if (kept === undefined) return otherInputs({ ...others, ...more }, workDir, options)
  const part = await cutPart(others, kept, workDir, options)
  return withChapters(part, await otherInputs({ ...part, ...more }, workDir, options))
}

/** Whether the film's packets decode as segments did that were decoded before. One without a hash may be another file by now. */
const wereDecoded = ({ decoded = false, encoder, source, segments }: JoinInput): boolean =>
  decoded &&
  isAsEncoded({ encoder, colour: source.video.colour }) &&
  segments.every(({ sha256 }) => sha256 !== undefined)

type Made = Pick<JoinedFile, 'bytes' | 'sha256' | 'packets'>

/** Writes and checks the file under its hidden name. */
async function make(input: JoinInput, target: Target, options: RunOptions): Promise<Made> {
  const { source, workDir, onProgress } = input
  const { container, partPath, videoFile, filmFile } = target
  const frames = input.timestampsMs.length
  const plan = await planJoin(input, container, options)
  const { timestampsMs, picture, uids } = plan
  const video = await joinVideo(input, videoFile, (done) => onProgress((done / frames) * JOINED), options)
  const others = await makeOthers(input, plan, target, options)
  const film = container === 'mp4' ? filmFile : partPath
  const { fieldOrder } = source
  const title = input.videoOnly === true ? undefined : input.title
  const said = { timestampsMs, fieldOrder, header: picture.header, title, uids, othersFiles: [source.path] }
  await mux({ ...said, workDir, videoFile, others, container, target: film, seed: video.contentHash }, options)
  await rm(videoFile)
  if (container === 'mp4')
    await writeMp4({ film, target: partPath, timestampsMs, fps: source.video.fps, ...picture }, options)
  onProgress(MUXED)
  const onFrames = (done: number): void => onProgress(MUXED + (1 - MUXED) * (done / frames))
  const { packets } = video
  const decoded = wereDecoded(input)
  const [, measured] = await together<[FilmCheck, Pick<Made, 'bytes' | 'sha256'>]>(
    [
      async (signal) => checkJoined({ file: partPath, input, plan, packets, decoded, onFrames }, { signal }),
      async (signal) => measureFile(partPath, { signal })
    ],
    options
  )
  return { ...measured, packets }
}

/**
 * Checks a finished film against its source and its segments, as a join does before the film gets its name.
 * @param film with the hashes of its scenes' packets where they are known
 * @returns what was compared
 * @throws MediaError `join-failed` with the first thing that differs
 */
export async function checkFilm(
  input: JoinInput,
  { path, packets }: Pick<JoinedFile, 'path'> & Partial<Pick<JoinedFile, 'packets'>>,
  options: RunOptions
): Promise<FilmCheck> {
  const plan = await planJoin(input, containerFor(path), options)
  const known = packets === undefined ? {} : { packets, decoded: wereDecoded(input) }
  return checkJoined({ file: path, input, plan, ...known, onFrames: () => {} }, options)
}

/**
 * Joins the segments and everything of the source that is not its video into the finished file, checks it, and only then gives it its name. The same segments give the
 * same bytes. On failure nothing is left beside the output; what a killed run left there is removed by the next one with the same `workDir`.
 * @throws MediaError `join-failed`, `unsupported`, `output-exists`, `output-unwritable` or `tool-missing`
 */
export async function joinProject(input: JoinInput, { signal }: RunOptions): Promise<JoinedFile> {
  const container = containerFor(input.output)
  const files = ['video.ivf', 'others.mkv', 'sound.mkv', 'film.mkv', 'part.mkv'].map((name) =>
    join(input.workDir, name)
  )
  const [videoFile, othersFile, soundFile, filmFile] = files as [string, string, string, string]
  const output = await openOutput(input.output, input.overwrite, input.workDir)
  const { partPath } = output
  try {
    const target = { container, partPath, videoFile, othersFile, soundFile, filmFile }
    const made = { path: input.output, ...(await make(input, target, { signal })), frames: input.timestampsMs.length }
    await input.confirm?.(made)
    await output.publish()
    input.onProgress(1)
    return made
  } finally {
    await Promise.all([output.discard(), ...files.map((file) => rm(file, { force: true }))])
  }
}
