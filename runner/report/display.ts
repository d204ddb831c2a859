/** What of a run is shown, and how: the settings of Ansible's default output, and the lines that only some of them ask for. */
import type { Data } from '../core/types.ts'
import type { DumpYaml } from './shown.ts'
import { banner, dumps } from './style.ts'

export interface Display {
  readonly hidesSkipped?: boolean; readonly hidesOk?: boolean; readonly hidesIncluded?: boolean
  readonly failuresToStderr?: boolean
  readonly showsStart?: boolean; readonly showsPath?: boolean; readonly showsCustomStats?: boolean
  /** Banners of a dry run say so. */
  readonly marksCheck?: boolean
  readonly format?: 'json' | 'yaml'
  readonly isPretty?: boolean
  readonly indent?: number
  readonly diffContext?: number
}
export interface HumanOptions {
  readonly color: boolean
  readonly verbosity: number
  /** Show a diff only for the first of several hosts that have the same one for a task. */
  readonly diffsOnce?: boolean
  readonly display?: Display
  /** Needed for results as YAML. */
  readonly dumpYaml?: DumpYaml | undefined
}
/** What set_stats set: by host, then for the run. */
export function customStats(custom: Data, columns: number): readonly string[] {
  const shown = (value: unknown): string => dumps(value, 1).replaceAll('\n', '')
  const hosts = Object.keys(custom).filter((one) => one !== '_run').sort().map((name) => `\t${name}: ${shown(custom[name])}`)
  return [banner('CUSTOM STATS: ', columns), ...hosts, ...'_run' in custom ? ['', `\tRUN: ${shown(custom['_run'])}`] : [], '']
}
