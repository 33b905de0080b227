import type { SceneWork } from '../../common/scene-progress.ts'
import type { QualityTarget } from './quality/target.ts'
import type { NamedSize } from './params/check.ts'
import type { FlagTable } from './params/flag-rules.ts'
import type { ValueRule } from './params/rules.ts'
import type { ChangedDefault } from './params/written-out.ts'
import type { Quantiser } from './quality/search.ts'

/** The encoders that grav1 drives. A project names one; its workers must have the same build of it. */
export type EncoderName = 'aom' | 'vp9' | 'svt' | 'svt-av' | 'vp9-av'

/** How many threads an encode may have: as many as there are, or one since the bytes depend on it. */
export type ThreadsClass = 'any' | 'one'

/** A positive fraction, for frame rates and time bases. */
export interface Rational {
  readonly num: number
  readonly den: number
}

/** Colour description in ffmpeg's words (`bt709`, `smpte2084`, `bt2020nc`, `tv`); undefined where the source says nothing. */
export interface Colour {
  readonly primaries?: string | undefined
  readonly transfer?: string | undefined
  readonly matrix?: string | undefined
  readonly range?: string | undefined
}

/** What an encoder has to know of the picture; the same for every scene of a project. */
export interface VideoFormat {
  readonly width: number
  readonly height: number
  /** ffmpeg's name of the format that decoders hand over as y4m, e.g. `yuv420p10le`. */
  readonly pixelFormat: string
  /** Bits per sample of `pixelFormat`: 8, 10 or 12. */
  readonly bitDepth: number
  readonly fps: Rational
  readonly colour: Colour
}

/** A run of frames in presentation order; the scenes of a project tile 0..N-1 without gap or overlap. */
export interface SceneRange {
  readonly start: number
  readonly frames: number
}

/** A place in a source: a frame, counted from 0, or a time on the source's own time line. */
export type Position =
  | { readonly type: 'frame'; readonly frame: number }
  | { readonly type: 'time'; readonly ms: number }

/** The part of a source that is encoded, `to` not included; open where undefined. */
export interface SourceRange {
  readonly from: Position | undefined
  readonly to: Position | undefined
}

/** How scenes are planned. */
export interface SceneOptions {
  /** No scene is shorter, but the last. Default 24. */
  readonly minFrames: number
  /** No scene is longer. Default: 10 seconds of frames. */
  readonly maxFrames: number
  /** 0..255, smaller finds more cuts; undefined = the detector's own default. */
  readonly threshold: number | undefined
}

/** Encoder parameters after tokenising and checking: `--name=value` or `--name` tokens in their normal form. */
export interface EncoderParams {
  readonly encoder: EncoderName
  /** As given, or its normal form where something was left out or renamed. */
  readonly text: string
  /** Checked tokens without those that the core sets itself; `-b 10` became `--bit-depth=10`. */
  readonly tokens: readonly string[]
  /** Bits per sample of the output; undefined = as the source. */
  readonly bitDepth: number | undefined
  /** Each scene gets the quantiser that reaches this quality; undefined = the parameters' own. */
  readonly target: QualityTarget | undefined
  /** Sentences for the user about what was left out of the text or written out. */
  readonly notes: readonly string[]
  /** Sides of the picture that the text names; undefined where it names none. */
  readonly size?: NamedSize | undefined
}

/** What an installed program reports about itself: the only place where versions are distinguished. */
export interface ProgramFacts {
  /** `unknown` where it does not say. */
  readonly version: string
  /** Names of the long options that its help lists, without dashes. Empty for a program without such a help. */
  readonly options: ReadonlySet<string>
  /** Of a program that the user named: what its help says of options that may be taken although grav1 does not know them. */
  readonly further?: ReadonlyMap<string, ValueRule>
}

/** A project's encoder and its parameters, on a machine whose program says this of itself. */
export interface ProjectEncoder {
  readonly encoder: EncoderModule
  readonly params: EncoderParams
  /** Undefined: any version's flags count. */
  readonly facts?: ProgramFacts | undefined
}

export interface EncoderCommandInput {
  readonly params: EncoderParams
  /** Of the program that the arguments are for. */
  readonly facts: ProgramFacts
  readonly video: VideoFormat
  readonly pass: 1 | 2
  readonly threads: number
  /** Path of the first pass's statistics file. */
  readonly statsFile: string
  /** Path of the film grain table, where `grainTable` makes one. */
  readonly grainFile: string
  /** Path of the IVF file that the last pass writes. */
  readonly outputFile: string
  /** The system's null device, to which the first pass writes. */
  readonly nullDevice: string
}

/** Parameters to begin with. */
export interface StartParams {
  /** Used where none are given. */
  readonly defaultParams: string
  /** When time or size matters more. */
  readonly presets: { readonly archive: string; readonly quick: string }
}

/** One encoder as pure functions. Adding an encoder is one such module and one line in the table. */
export interface EncoderModule extends StartParams, SceneWork {
  readonly name: EncoderName
  /** Other names that users give it, in lower case. */
  readonly aliases: readonly string[]
  /** Program looked up on PATH. */
  readonly program: string
  /** How the program tells its version, and where in its answer that is: the first group. */
  readonly version: { readonly args: readonly string[]; readonly pattern: RegExp }
  /** What makes the program list its options; undefined where it lists none. */
  readonly help?: readonly string[] | undefined
  /** Its program decodes source pieces itself, and needs no other program. */
  readonly decodes?: boolean
  /** IVF four-character code of its output. */
  readonly fourcc: 'AV01' | 'VP90'
  /** Better ones for newer versions of the program, from old to new. */
  readonly newerStarts?: readonly (StartParams & { readonly since: string })[]
  /** Which flags it takes, in which versions. */
  readonly flags: FlagTable
  /** Defaults of its program that are not the same in all versions. */
  readonly changedDefaults: readonly ChangedDefault[]
  /** Parameters of the tiny encode that names a build. A change makes all builds of this encoder other builds. */
  readonly canaryParams: string
  /** Groups of versions that were measured to give the same bytes; `1.15` stands for all that begin with it. */
  readonly sameBytes?: readonly (readonly string[])[]
  /** Whether the bytes depend on the number of threads with these parameters, in any version. */
  threadsClass: (params: EncoderParams) => ThreadsClass
  /** Memory that encoding a scene takes, by picture size, as measured. */
  readonly gibPerMegapixel: number
  /** Output depths that the encoder can write. */
  readonly bitDepths: readonly number[]
  readonly quantiser: Quantiser
  /**
   * Tokenises without a shell and checks every flag against the allow-list.
   * @param facts of the program that has to take them; undefined: what any version takes
   * @throws ParamsError with a sentence for each flag that is refused
   */
  parseParams: (text: string, facts?: ProgramFacts) => EncoderParams
  /** Checks whether it can encode such a picture with these parameters. @throws ParamsError `bad-depth` or `bad-video` with a sentence for the user */
  checkVideo: (params: EncoderParams, video: VideoFormat, facts?: ProgramFacts) => void
  /** Bits per sample of the frames that its program has to be handed, where that is not the source's depth. */
  inputDepth?: (params: EncoderParams, video: VideoFormat) => number
  /** The film grain table that the parameters ask for, as the text of a file. */
  grainTable?: (params: EncoderParams, video: VideoFormat) => string | undefined
  /** The argument vector without the program; the source is y4m on stdin. */
  buildArgs: (input: EncoderCommandInput) => string[]
  /** Frames done in the pass, from one chunk of the encoder's stderr; undefined if the chunk does not say. */
  parseProgress: (text: string, pass: 1 | 2) => number | undefined
  /** Finds the line of stderr that says why it failed, in the first group, where that is not the last line. */
  readonly complaint?: RegExp
}
