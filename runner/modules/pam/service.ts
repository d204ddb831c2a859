/** A file of /etc/pam.d as lines: rules taken apart and put together again, all else kept. Ansible: community.general's pamd. */
import { Failure } from '../../core/errors.ts'

export const types = ['account', '-account', 'auth', '-auth', 'password', '-password', 'session', '-session'] as const
export interface Rule { readonly kind: 'rule'; readonly type: string; readonly control: string; readonly path: string; readonly args: readonly string[] }
export type Line = Rule | { readonly kind: 'comment' | 'include' | 'empty' | 'other'; readonly text: string }
/** What names a rule. */
export type Name = Pick<Rule, 'type' | 'control' | 'path'>

const rule = /(-?(?:auth|account|session|password))\s+(\[.*\]|\S*)\s+(\S*)\s*(.*)\s*/
/** Arguments as single words; one in brackets stays whole. */
export const words = (given: readonly string[]): string[] => given.flatMap((one) => one.match(/\[.*\]|\S+/g) ?? [])
/** Brackets lose the spaces around their equals signs. */
const control = (text: string): string => text.startsWith('[') ? `[${text.replaceAll(' = ', '=').replaceAll(/[[\]]/g, '')}]` : text
export const makeRule = (name: Name, args: readonly string[]): Rule => ({ kind: 'rule', ...name, control: control(name.control), args: words(args) })
export const isNamed = (line: Line, name: Name): line is Rule => line.kind === 'rule' && line.type === name.type && line.control === name.control && line.path === name.path
export const isPassedOver = (line: Line): boolean => line.kind === 'comment' || line.kind === 'empty'

function parseLine(text: string): Line {
  const begin = text.trim()
  if (begin.startsWith('#')) return { kind: 'comment', text }
  if (begin.startsWith('@include')) return { kind: 'include', text }
  if (begin === '') return { kind: 'empty', text }
  const found = rule.exec(text)
  if (found === null) return { kind: 'other', text }
  const [, type = '', what = '', path = '', args = ''] = found
  return makeRule({ type, control: what, path }, [args])
}
export const parse = (text: string): Line[] => (text.endsWith('\n') ? text.slice(0, -1) : text).split('\n').map(parseLine)
const show = (line: Line): string => line.kind === 'rule' ? [`${line.type.padEnd(11)}${line.control}`, line.path, ...line.args].join(' ') : line.text

const mark = '# Updated by Ansible'
/** The whole file; its second line says when this was, as the Python module writes it. */
export function print(lines: readonly Line[], when: string): string {
  const [first = '', ...rest] = lines.length > 1 ? lines.map(show) : ['', ...lines.map(show)]
  return [first, `${mark} - ${when}`, ...rest[0]?.startsWith(mark) === true ? rest.slice(1) : rest].map((line) => `${line}\n`).join('')
}

const controls = new Set('required requisite sufficient optional include substack definitive'.split(' '))
const returned = new Set((`success open_err symbol_err service_err system_err buf_err perm_denied auth_err cred_insufficient authinfo_unavail user_unknown maxtries new_authtok_reqd acct_expired
  session_err cred_unavail cred_expired cred_err no_module_data conv_err authtok_err authtok_recover_err authtok_lock_busy authtok_disable_aging try_again ignore abort authtok_expired
  module_unknown bad_item conv_again incomplete default`).split(/\s+/))
const actions = new Set('ignore bad die ok done reset'.split(' '))

/** PAM locks everybody out over a file that it cannot read: none with a fault is written, whoever made it. */
export function check(lines: readonly Line[]): void {
  for (const line of lines) {
    if (line.kind !== 'rule') {
      const isValid = line.kind === 'empty' || line.kind === 'comment' && line.text.startsWith('#') || line.kind === 'include' && line.text.startsWith('@include')
      if (!isValid) throw new Failure(`Rule is not valid ${line.text}`)
    } else if (!line.control.startsWith('[')) {
      if (!controls.has(line.control)) throw new Failure(`Rule control, ${line.control}, is not valid in rule ${show(line)}`)
    } else for (const one of line.control.slice(1, -1).split(' ')) checkBracket(one, line)
  }
}
function checkBracket(one: string, line: Rule): void {
  const [value = '', action = '', ...more] = one.split('=')
  if (!returned.has(value)) throw new Failure(`Rule control value, ${value}, is not valid in rule ${show(line)}`)
  if (more.length > 0 || !actions.has(action) && !/^\d+$/.test(action)) throw new Failure(`Rule control action, ${one.slice(value.length + 1)}, is not valid in rule ${show(line)}`)
}
