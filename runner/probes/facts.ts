/** Reads facts of a host: one script for all groups that are asked for. */
import { quote } from '../core/sh.ts'
import type { Data } from '../core/types.ts'
import type { Probe } from '../core/plan.ts'
import { distribution } from './facts/distribution.ts'
import { hardwareGroups } from './facts/hardware.ts'
import { localFacts, managerGroups } from './facts/managers.ts'
import { network } from './facts/network.ts'
import { prologue, splitSections, type Group } from './facts/sections.ts'
import { systemGroups } from './facts/system.ts'
import { virtual } from './facts/virtual.ts'

export interface FactsKey { readonly groups: readonly string[]; readonly factPath: string }

/** In this order a group may use the facts of those before it. */
export const factGroups: readonly Group[] = [...systemGroups, distribution, ...managerGroups, ...hardwareGroups, network, virtual]
const chosen = ({ groups, factPath }: FactsKey): Group[] => {
  const all = [...factGroups, localFacts(factPath, quote(factPath))]
  return all.filter(({ name }) => groups.includes(name))
}

/** Facts without their `ansible_` prefix, and what is to be warned of. */
export interface Gathered { readonly facts: Data; readonly warnings: readonly string[] }
export const facts: Probe<FactsKey, Gathered> = {
  name: 'facts',
  id: ({ groups, factPath }) => `${[...groups].sort().join(',')}:${factPath}`,
  script: (keys) => keys.map((key) => `(P=$PATH; L=\${LC_ALL-}\n${prologue}${chosen(key).map(({ script }) => script).join('\n')}\n)\nprintf '\\n\\004\\n'`).join('\n'),
  parse(stdout, keys) {
    const parts = stdout.split('\n\u0004\n')
    return keys.map((key, i) => {
      const sections = splitSections(parts[i] ?? ''), found: Data = {}, warnings: string[] = []
      for (const group of chosen(key)) Object.assign(found, group.collect(sections, found, (message) => { warnings.push(message) }))
      return { facts: found, warnings }
    })
  },
}
