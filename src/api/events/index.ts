export {
  createLiveEvents,
  SUBSCRIBERS_MAX,
  type LiveEvents,
  type LiveEventsComponents,
  type LiveEventsInit
} from './live-events.ts'
export { eventStream } from './stream.ts'
