/** Edits of the account files themselves, for hosts without shadow-utils (BusyBox): a new file beside the old one, then a rename. */
import { shText } from '../../core/sh.ts'

/** Replaces a file by what the awk program makes of it; owner and mode stay. */
export const rewrite = (file: string, program: string, ...variables: readonly string[]): string =>
  shText`if [ -f ${file} ]; then cp -p ${file} ${`${file}.play`} && awk -F: -v OFS=: ` + variables.map((one) => shText`-v ${one} `).join('') +
  shText`${program} ${file} >${`${file}.play`} && mv -f ${`${file}.play`} ${file} || { rm -f ${`${file}.play`}; exit 1; }; fi`
/** Adds a line; a file without a final line break gets one first. */
export const append = (file: string, line: string): string =>
  shText`{ [ ! -s ${file} ] || [ -z "$(tail -c1 ${file})" ] || echo >>${file}; } && printf '%s\\n' ${line} >>${file}`
/** Adds a line where the file exists. */
export const appendIf = (file: string, line: string): string => shText`if [ -f ${file} ]; then ` + append(file, line) + `; fi`
export const dropName = (file: string, name: string): string => rewrite(file, '$1 != n', `n=${name}`)
/** Field numbers as in awk, counted from 1. A backslash in an awk variable is an escape, so it is doubled. */
export const setFields = (file: string, name: string, fields: Readonly<Record<number, string>>): string => {
  const entries = Object.entries(fields)
  return rewrite(file, `$1 == n { ${entries.map(([field], i) => `$${field} = v${i}`).join('; ')} } { print }`, `n=${name}`,
    ...entries.map(([, value], i) => `v${i}=${value.replaceAll('\\', '\\\\')}`))
}
/** The user in exactly these groups. */
export const setMemberships = (file: string, name: string, groups: readonly string[]): string => rewrite(file,
  `{ k = split($4, m, ","); r = ""; for (i = 1; i <= k; i++) if (m[i] != n && m[i] != "") r = r (r == "" ? "" : ",") m[i]
if (index(g, "," $1 ",")) r = r (r == "" ? "" : ",") n
$4 = r; print }`, `n=${name}`, `g=,${groups.join(',')},`)
