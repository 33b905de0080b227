export { writeFileAtomic } from './atomic-file.ts'
export { createBlobStore, type BlobStoreInit } from './blobs/blob-store.ts'
export {
  createDiskGuard,
  DISK_RESERVE_BYTES,
  freeBytesOf,
  retryWhenFull,
  type DiskGuard,
  type DiskGuardComponents,
  type DiskGuardInit
} from './disk-guard.ts'
export { saysDiskFull } from './disk-errors.ts'
export { createEpochFile } from './epoch.ts'
export * from './errors.ts'
export { createHeadsFile, type HeadsFile, type HeadsFileInit, type StoredHead } from './heads-file.ts'
export { openDatabase, type Database, type DatabaseComponents } from './level/database.ts'
export { createOwnStore, type OwnDamage, type OwnStoreInit } from './own/own-store.ts'
export type * from './ports.ts'
export { createViewStore } from './view-store.ts'
