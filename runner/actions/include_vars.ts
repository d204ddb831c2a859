/** include_vars: variables from a file, or from all files of a folder, for the rest of the host's run. */
import { defineAction } from '../core/module.ts'
import { Failure } from '../core/errors.ts'
import type { Data } from '../core/types.ts'
import type { Control, LocalFile } from '../core/plan.ts'
import { isDict, dictEntries } from '../core/value.ts'

export default defineAction({
  name: 'include_vars', doc: 'Load variables from files, dynamically within a task.', inCheckMode: 'run', freeForm: 'file',
  args: {
    file: { type: 'path', doc: 'The file, found in vars/ first.' },
    dir: { type: 'path', doc: 'A folder whose files are all read, in order of their names.' },
    name: { type: 'str', doc: 'One variable that takes all of them.' },
    depth: { type: 'int', default: 0, doc: 'How deep folders are entered; 0 is all the way.' },
    files_matching: { type: 'str', doc: 'Only files whose name matches this regular expression.' },
    ignore_files: { type: 'list', elements: 'str', doc: 'File names that are passed over.' },
    extensions: { type: 'list', elements: 'str', default: ['json', 'yaml', 'yml'], doc: 'Endings of files that are read in a folder.' },
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
    if (args.file !== undefined) await add(args.file)
    if (args.dir !== undefined) for (const path of await filesIn(control, args.dir, args)) await add(path)
    const merged = args.hash_behaviour === 'merge' ? mergeInto(control, found) : found
    return { ansible_facts: args.name === undefined ? merged : { [args.name]: merged }, ansible_included_var_files: files, changed: false, ...(isSecret ? { _ansible_no_log: true } : {}) }
  },
})

function mergeInto(control: Control, found: Data): Data {
  return Object.fromEntries(Object.entries(found).map(([name, value]) => {
    const before = control.variable(name)
    return [name, isDict(before) && isDict(value) ? { ...before, ...value } : value]
  }))
}

interface Wish { readonly depth: number; readonly files_matching: string | undefined; readonly ignore_files: readonly string[] | undefined; readonly extensions: readonly string[]; readonly ignore_unknown_extensions: boolean }
async function filesIn(control: Control, dir: string, wish: Wish): Promise<string[]> {
  const folder: LocalFile = await control.local('vars', dir)
  if (folder.kind !== 'directory') throw new Failure(`${dir} is not a directory`)
  const pattern = wish.files_matching === undefined ? undefined : new RegExp(wish.files_matching)
  const paths: string[] = []
  for (const { relative, file } of await folder.list()) {
    const name = relative.split('/').at(-1) ?? relative
    if (file.kind !== 'file' || (wish.depth > 0 && relative.split('/').length > wish.depth)) continue
    if (wish.ignore_files?.some((one) => new RegExp(one).test(name)) === true || (pattern !== undefined && !pattern.test(name))) continue
    if (name.startsWith('.')) continue
    if (!wish.extensions.includes(name.includes('.') ? name.split('.').at(-1) ?? '' : '')) {
      if (wish.ignore_unknown_extensions) continue
      throw new Failure(`${file.path} does not have a valid extension: ${wish.extensions.join(', ')}`)
    }
    paths.push(file.path)
  }
  return paths
}
