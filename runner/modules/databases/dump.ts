/** How a dump of a database becomes a file: complete, or not at all. */
import { shText } from '../../core/sh.ts'

/**
 * Shell text that keeps the output of `dump` in `file`, packed by a program or not. It is written beside the file, which is replaced only
 * if the dump itself (not only the packer behind it) ended well; mode and owner of a file that was there stay.
 */
export function dumpInto(file: string, dump: string, pack: string | undefined): string {
  const part = `${file}.play-part`
  return shText`[ ! -e ${file} ] || cp -p -- ${file} ${part} || exit 1` +
    `\nr=$({ { ${dump}; echo $? >&5; } | ${pack ?? 'cat'} ${shText`> ${part}`}; } 5>&1) && [ "$r" = 0 ] && ${shText`mv -f -- ${part} ${file}`} || { ${shText`rm -f -- ${part}`}; exit 1; }`
}
