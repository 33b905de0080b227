import { expect, test } from 'vitest'
import { gatewayIn } from '../../../src/platform/gateway.ts'

const HEAD = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n'

test('the router is the gateway of the default route', () => {
  const local = 'eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n'
  const route = 'eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n'
  expect(gatewayIn(HEAD + local + route)).toBe('192.168.1.1')
  expect(gatewayIn(HEAD + local)).toBeUndefined()
  expect(gatewayIn(HEAD + route.replace('0003', '0001'))).toBeUndefined()
  expect(gatewayIn('')).toBeUndefined()
})
