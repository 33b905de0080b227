import { isRefusal } from '../programs/refused-command.ts'

/** Finds the messages about its input in ffmpeg's output. */
export interface StderrWatch {
  readonly push: (text: string) => void
  /** The first complaint about the input. */
  readonly complaint: () => string | undefined
  /** The first frame of the film has arrived: from here on every message counts. */
  readonly begun: () => void
}

export interface StderrWatchInit {
  /** The number of the only stream whose lost packets matter. Default: all do. */
  readonly stream?: number | undefined
  /** The input begins in the middle of a group of pictures: messages about the undecodable frames do not count as damage. Default false. */
  readonly isWithin?: boolean
}

/** ffmpeg's options for a run that is watched: each line says how bad it is. */
export const WATCHED: readonly string[] = ['-v', 'level+warning', '-nostdin', '-hide_banner']

const LINE_CHARS_MAX = 4096

/** Lost packets are a warning only. */
const COMPLAINT = /\[(?:error|fatal|panic)\]|\[warning\].*\bcorrupt\b/i

/** Outputs, filters and ffmpeg itself also write messages; ffmpeg ends with a bare fatal line. */
const NOT_OF_THE_INPUT =
  /^(?:\[(?:framehash|framecrc|null|libx264|swscaler|bwdif|Parsed_|AVFilterGraph|[avs]?ost#|out#|[av]f#|fc#|enc:)|\[fatal\] |\[error\] Error (?:opening|parsing options for|writing|closing) (?:to )?output |x264 \[)/

/** A lost packet of a stream, by the stream's number. */
const OF_A_STREAM = /\bcorrupt\b.*\bstream (?:= )?(\d+)/i

function isOfAnother(line: string, stream: number | undefined): boolean {
  const named = OF_A_STREAM.exec(line)?.[1]
  return named !== undefined && stream !== undefined && Number(named) !== stream
}

/** Decoder messages about frames without a start: their parameter sets or references were never received. */
const WITHOUT_BEGINNING = [
  /non-existing [PS]PS \d+ referenced|[VSP]PS (?:id out of range|\d+ does not exist)|Invalid frame dimensions 0x0/,
  /decode_slice_header error|no frame!|Error (?:parsing NAL unit|constructing the frame RPS)/,
  /Could not find ref with POC|co located POCs unavailable|mmco: unref short failure|[Rr]eference picture missing|Missing reference/,
  /Error (?:while decoding stream|submitting (?:a )?packet to (?:the )?decoder)\b.*Invalid data/
] as const

const isOfNoBeginning = (line: string): boolean => WITHOUT_BEGINNING.some((pattern) => pattern.test(line))

export function createStderrWatch({ stream, isWithin = false }: StderrWatchInit = {}): StderrWatch {
  let isBefore = isWithin
  let rest = ''
  let found: string | undefined
  return {
    complaint: () => found,
    begun: () => (isBefore = false),
    push: (text) => {
      if (found !== undefined) return
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(-LINE_CHARS_MAX)
      const line = lines.find(
        (one) =>
          COMPLAINT.test(one) &&
          !NOT_OF_THE_INPUT.test(one) &&
          !isRefusal(one) &&
          !isOfAnother(one, stream) &&
          !(isBefore && isOfNoBeginning(one))
      )
      found = line?.replace(/ @ 0x[0-9a-f]+\]/, ']').replace(/\[(?:error|fatal|panic|warning)\] /, '')
    }
  }
}
