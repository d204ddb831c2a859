/** Keeps options in a section of an INI file. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import type { Args } from '../core/plan.ts'
import { isDict, dictGet } from '../core/value.ts'
import { attributeArgs } from './files/attributes.ts'
import { linesOf, openText, planEdit, universal } from './files/edit.ts'

const args = {
  path: { type: 'path', required: true, aliases: ['dest'], doc: 'The file.' },
  section: { type: 'str', doc: 'The section; none: what stands before the first.' },
  section_has_values: {
    type: 'list', elements: 'dict', aliases: ['section_has'], doc: 'Of several sections of the name, the one with these options.',
    options: { option: { type: 'str', required: true, doc: 'An option.' }, value: { type: 'str', doc: 'A value that it has.' }, values: { type: 'list', elements: 'str', doc: 'Values that it has.' } },
  },
  option: { type: 'str', doc: 'The option; none with absent: the whole section.' },
  value: { type: 'str', doc: 'Its value.' },
  values: { type: 'list', elements: 'str', doc: 'Its values, where it stands several times.' },
  backup: { type: 'bool', default: false, doc: 'Keep a dated copy of what was there.' },
  state: { type: 'str', default: 'present', choices: ['absent', 'present'], doc: 'Whether it is to be there.' },
  exclusive: { type: 'bool', default: true, doc: 'Other values of the option go.' },
  no_extra_spaces: { type: 'bool', default: false, doc: 'No spaces around =.' },
  ignore_spaces: { type: 'bool', default: false, doc: 'A line that differs by spaces only is right.' },
  allow_no_value: { type: 'bool', default: false, doc: 'An option may stand without = and value.' },
  modify_inactive_option: { type: 'bool', default: true, doc: 'An option that is commented out is taken in its place.' },
  create: { type: 'bool', default: true, doc: 'Make the file if there is none.' },
  follow: { type: 'bool', default: false, doc: 'Where path is a link, write what it leads to.' },
  ...attributeArgs,
} as const
type Given = Args<typeof args>

export default defineModule({
  name: 'ini_file',
  doc: 'Keeps options in an INI file.',
  args,
  rules: { mutuallyExclusive: [['value', 'values']] },
  async plan(given, target) {
    const values = given.value !== undefined ? [given.value] : [...new Set(given.values ?? [])]
    if (given.state === 'present' && !given.allow_no_value && given.option !== undefined && given.value === undefined && values.length === 0) {
      throw new Failure("Parameter 'value(s)' must be defined if state=present and allow_no_value=False.")
    }
    const edit = { ...given, encoding: 'utf-8', validate: undefined }
    const opened = await openText(target, edit)
    if (opened.text === undefined && !given.create) throw new Failure(`Destination ${opened.path} does not exist!`, { rc: 257 })
    const before = universal(opened.text ?? ''), bom = before.startsWith('\ufeff') ? '\ufeff' : ''
    const file = new Ini(linesOf(before.slice(bom.length)), given)
    const message = given.state === 'present' ? file.keep(values) : file.drop(values)
    const after = bom + file.text
    const plan = planEdit(opened, edit, message === 'OK' || after === opened.text ? undefined : { text: after, message, makeParents: true }, 'backup_file', { path: opened.path })
    return { ...plan, data: { ...plan.data, msg: message } }
  },
})

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&')
interface Line { text: string; kept: boolean }

/** A file's lines, and the ones of the section that is meant. */
class Ini {
  readonly #before: string[]
  readonly #after: string[]
  readonly #found: boolean
  #lines: Line[]
  readonly #given: Given
  #message = 'OK'
  #added = ''

  constructor(all: readonly string[], given: Given) {
    this.#given = given
    const lines = all.map((line) => line.endsWith('\n') ? line : `${line}\n`)
    const [start, end] = this.#place(lines)
    this.#found = start >= 0
    this.#before = start < 0 ? lines : lines.slice(0, start)
    this.#lines = start < 0 ? [] : lines.slice(start, end).map((text) => ({ text, kept: false }))
    this.#after = start < 0 ? [] : lines.slice(end)
  }
  get text(): string { return [...this.#before, ...this.#lines.map((line) => line.text), ...this.#after].join('') + this.#added }

  /** First line and the line behind the section; the section without a name begins where the file does. */
  #place(lines: readonly string[]): readonly [number, number] {
    const { section } = this.#given
    const ends = (from: number): number => { const at = lines.findIndex((line, i) => i >= from && line.startsWith('[')); return at < 0 ? lines.length : at }
    if (section === undefined || section === '') return [0, ends(0)]
    for (const [i, line] of lines.entries()) if (line.startsWith(`[${section}]`) && this.#hasValues(lines.slice(i, ends(i + 1)))) return [i, ends(i + 1)]
    return [-1, -1]
  }
  #wanted(): { readonly option: string; readonly values: readonly string[] }[] {
    return (this.#given.section_has_values ?? []).map((one) => {
      const at = (key: string): unknown => isDict(one) ? dictGet(one, key) : undefined
      const value = at('value'), values = at('values')
      return { option: String(at('option')), values: [...Array.isArray(values) ? values.map(String) : [], ...value === undefined || value === null ? [] : [String(value)]] }
    })
  }
  #hasValues(lines: readonly string[]): boolean {
    return this.#wanted().every(({ option, values }) => values.length === 0 ? lines.some((line) => this.#match(line, option, true) !== undefined)
      : values.every((value) => lines.some((line) => this.#match(line, option, true)?.value === value)))
  }

  #match(line: string, option: string, onlyActive: boolean): { readonly active: boolean; readonly value: string } | undefined {
    const found = new RegExp(`^([#;]?)[ \\t]*${escaped(option)}[ \\t]*(=|$)[ \\t]*(.*)`).exec(line.replace(/\n$/, ''))
    if (found === null || (onlyActive && found[1] !== '')) return undefined
    return { active: found[1] === '', value: found[3] ?? '' }
  }
  #own(line: string): { readonly active: boolean; readonly value: string } | undefined {
    const { option, modify_inactive_option: inactive } = this.#given
    return option === undefined ? undefined : this.#match(line, option, !inactive)
  }
  #assignment(value: string): string { return `${this.#given.option ?? ''}${this.#given.no_extra_spaces ? '=' : ' = '}${value}\n` }
  #set(line: Line, text: string): void {
    const now = this.#own(line.text), next = this.#own(text)
    const isSame = this.#given.ignore_spaces && now?.active === true ? now.value === next?.value : line.text === text
    if (!isSame) { line.text = text; this.#message = 'option changed' }
    line.kept = true
  }

  /** What was done; `OK` for nothing. */
  keep(values: readonly string[]): string {
    const { option, exclusive, allow_no_value: bare } = this.#given
    const left = [...values]
    if (!this.#found) return this.#newSection(left)
    let hasBare = false
    for (const line of option === undefined ? [] : this.#lines) {
      const found = this.#own(line.text)
      if (found === undefined) continue
      if (left.length > 0 && left.includes(found.value)) {
        if (found.value === '' && bare) hasBare = true
        this.#set(line, found.value === '' && bare ? `${option ?? ''}\n` : this.#assignment(found.value))
        left.splice(left.indexOf(found.value), 1)
      } else if (values.length === 0 && bare) { this.#set(line, `${option ?? ''}\n`); hasBare = true; break }
    }
    if (exclusive && !bare && option !== undefined) this.#replaceOthers(left)
    if (option !== undefined && (left.length > 0 || (values.length === 0 && bare && !hasBare))) this.#insert(left)
    return this.#message
  }
  #replaceOthers(left: string[]): void {
    for (const line of this.#lines) {
      if (left.length === 0) break
      if (!line.kept && this.#own(line.text) !== undefined) this.#set(line, this.#assignment(left.shift() ?? ''))
    }
    const rest = this.#lines.filter((line) => line.kept || this.#own(line.text) === undefined)
    if (rest.length < this.#lines.length) { this.#lines = rest; this.#message = 'option changed' }
  }
  /** Behind the last line of the section that is neither empty nor a comment. */
  #insert(left: readonly string[]): void {
    let at = this.#lines.length
    while (at > 0 && /^[ \t]*([#;].*)?$/.test((this.#lines[at - 1]?.text ?? '').replace(/\n$/, ''))) at -= 1
    const texts = left.length > 0 ? left.map((value) => this.#assignment(value)) : [`${this.#given.option ?? ''}\n`]
    this.#lines.splice(at, 0, ...texts.map((text) => ({ text, kept: true })))
    this.#message = 'option added'
  }
  #newSection(values: readonly string[]): string {
    const { section, option, allow_no_value: bare } = this.#given
    const has = this.#wanted().flatMap((one) => one.values.map((value) => `${one.option}${this.#given.no_extra_spaces ? '=' : ' = '}${value}\n`))
    const own = option === undefined ? [] : values.length > 0 ? values.map((value) => this.#assignment(value)) : bare ? [`${option}\n`] : []
    this.#added = [`[${section ?? ''}]\n`, ...has, ...own].join('')
    return own.length === 0 ? 'only section added' : 'section and option added'
  }

  drop(values: readonly string[]): string {
    const { option, exclusive } = this.#given
    if (!this.#found) return 'OK'
    if (option === undefined) { this.#lines = []; return 'section removed' }
    if (!exclusive && values.length === 0) return 'OK'
    const rest = this.#lines.filter(({ text }) => { const found = this.#match(text, option, true); return found === undefined || (!exclusive && !values.includes(found.value)) })
    if (rest.length === this.#lines.length) return 'OK'
    this.#lines = rest
    return 'option changed'
  }
}
