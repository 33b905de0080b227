import type { EncoderModule } from '../types.ts'

/** Why an encoder gave up, from the end of its stderr: the line that it marks as its reason, otherwise the last one. Empty when it said nothing. */
export function complaintOf(encoder: Pick<EncoderModule, 'complaint'>, stderrTail: string): string {
  const lines = stderrTail.split(/[\r\n]+/).map((line) => line.trim())
  const reasons = lines.map((line) => encoder.complaint?.exec(line)?.[1])
  return reasons.find((reason) => reason !== undefined) ?? lines.findLast((line) => line !== '') ?? ''
}
