/** File modes: octal as Ansible writes them, symbolic ones computed as Ansible does (basic.py, _symbolic_mode_to_octal). */
import { Failure } from '../../core/errors.ts'
import { modeText } from '../../probes/stat.ts'

type Who = 'u' | 'g' | 'o'
const shift: Readonly<Record<Who, number>> = { u: 6, g: 3, o: 0 }
const special: Readonly<Record<Who, number>> = { u: 0o4000, g: 0o2000, o: 0o1000 }

export interface ModeBase { readonly bits: number; readonly isDirectory: boolean; readonly umask: number }

function granted(who: Who, perms: string, base: ModeBase, bits: number, masked: boolean): number {
  const seen = masked ? ~base.umask : ~0
  const place = (three: number): number => three << shift[who]
  let out = 0
  for (const perm of perms) {
    if (perm === 'r') out |= place(4) & seen
    else if (perm === 'w') out |= place(2) & seen
    else if (perm === 'x') out |= place(1) & seen
    else if (perm === 'X') out |= base.isDirectory || (bits & 0o111) !== 0 ? place(1) : 0
    else if (perm === 's') out |= who === 'o' ? 0 : special[who]
    else if (perm === 't') out |= who === 'o' ? special.o : 0
    else if (perm === 'u' || perm === 'g' || perm === 'o') out |= place(bits >> shift[perm] & 7)
  }
  return out
}

function symbolic(mode: string, base: ModeBase): number {
  let bits = base.bits & 0o7777
  for (const part of mode.split(',')) {
    const [who = '', ...rest] = part.split(/([+=-])/)
    if (!/^(a|[ugo]*)$/.test(who) || rest.length === 0) throw new Failure(`bad symbolic permission for mode: ${part}`, { mode })
    const users = (who === '' ? 'ugo' : who.replaceAll('a', 'ugo')).split('').filter((one): one is Who => one === 'u' || one === 'g' || one === 'o')
    for (let i = 0; i < rest.length; i += 2) {
      const operator = rest[i], perms = rest[i + 1] ?? ''
      if (!/^[rwxXstugo]*$/.test(perms)) throw new Failure(`bad symbolic permission for mode: ${part}`, { mode })
      for (const user of users) {
        const given = granted(user, perms, base, bits, who === '')
        if (operator === '+') bits |= given
        else if (operator === '-') bits &= ~given
        else bits = (bits & ~((7 << shift[user]) | special[user])) | given
      }
    }
  }
  return bits
}

/** The mode (`0644`) that an argument of type mode means for a file that has, or will have, these bits. */
export function toMode(mode: string, base: ModeBase): string {
  if (/^[0-7]+$/.test(mode)) return modeText(parseInt(mode, 8))
  return modeText(symbolic(mode, base))
}
export const modeBits = (mode: string): number => parseInt(mode, 8)
