import { expect, test } from 'vitest'
import { ENCODERS, type EncoderCommandInput, type VideoFormat } from '../../../src/encode/spec/index.ts'

const { aom, vp9 } = ENCODERS
const video: VideoFormat = {
  width: 640,
  height: 360,
  pixelFormat: 'yuv420p10le',
  bitDepth: 10,
  fps: { num: 30000, den: 1001 },
  colour: { primaries: 'bt2020', transfer: 'arib-std-b67', matrix: 'bt2020nc', range: 'tv' }
}
const input = (text: string, change: Partial<EncoderCommandInput> = {}, encoder = aom): EncoderCommandInput => ({
  params: encoder.parseParams(text),
  video,
  pass: 2,
  threads: 2,
  statsFile: '/w/pass.log',
  outputFile: '/w/scene.ivf',
  ...change
})

test('aomenc gets the checked parameters, the colours and the pinned part', () => {
  expect(aom.buildArgs(input('--cpu-used=3 -b 10'))).toEqual([
    '-',
    '--cpu-used=3',
    '--color-primaries=bt2020',
    '--transfer-characteristics=hlg',
    '--matrix-coefficients=bt2020ncl',
    '--ivf',
    '--passes=2',
    '--pass=2',
    '--fpf=/w/pass.log',
    '--threads=2',
    '--row-mt=0',
    '--kf-max-dist=9999',
    '--force-video-mode=1',
    '--fps=30000/1001',
    '--profile=0',
    '--bit-depth=10',
    '--input-bit-depth=10',
    '-o',
    '/w/scene.ivf'
  ])
})

test('a colour given by the user stays, unknown ones are left out', () => {
  const args = aom.buildArgs(
    input('--color-primaries=bt709', {
      video: { ...video, colour: { primaries: 'bt2020', matrix: 'gbr', transfer: 'vlog' } }
    })
  )
  expect(args.filter((arg) => /color|transfer|matrix/.test(arg))).toEqual(['--color-primaries=bt709'])
})

test('pass 1 writes its output nowhere', () => {
  for (const encoder of [aom, vp9]) {
    expect(encoder.buildArgs(input('', { pass: 1 }, encoder)).slice(-2)).toEqual(['-o', '/dev/null'])
  }
})

test.for([
  ['yuv420p', '', 'aom', 0],
  ['yuv444p', '', 'aom', 1],
  ['yuv422p10le', '', 'aom', 2],
  ['yuv420p', '-b 12', 'aom', 2],
  ['yuv420p', '', 'vp9', 0],
  ['yuv444p', '', 'vp9', 1],
  ['yuv420p', '-b 10', 'vp9', 2],
  ['yuv422p10le', '', 'vp9', 3]
] as const)('%s %s for %s is profile %i', ([pixelFormat, text, name, profile]) => {
  const encoder = ENCODERS[name]
  const bitDepth = pixelFormat.endsWith('10le') ? 10 : 8
  const args = encoder.buildArgs(input(text, { video: { ...video, pixelFormat, bitDepth } }, encoder))
  expect(args).toContain(`--profile=${profile}`)
})

test('vpxenc drops tile rows with more than one thread, so it gets one', () => {
  expect(vp9.buildArgs(input('--tile-rows=1', { threads: 8 }, vp9))).toContain('--threads=1')
  expect(vp9.buildArgs(input('--tile-columns=1', { threads: 8 }, vp9))).toContain('--threads=8')
})

test('the arguments differ only in threads between machines', () => {
  for (const encoder of [aom, vp9]) {
    const one = encoder.buildArgs(input('', { threads: 1 }, encoder))
    const many = encoder.buildArgs(input('', { threads: 1000 }, encoder))
    expect(many.filter((arg) => !one.includes(arg))).toEqual(['--threads=16'])
  }
})
