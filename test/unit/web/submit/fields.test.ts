import { describe, expect, test } from 'vitest'
import { submitRequest } from '../../../../src/api/schemas/index.ts'
import { readZonesFile } from '../../../../src/encode/rules/index.ts'
import { submitAction } from '../../../../web/src/submit/command.ts'
import { EMPTY, fieldOf, requestsOf, type Fields } from '../../../../web/src/submit/fields.ts'
import { fieldsOf } from '../../../../web/src/submit/fields-of.ts'
import { readCuts, readZones } from '../../../../web/src/submit/scene-texts.ts'

const fill = (fields: Partial<Fields>): Fields => ({ ...EMPTY, input: '/films/a.mkv', ...fields })

describe('the form', () => {
  test('asks for nothing that was not filled in', () => {
    expect(requestsOf(fill({}))).toEqual({ requests: [{ input: '/films/a.mkv', encoder: 'aom' }] })
  })

  test('asks for all that was, as the API takes it', () => {
    const { requests: [request] = [] } = requestsOf(
      fill({
        encoderParams: ' --cpu-used=4 ',
        metric: 'psnr',
        target: '42',
        priority: '-1.5',
        output: 'b.mkv',
        overwrite: true,
        builds: true,
        minFrames: '10',
        maxFrames: '200',
        threshold: '20',
        audio: 'opus:96',
        subtitles: 'drop',
        attachments: 'drop',
        deinterlace: true,
        waitComplete: true,
        encodeResults: true,
        videoTrack: '2',
        keepUids: true,
        range: '-00:10',
        cuts: '100, 00:01:00',
        zones: '0 100 --cq-level=20',
        sample: '5'
      })
    )
    expect(submitRequest.parse(request)).toEqual(request)
    expect(request).toMatchObject({ encoderParams: '--cpu-used=4 --target-quality=psnr:42', priority: -1.5, sample: 5 })
    expect(request).toMatchObject({ builds: 'compatible', waitComplete: true, encodeResults: true })
    expect(request).toMatchObject({ videoTrack: 2, keepUids: true })
    expect(request).not.toHaveProperty('target')
  })

  test('says what it cannot read, at its field', () => {
    const { errors } = requestsOf(fill({ input: ' ', priority: 'soon', cuts: 'here', zones: '5', metric: 'ssim' }))
    expect(Object.keys(errors ?? {}).toSorted()).toEqual(['cuts', 'input', 'priority', 'target', 'zones'])
  })
})

describe('several films', () => {
  const films = [
    { input: '/films/b.mkv', name: 'b.mkv' },
    { input: 'upload:1', name: 'c.mkv, uploaded' }
  ]

  test('have a request each, with the same choices, the one that was typed as the last', () => {
    const { requests = [] } = requestsOf(fill({ films, encoderParams: '--cpu-used=4' }))
    expect(requests.map(({ input }) => input)).toEqual(['/films/b.mkv', 'upload:1', '/films/a.mkv'])
    expect(new Set(requests.map(({ encoderParams }) => encoderParams))).toEqual(new Set(['--cpu-used=4']))
    expect(requestsOf(fill({ films, input: '' })).requests).toHaveLength(2)
    expect(requestsOf(fill({ films, input: '/films/b.mkv' })).requests).toHaveLength(2)
  })

  test('cannot share one output', () => {
    expect(Object.keys(requestsOf(fill({ films, output: 'x.mkv' })).errors ?? {})).toEqual(['output'])
    expect(requestsOf(fill({ films: films.slice(1), input: '', output: 'x.mkv' })).errors).toBeUndefined()
  })
})

test('a request fills the form that asks for it', () => {
  const request = submitRequest.parse({
    input: '/films/a.mkv',
    encoder: 'svt',
    encoderParams: '--preset 4 --target-quality=ssim:0.98',
    builds: 'compatible',
    minFrames: 10,
    range: '-00:10',
    cuts: ['100', '00:01:00'],
    zones: [
      { start: '0', end: '100', params: '--crf 20' },
      { start: '200', end: -1, encoder: 'svt', reset: true, params: '--crf 30' }
    ],
    audio: 'opus',
    subtitles: 'drop',
    deinterlace: true,
    priority: -1
  })
  const { requests: [again] = [] } = requestsOf(fieldsOf(request))
  const zones = again?.zones?.map((zone) => ({ ...zone, line: undefined }))
  expect({ ...again, zones }).toEqual(request)
})

describe('zones and cuts', () => {
  test('zones are read as the command line reads its file', () => {
    const text =
      '# comment\n0 1440 --cq-level=40\n\n60700 61790 aom --cq-level=18 --tune=ssim\n129600 -1 reset --cpu-used=6\n'
    const read = readZones(text)
    const file = readZonesFile(text).map(({ encoder, reset, end, ...zone }) => ({
      ...zone,
      end: end === '-1' ? -1 : end,
      ...(encoder == null ? {} : { encoder }),
      ...(reset === true ? { reset } : {})
    }))
    expect(read).toEqual(file)
  })

  test('cuts stand on lines or between commas', () => {
    expect(readCuts('100,250f\n00:01:00.5 # the door\n')).toEqual(['100', '250f', '00:01:00.5'])
    expect(readCuts('100, x')).toContain('“x”')
  })
})

test.each([
  ['encoderParams', 'encoderParams'],
  ['builds', 'builds'],
  ['range', 'range'],
  ['minFrames', 'minFrames'],
  ['somethingNew', 'form'],
  [undefined, 'form']
])('a refusal of %s stands at %s', (part, field) => {
  expect(fieldOf(part)).toBe(field)
})

describe('the same for a shell', () => {
  test('a command', () => {
    const { command } = submitAction({
      input: 'a.mkv',
      encoder: 'vp9',
      encoderParams: '--cpu-used=2',
      priority: -1,
      builds: 'compatible',
      videoTrack: 2,
      keepUids: true,
      range: '-00:10',
      cuts: [1, '00:01']
    })
    expect(command?.join(' ')).toBe(
      'submit a.mkv --encoder vp9 --params=--cpu-used=2 --cuts 1,00:01 --range=-00:10 --priority=-1 --builds compatible --video-track 2 --keep-uids --detach'
    )
  })

  test('none where zones would need a file', () => {
    const zones = [{ start: 0, end: 5, params: '--cq-level=3' }]
    expect(submitAction({ input: 'a.mkv', encoder: 'aom', zones })).not.toHaveProperty('command')
  })
})
