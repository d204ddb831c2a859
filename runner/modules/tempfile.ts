/** Makes a temporary file or folder with a name of its own. */
import { Failure } from '../core/errors.ts'
import { defineModule } from '../core/module.ts'
import { quote, shText } from '../core/sh.ts'
import { expand } from './files/paths.ts'

export default defineModule({
  name: 'tempfile',
  doc: 'Makes a temporary file or folder.',
  args: {
    state: { type: 'str', default: 'file', choices: ['file', 'directory'], doc: 'What is made.' },
    path: { type: 'path', doc: 'Folder to make it in. Default: the temporary folder of the host.' },
    prefix: { type: 'str', default: 'ansible.', doc: 'How its name begins.' },
    suffix: { type: 'str', default: '', doc: 'How its name ends.' },
  },
  async plan({ state, path, prefix, suffix }, target) {
    for (const [name, value] of [['prefix', prefix], ['suffix', suffix]] as const) {
      if (value.includes('/')) throw new Failure(`${name} must be a valid file name component, got '${value}'`)
    }
    const folder = path === undefined ? '"${TMPDIR:-/tmp}"' : quote(await expand(target, path))
    const option = state === 'directory' ? '-d ' : ''
    // Only GNU's mktemp takes a suffix: the name is made, and the thing is made by it where nothing has that name.
    const make = state === 'directory' ? 'mkdir -- "$name" 2>/dev/null' : '( set -C; : >"$name" ) 2>/dev/null'
    const script = suffix === '' ? `umask 077; mktemp ${option}-- ${folder}/${quote(prefix)}XXXXXXXX`
      : `umask 077; i=0; while [ $i -lt 20 ]; do base=$(mktemp -u -- ${folder}/${quote(prefix)}XXXXXXXX) || exit 1; name=\${base}${shText`${suffix}`}; if ${make}; then printf '%s\\n' "$name"; exit 0; fi; i=$((i+1)); done; echo ${quote('no temporary name could be made')} >&2; exit 1`
    return {
      changes: [{ kind: 'run', cmd: `make a temporary ${state}`, guarded: true }], steps: [{ sh: script }], data: { state: state }, later: ['path'],
      done: ([ran]) => {
        const made = (ran?.stdout ?? '').replace(/\n$/, '')
        return { path: made, mode: state === 'directory' ? '0700' : '0600', state }
      },
    }
  },
})
