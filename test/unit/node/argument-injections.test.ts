import { expect, test } from 'vitest'
import { ENCODERS, ParamsError } from '../../../src/encode/rules/index.ts'
import { parseSpec, sceneParams } from '../../../src/node/project-spec.ts'
import { ARGUMENT_INJECTIONS } from '../../fixtures/argument-injections.ts'
import { announceSample } from '../../fixtures/protocol-samples.ts'

const announce = (video: object) => ({ ...announceSample, ...video })

const encoders = Object.values(ENCODERS)

const isRefused = (call: () => unknown): boolean => {
  try {
    call()
    return false
  } catch (error) {
    if (error instanceof ParamsError) return true
    throw error
  }
}

/** Encoders whose parameters end with the text, where `read` lets it pass. */
const takenBy = (text: string, read: (encoder: (typeof encoders)[number], params: string) => unknown): string[] =>
  encoders.filter((encoder) => !isRefused(() => read(encoder, text))).map(({ name }) => name)

test('the list has 40 texts and more', () => {
  expect(new Set(ARGUMENT_INJECTIONS).size).toBeGreaterThanOrEqual(40)
})

test.each(ARGUMENT_INJECTIONS)('%j is refused where it is submitted', (text) => {
  expect(takenBy(text, (encoder, params) => encoder.parseParams(params))).toEqual([])
})

test.each(ARGUMENT_INJECTIONS)(
  '%j is refused by a worker to which an owner announces it, for a project and for a scene',
  (text) => {
    const project = announce({ pixelFormat: 'yuv420p', bitDepth: 8, width: 640, height: 360 })
    expect(
      takenBy(text, ({ name }, encoderParams) => parseSpec({ ...project, encoderName: name, encoderParams }))
    ).toEqual([])
    expect(
      takenBy(text, ({ name, defaultParams }, encoderParams) =>
        sceneParams(parseSpec({ ...project, encoderName: name, encoderParams: defaultParams }), { encoderParams })
      )
    ).toEqual([])
  }
)

test.each([
  'yuv420p,movie=/etc/passwd',
  "yuv420p;movie='/etc/passwd'[x]",
  'yuv420p -i /etc/passwd',
  'yuv420p\n',
  '../yuv420p',
  'gray',
  ''
])('an announced pixel format of %j is refused', (pixelFormat) => {
  const video = { pixelFormat, bitDepth: 8, width: 640, height: 360 }
  expect(
    takenBy('', ({ name, defaultParams }) =>
      parseSpec({ ...announce(video), encoderName: name, encoderParams: defaultParams })
    )
  ).toEqual([])
})

test.each(['aom --output=/tmp/x', '../aom', '/bin/sh', 'sh', 'ffmpeg', '', '__proto__', 'constructor'])(
  'an announced encoder of the name %j is refused',
  (encoderName) => {
    expect(isRefused(() => parseSpec({ ...announce({}), encoderName }))).toBe(true)
  }
)

test.each(['bt709:x=/etc/passwd', "bt709';movie=/etc/passwd", '--output=/tmp/x', '/etc/passwd'])(
  'an announced colour of %j reaches no command line',
  (colour) => {
    const video = { pixelFormat: 'yuv420p', bitDepth: 8, width: 640, height: 360 }
    const colours = { primaries: colour, transfer: colour, matrix: colour, range: colour }
    for (const encoder of encoders) {
      const given = { ...announce(video), ...colours, encoderName: encoder.name, encoderParams: encoder.defaultParams }
      if (isRefused(() => parseSpec(given))) continue
      const spec = parseSpec(given)
      const files = { statsFile: 'stats', grainFile: 'grain', outputFile: 'out', nullDevice: 'null' }
      const facts = { version: 'unknown', options: new Set<string>() }
      const args = encoder.buildArgs({ params: spec.params, facts, video: spec.video, pass: 1, threads: 1, ...files })
      expect(args.join(' ')).not.toContain(colour)
    }
  }
)
