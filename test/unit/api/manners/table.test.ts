import { expect, test } from 'vitest'
import { mannerNames, MANNERS, mannerText, mannerValues, restWords } from '../../../../src/api/manners/index.ts'
import { OFF_MANNERS } from '../../../fixtures/manners.ts'

test.for([
  ['schedule', ['22:00-07:00', 'sat,sun', 'off'], ['10pm', '22-7']],
  ['whenIdle', ['10m', '30s', '2h', 'off'], ['10', '0m', '25h', 'ten']],
  ['onBattery', ['pause', 'run'], ['off', 'stop']],
  ['maxTemperature', ['85', 'off'], ['39', '111', '85c']],
  ['maxCpu', ['50%', '100%', 'off'], ['50', '4%', '101%']],
  ['maxPicture', ['1920x1080', 'off'], ['1080p', '1920', '1x1']],
  ['maxCache', ['10g', '0', '500m', '2t', 'off'], ['', 'g', '10gb', '-1', '1.5g', '999999999999t']]
] as const)('%s', ([name, allowed, refused]) => {
  for (const text of allowed) expect(mannerText(name).parse(text)).toBe(text)
  for (const text of refused) expect(mannerText(name).safeParse(text).success).toBe(false)
})

test('every default is allowed, and limits nothing but battery and cache', () => {
  for (const name of mannerNames) expect(mannerText(name).parse(MANNERS[name].standard)).toBe(OFF_MANNERS[name])
  expect(Object.values(mannerValues(OFF_MANNERS)).filter((value) => value !== undefined)).toEqual([
    'pause',
    10 * 2 ** 30
  ])
})

test('a refusal says what is allowed', () => {
  const { error } = mannerText('maxCpu').safeParse('half')
  expect(error?.issues[0]?.message).toBe('"half" is not valid; use a percentage from 5% to 100%, or off')
})

test('numbers of a config file are text as well', () => {
  expect(mannerText('maxTemperature').parse(85)).toBe('85')
})

test('a rest is said in words', () => {
  const nowMs = new Date(2026, 10, 30, 12, 0).getTime()
  const words = (code: Parameters<typeof restWords>[0]['code'], untilMs: number | null, detail = ''): string =>
    restWords({ code, untilMs, detail }, nowMs)
  expect(words('schedule', new Date(2026, 10, 30, 22, 0).getTime())).toBe(' until 22:00')
  expect(words('schedule', new Date(2026, 11, 5, 0, 0).getTime())).toBe(' until Sat 00:00')
  expect(words('schedule', null)).toBe(' by its schedule')
  expect(words('on-battery', null)).toBe(': on battery')
  expect(words('too-hot', null, '91 °C')).toBe(': the processor is at 91 °C')
  expect(words('in-use', nowMs + 1000)).toBe(': somebody uses this machine')
})
