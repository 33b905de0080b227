/** Where the web form shows an option: in which row, and how. */
export interface FormField {
  readonly group: 'output' | 'picture' | 'scenes' | 'streams' | 'tags' | 'part' | 'cuts' | 'zones' | 'more'
  readonly label: string
  readonly hint?: string
  /** Lines of a text. Default 1. */
  readonly rows?: number
  /** Of a choice that the form has as a box to tick: what a ticked one asks for. */
  readonly ticked?: string
}

interface Base {
  /** Of the command line, without the dashes. */
  readonly flag: string
  /** Its short form on the command line, a letter. */
  readonly short?: string
  readonly help: string
  /** The default as the help words it. What it is, the owner decides. */
  readonly standard?: string
  /** Also a field of the documented `/api/add_project`, in snake case. */
  readonly documented?: true
  /** An own preset may have it: it is about films of a kind, not about one film. */
  readonly inPreset?: true
  /** The documentation adds this (Markdown). */
  readonly remark?: string
  /** Undefined: the form has a part of its own for it. */
  readonly form?: FormField
}

/** An option with a value. */
interface Valued extends Base {
  /** Placeholder of the value in the help. */
  readonly argument: string
}

export type SubmitOption =
  | (Base & { readonly kind: 'switch' })
  | (Valued & { readonly kind: 'text'; readonly charsMax?: number; readonly mayBeEmpty?: true })
  /** A file of the node; the command line makes it absolute. */
  | (Valued & { readonly kind: 'path' })
  | (Valued & { readonly kind: 'number' | 'whole' })
  | (Valued & { readonly kind: 'choice'; readonly choices: readonly string[] })
  /** Frames or times; the command line takes a file of them too. */
  | (Valued & { readonly kind: 'positions' })
  /** Words, each given by itself; the form has one in a line. */
  | (Valued & { readonly kind: 'words' })
  /** Frames with parameters of their own; the command line takes a file of them. */
  | (Valued & { readonly kind: 'zones' })

/**
 * What a submission can say besides its input and its encoder, each option once. The flags of the command line, the bodies of both REST APIs, the fields of the web form
 * with its request and its command, and the table of the documentation are made from it. Plain data: the web client bundles it.
 */
export const submitOptions = {
  encoderParams: {
    kind: 'text',
    flag: 'params',
    short: 'p',
    argument: '<string>',
    help: "the encoder's parameters",
    remark: 'checked one by one; a refusal names the flag',
    mayBeEmpty: true,
    documented: true
  },
  preset: {
    kind: 'text',
    flag: 'preset',
    argument: '<name>',
    help: 'named parameters: archive, balanced, quick or one from the config file; --params and other options override them',
    remark: '[presets](encoding.md#presets)',
    charsMax: 64,
    documented: true
  },
  minFrames: {
    kind: 'whole',
    flag: 'min-frames',
    inPreset: true,
    argument: '<n>',
    help: 'shortest scene',
    standard: '24 frames',
    documented: true,
    form: { group: 'scenes', label: 'Shortest scene', hint: 'Frames; default 24' }
  },
  maxFrames: {
    kind: 'whole',
    flag: 'max-frames',
    inPreset: true,
    argument: '<n>',
    help: 'longest scene',
    standard: '10 seconds',
    documented: true,
    form: { group: 'scenes', label: 'Longest scene', hint: 'Frames; default 10 seconds' }
  },
  threshold: {
    kind: 'number',
    flag: 'threshold',
    inPreset: true,
    argument: '<n>',
    help: 'scene detection threshold, 0 to 255: a lower value finds more cuts',
    standard: '30',
    documented: true,
    form: { group: 'scenes', label: 'Threshold', hint: '0 to 255; a lower value finds more cuts' }
  },
  zones: {
    kind: 'zones',
    flag: 'zones',
    argument: '<file>',
    help: 'file of zones: frames with other parameters, one zone per line',
    remark: '[zones](encoding.md#zones-cuts-and-ranges)',
    form: {
      group: 'zones',
      label: 'Zones',
      hint: 'One per line: <start> <end> [encoder] [reset] <parameters>; -1 is the end',
      rows: 3
    }
  },
  cuts: {
    kind: 'positions',
    flag: 'cuts',
    argument: '<list>',
    help: 'frames or times where scenes must start, or a file of them',
    form: { group: 'cuts', label: 'Cuts', hint: 'Frames or times where scenes must start', rows: 2 }
  },
  frames: {
    kind: 'whole',
    flag: 'frames',
    argument: '<n>',
    help: 'number of frames that the source must have; a film of another length fails after its analysis',
    standard: 'any number; with --scenes, the number in the file',
    form: { group: 'cuts', label: 'Frames of the source', hint: 'A film of another length fails' }
  },
  range: {
    kind: 'text',
    flag: 'range',
    argument: '<from-to>',
    help: 'encode only this part: 00:01:00-00:02:30, 1200f-, -00:10',
    charsMax: 100,
    form: { group: 'part', label: 'Range', hint: '00:01:00-00:02:30, 1200f-, -00:10' }
  },
  sample: {
    kind: 'whole',
    flag: 'sample',
    argument: '<n>',
    help: 'encode only n scenes, spread over the film, and estimate the whole film',
    form: { group: 'part', label: 'Sample', hint: 'Encode only this many scenes, as a sample' }
  },
  priority: {
    kind: 'number',
    flag: 'priority',
    inPreset: true,
    argument: '<n>',
    help: 'lower is sooner',
    standard: '0',
    documented: true
  },
  output: {
    kind: 'path',
    flag: 'output',
    short: 'o',
    argument: '<file>',
    help: 'a file (.mkv, .webm or .mp4), a folder, or a name such as "{stem}.{encoder}.mkv"',
    standard: '<input without extension>.<encoder>.mkv',
    remark: 'a single file only for a single input',
    documented: true,
    form: { group: 'output', label: 'Output', hint: '.mkv, .webm or .mp4; default: beside the source' }
  },
  overwrite: {
    kind: 'switch',
    flag: 'overwrite',
    short: 'y',
    help: 'replace an existing output',
    documented: true,
    form: { group: 'output', label: 'Replace an existing output' }
  },
  restart: {
    kind: 'switch',
    flag: 'restart',
    help: 'cancel the unfinished project with the same output and start over; unchanged scenes are not encoded again',
    form: { group: 'output', label: 'Cancel the unfinished project with the same output and start over (--restart)' }
  },
  builds: {
    kind: 'choice',
    flag: 'builds',
    inPreset: true,
    argument: '<which>',
    choices: ['same', 'compatible'],
    help: 'same: byte for byte the file that one machine would produce; compatible: other versions of the encoder take part, so the file differs',
    standard: 'same',
    remark: '[other versions](swarm.md#other-versions-of-the-encoder)',
    documented: true,
    form: {
      group: 'more',
      label:
        'Let other versions of the encoder take part; the file then differs from the one that a single machine would produce',
      ticked: 'compatible'
    }
  },
  audio: {
    kind: 'text',
    flag: 'audio',
    inPreset: true,
    argument: '<choice>',
    help: 'copy, drop, opus, or opus:<kbit/s per channel>; with <track>: in front for one track, as in opus,2:copy',
    standard: 'copy',
    remark: '6 to 256 kbit/s; [tracks](encoding.md#tracks)',
    documented: true,
    form: { group: 'streams', label: 'Audio', hint: 'copy, drop, opus, opus:<kbit/s per channel>, or 1:copy,2:opus:96' }
  },
  audioLang: {
    kind: 'text',
    flag: 'audio-lang',
    inPreset: true,
    argument: '<list>',
    help: 'keep only the audio tracks in these languages: eng,jpn',
    standard: 'all tracks',
    remark: '[tracks](encoding.md#tracks)',
    charsMax: 200,
    form: { group: 'streams', label: 'Audio languages', hint: 'Only these, such as eng,jpn; default: all tracks' }
  },
  audioTracks: {
    kind: 'text',
    flag: 'audio-tracks',
    inPreset: true,
    argument: '<list>',
    help: 'keep only the audio tracks with these numbers, from 1: 1,3',
    standard: 'all tracks',
    charsMax: 200,
    form: { group: 'streams', label: 'Audio tracks', hint: 'Only these, such as 1,3; default: all tracks' }
  },
  subtitles: {
    kind: 'choice',
    flag: 'subtitles',
    inPreset: true,
    argument: '<choice>',
    choices: ['copy', 'drop'],
    help: 'copy or drop',
    standard: 'copy',
    documented: true,
    form: { group: 'streams', label: 'Subtitles' }
  },
  subtitleLang: {
    kind: 'text',
    flag: 'subtitle-lang',
    inPreset: true,
    argument: '<list>',
    help: 'keep only the subtitles in these languages: eng,jpn',
    standard: 'all tracks',
    charsMax: 200,
    form: { group: 'streams', label: 'Subtitle languages', hint: 'Only these, such as eng,jpn; default: all tracks' }
  },
  subtitleTracks: {
    kind: 'text',
    flag: 'subtitle-tracks',
    inPreset: true,
    argument: '<list>',
    help: 'keep only the subtitles with these numbers, from 1: 1,3',
    standard: 'all tracks',
    charsMax: 200,
    form: { group: 'streams', label: 'Subtitle tracks', hint: 'Only these, such as 1,3; default: all tracks' }
  },
  attachments: {
    kind: 'choice',
    flag: 'attachments',
    inPreset: true,
    argument: '<choice>',
    choices: ['copy', 'drop'],
    help: 'copy or drop',
    standard: 'copy',
    documented: true,
    form: { group: 'streams', label: 'Attachments' }
  },
  title: {
    kind: 'text',
    flag: 'title',
    argument: '<text>',
    help: 'title of the film; empty for none',
    standard: "the source's",
    charsMax: 500,
    mayBeEmpty: true,
    form: { group: 'streams', label: 'Title', hint: "Default: the source's" }
  },
  tag: {
    kind: 'words',
    flag: 'tag',
    inPreset: true,
    argument: '<NAME=value>',
    help: "tag of the film in place of the source's; without a value the source's is left out; repeatable",
    remark: '[title and tags](encoding.md#title-and-tags)',
    form: { group: 'tags', label: 'Tags', hint: 'One per line: NAME=value', rows: 2 }
  },
  crop: {
    kind: 'text',
    flag: 'crop',
    inPreset: true,
    argument: '<part>',
    help: 'encode this part of the picture: none, auto (without its black bars), <width>:<height>:<x>:<y>, or <top>,<bottom>,<left>,<right> to cut off',
    standard: 'none',
    remark: '[picture](encoding.md#picture)',
    charsMax: 40,
    documented: true,
    form: { group: 'picture', label: 'Crop', hint: 'auto, <width>:<height>:<x>:<y>, or <top>,<bottom>,<left>,<right>' }
  },
  scale: {
    kind: 'text',
    flag: 'scale',
    inPreset: true,
    argument: '<size>',
    help: "size of the picture: 1280x720, 1920x-2 (-2 follows the picture's shape), or a height such as 1080p",
    standard: "the source's",
    remark: '[picture](encoding.md#picture)',
    charsMax: 40,
    documented: true,
    form: { group: 'picture', label: 'Scale', hint: '1280x720, 1920x-2, 1080p' }
  },
  fit: {
    kind: 'text',
    flag: 'fit',
    inPreset: true,
    argument: '<size>',
    help: 'make a larger picture fit into this size; a smaller one stays as it is',
    charsMax: 40,
    documented: true,
    form: { group: 'picture', label: 'Fit', hint: 'Largest size: 1920x1080' }
  },
  depth: {
    kind: 'choice',
    flag: 'depth',
    inPreset: true,
    argument: '<bits>',
    choices: ['8', '10', '12'],
    help: 'bits per sample: 8, 10 or 12, not less than the source has',
    standard: "the source's",
    documented: true,
    form: { group: 'picture', label: 'Bits per sample' }
  },
  deinterlace: {
    kind: 'switch',
    flag: 'deinterlace',
    inPreset: true,
    help: 'make interlaced video progressive',
    documented: true,
    form: { group: 'more', label: 'Make interlaced video progressive' }
  },
  allowLoss: {
    kind: 'switch',
    flag: 'allow-loss',
    inPreset: true,
    help: 'encode films without their Dolby Vision or HDR10+ metadata; without this option grav1 refuses such films',
    remark: '[what is not kept](encoding.md#what-is-not-kept-of-a-source)',
    documented: true,
    form: { group: 'more', label: 'Encode a film without its Dolby Vision or HDR10+ metadata (--allow-loss)' }
  },
  proofs: {
    kind: 'text',
    flag: 'proofs',
    argument: '<percent>',
    help: 'share of the results of other machines to encode again and compare, 0 to 100%',
    standard: '3%',
    remark: 'plus the first of each machine; [proofs](encoding.md#proofs)',
    charsMax: 10,
    form: { group: 'more', label: 'Proofs', hint: 'Share of the results of other machines to encode again; default 3%' }
  },
  measure: {
    kind: 'choice',
    flag: 'measure',
    inPreset: true,
    argument: '<scenes>',
    choices: ['some', 'every'],
    help: 'which scenes that this machine encodes are compared with their source, to show their quality: every, or some (as many as 2 % of the encoding time allows); those of other machines always are',
    standard: 'some',
    remark: '[quality of each scene](encoding.md#how-good-each-scene-is)',
    form: { group: 'more', label: 'Compare every scene with its source, to show its quality', ticked: 'every' }
  },
  videoTrack: {
    kind: 'whole',
    flag: 'video-track',
    argument: '<n>',
    help: 'number of the video track to encode, from 1',
    standard: 'the first that is not a picture',
    form: { group: 'streams', label: 'Video track', hint: 'From 1; default: the first that is not a picture' }
  },
  keepUids: {
    kind: 'switch',
    flag: 'keep-uids',
    inPreset: true,
    help: 'keep the segment UIDs that link Matroska files; for .mkv',
    form: { group: 'more', label: 'Keep the segment UIDs that link Matroska files' }
  },
  manifest: {
    kind: 'choice',
    flag: 'manifest',
    inPreset: true,
    argument: '<choice>',
    choices: ['write', 'none'],
    help: 'write: a signed manifest beside the output, for "grav1 verify"; none: no manifest',
    standard: 'write',
    remark: '[manifest](encoding.md#the-manifest)',
    form: { group: 'more', label: 'Write no manifest beside the output', ticked: 'none' }
  },
  waitComplete: {
    kind: 'switch',
    flag: 'wait-complete',
    help: 'wait while the file is still being written; "grav1 cancel" ends the wait',
    remark: 'until then the project is `waiting`, with a width of 0',
    form: { group: 'more', label: 'Wait until the file is complete (--wait-complete)' }
  },
  encodeResults: {
    kind: 'switch',
    flag: 'encode-results',
    help: 'also encode files that grav1 made',
    remark: '`/api/add_project` always does',
    form: { group: 'more', label: 'Also encode a file that grav1 made (--encode-results)' }
  }
} as const satisfies Readonly<Record<string, SubmitOption>>

export type SubmitOptionName = keyof typeof submitOptions

/** What an own preset may have besides parameters of encoders. */
export type PresetOptionName = {
  [Name in SubmitOptionName]: (typeof submitOptions)[Name] extends { readonly inPreset: true } ? Name : never
}[SubmitOptionName]

/** In the order of the help. */
export const submitOptionNames = Object.keys(submitOptions) as readonly SubmitOptionName[]

/** One of them, where it does not matter which. */
export const submitOption = (name: SubmitOptionName): SubmitOption => submitOptions[name]

export const presetOptionNames = submitOptionNames.filter(
  (name): name is PresetOptionName => submitOption(name).inPreset === true
)

/** As the documented API has it: `min_frames`. */
export const snakeName = (name: string): string => name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)

/** As the help has it: `-o, --output <file>`, `--overwrite`. */
export function flagsOf(option: SubmitOption): string {
  const { short, flag } = option
  const names = short === undefined ? `--${flag}` : `-${short}, --${flag}`
  return option.kind === 'switch' ? names : `${names} ${option.argument}`
}

/** As the command line has it; undefined for what no flag names. */
export function flagOf(field: string): string | undefined {
  if (field === 'encoder') return '--encoder'
  return field in submitOptions ? `--${submitOption(field as SubmitOptionName).flag}` : undefined
}
