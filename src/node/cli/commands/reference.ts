import { type CommandDefinition, say } from '../definition.ts'
import { completionScript, SHELLS } from '../reference/completion.ts'
import { manPage } from '../reference/man-page.ts'

/** `grav1 completion` */
export const completionCommand: CommandDefinition = {
  name: 'completion',
  help: 'print a script that completes commands, options and project ids in a shell',
  group: 'Set-up:',
  args: [{ name: '<shell>', help: 'bash, zsh or fish', choices: SHELLS }],
  asks: 'nobody',
  json: 'one',
  examples: [
    { line: 'source <(grav1 completion bash)', what: 'in ~/.bashrc' },
    { line: 'source <(grav1 completion zsh)', what: 'in ~/.zshrc, after compinit' },
    { line: 'grav1 completion fish > ~/.config/fish/completions/grav1.fish', what: 'for fish' }
  ],
  run: async (call) => {
    const shell = SHELLS.find((one) => one === call.args[0]) ?? 'bash'
    const script = completionScript(call.program, shell)
    say(call, { shell, script }, script.trimEnd())
    return 'ok'
  }
}

/** `grav1 man` */
export const manCommand: CommandDefinition = {
  name: 'man',
  help: 'print the manual page, in the format of man(1)',
  group: 'Set-up:',
  asks: 'nobody',
  json: 'one',
  examples: [{ line: 'grav1 man | man -l -', what: 'read it' }],
  run: async (call) => {
    const page = manPage(call.program)
    say(call, { page }, page.trimEnd())
    return 'ok'
  }
}
