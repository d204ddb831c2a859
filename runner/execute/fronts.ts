/** `service`, `package`, `dnf` and `yum` are fronts: Ansible hands their arguments to the module that the host's facts or a variable name. */
import type { Data } from '../core/types.ts'
import { dictGet, isDict, Template } from '../core/value.ts'
import type { Scope } from '../vars/scope.ts'
import type { Run } from './context.ts'

const facts: Readonly<Record<string, string>> = { service: 'service_mgr', package: 'pkg_mgr', dnf: 'pkg_mgr', yum: 'pkg_mgr' }

/** The module behind a front, whose module_defaults count too; undefined for other modules and where no facts say it. */
export function behind(scope: Scope, module: string): string | undefined {
  if (module === 'gather_facts') return 'setup'
  const fact = facts[module]
  if (fact === undefined) return undefined
  const found = scope.get('ansible_facts'), value = isDict(found) ? dictGet(found, fact) : undefined
  return typeof value === 'string' ? value : undefined
}

/** `ansible_package_use` stands for `use` where the task has none. */
export function impliedArgs(run: Run, scope: Scope, module: string): Data {
  if (module !== 'package') return {}
  const use = scope.get('ansible_package_use'), value = use instanceof Template ? run.jinja.resolve(use, scope) : use
  return typeof value === 'string' && value !== '' ? { use: value } : {}
}
