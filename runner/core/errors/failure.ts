/** What a failed task is told beside its message: the end of what a command said, and the next thing to do where the words are well known. */
import type { Data } from '../types.ts'
import type { ErrorData } from '../events.ts'

/** Words of systems and tools to what to do about them; the first that fits counts. */
const advice: readonly (readonly [RegExp, (found: RegExpExecArray) => string])[] = [
  [/failed to validate/i, () => 'the file on the host was left as it is: correct the template or the variables that the words above speak of'],
  [/No space left on device|write error: (?:no space|disk full)/i, () => 'the disk is full: look at `df -h` and `df -i` on the host, make room, and run again'],
  [/Disk quota exceeded/i, () => 'the account may not use more space: raise its quota or make room'],
  [/Read-only file system/i, () => 'the file system is mounted read-only: look at `mount` and the system log of the host'],
  [/Text file busy/i, () => 'the file is a program that is running: stop it first'],
  [/Errno 2\] No such file or directory: b'([^']*)'/, (found) => `there is no program ${found[1] ?? ''} on the host: check the spelling, install it first, or give its whole path; for pipes, variables and shell words use the module shell`],
  [/Permission denied|Operation not permitted|Errno 13|not permitted to|Interactive authentication required|are you root\?|not have write permission|not writable/i, () => 'the account may not do this: use become: true, or check owner and mode of the path'],
  [/unexpected EOF while looking for|Syntax error|syntax error near|unterminated quoted string/i, () => 'the shell cannot read the command: check quotes, brackets and that each if, for and while is ended'],
  [/(?:[Dd]estination |[Pp]arent )?[Dd]irectory (\S+) does not exist/, (found) => `make it in an earlier task: the module file with path: ${found[1] ?? ''} and state: directory`],
  [/Directory nonexistent|cannot create .*No such file|nonexistent directory/i, () => 'make the folder in an earlier task: the module file with state: directory'],
  [/Could not resolve host|getaddrinfo|Name or service not known|Temporary failure in name resolution|bad address/i, () => 'the name cannot be resolved: check the spelling, and DNS and /etc/hosts of the host'],
  [/Connection refused|Failed to connect|couldn't connect/i, () => 'nobody listens there: check address and port, and that the service runs'],
  [/certificate/i, () => 'the certificate is not trusted: install the authority on the host (ca-certificates), or set validate_certs: false for a test'],
  [/failed to look up (user|group) (\S+)/, (found) => `create it in an earlier task with the module ${found[1] ?? ''}, or correct the name`],
  [/^(Group|User) \S+ does not exist/, (found) => `create it in an earlier task with the module ${(found[1] ?? '').toLowerCase()}, or correct the name`],
  [/Unable to locate package|No package .*available|has no installation candidate/i, () => 'check the name of the package, and refresh the lists: update_cache: true'],
  [/Could not get lock|is another process using it|lock-frontend/i, () => 'another package manager is at work: wait for it, or set lock_timeout'],
  [/checksum .*did not match|checksum mismatch/i, () => 'either the file is not the one that was meant (look at the URL), or the checksum in the task is of another version'],
  [/Could not find the requested service (\S+?):?(?: |$)|Unit (\S+) (?:not found|could not be found)/, () => 'check the name (`systemctl list-unit-files`), and that the package that brings the service is installed'],
  [/^Timeout when waiting|Timed? ?out/i, () => 'look whether what is waited for runs on the host and listens where expected; if it is only slow, allow more with timeout:'],
  [/can not use content with a dir as dest/i, () => 'name the file in dest, not its folder'],
  [/Source '?(\S+?)'? does not exist|Remote copy does not exist|Source \S+ not found/i, () => 'with remote_src: true the path is on the host; without it, it is looked for here on the controller'],
  [/^Destination \S+ does not exist/i, () => 'correct the path, or make the file with create: true where the module has it'],
  [/invalid regular expression/i, () => 'characters such as ( [ . * + ? have a meaning: put a backslash before those that are meant literally'],
  [/neither tar nor zip/i, () => 'look at the file: a download may have left a page with an error message in its place'],
  [/must contain %s/i, () => 'put %s where the path of the new file belongs, for example: validate: "visudo -cf %s"'],
  [/^one of the following is required|^no command given/i, () => 'add one of them to the task'],
]

/** What to do about these words, if that is known. */
export function adviceOn(words: string): string | undefined {
  for (const [pattern, text] of advice) {
    const found = pattern.exec(words)
    if (found !== null) return text(found)
  }
  return undefined
}

/** Without what the shell of the session puts in front of its own messages: `/bin/sh: 2: eval: `, `sh: eval: line 3: `. */
export const withoutShell = (words: string): string =>
  words.replace(/^(?:\S*\/)?-?(?:ba|da|a|k)?sh: (?:(?:line )?\d+: |eval: |line \d+: )+/gm, '')

const asText = (value: unknown): string => typeof value === 'string' ? value : ''
const lastLines = (text: string, count: number): readonly string[] => {
  const lines = text.trim().split('\n').filter((line) => line.trim() !== '')
  return lines.length > count ? ['…', ...lines.slice(-count)] : lines
}

/** The module command hands signs of the shell to the program as plain words. */
function shellWords(cmd: unknown): string | undefined {
  const found = Array.isArray(cmd) ? cmd.find((word) => ['|', '||', '&&', '>', '>>', '<', ';', '2>&1', '2>/dev/null', '>/dev/null'].includes(String(word))) : undefined
  return found === undefined ? undefined : `command runs without a shell, so '${String(found)}' was handed to the program as a word: use the module shell`
}

/** The frame of a task that failed by its result alone. `hint` is what the module itself advises. */
export function failureError(data: Data, hint?: string): ErrorData | undefined {
  const msg = asText(data['msg'])
  if (msg === '') return undefined
  const { rc } = data
  const said = ['stderr', 'stdout', 'module_stderr', 'module_stdout'].map((name) => asText(data[name])).find((text) => text.trim() !== '') ?? ''
  const isNews = typeof rc === 'number' && said.trim() !== '' && !msg.includes(said.trim().split('\n').at(-1) ?? '')
  const assertion = typeof data['assertion'] === 'string' ? [{ what: `this does not hold: ${data['assertion']}` }] : []
  const trail = isNews ? [{ what: `exit code ${rc}; it said:` }, ...lastLines(said, 8).map((what) => ({ what: `  ${what}` }))] : assertion
  const next = hint ?? shellWords(data['cmd']) ?? adviceOn(`${msg}\n${said}`)
  return {
    code: 'task-failed', message: `Task failed: ${msg.replace(/^Task failed: /, '').split('\n').slice(0, 12).join('\n')}`, trail,
    ...(next === undefined ? {} : { hint: next }),
  }
}
