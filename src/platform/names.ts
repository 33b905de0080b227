import { type System, thisSystem } from './system.ts'

const DRIVE = /^[A-Za-z]:[\\/]/
/** Drives, shares and devices, in the forms that Windows has. */
const WINDOWS_FORM = /^(?:[A-Za-z]:|\\|\/\/)/

/**
 * Whether a name leads somewhere else than it seems to. A full path on a drive is one on Windows; shares and devices never are: to look at a share is to call another machine. On other
 * systems the forms of Windows would be odd names, so they mean nothing there.
 */
export function isOddName(name: string, system: System = thisSystem): boolean {
  if (!system.hasDrives) return WINDOWS_FORM.test(name)
  const inside = DRIVE.test(name) ? name.slice(3) : name
  // A colon further on names a stream beside the file's content; a slash in front, the drive that happens to be current.
  return inside.includes(':') || /^[\\/]/.test(inside)
}
