/** Lines of fstab(5). Spaces in fields are written as \040. */
export interface Entry { readonly src: string; readonly name: string; readonly fstype: string; readonly opts: string; readonly dump: string; readonly passno: string }

export const escape = (field: string): string => field.replaceAll('\\', '\\134').replaceAll(' ', '\\040').replaceAll('\t', '\\011')
export const unescape = (field: string): string => field.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))

export function parseEntry(line: string): Entry | undefined {
  if (/^\s*(#|$)/.test(line)) return undefined
  const [src = '', name = '', fstype = '', opts = 'defaults', dump = '0', passno = '0'] = line.trim().split(/\s+/)
  return fstype === '' ? undefined : { src: unescape(src), name: unescape(name), fstype, opts: unescape(opts), dump, passno }
}
export const formatEntry = (one: Entry): string => [escape(one.src), escape(one.name), one.fstype, escape(one.opts), one.dump, one.passno].join(' ')

/** The same mount: swap has no place, its source tells it apart. */
const isSame = (a: Entry, b: Pick<Entry, 'name' | 'src' | 'fstype'>): boolean => b.name === 'none' || a.fstype === 'swap' ? a.src === b.src : a.name === b.name
export function setEntry(text: string, entry: Entry): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const at = lines.findIndex((line) => { const one = parseEntry(line); return one !== undefined && isSame(one, entry) })
  const is = at < 0 ? undefined : parseEntry(lines[at] ?? '')
  if (is !== undefined && formatEntry(is) === formatEntry(entry)) return text
  const next = at < 0 ? [...lines, formatEntry(entry)] : lines.map((line, i) => i === at ? formatEntry(entry) : line)
  return `${next.join('\n')}\n`
}
export function dropEntry(text: string, entry: Pick<Entry, 'name' | 'src' | 'fstype'>): string {
  const lines = text === '' ? [] : text.replace(/\n$/, '').split('\n')
  const kept = lines.filter((line) => { const one = parseEntry(line); return one === undefined || !isSame(one, entry) })
  return kept.length === lines.length ? text : kept.length === 0 ? '' : `${kept.join('\n')}\n`
}
