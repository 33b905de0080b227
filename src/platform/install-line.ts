import { findProgram } from './programs.ts'

/** Programs that grav1 runs. */
const ALL = ['ffmpeg', 'ffprobe', 'aomenc', 'vpxenc', 'SvtAv1EncApp', 'mkvmerge', 'mkvpropedit'] as const

/** With those that it runs them by. */
const KNOWN = [...ALL, 'bwrap'] as const

type Tool = (typeof KNOWN)[number]
type Packages = Readonly<Partial<Record<Tool, string>>>

interface PackageManager {
  /** Its own program, by which it is found. */
  readonly program: string
  readonly command: string
  /** Undefined where it has none. */
  readonly packages: Packages
}

const MKV = (name: string): Packages => ({ mkvmerge: name, mkvpropedit: name })
const FFMPEG = (name: string): Packages => ({ ffmpeg: name, ffprobe: name })

/** A system's own first: others can be installed beside it. */
const MANAGERS: readonly PackageManager[] = [
  {
    program: 'pacman',
    command: 'pacman -S',
    packages: {
      bwrap: 'bubblewrap',
      ...FFMPEG('ffmpeg'),
      aomenc: 'aom',
      vpxenc: 'libvpx',
      SvtAv1EncApp: 'svt-av1',
      ...MKV('mkvtoolnix-cli')
    }
  },
  {
    program: 'dnf',
    command: 'dnf install',
    packages: {
      bwrap: 'bubblewrap',
      ...FFMPEG('ffmpeg'),
      aomenc: 'aom',
      vpxenc: 'libvpx-utils',
      SvtAv1EncApp: 'svt-av1',
      ...MKV('mkvtoolnix')
    }
  },
  {
    program: 'apt',
    command: 'apt install',
    packages: {
      bwrap: 'bubblewrap',
      ...FFMPEG('ffmpeg'),
      aomenc: 'aom-tools',
      vpxenc: 'vpx-tools',
      SvtAv1EncApp: 'svt-av1',
      ...MKV('mkvtoolnix')
    }
  },
  {
    program: 'brew',
    command: 'brew install',
    packages: { ...FFMPEG('ffmpeg'), aomenc: 'aom', vpxenc: 'libvpx', SvtAv1EncApp: 'svt-av1', ...MKV('mkvtoolnix') }
  },
  {
    program: 'winget',
    command: 'winget install',
    packages: { ...FFMPEG('Gyan.FFmpeg'), ...MKV('MoritzBunkus.MKVToolNix') }
  }
]

/** What works on any machine with Node. */
const FROM_NPM = 'grav1 encoders add (for the encoders svt-av and vp9-av)'

const isTool = (name: string): name is Tool => (KNOWN as readonly string[]).includes(name)

/**
 * The command that installs programs on this machine, by the package manager that it has. Where there is none, or where it lacks one of them: the npm package with encoders in it.
 * @param names programs; those that grav1 does not run are ignored, and none stands for all
 */
export function installLine(
  names: readonly string[] = ALL,
  find: (name: string) => string | undefined = findProgram
): string {
  const manager = MANAGERS.find(({ program }) => find(program) !== undefined)
  const known = names.filter(isTool)
  const packages = (known.length === 0 ? ALL : known).map((name) => manager?.packages[name])
  return manager === undefined || packages.includes(undefined)
    ? FROM_NPM
    : [manager.command, ...new Set(packages)].join(' ')
}
