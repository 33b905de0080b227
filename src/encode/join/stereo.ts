import type { PictureHeader } from '../rules/index.ts'

type SideData = Readonly<Record<string, unknown>>

/** Matroska's numbers by ffmpeg's words: the left eye first, the right eye first. */
const STEREO: Readonly<Record<string, readonly [left: number, right: number]>> = {
  'side by side': [1, 11],
  'top and bottom': [3, 2],
  checkerboard: [5, 4],
  'interleaved lines': [7, 6],
  'interleaved columns': [9, 8],
  'frame alternate': [13, 14]
}

function stereoHeader(sideData: readonly SideData[]): PictureHeader {
  const found = sideData.find((data) => data['side_data_type'] === 'Stereo 3D')
  const modes = STEREO[String(found?.['type'])]
  return modes === undefined ? {} : { stereo_mode: modes[found?.['inverted'] === 1 ? 1 : 0] }
}

const hex = (value: number): string => value.toString(16).padStart(8, '0')

/** The private data of a projection: a version, then the edges of an equirectangular picture or layout and padding of a cube. */
function privateData(data: SideData): readonly [type: number, bytes: string] | undefined {
  if (data['projection'] === 'equirectangular') return [1, hex(0).repeat(5)]
  if (data['projection'] === 'cubemap') return [2, hex(0) + hex(0) + hex(Number(data['padding'] ?? 0))]
  return undefined
}

function sphereHeader(sideData: readonly SideData[]): PictureHeader {
  const found = sideData.find((data) => data['side_data_type'] === 'Spherical Mapping')
  const known = found === undefined ? undefined : privateData(found)
  if (found === undefined || known === undefined) return {}
  return {
    projection_type: known[0],
    projection_private: known[1],
    projection_pose_yaw: Number(found['yaw'] ?? 0),
    projection_pose_pitch: Number(found['pitch'] ?? 0),
    projection_pose_roll: Number(found['roll'] ?? 0)
  }
}

function cropHeader(sideData: readonly SideData[]): PictureHeader {
  const found = sideData.find((data) => data['side_data_type'] === 'Frame Cropping')
  if (found === undefined) return {}
  const edges = ['left', 'top', 'right', 'bottom'].map((edge) => Number(found[`crop_${edge}`] ?? 0))
  return { cropping: edges.join(',') }
}

/** A header's properties for what makes a picture more than a flat one, as ffprobe found it on the stream or its first frame. */
export const roundedHeader = (sideData: readonly SideData[]): PictureHeader => ({
  ...stereoHeader(sideData),
  ...sphereHeader(sideData),
  ...cropHeader(sideData)
})

/** Whether there is a projection that Matroska has no word for. */
export const hasStrangeSphere = (sideData: readonly SideData[]): boolean =>
  sideData.some((data) => data['side_data_type'] === 'Spherical Mapping' && privateData(data) === undefined)
