/** What of a run is shown, and how: the settings of Ansible's default output, and the lines that only some of them ask for. */
import type { Data } from '../core/types.ts'
import type { DumpYaml } from './shown.ts'
import { banner, dumps } from './style.ts'

export interface Display {
  readonly hidesSkipped?: boolean; readonly hidesOk?: boolean; readonly hidesIncluded?: boolean
  readonly failuresToStderr?: boolean
  readonly showsStart?: boolean; readonly showsPath?: boolean; readonly showsCustomStats?: boolean
  /** Where handlers run at the end of a section. */
  readonly showsDebug?: boolean
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

/** The last line of a dry run on a terminal: what the counts of its recap mean. */
export function foreseen({ changed, run, unknown }: { readonly changed: number; readonly run: number; readonly unknown: number }): string {
  const many = (count: number, one: string, more: string): string => `${count} ${count === 1 ? one : more}`
  const parts = [
    changed === 0 ? '' : `make ${many(changed, 'change', 'changes')}`, run === 0 ? '' : `run ${many(run, 'command', 'commands')} that a dry run leaves out`,
  ].filter((part) => part !== '')
  const would = parts.length === 0 && unknown === 0 ? ' Neither would the run itself.' : parts.length === 0 ? '' : ` The run itself would ${parts.join(' and ')}.`
  return `This was a dry run: nothing was changed.${would}${unknown === 0 ? '' : ` ${many(unknown, 'result is', 'results are')} unknown until then: ${unknown === 1 ? 'it hangs' : 'they hang'} on what was not run.`}`
}
