export { createAnalysisCache } from './prepare/analysis-cache.ts'
export { createCanaryCache } from './builds/canary-cache.ts'
export { tryFrames } from './builds/try-frames.ts'
export { writeFirstFrames } from './prepare/first-frames.ts'
export { encodeScene } from './scene/encode-scene.ts'
export { type Brake, createBrake } from './programs/brake.ts'
export { MediaError, type MediaErrorCode } from './programs/errors.ts'
export type { CheckedTrack, FilmCheck } from './join/check-report.ts'
export { checkFilm, joinProject } from './join/join.ts'
export { tryJoin, tryPlace, type TrialJoinInput } from './join/trial-join.ts'
export { removeUnfinished } from './join/output-file.ts'
export { planKept } from './prepare/prepare.ts'
export { prepareSource } from './prepare/prepare-source.ts'
export { createProbeCache, type ProbeCache } from './builds/probe-cache.ts'
export { probeSource } from './prepare/probe.ts'
export { encoderFacts } from './programs/program-facts.ts'
export { headerSum, type ProbeInput, probeKey, probeProject, type ProbeSums } from './builds/project-probe.ts'
export { encodersFolder, INSTALL_LINE, lookUpProgram, NODE_AV } from './programs/programs.ts'
export { makePreview, type PreviewInput } from './preview/preview.ts'
export { makeStill, type StillInput } from './preview/still.ts'
export { clipOfPiece, clipOfSource } from './preview/source-clip.ts'
export { checkTools, findEncoders, tryParams } from './builds/tools.ts'
export { probeTracks } from './join/tracks.ts'
export { trialHeader } from './builds/trial-header.ts'
export { sampleSource } from './prepare/sample-source.ts'
export { soundBytes } from './prepare/sound-bytes.ts'
export type { FoundEncoders, BrokenEncoder, InstalledEncoder } from './builds/types.ts'
export type { JoinedFile, JoinInput } from './join/types.ts'
export type {
  AnalysisCache,
  AnalysisEnd,
  PreparedScene,
  PrepareEvent,
  PrepareInput,
  SampledFilm,
  SkippedScene
} from './prepare/types.ts'
export type { RunOptions } from './programs/run-options.ts'
export type { FieldOrder, KeptTime, SourceInfo } from './rules/index.ts'
export type { EncodedScene, EncodeSceneInput } from './scene/types.ts'
export type { VerifiedSegment, VerifySegmentInput } from './verify/types.ts'
export { measureFrames, measureXpsnr, meterFor } from './verify/measure.ts'
export { verifySegment } from './verify/verify.ts'
