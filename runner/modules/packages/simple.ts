/** apk, pacman and zypper: the commands of each, and what they have in common. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Change, Plan, Target } from '../../core/plan.ts'
import { platform } from '../../probes/platform.ts'
import { simplePackage, simplePlan, type SimpleAnswer, type SimpleTool } from '../../probes/simple-packages.ts'
import { laterKeys, toolResult } from './result.ts'

export interface SimpleWish {
  readonly tool: SimpleTool; readonly names: readonly string[]; readonly state: 'present' | 'absent' | 'latest'
  readonly updateCache: boolean; readonly upgrade: boolean; readonly options?: readonly string[]
  /** With absent: what nothing else needs goes too (pacman -Rs). */
  readonly recurse?: boolean
}
interface Commands {
  readonly update: readonly string[]; readonly upgrade: readonly string[]; readonly dry: readonly string[]
  install(state: 'present' | 'latest'): readonly string[]; remove(recurse: boolean): readonly string[]
  /** Names of a dry run's output that would change. */
  changes(text: string): string[]
}
const found = (text: string, pattern: RegExp): string[] => [...text.matchAll(pattern)].map((match) => match[1] ?? '')
const commands: Readonly<Record<SimpleTool, Commands>> = {
  apk: {
    update: ['apk', 'update'], upgrade: ['apk', 'upgrade'], dry: ['--simulate'], install: (state) => ['apk', 'add', ...(state === 'latest' ? ['--upgrade'] : [])], remove: () => ['apk', 'del'],
    changes: (text) => found(text, /^\(\d+\/\d+\) (?:Installing|Purging|Upgrading|Downgrading|Replacing|Reinstalling) (\S+)/gm),
  },
  pacman: {
    update: ['pacman', '--sync', '--refresh', '--noconfirm'], upgrade: ['pacman', '--sync', '--sysupgrade', '--noconfirm'], dry: ['--print', '--print-format', '%n'],
    install: (state) => ['pacman', '--sync', '--noconfirm', ...(state === 'present' ? ['--needed'] : ['--needed'])], remove: (recurse) => ['pacman', '--remove', ...(recurse ? ['--recursive'] : []), '--noconfirm'],
    changes: (text) => text.split('\n').filter((line) => /^[a-z0-9@._+-]+$/.test(line)),
  },
  zypper: {
    update: ['zypper', '--non-interactive', 'refresh'], upgrade: ['zypper', '--non-interactive', 'update', '--auto-agree-with-licenses'], dry: ['--dry-run'],
    install: () => ['zypper', '--non-interactive', 'install', '--auto-agree-with-licenses'], remove: () => ['zypper', '--non-interactive', 'remove'],
    changes: (text) => found(text, /^The following (?:\d+ )?(?:NEW )?packages? (?:is|are) going to be (?:installed|upgraded|REMOVED|downgraded):\n((?: .*\n?)+)/gm).flatMap((block) => block.trim().split(/\s+/)),
  },
}

export async function planSimple(wish: SimpleWish, target: Target): Promise<Plan> {
  const { tool, names, state } = wish, own = commands[tool], options = wish.options ?? []
  const line = wish.upgrade ? own.upgrade : state === 'absent' ? own.remove(wish.recurse === true) : own.install(state)
  const words = [line[0] ?? tool, ...line.slice(1), ...options]
  const asks = names.length > 0 || wish.upgrade
  const key = { tool, words: [...words, ...own.dry], names: wish.upgrade ? [] : names, only: wish.upgrade || state === 'latest' ? 'all' as const : state === 'absent' ? 'present' as const : 'missing' as const }
  const [{ tools }, answer, ...states] = await Promise.all([
    target.read(platform, 'platform'), asks ? target.read(simplePlan, key) : undefined, ...names.map(async (name) => await target.read(simplePackage, { tool, name })),
  ])
  if (!tools.has(tool)) throw new Failure(`${tool} is not on this host`)
  // Where an answer differs from what the dry run of the tool found, an earlier task of this dry run stands between.
  const asked = (answer?.asked ?? []).filter((name) => { const i = names.indexOf(name); const is = states[i]; return i < 0 || is === undefined || state === 'latest' || is.installed === (state === 'absent') })
  const willChange = answer === undefined || (asked.length === 0 && !wish.upgrade) ? [] : changesOf(own, answer, wish, asked)
  const changes: Change[] = willChange.map((name) => attr(name, 'state', state === 'absent' ? 'present' : 'absent', state === 'absent' ? 'absent' : wish.upgrade ? 'upgraded' : state))
  const lines = willChange.length === 0 ? [] : [shText`${[...words, ...(wish.upgrade ? [] : asked)]}`]
  if (wish.updateCache && (willChange.length > 0 || !asks)) {
    lines.unshift(shText`${own.update}`)
    if (!asks) changes.push(attr(tool, 'package lists', 'cached', 'fetched'))
  }
  if (changes.length === 0) return { changes: [], steps: [], data: { name: names, state } }
  return {
    changes, steps: [{ sh: lines.map((one) => `${one} || exit`).join('\n'), okRc: 'any', env: { LC_ALL: 'C' } }],
    after: [
      ...asked.map((name) => ({ probe: simplePackage.name, id: `${tool}:${name}`, value: { installed: state !== 'absent' } })),
      { unknown: `the files, accounts and services that ${willChange.join(', ')} brings or takes are not known` },
    ],
    data: { name: names, state }, later: [...laterKeys], done: ([ran]) => toolResult(ran, `${tool} failed`),
  }
}
function changesOf(own: Commands, { rc, text }: SimpleAnswer, wish: SimpleWish, asked: readonly string[]): string[] {
  if (rc === 0) {
    const changed = own.changes(text)
    return wish.state === 'latest' || wish.upgrade ? changed : changed.length > 0 ? changed : [...asked]
  }
  // Old lists may not know a package yet.
  if (wish.updateCache) return [...asked]
  throw new Failure(`failed to find or install ${asked.join(', ')}: ${text.split('\n').slice(-5).join('\n')}`)
}
