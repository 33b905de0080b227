import { describe, expect, it, onTestFinished } from 'vitest'
import { createMetrics, createWorkMeter } from '../../../src/node/health/index.ts'
import { beatOf, createApiBench, viewOf } from '../../fixtures/api-bench.ts'
import { MAKER } from '../../fixtures/owner-bench.ts'
import { OWNER, WORKER } from '../../fixtures/protocol-samples.ts'
import type { Missing } from '../../../src/api/ports.ts'
import type { LogRecord, OwnerEvent, OwnerState, Token } from '../../../src/swarm/protocol/index.ts'

interface Family {
  readonly type: string
  readonly help: string
  readonly samples: Map<string, number>
}

/** Reads Prometheus' text format (0.0.4) strictly: help, type, then samples of that name. @throws Error for anything else */
function parseMetrics(text: string): Map<string, Family> {
  const families = new Map<string, Family>()
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  let help: RegExpExecArray | null = null
  let family: Family | undefined
  let name = ''
  for (const line of text.split('\n').filter((one) => one !== '')) {
    const type = /^# TYPE ([a-z_:][a-z0-9_:]*) (counter|gauge|histogram|summary|untyped)$/i.exec(line)
    const sample =
      /^([a-z_:][a-z0-9_:]*)(\{(?:[a-z_]\w*="(?:[^"\\\n]|\\["\\n])*",?)+\})? (-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|[+-]Inf|NaN)$/i.exec(
        line
      )
    if (line.startsWith('# HELP ')) help = /^# HELP ([a-z_:][a-z0-9_:]*) (.+)$/i.exec(line)
    else if (type != null) {
      name = type[1] ?? ''
      if (help?.[1] !== name) throw new Error(`no help before the type of ${name}`)
      if (families.has(name)) throw new Error(`${name} comes twice`)
      family = { type: type[2] ?? '', help: help[2] ?? '', samples: new Map() }
      families.set(name, family)
    } else if (sample != null) {
      if (sample[1] !== name || family == null) throw new Error(`a sample of ${sample[1]} within ${name}`)
      if (family.samples.has(sample[2] ?? '')) throw new Error(`a sample of ${name} comes twice`)
      family.samples.set(sample[2] ?? '', Number(sample[3]))
    } else throw new Error(`not a line of metrics: ${line}`)
  }
  return families
}

function metricsOf(bench: ReturnType<typeof createApiBench>) {
  const totals = {
    framesEncoded: 10,
    framesAccepted: 20,
    leasesGranted: 3,
    leasesExpired: 2,
    resultsRefused: 1
  }
  const metrics = createMetrics({
    ...bench.ports,
    totals: () => totals,
    webhooks: () => ({ waiting: 4, givenUp: 5 })
  })
  onTestFinished(() => metrics.stop())
  return metrics
}

describe('metrics', () => {
  const bench = createApiBench([
    {
      view: viewOf({ scenes: [[50, 9], [50], [50], [50], [50]] }),
      beat: beatOf({ sceneStates: ['accepted', 'leased', 'verifying', 'failed', 'open'] })
    },
    { view: viewOf({ projectId: 'other', end: { state: 'failed' } }) },
    { view: viewOf({ projectId: 'foreign' }), own: false, beat: beatOf({ projectId: 'foreign' }) }
  ])

  it('are in the text format, with units in their names', async () => {
    const metrics = metricsOf(bench)
    const families = parseMetrics(await metrics.text())
    const value = (name: string, labels = ''): number | undefined => families.get(name)?.samples.get(labels)
    for (const [name, { type }] of families) {
      expect(name).toMatch(/^grav1_[a-z_]+$/)
      expect([name, name.endsWith('_total')]).toEqual([name, type === 'counter'])
    }
    expect(value('grav1_projects', '{state="failed"}')).toBe(1)
    expect(value('grav1_projects', '{state="encoding"}')).toBe(2)
    const scenes = ['waiting', 'leased', 'verifying', 'failed', 'done']
    expect(scenes.map((state) => value('grav1_scenes', `{state="${state}"}`))).toEqual([1, 1, 1, 1, 1])
    expect(value('grav1_own_projects_fps')).toBe(5.5)
    expect(value('grav1_frames_encoded_total')).toBe(10)
    expect(value('grav1_leases_expired_total')).toBe(2)
    expect(value('grav1_webhooks_waiting')).toBe(4)
    expect(value('grav1_slots')).toBe(2)
    expect(value('grav1_resident_memory_bytes')).toBeGreaterThan(1e6)
    expect(value('grav1_event_loop_lag_max_seconds')).toBeGreaterThanOrEqual(0)
    // Counters are read, not added up again.
    expect(
      parseMetrics(await metrics.text())
        .get('grav1_frames_encoded_total')
        ?.samples.get('')
    ).toBe(10)
  })

  it('are served with their type', async () => {
    const metrics = metricsOf(bench)
    const served = createApiBench([], { health: { missing: () => [], metrics: metrics.text } })
    const answer = await served.request('/metrics')
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8')
    expect(parseMetrics(await answer.text()).size).toBeGreaterThan(15)
    const stranger = createApiBench([], { remoteAddress: '192.0.2.1' })
    expect((await stranger.request('/metrics')).status).toBe(401)
  })
})

describe('health', () => {
  it('says that it lives, and what it lacks', async () => {
    let missing: Missing[] = ['recovering', 'no-encoders']
    const bench = createApiBench([], { health: { missing: () => missing, metrics: async () => '' } })
    expect((await bench.request('/healthz')).status).toBe(200)
    const first = await bench.request('/readyz')
    expect(first.status).toBe(503)
    expect(await first.json()).toMatchObject({
      ready: false,
      missing: [{ code: 'recovering' }, { code: 'no-encoders' }]
    })
    missing = []
    const then = await bench.request('/readyz')
    expect([then.status, await then.json()]).toEqual([200, { ready: true, missing: [] }])
  })
})

describe('the meter of work', () => {
  const token: Token = { projectId: 'p', scene: 0, epoch: 1, attempt: 1 }
  const state = (leases: number): OwnerState =>
    ({
      leased: new Set([0]),
      scenes: [{ leases: Array.from({ length: leases }, () => ({})) }]
    }) as unknown as OwnerState
  const verified = (blamed: boolean): OwnerEvent => ({
    type: 'verified',
    scene: 0,
    ok: false,
    blamed,
    reason: '',
    nowMs: 1
  })

  it('counts frames by who encoded and who owns', () => {
    const meter = createWorkMeter(WORKER)
    const view = viewOf()
    const accept = (worker: string) =>
      ({ body: { type: 'accept', accept: { scene: 0, worker } } }) as unknown as LogRecord
    meter.record({ view, record: accept(WORKER) })
    meter.record({ view: { ...view, owner: WORKER }, record: accept('another') })
    expect(meter.totals()).toMatchObject({ framesEncoded: 50, framesAccepted: 50 })
    expect(view.owner).toBe(OWNER)
  })

  it('counts leases and refusals', () => {
    const meter = createWorkMeter(OWNER)
    const grant = {
      type: 'grant',
      worker: WORKER,
      claimId: '',
      token,
      ttlMs: 1,
      hardMs: 1,
      holders: [],
      maker: MAKER
    } as const
    meter.step(state(0), state(1), { type: 'tick', nowMs: 1 }, [grant])
    meter.step(state(2), state(1), { type: 'tick', nowMs: 1 }, [])
    meter.step(state(2), state(1), verified(true), [])
    meter.step(state(2), state(1), verified(false), [])
    expect(meter.totals()).toMatchObject({ leasesGranted: 1, leasesExpired: 1, resultsRefused: 1 })
  })
})
