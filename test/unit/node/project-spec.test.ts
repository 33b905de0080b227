import { expect, test } from 'vitest'
import { ParamsError } from '../../../src/encode/spec/index.ts'
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
  '--cpu-used=6 --threads=64',
  '--cpu-used=6 --bit-depth=12',
  '--cpu-used=6 --film-grain-test=1',
  '--cpu-used=6 $(reboot)'
])('a worker does not take %j for a scene', (encoderParams) => {
  expect(() => sceneParams(parseSpec(announce), { encoderParams })).toThrow(ParamsError)
})
