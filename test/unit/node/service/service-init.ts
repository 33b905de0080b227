import type { ServiceInit } from '../../../../src/node/service/index.ts'

/** A service of the machine, installed by npm. */
export const service = (change: Partial<ServiceInit> = {}): ServiceInit => ({
  command: ['/usr/bin/node', '/usr/lib/node_modules/grav1/bin/grav1.js', 'node', '--data-dir', '/var/lib/grav1'],
  programFolders: ['/usr', '/usr/lib/node_modules/grav1'],
  dataDir: '/var/lib/grav1',
  configFile: undefined,
  filmFolders: [],
  scope: 'system',
  ...change
})
