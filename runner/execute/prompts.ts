/** vars_prompt: variables that a person is asked for before a play starts. */
import type { Frame, Play } from '../core/types.ts'
import { dictGet, isDict } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import { Scope } from '../vars/scope.ts'
import { truthy } from './connect.ts'
import type { Run } from './context.ts'

/** Answers for all that extra variables do not give. Without a terminal the defaults count, as in Ansible. */
export async function askedVars(run: Run, play: Play): Promise<Frame | undefined> {
  const list = play.kw['vars_prompt']
  if (!Array.isArray(list)) return undefined
  const scope = new Scope([...play.vars, ...run.extra], { search: [play.dir] })
  const vars: Record<string, unknown> = {}
  for (const one of list) {
    if (!isDict(one)) continue
    const get = (key: string): unknown => run.jinja.resolve(dictGet(one, key), scope)
    const name = pyStr(get('name') ?? '')
    if (name === '' || scope.frameOf(name) !== undefined && run.extra.some((frame) => name in frame.vars)) continue
    const answer = await askOne(run, name, get)
    if (answer !== undefined) vars[name] = hashed(run, answer, get, scope)
  }
  return Object.keys(vars).length === 0 ? undefined : { name: 'vars_prompt', vars }
}

async function askOne(run: Run, name: string, get: (key: string) => unknown): Promise<unknown> {
  const fallback = get('default')
  const isPrivate = get('private') === undefined || truthy(get('private'))
  const text = pyStr(get('prompt') ?? name)
  if (run.ask === undefined) {
    run.warn(`not prompting for '${name}', there is no terminal; ${fallback === undefined ? 'it stays undefined' : 'its default is used'}`)
    return fallback
  }
  const shown = `${text}${fallback === undefined || isPrivate ? '' : ` [${pyStr(fallback)}]`}: `
  for (;;) {
    const answer = await run.ask(shown, isPrivate)
    if (answer === '' && fallback !== undefined) return fallback
    if (!truthy(get('confirm') ?? false) || await run.ask(`confirm ${text}: `, isPrivate) === answer) {
      if (isPrivate) run.masker.add(answer)
      return answer
    }
    run.warn('the two answers differ, once more')
  }
}

function hashed(run: Run, answer: unknown, get: (key: string) => unknown, scope: Scope): unknown {
  const scheme = get('encrypt')
  if (scheme === undefined || scheme === null) return answer
  const salt = get('salt')
  const inner = scope.child({ play_answer: answer, play_scheme: scheme, play_salt: salt ?? null })
  return run.jinja.expression(`play_answer | password_hash(play_scheme${salt === undefined ? '' : ', play_salt'})`, inner)
}
