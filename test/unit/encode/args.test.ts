import { expect, test } from 'vitest'
import { ENCODERS, type EncoderCommandInput, type VideoFormat } from '../../../src/encode/rules/index.ts'

const { aom, vp9, svt } = ENCODERS
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
  facts: { version: '1', options: new Set() },
  video,
  pass: 2,
  threads: 2,
  statsFile: '/w/pass.log',
  grainFile: '/w/grain.tbl',
  outputFile: '/w/scene.ivf',
  nullDevice: '/nowhere',
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
    expect(encoder.buildArgs(input('', { pass: 1 }, encoder)).slice(-2)).toEqual(['-o', '/nowhere'])
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

test('SvtAv1EncApp gets values as words of their own, colours as numbers, and one pass whatever is asked', () => {
  const args = svt.buildArgs(input('--preset=4 -q 30', { pass: 1 }, svt))
  expect(args.join(' ')).toBe(
    '-i stdin --preset 4 --qp 30 --color-primaries 9 --transfer-characteristics 18 --matrix-coefficients 9 --input-depth 10 --color-range 0 ' +
      '--passes 1 --keyint -1 --irefresh-type 2 --scd 0 --lp 1 --progress 2 -b /w/scene.ivf'
  )
  expect(svt.buildArgs(input('--preset=4 -q 30', { threads: 16 }, svt))).toEqual(args)
})

test('SVT-AV1 is told not to pin its cores where it has that option, and not where it would refuse it', () => {
  const older = { version: '1.4.1', options: new Set(['lp', 'pin']) }
  expect(svt.buildArgs(input('', { facts: older }, svt)).join(' ')).toContain(' --lp 1 --pin 0 ')
  expect(svt.buildArgs(input('', {}, svt))).not.toContain('--pin')
})

test('aomenc is told of no rate below one frame a second, which it refuses', () => {
  const rate = (num: number, den: number): string | undefined =>
    aom.buildArgs(input('', { video: { ...video, fps: { num, den } } })).find((arg) => arg.startsWith('--fps='))
  expect([rate(1, 5), rate(1, 1), rate(24000, 1001)]).toEqual(['--fps=1/1', '--fps=1/1', '--fps=24000/1001'])
})

test('aomenc gets one thread where newer ones produce different bytes with more', () => {
  const threads = (text: string): string | undefined =>
    aom.buildArgs(input(text, { threads: 4 })).find((arg) => arg.startsWith('--threads='))
  expect(threads('--cpu-used=4')).toBe('--threads=4')
  expect(threads('--cpu-used=5')).toBe('--threads=1')
  expect(threads('--cpu-used=6 --tile-columns=1')).toBe('--threads=1')
  expect(threads('--cpu-used=6 --enable-restoration=0')).toBe('--threads=4')
})

test('SVT-AV1: full range is told, bitrate mode has a distance between key frames, a given colour stays', () => {
  const full = { ...video, colour: { range: 'pc', matrix: 'gbr', primaries: 'bt709' } }
  const args = svt.buildArgs(input('--rc 1 --tbr 800 --color-primaries 5', { video: full }, svt)).join(' ')
  expect(args).toContain('--color-range 1')
  expect(args).toContain('--keyint 9999')
  expect(args.match(/--(color-primaries|matrix|transfer)\S* \S+/g)).toEqual(['--color-primaries 5'])
})

test.for([
  ['4:2:2', { pixelFormat: 'yuv422p10le' }],
  ['4:4:4', { pixelFormat: 'yuv444p10le' }],
  ['12 bits', { pixelFormat: 'yuv420p12le', bitDepth: 12 }],
  ['even', { width: 641 }],
  ['even', { height: 359 }],
  ['4 pixels', { height: 2 }],
  ['8704', { height: 8706 }],
  ['240 frames', { fps: { num: 241_000, den: 1001 } }]
] as const)('SVT-AV1 refuses a video that it cannot encode: %s %o', ([word, change]) => {
  const params = svt.parseParams('')
  expect(() => svt.checkVideo(params, { ...video, ...change })).toThrow(
    expect.objectContaining({ code: 'bad-video', message: expect.stringContaining(word) as unknown })
  )
  svt.checkVideo(params, video)
  aom.checkVideo(aom.parseParams(''), { ...video, ...change })
})

test('a film grain table of the worker, never one of the owner', () => {
  const args = aom.buildArgs(input('--cpu-used=3 --photon-noise=400'))
  expect(args.filter((arg) => /grain|noise/.test(arg))).toEqual(['--film-grain-table=/w/grain.tbl'])
  expect(aom.buildArgs(input('--cpu-used=3')).some((arg) => arg.includes('grain'))).toBe(false)
})

test('the encoders of node-av get FFmpeg options, with what moves bytes or key frames pinned behind them', () => {
  const { 'svt-av': svtAv, 'vp9-av': vp9Av } = ENCODERS
  const args = svtAv.buildArgs(input('--preset=4 --crf=30 --target-quality=psnr:40', {}, svtAv))
  expect(args).toEqual([
    'encode',
    '--codec=libsvtav1',
    '--fourcc=AV01',
    '--width=640',
    '--height=360',
    '--pixel-format=yuv420p10le',
    '--encode-format=yuv420p10le',
    '--rate=30000/1001',
    '--option=color_primaries=9',
    '--option=color_trc=18',
    '--option=colorspace=9',
    '--option=color_range=tv',
    '--option=threads=1',
    '--option=svtav1-params=preset=4:crf=30:rc=0:keyint=-1:irefresh-type=2:scd=0:lp=1',
    '--output=/w/scene.ivf'
  ])
  expect(svtAv.buildArgs(input('--rc=1 --tbr=500', {}, svtAv)).join(' ')).toContain('rc=1:tbr=500:keyint=9999:')
  const rates = (text: string): string[] =>
    vp9Av.buildArgs(input(text, {}, vp9Av)).filter((arg) => /option=(crf|b|qmin|end-usage|threads)=/.test(arg))
  expect(rates('--cq-level=30 --min-q=5')).toEqual([
    '--option=crf=30',
    '--option=b=0',
    '--option=qmin=5',
    '--option=threads=2'
  ])
  expect(rates('--end-usage=cq --target-bitrate=500')).toEqual([
    '--option=crf=10',
    '--option=b=500000',
    '--option=threads=2'
  ])
  expect(rates('--end-usage=vbr --target-bitrate=500 --tile-rows=1')).toEqual([
    '--option=b=500000',
    '--option=threads=1'
  ])
  expect(() => vp9Av.parseParams('--end-usage=vbr')).toThrow(/needs a --target-bitrate/)
})
