/** CSV text, for the lookup of that name. */

/** Rows of CSV text; a quoted field may hold delimiters, line ends and doubled quotes. */
export function parseCsv(text: string, delimiter: string): string[][] {
  const rows: string[][] = []
  let row: string[] = [], field = '', isQuoted = false
  for (let i = 0; i < text.length; i++) {
    const char = text.charAt(i)
    if (isQuoted) {
      if (char !== '"') field += char
      else if (text.charAt(i + 1) === '"') { field += '"'; i++ } else isQuoted = false
    } else if (char === '"' && field === '') isQuoted = true
    else if (char === delimiter) { row.push(field); field = '' }
    else if (char === '\n' || char === '\r') {
      if (char === '\r' && text.charAt(i + 1) === '\n') i++
      rows.push(row.length === 0 && field === '' ? [] : [...row, field])
      row = []
      field = ''
    } else field += char
  }
  if (row.length > 0 || field !== '') rows.push([...row, field])
  return rows
}
