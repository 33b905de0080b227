import { signal } from '@preact/signals'
import type { LogLine } from '../../../src/api/schemas/index.ts'

/** The lowest level of log lines that the page shows now; the node is asked to send them while it is set. */
export const wantedLogs = signal<LogLine['level'] | undefined>(undefined)
