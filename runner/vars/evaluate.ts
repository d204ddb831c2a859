/** Expressions over a plain set of variables, outside of any play: what the constructed inventory plugin asks for. */
import type { Data, Loc } from '../core/types.ts'
import { createJinja } from '../template/jinja.ts'
import { dumpYaml } from '../yaml/dump.ts'
import { loadYaml } from '../yaml/load.ts'
import { Scope } from './scope.ts'
import { encrypt } from './vault.ts'

export interface EvaluateContext {
  readonly cwd: string
  decrypt(ciphertext: string, loc?: Loc): string
  warn(message: string, loc?: Loc): void
}

export function createEvaluator(context: EvaluateContext): (source: string, vars: Data) => unknown {
  const jinja = createJinja({
    parseYaml: (text, file) => loadYaml(text, file, { templates: false }).value,
    dumpYaml, encrypt,
    decrypt: (ciphertext, loc) => context.decrypt(ciphertext, loc),
    // An inventory that is still being read cannot be asked for its hosts; nothing here is shown, so nothing needs masking.
    matchHosts: () => [], secret: () => undefined,
    warn: (message, loc) => { context.warn(message, loc) },
  })
  return (source, vars) => {
    const scope = new Scope([{ name: 'inventory', vars }], { search: [context.cwd] })
    return jinja.resolve(jinja.expression(source, scope), scope)
  }
}
