/** INI text as Python's configparser reads it: sections, DEFAULT, values over several lines, `%(name)s`. */

/** What is wrong with the text; the reader knows the place. */
export class BadIni extends Error {
  readonly hint: string | undefined
  constructor(message: string, hint?: string) { super(message); this.name = 'BadIni'; this.hint = hint }
}
export interface IniOptions { readonly caseSensitive: boolean; readonly allowNoValue: boolean; readonly interpolate: boolean }
type Section = Map<string, string | null>

export class Ini {
  private readonly sections = new Map<string, Section>()
  private readonly defaults: Section = new Map()
  private readonly options: IniOptions

  constructor(text: string, file: string, options: IniOptions) {
    this.options = options
    let section: Section | undefined, name = '', key: string | undefined, indent = 0, lines: string[] = []
    const flush = (): void => {
      if (section !== undefined && key !== undefined && section.get(key) !== null) section.set(key, lines.join('\n').trimEnd())
    }
    const fail = (message: string, line: number): BadIni => new BadIni(`${message} in ${file}, line ${line}`)
    for (const [i, raw] of text.split(/\r?\n/).entries()) {
      if (/^\s*[#;]/.test(raw)) continue
      const value = raw.trim(), depth = raw.length - raw.trimStart().length
      if (value === '') { if (key !== undefined) lines.push(''); continue }
      if (section !== undefined && key !== undefined && depth > indent) { lines.push(value); continue }
      indent = depth
      flush()
      const header = /^\[(.+)\]/.exec(value)
      if (header) {
        name = header[1] ?? ''
        key = undefined
        if (name !== 'DEFAULT' && this.sections.has(name)) throw fail(`Duplicate section: '${name}'`, i + 1)
        section = name === 'DEFAULT' ? this.defaults : new Map()
        if (name !== 'DEFAULT') this.sections.set(name, section)
        continue
      }
      if (section === undefined) throw fail(`File contains no section headers: '${value}'`, i + 1)
      const found = /^(.*?)\s*(?:([=:])\s*(.*))?$/s.exec(value)
      const plainKey = (found?.[1] ?? '').trimEnd()
      key = options.caseSensitive ? plainKey : plainKey.toLowerCase()
      if (section.has(key)) throw fail(`Duplicate option in section '${name}': '${key}'`, i + 1)
      if (found?.[2] === undefined && !options.allowNoValue) throw fail(`'${value}' is no option (a key without = or :)`, i + 1)
      section.set(key, found?.[2] === undefined ? null : '')
      lines = [found?.[3] ?? '']
    }
    flush()
  }
  /** Names of all sections but DEFAULT. */
  names(): string[] { return [...this.sections.keys()] }
  private section(name: string, file: string): Section {
    const found = name === 'DEFAULT' ? this.defaults : this.sections.get(name)
    if (found === undefined) throw new BadIni(`No section '${name}' in '${file}'.`, `it has ${[...this.sections.keys()].join(', ') || 'none'}`)
    return found
  }
  /** Undefined where the section has no such key. */
  get(name: string, key: string, file: string): string | null | undefined {
    const section = this.section(name, file), plain = this.options.caseSensitive ? key : key.toLowerCase()
    const value = section.has(plain) ? section.get(plain) : this.defaults.get(plain)
    return typeof value === 'string' ? this.interpolate(value, section, 0) : value
  }
  entries(name: string, file: string): [string, string | null][] {
    const section = this.section(name, file)
    return [...new Map([...this.defaults, ...section])].map(([key, value]) => [key, value === null ? null : this.interpolate(value, section, 0)])
  }
  private interpolate(value: string, section: Section, depth: number): string {
    if (!this.options.interpolate || !value.includes('%')) return value
    if (depth > 10) throw new BadIni(`Recursion limit exceeded in value substitution: '${value}'`)
    return value.replace(/%(?:%|\(([^)]*)\)s|(.?))/gs, (whole, name: string | undefined) => {
      if (whole === '%%') return '%'
      if (name === undefined) throw new BadIni(`'%' must be followed by '%' or '(', found: '${whole}'`, 'write %% for a percent sign; the lookup ini takes interpolation=false')
      const key = this.options.caseSensitive ? name : name.toLowerCase()
      const found = section.get(key) ?? this.defaults.get(key)
      if (found === undefined || found === null) throw new BadIni(`Bad value substitution: the key '${name}' in '${value}' is not there`)
      return this.interpolate(found, section, depth + 1)
    })
  }
}
