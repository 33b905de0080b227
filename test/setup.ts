import { resolve } from 'node:path'

const [major = 0, minor = 0] = process.versions.node.split('.').map(Number)

// vitest itself runs on older versions and would hide that libp2p does not.
if (major < 24 || (major === 24 && minor < 12)) {
  throw new Error(`The tests need Node 24.12 or later, this is ${process.versions.node}: run "npm test".`)
}

// What a developer has added for himself takes no part; a test that wants the package names a folder.
process.env['GRAV1_NODE_AV'] ??= '/nonexistent'

// Every Node process of a run finds its modules compiled, with their types stripped: workers of vitest, nodes, simulations, encoders from npm.
// What a worker starts uses the folder of the run, where there is one: there the bundle is, and it goes with it.
process.env['NODE_COMPILE_CACHE'] =
  process.env['GRAV1_TEST_COMPILED'] ??
  process.env['NODE_COMPILE_CACHE'] ??
  resolve(import.meta.dirname, '../node_modules/.cache/grav1-test/compiled')
