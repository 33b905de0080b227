import { homedir } from 'node:os'
import { findProgram, thisSystem } from '../../platform/index.ts'
import { launchd } from './launchd.ts'
import { systemd } from './systemd.ts'
import type { ServiceInit, ServiceManager } from './types.ts'

export { carryOutAll, StepError, stepText } from './carry-out.ts'
export { MARK, type ServiceInit, type ServiceManager, type Step } from './types.ts'

/** The service manager of this machine; undefined where there is none that grav1 knows. */
export function findServiceManager(
  scope: ServiceInit['scope'],
  configHome: string | undefined
): ServiceManager | undefined {
  if (thisSystem.name === 'darwin') return launchd(homedir(), process.getuid?.() ?? 0)
  if (thisSystem.name !== 'linux' || findProgram('systemctl') === undefined) return undefined
  return systemd(scope, configHome ?? `${homedir()}/.config`)
}
