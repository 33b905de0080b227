import { Hono } from 'hono'
import type { ApiPorts, Missing } from '../ports.ts'

const METRICS_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

const SENTENCES: Readonly<Record<Missing, string>> = {
  recovering: 'It is still restoring its state from before the restart.',
  'disk-full': 'Its disk is full.',
  'no-encoders': 'It has slots but found no encoder.'
}

/** For monitoring: whether the node is alive, whether it is ready, and its metrics. */
export function healthRoutes({ health }: Pick<ApiPorts, 'health'>) {
  return new Hono()
    .get('/healthz', (c) => c.json({ ok: true }))
    .get('/readyz', (c) => {
      const missing = health.missing()
      const reasons = missing.map((code) => ({ code, detail: SENTENCES[code] }))
      return c.json({ ready: missing.length === 0, missing: reasons }, missing.length === 0 ? 200 : 503)
    })
    .get('/metrics', async (c) => c.body(await health.metrics(), 200, { 'Content-Type': METRICS_TYPE }))
}
