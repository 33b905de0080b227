import { expect, test } from 'vitest'
import {
  findEncoder,
  ParamsError,
  parseSceneParams,
  parseZones,
  readZonesFile,
  type Zone
} from '../../../src/encode/rules/index.ts'

const aom = findEncoder('aom')
const PROJECT = aom.parseParams('--cpu-used=6 --end-usage=q --cq-level=30 -b 10')

const WHOLE = { encoder: aom, params: PROJECT }

const zonesOf = (text: string, project = PROJECT): Zone[] =>
  parseZones(readZonesFile(text), { encoder: findEncoder(project.encoder), params: project })

const refusal = (task: () => unknown): string => {
  try {
    task()
  } catch (error) {
    if (error instanceof ParamsError) return error.message
    throw error
  }
  return 'taken'
}

test('a file as Av1an has it', () => {
  const zones = zonesOf(
    '# credits\n\n2159 2400 aom --cq-level=50\n136 169 --cq-level=20 --cpu-used 4\n5000 -1 aom reset --cq-level=40\n'
  )
  expect(zones).toEqual([
    {
      start: { type: 'frame', frame: 136 },
      end: { type: 'frame', frame: 169 },
      params: '--end-usage=q --bit-depth=10 --cq-level=20 --cpu-used=4',
      label: 'Line 4'
    },
    {
      start: { type: 'frame', frame: 2159 },
      end: { type: 'frame', frame: 2400 },
      params: '--cpu-used=6 --end-usage=q --bit-depth=10 --cq-level=50',
      label: 'Line 3'
    },
    { start: { type: 'frame', frame: 5000 }, end: undefined, params: '--bit-depth=10 --cq-level=40', label: 'Line 5' }
  ])
})

test('times, and a zone that changes nothing', () => {
  const [zone] = zonesOf('00:01:00 00:01:30.5 --cq-level=30\r\n')
  expect(zone).toMatchObject({ start: { type: 'time', ms: 60_000 }, end: { type: 'time', ms: 90_500 }, params: '' })
})

test('flags are added to the project, each in the place of its own', () => {
  const vp9 = findEncoder('vp9').parseParams('--cpu-used=2 --cq-level=32')
  expect(zonesOf('0 9 vpx --tune=ssim --cq-level=20', vp9)[0]?.params).toBe('--cpu-used=2 --tune=ssim --cq-level=20')
  expect(zonesOf('0 9 reset', vp9)[0]?.params).toBe(findEncoder('vp9').parseParams('').text)
})

test.for([
  ['12', 'Line 1: a zone is <start> <end>'],
  ['0 10 --cq-level=1\n20 x --cq-level=1', 'Line 2: "x" is neither a frame'],
  ['# a\n10 10 --cq-level=1', 'Line 2: frame 10 is not after frame 10'],
  ['10 00:00:10 --cq-level=1', 'Line 1: give start and end both as frames or both as times'],
  ['0 10 --cq-level=1\n00:01 00:02 --cq-level=1', 'Line 2: give all zones in frames'],
  ['0 10 vp9 --cq-level=1', "Line 1: the project's encoder is aom"],
  ['0 10 rav1e -s 3', 'Line 1: There is no encoder "rav1e"'],
  ['0 10', 'Line 1: it has no parameters'],
  ['0 10 --cq-level=99', 'Line 1: --cq-level takes a whole number from 0 to 63'],
  ['0 10 --passes=1', 'Line 1: --passes=1 is not accepted'],
  ['0 10 --fpf=/tmp/x', 'Line 1: --fpf names a file'],
  ['0 10 -b 8', 'Line 1: --bit-depth must be the same'],
  ['0 10 --sb-size=64', 'Line 1: --sb-size must be the same'],
  ['0 10 --superres-mode=1', 'Line 1: --superres-mode must be the same'],
  ['0 10 --film-grain-test=3', 'Line 1: --film-grain-test must be the same'],
  ['0 10 --enable-cdef=0', 'Line 1: --enable-cdef must be the same'],
  ['0 10 --color-primaries=bt709', 'Line 1: --color-primaries must be the same'],
  ['20 30 --cq-level=1\n0 21 --cq-level=1', 'Line 1: it overlaps with line 2'],
  ['5 -1 --cq-level=1\n\n10 20 --cq-level=1', 'Line 3: it overlaps with line 1']
] as const)('%j is refused', ([text, message]) => {
  expect(refusal(() => zonesOf(text))).toContain(message)
})

test('without lines a refusal counts', () => {
  const requests = [
    { start: 0, end: 10, params: '--cq-level=1' },
    { start: 10, end: '20f', params: '--nope=1' }
  ]
  expect(refusal(() => parseZones(requests, WHOLE))).toContain('Zone 2: "--nope" is not a parameter')
  expect(parseZones(requests.slice(0, 1), WHOLE)).toHaveLength(1)
  expect(
    refusal(() =>
      parseZones(
        Array.from({ length: 5001 }, () => requests[0]!),
        WHOLE
      )
    )
  ).toContain('5000 zones')
})

test('parameters of a scene that somebody else announced', () => {
  expect(parseSceneParams(WHOLE, '')).toBe(PROJECT)
  expect(parseSceneParams(WHOLE, '-b 10 --cq-level=9').tokens).toEqual(['--bit-depth=10', '--cq-level=9'])
  for (const text of [
    '--cq-level=9',
    '-b 12 --cq-level=9',
    '-b 10 --cq-level=9 --sb-size=128',
    '-b 10 -o /tmp/x',
    '-b 10 --vmaf-model-path=/etc/passwd',
    '-b 10 "unclosed',
    '-b 10 extra'
  ])
    expect(
      refusal(() => parseSceneParams(WHOLE, text)),
      text
    ).not.toBe('taken')
})

test('each set of parameters is tried, so there are not too many of them', () => {
  const vbr = aom.parseParams('--end-usage=vbr --target-bitrate=1000')
  const zone = (n: number) => ({ start: n, end: n + 1, params: `--target-bitrate=${2000 + n}` })
  expect(
    parseZones(
      Array.from({ length: 100 }, (_, n) => zone(n)),
      { encoder: aom, params: vbr }
    )
  ).toHaveLength(100)
  expect(
    refusal(() =>
      parseZones(
        Array.from({ length: 101 }, (_, n) => zone(n)),
        { encoder: aom, params: vbr }
      )
    )
  ).toContain('at most 100 different')
})
