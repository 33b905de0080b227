import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openDatabase } from '../../../src/storage/index.ts'
import { tempDir } from '../../fixtures/temp-dir.ts'

function hold(folder: string) {
  const child = spawn(process.execPath, [join(import.meta.dirname, '../../fixtures/hold-database.ts'), folder], {
    stdio: ['pipe', 'pipe', 'inherit']
  })
  onTestFinished(() => void child.kill('SIGKILL'))
  const said = once(child.stdout, 'data').then(([data]) => String(data).trim())
  return { child, said }
}

test('a second process is told that the folder is in use', async () => {
  const folder = join(await tempDir(), 'db')
  const database = await openDatabase(folder)
  const { said } = hold(folder)
  expect(await said).toBe('in-use')
  await database.close()
})

test('and this process when another one has it; a killed one leaves no lock', async () => {
  const folder = join(await tempDir(), 'db')
  const { child, said } = hold(folder)
  expect(await said).toBe('open')
  await expect(openDatabase(folder)).rejects.toMatchObject({ name: 'StorageError', code: 'in-use' })
  child.kill('SIGKILL')
  await once(child, 'exit')
  const database = await openDatabase(folder)
  await database.close()
})

test('a second open in this process is refused, by any path, and the lock stays', async () => {
  const root = await tempDir()
  const folder = join(root, 'db')
  const database = await openDatabase(folder)
  await symlink(folder, join(root, 'link'))
  for (const path of [folder, `${folder}/`, join(root, 'link')])
    await expect(openDatabase(path)).rejects.toMatchObject({ code: 'in-use' })
  // A second LevelDB in this process would have dropped the lock by now.
  const { said } = hold(folder)
  expect(await said).toBe('in-use')
  await database.log.append('a', 0, new Uint8Array(1), { durable: true })
  await database.close()
  const again = await openDatabase(join(root, 'link'))
  await again.close()
})

test('leases of a project are its own, and there after a restart', async () => {
  const folder = join(await tempDir(), 'db')
  const first = await openDatabase(folder)
  const lease = { projectId: 'a', scene: 2, epoch: 1, attempt: 3, worker: 'w' }
  await first.leases.put(lease)
  await first.leases.put({ ...lease, scene: 11, attempt: 4 })
  await first.leases.put({ ...lease, projectId: 'aa' })
  await first.leases.delete({ ...lease, scene: 11, attempt: 4 })
  await first.close()
  const again = await openDatabase(folder)
  expect(await again.leases.all('a')).toEqual([lease])
  await again.leases.clear('a')
  expect(await again.leases.all('a')).toEqual([])
  expect(await again.leases.all('aa')).toHaveLength(1)
  await again.close()
})
