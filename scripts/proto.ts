/** Makes messages.js and messages.d.ts from messages.proto: protons writes TypeScript namespaces, which Node cannot strip, so they are compiled here. */
import { cp, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { execa } from 'execa'

const wire = join(import.meta.dirname, '../src/swarm/protocol/wire')
const work = await mkdtemp(join(wire, '.proto-'))
try {
  await cp(join(wire, 'messages.proto'), join(work, 'messages.proto'))
  await execa('protons', [join(work, 'messages.proto')], { preferLocal: true })
  const source = join(work, 'messages.ts')
  await execa(
    'tsc',
    [
      '--ignoreConfig',
      '--declaration',
      '--target',
      'ES2024',
      '--module',
      'NodeNext',
      '--moduleResolution',
      'NodeNext',
      '--skipLibCheck',
      '--noCheck',
      source
    ],
    { preferLocal: true }
  )
  const types = await readFile(join(work, 'messages.d.ts'), 'utf8')
  await writeFile(
    join(wire, 'messages.d.ts'),
    types.replace(/^ +(function stream\(.*|interface \w+FieldEvent \{[^}]*\})\n/gm, '')
  )
  await cp(join(work, 'messages.js'), join(wire, 'messages.js'))
} finally {
  await rm(work, { recursive: true, force: true })
}
