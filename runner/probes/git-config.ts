/** Values of a setting of git on the host, in one of its files. */
import { shText } from '../core/sh.ts'
import { defineEach } from './each.ts'

export interface GitConfigKey { readonly name: string; /** Options that choose the file. */ readonly scope: readonly string[]; readonly cwd: string }
export interface GitConfig { readonly hasTool: boolean; readonly problem: string; readonly values: readonly string[] }
export const gitConfig = defineEach<GitConfigKey, GitConfig>({
  name: 'git-config',
  id: (key) => JSON.stringify(key),
  absent: (value) => !value.hasTool || value.problem !== '' || value.values.length === 0,
  command: ({ name, scope, cwd }) => shText`command -v git >/dev/null || { echo none; exit 9; }
cd ${cwd} 2>&1 || exit 3; LC_ALL=C LANGUAGE=C git config --includes ${[...scope]} --get-all ${name} 2>&1`,
  parse({ rc, stdout }) {
    if (rc === 9) return { hasTool: false, problem: '', values: [] }
    if (rc >= 2) return { hasTool: true, problem: stdout.trim(), values: [] }
    const text = stdout.trimEnd()
    return { hasTool: true, problem: '', values: rc === 1 || text === '' ? [] : text.split('\n') }
  },
})
