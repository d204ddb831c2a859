/** include_vars: variables from a file, or from all files of a folder, for the rest of the host's run. */
import { extname } from 'node:path'
import { defineAction } from '../core/module.ts'
import { Failure, Fault } from '../core/errors.ts'
import type { Data } from '../core/types.ts'
import type { Control, LocalFile } from '../core/plan.ts'
import { mergeValues } from '../core/merge.ts'
import { isDict, dictEntries } from '../core/value.ts'

export default defineAction({
  name: 'include_vars', doc: 'Load variables from files, dynamically within a task.', inCheckMode: 'run', freeForm: 'file',
  args: {
    file: { type: 'path', doc: 'The file, found in vars/ first.' },
    dir: { type: 'path', doc: 'A folder whose files are all read, in order of their names.' },
    name: { type: 'str', doc: 'One variable that takes all of them.' },
    depth: { type: 'int', default: 0, doc: 'How deep folders are entered; 0 is all the way.' },
    files_matching: { type: 'str', doc: 'Only files whose name matches this regular expression.' },
    ignore_files: { type: 'raw', doc: 'A list of regular expressions: files whose name ends like one of them are passed over.' },
    extensions: { type: 'raw', default: ['yaml', 'yml', 'json'], doc: 'A list of endings of files that are read in a folder.' },
    ignore_unknown_extensions: { type: 'bool', default: false, doc: 'Pass over files of other endings, instead of failing.' },
    hash_behaviour: { type: 'str', choices: ['replace', 'merge'], doc: 'Merge mappings with what the variable holds.' },
  },
  rules: { mutuallyExclusive: [['file', 'dir']], requiredOneOf: [['file', 'dir']] },
  async run(args, control) {
    const files: string[] = []
    const found: Data = {}
    let isSecret = false
    const add = async (path: string): Promise<void> => {
      const file = await control.local('vars', path)
      const loaded = await control.load(file.path)
      isSecret ||= Buffer.from(await file.read()).toString('latin1').startsWith('$ANSIBLE_VAULT')
      files.push(file.path)
      if (isDict(loaded)) for (const [key, value] of dictEntries(loaded)) found[String(key)] = value
    }
    if ((args.file ?? args.dir ?? '').trim() === '') throw failure("Could not find file: the value of 'file' is empty")
    if (args.file !== undefined) await add(args.file.replace(/\n+$/, '')) // `include_vars: >` ends in one
    const names = { ignored: listOf('ignore_files', args.ignore_files), extensions: listOf('extensions', args.extensions) }
    if (args.dir !== undefined) for (const path of await filesIn(control, args.dir, { ...args, ...names })) await add(path)
    const vars = args.name === undefined ? found : { [args.name]: found }
    return { ansible_facts: args.hash_behaviour === 'merge' ? mergeInto(control, vars) : vars, ansible_included_var_files: files, changed: false, ...(isSecret ? { _ansible_no_log: true } : {}) }
  },
})

function mergeInto(control: Control, found: Data): Data {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => [name, isDict(value) ? mergeValues(control.variable(name), value) : value]))
}

/** Of one text each word counts. */
function listOf(option: string, value: unknown): readonly string[] {
  if (value === undefined || value === null || value === '') return []
  if (typeof value === 'string' && option === 'ignore_files') return value.split(/\s+/)
  if (!Array.isArray(value)) throw new Failure(`The '${option}' option must be a list.`, {}, `write ${option}: [one, two]`)
  return value.map(String)
}

interface Wish { readonly depth: number; readonly files_matching: string | undefined; readonly ignored: readonly string[]; readonly extensions: readonly string[]; readonly ignore_unknown_extensions: boolean }
const failure = (message: string, more?: Fault): Failure => new Failure(message, { message, ansible_facts: {}, ansible_included_var_files: [] }, more)
async function folderOf(control: Control, dir: string): Promise<LocalFile> {
  try { return await control.local('vars', dir) } catch (error) {
    throw error instanceof Fault && error.code === 'file-not-found' ? failure(`${dir} directory does not exist`, error) : error
  }
}
async function filesIn(control: Control, dir: string, wish: Wish): Promise<string[]> {
  const folder = await folderOf(control, dir)
  if (folder.kind !== 'directory') throw failure(`${dir} is not a directory`)
  const pattern = wish.files_matching === undefined ? undefined : new RegExp(wish.files_matching)
  const ignored = wish.ignored.map((one) => new RegExp(`${one}$`))
  const paths: string[] = []
  for (const { relative, file } of await folder.list()) {
    const name = relative.split('/').at(-1) ?? relative
    if (file.kind !== 'file' || (wish.depth > 0 && relative.split('/').length > wish.depth)) continue
    if (ignored.some((one) => one.test(name)) || (pattern !== undefined && !pattern.test(name))) continue
    if (!wish.extensions.includes(extname(name).slice(1))) {
      if (wish.ignore_unknown_extensions) continue
      throw failure(`'${file.path}' does not have a valid extension: ${wish.extensions.join(', ')}`)
    }
    paths.push(file.path)
  }
  return paths
}
