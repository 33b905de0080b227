import { MediaError, type SourceInfo } from '../../encode/index.ts'
import { barsText, cropWord, type FoundBars } from '../../encode/rules/index.ts'
import { refusedSource } from './submit-error.ts'
import type { SubmitOptions } from './submit-wish.ts'

/** Measures the bars of a source. @returns undefined where it takes longer than somebody waits */
export type MeasureBars = (
  source: SourceInfo,
  deinterlace: boolean,
  signal: AbortSignal
) => Promise<FoundBars | undefined>

/** What `--crop auto` comes to. */
export interface AutoCrop {
  /** As `--crop` reads it; undefined where nothing is measured, or nothing was asked. */
  readonly foundCrop: string | undefined
  readonly bars: FoundBars | undefined
  /** Sentences for the user. */
  readonly notes: readonly string[]
}

const NOT_YET =
  'The black bars are still being measured, so this check is for the whole picture. The node continues to measure: run the same check later for the result; a submission waits for it.'

const NOTHING: AutoCrop = { foundCrop: undefined, bars: undefined, notes: [] }

/** The crop of a submission that leaves it to the owner. @throws SubmitError where the source cannot be decoded */
export async function findAutoCrop(
  { crop, deinterlace = false }: SubmitOptions,
  source: SourceInfo,
  measure: MeasureBars | undefined,
  signal: AbortSignal
): Promise<AutoCrop> {
  if (crop !== 'auto') return NOTHING
  try {
    const bars = await measure?.(source, deinterlace, signal)
    if (bars === undefined) return { ...NOTHING, notes: [NOT_YET] }
    return { foundCrop: bars.crop === undefined ? 'none' : cropWord(bars.crop), bars, notes: barsText(bars) }
  } catch (error) {
    if (error instanceof MediaError) throw refusedSource(error)
    throw error
  }
}
