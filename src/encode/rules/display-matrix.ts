/** How a player turns the picture: the nine numbers of an MP4 track header, the last column in 2.30 and the rest in 16.16 fixed point. */
export type DisplayMatrix = readonly number[]

/** As Matroska says it, in degrees: a yaw of 180 mirrors left and right, the roll turns against the clock. */
export interface Pose {
  readonly yaw: 0 | 180
  readonly roll: number
}

const UPRIGHT = [0x10000, 0, 0, 0, 0x10000, 0]

/** Reads ffprobe's text of a matrix: three rows of three numbers, each behind its address. */
export function parseDisplayMatrix(text: string): DisplayMatrix | undefined {
  const rows = text.split('\n').filter((line) => line.includes(':'))
  const numbers = rows.flatMap((line) =>
    line
      .slice(line.indexOf(':') + 1)
      .trim()
      .split(/\s+/)
      .map(Number)
  )
  return numbers.length === 9 && numbers.every(Number.isInteger) ? numbers : undefined
}

/** Whether the picture is shown as it is stored. */
export const isUpright = (matrix: DisplayMatrix): boolean => UPRIGHT.every((value, n) => matrix[n] === value)

/** Whether the picture is shown mirrored. */
export const isMirrored = ([a = 0, b = 0, , c = 0, d = 0]: DisplayMatrix): boolean => a * d - b * c < 0

const degrees = (radians: number): number => {
  const value = Math.round((radians * 180_000) / Math.PI) / 1000
  return value === -180 ? 180 : value
}

/** Matroska's description of a matrix that rotates and mirrors. */
export function poseOf(matrix: DisplayMatrix): Pose {
  const [a = 0, b = 0] = matrix
  // + 0: there is no -0 in a header.
  if (isMirrored(matrix)) return { yaw: 180, roll: degrees(Math.atan2(b, -a)) + 0 }
  return { yaw: 0, roll: degrees(Math.atan2(-b, a)) + 0 }
}

/** The matrix of a pose; the player decides where the picture is placed. */
export function matrixOf({ yaw, roll }: Pose): DisplayMatrix {
  const angle = ((yaw === 180 ? roll : -roll) * Math.PI) / 180
  const fixed = (value: number): number => Math.round(value * 0x10000) + 0
  const sign = yaw === 180 ? -1 : 1
  const [cos, sin] = [fixed(Math.cos(angle)), fixed(Math.sin(angle))]
  return [sign * cos + 0, sin, 0, -sign * sin + 0, cos, 0, 0, 0, 0x40000000]
}
