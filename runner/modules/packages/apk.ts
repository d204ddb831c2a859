/** Decides what apk has to do, from its own dry run. */
import { Failure } from '../../core/errors.ts'
import { attr } from '../../core/module.ts'
import { shText } from '../../core/sh.ts'
import type { Change, Plan, Target } from '../../core/plan.ts'
import { platform } from '../../probes/platform.ts'
import { simplePackage, simplePlan, type SimpleAnswer } from '../../probes/simple-packages.ts'
import { laterKeys, toolResult } from './result.ts'

export interface ApkWish {
  readonly names: readonly string[]; readonly state: 'present' | 'absent' | 'latest'
  readonly updateCache: boolean; readonly upgrade: boolean; readonly options?: readonly string[]
}
const words = {
  update: ['apk', 'update'], upgrade: ['apk', 'upgrade'], dry: ['--simulate'], remove: ['apk', 'del'], present: ['apk', 'add'], latest: ['apk', 'add', '--upgrade'],
} as const
/** Names of a dry run's output that would change. */
const changed = (text: string): string[] => [...text.matchAll(/^\(\d+\/\d+\) (?:Installing|Purging|Upgrading|Downgrading|Replacing|Reinstalling) (\S+)/gm)].map((match) => match[1] ?? '')

export async function planApk(wish: ApkWish, target: Target): Promise<Plan> {
  const { names, state } = wish, tool = 'apk'
  const line = [...(wish.upgrade ? words.upgrade : state === 'absent' ? words.remove : words[state]), ...(wish.options ?? [])]
  const asks = names.length > 0 || wish.upgrade
  const key = { words: [...line, ...words.dry], names: wish.upgrade ? [] : names, only: wish.upgrade || state === 'latest' ? 'all' as const : state === 'absent' ? 'present' as const : 'missing' as const }
  const [{ tools }, answer, ...states] = await Promise.all([
    target.read(platform, 'platform'), asks ? target.read(simplePlan, key) : undefined, ...names.map(async (name) => await target.read(simplePackage, { tool, name })),
  ])
  if (!tools.has(tool)) throw new Failure(`${tool} is not on this host`)
  // Where an answer differs from what the dry run of the tool found, an earlier task of this dry run stands between.
  const asked = (answer?.asked ?? []).filter((name) => { const i = names.indexOf(name); const is = states[i]; return i < 0 || is === undefined || state === 'latest' || is.installed === (state === 'absent') })
  const willChange = answer === undefined || (asked.length === 0 && !wish.upgrade) ? [] : changesOf(answer, wish, asked)
  const changes: Change[] = willChange.map((name) => attr(name, 'state', state === 'absent' ? 'present' : 'absent', state === 'absent' ? 'absent' : wish.upgrade ? 'upgraded' : state))
  const lines = willChange.length === 0 ? [] : [shText`${[...line, ...(wish.upgrade ? [] : asked)]}`]
  if (wish.updateCache && (willChange.length > 0 || !asks)) {
    lines.unshift(shText`${words.update}`)
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
function changesOf({ rc, text }: SimpleAnswer, wish: ApkWish, asked: readonly string[]): string[] {
  if (rc === 0) {
    const found = changed(text)
    return found.length > 0 || wish.state === 'latest' || wish.upgrade ? found : [...asked]
  }
  // Old lists may not know a package yet.
  if (wish.updateCache) return [...asked]
  throw new Failure(`failed to find or install ${asked.join(', ')}: ${text.split('\n').slice(-5).join('\n')}`)
}
