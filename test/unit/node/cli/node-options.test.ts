import { Command } from 'commander'
import { expect, test } from 'vitest'
import { addNodeOptions, configFlags } from '../../../../src/node/cli/node-options.ts'

const flagsOf = (...args: readonly string[]) =>
  configFlags(addNodeOptions(new Command()).parse(args, { from: 'user' }).opts())

test('what no flag says is left to the environment and the config file', () => {
  expect(flagsOf()).toEqual({})
  expect(flagsOf('--no-mdns')).toEqual({ mdns: false })
  expect(flagsOf('--mdns', '--workers', '3')).toEqual({ mdns: true, workers: '3' })
})
