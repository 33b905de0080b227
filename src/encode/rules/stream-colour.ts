import { av1SceneStart } from './av1.ts'
import { parseAv1Sequence } from './av1-sequence.ts'
import { type ColourNumbers, UNSPECIFIED } from './cicp.ts'
import { vp9SceneStart } from './vp9.ts'

/** VP9's colour spaces as matrices of ITU-T H.273; undefined if unspecified. */
const VP9_MATRICES: readonly (readonly number[])[] = [[], [5, 6], [1], [6, 5], [7], [9], [], [0]]

/** The film's colour description: that of the encoded stream, or the source's if the stream has none. @throws BitstreamError */
export function streamColour(fourcc: string, firstFrame: Uint8Array, source: ColourNumbers): ColourNumbers {
  if (fourcc === 'AV01') {
    const { colour } = parseAv1Sequence(av1SceneStart(firstFrame))
    const said = (ofStream: number, ofSource: number): number => (ofStream === UNSPECIFIED ? ofSource : ofStream)
    return {
      primaries: said(colour.primaries, source.primaries),
      transfer: said(colour.transfer, source.transfer),
      matrix: said(colour.matrix, source.matrix),
      fullRange: colour.fullRange
    }
  }
  const { colourSpace, fullRange } = vp9SceneStart(firstFrame)
  const matrices = VP9_MATRICES[colourSpace] ?? []
  const matrix = matrices.includes(source.matrix) ? source.matrix : (matrices[0] ?? source.matrix)
  return { ...source, matrix, fullRange }
}
