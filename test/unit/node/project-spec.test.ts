import { expect, test } from 'vitest'
import { ParamsError } from '../../../src/encode/rules/index.ts'
import { parseSpec, sceneParams } from '../../../src/node/project-spec.ts'
import { announceSample } from '../../fixtures/protocol-samples.ts'

const announce = { ...announceSample, encoderName: 'aom', encoderParams: '--cpu-used=6 --cq-level=30' }

test("a scene's own parameters count, an empty text means the project's", () => {
  const spec = parseSpec(announce)
  expect(sceneParams(spec, { encoderParams: '' })).toBe(spec.params)
  expect(sceneParams(spec, { encoderParams: '--cpu-used=6 --cq-level=10' }).tokens).toEqual([
    '--cpu-used=6',
    '--cq-level=10'
  ])
})

test.for([
  '--cpu-used=6 --cq-level=10 -o /tmp/x',
  '--cpu-used=6 --fpf=/tmp/x',
  '--cpu-used=6 --passes=1',
  '--cpu-used=6 --bit-depth=12',
  '--cpu-used=6 --film-grain-test=1',
  '--cpu-used=6 $(reboot)'
])('a worker does not take %j for a scene', (encoderParams) => {
  expect(() => sceneParams(parseSpec(announce), { encoderParams })).toThrow(ParamsError)
})

test("parameters are held to the version of this node's program", () => {
  const project = { ...announceSample, encoder: 'svt', encoderName: 'svt', encoderParams: '--preset=4 --crf=27.5' }
  const of = (version: string) => () => ({ version, options: new Set<string>() })
  const video = { width: 1280, height: 720, pixelFormat: 'yuv420p', bitDepth: 8 }
  expect(parseSpec({ ...project, ...video }, of('4.2.0')).params.tokens).toContain('--crf=27.5')
  expect(() => parseSpec({ ...project, ...video }, of('2.3.0'))).toThrow(
    '--crf=27.5 needs SVT-AV1 4.0 or later; this node has 2.3.0.'
  )
  const spec = parseSpec({ ...project, ...video, encoderParams: '--preset=4 --crf=27' }, of('2.3.0'))
  expect(() => sceneParams(spec, { encoderParams: '--preset=4 --crf=27.5' })).toThrow(/needs SVT-AV1 4.0/)
})

const svt = { ...announceSample, encoder: 'svt', encoderName: 'svt', encoderParams: '--preset 8' }
const video = { width: 1280, height: 720, pixelFormat: 'yuv420p', bitDepth: 8 }

test('a worker does not begin what the encoder cannot encode, whoever announces it', () => {
  expect(parseSpec({ ...svt, ...video })).toMatchObject({ bitDepth: 8, encoder: { name: 'svt', passes: 1 } })
  expect(() => parseSpec({ ...svt, ...video, width: 1281 })).toThrow(/even/)
  expect(() => parseSpec({ ...svt, ...video, pixelFormat: 'yuv444p' })).toThrow(/4:4:4/)
  expect(() => parseSpec({ ...svt, ...video, encoderParams: '--passes 2' })).toThrow(/--passes=2 is not accepted/)
})
