import { CARRIED, headerFault, parseDisplayMatrix, isUpright, uidFault } from '../rules/index.ts'
import { broken } from './check-tracks.ts'
import type { ProbeReport } from '../programs/ffprobe.ts'
import { readUids } from './linked-segments.ts'
import type { JoinPlan } from './plan.ts'
import { type PicturePlan, readHeader } from './picture-plan.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** @returns how many properties were compared @throws MediaError `join-failed` */
export async function checkMatroskaHeader(
  file: string,
  { picture: { header }, uids }: JoinPlan,
  options: RunOptions
): Promise<number> {
  const fault = headerFault(header, await readHeader(file, 0, options)) ?? uidFault(uids, await readUids(file, options))
  if (fault !== undefined) throw broken(fault)
  return CARRIED.length
}

/** MP4 says less than Matroska; how the picture is turned is looked at number by number. @throws MediaError `join-failed` */
export function checkMp4Header(film: ProbeReport, { matrix }: PicturePlan): number {
  const sideData = film.streams.find((stream) => stream.codec_type === 'video')?.side_data_list ?? []
  const shown = sideData.find((data) => data['side_data_type'] === 'Display Matrix')?.['displaymatrix']
  const found = typeof shown === 'string' ? parseDisplayMatrix(shown) : undefined
  const isTurned = found !== undefined && !isUpright(found)
  const isSame = matrix === undefined ? !isTurned : matrix.every((value, n) => (found ?? [])[n] === value)
  if (!isSame) throw broken("the picture's rotation or mirroring differs")
  return 1
}
