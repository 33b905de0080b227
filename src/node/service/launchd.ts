import { join } from 'node:path'
import { escapedMarkup } from '../../common/markup.ts'
import { MARK, type ServiceInit, type ServiceManager } from './types.ts'

const LABEL = 'grav1.node'

const strings = (list: readonly string[]): string =>
  list.map((one) => `    <string>${escapedMarkup(one)}</string>`).join('\n')

/** The property list of a node that runs all the time. launchd ends it with SIGTERM. */
export function launchdPlist({ command }: ServiceInit, logFile: string): string {
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<!-- ${MARK} -->
<plist version="1.0">
<dict>
  <key>Label</key>
  <string>${LABEL}</string>
  <key>ProgramArguments</key>
  <array>
${strings(command)}
  </array>
  <key>EnvironmentVariables</key>
  <dict>
    <key>PATH</key>
    <string>/opt/homebrew/bin:/usr/local/bin:/usr/bin:/bin</string>
  </dict>
  <key>WorkingDirectory</key>
  <string>/</string>
  <key>RunAtLoad</key>
  <true/>
  <key>KeepAlive</key>
  <dict>
    <key>SuccessfulExit</key>
    <false/>
  </dict>
  <key>ProcessType</key>
  <string>Background</string>
  <key>StandardErrorPath</key>
  <string>${escapedMarkup(logFile)}</string>
</dict>
</plist>
`
}

/** An agent of the user: it starts when the user signs in. macOS asks before a daemon of the system may read the user's films. */
export function launchd(home: string, uid: number): ServiceManager {
  const file = join(home, 'Library/LaunchAgents', `${LABEL}.plist`)
  const logFile = join(home, 'Library/Logs/grav1.log')
  const domain = `gui/${uid}`
  return {
    file,
    install: (init) => [
      { type: 'run', words: ['mkdir', '-p', init.dataDir] },
      { type: 'write', path: file, text: launchdPlist(init, logFile) },
      // An older one goes on otherwise; there is none at the first time.
      { type: 'run', words: ['sh', '-c', `launchctl bootout ${domain}/${LABEL} 2>/dev/null || true`] },
      { type: 'run', words: ['launchctl', 'bootstrap', domain, file] }
    ],
    remove: () => [
      { type: 'run', words: ['launchctl', 'bootout', `${domain}/${LABEL}`] },
      { type: 'delete', path: file }
    ],
    status: ['launchctl', 'print', `${domain}/${LABEL}`],
    log: `tail -f ${logFile}`
  }
}
