export { av1Packet, av1SceneStart, av1ShownFrames, type Obu, parseObus } from './av1.ts'
export { type Av1Sequence, parseAv1Sequence } from './av1-sequence.ts'
export { type BarFinder, createBarFinder, type FoundBars } from './bars/find.ts'
export { lightOf, lumaBytes, type LumaFormat, lumaFormat } from './bars/light.ts'
export { barsText, cropWord } from './bars/words.ts'
export { type Container, containerOf, type SourceTrack, unfitTrack } from './containers.ts'
export { codecName } from './codec-name.ts'
export { atDepth, handedVideo, outputBitDepth } from './encoders/bit-depth.ts'
export { type Likeness, oddity, type SceneQuality, suspicion, UNMEASURED } from './likeness.ts'
export { cicpNumber, COLOUR_CODES, type ColourNumbers, UNSPECIFIED } from './cicp.ts'
export { type DisplayMatrix, isMirrored, isUpright, matrixOf, parseDisplayMatrix, poseOf } from './display-matrix.ts'
export { fileKindSentence, pictureSentence } from './file-kind.ts'
export { type FilmGrain, filmGrain, readGrainEntries } from './grain-entries.ts'
export { grainValue, readGrainTable } from './grain-table.ts'
export { headerLosses } from './header-losses.ts'
export { exactTimes, frameNs } from './frame-rate.ts'
export { streamColour } from './stream-colour.ts'
export {
  CARRIED,
  carried,
  headerEdits,
  headerFault,
  headerOptions,
  type HeaderValue,
  type PictureHeader
} from './picture-header.ts'
export { sameBuild, sameEncoder } from './build-class.ts'
export { complaintOf } from './encoders/complaint.ts'
export { threadsFor } from './encoders/threads.ts'
export { NODE_AV_VERSION } from './encoders/av-args.ts'
export { meaningOf } from './params/meanings.ts'
export { ENCODERS, findEncoder, workOf } from './encoders/table.ts'
export {
  BitstreamError,
  type BitstreamErrorCode,
  ParamsError,
  type ParamsErrorCode,
  type ParamsErrorDetails
} from './errors.ts'
export {
  createIvfReader,
  IVF_HEADER_BYTES,
  ivfFrameHeaderBytes,
  ivfHeaderBytes,
  type IvfFrame,
  type IvfHeader,
  type IvfReader,
  parseIvfHeader
} from './ivf.ts'
export { checkFilmWords, type FilmWords, parseTags, tagsOfFilm } from './film-words.ts'
export { sameLanguage } from './language.ts'
export { tagsXml } from './tags-xml.ts'
export { carriedTags, tagFault, trackWords, wordFault } from './tag-fault.ts'
export { checkTrack, damagedRule, type TrackCheck, trackRule, type TrackRule } from './track-fault.ts'
export { overlaps, packetsBetween, type Seam, SEAM_MS_MAX, type TrackPackets } from './track-packets.ts'
export { mp4TimeScale } from './mp4-times.ts'
export { opusLayout } from './opus-layout.ts'
export { createPacketTable, type Packet, type PacketTable, type PacketWindow } from './packet-window.ts'
export { encoderText, programText } from './program-text.ts'
export { startParams } from './defaults.ts'
export { checkedBefore, furtherOptions } from './params/further-options.ts'
export { rulesFor } from './params/flag-rules.ts'
export { checkNamedSize, submittedParams } from './params/submitted.ts'
export { ruleInWords } from './params/rules.ts'
export { addParams, parseSceneParams } from './params/scene-params.ts'
export { atBitDepth, frameBytes, nearestPixelFormat, type PixelLayout, pixelLayout } from './pixel-format.ts'
export { createCoarseMeter } from './coarse-meter.ts'
export { missedGoal, type QualityGoal } from './quality/goal.ts'
export { createQualityMeter, type QualityMeter } from './quality/meter.ts'
export {
  isFinal,
  nextQuantiser,
  type NextStep,
  type Quantiser,
  quantiserBounds,
  searchOf,
  type SearchInit,
  type Trial,
  trialParams,
  withQuantiser
} from './quality/search.ts'
export { parseTarget, type QualityMetric, type QualityTarget, scoreOf } from './quality/target.ts'
export { isLong, isMeasured, trialWindow } from './quality/windows.ts'
export {
  estimateFrames,
  frameAt,
  isBefore,
  parsePosition,
  parseRange,
  positionText,
  positionWords
} from './position.ts'
export { checkSample, pickSample } from './sample.ts'
export { checkSceneOptions, defaultSceneOptions, thresholdToScenecut } from './scene-options.ts'
export { checkKeepUids, type SegmentUids, segmentUids, uidFault, uidOptions } from './segment-uids.ts'
export { createScenePlanner, type ScenePlanner } from './scene-planner.ts'
export {
  KEEP_ALL,
  OPUS_KBPS_PER_CHANNEL_DEFAULT,
  parseStreamChoice,
  type SoundChoice,
  type StreamChoice,
  streamWords
} from './stream-choice.ts'
export {
  becomesOpus,
  copied,
  keptTracks,
  NO_STREAMS,
  opusKbps,
  opusOf,
  planStreams,
  renumbered,
  type StreamPlan,
  type TrackFate
} from './stream-plan.ts'
export type * from './source.ts'
export type * from './types.ts'
export { chooseVideoTrack, type TrackChoice, type VideoTrack } from './video-track.ts'
export { type FrameBounds, frameBoundsOf } from './headers/frame-bounds.ts'
export { createFrameCheck, type FrameCheck, type FramesSeen } from './headers/frame-check.ts'
export { roundingDb } from './headers/quantisers.ts'
export {
  parseVp9FrameHeader,
  splitVp9Superframe,
  vp9SceneStart,
  vp9ShownFrames,
  withVp9FullRange,
  type Vp9FrameHeader,
  type Vp9Picture
} from './vp9.ts'
export { filteredHeader } from './picture/header.ts'
export { checkFilters, encodedSource, pictureFilters } from './picture/filters.ts'
export type * from './picture/types.ts'
export { filterWords, plainFrames, shiftedUp, withFilters } from './picture/words.ts'
export { checkDepth, parsePicture, type PictureText, SIDE_PIXELS_MAX } from './picture/wish.ts'
export { parseZones, readZonesFile, type Zone, type ZoneRequest } from './zones.ts'
export { Y4M_FRAME_MARK, Y4M_HEADER_BYTES_MAX, y4mBytesMax, y4mHeader, y4mHeaderFits } from './y4m.ts'
