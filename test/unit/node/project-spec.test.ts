import { expect, test } from 'vitest'
import { parseSpec } from '../../../src/node/project-spec.ts'
import { announceSample } from '../../fixtures/protocol-samples.ts'

const announce = { ...announceSample, encoder: 'svt', encoderName: 'svt', encoderParams: '--preset 8' }
const video = { width: 1280, height: 720, pixelFormat: 'yuv420p', bitDepth: 8 }

test('a worker does not begin what the encoder cannot encode, whoever announces it', () => {
  expect(parseSpec({ ...announce, ...video })).toMatchObject({ bitDepth: 8, encoder: { name: 'svt', passes: 1 } })
  expect(() => parseSpec({ ...announce, ...video, width: 1281 })).toThrow(/even/)
  expect(() => parseSpec({ ...announce, ...video, pixelFormat: 'yuv444p' })).toThrow(/4:4:4/)
  expect(() => parseSpec({ ...announce, ...video, encoderParams: '--lp 4' })).toThrow(/--lp is not accepted/)
})
