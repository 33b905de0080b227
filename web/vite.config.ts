import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

/** Where a node serves its API unless told otherwise. */
const NODE_URL = 'http://127.0.0.1:7899'

/** What the page asks the node for. */
const NODE_PATHS = '^/(?:api|scene|completed|docs|openapi\\.json)(?:[/?]|$)'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  // Relative, so that it works behind any path prefix.
  base: './',
  // `npm run dev`: the sources, and all else from a node that runs. The Host header stays: the node takes the page for its own.
  server: { host: '127.0.0.1', proxy: { [NODE_PATHS]: { target: process.env['GRAV1_API'] || NODE_URL } } },
  oxc: { jsx: { runtime: 'automatic', importSource: 'preact' } },
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2023',
    // The policy of the page allows no data: in fonts and scripts.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false }
  }
})
