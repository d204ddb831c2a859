/** Editing a text file of the host: read whole, changed by a function, written back as copy does. */
import { Failure } from '../../core/errors.ts'
import { BadRegex, compileRegex } from '../../core/regex.ts'
import type { Flags as RegexFlags, Pattern } from '../../core/regex.ts'
import type { Data } from '../../core/types.ts'
import type { Arg, Plan, Ran, Target } from '../../core/plan.ts'
import { UnknownValue } from '../../core/value.ts'
import { content } from '../../probes/content.ts'
import { flags } from '../../probes/flags.ts'
import { absent, followed, plainPath, stat } from '../../probes/stat.ts'
import type { AttributeArgs } from './attributes.ts'
import { lookUpWanted } from './attributes.ts'
import type { Wanted } from './attributes.ts'
import { joinPlans, planContent } from './deliver.ts'
import type { Place } from './deliver.ts'
import { decodeText, encodeText } from './encoding.ts'
import { planFolders, readChain } from './folders.ts'
import type { Link } from './folders.ts'
import { expand, parentOf } from './paths.ts'
import { backupName } from './write.ts'

export const editArgs = {
  path: { type: 'path', required: true, aliases: ['dest', 'destfile', 'name'], doc: 'The file.' },
  backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
  validate: { type: 'str', doc: 'A command that must succeed before the file is replaced; %s is the new file.' },
  encoding: { type: 'str', default: 'utf-8', doc: 'Encoding of the file.' },
} as const satisfies Readonly<Record<string, Arg>>

export interface EditArgs extends AttributeArgs {
  readonly path: string; readonly backup: boolean; readonly validate?: string | undefined; readonly encoding: string; readonly unsafe_writes: boolean
}
export interface Opened {
  readonly path: string
  /** Undefined where there is no file. */
  readonly text: string | undefined
  readonly place: Place
  readonly above: readonly Link[]
  readonly wanted: Wanted
}

export async function openText(target: Target, args: EditArgs): Promise<Opened> {
  const path = plainPath(await expand(target, args.path))
  const [is, now, above, own, wanted] = await Promise.all([
    target.read(stat, path), target.read(content, { path }), readChain(target, parentOf(path)),
    args.attributes === undefined ? null : target.read(flags, path), lookUpWanted(target, args),
  ])
  const end = followed(is)
  if (end.type === 'directory') throw new Failure(`Path ${path} is a directory !`, { rc: 256 })
  const place: Place = { path, is, content: now, parent: above.at(-1)?.is ?? absent, flags: own }
  if (end.type === 'absent') return { path, text: undefined, place, above, wanted }
  if (end.type === 'char') return { path, text: '', place, above, wanted } // /dev/null
  if (now.kind !== 'file') throw new Failure(`the file ${path} is not readable`)
  // The whole was asked for: only a prediction can lack it.
  if (now.bytes === undefined) throw new UnknownValue(`the content of ${path} is not known before the run`)
  return { path, text: decode(path, now.bytes, args.encoding), place, above, wanted }
}

function decode(path: string, bytes: Uint8Array, encoding: string): string {
  const text = decodeText(bytes, encoding)
  if (text === undefined) throw new Failure(`${path} is no text in ${encoding}: set encoding (latin-1 takes any bytes)`)
  return text
}

/** A text as Python reads it: every kind of line break is \n. */
export const universal = (text: string): string => text.replace(/\r\n?/g, '\n')
/** Lines with their ends. Python: readlines of such a text. */
export const linesOf = (text: string): string[] => text.match(/[^\n]*\n|[^\n]+$/g) ?? []

export interface Edited { readonly text: string; readonly message: string; readonly data?: Data; readonly makeParents?: boolean }

/** The plan that gives the file the new text (undefined: as it is) and its rights. `key` is where the name of a backup goes. */
export function planEdit(opened: Opened, args: EditArgs, edited: Edited | undefined, key: 'backup' | 'backup_file', data: Data): Plan {
  const { place, wanted, text } = opened
  const isChanged = edited !== undefined && edited.text !== text
  const noBackup = key === 'backup' ? { backup: '' } : {}
  if (text === undefined && !isChanged) return { changes: [], steps: [], data: { ...noBackup, msg: edited?.message ?? '', ...data } }
  const folders = planFolders(isChanged && text === undefined && edited.makeParents === true ? opened.above : [], { ...wanted, mode: undefined, uid: undefined, gid: undefined })
  const now = place.content
  const source = isChanged ? encodeText(edited.text, args.encoding) : now.kind === 'file' && now.bytes !== undefined ? now.bytes : new Uint8Array()
  const plan = planContent(place, {
    source, wanted, backup: args.backup, backupAs: place.path, validate: args.validate, unsafeWrites: args.unsafe_writes, follow: true,
    ...(folders.made.length > 0 && folders.end !== undefined ? { parentWillBe: folders.end } : {}),
  })
  const said = isChanged ? edited.message : ''
  const rights = plan.changes.some((one) => one.kind === 'attr' && ['mode', 'owner', 'group', 'attributes'].includes(one.name))
  const msg = rights ? `${said}${isChanged ? ' and ' : ''}ownership, perms or SE linux context changed` : said
  const whole = joinPlans([folders.plan, plan], { ...noBackup, msg, ...data })
  const first = folders.plan.steps.length
  const keepsCopy = args.backup && text !== undefined && isChanged
  return keepsCopy ? { ...whole, later: [key], done: (ran: readonly Ran[]) => ({ [key]: backupName(ran[first]) ?? '' }) } : whole
}

/** With content and rights as the two parts of its diff. */
export const inParts = (plan: Plan): Plan => ({ ...plan, diff: 'parts', changes: plan.changes.map((one) => one.kind === 'text' ? { ...one, part: 'content' } : one) })

/** A pattern of an argument. Throws a Failure that names the argument. */
export function pattern(argument: string, source: string, options: RegexFlags = {}): Pattern {
  try { return compileRegex(source, options) } catch (error) {
    if (error instanceof BadRegex) throw new Failure(`${argument}: ${error.message}`)
    throw error
  }
}
