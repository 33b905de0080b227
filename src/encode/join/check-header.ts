import { headerFault, parseDisplayMatrix, isUpright } from '../rules/index.ts'
import { broken } from './check-tracks.ts'
import { mainVideo, type ProbeReport } from '../programs/ffprobe.ts'
import { type PicturePlan, readHeader } from './picture-plan.ts'
import type { RunOptions } from '../programs/run-options.ts'

/** @throws MediaError `join-failed` */
export async function checkMatroskaHeader(file: string, { header }: PicturePlan, options: RunOptions): Promise<void> {
  const fault = headerFault(header, await readHeader(file, 0, options))
  if (fault !== undefined) throw broken(fault)
}

/** MP4 says less than Matroska; how the picture is turned is looked at number by number. @throws MediaError `join-failed` */
export function checkMp4Header(film: ProbeReport, { matrix }: PicturePlan): void {
  const sideData = mainVideo(film)?.side_data_list ?? []
  const shown = sideData.find((data) => data['side_data_type'] === 'Display Matrix')?.['displaymatrix']
  const found = typeof shown === 'string' ? parseDisplayMatrix(shown) : undefined
  const isTurned = found !== undefined && !isUpright(found)
  const isSame = matrix === undefined ? !isTurned : matrix.every((value, n) => (found ?? [])[n] === value)
  if (!isSame) throw broken("the picture's rotation or mirroring differs")
}
