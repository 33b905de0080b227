export {
  chronicle,
  CHRONICLE_EVENTS_MAX,
  chronicleEvent,
  chronicleSample,
  type Chronicle,
  type ChronicleEvent,
  type ChronicleSample
} from './chronicle.ts'
export { page, paging, problem, sceneNumber, type Estimate, type Problem } from './common.ts'
export { dryRun, type DryRun } from './dry-run.ts'
export { directory, type Directory, type DirectoryEntry } from './directory.ts'
export { refused } from './documented.ts'
export { encoderInfo, paramsCheck, type EncoderInfo, type ParamsCheck } from './encoder.ts'
export { liveEvent, type LiveEvent, type SceneChange } from './events.ts'
export {
  inviteInfo,
  inviteRequest,
  joinAnswer,
  madeInvite,
  type InviteInfo,
  type InviteRequest,
  type JoinRequestStatus,
  type MadeInvite
} from './invite.ts'
export { LOG_LEVELS, logLevel, logLine, type LogLine } from './log.ts'
export { nodeStatus, peerStatus, standing, type NodeStatus, type PeerStatus } from './peer.ts'
export { preset, presetOptions, type Preset } from './preset.ts'
export {
  projectState,
  projectStatus,
  sampleEstimate,
  type ProjectPhase,
  type ProjectState,
  type ProjectStatus,
  type SampleEstimate
} from './project.ts'
export {
  filmColumns,
  SCENE_STATES,
  sceneDetail,
  sceneState,
  sceneStatus,
  sceneWhy,
  timelineEntry,
  verdict,
  type FilmColumns,
  type SceneAttempt,
  type SceneDetail,
  type SceneState,
  type SceneStatus,
  type SceneWhy,
  type TimelineEntry
} from './scene.ts'
export { session } from './session.ts'
export { swarmStatus, type SwarmStatus } from './status.ts'
export { uploadStatus, type UploadStatus } from './upload.ts'
export {
  outputRequest,
  submitRequest,
  submitted,
  optionFields,
  type OutputRequest,
  type SubmitRequest
} from './submit.ts'
export { madeToken, tokenInfo, tokenRequest, type MadeToken, type TokenInfo, type TokenRequest } from './token.ts'
