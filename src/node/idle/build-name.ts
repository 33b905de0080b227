/** `aom 3.6.0 (1f2e3d4c)` of `aom/3.6.0/1f2e3d4c`. */
export function buildName(build: string): string {
  const [encoder = '', version = '', canary = ''] = build.split('/')
  return `${encoder} ${version}${canary === '' ? '' : ` (${canary})`}`.trim()
}
