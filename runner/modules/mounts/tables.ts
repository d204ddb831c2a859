/** Tables of mounts as files and `mount` print them. Ansible: modules/mount_facts.py. */
import type { Data } from '../../core/types.ts'

export interface Entry { readonly mount: string; readonly line: string; readonly fields: Data }

const unescape = (text: string): string => text.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8)))
const isNote = (line: string): boolean => line.trim() === '' || line.trim().startsWith('#')
const integer = (text: string): number | undefined => /^[+-]?\d+$/.test(text) ? Number(text) : undefined
/** One entry a line; undefined where any line is not of this form. */
function table(text: string, read: (line: string, fields: readonly string[]) => Entry | undefined): Entry[] | undefined {
  const entries = text.split('\n').filter((line) => !isNote(line)).map((line) => read(line, line.trim().split(/\s+/)))
  return entries.every((entry) => entry !== undefined) ? entries : undefined
}

/** Solaris: /etc/vfstab, seven columns. */
const vfstab = (text: string): Entry[] | undefined => table(text, (line, [device, fsck, mount = '', fstype, passno = '', boot, options]) =>
  options === undefined ? undefined : { mount, line, fields: { device, device_to_fsck: fsck, mount, fstype, passno: integer(passno) ?? passno, mount_at_boot: boot, options } })

/** Solaris: /etc/mnttab, five columns, the last a time. */
function mnttab(text: string): Entry[] | undefined {
  if (!text.split('\n').some((line) => line.trim().split(/\s+/)[4]?.length === 10)) return undefined
  return table(text, (line, [device, mount = '', fstype, options, time = '']) =>
    integer(time) === undefined ? undefined : { mount, line, fields: { device, mount, fstype, options, time: Number(time) } })
}

/** Linux and BSD: /etc/fstab, /proc/mounts; the last two of six columns may be left out. */
const fstab = (text: string): Entry[] | undefined => table(text, (line, columns) => {
  const [device, mount, fstype, options, dump, passno] = columns.map(unescape)
  if (mount === undefined || options === undefined) return undefined
  const numbers = [dump, passno].map((one) => one === undefined ? undefined : integer(one))
  if ((dump !== undefined && numbers[0] === undefined) || (passno !== undefined && numbers[1] === undefined)) return undefined
  return {
    mount, line: line.trim(),
    fields: { device, mount, fstype, options, ...(dump === undefined ? {} : { dump: numbers[0] }), ...(passno === undefined ? {} : { passno: numbers[1] }) },
  }
})

/** What a file lists, in whichever of the forms it fits first; nothing where it fits none (Linux: /etc/filesystems). */
export const entriesOfFile = (text: string): Entry[] => vfstab(text) ?? mnttab(text) ?? fstab(text) ?? []

const linux = /^(\S+) on (\S+) type (\S+) \((.+)\)$/, bsd = /^(\S+) on (\S+) \((.+)\)$/
/** What `mount` prints, on Linux or BSD; nothing where a line is of another form (a space in a path). */
export function entriesOfMount(text: string): Entry[] {
  const lines = text.split('\n').filter((line) => line !== '')
  if (lines.every((line) => linux.test(line))) {
    return lines.map((line) => {
      const [, device, mount = '', fstype, options] = linux.exec(line) ?? []
      return { mount, line, fields: { device, mount, fstype, options } }
    })
  }
  if (!lines.every((line) => line.startsWith('map ') || bsd.test(line))) return []
  return lines.filter((line) => bsd.test(line)).map((line) => {
    const [, device, mount = '', list = ''] = bsd.exec(line) ?? [], [, fstype = list, options] = /^(.*?)\s*,\s*(.*)$/s.exec(list) ?? []
    return { mount, line, fields: { device, mount, fstype, ...(options === undefined ? {} : { options }) } }
  })
}
