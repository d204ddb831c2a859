/** Which exit code an error ends the command with. Ansible: errors/__init__.py (ExitCode), and what its runs were seen to give. */
import type { Code } from './errors.ts'
import { argErrors } from './errors/args.ts'
import { playbookErrors } from './errors/playbook.ts'
import { templateErrors } from './errors/template.ts'
import { yamlErrors } from './errors/yaml.ts'

/** What was read cannot be understood: YAML, structure, keywords, modules, arguments, expressions. */
const parsing: ReadonlySet<string> = new Set([...Object.keys(yamlErrors), ...Object.keys(playbookErrors), ...Object.keys(templateErrors), ...Object.keys(argErrors),
  'args-no-mapping', 'batch-size', 'keyword-template', 'loop-no-list', 'vars-file-not-mapping'])
/** Of these, what Ansible ends with 1: it is well formed, but something is not there or not allowed. */
const general: ReadonlySet<Code> = new Set<Code>(['cannot-read', 'source-missing', 'import-cycle', 'keyword-choice', 'bad-variable-name', 'two-loops',
  'role-without-name', 'role-not-found', 'role-file-missing', 'role-cycle', 'role-unknown'])

const wrongOptions: ReadonlySet<Code> = new Set<Code>(['usage', 'config-line', 'setting-value', 'extra-vars', 'vault-no-password', 'vault-ambiguous-id', 'show-one-host', 'show-no-group'])

/** 99: a person ended it; 2: a small command's arguments; 5: wrong options; 4: a file that cannot be understood; 1: any other error before or outside of tasks. */
export function exitCodeOf({ code }: { readonly code: Code }): number {
  if (code === 'interrupted') return 99
  if (code === 'arguments') return 2
  if (wrongOptions.has(code)) return 5
  return parsing.has(code) && !general.has(code) ? 4 : 1
}
