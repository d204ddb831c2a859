/** `validate_argspec` of a play: its variables against the specification of that name in `PLAYBOOK.meta.yml` beside the playbook. */
import { existsSync } from 'node:fs'
import type { Play, Task } from '../core/types.ts'
import { fault } from '../core/errors.ts'
import { locOf, valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { dictGet, dictKeys, isDict } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import type { Run } from './context.ts'

const extensions = ['.yml', '.yaml', '.json', '']

/** The task that checks; undefined where the play does not ask for it. `wanted`: the keyword's value, `title`: the play's name. */
export async function playValidation(run: Run, play: Play, wanted: unknown, title: string): Promise<Task | undefined> {
  if (wanted === undefined || wanted === null || wanted === false || wanted === '') return undefined
  const loc = valueLoc(play.kw, 'validate_argspec') ?? play.loc
  const base = play.loc.file.replace(/\.(ya?ml|json)$/, ''), searched = extensions.map((end) => `${base}.meta${end}`)
  const path = searched.find((one) => existsSync(one))
  const name = wanted === true ? title : pyStr(wanted)
  if (path === undefined || name === '') throw fault('play-argspec', loc, { isNamed: name !== '', searched: path === undefined ? searched : [] })
  const specs = dictIn(await run.loadFile(path), 'argument_specs'), spec = dictIn(specs, name), options = dictIn(spec, 'options')
  if (!isDict(options)) throw fault('no-argspec', loc, { name, path, known: isDict(specs) ? dictKeys(specs).map(pyStr) : [], near: nearest(name, isDict(specs) ? dictKeys(specs).map(pyStr) : []) })
  return {
    kind: 'task', id: run.nextId(), name: `Validating arguments against arg spec ${name}`, module: 'validate_argument_spec', isHandler: false, implicit: true,
    args: { argument_spec: options, validate_args_context: { type: 'play', name, argument_spec_name: name, path } },
    kw: { tags: Array.isArray(play.kw['tags']) && play.kw['tags'].length > 0 ? play.kw['tags'] : ['always'], ...Object.fromEntries(['when', 'module_defaults'].flatMap((name) => play.kw[name] === undefined ? [] : [[name, play.kw[name]]])) },
    vars: [], search: [play.dir], loc: locOf(spec) ?? loc,
  }
}
const dictIn = (value: unknown, key: string): unknown => isDict(value) ? dictGet(value, key) : undefined
