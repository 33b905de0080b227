import { mkdir, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { createMachineFacts, type MachineFactsInit } from '../../../../src/node/manners/machine-facts.ts'
import { tempDir } from '../../../fixtures/temp-dir.ts'

const ALL = { use: true, power: true, heat: true }

/** A machine with these files below `/sys` and `/proc`. */
async function machine(files: Readonly<Record<string, string>>, init: Omit<MachineFactsInit, 'root'> = {}) {
  const root = await tempDir()
  const write = async (name: string, text: string): Promise<void> => {
    await mkdir(dirname(join(root, name)), { recursive: true })
    await writeFile(join(root, name), `${text}\n`)
  }
  for (const [name, text] of Object.entries(files)) await write(name, text)
  const silent = async () => ({ ok: false, stdout: '', stderr: '' })
  return { facts: createMachineFacts({ root, ask: silent, ownMs: () => 0, ...init }), write }
}

const POWER = 'sys/class/power_supply'
const battery = (status: string) => ({ [`${POWER}/BAT0/type`]: 'Battery', [`${POWER}/BAT0/status`]: status })
const mains = (online: string) => ({ [`${POWER}/AC/type`]: 'Mains', [`${POWER}/AC/online`]: online })

test('a machine that tells nothing is asked in vain', async () => {
  const { facts } = await machine({})
  const none = { othersShare: undefined, inputIdleMs: undefined, onBattery: undefined, temperature: undefined }
  expect(await facts(ALL)).toEqual(none)
})

test.for([
  ['an unplugged laptop', { ...battery('Discharging'), ...mains('0') }, true],
  ['one that is plugged in', { ...battery('Charging'), ...mains('1') }, false],
  ['one that is full', { ...battery('Full'), ...mains('1') }, false],
  ['one whose supply is too weak', { ...battery('Discharging'), ...mains('1') }, false],
  ['one without a name for its supply', battery('Discharging'), true],
  ['a desktop', mains('1'), undefined],
  [
    'a desktop with a mouse',
    { [`${POWER}/hid/type`]: 'Battery', [`${POWER}/hid/status`]: 'Discharging', [`${POWER}/hid/scope`]: 'Device' },
    undefined
  ]
] as const)('power of %s', async ([, files, expected]) => {
  expect((await (await machine(files)).facts(ALL)).onBattery).toBe(expected)
})

describe('temperature', () => {
  test('is the highest of the processor, not of a disk', async () => {
    const { facts } = await machine({
      'sys/class/hwmon/hwmon0/name': 'nvme',
      'sys/class/hwmon/hwmon0/temp1_input': '99000',
      'sys/class/hwmon/hwmon1/name': 'coretemp',
      'sys/class/hwmon/hwmon1/temp1_input': '71000',
      'sys/class/hwmon/hwmon1/temp2_input': '74500',
      'sys/class/hwmon/hwmon1/temp3_input': '-1000'
    })
    expect((await facts(ALL)).temperature).toBe(74.5)
  })

  test('comes from thermal zones where there is no such sensor', async () => {
    const { facts } = await machine({
      'sys/class/thermal/thermal_zone0/type': 'cpu-thermal',
      'sys/class/thermal/thermal_zone0/temp': '66000',
      'sys/class/thermal/thermal_zone1/type': 'battery',
      'sys/class/thermal/thermal_zone1/temp': '90000'
    })
    expect((await facts(ALL)).temperature).toBe(66)
  })
})

test('the share of others leaves out what this node takes', async () => {
  let ownMs = 0
  const { facts, write } = await machine({ 'proc/stat': 'cpu  100 0 0 1000 0 0 0 0 0 0' }, { ownMs: () => ownMs })
  expect((await facts(ALL)).othersShare).toBeUndefined()
  // Of 1,000 ticks 600 were busy, of which 500 are this node's.
  await write('proc/stat', 'cpu  300 400 0 1400 0 0 0 0 0 0')
  ownMs = 5000
  expect((await facts(ALL)).othersShare).toBeCloseTo(0.1)
})

test.for([
  ['idle', 'IdleHint=yes\nIdleSinceHint=SINCE\n', 60_000],
  ['in use', 'IdleHint=no\nIdleSinceHint=SINCE\n', 0],
  ['a desktop that never tells', 'IdleHint=no\nIdleSinceHint=0\n', undefined]
] as const)('input: %s', async ([, printed, expected]) => {
  const stdout = printed.replace('SINCE', String((Date.now() - 60_000) * 1000))
  const { facts } = await machine({}, { ask: async () => ({ ok: true, stdout, stderr: '' }) })
  const { inputIdleMs } = await facts(ALL)
  if (expected === undefined) expect(inputIdleMs).toBeUndefined()
  else expect((inputIdleMs ?? -1) - expected).toBeGreaterThanOrEqual(0)
})
