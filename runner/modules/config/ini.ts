/** Sections of a repository file: a head in brackets and lines `name = value`; a longer value goes on in indented lines. */
export interface Section { readonly name: string; readonly lines: readonly string[] }

/** What stands before the first section, and the sections. */
export function parse(text: string): { readonly head: readonly string[]; readonly sections: readonly Section[] } {
  const head: string[] = [], sections: { name: string; lines: string[] }[] = []
  for (const line of text.replace(/\n$/, '').split('\n')) {
    const match = /^\[([^\]]+)\]\s*$/.exec(line)
    const last = sections.at(-1)
    if (match !== null) sections.push({ name: match[1] ?? '', lines: [] })
    else if (last === undefined) { if (line !== '') head.push(line) } else last.lines.push(line)
  }
  return { head, sections }
}
export function render(head: readonly string[], sections: readonly Section[]): string {
  const blocks = sections.map(({ name, lines }) => [`[${name}]`, ...lines.join('\n').replace(/\n+$/, '').split('\n').filter((line, _, all) => all.length > 1 || line !== '')].join('\n'))
  return [...(head.length === 0 ? [] : [head.join('\n')]), ...blocks].join('\n\n').replace(/\n*$/, '\n')
}
