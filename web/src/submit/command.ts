import type { SubmitRequest } from '../../../src/api/schemas/index.ts'
import type { Action } from '../ui/quote.ts'

const flag = (name: string, value: string | number | undefined): string[] =>
  value === undefined ? [] : [name, String(value)]

/** The same submission for a shell; zones are in a file there, so with them there is no command. */
export function submitAction(request: SubmitRequest): Action {
  const { zones, cuts } = request
  const command = [
    'submit',
    request.input,
    '--encoder',
    request.encoder,
    ...(request.encoderParams === undefined ? [] : [`--params=${request.encoderParams}`]),
    ...flag('--min-frames', request.minFrames),
    ...flag('--max-frames', request.maxFrames),
    ...flag('--threshold', request.threshold),
    ...flag('--cuts', cuts?.join(',')),
    ...(request.range === undefined ? [] : [`--range=${request.range}`]),
    ...flag('--sample', request.sample),
    ...(request.priority === undefined ? [] : [`--priority=${request.priority}`]),
    ...flag('--output', request.output),
    ...(request.overwrite === true ? ['--overwrite'] : []),
    ...flag('--builds', request.builds),
    ...flag('--audio', request.audio),
    ...flag('--subtitles', request.subtitles),
    ...flag('--attachments', request.attachments),
    ...flag('--video-track', request.videoTrack),
    ...(request.keepUids === true ? ['--keep-uids'] : []),
    ...(request.deinterlace === true ? ['--deinterlace'] : []),
    ...(request.waitComplete === true ? ['--wait-complete'] : []),
    ...(request.encodeResults === true ? ['--encode-results'] : []),
    '--detach'
  ]
  return {
    method: 'POST',
    path: 'api/v2/projects',
    body: request,
    ...(zones === undefined ? { command } : {})
  }
}
