/** Loaded into a node before it starts: at SIGUSR2 it collects all garbage and writes down how many bytes of the heap are in use. */
import { writeFileSync } from 'node:fs'
import { collectGarbage } from '../../src/node/boot/collect-garbage.ts'

const file = process.env['BENCH_HEAP']

if (file !== undefined)
  process.on('SIGUSR2', () => {
    collectGarbage()
    writeFileSync(file, String(process.memoryUsage().heapUsed))
  })
