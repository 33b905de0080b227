import { drainCommand, pauseCommand, resumeCommand, workersCommand } from './commands/control.ts'
import { bandwidthCommand } from './commands/bandwidth.ts'
import { mannersCommand } from './commands/manners.ts'
import { downloadCommand } from './commands/download.ts'
import { projectsCommand } from './commands/list-projects.ts'
import { initCommand, inviteCommand, joinCommand, serviceCommands } from './commands/machine.ts'
import { logsCommand } from './commands/logs.ts'
import { openCommand } from './commands/open.ts'
import { peersCommand } from './commands/peers.ts'
import { completionCommand, manCommand } from './commands/reference.ts'
import { scenesCommand, whyCommand } from './commands/scenes.ts'
import { debugLogCommand, doctorCommand, encodersCommand, presetsCommand, swarmKeyCommand } from './commands/set-up.ts'
import { verifyCommand } from './commands/films.ts'
import { showCommand } from './commands/show.ts'
import { sleepCommand } from './commands/sleep.ts'
import { reportCommand } from './commands/report.ts'
import { statusCommand } from './commands/status.ts'
import { cancelCommand, deleteCommand, outputCommand, priorityCommand, retryCommand } from './commands/steer.ts'
import { topCommand } from './commands/top.ts'
import { tokenCommand } from './commands/token.ts'
import { watchCommand } from './commands/watch.ts'
import type { CommandDefinition } from './definition.ts'

/** Every command but `node` and `submit`, which have options of their own tables, in the order of the help. */
export const definitions: readonly CommandDefinition[] = [
  watchCommand,
  projectsCommand,
  showCommand,
  scenesCommand,
  whyCommand,
  cancelCommand,
  retryCommand,
  priorityCommand,
  outputCommand,
  downloadCommand,
  reportCommand,
  verifyCommand,
  deleteCommand,
  statusCommand,
  topCommand,
  peersCommand,
  inviteCommand,
  joinCommand,
  pauseCommand,
  resumeCommand,
  drainCommand,
  sleepCommand,
  workersCommand,
  mannersCommand,
  bandwidthCommand,
  logsCommand,
  openCommand,
  tokenCommand,
  initCommand,
  doctorCommand,
  ...serviceCommands,
  encodersCommand,
  presetsCommand,
  swarmKeyCommand,
  completionCommand,
  manCommand,
  debugLogCommand
]
