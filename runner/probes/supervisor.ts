/** What supervisord runs, as its supervisorctl says. */
import { shText } from '../core/sh.ts'
import { defineEach, lines } from './each.ts'

/** The program, and what stands before its command. */
export interface SupervisorKey { readonly tool: string; readonly options: readonly string[] }
/** `group:process`, or the process alone where it is a group by itself. */
export interface Supervised { readonly name: string; readonly status: string }
export interface SupervisorState { readonly hasTool: boolean; readonly processes: readonly Supervised[] }

export const supervisor = defineEach<SupervisorKey, SupervisorState>({
  name: 'supervisor',
  id: (key) => JSON.stringify(key),
  absent: (value) => value.processes.length === 0,
  command: ({ tool, options }) => shText`command -v ${tool} >/dev/null || { echo none; exit; }; echo tool; LANGUAGE=C LC_ALL=C ${tool} ${options} status`,
  parse({ stdout }) {
    const [tool = '', ...rest] = lines(stdout)
    return {
      hasTool: tool === 'tool',
      processes: rest.flatMap((line) => { const [, name = '', status = ''] = /^(\S+) +([A-Z]+)(?: |$)/.exec(line) ?? []; return name === '' ? [] : [{ name, status }] }),
    }
  },
})
