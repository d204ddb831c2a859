/** What a play says of itself before it has a host: its keywords, evaluated, and the variable files that it names. */
import type { Frame, Play } from '../core/types.ts'
import { readdir } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { fault, Fault } from '../core/errors.ts'
import { valueLoc } from '../core/loc.ts'
import { nearest } from '../core/near.ts'
import { isDict, omit } from '../core/value.ts'
import { pyStr } from '../template/python.ts'
import type { Run } from './context.ts'
import { findLocal } from './files.ts'
import { playMagic } from './magic.ts'
import { merging, outsideScope } from './scopes.ts'
import { Scope } from '../vars/scope.ts'

/** `name`: the keyword, for errors. */
export type PlayValue = (written: unknown, name?: string) => unknown

/** Values of keywords that are of no host in particular: they see the play's variables and files, those of the command line, `hostvars` and `groups`. */
export async function playValues(run: Run, play: Play): Promise<PlayValue> {
  const scopeWith = (files: readonly Frame[]): Scope => {
    const frames = [...play.vars, ...files, ...run.extra, playMagic(run, play, (name) => outsideScope(run, name))]
    return new Scope(frames, { search: [play.dir], ...merging(run, frames.length) })
  }
  const scope = scopeWith(await foundFiles(run, play, scopeWith))
  return (written, name) => {
    try {
      const found = written === undefined ? undefined : run.jinja.resolve(written, scope)
      return found === omit ? undefined : found
    } catch (error) {
      if (name === undefined || !(error instanceof Fault)) throw error
      throw fault('keyword-template', error.loc ?? valueLoc(play.kw, name) ?? play.loc, { name, why: error.message }, error)
    }
  }
}
/** A file that is missing here may be one whose name a host decides; what is missing for a host is said then. */
async function foundFiles(run: Run, play: Play, scopeWith: (found: readonly Frame[]) => Scope): Promise<readonly Frame[]> {
  try { return await varsFiles(run, play, scopeWith) } catch (error) {
    if (error instanceof Fault && error.code === 'vars-file-missing') return []
    throw error
  }
}

/** vars_files: names may hold templates, of what is in scope with the files before; of a list the first that exists. */
export async function varsFiles(run: Run, play: Play, scopeWith: (found: readonly Frame[]) => Scope): Promise<readonly Frame[]> {
  const written = play.kw['vars_files']
  const list: readonly unknown[] = Array.isArray(written) ? written : written === undefined || written === null ? [] : [written]
  const frames: Frame[] = []
  for (const [i, one] of list.entries()) {
    const scope = scopeWith(frames)
    const names: readonly unknown[] = Array.isArray(one) ? one : [one]
    const loc = valueLoc(written, i) ?? valueLoc(play.kw, 'vars_files') ?? play.loc
    const paths = names.flatMap((name) => { try { const path = run.jinja.resolve(name, scope); return path === omit ? [] : [pyStr(path)] } catch { return [] } })
    const loaded = await firstOf(paths.map((path) => async () => frameOf(run, (await findLocal([play.dir], 'vars', path, loc)).path)))
    if (loaded !== undefined) frames.push(loaded)
    else if (paths.length === names.length) throw fault('vars-file-missing', loc, { paths, near: await nearFile(play.dir, paths) })
  }
  return frames
}
async function nearFile(dir: string, paths: readonly string[]): Promise<string | undefined> {
  const [path = ''] = paths
  const near = nearest(basename(path), await readdir(resolve(dir, dirname(path))).catch(() => []))
  return near === undefined ? undefined : join(dirname(path), near)
}
async function firstOf<T>(makers: readonly (() => Promise<T>)[]): Promise<T | undefined> {
  for (const make of makers) {
    try { return await make() } catch (error) { if (!(error instanceof Error && 'code' in error && error.code === 'file-not-found')) throw error }
  }
  return undefined
}
async function frameOf(run: Run, path: string): Promise<Frame> {
  const vars = await run.loadFile(path)
  return { name: path, vars: isDict(vars) ? Object.fromEntries(vars instanceof Map ? vars : Object.entries(vars)) : {} }
}

