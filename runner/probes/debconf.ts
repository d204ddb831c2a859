/** Reads answers that debconf keeps for a package. */
import { shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

export interface Answer { readonly value: string; readonly isSeen: boolean }
export const debconf = defineEach<string, { readonly answers: Readonly<Record<string, Answer>>; readonly hasTools: boolean }>({
  name: 'debconf',
  id: (name) => name,
  absent: (value) => Object.keys(value.answers).length === 0,
  command: (name) => shText`command -v debconf-show >/dev/null || exit 1; debconf-show -- ${name}; :`,
  parse({ rc, stdout }) {
    const answers = Object.fromEntries(lines(stdout).flatMap((line): [string, Answer][] => {
      const match = /^([* ]) (\S+):\s?(.*)$/.exec(line)
      return match === null ? [] : [[match[2] ?? '', { isSeen: match[1] === '*', value: match[3] ?? '' }]]
    }))
    return { answers, hasTools: rc === 0 }
  },
})

/** The answer to a question of kind password, which debconf-show hides; undefined where there is none. */
export const debconfSecret = defineEach<string, string | undefined>({
  name: 'debconf-secret',
  id: (question) => question,
  absent: (value) => value === undefined,
  command: (question) => shText`printf 'get %s\\n' ${question} | PATH=$PATH:/usr/sbin DEBIAN_FRONTEND=noninteractive debconf-communicate`,
  parse: ({ stdout }) => /^0 (.*)/.exec(stdout)?.[1] ?? (/^0$/m.test(stdout) ? '' : undefined),
})
