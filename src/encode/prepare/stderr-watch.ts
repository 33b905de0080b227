import { isRefusal } from '../programs/refused-command.ts'

/** Looks through what ffmpeg says for what it says of its input. */
export interface StderrWatch {
  readonly push: (text: string) => void
  /** The first complaint about the input. */
  readonly complaint: () => string | undefined
}

/** ffmpeg's options for a run that is watched: each line says how bad it is. */
export const WATCHED: readonly string[] = ['-v', 'level+warning', '-nostdin', '-hide_banner']

const LINE_CHARS_MAX = 4096

/** Lost packets are a warning only. */
const COMPLAINT = /\[(?:error|fatal|panic)\]|\[warning\].*\bcorrupt\b/i

/** Outputs and filters have something to say too, and so has ffmpeg itself: it ends with a bare fatal line. */
const NOT_OF_THE_INPUT =
  /^(?:\[(?:framehash|framecrc|null|libx264|swscaler|bwdif|Parsed_|AVFilterGraph|[avs]?ost#|out#|[av]f#|fc#|enc:)|\[fatal\] |\[error\] Error (?:opening|parsing options for|writing|closing) (?:to )?output |x264 \[)/

/** A lost packet of a stream, by the stream's number. */
const OF_A_STREAM = /\bcorrupt\b.*\bstream (?:= )?(\d+)/i

function isOfAnother(line: string, stream: number | undefined): boolean {
  const named = OF_A_STREAM.exec(line)?.[1]
  return named !== undefined && stream !== undefined && Number(named) !== stream
}

/** @param stream the number of the only stream whose lost packets matter. Default: all do. */
export function createStderrWatch(stream?: number): StderrWatch {
  let rest = ''
  let found: string | undefined
  return {
    complaint: () => found,
    push: (text) => {
      if (found !== undefined) return
      const lines = (rest + text).split('\n')
      rest = (lines.pop() ?? '').slice(-LINE_CHARS_MAX)
      const line = lines.find(
        (one) => COMPLAINT.test(one) && !NOT_OF_THE_INPUT.test(one) && !isRefusal(one) && !isOfAnother(one, stream)
      )
      found = line?.replace(/ @ 0x[0-9a-f]+\]/, ']').replace(/\[(?:error|fatal|panic|warning)\] /, '')
    }
  }
}
