import { randomBytes } from 'node:crypto'
import { FileStore } from '@tus/file-store'
import { Server, Upload } from '@tus/server'
import { inputOf, UploadRefusal } from './upload-refusal.ts'
import { uploadName } from './upload-name.ts'
import type { UploadRecord, UploadRecords } from './records.ts'

export interface TusInit {
  readonly records: UploadRecords
  /** Makes a record of an upload that begins. @throws UploadRefusal when there is no room for it */
  readonly admit: (upload: UploadRecord) => Promise<void>
}

/** The tus protocol over the files of uploads. To the library an upload is called `<id>/<name>`, which is where its file lies; to the world `<id>`. */
export function createTus({ records, admit }: TusInit): Server {
  const keyOf = ({ id, name }: Pick<UploadRecord, 'id' | 'name'>): string => `${id}/${name}`
  const idOf = (key: string): string => key.split('/', 1)[0] ?? ''

  const datastore = new FileStore({
    directory: records.folder,
    configstore: {
      get: async (key) => {
        const upload = records.all.get(idOf(key))
        if (upload == null) return undefined
        const creation_date = new Date(upload.createdAtMs).toISOString()
        return new Upload({ id: key, size: upload.bytes, offset: 0, metadata: upload.metadata, creation_date })
      },
      // Written before its file is made.
      set: async () => {},
      delete: async (key) => records.remove(idOf(key))
    }
  })
  // Its own expiry counts from the creation and takes finished uploads too; and a length that comes later could not be held against the quota.
  datastore.extensions = ['creation', 'creation-with-upload', 'termination']

  return new Server({
    path: '/api/v2/uploads',
    datastore,
    // Cross-origin answers are up to the app that mounts this.
    allowedOrigins: () => false,
    exposedHeaders: ['Upload-Input'],
    namingFunction: (_, metadata) =>
      keyOf({
        id: randomBytes(16).toString('hex'),
        name: uploadName(metadata?.['filename'] ?? metadata?.['name'] ?? '')
      }),
    // Relative, so that it is right behind a proxy that adds a path.
    generateUrl: (_, { id }) => `uploads/${idOf(id)}`,
    getFileIdFromRequest: (_, lastPath) => {
      const upload = records.all.get(lastPath ?? '')
      return upload == null ? undefined : keyOf(upload)
    },
    onUploadCreate: async (_, { id: key, size, metadata = {} }) => {
      if (size == null || !Number.isSafeInteger(size) || size < 1)
        throw new UploadRefusal(400, 'Give the size of the file in bytes, at least 1 (Upload-Length).')
      const [id = '', name = ''] = key.split('/')
      await admit({ id, name, bytes: size, createdAtMs: Date.now(), metadata })
      return {}
    },
    onUploadFinish: async (_, { id: key }) => {
      await records.flush(idOf(key))
      return { headers: { 'Upload-Input': inputOf(idOf(key)) } }
    }
  })
}
