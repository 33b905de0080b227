export { createLiveEvents, SUBSCRIBERS_MAX, type LiveEventsComponents, type LiveEventsInit } from './live-events.ts'
export { eventStream } from './stream.ts'
